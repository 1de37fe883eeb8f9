//! Notifications: over every channel to real sockets, with a log that hides what is secret.

use serde_json::json;
use suite_contracts::{NotificationId, ServiceName, TenantId};
use suite_kit::config::{Config, Environment, Secret};
use suite_kit::jobs::{self, Retry, Worker};
use suite_kit::notify::{
    self, Notice, Notification, Notifier, Rendered, SIGNATURE_HEADER, State, Target, Threading,
    Urgency,
};
use suite_kit::page::PageQuery;
use suite_kit::service::Foundation;
use suite_testkit::{Authority, Backend, on_every_backend};

use crate::process::{kill, process, until};
use crate::sinks::{self, Mail};

const QUICK: Retry = Retry { attempts_max: 10, delay_ms_min: 1, delay_ms_max: 5 };
const TENANT: TenantId = TenantId(uuid_of_one());

const fn uuid_of_one() -> sea_orm::prelude::Uuid {
    sea_orm::prelude::Uuid::from_u128(1)
}

async fn start(config: &Config) -> (Foundation, Notifier) {
    let hub = process(config, ServiceName::Hub).await;
    let notifier = Notifier::new(config, hub.clock.clone()).unwrap();
    let workers = notifier.workers(&hub.database, &hub.metrics.deliveries).into_iter();
    jobs::start(&hub, workers.map(|worker| Worker { retry: QUICK, ..worker }).collect());
    (hub, notifier)
}

fn notice(target: Target) -> Notice {
    let text = "Open https://it.example.com/reset?token=once within the hour.\n.\nBye";
    let html = Some("<a href=\"https://it.example.com/reset?token=once\">Reset</a>".to_owned());
    let message = Rendered { subject: "Grüße: reset <it>".into(), text: text.into(), html };
    Notice::new(Some(TENANT), target, message)
}

async fn send(hub: &Foundation, notifier: &Notifier, notice: Notice) -> NotificationId {
    let transaction = hub.database.begin().await.unwrap();
    let id = notifier.send(&transaction, notice).await.unwrap();
    transaction.commit_unaudited("a test").await.unwrap();
    id
}

async fn logged(hub: &Foundation, id: NotificationId) -> Notification {
    let page = notify::log(&hub.database, TENANT, &PageQuery::default()).await.unwrap();
    page.items.into_iter().find(|item| item.id == id).unwrap()
}

async fn ended(hub: &Foundation, id: NotificationId) -> Notification {
    until("the notification is sent or given up", async || {
        logged(hub, id).await.state != State::Waiting
    })
    .await;
    logged(hub, id).await
}

fn email(to: &str) -> Target {
    Target::Email { to: to.to_owned() }
}

async fn mail_is_sent_and_its_secrets_are_erased(backend: Backend) {
    let place = backend.place().await;
    let sink = sinks::smtp().await;
    let url = Secret::new(format!("smtp://127.0.0.1:{}", sink.port));
    let mail_from = "IT <it@example.com>".to_owned();
    let config = Config { smtp_url: Some(url), mail_from, ..place.config.clone() };
    let (hub, notifier) = start(&config).await;
    let secret = Notice { sensitive: true, ..notice(email("ada@example.com")) };
    let id = send(&hub, &notifier, secret).await;
    let entry = ended(&hub, id).await;
    assert_eq!(
        (entry.state, entry.attempts, &*entry.recipient),
        (State::Sent, 1, "ada@example.com")
    );
    assert_eq!((entry.text, entry.last_error), (None, None));
    let mails = sink.got.all();
    let mail = mails.first().unwrap();
    assert!(mail.starts_with("RCPT TO:<ada@example.com>"), "{mail}");
    assert!(mail.contains("From: IT <it@example.com>") || mail.contains("From: \"IT\""), "{mail}");
    assert!(mail.contains(&format!("Message-ID: <{id}@example.com>")), "{mail}");
    assert!(mail.contains("Subject: =?utf-8?"), "{mail}");
    assert!(mail.contains("multipart/alternative") && mail.contains("token"), "{mail}");
    // Not even the file knows the link any more.
    let open = notice(email("grace@example.com"));
    let open = send(&hub, &notifier, open).await;
    assert!(ended(&hub, open).await.text.unwrap().contains("token=once"));
    // A letter of a conversation says which, and where its answers go.
    let threading = Threading {
        message_id: "letter.1@example.com".to_owned(),
        references: vec!["first@example.com".to_owned(), "last@example.com".to_owned()],
        reply_to: Some("desk@example.com".to_owned()),
        is_automatic: true,
    };
    let part = Notice { threading: Some(threading), ..notice(email("kay@example.com")) };
    let part = send(&hub, &notifier, part).await;
    assert_eq!(ended(&hub, part).await.state, State::Sent);
    let mails = sink.got.all();
    let mail = mails.iter().find(|mail| mail.contains("kay@example.com")).unwrap();
    for header in [
        "Message-ID: <letter.1@example.com>",
        "In-Reply-To: <last@example.com>",
        "References: <first@example.com> <last@example.com>",
        "Reply-To: desk@example.com",
        "Auto-Submitted: auto-generated",
    ] {
        assert!(mail.contains(header), "{header}: {mail}");
    }
    // A mailbox that does not exist never will.
    let refused = send(&hub, &notifier, notice(email("refused@example.com"))).await;
    let entry = ended(&hub, refused).await;
    assert_eq!((entry.state, entry.attempts), (State::Failed, 1));
    assert!(entry.last_error.unwrap().contains("no such mailbox"));
    let other = notify::log(&hub.database, TenantId::new(), &PageQuery::default()).await.unwrap();
    assert!(other.items.is_empty());
    kill(hub).await;
}

