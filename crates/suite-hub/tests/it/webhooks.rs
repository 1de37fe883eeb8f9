//! Events: listed, streamed, and delivered to webhooks.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use parking_lot::Mutex;
use reqwest::Method;
use serde_json::{Value, json};
use suite_kit::notify::{SIGNATURE_HEADER, verify};
use suite_testkit::{Answer, Backend, on_every_backend};

use crate::fixture::{HubApp, Person};

const WEBHOOKS: &str = "/api/v1/hub/webhooks";
const EVENTS: &str = "/api/v1/hub/events";

/// Takes deliveries, and answers with a status.
#[derive(Clone)]
struct Receiver {
    url: String,
    got: Arc<Mutex<Vec<(HeaderMap, String)>>>,
    status: Arc<Mutex<u16>>,
}

impl Receiver {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook?token=secret", listener.local_addr().unwrap());
        let receiver = Self { url, got: Arc::default(), status: Arc::new(Mutex::new(200)) };
        let take = async |State(own): State<Self>, headers: HeaderMap, body: String| {
            own.got.lock().push((headers, body));
            StatusCode::from_u16(*own.status.lock()).unwrap()
        };
        let routes = Router::new().route("/hook", post(take)).with_state(receiver.clone());
        tokio::spawn(async { axum::serve(listener, routes).await });
        receiver
    }
}

async fn wait_for<F: Future<Output = bool>>(what: &str, check: impl Fn() -> F) {
    let started = Instant::now();
    while !check().await {
        assert!(started.elapsed() < Duration::from_secs(20), "{what}");
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}

async fn with_private_webhooks(backend: Backend) -> (HubApp, Person) {
    let mut place = backend.place().await;
    place.config.enable_private_webhooks = true;
    let hub = HubApp::at(place).await;
    hub.set_up().await.expect(201);
    let admin = hub.log_in(crate::fixture::ADMIN, crate::fixture::PASSWORD).await;
    (hub, admin)
}

async fn events_reach_webhooks_signed(backend: Backend) {
    let (hub, admin) = with_private_webhooks(backend).await;
    let receiver = Receiver::start().await;
    let body = json!({ "url": receiver.url, "patterns": ["hub.group.*", "hub.webhook.tested"] });
    let made = hub.post(&admin, WEBHOOKS, body).await.expect(201).json();
    let secret = made["secret"].as_str().unwrap().to_owned();
    let path = format!("{WEBHOOKS}/{}", made["id"].as_str().unwrap());
    assert!(hub.get(&admin, &path).await.expect(200).json().get("secret").is_none());
    assert!(!hub.audited("hub.webhook.created").await.to_string().contains("secret"));
    hub.post(&admin, "/api/v1/hub/groups", json!({ "name": "Ops" })).await.expect(201);
    hub.role(&admin, "Unheard", &[]).await;
    wait_for("a delivery", || async { !receiver.got.lock().is_empty() }).await;
    let (headers, text) = receiver.got.lock()[0].clone();
    let event: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (&event["name"], &event["data"]["name"]),
        (&json!("hub.group.created"), &json!("Ops"))
    );
    let signature = headers[SIGNATURE_HEADER].to_str().unwrap();
    assert!(verify(&secret, signature, text.as_bytes(), hub.app.clock.now_ms()));
    let state = async || {
        let log = hub.get(&admin, &format!("{path}/deliveries")).await.expect(200).json();
        log["items"][0]["state"].clone()
    };
    wait_for("the log", async || state().await == "delivered").await;
    // A new secret signs from now on.
    let renewed = hub.send(&admin, Method::POST, &format!("{path}/secret"), None).await.expect(200);
    let renewed = renewed.json()["secret"].as_str().unwrap().to_owned();
    assert_ne!(renewed, secret);
    hub.send(&admin, Method::POST, &format!("{path}/test"), None).await.expect(202);
    wait_for("a test", || async { receiver.got.lock().len() >= 2 }).await;
    let (headers, text) = receiver.got.lock().last().unwrap().clone();
    let signature = headers[SIGNATURE_HEADER].to_str().unwrap();
    assert!(verify(&renewed, signature, text.as_bytes(), hub.app.clock.now_ms()));
    // Off, nothing is delivered.
    let off = Some(json!({ "enabled": false }));
    hub.change(&admin, Method::PUT, "/api/v1/hub/flags/hub.webhooks", off).await.expect(200);
    let before = receiver.got.lock().len();
    hub.post(&admin, "/api/v1/hub/groups", json!({ "name": "Silent" })).await.expect(201);
    let listed = async || {
        let page = hub.get(&admin, &format!("{EVENTS}?name=hub.group.*")).await.expect(200).json();
        page["items"].as_array().unwrap().len()
    };
    wait_for("both events are kept", async || listed().await == 2).await;
    assert_eq!(receiver.got.lock().len(), before);
    hub.change(&admin, Method::DELETE, &path, None).await.expect(204);
}

