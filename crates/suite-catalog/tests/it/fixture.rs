//! The catalog and Hub in one process, and people who are signed in.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use http_body_util::StreamBody;
use hyper::body::Frame;
use reqwest::Method;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use suite_catalog::CatalogService;
use suite_hub::HubService;
use suite_kit::clock::Clock;
use suite_kit::config::Config;
use suite_kit::db::Database;
use suite_kit::service::Service;
use suite_testkit::{Answer, Backend, Place, TestApp};

const ADMIN: &str = "ada@example.com";
const PASSWORD: &str = "walnut harbour pixel seven";
/// Of things that happen elsewhere.
const WAIT_S_MAX: u64 = 30;
pub const BASE: &str = "/api/v1/service-catalog";

/// Hub and the catalog, and their administrator.
pub struct CatalogApp {
    pub app: TestApp,
    pub admin: Person,
}

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Person {
    pub id: String,
    pub name: String,
    pub email: String,
    pub token: String,
}

impl CatalogApp {
    pub async fn start(backend: Backend) -> Self {
        Self::at_time(backend, Clock::system()).await
    }

    /// The same, with a clock that stands until the test moves it.
    pub async fn stopped(backend: Backend) -> Self {
        Self::at_time(backend, Clock::manual(Clock::system().now_ms())).await
    }

    /// The same, configured otherwise.
    pub async fn start_with(backend: Backend, change: impl FnOnce(&mut Config)) -> Self {
        let mut place = backend.place().await;
        change(&mut place.config);
        Self::at(place, Clock::system()).await
    }

    async fn at_time(backend: Backend, clock: Clock) -> Self {
        Self::at(backend.place().await, clock).await
    }

    async fn at(place: Place, clock: Clock) -> Self {
        let hub = Arc::new(HubService::default());
        let services: [Arc<dyn Service>; 2] = [hub.clone(), Arc::new(CatalogService)];
        let app = TestApp::start_at(place, clock, &services).await;
        let link = hub.setup_link().await.expect("Hub answers").expect("a link");
        let (_, token) = link.split_once("#token=").expect("a token");
        let body = json!({
            "token": token, "email": ADMIN, "name": "Ada Admin", "password": PASSWORD,
            "tenant_name": "Example Works",
        });
        app.post("/api/v1/hub/setup", body).await.expect(201);
        let admin = log_in(&app, ADMIN, "Ada Admin").await;
        Self { app, admin }
    }

    pub fn hub_database(&self) -> &Database {
        &self.app.running().services[0].database
    }

    pub fn database(&self) -> &Database {
        &self.app.running().services[1].database
    }

    /// A member of the administrator's tenant with Hub's built-in role for members.
    pub async fn member(&self, name: &str) -> Person {
        self.member_with(name, "Member").await
    }

    pub async fn member_with(&self, name: &str, role: &str) -> Person {
        self.member_of(&self.admin, name, role).await
    }

    /// A member of somebody's tenant.
    pub async fn member_of(&self, by: &Person, name: &str, role: &str) -> Person {
        let roles = self.get(by, "/api/v1/hub/roles").await.expect(200).json();
        let roles = roles["items"].as_array().expect("roles").iter();
        let role = roles.clone().find(|one| one["name"] == role).expect("a built-in role");
        self.join(by, name, json!([role["id"]])).await
    }

    /// A member with a role of these permissions.
    pub async fn with_permissions(&self, name: &str, permissions: &[&str]) -> Person {
        let body = json!({ "name": format!("of {name}"), "permissions": permissions });
        let role = self.post(&self.admin, "/api/v1/hub/roles", body).await.expect(201).json();
        self.join(&self.admin, name, json!([role["id"]])).await
    }

    async fn join(&self, by: &Person, name: &str, roles: Value) -> Person {
        let email = format!("{}@example.com", name.to_lowercase());
        let body = json!({ "email": email, "name": name, "role_ids": roles });
        self.post(by, "/api/v1/hub/users", body).await.expect(201);
        self.accept(&email, name).await;
        log_in(&self.app, &email, name).await
    }

    /// Takes an invitation as if by its link, with the password of all test users.
    async fn accept(&self, email: &str, name: &str) {
        for text in [
            format!(
                "UPDATE person SET name = '{name}', password_hash = \
                 (SELECT p.password_hash FROM person p WHERE p.email = '{ADMIN}') \
                 WHERE email = '{email}'"
            ),
            format!(
                "UPDATE membership SET state = 'active' WHERE state = 'invited' AND person_id = \
                 (SELECT p.id FROM person p WHERE p.email = '{email}')"
            ),
        ] {
            let transaction = self.hub_database().begin().await.expect("a transaction");
            transaction.execute_unprepared(&text).await.expect("a change");
            transaction.commit_unaudited("a test").await.expect("a commit");
        }
    }