async fn a_server_that_is_away_is_tried_again(backend: Backend) {
    let place = backend.place().await;
    let gone = sinks::smtp().await;
    let port = gone.port;
    drop(gone);
    let url = Secret::new(format!("smtp://127.0.0.1:{port}"));
    let config = Config { smtp_url: Some(url), ..place.config.clone() };
    let (hub, notifier) = start(&config).await;
    let id = send(&hub, &notifier, notice(email("ada@example.com"))).await;
    let entry = ended(&hub, id).await;
    assert_eq!((entry.state, entry.attempts), (State::Failed, 10), "{entry:?}");
    // The log is first: the job's end is written in a transaction of its own.
    until("its job is given up", async || jobs::dead(&hub.database, 10).await.unwrap().len() == 1)
        .await;
    kill(hub).await;
}

async fn what_has_no_channel_is_in_the_log(backend: Backend) {
    let place = backend.place().await;
    let (hub, notifier) = start(&place.config).await;
    let link = || Notice { sensitive: true, ..notice(email("ada@example.com")) };
    let id = send(&hub, &notifier, link()).await;
    let entry = logged(&hub, id).await;
    assert_eq!((entry.state, entry.attempts, entry.text), (State::NotConfigured, 0, None));
    assert!(entry.last_error.unwrap().contains("SMTP_URL"));
    let texts = notify::unsent_texts(&hub.database, 10).await.unwrap();
    assert!(texts[0].text.as_ref().unwrap().contains("token=once"), "an operator reads it");
    let sms = Target::Sms { to: "+4915112345678".to_owned() };
    let sms = send(&hub, &notifier, notice(sms)).await;
    assert_eq!(logged(&hub, sms).await.state, State::NotConfigured);
    // Beyond development nobody can read it.
    let config = Config { environment: Environment::Production, ..place.config.clone() };
    let production = Notifier::new(&config, hub.clock.clone()).unwrap();
    let id = send(&hub, &production, link()).await;
    let texts = notify::unsent_texts(&hub.database, 10).await.unwrap();
    let text = texts.iter().find(|text| text.id == id).unwrap();
    assert_eq!((&text.text, text.state), (&None, State::NotConfigured));
    kill(hub).await;
}

async fn webhooks_are_signed_and_tried_again(backend: Backend) {
    let place = backend.place().await;
    let sink = sinks::http(&["503 Busy", "429 Slow down"]).await;
    let config = Config { enable_private_webhooks: true, ..place.config.clone() };
    let (hub, notifier) = start(&config).await;
    let url = format!("http://127.0.0.1:{}/hook?a=b", sink.port);
    let target = Target::Webhook { url, secret: Secret::new("whsec") };
    let data = Some(json!({ "name": "hub.user.created", "n": 1 }));
    let id = send(&hub, &notifier, Notice { data, ..notice(target) }).await;
    let entry = ended(&hub, id).await;
    assert_eq!((entry.state, entry.attempts, &*entry.recipient), (State::Sent, 3, "127.0.0.1"));
    let requests = sink.got.all();
    assert_eq!(requests.len(), 3);
    for request in &requests {
        assert_eq!(request.line, "POST /hook?a=b HTTP/1.1");
        assert_eq!(request.json(), json!({ "name": "hub.user.created", "n": 1 }));
        assert_eq!(request.header("x-itechsmart-delivery"), id.to_string());
        assert_eq!(request.header("host"), format!("127.0.0.1:{}", sink.port));
        let (signature, body) = (request.header(SIGNATURE_HEADER), request.body.as_bytes());
        assert!(notify::verify("whsec", signature, body, hub.clock.now_ms()), "{signature}");
        assert!(!notify::verify("other", signature, body, hub.clock.now_ms()));
    }
    kill(hub).await;
}

