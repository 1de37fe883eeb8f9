//! A console in one process, in front of a Hub in another.

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER, SET_COOKIE};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use suite_testkit::Authority;

use crate::process::{Process, itechsmart};

const EMAIL: &str = "ada@example.com";
const PASSWORD: &str = "walnut harbour pixel seven";
const SOON: Duration = Duration::from_secs(20);

fn hub(variables: &[(&str, &str)]) -> Process {
    let folder = tempfile::tempdir().unwrap();
    let mut command = itechsmart(&["run", "--services", "hub", "--data-dir", "data"]);
    command.env("TRUSTED_PROXIES", "127.0.0.0/8").envs(variables.iter().copied());
    Process::start_as(folder, command)
}

fn console(variables: &[(&str, &str)]) -> Process {
    let mut command = itechsmart(&["run", "--services", "console"]);
    command.env("TRUSTED_PROXIES", "127.0.0.0/8").envs(variables.iter().copied());
    let process = Process::start_as(tempfile::tempdir().unwrap(), command);
    process.line_with("ready in");
    process
}

/// A browser that knows the console's port alone.
struct Browser {
    client: Client,
    console: String,
    token: String,
}

impl Browser {
    fn new(console: &Process) -> Self {
        let client = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let (client, console) = (client.build().unwrap(), console.console.clone());
        Self { client, console, token: String::new() }
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Response {
        let mut request = self.client.request(method, format!("{}{path}", self.console));
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await.unwrap()
    }

    async fn get(&self, path: &str) -> Response {
        self.send(Method::GET, path, None, &[]).await
    }

    async fn post(&self, path: &str, body: Value) -> Response {
        self.send(Method::POST, path, Some(body), &[]).await
    }

    /// Makes the first administrator and signs in; gives the cookie.
    async fn sign_in(&mut self, hub: &Process) -> String {
        let link = hub.line_with("/setup#token=");
        let body = json!({
            "token": link.split_once("#token=").unwrap().1, "email": EMAIL, "name": "Ada Example",
            "password": PASSWORD, "tenant_name": "Example Works",
        });
        assert_eq!(self.post("/api/v1/hub/setup", body).await.status(), 201);
        let login = Some(json!({ "email": EMAIL, "password": PASSWORD }));
        let from = [("x-forwarded-for", "203.0.113.7"), ("x-request-id", "login-0001")];
        let answer = self.send(Method::POST, "/api/v1/hub/session", login, &from).await;
        assert_eq!(answer.status(), 200);
        let ids: Vec<_> = answer.headers().get_all("x-request-id").iter().collect();
        assert_eq!(ids, ["login-0001"]);
        let cookie = answer.headers()[SET_COOKIE].to_str().unwrap().to_owned();
        let session: Value = answer.json().await.unwrap();
        self.token = session["access_token"].as_str().unwrap().to_owned();
        cookie.split(';').next().unwrap().to_owned()
    }
}

async fn problem(answer: Response, status: u16) -> (HeaderMap, Value) {
    assert_eq!(answer.status(), status);
    assert_eq!(answer.headers()[CONTENT_TYPE], "application/problem+json");
    let headers = answer.headers().clone();
    (headers, answer.json().await.unwrap())
}

#[tokio::test]
async fn a_console_stands_in_front_of_a_hub_elsewhere() {
    let hub = hub(&[]);
    let console = console(&[("HUB_URL", &hub.api)]);
    let mut browser = Browser::new(&console);
    let cookie = browser.sign_in(&hub).await;
    let health: Value = browser.get("/health").await.json().await.unwrap();
    assert_eq!(health["checks"]["hub"]["status"], "ok", "{health}");
    assert_eq!(browser.get("/").await.headers()["location"], "/hub");
    assert_eq!(browser.get("/.well-known/jwks.json").await.status(), 200);

    // Who sends it is known through both, and what is refused there is refused here.
    let sessions: Value = browser.get("/api/v1/hub/me/sessions").await.json().await.unwrap();
    assert!(sessions.to_string().contains("203.0.113.7"), "{sessions}");
    let headers = [("cookie", cookie.as_str()), ("x-requested-with", "itechsmart")];
    let path = "/api/v1/hub/session/refresh";
    let refreshed = browser.send(Method::POST, path, Some(json!({})), &headers).await;
    assert_eq!(refreshed.status(), 200);
    let (_, refused) = problem(browser.get("/api/v1/hub/users/none").await, 404).await;
    assert_eq!(refused["code"], "not_found");
    let large = json!({ "name": "x".repeat(2_000_000) });
    problem(browser.post("/api/v1/hub/groups", large).await, 413).await;

    let mut stream = browser.get("/api/v1/hub/events/stream?name=hub.group.*").await;
    assert_eq!(stream.headers()[CONTENT_TYPE], "text/event-stream");
    assert_eq!(browser.post("/api/v1/hub/groups", json!({ "name": "Ops" })).await.status(), 201);
    let mut heard = String::new();
    while !heard.contains("hub.group.created") {
        let chunk = tokio::time::timeout(SOON, stream.chunk()).await.expect("an event").unwrap();
        heard += std::str::from_utf8(&chunk.expect("the stream goes on")).unwrap();
    }

    let (_, unknown) = problem(browser.get("/api/v1/observatory/me").await, 503).await;
    assert!(unknown["detail"].as_str().unwrap().contains("Observatory"), "{unknown}");
    assert!(hub.terminate().0);
    let ended = async { while stream.chunk().await.is_ok_and(|chunk| chunk.is_some()) {} };
    tokio::time::timeout(SOON, ended).await.expect("the stream ends with its service");
    let (headers, away) = problem(browser.get("/api/v1/hub/me").await, 503).await;
    assert!(headers.contains_key(RETRY_AFTER));
    let text = away.to_string();
    assert!(text.contains("Hub does not answer") && !text.contains("127.0.0.1"), "{text}");
    assert_eq!(browser.get("/health").await.status(), 503);
    assert_eq!(browser.get("/health/live").await.status(), 200);
    assert_eq!(browser.get("/").await.headers()["location"], "/hub");
    assert!(console.terminate().0);
}

#[tokio::test]
async fn a_hub_behind_tls_is_believed_by_its_authority() {
    let authority = Authority::default();
    let tls = authority.certify();
    let path = |path: &std::path::Path| path.to_str().unwrap().to_owned();
    let (certificate, key) = (path(&tls.certificate), path(&tls.key));
    let hub = hub(&[("TLS_CERTIFICATE", &certificate), ("TLS_KEY", &key)]);
    hub.line_with("ready in");
    let url = hub.api.replace("http://", "https://");
    let trusted = path(&authority.path());
    let believing = console(&[("HUB_URL", &url), ("CA_CERTIFICATES", &trusted)]);
    Browser::new(&believing).sign_in(&hub).await;
    let doubting = console(&[("HUB_URL", &url)]);
    let browser = Browser::new(&doubting);
    problem(browser.get("/api/v1/hub/setup").await, 503).await;
    assert_eq!(browser.get("/health").await.status(), 503);
}

#[test]
fn a_console_without_a_hub_says_what_it_needs() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = itechsmart(&["run", "--services", "console"]);
    let (success, _, error) = crate::process::output(command.current_dir(folder.path()));
    assert!(!success && error.contains("HUB_URL"), "{error}");
    assert!(!folder.path().join("data").exists(), "it has nothing to keep");
}
