//! Hub with its first administrator, and people who are signed in.

use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value, json};
use suite_hub::{Administration, HubService};
use suite_kit::clock::Clock;
use suite_kit::service::Service;
use suite_testkit::{Answer, Backend, Place, TestApp};

pub const ADMIN: &str = "ada@example.com";
pub const PASSWORD: &str = "walnut harbour pixel seven";

/// A running Hub.
pub struct HubApp {
    pub app: TestApp,
    pub service: Arc<HubService>,
}

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Person {
    pub token: String,
    pub cookie: String,
}

impl HubApp {
    /// A Hub that nobody has set up.
    pub async fn fresh(backend: Backend) -> Self {
        Self::at(backend.place().await).await
    }

    pub async fn at(place: Place) -> Self {
        Self::at_time(place, Clock::system()).await
    }

    pub async fn at_time(place: Place, clock: Clock) -> Self {
        let service = Arc::new(HubService::default());
        let services: [Arc<dyn Service>; 1] = [service.clone()];
        let app = TestApp::start_at(place, clock, &services).await;
        Self { app, service }
    }

    /// A Hub with an administrator, who is signed in.
    pub async fn ready(backend: Backend) -> (Self, Person) {
        let hub = Self::fresh(backend).await;
        hub.set_up().await.expect(201);
        let admin = hub.log_in(ADMIN, PASSWORD).await;
        (hub, admin)
    }

    pub fn administration(&self) -> Administration {
        self.service.administration().expect("Hub runs")
    }

    /// The token of the link that the first start shows.
    pub async fn setup_token(&self) -> String {
        let link = self.service.setup_link().await.expect("Hub answers").expect("a link");
        link.split_once("#token=").expect("a token").1.to_owned()
    }

    pub async fn set_up(&self) -> Answer {
        let token = self.setup_token().await;
        let body = json!({
            "token": token, "email": ADMIN, "name": "Ada Example", "password": PASSWORD,
            "tenant_name": "Example Works",
        });
        self.app.post("/api/v1/hub/setup", body).await
    }

    pub async fn try_log_in(&self, email: &str, password: &str) -> Answer {
        let body = json!({ "email": email, "password": password });
        self.app.post("/api/v1/hub/session", body).await
    }

    pub async fn log_in(&self, email: &str, password: &str) -> Person {
        Person::of(&self.try_log_in(email, password).await.expect(200))
    }

    pub async fn get(&self, person: &Person, path: &str) -> Answer {
        self.send(person, Method::GET, path, None).await
    }

    pub async fn send(
        &self,
        person: &Person,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let authorization = format!("Bearer {}", person.token);
        let headers = [("authorization", authorization.as_str())];
        self.app.send_with(method, path, body, &headers).await
    }
}

impl Person {
    pub fn of(answer: &Answer) -> Self {
        let token = answer.json()["access_token"].as_str().expect("a token").to_owned();
        let cookie = answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
        Self { token, cookie }
    }
}
