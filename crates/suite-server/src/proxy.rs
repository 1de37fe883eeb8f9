//! APIs of services that run in other processes, on a console's port: what the port gets for such a
//! namespace goes to where its service is, and the answer comes back, both as they flow.
//!
//! It decides nothing and keeps nothing: who a caller is and what they may do is checked where the
//! service runs. Hub is at `HUB_URL`; where the others are, Hub knows.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{
    CONNECTION, COOKIE, HOST, HeaderName, HeaderValue, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE,
    TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use axum::http::{HeaderMap, Uri, Version};
use axum::response::Response;
use axum::routing::any;
use futures_util::StreamExt;
use suite_contracts::ServiceName;
use suite_kit::auth::RequestContext;
use suite_kit::config::Config;
use suite_kit::health::{self, Check, Checked, Checks};
use suite_kit::problem::Problem;
use suite_kit::service::{Frame, PeerError, Peers, REQUEST_ID_HEADER, Registry};
use suite_kit::telemetry::Metrics;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt;

use crate::clock;

/// Requests that are passed on at once; an event stream is one as long as it lasts.
const PASSING_MAX: usize = 2_048;
/// For the head of an answer: a service says itself after 30 s that it took too long.
const HEAD_MS_MAX: u64 = 35_000;
/// For the next part of an answer: streams of events say every 15 s that they are there.
const SILENT_MS_MAX: u64 = 60_000;
/// Services bound their bodies themselves; this is what one announces at most.
const BODY_BYTES_MAX: usize = 256 * 1024 * 1024;
/// How long it is remembered where a service is.
const KNOWN_MS_MAX: u64 = 5_000;
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
/// What is said between two ends of one connection (RFC 9110, section 7.6.1).
const HOP_BY_HOP: [HeaderName; 9] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// Where services are, and the way there.
struct Proxy {
    peers: Peers,
    hub: Option<String>,
    registry: Option<Arc<dyn Registry>>,
    known: Mutex<HashMap<ServiceName, (Instant, String)>>,
    /// Of several processes of a service each has its turn.
    turn: AtomicUsize,
    places: Arc<Semaphore>,
}

/// Every path of an API, passed on; and how this process is, without any service of its own.
pub fn router(config: &Config, registry: Option<Arc<dyn Registry>>) -> anyhow::Result<Router> {
    let hub = config.hub_url.as_ref().map(|url| url.trim_end_matches('/').to_owned());
    let proxy = Arc::new(Proxy {
        peers: Peers::new(config)?,
        hub,
        registry,
        known: Mutex::default(),
        turn: AtomicUsize::new(0),
        places: Arc::new(Semaphore::new(PASSING_MAX)),
    });
    let checks = Checks::new(&config.app_version, clock()).with(Arc::new(HubCheck(proxy.clone())));
    let routes = Router::new().route("/{*path}", any(pass)).with_state(proxy);
    let frame = Frame {
        body_bytes_max: BODY_BYTES_MAX,
        handler_ms_max: HEAD_MS_MAX,
        trusted_proxies: config.trusted_proxies.clone(),
        strict_transport: config.public_url().starts_with("https://"),
        ..Frame::new(Metrics::new(ServiceName::Hub, &config.app_version).http)
    };
    Ok(frame.around(routes.merge(health::routes(checks))))
}

/// Whose API a path is of. What is in no namespace is Hub's.
pub fn service_of(path: &str) -> ServiceName {
    let namespace = path.strip_prefix("/api/v1/").and_then(|rest| rest.split('/').next());
    namespace.and_then(|name| name.parse().ok()).unwrap_or(ServiceName::Hub)
}

