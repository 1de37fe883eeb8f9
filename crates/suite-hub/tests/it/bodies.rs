//! What is no request: too large, malformed, or of the wrong kind.

use reqwest::Method;
use serde_json::json;
use suite_testkit::{Backend, on_every_backend};

use crate::fixture::{ADMIN, HubApp};

const PUBLIC: [&str; 8] = [
    "session",
    "session/second-factor",
    "password/forgot",
    "password/reset",
    "invitations/look",
    "invitations/accept",
    "email/verify",
    "setup",
];

async fn malformed_bodies_are_answered_with_problems(backend: Backend) {
    let hub = HubApp::fresh(backend).await;
    for path in PUBLIC {
        let url = format!("{}/api/v1/hub/{path}", hub.app.url);
        for body in
            ["", "{", "[]", "null", "{\"email\":1,\"token\":1,\"challenge\":1}", "\u{0}", "{}x"]
        {
            let request = hub.app.client.post(&url).header("content-type", "application/json");
            let answer = request.body(body.to_owned()).send().await.unwrap();
            assert_eq!(answer.status(), 400, "{path} {body:?}");
            assert_eq!(answer.headers()["content-type"], "application/problem+json");
        }
        let plain = hub.app.client.post(&url).body("x").send().await.unwrap();
        assert_eq!(plain.status(), 415, "{path}");
        let large = hub.app.client.post(&url).header("content-type", "application/json");
        let large = large.body(vec![b' '; 1024 * 1024 + 1]).send().await.unwrap();
        assert_eq!(large.status(), 413, "{path}");
        let other = hub.app.send(Method::PUT, &format!("/api/v1/hub/{path}"), None).await;
        assert_eq!(other.status, 405, "{path}");
    }
}

async fn large_and_odd_values_are_only_wrong(backend: Backend) {
    let (hub, _) = HubApp::stopped(backend).await;
    let large = "x".repeat(500_000);
    for (email, password) in
        [(ADMIN, large.as_str()), (&large, "x"), ("\0", "\0"), ("'; --", "' OR 1=1")]
    {
        let refused = hub.try_log_in(email, password).await.expect(401);
        assert_eq!(refused.code(), "login_refused");
    }
    for (path, body) in [
        ("session/second-factor", json!({ "challenge": large, "method": "totp", "code": large })),
        ("password/reset", json!({ "token": "\0", "password": large, "code": "\0" })),
        ("invitations/accept", json!({ "token": large, "name": large, "password": large })),
        ("invitations/look", json!({ "token": "' OR 1=1 --" })),
        ("email/verify", json!({ "token": "\0" })),
    ] {
        let answer = hub.app.post(&format!("/api/v1/hub/{path}"), body).await;
        assert!(answer.status.is_client_error(), "{path} {}", answer.text);
    }
}

on_every_backend!(malformed_bodies_are_answered_with_problems, large_and_odd_values_are_only_wrong);
