//! Signing in and out.

use reqwest::Method;
use suite_testkit::{Backend, on_every_backend};

use crate::fixture::{ADMIN, HubApp, PASSWORD};

async fn nobody_learns_whether_an_address_is_known(backend: Backend) {
    let (hub, _) = HubApp::ready(backend).await;
    let wrong = hub.try_log_in(ADMIN, "walnut harbour pixel eight").await.expect(401);
    let unknown = hub.try_log_in("eve@example.com", PASSWORD).await.expect(401);
    let (mut wrong, mut unknown) = (wrong.json(), unknown.json());
    for answer in [&mut wrong, &mut unknown] {
        answer["request_id"].take();
    }
    assert_eq!(wrong, unknown);
    assert_eq!(wrong["code"], "login_refused");
}

async fn a_session_that_was_ended_is_refused(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let other = hub.log_in(ADMIN, PASSWORD).await;
    assert!(admin.cookie.starts_with("itechsmart_refresh="));
    hub.send(&admin, Method::DELETE, "/api/v1/hub/session", None).await.expect(204);
    hub.soon(&admin, "/api/v1/hub/me", 401).await;
    hub.get(&other, "/api/v1/hub/me").await.expect(200);
}

async fn without_a_credential_there_is_no_answer(backend: Backend) {
    let hub = HubApp::fresh(backend).await;
    let refused = hub.app.get("/api/v1/hub/me").await.expect(401);
    assert_eq!(refused.code(), "credential_missing");
    assert_eq!(refused.header("www-authenticate"), "Bearer");
    assert_eq!(refused.header("content-type"), "application/problem+json");
    assert_eq!(refused.header("x-request-id"), refused.json()["request_id"]);
}

on_every_backend!(
    nobody_learns_whether_an_address_is_known,
    a_session_that_was_ended_is_refused,
    without_a_credential_there_is_no_answer,
);