async fn pass(
    State(proxy): State<Arc<Proxy>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    context: RequestContext,
    request: Request,
) -> Result<Response, Problem> {
    let Ok(place) = proxy.places.clone().try_acquire_owned() else {
        let detail = "this console passes on as many requests as it can: try again";
        return Err(Problem::unavailable(detail, "no place is free"));
    };
    let service = service_of(request.uri().path());
    let away = |cause: String| {
        let detail = format!("{} does not answer here: try again", service.title());
        Problem::unavailable(detail, cause)
    };
    let url = proxy.url(service).await.map_err(away)?;
    let request = outgoing(request, &url, peer, &context).map_err(away)?;
    match proxy.peers.send(request).await {
        Ok(response) => Ok(incoming(response.map(Body::new), place)),
        Err(error) => {
            // It may be somewhere else by now.
            proxy.known.lock().unwrap_or_else(PoisonError::into_inner).remove(&service);
            Err(away(format!("{service} at {url}: {error}")))
        }
    }
}

impl Proxy {
    async fn url(&self, service: ServiceName) -> Result<String, String> {
        if let (ServiceName::Hub, Some(url)) = (service, &self.hub) {
            return Ok(url.clone());
        }
        let locked = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let known = locked().get(&service).cloned();
        let fresh = known.filter(|(at, _)| at.elapsed() < Duration::from_millis(KNOWN_MS_MAX));
        if let Some((_, url)) = fresh {
            return Ok(url);
        }
        let registry = self.registry.as_ref();
        let registry = registry.ok_or("where it is, Hub knows: set HUB_URL and HUB_API_KEY")?;
        let urls = registry.urls(service).await.map_err(|error| error.to_string())?;
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % urls.len().max(1);
        let url = urls.into_iter().nth(turn).ok_or("hub has not heard of a process of it")?;
        locked().insert(service, (Instant::now(), url.clone()));
        Ok(url)
    }
}

/// The request as it goes on.
fn outgoing(
    mut request: Request,
    url: &str,
    peer: SocketAddr,
    context: &RequestContext,
) -> Result<Request, String> {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let uri: Uri = format!("{url}{path}").parse().map_err(|error| format!("{url}: {error}"))?;
    // Over HTTP/2 the host is part of the URI, and cookies may come in pieces (RFC 9113, 8.2.3).
    let host = request.uri().authority().and_then(|host| HeaderValue::try_from(host.as_str()).ok());
    *request.uri_mut() = uri;
    *request.version_mut() = Version::HTTP_11;
    let headers = request.headers_mut();
    let host = headers.remove(HOST).or(host);
    remove_hop_by_hop(headers);
    join(headers, COOKIE, "; ");
    headers.append(FORWARDED_FOR, header(&peer.ip().to_canonical().to_string())?);
    join(headers, FORWARDED_FOR, ", ");
    if let Some(host) = host {
        headers.entry(FORWARDED_HOST).or_insert(host);
    }
    headers.insert(REQUEST_ID_HEADER, header(&context.id)?);
    Ok(request)
}

/// The answer as it comes back; its place is free once its body has ended.
fn incoming(response: Response, place: OwnedSemaphorePermit) -> Response {
    let (mut head, body) = response.into_parts();
    remove_hop_by_hop(&mut head.headers);
    // The frame writes it, and the same one.
    head.headers.remove(REQUEST_ID_HEADER);
    head.version = Version::default();
    let parts = body.into_data_stream();
    let flowing = futures_util::stream::unfold((parts, place), |(mut parts, place)| async move {
        let limit = Duration::from_millis(SILENT_MS_MAX);
        let next: Result<Bytes, axum::Error> = match tokio::time::timeout(limit, parts.next()).await
        {
            Ok(next) => next?,
            Err(silent) => Err(axum::Error::new(silent)),
        };
        Some((next, (parts, place)))
    });
    Response::from_parts(head, Body::from_stream(flowing))
}

fn remove_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named.iter().chain(&HOP_BY_HOP) {
        headers.remove(name);
    }
}

/// Puts the lines of a header into one.
fn join(headers: &mut HeaderMap, name: HeaderName, between: &str) {
    let lines: Vec<&[u8]> = headers.get_all(&name).iter().map(HeaderValue::as_bytes).collect();
    if lines.len() > 1
        && let Ok(joined) = HeaderValue::from_bytes(&lines.join(between.as_bytes()))
    {
        headers.insert(name, joined);
    }
}

fn header(text: &str) -> Result<HeaderValue, String> {
    HeaderValue::try_from(text).map_err(|error| error.to_string())
}

