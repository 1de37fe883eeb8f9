//! Metrics in the text format of OpenMetrics, which Prometheus reads, on a listener of their own.
//!
//! Names are `kaldrix_<noun>_<unit>`. What the node counts anyway is read when a scraper asks; only
//! the HTTP API's counts are kept here. Metrics show and never decide.

mod http;
mod node;
mod process;

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;

pub use self::http::HttpMetrics;
use self::node::NodeMetrics;
use self::process::ProcessMetrics;
use crate::handle::NodeHandle;
use crate::http_server::{self, Limits, OpenConnections};

const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// Scrapers connect once each; more are a mistake.
const CONNECTIONS_MAX: usize = 64;

/// Serves `GET /metrics` on `listener` until `shutdown` resolves. `data_dir` is the directory whose
/// size is shown.
pub async fn serve(
    node: NodeHandle,
    http: HttpMetrics,
    data_dir: PathBuf,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send,
) {
    let registry = Arc::new(registry(node, &http, data_dir));
    let router = Router::new().route("/metrics", get(show)).with_state(registry);
    let limits = Limits { connections_max: CONNECTIONS_MAX, ..Limits::default() };
    http_server::serve(router, listener, limits, OpenConnections::default(), shutdown).await;
}

fn registry(node: NodeHandle, http: &HttpMetrics, data_dir: PathBuf) -> Registry {
    let mut registry = Registry::default();
    http.register(&mut registry);
    registry.register_collector(Box::new(NodeMetrics::new(node)));
    registry.register_collector(Box::new(ProcessMetrics::new(data_dir)));
    registry
}

async fn show(State(registry): State<Arc<Registry>>) -> Response {
    // Reads /proc and the data directory, which may block.
    let encoded = tokio::task::spawn_blocking(move || {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).map(|()| text)
    });
    match encoded.await {
        Ok(Ok(text)) => ([(CONTENT_TYPE, MEDIA_TYPE)], text).into_response(),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, "metrics could not be encoded").into_response(),
    }
}