    /// Moves the clock on. Whoever was signed in has to sign in again.
    pub async fn later(&mut self, hours: i64, people: &mut [&mut Person]) {
        self.app.clock.advance_ms(hours * 3_600_000);
        self.admin = log_in(&self.app, ADMIN, "Ada Admin").await;
        for person in people {
            **person = log_in(&self.app, &person.email, &person.name).await;
        }
    }

    /// A further tenant's id, and its administrator.
    pub async fn tenant(&self, name: &str) -> (String, Person) {
        let email = format!("{}@example.com", name.to_lowercase());
        let body = json!({
            "name": name, "administrator_email": email, "administrator_name": name,
        });
        let made = self.post(&self.admin, "/api/v1/hub/tenants", body).await.expect(201).json();
        self.accept(&email, name).await;
        let id = made["id"].as_str().expect("an id").to_owned();
        (id, log_in(&self.app, &email, name).await)
    }

    /// A group with these members.
    pub async fn group(&self, name: &str, members: &[&Person]) -> String {
        let groups = "/api/v1/hub/groups";
        let made = self.post(&self.admin, groups, json!({ "name": name })).await.expect(201);
        let id = made.json()["id"].as_str().expect("an id").to_owned();
        self.set_members(&id, members).await;
        id
    }

    /// A program's key of these permissions.
    pub async fn key(&self, permissions: &[&str]) -> Person {
        let body = json!({ "name": "Robot", "permissions": permissions });
        let made = self.post(&self.admin, "/api/v1/hub/api-keys", body).await.expect(201).json();
        let token = made["key"].as_str().expect("a key").to_owned();
        Person { token, ..self.admin.clone() }
    }

    pub async fn set_members(&self, group: &str, members: &[&Person]) {
        let path = format!("/api/v1/hub/groups/{group}/members");
        let ids: Vec<&str> = members.iter().map(|member| member.id.as_str()).collect();
        let body = json!({ "user_ids": ids });
        self.change(&self.admin, Method::PUT, &path, Some(body)).await.expect(200);
    }

    pub async fn set_manager(&self, of: &Person, manager: &Person) {
        let path = format!("/api/v1/hub/users/{}", of.id);
        let body = json!({ "manager_id": manager.id });
        self.change(&self.admin, Method::PATCH, &path, Some(body)).await.expect(200);
    }

    pub async fn disable(&self, person: &Person) {
        let path = format!("/api/v1/hub/users/{}", person.id);
        let body = json!({ "state": "disabled" });
        self.change(&self.admin, Method::PATCH, &path, Some(body)).await.expect(200);
    }

    pub async fn get(&self, by: &Person, path: &str) -> Answer {
        self.send(by, (Method::GET, path), None, &[]).await
    }

    pub async fn post(&self, by: &Person, path: &str, body: Value) -> Answer {
        self.send(by, (Method::POST, path), Some(body), &[]).await
    }

    /// Changes an object at the version that is read there now.
    pub async fn change(
        &self,
        by: &Person,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let etag = self.get(by, path).await.expect(200).header("etag").to_owned();
        self.send(by, (method, path), body, &[("if-match", &etag)]).await
    }

    pub async fn send(
        &self,
        by: &Person,
        (method, path): (Method, &str),
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let authorization = format!("Bearer {}", by.token);
        let mut all = vec![("authorization", authorization.as_str())];
        all.extend(headers);
        self.app.send_with(method, path, body, &all).await
    }

    /// Uploads a file, whose length is known.
    pub async fn upload(&self, by: &Person, name: &str, content: &[u8]) -> Answer {
        self.upload_body(by, name, content.to_vec().into()).await
    }

    /// Uploads a file in pieces, whose length nobody says.
    pub async fn upload_streamed(&self, by: &Person, name: &str, content: Vec<u8>) -> Answer {
        let pieces: Vec<_> = content.chunks(64 * 1024).map(<[u8]>::to_vec).collect();
        let pieces = pieces
            .into_iter()
            .map(|piece| Ok::<_, std::io::Error>(Frame::data(Bytes::from(piece))));
        let body = StreamBody::new(futures_util::stream::iter(pieces));
        self.upload_body(by, name, reqwest::Body::wrap(body)).await
    }