/// Hub, as a process is without that has no service of its own.
struct HubCheck(Arc<Proxy>);

#[async_trait]
impl Check for HubCheck {
    fn name(&self) -> &'static str {
        "hub"
    }

    fn is_vital(&self) -> bool {
        true
    }

    async fn check(&self) -> Checked {
        let asked = async {
            let url = self.0.url(ServiceName::Hub).await?;
            let request = Request::get(format!("{url}/health/live")).body(Body::empty());
            let request = request.map_err(|error| error.to_string())?;
            let answer = self.0.peers.send(request).await;
            answer.map_err(|error: PeerError| error.to_string())
        };
        match asked.await {
            Ok(answer) if answer.status().is_success() => Checked::ok(),
            Ok(answer) => Checked::down(format!("HUB_URL answers with {}", answer.status())),
            Err(cause) => {
                tracing::warn!(cause, "hub does not answer");
                Checked::down("HUB_URL does not answer")
            }
        }
    }
}

/// What a console's port answers: files, APIs of services here, and APIs of those elsewhere.
pub struct Port {
    pub console: Router,
    /// Of services of this process, and which they are.
    pub local: Option<(Router, Vec<ServiceName>)>,
    pub elsewhere: Router,
}

impl Port {
    pub fn router(self) -> Router {
        let Self { console, local, elsewhere } = self;
        Router::new().fallback(move |request: Request| {
            let path = request.uri().path();
            let is_health = path == "/health" || path.starts_with("/health/");
            let is_api = ["/api/", "/.well-known/", "/oauth2/"];
            let is_api = is_api.iter().any(|prefix| path.starts_with(prefix));
            let service = service_of(path);
            let here = local.as_ref().filter(|(_, names)| is_health || names.contains(&service));
            let chosen = match here {
                _ if !is_api && !is_health => &console,
                Some((local, _)) => local,
                None => &elsewhere,
            };
            chosen.clone().oneshot(request)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_of_its_namespaces_service() {
        assert_eq!(service_of("/api/v1/observatory/me"), ServiceName::Observatory);
        for path in ["/api/v1/hub/me", "/.well-known/jwks.json", "/api/v1/shop/x", "/api", "/"] {
            assert_eq!(service_of(path), ServiceName::Hub, "{path}");
        }
    }

    #[test]
    fn what_is_of_one_connection_goes_no_further() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "close, X-Private"),
            ("x-private", "1"),
            ("keep-alive", "timeout=5"),
            ("te", "trailers"),
            ("upgrade", "websocket"),
            ("proxy-authorization", "Basic eDp5"),
            ("authorization", "Bearer x"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        remove_hop_by_hop(&mut headers);
        assert_eq!(headers.keys().map(HeaderName::as_str).collect::<Vec<_>>(), ["authorization"]);
    }

    #[test]
    fn a_request_goes_on_with_who_sent_it() {
        let request = Request::post("https://it.example.com/api/v1/hub/me?a=b%20c")
            .version(Version::HTTP_2)
            .header(COOKIE, "a=1")
            .header(COOKIE, "b=2")
            .header(FORWARDED_FOR, "203.0.113.9")
            .header("traceparent", "00-1-2-01")
            .body(Body::empty())
            .unwrap();
        let peer = "192.0.2.7:4444".parse().unwrap();
        let context = RequestContext { id: "abcd-1234".into(), ..RequestContext::default() };
        let request = outgoing(request, "https://hub.internal:8000/base", peer, &context).unwrap();
        let uri = request.uri().to_string();
        assert_eq!(uri, "https://hub.internal:8000/base/api/v1/hub/me?a=b%20c");
        let headers = request.headers();
        for (name, value) in [
            ("cookie", "a=1; b=2"),
            ("x-forwarded-for", "203.0.113.9, 192.0.2.7"),
            ("x-forwarded-host", "it.example.com"),
            ("x-request-id", "abcd-1234"),
            ("traceparent", "00-1-2-01"),
        ] {
            let lines: Vec<_> = headers.get_all(name).iter().collect();
            assert_eq!(lines, [value], "{name}");
        }
        assert!(!headers.contains_key(HOST));
    }
}
