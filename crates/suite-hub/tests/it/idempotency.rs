//! POSTs that are sent again.

use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value, json};
use suite_testkit::{Answer, Backend, on_every_backend};

use crate::fixture::{HubApp, Person};

const GROUPS: &str = "/api/v1/hub/groups";

async fn post(hub: &HubApp, by: &Person, path: &str, key: &str, body: Value) -> Answer {
    let authorization = format!("Bearer {}", by.token);
    let headers = [("authorization", authorization.as_str()), ("idempotency-key", key)];
    hub.app.send_with(Method::POST, path, Some(body), &headers).await
}

async fn a_repeated_post_is_done_once(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let (_, bob) = hub.user(&admin, "bob@example.com", &["hub.groups.write"]).await;
    let body = json!({ "name": "Once" });
    let first = post(&hub, &admin, GROUPS, "k-1", body.clone()).await.expect(201);
    let again = post(&hub, &admin, GROUPS, "k-1", body.clone()).await.expect(201);
    assert_eq!((first.json(), first.header("etag")), (again.json(), again.header("etag")));
    assert_eq!(again.header("content-type"), "application/json");
    assert_eq!(
        (first.header("idempotency-replayed"), again.header("idempotency-replayed")),
        ("", "true")
    );
    let other = post(&hub, &admin, GROUPS, "k-1", json!({ "name": "Twice" })).await.expect(409);
    assert_eq!(other.code(), "idempotency_key_reused");
    // A key is its caller's and its route's own.
    assert_eq!(
        post(&hub, &bob, GROUPS, "k-1", body.clone()).await.expect(409).code(),
        "name_taken"
    );
    let role = json!({ "name": "Once", "permissions": [] });
    post(&hub, &admin, "/api/v1/hub/roles", "k-1", role).await.expect(201);
    // What was refused can be sent again, and without a key everything is new.
    assert_eq!(
        post(&hub, &bob, GROUPS, "k-1", body.clone()).await.expect(409).code(),
        "name_taken"
    );
    hub.post(&admin, GROUPS, body).await.expect(409);
    for key in ["", &"x".repeat(200)] {
        let refused = post(&hub, &admin, GROUPS, key, json!({ "name": "K" })).await.expect(400);
        assert_eq!(refused.code(), "idempotency_key");
    }
    let long = json!({ "name": "x".repeat(2 * 1024 * 1024) });
    post(&hub, &admin, GROUPS, "k-2", long).await.expect(413);
}

async fn of_concurrent_repetitions_one_is_done(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let hub = Arc::new(hub);
    let mut sending = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (hub, admin) = (hub.clone(), admin.clone());
        sending.spawn(async move {
            post(&hub, &admin, GROUPS, "same", json!({ "name": "Once" })).await
        });
    }
    let answers = sending.join_all().await;
    for answer in &answers {
        let code = answer.code();
        let is_fine = answer.status == 201 || code == "idempotency_key_running";
        assert!(is_fine, "{}: {}", answer.status, answer.text);
    }
    assert!(answers.iter().any(|answer| answer.status == 201));
    assert_eq!(hub.count("user_group").await, 1);
    post(&hub, &admin, GROUPS, "same", json!({ "name": "Once" })).await.expect(201);
}

async fn a_secret_is_kept_sealed(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let body = json!({ "name": "K", "permissions": [] });
    let keys = "/api/v1/hub/api-keys";
    let first = post(&hub, &admin, keys, "key", body.clone()).await.expect(201).json();
    let again = post(&hub, &admin, keys, "key", body).await.expect(201).json();
    assert_eq!(first["key"], again["key"]);
    assert_eq!(hub.count("api_key").await, 1);
    let secret = first["key"].as_str().unwrap();
    let hex: String = secret.bytes().map(|byte| format!("{byte:02X}")).collect();
    let text = match backend {
        Backend::Embedded => "hex(answer)",
        Backend::Servers => "upper(encode(answer, 'hex'))",
    };
    assert_eq!(hub.count("idempotency_key WHERE answer IS NOT NULL").await, 1);
    assert_eq!(hub.count(&format!("idempotency_key WHERE {text} LIKE '%{hex}%'")).await, 0);
}

async fn a_key_is_forgotten_after_a_day(backend: Backend) {
    let (hub, admin) = HubApp::stopped(backend).await;
    let name = |name: &str| json!({ "name": name });
    post(&hub, &admin, GROUPS, "k", name("One")).await.expect(201);
    hub.app.clock.advance_ms(25 * 3_600_000);
    let admin = hub.log_in(crate::fixture::ADMIN, crate::fixture::PASSWORD).await;
    post(&hub, &admin, GROUPS, "k", name("Two")).await.expect(201);
    assert_eq!(hub.count("idempotency_key").await, 1);
}

on_every_backend!(
    a_repeated_post_is_done_once,
    of_concurrent_repetitions_one_is_done,
    a_secret_is_kept_sealed,
    a_key_is_forgotten_after_a_day,
);
