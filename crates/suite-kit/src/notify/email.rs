//! E-mail over SMTP, on connections that are kept.

use std::time::{Duration, SystemTime};

use lettre::message::header::{self, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use reqwest::Url;
use suite_contracts::NotificationId;

use super::{NotifyError, Rendered, Threading, Undelivered, explained};
use crate::config::Config;

const SMTP_MS_MAX: u64 = 15_000;
const CONNECTIONS_MAX: u32 = 4;
/// Of what a letter goes on from.
const REFERENCES_MAX: usize = 20;
const ID_CHARS_MAX: usize = 500;

pub(super) struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// One address and nothing else: no name, no list, no line break.
pub(super) fn parse(to: &str) -> Result<Address, NotifyError> {
    let refused = || NotifyError::Recipient("it is no e-mail address".to_owned());
    if to.chars().any(|character| character.is_control() || character.is_whitespace()) {
        return Err(refused());
    }
    to.parse().map_err(|_| refused())
}

/// `Auto-Submitted: auto-generated` (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// Refuses what could become another header.
pub(super) fn check(threading: &Threading) -> Result<(), NotifyError> {
    let is_id = |id: &str| {
        !id.is_empty()
            && id.len() <= ID_CHARS_MAX
            && id.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>".contains(&byte))
    };
    let mut ids = threading.references.iter().chain([&threading.message_id]);
    if let Some(wrong) = ids.find(|id| !is_id(id)) {
        return Err(NotifyError::Header(wrong.clone()));
    }
    if threading.references.len() > REFERENCES_MAX {
        let reason = format!("{} references", threading.references.len());
        return Err(NotifyError::Header(reason));
    }
    threading.reply_to.as_deref().map_or(Ok(()), |to| parse(to).map(|_| ()))
}

fn bracketed(id: &str) -> String {
    format!("<{id}>")
}

impl Mailer {
    /// `None` where no server is configured.
    pub(super) fn configured(config: &Config) -> Result<Option<Self>, NotifyError> {
        let Some(url) = &config.smtp_url else { return Ok(None) };
        let from = &config.mail_from;
        let from = from.parse().map_err(|_| NotifyError::From(from.to_owned()))?;
        // The error's text may hold the password.
        let refused = |why: &str| NotifyError::Smtp(why.to_owned());
        let form = "it is to look like `smtp://user:password@host:587` or `smtps://…`";
        let url = protected(Url::parse(url.expose()).map_err(|_| refused(form))?);
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.as_str())
            .map_err(|_| refused(form))?;
        if let Some(how) = tls_of(&url) {
            let tls = tls(&url, config).map_err(|why| refused(&why))?;
            transport = transport.tls(how(tls));
        }
        let transport = transport
            .timeout(Some(Duration::from_millis(SMTP_MS_MAX)))
            .pool_config(PoolConfig::new().max_size(CONNECTIONS_MAX))
            .build();
        Ok(Some(Self { transport, from }))
    }

    pub(super) async fn send(
        &self,
        id: NotificationId,
        to: &str,
        (message, threading): (&Rendered, Option<&Threading>),
        now_ms: i64,
    ) -> Result<(), Undelivered> {
        let never = |error: &dyn std::fmt::Display| Undelivered::Never(error.to_string());
        let to = parse(to).map_err(|e| never(&e))?;
        let since_1970 = Duration::from_millis(now_ms.max(0).cast_unsigned());
        // The same each time, so that one that arrives twice is recognised.
        let own_id = threading.map_or_else(
            || format!("{id}@{}", self.from.email.domain()),
            |threading| threading.message_id.clone(),
        );
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(&message.subject)
            .date(SystemTime::UNIX_EPOCH + since_1970)
            .message_id(Some(bracketed(&own_id)));
        if let Some(threading) = threading {
            if let Some(last) = threading.references.last() {
                let all: Vec<_> = threading.references.iter().map(|id| bracketed(id)).collect();
                builder = builder.header(header::InReplyTo::from(bracketed(last)));
                builder = builder.header(header::References::from(all.join(" ")));
            }
            if let Some(to) = &threading.reply_to {
                let to = parse(to).map_err(|e| never(&e))?;
                builder = builder.reply_to(Mailbox::new(None, to));
            }
            if threading.is_automatic {
                builder = builder.header(AutoSubmitted);
            }
        }
        let text = message.text.clone();
        let email = match message.html.clone() {
            Some(html) => builder.multipart(MultiPart::alternative_plain_html(text, html)),
            None => builder.singlepart(SinglePart::plain(text)),
        };
        let email = email.map_err(|e| never(&e))?;
        match self.transport.send(email).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(never(&error)),
            Err(error) => Err(Undelivered::Later(explained(&error))),
        }
    }
}