async fn no_webhook_reaches_the_inside_or_follows_a_redirect(backend: Backend) {
    let place = backend.place().await;
    let (inside, redirecting) = (sinks::http(&[]).await, sinks::http(&["302 Found"]).await);
    let (hub, notifier) = start(&place.config).await;
    for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0x7f000001"] {
        let url = format!("http://{host}:{}/", inside.port);
        for target in [
            Target::Webhook { url: url.clone(), secret: Secret::new("whsec") },
            Target::Slack { url: Secret::new(url) },
        ] {
            let id = send(&hub, &notifier, notice(target)).await;
            let entry = ended(&hub, id).await;
            assert_eq!((entry.state, entry.attempts), (State::Failed, 1));
            assert!(entry.last_error.unwrap().contains("ask your operator"));
        }
    }
    assert!(inside.got.all().is_empty());
    kill(hub).await;
    let config = Config { enable_private_webhooks: true, ..place.config.clone() };
    let (hub, notifier) = start(&config).await;
    let url = format!("http://127.0.0.1:{}/", redirecting.port);
    let target = Target::Webhook { url, secret: Secret::new("whsec") };
    let id = send(&hub, &notifier, notice(target)).await;
    let entry = ended(&hub, id).await;
    assert_eq!((entry.state, entry.attempts), (State::Failed, 1));
    assert!(entry.last_error.unwrap().contains("302"));
    kill(hub).await;
}

async fn chat_pagers_and_telephones_get_their_own_form(backend: Backend) {
    let place = backend.place().await;
    let sink = sinks::http(&["200 OK", "202 Accepted", "200 OK", "403 Forbidden"]).await;
    let url = |path: &str| format!("http://127.0.0.1:{}{path}", sink.port);
    let config = Config {
        enable_private_webhooks: true,
        pagerduty_url: url("/v2/enqueue"),
        sms_url: Some(url("/sms")),
        sms_token: Some(Secret::new("smstoken")),
        ..place.config.clone()
    };
    let (hub, notifier) = start(&config).await;
    let slack = || Target::Slack { url: Secret::new(url("/services/secret")) };
    let routing_key = Secret::new("routing");
    let (urgency, incident) = (Urgency::Critical, "disk".to_owned());
    let pager = Target::PagerDuty { routing_key, urgency, incident };
    let sms = Target::Sms { to: "+4915112345678".to_owned() };
    for target in [slack(), pager, sms] {
        let id = send(&hub, &notifier, notice(target)).await;
        let entry = ended(&hub, id).await;
        assert_eq!(entry.state, State::Sent, "{entry:?}");
    }
    let requests = sink.got.all();
    let text = requests[0].json()["text"].as_str().unwrap().to_owned();
    assert!(text.starts_with("*Grüße: reset &lt;it&gt;*\nOpen https://"), "{text}");
    let paged = requests[1].json();
    assert_eq!(
        (&paged["routing_key"], &paged["event_action"]),
        (&json!("routing"), &json!("trigger"))
    );
    assert_eq!(paged["payload"]["severity"], json!("critical"));
    assert_eq!(requests[2].header("authorization"), "Bearer smstoken");
    assert_eq!(requests[2].json()["to"], json!("+4915112345678"));
    let id = send(&hub, &notifier, notice(slack())).await;
    let entry = ended(&hub, id).await;
    assert_eq!((entry.state, entry.attempts), (State::Failed, 1));
    assert!(!format!("{entry:?}").contains("services/secret"));
    kill(hub).await;
}

