//! HTTP to addresses that somebody else has chosen.
//!
//! A name is resolved once, every address that it has is checked, and the connection goes to one of
//! those: a name that resolves differently a moment later gains nothing. No redirects, no proxy,
//! little time, and no more of the answer than is worth logging.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::http::header::{CONTENT_TYPE, HOST, USER_AGENT};
use axum::http::{HeaderName, HeaderValue, Method, Request};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use reqwest::Url;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::explained;
use crate::config::Config;

const DELIVERY_MS_MAX: u64 = 10_000;
/// How long somebody who types an address waits for what its name leads to.
const CHECK_MS_MAX: u64 = 2_000;
const ANSWER_BYTES_MAX: usize = 16 * 1024;
const URL_CHARS_MAX: usize = 2_048;
/// Azure's inside, at an address that looks public.
const AZURE: Ipv4Addr = Ipv4Addr::new(168, 63, 129, 16);

/// What a server said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    pub status: u16,
    /// The beginning of the body.
    pub body: String,
}

/// Why nothing was said.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutboundError {
    #[error("this is no URL to send to: {0}")]
    Url(&'static str),
    /// For whoever gave the address: what an operator can do about it, the log says.
    #[error(
        "{0} has an address inside of a private network, which nothing is sent to: use a public \
         one, or ask your operator to allow private addresses"
    )]
    Private(String),
    #[error("TLS cannot be used: {0}")]
    Tls(String),
    #[error("{host} cannot be reached: {reason}")]
    Unreachable { host: String, reason: String },
}

/// The client. Cheap to clone.
#[derive(Clone)]
pub struct Outbound {
    allow_private: bool,
    tls: TlsConnector,
    #[cfg(test)]
    resolved: Option<Vec<IpAddr>>,
}

impl std::fmt::Debug for Outbound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outbound").field("allow_private", &self.allow_private).finish()
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

impl Outbound {
    /// To addresses that somebody else has chosen.
    pub fn new(config: &Config) -> Result<Self, OutboundError> {
        Self::open(config, config.enable_private_webhooks)
    }

    /// To addresses that the operator has chosen, wherever they are.
    pub(super) fn own(config: &Config) -> Result<Self, OutboundError> {
        Self::open(config, true)
    }

    fn open(config: &Config, allow_private: bool) -> Result<Self, OutboundError> {
        let tls = config.tls_client().map_err(|error| OutboundError::Tls(error.to_string()))?;
        Ok(Self {
            allow_private,
            tls: TlsConnector::from(Arc::new(tls)),
            #[cfg(test)]
            resolved: None,
        })
    }

    /// Whether a URL can be sent to, as far as its text tells.
    pub fn parse(url: &str) -> Result<Url, OutboundError> {
        if url.len() > URL_CHARS_MAX {
            return Err(OutboundError::Url("it is too long"));
        }
        let parsed = Url::parse(url).map_err(|_| OutboundError::Url("it cannot be read"))?;
        if !["http", "https"].contains(&parsed.scheme()) {
            return Err(OutboundError::Url("it begins with neither https nor http"));
        }
        if !parsed.username().is_empty() || parsed.password().is_some() {
            return Err(OutboundError::Url("it has a user or a password in it"));
        }
        if parsed.host_str().is_none_or(str::is_empty) {
            return Err(OutboundError::Url("it names no host"));
        }
        Ok(parsed)
    }

    /// Refuses a URL that leads nowhere but inside of a network, for whoever types it. A name that
    /// cannot be resolved now may be later, and one may lead elsewhere by then: what is sent is
    /// checked in any case.
    pub async fn check(&self, url: &str) -> Result<(), OutboundError> {
        let url = Self::parse(url)?;
        let host = url.host_str().unwrap_or_default();
        if self.allow_private {
            return Ok(());
        }
        let limit = Duration::from_millis(CHECK_MS_MAX);
        let Ok(Ok(addresses)) = tokio::time::timeout(limit, self.addresses(&url, host)).await
        else {
            return Ok(());
        };
        if !addresses.is_empty() && addresses.iter().all(|address| !is_public(address.ip())) {
            return Err(private(host));
        }
        Ok(())
    }

    /// Sends JSON and gives what came back, whatever its status.
    pub async fn post(
        &self,
        url: &str,
        headers: &[(HeaderName, HeaderValue)],
        body: Bytes,
    ) -> Result<Answered, OutboundError> {
        let url = Self::parse(url)?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let limit = Duration::from_millis(DELIVERY_MS_MAX);
        match tokio::time::timeout(limit, self.exchange(&url, &host, headers, body)).await {
            Ok(answered) => answered,
            Err(_) => Err(unreachable_host(&host, "it does not answer in time")),
        }
    }

