//! Hub with its first administrator, and people who are signed in.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::Method;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};
use suite_contracts::Permission;
use suite_hub::{Administration, HubService};
use suite_kit::clock::Clock;
use suite_kit::db::Engine;
use suite_kit::notify;
use suite_kit::service::Service;
use suite_testkit::{Answer, Backend, Place, TestApp};
use totp_rs::{Algorithm, Builder, Secret};

pub const ADMIN: &str = "ada@example.com";
pub const PASSWORD: &str = "walnut harbour pixel seven";
pub const OTHER_PASSWORD: &str = "copper lantern orbit nineteen";
/// Of things that happen elsewhere.
const WAIT_S_MAX: u64 = 20;

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
        Self::of(HubService::default(), place, clock).await
    }

    /// A Hub with an administrator, beside services in other processes that ask for these.
    pub async fn knowing(backend: Backend, permissions: Vec<Permission>) -> (Self, Person) {
        let service = HubService::knowing(permissions);
        Self::of(service, backend.place().await, Clock::system()).await.with_admin().await
    }

    async fn of(service: HubService, place: Place, clock: Clock) -> Self {
        let service = Arc::new(service);
        let services: [Arc<dyn Service>; 1] = [service.clone()];
        let app = TestApp::start_at(place, clock, &services).await;
        Self { app, service }
    }

    /// A Hub with an administrator, who is signed in.
    pub async fn ready(backend: Backend) -> (Self, Person) {
        Self::fresh(backend).await.with_admin().await
    }

    /// The same, whose clock stands until the test moves it.
    pub async fn stopped(backend: Backend) -> (Self, Person) {
        let clock = Clock::manual(Clock::system().now_ms());
        Self::at_time(backend.place().await, clock).await.with_admin().await
    }

    async fn with_admin(self) -> (Self, Person) {
        self.set_up().await.expect(201);
        let admin = self.log_in(ADMIN, PASSWORD).await;
        (self, admin)
    }

    pub async fn administration(&self) -> Administration {
        let config = Arc::new(self.app.place.config.clone());
        Administration::open_at(config, self.app.clock.clone()).await.expect("Hub's database")
    }

    /// The token of the link that the first start shows.
    pub async fn setup_token(&self) -> String {
        let link = self.service.setup_link().await.expect("Hub answers").expect("a link");
        token_of(&link)
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

    pub async fn post(&self, person: &Person, path: &str, body: Value) -> Answer {
        self.send(person, Method::POST, path, Some(body)).await
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

    /// As a page of this installation does it.
    pub async fn refresh(&self, cookie: &str, body: Value) -> Answer {
        let headers = [("cookie", cookie), ("x-requested-with", "itechsmart")];
        let path = "/api/v1/hub/session/refresh";
        self.app.send_with(Method::POST, path, Some(body), &headers).await
    }

    /// Waits until a credential is refused: a process may repeat what it knew for a moment.
    pub async fn wait_until_refused(&self, person: &Person) {
        let deadline = Instant::now() + Duration::from_secs(WAIT_S_MAX);
        while self.get(person, "/api/v1/hub/me").await.status != 401 {
            assert!(Instant::now() < deadline, "it still works");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// All letters as address, subject and text, the newest last: without a mail server a machine
    /// for development keeps them.
    pub async fn all_letters(&self) -> Vec<(String, String, String)> {
        let letters = notify::unsent_texts(self.running_database(), 200).await.expect("letters");
        let each = |letter: notify::Notification| {
            (letter.recipient, letter.subject, letter.text.unwrap_or_default())
        };
        letters.into_iter().rev().map(each).collect()
    }

    /// The texts of letters to an address whose subject has these words.
    pub async fn letters(&self, to: &str, about: &str) -> Vec<String> {
        let letters = self.all_letters().await.into_iter();
        let wanted =
            letters.filter(|(address, subject, _)| address == to && subject.contains(about));
        wanted.map(|(_, _, text)| text).collect()
    }

    /// The token of the newest link of so many to an address; waits for it.
    pub async fn linked(&self, to: &str, about: &str, count: usize) -> String {
        let deadline = Instant::now() + Duration::from_secs(WAIT_S_MAX);
        loop {
            let letters = self.letters(to, about).await;
            if letters.len() >= count {
                return token_of(letters.last().expect("a letter"));
            }
            assert!(Instant::now() < deadline, "no letter about `{about}` to {to}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub async fn forgot(&self, email: &str) -> Answer {
        self.app.post("/api/v1/hub/password/forgot", json!({ "email": email })).await
    }

    pub async fn reset(&self, token: &str, password: &str, code: Option<&str>) -> Answer {
        let body = json!({ "token": token, "password": password, "code": code });
        self.app.post("/api/v1/hub/password/reset", body).await
    }

    /// Sets up a second factor.
    pub async fn enable_totp(&self, person: &Person) -> Authenticator {
        let body = json!({ "password": PASSWORD });
        let setup = self.post(person, "/api/v1/hub/me/totp", body).await.expect(200).json();
        let secret = setup["secret"].as_str().expect("a secret").to_owned();
        let mut authenticator =
            Authenticator { secret, clock: self.app.clock.clone(), recovery_codes: Vec::new() };
        let body = json!({ "code": authenticator.code() });
        let path = "/api/v1/hub/me/totp/confirm";
        let codes = self.post(person, path, body).await.expect(200).json();
        let codes = codes["recovery_codes"].as_array().expect("codes").iter();
        let text = |code: &Value| code.as_str().expect("a code").to_owned();
        authenticator.recovery_codes = codes.map(text).collect();
        authenticator
    }

    /// A challenge, after the right password.
    pub async fn challenge(&self) -> String {
        let answer = self.try_log_in(ADMIN, PASSWORD).await.expect(200);
        assert_eq!(answer.header("set-cookie"), "");
        answer.json()["challenge"].as_str().expect("a challenge").to_owned()
    }

    pub async fn answer(&self, challenge: &str, method: &str, code: &str) -> Answer {
        let body = json!({ "challenge": challenge, "method": method, "code": code });
        self.app.post("/api/v1/hub/session/second-factor", body).await
    }

    /// How many rows a query counts in Hub's database.
    pub async fn count(&self, from: &str) -> i64 {
        let database = self.running_database();
        let backend = match database.engine() {
            Engine::Sqlite => DbBackend::Sqlite,
            Engine::Postgres => DbBackend::Postgres,
        };
        let query = Statement::from_string(backend, format!("SELECT COUNT(*) AS rows FROM {from}"));
        let row = database.read().query_one_raw(query).await.expect("an answer").expect("a row");
        row.try_get("", "rows").expect("a number")
    }

    /// How many audit records there are of an action.
    pub async fn recorded(&self, action: &str) -> i64 {
        self.count(&format!("audit_record WHERE action = '{action}'")).await
    }

    /// How many events of a name were published.
    pub async fn told(&self, name: &str) -> i64 {
        self.count(&format!("event_outbox WHERE name = '{name}'")).await
    }
}

impl Person {
    pub fn of(answer: &Answer) -> Self {
        let token = answer.json()["access_token"].as_str().expect("a token").to_owned();
        let cookie = answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
        Self { token, cookie }
    }
}

/// An app that shows codes, and the list that was kept.
pub struct Authenticator {
    secret: String,
    clock: Clock,
    pub recovery_codes: Vec<String>,
}

impl Authenticator {
    /// The code of this moment.
    pub fn code(&self) -> String {
        let secret = Secret::try_from_base32(&self.secret).expect("base32");
        let builder = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6);
        let totp = builder.with_step_duration(30).with_secret(secret).build().expect("a secret");
        let now_s = u64::try_from(self.clock.now_ms() / 1_000).expect("a time");
        totp.generate(now_s).to_string()
    }

    /// The code of the next moment that has one of its own.
    pub fn next_code(&self) -> String {
        self.clock.advance_ms(30_000);
        self.code()
    }
}

/// What follows `#token=`, up to the end of the line.
pub fn token_of(text: &str) -> String {
    let (_, token) = text.split_once("#token=").expect("a link");
    token.lines().next().expect("a token").to_owned()
}

/// The body of a problem, without the id of its request.
pub fn problem(answer: &Answer) -> Value {
    let mut body = answer.json();
    body["request_id"].take();
    body
}