    async fn upload_body(&self, by: &Person, name: &str, body: reqwest::Body) -> Answer {
        let url = format!("{}{BASE}/files", self.app.url);
        let url = reqwest::Url::parse_with_params(&url, [("name", name)]).expect("a URL");
        let request = self.app.client.post(url).bearer_auth(&by.token);
        let response = request.body(body).send().await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        Answer { status, headers, text: response.text().await.expect("a body of text") }
    }

    /// The files that are kept on disk, whole or not.
    pub fn kept_files(&self) -> Vec<std::path::PathBuf> {
        fn below(folder: std::path::PathBuf) -> Vec<std::path::PathBuf> {
            let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
            let paths = entries.map(|entry| entry.expect("an entry").path());
            paths.flat_map(|path| if path.is_dir() { below(path) } else { vec![path] }).collect()
        }
        below(self.app.place.config.data_dir.join("files"))
    }

    /// Changes a row as nothing in the service does.
    pub async fn execute(&self, text: &str) {
        let transaction = self.database().begin().await.expect("a transaction");
        transaction.execute_unprepared(&self.quoted(text)).await.expect("a change");
        transaction.commit_unaudited("a test").await.expect("a commit");
    }

    /// A published item with an approval of these stages, and a form of one text.
    pub async fn item(&self, name: &str, price: &str, stages: Value) -> String {
        let content = self.content(name, price, stages).await;
        self.publish(content).await
    }

    pub async fn content(&self, name: &str, price: &str, stages: Value) -> Value {
        let path = format!("{BASE}/categories");
        let categories = self.get(&self.admin, &path).await.expect(200).json();
        json!({
            "category_id": categories["items"][0]["id"], "name": name, "summary": "For tests",
            "price": price,
            "form": { "fields": [{
                "key": "purpose", "label": "Purpose",
                "kind": { "type": "text", "chars_max": 100 }, "required": true,
            }] },
            "approval": { "stages": stages },
        })
    }

    pub async fn publish(&self, content: Value) -> String {
        let path = format!("{BASE}/items");
        let made = self.post(&self.admin, &path, content).await.expect(201);
        let id = made.json()["id"].as_str().expect("an id").to_owned();
        self.publish_draft(&id).await;
        id
    }

    pub async fn publish_draft(&self, id: &str) {
        self.on_item(id, Method::POST, "publish", None).await.expect(200);
    }

    /// Does something to an item, at the version that is read now.
    pub async fn on_item(
        &self,
        id: &str,
        method: Method,
        what: &str,
        body: Option<Value>,
    ) -> Answer {
        let path = format!("{BASE}/items/{id}");
        let etag = self.get(&self.admin, &path).await.expect(200).header("etag").to_owned();
        let path = format!("{path}/{what}");
        self.send(&self.admin, (method, &path), body, &[("if-match", &etag)]).await
    }

    /// A request for an item, at its first version.
    pub async fn ask(&self, by: &Person, item: &str) -> Value {
        self.try_ask(by, ask_for(item)).await.expect(201).json()
    }

    pub async fn try_ask(&self, by: &Person, body: Value) -> Answer {
        self.post(by, &format!("{BASE}/requests"), body).await
    }

    pub async fn show(&self, by: &Person, request: &Value) -> Value {
        self.get(by, &path_of(request)).await.expect(200).json()
    }

    pub async fn decide(&self, by: &Person, request: &Value, stage: u32, verdict: &str) -> Answer {
        let body = json!({ "stage": stage, "verdict": verdict, "reason": "because" });
        self.post(by, &format!("{}/decisions", path_of(request)), body).await
    }

    /// The numbers of the requests that somebody is asked about.
    pub async fn asked(&self, person: &Person) -> Vec<i64> {
        let list = self.get(person, &format!("{BASE}/my/approvals")).await.expect(200).json();
        let items = list["items"].as_array().expect("a list").iter();
        items.map(|item| item["number"].as_i64().expect("a number")).collect()
    }