async fn what_fails_is_tried_again(backend: Backend) {
    let (hub, admin) = with_private_webhooks(backend).await;
    let receiver = Receiver::start().await;
    *receiver.status.lock() = 500;
    let body = json!({ "url": receiver.url, "patterns": ["*"] });
    let made = hub.post(&admin, WEBHOOKS, body).await.expect(201).json();
    let path = format!("{WEBHOOKS}/{}", made["id"].as_str().unwrap());
    hub.send(&admin, Method::POST, &format!("{path}/test"), None).await.expect(202);
    let tested = async || {
        let log = hub.get(&admin, &format!("{path}/deliveries")).await.expect(200).json();
        let all = log["items"].as_array().unwrap().clone();
        all.iter().find(|one| one["event_name"] == "hub.webhook.tested").cloned().unwrap()
    };
    wait_for("a failed try", async || tested().await["attempts"] == 1).await;
    let one = tested().await;
    assert_eq!((&one["state"], one["answer"].as_str().unwrap().trim()), (&json!("waiting"), "500"));
    *receiver.status.lock() = 204;
    wait_for("a good one", async || tested().await["state"] == "delivered").await;
    assert!(tested().await["attempts"].as_i64().unwrap() >= 2);
}

async fn a_test_is_delivered_once(backend: Backend) {
    let (hub, admin) = with_private_webhooks(backend).await;
    let receiver = Receiver::start().await;
    let body = json!({ "url": receiver.url, "patterns": ["*"] });
    let made = hub.post(&admin, WEBHOOKS, body).await.expect(201).json();
    let path = format!("{WEBHOOKS}/{}", made["id"].as_str().unwrap());
    hub.send(&admin, Method::POST, &format!("{path}/test"), None).await.expect(202);
    // Events are handled in their order: what the test may have told comes before this.
    hub.post(&admin, "/api/v1/hub/groups", json!({ "name": "Ops" })).await.expect(201);
    let names = async || {
        let log = hub.get(&admin, &format!("{path}/deliveries")).await.expect(200).json();
        let items = log["items"].as_array().unwrap().clone();
        items.iter().map(|one| one["event_name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let group = "hub.group.created".to_owned();
    wait_for("what came after", async || names().await.contains(&group)).await;
    let tests = names().await.into_iter().filter(|name| name.starts_with("hub.webhook.test"));
    assert_eq!(tests.collect::<Vec<_>>(), ["hub.webhook.tested"]);
    hub.audited("hub.webhook.tested").await;
}

fn refused_as_private(answer: &Answer, what: &str) {
    assert_eq!(answer.status, 400, "{what}: {}", answer.text);
    let fault = &answer.json()["errors"][0];
    assert_eq!(fault["field"], "/url", "{what}");
    assert!(answer.text.contains("ask your operator"), "{what}: {}", answer.text);
}

async fn told_of(hub: &HubApp, person: &Person, title: &str) {
    let told = async || {
        let page = hub.get(person, "/api/v1/hub/me/notifications").await.expect(200).json();
        page["items"].as_array().unwrap().iter().any(|item| item["title"] == title)
    };
    wait_for(title, told).await;
}

async fn the_inside_of_the_network_is_out_of_reach(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let receiver = Receiver::start().await;
    for url in ["ftp://example.com/", "http://user:pw@example.com/", "file:///etc/passwd", "x"] {
        let body = json!({ "url": url, "patterns": ["*"] });
        let refused = hub.post(&admin, WEBHOOKS, body).await.expect(400).json();
        assert_eq!(refused["errors"][0]["field"], "/url", "{url}");
    }
    for patterns in [json!([]), json!(["hub.us*"]), json!(["'; DROP TABLE webhook"])] {
        let body = json!({ "url": "https://hooks.example.com/", "patterns": patterns });
        hub.post(&admin, WEBHOOKS, body).await.expect(400);
    }
    for url in [receiver.url.as_str(), "https://[::1]/", "http://2130706433/", "http://localhost/"]
    {
        let body = json!({ "url": url, "patterns": ["*"] });
        refused_as_private(&hub.post(&admin, WEBHOOKS, body).await, url);
    }
    let body = json!({ "url": "https://hooks.example.com/", "patterns": ["hub.webhook.tested"] });
    let made = hub.post(&admin, WEBHOOKS, body).await.expect(201).json();
    let path = format!("{WEBHOOKS}/{}", made["id"].as_str().unwrap());
    let inside = Some(json!({ "url": receiver.url }));
    refused_as_private(&hub.change(&admin, Method::PATCH, &path, inside).await, "a change");
    // A name may lead elsewhere once it was checked: as if this one did.
    hub.sql(&format!("UPDATE webhook SET url = '{}'", receiver.url)).await;
    for _ in 0..5 {
        hub.send(&admin, Method::POST, &format!("{path}/test"), None).await.expect(202);
    }
    // Given up at once, and after five the webhook is switched off.
    let state = async || hub.get(&admin, &path).await.expect(200).json();
    wait_for("it is switched off", async || state().await["enabled"] == false).await;
    assert!(receiver.got.lock().is_empty());
    let log = hub.get(&admin, &format!("{path}/deliveries")).await.expect(200).json();
    assert_eq!(log["items"][0]["state"], "failed");
    for text in [&state().await["disabled_reason"], &log["items"][0]["answer"]] {
        let text = text.as_str().unwrap();
        assert!(text.contains("ask your operator") && !text.contains("ENABLE_"), "{text}");
    }
    hub.audited("hub.webhook.disabled").await;
    told_of(&hub, &admin, "A webhook was switched off").await;
    let testing = hub.send(&admin, Method::POST, &format!("{path}/test"), None).await.expect(409);
    assert_eq!(testing.code(), "webhook_off");
    // As it is it cannot be switched on; what else there is of it can be changed.
    let on = Some(json!({ "enabled": true }));
    refused_as_private(&hub.change(&admin, Method::PATCH, &path, on).await, "switched on");
    let patterns = Some(json!({ "patterns": ["hub.group.*"] }));
    hub.change(&admin, Method::PATCH, &path, patterns).await.expect(200);
    let on = Some(json!({ "enabled": true, "url": "https://hooks.example.com/" }));
    let again = hub.change(&admin, Method::PATCH, &path, on).await.expect(200).json();
    assert_eq!((&again["failures"], again.get("disabled_reason")), (&json!(0), None));
}

async fn a_stream_tells_what_happens_until_its_reader_may_not(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let (_, other) = hub.tenant(&admin, "Other", "eve@example.com").await;
    let (id, bob) = hub.user(&admin, "bob@example.com", &["hub.events.read"]).await;
    let url = format!("{}{EVENTS}/stream?name=hub.group.*", hub.app.url);
    let request = hub.app.client.get(url).bearer_auth(&bob.token);
    let mut response = request.send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    // Nothing on the way keeps it, and it says that it is open before anything happens.
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert_eq!(response.headers()["x-accel-buffering"], "no");
    let first = tokio::time::timeout(Duration::from_secs(5), response.chunk()).await;
    let first = first.expect("a first byte at once").unwrap().unwrap();
    assert_eq!(&first[..], b": open\n\n");
    // Another tenant's, and of another name: not for this reader.
    hub.post(&other, "/api/v1/hub/groups", json!({ "name": "Theirs" })).await.expect(201);
    hub.role(&admin, "Unheard", &[]).await;
    hub.post(&admin, "/api/v1/hub/groups", json!({ "name": "Ours" })).await.expect(201);
    let mut text = String::new();
    let limit = Duration::from_secs(20);
    while !text.contains("\n\n") || !text.contains("data:") {
        let chunk = tokio::time::timeout(limit, response.chunk()).await.expect("an event");
        text += std::str::from_utf8(&chunk.unwrap().expect("the stream goes on")).unwrap();
    }
    assert!(text.contains("Ours") && !text.contains("Theirs"), "{text}");
    assert!(text.contains("event: event"), "{text}");
    let path = format!("/api/v1/hub/users/{id}");
    let off = Some(json!({ "state": "disabled" }));
    hub.change(&admin, Method::PATCH, &path, off).await.expect(200);
    let ended = async { while response.chunk().await.is_ok_and(|chunk| chunk.is_some()) {} };
    tokio::time::timeout(Duration::from_secs(5), ended).await.expect("the stream ends");
    hub.get(&admin, &format!("{EVENTS}?name=hub.us*")).await.expect(400);
    let page = hub.get(&admin, &format!("{EVENTS}?limit=1")).await.expect(200).json();
    assert!(page["next"].is_string());
}

on_every_backend!(
    events_reach_webhooks_signed,
    what_fails_is_tried_again,
    a_test_is_delivered_once,
    the_inside_of_the_network_is_out_of_reach,
    a_stream_tells_what_happens_until_its_reader_may_not,
);
