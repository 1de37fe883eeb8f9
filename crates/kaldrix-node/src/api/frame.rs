//! What surrounds every handler: request ids, time limits, caught panics, metrics, and the writing
//! of problems.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use kaldrix_client::api::problem::PROBLEM_MEDIA_TYPE;
use kaldrix_client::api::{Problem, ProblemKind, WAIT_MS_MAX};
use tower_http::catch_panic::CatchPanicLayer;

use super::error::{ApiError, Raised};
use crate::metrics::HttpMetrics;

/// For a request from its head to its answer; above the longest wait that a client may ask for.
const REQUEST_MS_MAX: u64 = WAIT_MS_MAX + 15_000;
/// Length of a request id that a caller chose.
const REQUEST_ID_BYTES_MAX: usize = 64;
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// What the metrics call a request that no route takes; its path is the caller's to choose.
const UNMATCHED: &str = "unmatched";

#[derive(Debug)]
struct Frame {
    metrics: HttpMetrics,
    /// Request ids are this and a count, so that those of two runs differ.
    run: u32,
    requests: AtomicU64,
}

/// Puts the frame around a router.
pub(super) fn wrap(router: Router, metrics: HttpMetrics) -> Router {
    let mut run = [0; 4];
    // Without randomness the ids of two runs are alike, which a log can bear.
    let _ = kaldrix_crypto::random::fill(&mut run);
    let run = u32::from_le_bytes(run);
    let frame = Arc::new(Frame { metrics, run, requests: AtomicU64::new(0) });
    router
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(frame, serve))
}

#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let message = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a value that is not text");
    tracing::error!(message, "a request handler panicked");
    ApiError::new(ProblemKind::Internal, "the node failed; its log says why").into_response()
}

async fn serve(State(frame): State<Arc<Frame>>, request: Request, next: Next) -> Response {
    let start = Instant::now();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let request_id = frame.request_id(&request);
    let answered =
        tokio::time::timeout(Duration::from_millis(REQUEST_MS_MAX), next.run(request)).await;
    let response = answered.unwrap_or_else(|_| {
        let detail = format!("it was not served within {REQUEST_MS_MAX} ms");
        ApiError::new(ProblemKind::RequestTimeout, detail).into_response()
    });
    let response = finish(response, path, &request_id);
    let route = route.as_ref().map_or(UNMATCHED, MatchedPath::as_str);
    frame.metrics.record(&method, route, response.status(), start.elapsed());
    response
}

impl Frame {
    /// The caller's own id if it is fit for a log, or a new one.
    fn request_id(&self, request: &Request) -> String {
        let fit = |text: &&str| {
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
            (1..=REQUEST_ID_BYTES_MAX).contains(&text.len()) && text.bytes().all(allowed)
        };
        let given = request.headers().get(&REQUEST_ID).and_then(|value| value.to_str().ok());
        given.filter(fit).map_or_else(
            || format!("{:08x}-{}", self.run, self.requests.fetch_add(1, Ordering::Relaxed)),
            str::to_owned,
        )
    }
}

/// Writes the problem, if that is the answer, and names the request.
fn finish(mut response: Response, path: String, request_id: &str) -> Response {
    if let Some(problem) = Raised::take(response.extensions_mut()) {
        let (instance, request_id) = (Some(path), Some(request_id.to_owned()));
        write(&mut response, &Problem { instance, request_id, ..problem });
    }
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(request_id) {
        headers.insert(REQUEST_ID, value);
    }
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

fn write(response: &mut Response, problem: &Problem) {
    let kind = problem.kind;
    tracing::debug!(
        %kind, detail = problem.detail, request_id = problem.request_id, "a request was refused"
    );
    // Plain strings and numbers, which serialise.
    *response.body_mut() = Body::from(serde_json::to_vec(problem).unwrap_or_default());
    let headers = response.headers_mut();
    headers.remove(axum::http::header::CONTENT_LENGTH);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_MEDIA_TYPE));
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use kaldrix_client::Client;
    use kaldrix_client::api::ProblemKind;
    use tokio::net::TcpListener;

    use super::*;
    use crate::http_server::{self, Limits, OpenConnections};

    #[expect(clippy::panic, reason = "what is tested is that a panic is caught")]
    async fn broken() {
        panic!("the secret cause");
    }

    #[tokio::test]
    async fn a_panic_is_an_answer_without_its_cause() {
        let metrics = HttpMetrics::default();
        let router = wrap(Router::new().route("/v1/status", get(broken)), metrics.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let open = OpenConnections::default();
        let never = std::future::pending();
        let server = http_server::serve(router, listener, Limits::default(), open, never);
        let server = tokio::spawn(server);
        let client = Client::new(&url).unwrap();
        for _ in 0..2 {
            let error = client.status().await.unwrap_err();
            let problem = error.problem().unwrap();
            assert_eq!(problem.kind, ProblemKind::Internal);
            assert!(!error.to_string().contains("secret") && problem.request_id.is_some());
        }
        server.abort();
    }
}
