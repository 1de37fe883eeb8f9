//! The first start makes one administrator, with a link that works once.

use serde_json::json;
use suite_testkit::{Backend, on_every_backend};

use crate::fixture::{ADMIN, HubApp, PASSWORD};

async fn the_link_of_the_first_start_makes_an_administrator_once(backend: Backend) {
    let hub = HubApp::fresh(backend).await;
    assert_eq!(hub.app.get("/api/v1/hub/setup").await.json(), json!({ "needed": true }));
    let (old, token) = (hub.setup_token().await, hub.setup_token().await);
    let body = |token: &str| {
        json!({
            "token": token, "email": ADMIN, "name": "Ada Example", "password": PASSWORD,
            "tenant_name": "Example Works",
        })
    };
    let refused = hub.app.post("/api/v1/hub/setup", body(&old)).await.expect(400);
    assert_eq!(refused.code(), "token_used");
    hub.app.post("/api/v1/hub/setup", body(&token)).await.expect(201);
    hub.app.post("/api/v1/hub/setup", body(&token)).await.expect(400);
    assert_eq!(hub.app.get("/api/v1/hub/setup").await.json(), json!({ "needed": false }));
    assert!(hub.service.setup_link().await.unwrap().is_none());

    let admin = hub.log_in(" Ada@Example.com", PASSWORD).await;
    let me = hub.get(&admin, "/api/v1/hub/me").await.expect(200).json();
    assert_eq!((me["email"].as_str(), me["name"].as_str()), (Some(ADMIN), Some("Ada Example")));
    assert_eq!(me["tenant"]["slug"], "example-works");
    let permissions = me["permissions"].as_array().unwrap();
    for held in ["hub.users.write", "hub.tenants.write", "hub.audit.read"] {
        assert!(permissions.contains(&json!(held)), "{held}");
    }
}

async fn a_weak_password_leaves_the_link_as_it_was(backend: Backend) {
    let hub = HubApp::fresh(backend).await;
    let token = hub.setup_token().await;
    let body = |password: &str| {
        json!({
            "token": token, "email": ADMIN, "name": "Ada", "password": password,
            "tenant_name": "Example Works",
        })
    };
    let weak = hub.app.post("/api/v1/hub/setup", body("password1234")).await.expect(400);
    assert_eq!(weak.code(), "password_weak");
    assert_eq!(weak.json()["errors"][0]["field"], "/password");
    hub.app.post("/api/v1/hub/setup", body(PASSWORD)).await.expect(201);
}

on_every_backend!(
    the_link_of_the_first_start_makes_an_administrator_once,
    a_weak_password_leaves_the_link_as_it_was,
);