    async fn exchange(
        &self,
        url: &Url,
        host: &str,
        headers: &[(HeaderName, HeaderValue)],
        body: Bytes,
    ) -> Result<Answered, OutboundError> {
        let failed = |error: &dyn std::fmt::Display| unreachable_host(host, error);
        let addresses = self.resolve(url, host).await?;
        let stream = TcpStream::connect(&*addresses).await.map_err(|e| failed(&e))?;
        let stream: Box<dyn Stream> = if url.scheme() == "https" {
            let name = host.trim_matches(['[', ']']).to_owned();
            let name = ServerName::try_from(name).map_err(|e| failed(&e))?;
            Box::new(self.tls.connect(name, stream).await.map_err(|e| failed(&e))?)
        } else {
            Box::new(stream)
        };
        let request = request(url, host, headers, body).map_err(|e| failed(&e))?;
        let handshake = hyper::client::conn::http1::handshake(TokioIo::new(stream));
        let (mut sender, connection) = handshake.await.map_err(|e| failed(&e))?;
        // In this task, so that a time-out ends it as well.
        let answer = async {
            let response = sender.send_request(request).await?;
            let (head, mut body) = response.into_parts();
            let mut text = Vec::new();
            while let Some(frame) = body.frame().await {
                if let Ok(data) = frame?.into_data() {
                    let room = ANSWER_BYTES_MAX - text.len();
                    text.extend(data.iter().take(room));
                    if data.len() >= room {
                        break;
                    }
                }
            }
            let body = String::from_utf8_lossy(&text).into_owned();
            Ok::<_, hyper::Error>(Answered { status: head.status.as_u16(), body })
        };
        tokio::pin!(answer);
        let answered = tokio::select! {
            answered = &mut answer => answered,
            ended = connection => match ended {
                Ok(()) => answer.await,
                Err(error) => Err(error),
            },
        };
        answered.map_err(|e| failed(&e))
    }

    /// The addresses of a host, all of them checked.
    async fn resolve(&self, url: &Url, host: &str) -> Result<Vec<SocketAddr>, OutboundError> {
        let addresses = self.addresses(url, host).await?;
        if addresses.is_empty() {
            return Err(unreachable_host(host, "it has no address"));
        }
        let is_private = |address: &SocketAddr| !is_public(address.ip());
        if !self.allow_private && addresses.iter().any(is_private) {
            return Err(private(host));
        }
        Ok(addresses)
    }

    async fn addresses(&self, url: &Url, host: &str) -> Result<Vec<SocketAddr>, OutboundError> {
        let port = url.port_or_known_default().unwrap_or(443);
        match host.trim_matches(['[', ']']).parse::<IpAddr>() {
            Ok(address) => Ok(vec![SocketAddr::new(address, port)]),
            Err(_) => self.look_up(host, port).await,
        }
    }

