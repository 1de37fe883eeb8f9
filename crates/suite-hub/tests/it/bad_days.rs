//! What must hold when things go wrong: a caller who is no longer allowed, hostile bodies, a proxy
//! in front, a database that is gone.

use std::time::{Duration, Instant};

use reqwest::{Method, Response};
use serde_json::{Value, json};
use suite_kit::auth::KNOWN_MS_MAX;
use suite_kit::config::{Config, Secret, TrustedProxies};
use suite_testkit::{Backend, Instance, on_every_backend};

use crate::fixture::{ADMIN, HubApp, PASSWORD, Person};

const SUSPENDED: &str = "a suspended tenant";
const WRONG: &str = "walnut harbour pixel eight";
/// What happens this much later is not told to whoever lost a right: processes remember nothing of
/// before, and streams have asked.
const REVOKED: Duration = Duration::from_millis(KNOWN_MS_MAX + 90);
const WAIT_S_MAX: u64 = 30;
/// In which a request is refused that meets an outage, and one that comes when it is known. A
/// connection is waited for much longer.
const NOTICED: Duration = Duration::from_secs(3);
const AT_ONCE: Duration = Duration::from_secs(1);

async fn follow(hub: &HubApp, person: &Person) -> Response {
    let url = format!("{}/api/v1/hub/events/stream", hub.app.url);
    let response = hub.app.client.get(url).bearer_auth(&person.token).send().await.unwrap();
    assert_eq!(response.status(), 200);
    response
}

/// What somebody follows, and who does so.
struct Stream {
    open: Response,
    reader: Person,
    /// Who makes events that the reader would see.
    teller: Person,
}

/// The reader is refused, and hears of nothing that happens once the time of a revocation is over.
/// It is over whenever the stream ends; when that is noticed depends on the machine.
async fn is_over(hub: &HubApp, stream: Stream, what: &str) {
    let revoked = Instant::now();
    let Stream { mut open, reader, teller } = stream;
    hub.soon(&reader, "/api/v1/hub/events", refusal(what)).await;
    tokio::time::sleep(REVOKED.saturating_sub(revoked.elapsed())).await;
    let (name, mut heard) = (format!("after {what}"), Vec::new());
    hub.send(&teller, Method::POST, "/api/v1/hub/groups", Some(json!({ "name": name }))).await;
    let ended = async {
        while let Ok(Some(chunk)) = open.chunk().await {
            heard.extend_from_slice(&chunk);
        }
    };
    let limit = Duration::from_secs(WAIT_S_MAX);
    assert!(tokio::time::timeout(limit, ended).await.is_ok(), "{what}: the stream goes on");
    let heard = String::from_utf8_lossy(&heard);
    assert!(!heard.contains(&name), "{what}: it was told to the reader: {heard}");
}

fn refusal(what: &str) -> u16 {
    if what == SUSPENDED { 403 } else { 401 }
}

async fn who_is_no_longer_allowed_is_refused_within_a_second(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let may = ["hub.events.read"];
    let (bob_id, bob) = hub.user(&admin, "bob@example.com", &may).await;
    let (tenant_id, eve) = hub.tenant(&admin, "Other", "eve@example.com").await;
    let (_, cid) = hub.user(&admin, "cid@example.com", &may).await;
    let body = json!({ "name": "Nightly", "permissions": may });
    let made = hub.post(&admin, "/api/v1/hub/api-keys", body).await.expect(201).json();
    let key = Person { token: made["key"].as_str().unwrap().into(), cookie: String::new() };

    let by = |reader: &Person, teller: &Person, open| Stream {
        open,
        reader: reader.clone(),
        teller: teller.clone(),
    };
    let stream = by(&bob, &admin, follow(&hub, &bob).await);
    let off = Some(json!({ "state": "disabled" }));
    let path = format!("/api/v1/hub/users/{bob_id}");
    hub.change(&admin, Method::PATCH, &path, off).await.expect(200);
    is_over(&hub, stream, "a disabled user").await;

    let stream = by(&eve, &eve, follow(&hub, &eve).await);
    let path = format!("/api/v1/hub/tenants/{tenant_id}/suspend");
    hub.send(&admin, Method::POST, &path, None).await.expect(200);
    is_over(&hub, stream, SUSPENDED).await;

    let stream = by(&cid, &admin, follow(&hub, &cid).await);
    hub.send(&cid, Method::DELETE, "/api/v1/hub/session", None).await.expect(204);
    is_over(&hub, stream, "an ended session").await;

    let stream = by(&key, &admin, follow(&hub, &key).await);
    let path = format!("/api/v1/hub/api-keys/{}", made["id"].as_str().unwrap());
    hub.send(&admin, Method::DELETE, &path, None).await.expect(204);
    is_over(&hub, stream, "a revoked key").await;
}

