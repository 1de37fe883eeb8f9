//! HTTP to services of this installation in other processes: over TLS where their URL says so, on
//! connections that are kept, and never through a proxy of the environment.

use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::http::{Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::config::{Config, ConfigError, Secret};

const CONNECT_MS_MAX: u64 = 2_000;
/// Shorter than a server keeps an idle connection.
const IDLE_MS_MAX: u64 = 15_000;
const IDLE_MAX: usize = 32;
/// Of an answer that is read as a whole, and how long it may take.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;
const ANSWER_MS_MAX: u64 = 5_000;

/// Why a service did not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeerError {
    #[error("{0}")]
    Unreachable(String),
    #[error("it does not answer in time")]
    Silent,
    #[error("it answered with {0}")]
    Status(StatusCode),
    #[error("its answer cannot be read: {0}")]
    Unreadable(String),
}

/// The client. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Peers(Client<HttpsConnector<HttpConnector>, Body>);

impl Peers {
    pub fn new(config: &Config) -> Result<Self, ConfigError> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(Duration::from_millis(CONNECT_MS_MAX)));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(config.tls_client()?)
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_millis(IDLE_MS_MAX))
            .pool_max_idle_per_host(IDLE_MAX)
            .build(connector);
        Ok(Self(client))
    }

    /// The head of an answer, whatever its status; its body follows.
    pub async fn send(&self, request: Request<Body>) -> Result<Response<Incoming>, PeerError> {
        self.0.request(request).await.map_err(|error| PeerError::Unreachable(whole(&error)))
    }

    /// Asks with JSON, and gives the answer's status and body.
    pub(crate) async fn ask(
        &self,
        (method, url): (Method, &str),
        key: &Secret,
        body: Option<&(impl Serialize + Sync)>,
    ) -> Result<(StatusCode, Bytes), PeerError> {
        let unsound = |error: &dyn std::fmt::Display| PeerError::Unreachable(error.to_string());
        let authorization = HeaderValue::try_from(format!("Bearer {}", key.expose()));
        let mut authorization = authorization.map_err(|error| unsound(&error))?;
        authorization.set_sensitive(true);
        let request = Request::builder().method(method).uri(url);
        let request = request.header(axum::http::header::AUTHORIZATION, authorization);
        let request = match body {
            Some(body) => {
                let body = serde_json::to_vec(body).map_err(|error| unsound(&error))?;
                request.header(CONTENT_TYPE, "application/json").body(Body::from(body))
            }
            None => request.body(Body::empty()),
        };
        let request = request.map_err(|error| unsound(&error))?;
        let answering = async {
            let response = self.send(request).await?;
            let status = response.status();
            let body = to_bytes(Body::new(response.into_body()), ANSWER_BYTES_MAX).await;
            Ok((status, body.map_err(|error| PeerError::Unreadable(error.to_string()))?))
        };
        let limit = Duration::from_millis(ANSWER_MS_MAX);
        tokio::time::timeout(limit, answering).await.unwrap_or(Err(PeerError::Silent))
    }
}

/// The body of an answer that went well.
pub(crate) fn read<T: DeserializeOwned>(
    (status, body): (StatusCode, Bytes),
) -> Result<T, PeerError> {
    if !status.is_success() {
        return Err(PeerError::Status(status));
    }
    serde_json::from_slice(&body).map_err(|error| PeerError::Unreadable(error.to_string()))
}

/// An error with what is behind it: that a certificate is not trusted stands at its end.
fn whole(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}