/// How TLS is used with a server of this URL; `None` for not at all.
fn tls_of(url: &Url) -> Option<fn(TlsParameters) -> Tls> {
    let said = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value);
    match (url.scheme(), said.as_deref()) {
        ("smtps", _) => Some(Tls::Wrapper),
        (_, Some("required")) => Some(Tls::Required),
        (_, Some("opportunistic")) => Some(Tls::Opportunistic),
        _ => None,
    }
}

/// The machine's authorities, and our own.
fn tls(url: &Url, config: &Config) -> Result<TlsParameters, String> {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let mut tls = TlsParameters::builder(host.to_owned());
    for authority in config.own_authorities().map_err(|error| error.to_string())? {
        let authority = Certificate::from_der(authority.to_vec());
        tls = tls.add_root_certificate(authority.map_err(|error| error.to_string())?);
    }
    tls.build_rustls().map_err(|error| error.to_string())
}

/// A password does not cross a network in the clear: STARTTLS is demanded where the URL does not
/// say otherwise, and used where it is offered.
fn protected(mut url: Url) -> Url {
    if url.scheme() == "smtp" && !url.query_pairs().any(|(name, _)| name == "tls") {
        let is_local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        let demanded = url.password().is_some() && !is_local;
        let tls = if demanded { "required" } else { "opportunistic" };
        url.query_pairs_mut().append_pair("tls", tls);
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Secret;

    #[test]
    fn a_recipient_is_one_address() {
        assert!(parse("ada@example.com").is_ok());
        for to in [
            "",
            "ada",
            "ada@example.com, eve@example.com",
            "Ada <ada@example.com>",
            "ada@example.com\r\nBcc: eve@example.com",
            "ada@example.com\n",
            "ada@exam ple.com",
        ] {
            assert!(parse(to).is_err(), "{to:?}");
        }
    }

    #[test]
    fn what_a_letter_goes_on_from_is_ids_alone() {
        let of = |id: &str| Threading { message_id: id.to_owned(), ..Threading::default() };
        assert!(check(&of("1@example.com")).is_ok());
        for id in ["", "a b", "a\r\nBcc: eve@example.com", "a>", "<a", "ü@b", &"a".repeat(501)] {
            assert!(check(&of(id)).is_err(), "{id:?}");
            let references = vec![id.to_owned()];
            assert!(check(&Threading { references, ..of("1@b") }).is_err(), "{id:?}");
        }
        let reply_to = Some("a@b.example\r\nBcc: eve@example.com".to_owned());
        assert!(check(&Threading { reply_to, ..of("1@b") }).is_err());
        assert!(check(&Threading { references: vec!["1@b".to_owned(); 21], ..of("1@b") }).is_err());
    }

    #[test]
    fn passwords_need_tls() {
        let tls = |url: &str| protected(Url::parse(url).unwrap()).query().map(str::to_owned);
        assert_eq!(tls("smtp://a:b@mail.example.com").as_deref(), Some("tls=required"));
        assert_eq!(tls("smtp://mail.example.com:25").as_deref(), Some("tls=opportunistic"));
        assert_eq!(tls("smtp://a:b@localhost:1025").as_deref(), Some("tls=opportunistic"));
        assert_eq!(tls("smtp://a:b@m.example.com?tls=opportunistic").unwrap(), "tls=opportunistic");
        assert_eq!(tls("smtps://a:b@mail.example.com"), None);
    }

    #[tokio::test]
    async fn a_wrong_url_is_refused_without_its_password() {
        let open = |url: &str, from: &str| {
            let smtp_url = Some(Secret::new(url));
            let config = Config { smtp_url, mail_from: from.to_owned(), ..Config::default() };
            Mailer::configured(&config)
        };
        for url in ["mail.example.com", "http://a:hunter2@mail.example.com", "smtp://"] {
            let error = open(url, "IT <it@example.com>").err().unwrap();
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
        let url = "smtps://a:b@mail.example.com";
        assert!(open(url, "IT <it@example.com>").unwrap().is_some());
        assert!(matches!(open(url, "nobody"), Err(NotifyError::From(_))));
    }
}
