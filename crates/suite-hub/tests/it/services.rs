//! Services in other processes: they ask Hub who callers are, and tell it that they are there.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use axum::extract::{FromRef, State};
use axum::routing::get;
use axum::{Json, Router};
use reqwest::Method;
use serde_json::{Value, json};
use suite_contracts::ServiceName;
use suite_kit::auth::{Caller, Directory};
use suite_kit::clock::Clock;
use suite_kit::config::Secret;
use suite_kit::service::{Definition, Kit, Limits, MountError, Server, Service};
use suite_testkit::{Authority, Backend, TestApp, on_every_backend};
use tokio_util::sync::CancellationToken;

use crate::fixture::{HubApp, Person};
use crate::people::{REMEMBERED, key};

const OVERVIEW: &str = "/api/v1/hub/overview";
const SERVICES: &str = "/api/v1/hub/services";

/// A service that tells callers who they are.
struct Mirror;

#[derive(Clone)]
struct Shared(Arc<dyn Directory>);

impl FromRef<Shared> for Arc<dyn Directory> {
    fn from_ref(shared: &Shared) -> Self {
        shared.0.clone()
    }
}

async fn show(State(_): State<Shared>, caller: Caller) -> Json<Value> {
    let permissions: Vec<&String> = caller.identity.permissions.iter().collect();
    Json(json!({ "name": caller.identity.name.as_ref(), "permissions": permissions }))
}

#[async_trait]
impl Service for Mirror {
    fn definition(&self) -> Definition {
        Definition {
            name: ServiceName::Observatory,
            permissions: &[],
            audit_read: suite_hub::permissions::AUDIT_READ,
            migrations: Vec::new,
        }
    }

    fn openapi(&self) -> utoipa::openapi::OpenApi {
        utoipa::openapi::OpenApi::default()
    }

    async fn mount(&self, kit: Kit) -> Result<Router, MountError> {
        let routes = Router::new().route("/api/v1/observatory/me", get(show));
        Ok(routes.with_state(Shared(kit.directory)))
    }
}

async fn elsewhere(hub: &HubApp, hub_key: &str) -> TestApp {
    elsewhere_at(hub, hub_key, &hub.app.url, None).await
}

/// Where Hub is at that URL, believed by that authority.
async fn elsewhere_at(
    hub: &HubApp,
    hub_key: &str,
    hub_url: &str,
    authority: Option<&Authority>,
) -> TestApp {
    let mut place = hub.app.place.clone();
    place.config.hub_url = Some(hub_url.to_owned());
    place.config.ca_certificates = authority.map(Authority::path);
    place.config.hub_api_key = Some(Secret::new(hub_key.to_owned()));
    let services: [Arc<dyn Service>; 1] = [Arc::new(Mirror)];
    TestApp::start_at(place, Clock::system(), &services).await
}

async fn ask(app: &TestApp, by: &Person) -> suite_testkit::Answer {
    let authorization = format!("Bearer {}", by.token);
    let headers = [("authorization", authorization.as_str())];
    app.send_with(Method::GET, "/api/v1/observatory/me", None, &headers).await
}