    /// Waits until a process that repeats what it knew for a moment refuses a credential.
    pub async fn wait_until_refused(&self, person: &Person) {
        let deadline = Instant::now() + Duration::from_secs(WAIT_S_MAX);
        while self.get(person, &format!("{BASE}/items")).await.status != 403 {
            assert!(Instant::now() < deadline, "it still works");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until somebody is asked about these requests, and no others.
    pub async fn wait_until_asked(&self, person: &Person, numbers: &[i64]) {
        let deadline = Instant::now() + Duration::from_secs(WAIT_S_MAX);
        loop {
            let asked = self.asked(person).await;
            if asked == numbers {
                return;
            }
            assert!(Instant::now() < deadline, "{} is asked about {asked:?}", person.name);
            // What runs by the clock that stands comes due.
            self.app.clock.advance_ms(1_000);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until a request is in a state, without touching it.
    pub async fn wait_for_state(&self, request: &Value, state: &str) {
        let from = format!("request WHERE id = '{}' AND state = '{state}'", id_of(request));
        self.wait_for_rows(&from).await;
    }

    /// Waits until a query counts something.
    pub async fn wait_for_rows(&self, from: &str) {
        let deadline = Instant::now() + Duration::from_secs(WAIT_S_MAX);
        while self.count(from).await == 0 {
            assert!(Instant::now() < deadline, "there is no {from}");
            self.app.clock.advance_ms(1_000);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until a query counts nothing more.
    pub async fn wait_for_none(&self, from: &str) {
        let deadline = Instant::now() + Duration::from_secs(WAIT_S_MAX);
        while self.count(from).await > 0 {
            assert!(Instant::now() < deadline, "there is still {from}");
            self.app.clock.advance_ms(1_000);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until somebody finds this in their console.
    pub async fn wait_until_told(&self, person: &Person, title: &str, link: &str) {
        let deadline = Instant::now() + Duration::from_secs(WAIT_S_MAX);
        loop {
            let told = self.get(person, "/api/v1/hub/me/notifications").await.expect(200).json();
            let items = told["items"].as_array().expect("a list").clone();
            if items.iter().any(|one| one["title"] == title && one["link"] == link) {
                return;
            }
            assert!(Instant::now() < deadline, "{} was told {items:?}", person.name);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// How many rows a query counts in the catalog's database.
    pub async fn count(&self, from: &str) -> i64 {
        let connection = self.database().read();
        let text = format!("SELECT COUNT(*) AS rows FROM {}", self.quoted(from));
        let query = Statement::from_string(connection.get_database_backend(), text);
        let row = connection.query_one_raw(query).await.expect("an answer").expect("a row");
        row.try_get("", "rows").expect("a number")
    }

    /// Ids as the database keeps them: PostgreSQL as such, SQLite as bytes.
    fn quoted(&self, text: &str) -> String {
        if self.database().engine() == suite_kit::db::Engine::Postgres {
            return text.to_owned();
        }
        let mut quoted = String::new();
        for (index, part) in text.split('\'').enumerate() {
            let is_id = index % 2 == 1 && part.len() == 36 && part.matches('-').count() == 4;
            match (index % 2, is_id) {
                (1, true) => quoted += &format!("x'{}'", part.replace('-', "")),
                (1, false) => quoted += &format!("'{part}'"),
                _ => quoted += part,
            }
        }
        quoted
    }

    /// How often an action is in the audit trail, which is how often its event was published.
    pub async fn recorded(&self, action: &str) -> i64 {
        let name = format!("service-catalog.{action}");
        let records = self.count(&format!("audit_record WHERE action = '{name}'")).await;
        let events = self.count(&format!("event_outbox WHERE name = '{name}'")).await;
        assert_eq!(records, events, "{name}");
        records
    }
}

async fn log_in(app: &TestApp, email: &str, name: &str) -> Person {
    let body = json!({ "email": email, "password": PASSWORD });
    let answer = app.post("/api/v1/hub/session", body).await.expect(200).json();
    let token = answer["access_token"].as_str().expect("a token").to_owned();
    let authorization = format!("Bearer {token}");
    let headers = [("authorization", authorization.as_str())];
    let me = app.send_with(Method::GET, "/api/v1/hub/me", None, &headers).await.expect(200);
    let me = me.json();
    let id = me["id"].as_str().expect("an id").to_owned();
    Person { id, name: name.to_owned(), email: email.to_owned(), token }
}

pub fn ask_for(item: &str) -> Value {
    json!({
        "item_id": item, "item_version": 1, "answers": { "purpose": { "text": "to test" } },
    })
}

pub fn id_of(object: &Value) -> &str {
    object["id"].as_str().expect("an id")
}

pub fn path_of(request: &Value) -> String {
    format!("{BASE}/requests/{}", id_of(request))
}

pub fn number_of(request: &Value) -> i64 {
    request["number"].as_i64().expect("a number")
}

/// A stage in which any, all or a quorum of these are asked.
#[expect(clippy::needless_pass_by_value, reason = "calls read better without `&`")]
pub fn stage(rule: Value, approvers: &[Value]) -> Value {
    json!({ "name": "Stage", "rule": rule, "approvers": approvers })
}

pub fn user(person: &Person) -> Value {
    json!({ "user": person.id })
}
