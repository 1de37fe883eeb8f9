//! What surrounds every handler: an id and a span for each request, a bound on its size and time,
//! security headers, and the one place where problems are written.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderName, HeaderValue,
    IF_MATCH, REFERRER_POLICY, RETRY_AFTER, STRICT_TRANSPORT_SECURITY, USER_AGENT,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tracing::Instrument;

use crate::auth::RequestContext;
use crate::config::TrustedProxies;
use crate::db::{GONE, Outage};
use crate::files::{UPLOAD_MS_MAX, is_upload};
use crate::problem::{Kind, Problem};
use crate::telemetry::{HttpMetrics, continue_trace};

pub const REQUEST_ID_HEADER: HeaderName = HeaderName::from_static("x-request-id");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REQUEST_ID_CHARS_MAX: usize = 64;
/// Of a body that is refused for its length, so much is taken before the answer.
const DRAINED_BYTES_MAX: usize = 16 * 1024 * 1024;
const DRAINED_MS_MAX: u64 = 2_000;
const USER_AGENT_CHARS_MAX: usize = 256;

/// Bounds of a request.
#[derive(Debug, Clone)]
pub struct Frame {
    pub body_bytes_max: usize,
    /// Of a body that is a file; there is no other bound on one until it is read.
    pub upload_bytes_max: u64,
    /// For an answer to begin. Streams go on.
    pub handler_ms_max: u64,
    /// Whether browsers are told to use TLS from now on.
    pub strict_transport: bool,
    /// Other origins whose pages may read answers.
    pub allowed_origins: Vec<HeaderValue>,
    /// Whose word about where a request comes from is believed.
    pub trusted_proxies: TrustedProxies,
    pub metrics: HttpMetrics,
}

impl Frame {
    /// The usual bounds, for the service of these metrics.
    pub fn new(metrics: HttpMetrics) -> Self {
        Self {
            body_bytes_max: 1024 * 1024,
            upload_bytes_max: 1024 * 1024,
            handler_ms_max: 30_000,
            strict_transport: false,
            allowed_origins: Vec::new(),
            trusted_proxies: TrustedProxies::default(),
            metrics,
        }
    }

    /// Puts the frame around all routes.
    pub fn around(self, router: Router) -> Router {
        router
            .route_layer(middleware::from_fn(note_route))
            .fallback(route_not_found)
            .method_not_allowed_fallback(method_not_allowed)
            .layer(DefaultBodyLimit::max(self.body_bytes_max))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(middleware::from_fn_with_state(self.clone(), surround))
            .layer(self.cross_origin())
    }

    /// How large a request's body may be, and how long it may take.
    fn bounds(&self, request: &Request) -> (u64, u64) {
        if is_upload(request.method(), request.uri().path()) {
            let bytes_max = self.upload_bytes_max.max(self.body_bytes_max as u64);
            return (bytes_max, UPLOAD_MS_MAX);
        }
        (self.body_bytes_max as u64, self.handler_ms_max)
    }

    /// Credentials travel in a header, so no origin is ever allowed to send cookies along.
    fn cross_origin(&self) -> CorsLayer {
        let methods = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
        let headers = [AUTHORIZATION, CONTENT_TYPE, IF_MATCH, IDEMPOTENCY_KEY, REQUEST_ID_HEADER];
        CorsLayer::new()
            .allow_origin(AllowOrigin::list(self.allowed_origins.clone()))
            .allow_methods(methods)
            .allow_headers(headers)
            .expose_headers([ETAG, REQUEST_ID_HEADER, RETRY_AFTER])
            .max_age(Duration::from_secs(600))
    }
}

async fn surround(State(frame): State<Frame>, mut request: Request, next: Next) -> Response {
    let context = context(&request, &frame.trusted_proxies);
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let span = tracing::info_span!("request", id = %context.id, %method, path);
    continue_trace(request.headers(), &span);
    request.extensions_mut().insert(context.clone());
    let running = frame.metrics.enter();
    let started = Instant::now();
    let (bytes_max, ms_max) = frame.bounds(&request);
    let limit = Duration::from_millis(ms_max);
    let too_large = declared_bytes(request.headers()) > bytes_max;
    let answering = async {
        if too_large { refuse_large(bytes_max, request).await } else { next.run(request).await }
    };
    let answered = tokio::time::timeout(limit, answering).instrument(span.clone()).await;
    let mut response = answered.unwrap_or_else(|_| {
        let detail = "this took too long: try again, or ask for less";
        Problem::unavailable(detail, "the handler did not answer in time").into_response()
    });
    let _entered = span.enter();
    if let Some(problem) = Problem::take(response.extensions_mut()) {
        log(&problem);
        let written = problem.write(&context.id);
        let (head, body) = written.into_parts();
        response.headers_mut().extend(head.headers);
        *response.body_mut() = body;
    } else if response.status().is_client_error() && !is_ours(&response) {
        response = foreign(&response).write(&context.id);
    }
    let status = response.status().as_u16();
    let took = started.elapsed();
    tracing::debug!(status, took_us = took.as_micros(), "answered");
    let route = response.extensions_mut().remove::<Answered>();
    let route = route.as_ref().map_or("none", |Answered(route)| route.as_str());
    frame.metrics.answered(method.as_str(), route, status, took);
    drop(running);
    headers(&frame, &context, response.headers_mut());
    response
}