async fn deep_and_large_bodies_are_refused(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let deep = 400_000;
    let bodies = [
        "[".repeat(deep),
        format!("{}1{}", "[".repeat(deep), "]".repeat(deep)),
        format!("{{\"name\":{}1{}}}", "[".repeat(deep), "]".repeat(deep)),
        format!("{}1{}", "{\"settings\":".repeat(deep / 5), "}".repeat(deep / 5)),
        format!("{{\"settings\":{}1{}}}", "{\"a\":".repeat(deep / 5), "}".repeat(deep / 5)),
        format!("{{\"name\":\"{}\"}}", "x".repeat(2_000_000)),
    ];
    for (method, path) in [
        (Method::POST, "session"),
        (Method::POST, "users"),
        (Method::POST, "webhooks"),
        (Method::PATCH, "tenant"),
        (Method::PUT, "flags/any"),
        (Method::POST, "introspect"),
    ] {
        let url = format!("{}/api/v1/hub/{path}", hub.app.url);
        for body in &bodies {
            let request = hub.app.client.request(method.clone(), &url).bearer_auth(&admin.token);
            let request = request.header("content-type", "application/json");
            let request = request.header("if-match", "\"1\"").header("idempotency-key", "k");
            let answer = request.body(body.clone()).send().await.unwrap();
            let start = &body[..20];
            assert!(answer.status().is_client_error(), "{path} {start} {}", answer.status());
            assert_eq!(answer.headers()["content-type"], "application/problem+json");
        }
    }
    hub.get(&admin, "/api/v1/hub/me").await.expect(200);
}

async fn log_in_from(hub: &HubApp, email: &str, forwarded: &str) -> u16 {
    let body = json!({ "email": email, "password": WRONG });
    let headers = [("x-forwarded-for", forwarded)];
    let path = "/api/v1/hub/session";
    hub.app.send_with(Method::POST, path, Some(body), &headers).await.status.as_u16()
}

/// Guesses at ever other accounts until the address is locked out.
async fn lock_out(hub: &HubApp, forwarded: impl Fn(usize) -> String) -> bool {
    for guess in 0..60 {
        let email = format!("nobody{guess}@example.com");
        if log_in_from(hub, &email, &forwarded(guess)).await == 429 {
            return true;
        }
    }
    false
}

async fn behind_a_proxy_only_the_guesser_is_locked_out(backend: Backend) {
    let mut place = backend.place().await;
    place.config.trusted_proxies = TrustedProxies::try_from("127.0.0.0/8".to_owned()).unwrap();
    let hub = HubApp::at(place).await;
    hub.set_up().await.expect(201);
    // What the guesser puts in front of its own address changes nothing.
    assert!(lock_out(&hub, |guess| format!("198.51.100.{guess}, 203.0.113.9")).await);
    assert_eq!(log_in_from(&hub, "new@example.com", "203.0.113.9").await, 429);
    assert_eq!(log_in_from(&hub, "new@example.com", "203.0.113.10").await, 401);
    hub.log_in(ADMIN, PASSWORD).await;
}

async fn without_a_proxy_nobody_escapes_by_inventing_addresses(backend: Backend) {
    let hub = HubApp::fresh(backend).await;
    assert!(lock_out(&hub, |guess| format!("198.51.100.{guess}")).await);
}