async fn notifications_come_in_pages_and_only_with_their_transaction(backend: Backend) {
    let place = backend.place().await;
    let hub = process(&place.config, ServiceName::Hub).await;
    let notifier = Notifier::new(&place.config, hub.clock.clone()).unwrap();
    let transaction = hub.database.begin().await.unwrap();
    notifier.send(&transaction, notice(email("never@example.com"))).await.unwrap();
    transaction.roll_back().await.unwrap();
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(send(&hub, &notifier, notice(email("ada@example.com"))).await);
    }
    ids.reverse();
    let mut seen = Vec::new();
    let mut cursor = None;
    loop {
        let query = PageQuery { limit: Some(2), cursor };
        let page = notify::log(&hub.database, TENANT, &query).await.unwrap();
        seen.extend(page.items.iter().map(|item| item.id));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, ids);
    let transaction = hub.database.begin().await.unwrap();
    let sent = notifier.send(&transaction, notice(email("a@example.com\r\nBcc: e@example.com")));
    assert!(sent.await.is_err());
    kill(hub).await;
}

async fn mail_goes_over_tls_to_whom_our_authority_names(backend: Backend) {
    let place = backend.place().await;
    let authority = Authority::default();
    let tls = || sinks::acceptor(&authority.certify());
    let (implicit, later) =
        (sinks::smtp_as(Mail::Tls(tls())).await, sinks::smtp_as(Mail::StartTls(tls())).await);
    for (url, sink) in [
        (format!("smtps://localhost:{}", implicit.port), &implicit),
        (format!("smtp://localhost:{}?tls=required", later.port), &later),
    ] {
        let smtp_url = Some(Secret::new(url.clone()));
        let ca_certificates = Some(authority.path());
        let config = Config { smtp_url, ca_certificates, ..place.config.clone() };
        let (hub, notifier) = start(&config).await;
        let id = send(&hub, &notifier, notice(email("ada@example.com"))).await;
        let entry = ended(&hub, id).await;
        assert_eq!((entry.state, sink.got.all().len()), (State::Sent, 1), "{url}: {entry:?}");
        kill(hub).await;
        // Whoever does not know the authority sends nothing, and is told what to do.
        let config = Config { ca_certificates: None, ..config };
        let (hub, notifier) = start(&config).await;
        let id = send(&hub, &notifier, notice(email("ada@example.com"))).await;
        let entry = ended(&hub, id).await;
        assert_eq!((entry.state, sink.got.all().len()), (State::Failed, 1), "{url}");
        let error = entry.last_error.unwrap();
        assert!(error.contains("UnknownIssuer") && error.contains("CA_CERTIFICATES"), "{error}");
        kill(hub).await;
    }
}

async fn webhooks_go_over_tls_to_whom_our_authority_names(backend: Backend) {
    let place = backend.place().await;
    let authority = Authority::default();
    let sink = sinks::https(sinks::acceptor(&authority.certify())).await;
    let other = authority.certify_for(&["hooks.example.com"]);
    let other = sinks::https(sinks::acceptor(&other)).await;
    let trusted = Config {
        enable_private_webhooks: true,
        ca_certificates: Some(authority.path()),
        ..place.config.clone()
    };
    let doubted = Config { ca_certificates: None, ..trusted.clone() };
    for (config, sink, host, reason) in [
        (&trusted, &sink, "localhost", None),
        (&trusted, &sink, "127.0.0.1", None),
        (&trusted, &other, "localhost", Some("not valid for name")),
        (&doubted, &sink, "localhost", Some("CA_CERTIFICATES")),
    ] {
        let before = sink.got.all().len();
        let (hub, notifier) = start(config).await;
        let url = format!("https://{host}:{}/hook", sink.port);
        let target = Target::Webhook { url, secret: Secret::new("whsec") };
        let entry = ended(&hub, send(&hub, &notifier, notice(target)).await).await;
        let taken = sink.got.all().len() - before;
        match reason {
            None => assert_eq!((entry.state, taken), (State::Sent, 1), "{host}: {entry:?}"),
            Some(reason) => {
                assert_eq!((entry.state, taken), (State::Failed, 0), "{host}: {entry:?}");
                let error = entry.last_error.unwrap();
                assert!(error.contains(reason) && error.contains("certificate"), "{error}");
            }
        }
        kill(hub).await;
    }
}

on_every_backend!(
    mail_is_sent_and_its_secrets_are_erased,
    mail_goes_over_tls_to_whom_our_authority_names,
    webhooks_go_over_tls_to_whom_our_authority_names,
    a_server_that_is_away_is_tried_again,
    what_has_no_channel_is_in_the_log,
    webhooks_are_signed_and_tried_again,
    no_webhook_reaches_the_inside_or_follows_a_redirect,
    chat_pagers_and_telephones_get_their_own_form,
    notifications_come_in_pages_and_only_with_their_transaction,
);
