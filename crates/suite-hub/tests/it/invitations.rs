//! An invitation, from the administrator who sends it to the person who signs in.

use serde_json::json;
use suite_testkit::{Backend, on_every_backend};

use crate::fixture::{HubApp, OTHER_PASSWORD};

const GUEST: &str = "grace@example.com";

async fn whoever_is_invited_joins_by_the_link_and_signs_in(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let body = json!({ "email": GUEST, "name": "Grace", "role_ids": [], "group_ids": [] });
    hub.post(&admin, "/api/v1/hub/users", body).await.expect(201);
    let token = hub.linked(GUEST, "Ada Example invites you to Example Works", 1).await;
    let seen = hub.app.post("/api/v1/hub/invitations/look", json!({ "token": token })).await;
    let wanted = json!({ "email": GUEST, "tenant_name": "Example Works", "new_person": true });
    assert_eq!(seen.expect(200).json(), wanted);
    let body = json!({ "token": token, "name": "Grace Example", "password": OTHER_PASSWORD });
    let path = "/api/v1/hub/invitations/accept";
    hub.app.post(path, body.clone()).await.expect(201);
    assert_eq!(hub.app.post(path, body).await.expect(400).code(), "token_used");
    let guest = hub.log_in(GUEST, OTHER_PASSWORD).await;
    let me = hub.get(&guest, "/api/v1/hub/me").await.expect(200).json();
    assert_eq!((&me["name"], &me["email_verified"]), (&json!("Grace Example"), &json!(true)));
    assert_eq!(hub.recorded("hub.invitation.accepted").await, 1);
    assert_eq!(hub.told("hub.user.joined").await, 1);
}

on_every_backend!(whoever_is_invited_joins_by_the_link_and_signs_in);
