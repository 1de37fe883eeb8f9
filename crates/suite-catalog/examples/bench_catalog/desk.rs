//! Hub and the catalog as a process has them, with groups, people and a calendar.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use suite_catalog::CatalogService;
use suite_hub::HubService;
use suite_kit::clock::Clock;
use suite_kit::db::Database;
use suite_kit::service::Service;
use suite_testkit::{Place, TestApp, load};

const EMAIL: &str = "ada@example.com";
const PASSWORD: &str = "walnut harbour pixel seven";
/// As a process has it by default.
const CONNECTIONS: u32 = 16;
const GROUPS: usize = 20;
const PEOPLE: usize = 120;
pub const BASE: &str = "/api/v1/service-catalog";

pub struct Desk {
    pub app: TestApp,
    pub address: SocketAddr,
    /// Of the administrator; it lives for ten minutes.
    token: String,
    pub tenant: String,
    pub groups: Vec<String>,
    /// The first third are agents.
    pub people: Vec<String>,
    pub calendar: String,
}

impl Desk {
    pub async fn start(mut place: Place) -> Result<Self> {
        place.config.database_connections_max = CONNECTIONS;
        let hub = Arc::new(HubService::default());
        let services: [Arc<dyn Service>; 2] = [hub.clone(), Arc::new(CatalogService)];
        let app = TestApp::start_at(place, Clock::system(), &services).await;
        let address = app.url.strip_prefix("http://").context("another scheme")?.parse()?;
        let link = hub.setup_link().await?.context("it is set up already")?;
        let (_, token) = link.split_once("#token=").context("a link without a token")?;
        let body = json!({
            "token": token, "email": EMAIL, "name": "Ada Example", "password": PASSWORD,
            "tenant_name": "Example Works",
        });
        let setup = app.post("/api/v1/hub/setup", body).await;
        let tenant = text(&setup.json(), "tenant_id")?;
        let (token, calendar) = (String::new(), String::new());
        let (groups, people) = (Vec::new(), Vec::new());
        let mut desk = Self { app, address, token, tenant, groups, people, calendar };
        desk.sign_in().await?;
        desk.populate().await?;
        Ok(desk)
    }

    async fn populate(&mut self) -> Result<()> {
        for number in 0..GROUPS {
            let body = json!({ "name": format!("Team {number}") });
            let made = self.send(Method::POST, "/api/v1/hub/groups", Some(body), &[]).await?;
            self.groups.push(text(&made.0, "id")?);
        }
        for number in 0..PEOPLE {
            let name = format!("Person {number}");
            let email = format!("person{number}@example.com");
            let body = json!({ "email": email, "name": name, "role_ids": [] });
            let made = self.send(Method::POST, "/api/v1/hub/users", Some(body), &[]).await?;
            self.people.push(text(&made.0, "id")?);
        }
        // As if they had taken their invitations: who approves has to be there.
        let hub = self.app.running().services.first().context("Hub does not run")?;
        let transaction = hub.database.begin().await?;
        let taken = "UPDATE membership SET state = 'active' WHERE state = 'invited'";
        transaction.execute_unprepared(taken).await?;
        transaction.commit_unaudited("of the bench").await?;
        let body = json!({ "name": "Office", "content": hours(8) });
        let path = format!("{BASE}/calendars");
        let made = self.send(Method::POST, &path, Some(body), &[]).await?;
        self.calendar = text(&made.0, "id")?;
        Ok(())
    }

    /// Access tokens are short-lived: before each measurement.
    pub async fn sign_in(&mut self) -> Result<()> {
        let body = json!({ "email": EMAIL, "password": PASSWORD });
        let session = self.app.post("/api/v1/hub/session", body).await;
        ensure!(session.status.is_success(), "{}: {}", session.status, session.text);
        self.token = text(&session.json(), "access_token")?;
        Ok(())
    }

    /// The answer, and its version.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Result<(Value, String)> {
        let authorization = format!("Bearer {}", self.token);
        let mut all = vec![("authorization", authorization.as_str())];
        all.extend(headers);
        let answer = self.app.send_with(method, path, body, &all).await;
        ensure!(answer.status.is_success(), "{path}: {}: {}", answer.status, answer.text);
        Ok((answer.json(), answer.header("etag").to_owned()))
    }

    pub async fn read(&self, path: &str) -> Result<Value> {
        Ok(self.send(Method::GET, path, None, &[]).await?.0)
    }

    /// The catalog's.
    pub fn database(&self) -> Result<Database> {
        let started = self.app.running().services.get(1).context("the catalog does not run")?;
        Ok(started.database.clone())
    }

    /// What a client sends.
    pub fn get(&self, path: &str) -> Vec<u8> {
        load::get(&self.token, path)
    }

    pub fn post(&self, path: &str, body: &str) -> Vec<u8> {
        load::post(&self.token, path, body)
    }
}

/// A week that opens at this hour.
pub fn hours(from: u8) -> Value {
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday"];
    let from = format!("{from:02}:00");
    let hours: Vec<Value> =
        days.iter().map(|day| json!({ "weekday": day, "from": from, "to": "18:00" })).collect();
    json!({ "zone": "Europe/Berlin", "hours": hours })
}

pub fn text(value: &Value, field: &str) -> Result<String> {
    let text = value.get(field).and_then(Value::as_str);
    Ok(text.with_context(|| format!("no `{field}` in {value}"))?.to_owned())
}