    async fn look_up(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, OutboundError> {
        #[cfg(test)]
        if let Some(resolved) = &self.resolved {
            return Ok(resolved.iter().map(|address| SocketAddr::new(*address, port)).collect());
        }
        let found = tokio::net::lookup_host((host, port)).await;
        Ok(found.map_err(|error| unreachable_host(host, &error))?.collect())
    }
}

/// Refuses a host to whoever asks for it, and tells the operator what would allow it.
fn private(host: &str) -> OutboundError {
    tracing::info!(
        host,
        "a private address is not sent to: ENABLE_PRIVATE_WEBHOOKS=true would allow it"
    );
    OutboundError::Private(host.to_owned())
}

fn unreachable_host(host: &str, reason: impl std::fmt::Display) -> OutboundError {
    OutboundError::Unreachable { host: host.to_owned(), reason: explained(&reason) }
}

fn request(
    url: &Url,
    host: &str,
    headers: &[(HeaderName, HeaderValue)],
    body: Bytes,
) -> Result<Request<Full<Bytes>>, axum::http::Error> {
    let path = url.query().map_or(url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let host = url.port().map_or(host.to_owned(), |port| format!("{host}:{port}"));
    let mut request = Request::builder().method(Method::POST).uri(path).header(HOST, host);
    request = request.header(USER_AGENT, "iTechSmart/1").header(CONTENT_TYPE, "application/json");
    for (name, value) in headers {
        request = request.header(name, value);
    }
    request.body(Full::new(body))
}

/// Whether an address is one of the public internet: of IANA's registries of special purposes, none
/// passes.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let within = |network: [u8; 4], bits: u32| {
        let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
        address.to_bits() & mask == Ipv4Addr::from(network).to_bits()
    };
    let special = [
        ([0, 0, 0, 0], 8),
        ([10, 0, 0, 0], 8),
        ([100, 64, 0, 0], 10),
        ([127, 0, 0, 0], 8),
        ([169, 254, 0, 0], 16),
        ([172, 16, 0, 0], 12),
        ([192, 0, 0, 0], 24),
        ([192, 0, 2, 0], 24),
        ([192, 88, 99, 0], 24),
        ([192, 168, 0, 0], 16),
        ([198, 18, 0, 0], 15),
        ([198, 51, 100, 0], 24),
        ([203, 0, 113, 0], 24),
        // Multicast, reserved, broadcast.
        ([224, 0, 0, 0], 3),
    ];
    address != AZURE && !special.into_iter().any(|(network, bits)| within(network, bits))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    // Global unicast, which leaves out loopback, link-local, unique local, multicast and what maps
    // or translates IPv4 addresses.
    let is_global = first & 0xe000 == 0x2000;
    let is_special = match first {
        // Teredo, ORCHID, benchmarks; documentation.
        0x2001 => second < 0x0200 || second == 0x0db8,
        // 6to4 leads to an IPv4 address.
        0x2002 => true,
        // Documentation.
        0x3fff => second < 0x1000,
        _ => false,
    };
    is_global && !is_special
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(url: &str) -> OutboundError {
        let outbound = Outbound::new(&Config::default()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(outbound.post(url, &[], Bytes::new())).unwrap_err()
    }

    #[test]
    fn the_inside_of_networks_is_not_reached_however_it_is_written() {
        for host in [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f.0.0.1",
            "0177.0.0.1",
            "0",
            "10.1.2.3",
            "172.31.255.255",
            "192.168.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "100.100.100.200",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.2.1",
            "198.19.0.1",
            "168.63.129.16",
            "[::1]",
            "[::]",
            "[fe80::1]",
            "[fc00::1]",
            "[fd00:ec2::254]",
            "[ff02::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:8.8.8.8]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "[2001:db8::1]",
            "[2001::1]",
            "localhost",
        ] {
            let error = refused(&format!("http://{host}:9/path"));
            assert!(matches!(error, OutboundError::Private(_)), "{host}: {error}");
        }
    }

    #[test]
    fn public_addresses_are() {
        for address in ["1.1.1.1", "8.8.8.8", "100.63.255.255", "172.32.0.1", "2606:4700::1111"] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn only_plain_urls_of_http_are_sent_to() {
        for url in [
            "",
            "example.com",
            "file:///etc/passwd",
            "gopher://example.com",
            "ftp://example.com",
            "https://user:password@example.com",
            "https://user@example.com",
            "https://",
            &format!("https://example.com/{}", "x".repeat(3_000)),
        ] {
            assert!(matches!(Outbound::parse(url), Err(OutboundError::Url(_))), "{url}");
        }
        assert!(Outbound::parse("https://hooks.example.com:8443/a?b=c").is_ok());
    }

    #[tokio::test]
    async fn one_private_address_among_public_ones_is_enough_to_refuse() {
        let resolved = ["93.184.216.34", "10.0.0.1"].map(|address| address.parse().unwrap());
        let outbound = Outbound {
            resolved: Some(resolved.into()),
            ..Outbound::new(&Config::default()).unwrap()
        };
        let error = outbound.post("http://example.com", &[], Bytes::new()).await.unwrap_err();
        assert_eq!(error, OutboundError::Private("example.com".to_owned()));
        // Whoever types it may have a public address in mind.
        assert_eq!(outbound.check("http://example.com").await, Ok(()));
    }

    #[tokio::test]
    async fn what_leads_inside_alone_is_refused_when_it_is_typed() {
        let outbound = Outbound::new(&Config::default()).unwrap();
        let open = Config { enable_private_webhooks: true, ..Config::default() };
        let open = Outbound::new(&open).unwrap();
        for url in
            ["http://10.0.0.1/", "http://2130706433:9/", "https://[::1]/", "http://localhost"]
        {
            let error = outbound.check(url).await.unwrap_err();
            assert!(matches!(error, OutboundError::Private(_)), "{url}: {error}");
            assert!(!error.to_string().contains("ENABLE_"), "{error}");
            assert_eq!(open.check(url).await, Ok(()), "{url}");
        }
        let inside = ["10.0.0.1", "fd00::1"].map(|address| address.parse().unwrap());
        let outbound = Outbound { resolved: Some(inside.into()), ..outbound };
        let error = outbound.check("https://hooks.example.com/").await.unwrap_err();
        assert_eq!(error, OutboundError::Private("hooks.example.com".to_owned()));
        let nowhere = Outbound { resolved: Some(Vec::new()), ..outbound };
        assert_eq!(nowhere.check("https://hooks.example.com/").await, Ok(()));
        assert!(matches!(nowhere.check("ftp://a").await, Err(OutboundError::Url(_))));
    }
}