/// What a request says of its body's length; 0 if nothing.
fn declared_bytes(headers: &HeaderMap) -> u64 {
    let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    length.unwrap_or(0)
}

/// Refuses a body that says itself that it is too large. A client that is still sending would not
/// read the answer of a connection that closes, so what comes is taken first, within bounds.
async fn refuse_large(bytes_max: u64, request: Request) -> Response {
    let mut body = request.into_body().into_data_stream();
    let mut taken = 0;
    let draining = async {
        while let Some(Ok(chunk)) = body.next().await {
            taken += chunk.len();
            if taken > DRAINED_BYTES_MAX {
                break;
            }
        }
    };
    // Whoever is slower learns it from the closed connection.
    let _ = tokio::time::timeout(Duration::from_millis(DRAINED_MS_MAX), draining).await;
    let detail = format!("the body is larger than {bytes_max} bytes");
    Problem::invalid("body", detail).with_status(StatusCode::PAYLOAD_TOO_LARGE).into_response()
}

/// Which of our routes answered; it travels from the router to the frame.
#[derive(Clone)]
struct Answered(MatchedPath);

async fn note_route(route: Option<MatchedPath>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Some(route) = route {
        response.extensions_mut().insert(Answered(route));
    }
    response
}

/// Answers at once while the database is known to be gone, also for those who wait for it already.
/// Published keys are in memory: who has a token can go on checking it.
pub(super) async fn unless_gone(
    State(outage): State<Outage>,
    request: Request,
    next: Next,
) -> Response {
    if request.uri().path().starts_with("/.well-known/") {
        return next.run(request).await;
    }
    tokio::select! {
        biased;
        () = outage.known() => Problem::unavailable(GONE, "it is gone").into_response(),
        response = next.run(request) => response,
    }
}

/// Whether a handler made it, and not a layer that knows no problems.
fn is_ours(response: &Response) -> bool {
    let body = response.headers().get(CONTENT_TYPE);
    body.and_then(|value| value.to_str().ok()).is_some_and(|text| text.contains("json"))
}

/// A refusal by a layer, as a problem.
fn foreign(response: &Response) -> Problem {
    let status = response.status();
    let detail = status.canonical_reason().unwrap_or("refused").to_lowercase();
    let kind = Kind::ALL.into_iter().find(|kind| kind.status() == status);
    Problem::new(kind.unwrap_or(Kind::Invalid), "refused", detail).with_status(status)
}

fn log(problem: &Problem) {
    let (code, detail) = (problem.code(), problem.detail());
    match (problem.kind(), problem.cause()) {
        (Kind::Internal, cause) => tracing::error!(code, cause, "a request failed"),
        (Kind::Unavailable, cause) => tracing::warn!(code, detail, cause, "a request failed"),
        _ => tracing::debug!(code, detail, "a request was refused"),
    }
}

fn context(request: &Request, proxies: &TrustedProxies) -> RequestContext {
    let headers = request.headers();
    let id = headers.get(REQUEST_ID_HEADER).and_then(|value| value.to_str().ok());
    let is_sound = |id: &&str| {
        (8..=REQUEST_ID_CHARS_MAX).contains(&id.len())
            && id.chars().all(|character| character.is_ascii_alphanumeric() || character == '-')
    };
    let id: Arc<str> = match id.filter(is_sound) {
        Some(id) => id.into(),
        None => uuid::Uuid::now_v7().to_string().into(),
    };
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.0.ip());
    let user_agent: String = headers
        .get(USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .chars()
        .take(USER_AGENT_CHARS_MAX)
        .collect();
    RequestContext { id, address: proxies.client(peer, headers), user_agent: user_agent.into() }
}

fn headers(frame: &Frame, context: &RequestContext, headers: &mut HeaderMap) {
    if let Ok(id) = HeaderValue::from_str(&context.id) {
        headers.insert(REQUEST_ID_HEADER, id);
    }
    let mut default = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    default(X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(X_FRAME_OPTIONS, "DENY");
    default(REFERRER_POLICY, "no-referrer");
    default(CACHE_CONTROL, "no-store");
    default(
        axum::http::header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'",
    );
    default(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    if frame.strict_transport {
        default(STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
    }
}

#[expect(clippy::needless_pass_by_value, reason = "tower-http passes it so")]
fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response<Body> {
    let text = panic.downcast_ref::<String>().cloned();
    let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
    Problem::internal(format!("panic: {}", text.unwrap_or_default())).into_response()
}

async fn route_not_found(uri: axum::http::Uri) -> Problem {
    Problem::new(Kind::NotFound, "route_not_found", format!("there is no route {}", uri.path()))
}

async fn method_not_allowed(method: Method, uri: axum::http::Uri) -> Problem {
    let detail = format!("{} has no method {method}", uri.path());
    Problem::invalid("method_not_allowed", detail).with_status(StatusCode::METHOD_NOT_ALLOWED)
}
