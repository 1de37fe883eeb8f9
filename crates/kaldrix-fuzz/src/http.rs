//! Requests to the API of a real node, through its router: whatever comes is answered with a status
//! of the API's own and a body of its own form, and never with "internal error".

use std::net::{Ipv4Addr, TcpListener};
use std::sync::OnceLock;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, Uri, header::CONTENT_TYPE};
use http_body_util::BodyExt;
use kaldrix_client::binary::TRANSACTION_MEDIA_TYPE;
use kaldrix_node::config::Config;
use kaldrix_node::init::{self, InitOptions, Ports, Protection};
use kaldrix_node::metrics::HttpMetrics;
use kaldrix_node::node::Node;
use kaldrix_node::workers::Workers;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower::ServiceExt;

const JSON: &str = "application/json";

/// A node of its own network, which runs as long as this process.
struct Api {
    runtime: Runtime,
    router: Router,
    _node: Node,
    _directory: TempDir,
}

fn api() -> &'static Api {
    static API: OnceLock<Api> = OnceLock::new();
    API.get_or_init(|| start().expect("a node starts"))
}

fn start() -> anyhow::Result<Api> {
    let directory = tempfile::tempdir()?;
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let options = InitOptions {
        directory: directory.path().join("network"),
        network: "fuzz".to_owned(),
        validators: 1,
        full_nodes: 0,
        protection: Protection::None,
        ports: Ports { api: free, p2p: free, metrics: free },
        funded: "faucet",
    };
    let network = init::init(&options)?;
    let config = Config::load(&network.configs[0])?;
    let runtime = Runtime::new()?;
    let node = runtime.block_on(Node::start(config.settings()?, Workers::new()?))?;
    let router = kaldrix_node::api::router(node.handle().clone(), HttpMetrics::default());
    Ok(Api { runtime, router, _node: node, _directory: directory })
}

pub(crate) fn json(bytes: &[u8]) {
    post("/v1/transactions", JSON, bytes);
}

pub(crate) fn binary(bytes: &[u8]) {
    post("/v1/transactions", TRANSACTION_MEDIA_TYPE, bytes);
}

pub(crate) fn batch(bytes: &[u8]) {
    post("/v1/transactions/batch", JSON, bytes);
}

fn post(path: &'static str, media_type: &'static str, bytes: &[u8]) {
    let request = Request::post(path).header(CONTENT_TYPE, media_type);
    answer(request.body(Body::from(bytes.to_vec())).expect("a request"));
}

/// A path with its parameters; nothing that waits.
pub(crate) fn request(bytes: &[u8]) {
    let Ok(uri) = Uri::try_from(bytes) else { return };
    if uri.query().is_some_and(|query| query.contains("wait")) {
        return;
    }
    for method in [Method::GET, Method::POST] {
        let request = Request::builder().method(method).uri(uri.clone());
        answer(request.body(Body::empty()).expect("a request"));
    }
}

fn answer(request: Request<Body>) {
    let api = api();
    let shown = format!("{} {}", request.method(), request.uri());
    let (status, body) = api.runtime.block_on(async {
        let response = api.router.clone().oneshot(request).await.expect("infallible");
        let status = response.status();
        let body = response.into_body().collect().await.expect("a body of ours").to_bytes();
        (status, body)
    });
    // A lone validator has no quorum of others to wait for, so it may not be ready yet.
    let is_own = !status.is_server_error() || status == StatusCode::SERVICE_UNAVAILABLE;
    assert!(is_own, "{shown} is answered {status}: {}", String::from_utf8_lossy(&body));
    if !status.is_success() {
        let problem: Result<serde_json::Value, _> = serde_json::from_slice(&body);
        assert!(
            problem.is_ok_and(|problem| problem.is_object()),
            "{shown}: {status} without words"
        );
    }
}
