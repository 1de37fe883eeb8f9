//! Services that run for one test behind a real socket, and a client of them.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use reqwest::{Method, StatusCode};
use serde_json::Value;
use suite_kit::clock::Clock;
use suite_kit::service::{self, Limits, Running, Server, Service};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::backend::{Backend, Place};

/// Services on a free port.
#[derive(Debug)]
pub struct TestApp {
    pub url: String,
    pub clock: Clock,
    pub place: Place,
    pub client: reqwest::Client,
    running: Option<Running>,
    stop: CancellationToken,
    serving: Option<JoinHandle<()>>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl TestApp {
    /// Starts `services` on a backend of their own.
    pub async fn start(backend: Backend, services: &[Arc<dyn Service>]) -> Self {
        let place = backend.place().await;
        Self::start_at(place, Clock::system(), services).await
    }

    /// Starts them where others have run, or still run: another process of the same installation.
    pub async fn start_at(place: Place, clock: Clock, services: &[Arc<dyn Service>]) -> Self {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let server = Server::bind(address, None, Limits::default()).await.expect("a free port");
        let url = format!("http://{}", server.address().expect("an address"));
        let config = Arc::new(place.config.clone());
        let running = service::start(config, clock.clone(), services).await;
        let running = running.expect("the services start");
        let router = running.router();
        let stop = CancellationToken::new();
        let serving = tokio::spawn(server.serve(router, stop.clone()));
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let (running, serving) = (Some(running), Some(serving));
        Self { url, clock, place, client, running, stop, serving }
    }

    pub fn running(&self) -> &Running {
        self.running.as_ref().expect("it runs until it is stopped")
    }

    /// Stops as on SIGTERM, and says where to start again.
    pub async fn stop(mut self) -> Place {
        self.stop.cancel();
        if let Some(serving) = self.serving.take() {
            serving.await.expect("the server ends");
        }
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
        self.place.clone()
    }

    /// A request without a credential.
    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.send_with(method, path, body, &[]).await
    }

    /// A request with these headers.
    pub async fn send_with(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = self.client.request(method, format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.expect("a body of text");
        Answer { status, headers, text }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(running) = &self.running {
            running.tasks().stopping().cancel();
        }
    }
}

impl Answer {
    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none; the message shows it.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.text))
    }

    /// This answer, if its status is that one.
    ///
    /// # Panics
    /// When it is another one; the message shows the body.
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    /// The code of the problem, `-` if it is none.
    pub fn code(&self) -> String {
        let code = serde_json::from_str::<Value>(&self.text).ok();
        let code = code.and_then(|body| Some(body.get("code")?.as_str()?.to_owned()));
        code.unwrap_or_else(|| "-".into())
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}
