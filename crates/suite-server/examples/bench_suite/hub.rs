//! Hub as a process has it, with its first administrator signed in.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use suite_hub::HubService;
use suite_kit::clock::Clock;
use suite_kit::db::Database;
use suite_kit::service::Service;
use suite_testkit::{Answer, Place, TestApp, load};

const EMAIL: &str = "ada@example.com";
const PASSWORD: &str = "walnut harbour pixel seven";
/// As a process has it by default.
const CONNECTIONS: u32 = 16;

pub struct Hub {
    pub app: TestApp,
    pub address: SocketAddr,
    /// Of the administrator; it lives for ten minutes.
    token: String,
    pub tenant: String,
}

impl Hub {
    pub async fn start(mut place: Place) -> Result<Self> {
        place.config.database_connections_max = CONNECTIONS;
        let service = Arc::new(HubService::default());
        let services: [Arc<dyn Service>; 1] = [service.clone()];
        let app = TestApp::start_at(place, Clock::system(), &services).await;
        let address = app.url.strip_prefix("http://").context("another scheme")?.parse()?;
        let link = service.setup_link().await?.context("it is set up already")?;
        let (_, token) = link.split_once("#token=").context("a link without a token")?;
        let body = json!({
            "token": token, "email": EMAIL, "name": "Ada Example", "password": PASSWORD,
            "tenant_name": "Example Works",
        });
        let made = sound(&app.post("/api/v1/hub/setup", body).await)?;
        let mut hub =
            Self { app, address, token: String::new(), tenant: text(&made, "tenant_id")? };
        hub.sign_in().await?;
        Ok(hub)
    }

    /// Access tokens are short-lived: before each measurement.
    pub async fn sign_in(&mut self) -> Result<()> {
        let body = json!({ "email": EMAIL, "password": PASSWORD });
        let session = sound(&self.app.post("/api/v1/hub/session", body).await)?;
        self.token = text(&session, "access_token")?;
        Ok(())
    }

    pub fn database(&self) -> Result<Database> {
        let started = self.app.running().services.first().context("no service runs")?;
        Ok(started.database.clone())
    }

    /// An API key to read; its id.
    pub async fn make_key(&self) -> Result<String> {
        let body = json!({ "name": "Nightly report", "permissions": ["hub.groups.read"] });
        let authorization = format!("Bearer {}", self.token);
        let headers = [("authorization", authorization.as_str())];
        let path = "/api/v1/hub/api-keys";
        let made = self.app.send_with(Method::POST, path, Some(body), &headers).await;
        text(&sound(&made)?, "id")
    }

    /// What a client sends.
    pub fn get(&self, path: &str) -> Vec<u8> {
        load::get(&self.token, path)
    }

    pub fn post(&self, path: &str, body: &str) -> Vec<u8> {
        load::post(&self.token, path, body)
    }

    /// A role of a name that nobody has used.
    pub fn new_role(&self, name: &str) -> Vec<u8> {
        let body = format!(
            r#"{{"name":"{name}","description":"Reads groups","permissions":["hub.groups.read"]}}"#
        );
        self.post("/api/v1/hub/roles", &body)
    }
}

fn sound(answer: &Answer) -> Result<Value> {
    ensure!(answer.status.is_success(), "{}: {}", answer.status, answer.text);
    Ok(answer.json())
}

fn text(value: &Value, field: &str) -> Result<String> {
    let text = value.get(field).and_then(Value::as_str);
    Ok(text.with_context(|| format!("no `{field}` in {value}"))?.to_owned())
}