async fn the_data_of_an_event_is_an_object_even_when_there_is_none(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    hub.enable_totp(&admin).await;
    let path = "/api/v1/hub/events?name=hub.second-factor.enabled";
    let started = Instant::now();
    loop {
        let page = hub.get(&admin, path).await.expect(200).json();
        if let Some(event) = page["items"].get(0) {
            assert_eq!(event["data"], json!({}));
            return;
        }
        assert!(started.elapsed() < Duration::from_secs(WAIT_S_MAX), "there is no event");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

on_every_backend!(
    the_data_of_an_event_is_an_object_even_when_there_is_none,
    who_is_no_longer_allowed_is_refused_within_a_second,
    deep_and_large_bodies_are_refused,
    behind_a_proxy_only_the_guesser_is_locked_out,
    without_a_proxy_nobody_escapes_by_inventing_addresses,
);

/// What only the log may say.
const LEAKS: [&str; 14] = [
    "select ",
    "insert ",
    "update ",
    "sqlx",
    "sea_orm",
    "postgres",
    "connection refused",
    "os error",
    "127.0.0.1",
    "pool",
    "/tmp",
    ".rs",
    "panic",
    "io error",
];

/// Work that keeps a thread waiting.
async fn elsewhere<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_gone_is_said_without_its_cause_and_comes_back() {
    let mut place = Backend::Servers.place().await;
    let mut postgres = elsewhere(|| Instance::postgres().unwrap()).await;
    let url = format!("postgres://test@127.0.0.1:{}/postgres", postgres.port);
    place.config = Config { database_url: Some(Secret::new(url)), ..place.config.clone() };
    let hub = HubApp::at(place).await;
    hub.set_up().await.expect(201);
    let admin = hub.log_in(ADMIN, PASSWORD).await;
    hub.app.get("/health").await.expect(200);

    postgres = elsewhere(move || {
        postgres.kill().unwrap();
        postgres
    })
    .await;
    // Nobody knows yet: it is noticed while this one waits.
    let started = Instant::now();
    let first = hub.app.get("/api/v1/hub/setup").await.expect(503);
    assert!(started.elapsed() < NOTICED, "{:?}", started.elapsed());
    let started = Instant::now();
    let health = hub.app.get("/health").await.expect(503).json();
    assert!(started.elapsed() < AT_ONCE, "{:?}", started.elapsed());
    assert_eq!(health["checks"]["database"]["status"], "down");
    hub.app.get("/health/live").await.expect(200);
    hub.app.get("/.well-known/jwks.json").await.expect(200);
    let id = "01a21b3d-3bc6-766b-b110-0213cd8205fe";
    let group = json!({ "name": "Ours" });
    let login = json!({ "email": ADMIN, "password": PASSWORD });
    let requests: [(Method, &str, Option<Value>); 8] = [
        (Method::GET, "setup", None),
        (Method::POST, "session", Some(login)),
        (Method::POST, "invitations/look", Some(json!({ "token": "x" }))),
        (Method::GET, "me", None),
        (Method::GET, &format!("users/{id}"), None),
        (Method::POST, "groups", Some(group.clone())),
        (Method::GET, "audit/records", None),
        (Method::GET, "events/stream", None),
    ];
    let mut answers = vec![hub.app.get("/health").await, first];
    for (method, path, body) in requests {
        let path = format!("/api/v1/hub/{path}");
        let started = Instant::now();
        let answer = hub.send(&admin, method, &path, body).await;
        assert!(started.elapsed() < AT_ONCE, "{path}: {:?}", started.elapsed());
        assert_eq!(
            (answer.status.as_u16(), path.as_str()),
            (503, path.as_str()),
            "{}",
            answer.text
        );
        assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
        assert_eq!(answer.code(), "unavailable", "{path}");
        assert_ne!(answer.header("retry-after"), "", "{path}");
        answers.push(answer);
    }
    for answer in answers {
        let text = answer.text.to_lowercase();
        let leak = LEAKS.iter().find(|leak| text.contains(*leak));
        assert_eq!(leak, None, "{text}");
    }

    let _postgres = elsewhere(move || {
        postgres.restart().unwrap();
        postgres
    })
    .await;
    let started = Instant::now();
    while hub.app.get("/health").await.status != 200
        || hub.get(&admin, "/api/v1/hub/me").await.status != 200
    {
        assert!(started.elapsed() < Duration::from_secs(WAIT_S_MAX), "it does not come back");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    hub.post(&admin, "/api/v1/hub/groups", group).await.expect(201);
}