async fn wait_for<F: Future<Output = bool>>(what: &str, within_s: u64, check: impl Fn() -> F) {
    let started = Instant::now();
    while !check().await {
        assert!(started.elapsed() < Duration::from_secs(within_s), "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn a_service_elsewhere_asks_hub_who_calls(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let body = json!({
        "name": "Observatory", "permissions": ["hub.introspect", "hub.services.write"],
    });
    let made = hub.post(&admin, "/api/v1/hub/api-keys", body).await.expect(201);
    let mirror = elsewhere(&hub, made.json()["key"].as_str().unwrap()).await;
    let seen = ask(&mirror, &admin).await.expect(200).json();
    assert_eq!(seen["name"], "Ada Example");
    assert!(seen["permissions"].as_array().unwrap().contains(&json!("hub.users.write")));
    let body = json!({ "name": "Program", "permissions": ["hub.users.read"] });
    let program = hub.post(&admin, "/api/v1/hub/api-keys", body).await.expect(201);
    let id = program.json()["id"].as_str().unwrap().to_owned();
    let program = key(&program);
    assert_eq!(ask(&mirror, &program).await.expect(200).json()["name"], "Program");
    let forged = Person { token: "a.b.c".into(), cookie: String::new() };
    assert_eq!(ask(&mirror, &forged).await.expect(401).code(), "credential_refused");
    // What is revoked there is refused here within a second.
    let path = format!("/api/v1/hub/api-keys/{id}");
    hub.send(&admin, Method::DELETE, &path, None).await.expect(204);
    let revoked = Instant::now();
    loop {
        let asked_after = revoked.elapsed();
        if ask(&mirror, &program).await.status == 401 {
            break;
        }
        assert!(asked_after <= REMEMBERED, "it works after {asked_after:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // Its process is known, and no longer once it stops.
    let count = async |name: &str| {
        let overview = hub.get(&admin, OVERVIEW).await.expect(200).json();
        let services = overview["services"].as_array().unwrap().clone();
        services.iter().find(|one| one["name"] == name).map(|one| one["instances"].clone())
    };
    wait_for("both are known", 10, || async {
        count("observatory").await == Some(json!(1)) && count("hub").await == Some(json!(1))
    })
    .await;
    mirror.stop().await;
    assert_eq!(count("observatory").await, None);
}

async fn without_its_key_or_hub_a_service_refuses_and_says_so(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let mirror = elsewhere(&hub, "itk_abcdefgh_wrong").await;
    let refused = ask(&mirror, &admin).await.expect(503);
    assert_eq!(refused.code(), "unavailable");
    assert!(!refused.text.contains("itk_"), "{}", refused.text);
}

async fn hub_is_asked_over_tls_if_its_certificate_is_trusted(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let (authority, stop) = (Authority::default(), CancellationToken::new());
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let tls = authority.certify();
    let server = Server::bind(address, Some(&tls), Limits::default()).await.unwrap();
    let url = format!("https://localhost:{}", server.address().unwrap().port());
    tokio::spawn(server.serve(hub.app.running().router(), stop.clone()));
    let _ends = stop.drop_guard();
    let body = json!({
        "name": "Observatory", "permissions": ["hub.introspect", "hub.services.write"],
    });
    let made = hub.post(&admin, "/api/v1/hub/api-keys", body).await.expect(201).json();
    let hub_key = made["key"].as_str().unwrap();
    let mirror = elsewhere_at(&hub, hub_key, &url, Some(&authority)).await;
    assert_eq!(ask(&mirror, &admin).await.expect(200).json()["name"], "Ada Example");
    mirror.stop().await;
    let doubting = elsewhere_at(&hub, hub_key, &url, None).await;
    let refused = ask(&doubting, &admin).await.expect(503);
    assert!(!refused.text.contains("itk_") && !refused.text.contains("localhost"));
}

async fn silent_processes_are_shown_as_such(backend: Backend) {
    let (hub, admin) = HubApp::stopped(backend).await;
    let health = json!({
        "status": "ok", "version": "1.2.3", "timestamp": "2030-01-01T00:00:00Z", "checks": {},
    });
    let body = json!({
        "service": "ai", "version": "1.2.3", "url": "http://127.0.0.1:8003", "health": health,
    });
    let instances = format!("{SERVICES}/instances");
    let made = hub.post(&admin, &instances, body).await.expect(201).json();
    let path = format!("{instances}/{}", made["id"].as_str().unwrap());
    let status = async || {
        let all = hub.get(&admin, SERVICES).await.expect(200).json();
        let all = all["items"].as_array().unwrap().clone();
        all.iter().find(|one| one["service"] == "ai").map(|one| one["status"].clone())
    };
    assert_eq!(status().await, Some(json!("ok")));
    hub.app.clock.advance_ms(40_000);
    assert_eq!(status().await, Some(json!("silent")));
    let worse = json!({ "health": { "status": "degraded", "version": "1.2.3",
        "timestamp": "2030-01-01T00:00:00Z", "checks": {} } });
    hub.post(&admin, &format!("{path}/heartbeat"), worse).await.expect(204);
    assert_eq!(status().await, Some(json!("degraded")));
    hub.send(&admin, Method::DELETE, &path, None).await.expect(204);
    assert_eq!(status().await, None);
    hub.send(&admin, Method::DELETE, &path, None).await.expect(404);
    let unknown = json!({ "service": "mail", "version": "1", "url": "x", "health": health });
    hub.post(&admin, &instances, unknown).await.expect(400);
    let overview = hub.get(&admin, OVERVIEW).await.expect(200).json();
    assert_eq!(overview["counts"]["users"], 1);
    assert_eq!(overview["ledger"]["status"], "not_configured");
    assert!(overview["ledger"].get("height").is_none(), "{overview}");
}

on_every_backend!(
    a_service_elsewhere_asks_hub_who_calls,
    without_its_key_or_hub_a_service_refuses_and_says_so,
    hub_is_asked_over_tls_if_its_certificate_is_trusted,
    silent_processes_are_shown_as_such,
);
