//! The REST API and the metrics over real sockets, in front of a real validator.

mod problems;
mod proofs;
mod server;
mod submission;
mod views;

use std::time::Duration;

use kaldrix_client::api::{Problem, ProblemKind};
use kaldrix_client::{Client, KeyPair, Scheme};
use kaldrix_node::mempool::Limits;
use kaldrix_node::metrics::HttpMetrics;
use kaldrix_node::node::Settings;
use kaldrix_node::{api, metrics};
use reqwest::Response;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::fixture::{self, TestNetwork};

/// Accounts that genesis funds.
const WALLETS: u8 = 4;

/// A network of one validator and its API.
pub struct Served {
    pub network: TestNetwork,
    pub url: String,
    pub metrics_url: String,
    pub client: Client,
    pub http: reqwest::Client,
    stop: watch::Sender<bool>,
    servers: Vec<tokio::task::JoinHandle<()>>,
}

impl Served {
    pub async fn start() -> Self {
        Self::start_with(Limits::default()).await
    }

    pub async fn start_with(mempool: Limits) -> Self {
        let mut network = TestNetwork::new(1, 0, WALLETS);
        let settings = Settings { mempool, ..network.settings(0) };
        network.start_with(settings, 0).await;
        let (stop, _) = watch::channel(false);
        let stopped = || {
            let mut stop = stop.subscribe();
            async move {
                // An error says that the sender is gone, which stops the servers too.
                let _ = stop.wait_for(|stop| *stop).await;
            }
        };
        let (listener, url) = listen().await;
        let (metrics_listener, metrics_url) = listen().await;
        let handle = || network.handle(0).clone();
        let counts = HttpMetrics::default();
        let served = api::serve(handle(), counts.clone(), listener, stopped());
        let data_dir = network.data_dir(0);
        let shown = metrics::serve(handle(), counts, data_dir, metrics_listener, stopped());
        let servers = vec![tokio::spawn(served), tokio::spawn(shown)];
        Self {
            client: Client::new(&url).unwrap(),
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            network,
            metrics_url,
            url,
            stop,
            servers,
        }
    }

    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        for server in self.servers {
            tokio::time::timeout(fixture::PATIENCE, server).await.unwrap().unwrap();
        }
        self.network.stop_all().await;
    }

    pub fn wallet(&self, name: u8) -> fixture::Wallet {
        fixture::Wallet::new(name)
    }

    pub async fn get(&self, path: &str) -> Response {
        self.http.get(format!("{}{path}", self.url)).send().await.unwrap()
    }

    pub async fn post(&self, path: &str, media_type: &str, body: Vec<u8>) -> Response {
        let request = self.http.post(format!("{}{path}", self.url));
        request.header("content-type", media_type).body(body).send().await.unwrap()
    }

    pub async fn metrics(&self) -> String {
        let url = format!("{}/metrics", self.metrics_url);
        self.http.get(url).send().await.unwrap().text().await.unwrap()
    }
}

pub async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

/// Reads an answer as a problem and checks what all problems have.
pub async fn problem(response: Response, kind: ProblemKind) -> Problem {
    let (status, headers) = (response.status(), response.headers().clone());
    let path = response.url().path().to_owned();
    let text = response.text().await.unwrap();
    let problem: Problem =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {status} {text}"));
    assert_eq!(problem.kind, kind, "{text}");
    assert_eq!(status.as_u16(), kind.status(), "{text}");
    assert_eq!(headers["content-type"], "application/problem+json");
    assert_eq!(problem.status, kind.status());
    assert_eq!(problem.title, kind.title());
    assert_eq!(problem.instance, Some(path));
    assert_eq!(problem.request_id.as_deref(), Some(headers["x-request-id"].to_str().unwrap()));
    assert!(!problem.detail.is_empty() && !problem.help.is_empty(), "{text}");
    assert_eq!(headers.contains_key("retry-after"), kind.is_temporary(), "{text}");
    problem
}

pub fn stranger() -> KeyPair {
    fixture::key(Scheme::MlDsa44, 200, 9)
}

pub const SOON: Duration = Duration::from_secs(20);
