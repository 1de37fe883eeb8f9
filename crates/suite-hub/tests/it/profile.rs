//! A person's name and address.

use reqwest::Method;
use serde_json::json;
use suite_testkit::{Backend, on_every_backend};

use crate::fixture::{ADMIN, HubApp, PASSWORD};

const ME: &str = "/api/v1/hub/me";
const NEW: &str = "ada@example.org";

async fn a_new_address_counts_once_it_is_confirmed(backend: Backend) {
    let (hub, admin) = HubApp::stopped(backend).await;
    let body = json!({ "email": " Ada@Example.org", "password": PASSWORD });
    hub.post(&admin, "/api/v1/hub/me/email", body).await.expect(202);
    assert_eq!(hub.get(&admin, ME).await.json()["email"], ADMIN);
    let token = hub.linked(NEW, "Confirm", 1).await;
    let body = json!({ "token": token });
    hub.app.post("/api/v1/hub/email/verify", body.clone()).await.expect(204);
    assert_eq!(
        hub.app.post("/api/v1/hub/email/verify", body).await.expect(400).code(),
        "token_used"
    );
    let me = hub.get(&admin, ME).await.json();
    assert_eq!((&me["email"], &me["email_verified"]), (&json!(NEW), &json!(true)));
    hub.try_log_in(ADMIN, PASSWORD).await.expect(401);
    hub.log_in(NEW, PASSWORD).await;
    let told = hub.letters(ADMIN, "address for").await;
    assert!(told.len() == 1 && told[0].contains(NEW), "{told:?}");
    assert_eq!(hub.recorded("hub.email.changed").await, 1);
    assert_eq!(hub.told("hub.email.changed").await, 1);
}

async fn what_is_no_address_reaches_no_letter(backend: Backend) {
    let (hub, admin) = HubApp::stopped(backend).await;
    for email in
        ["ada@example.org\r\nBcc: eve@example.com", "ada@example.org\0", "<ada@example.org>"]
    {
        let body = json!({ "email": email, "password": PASSWORD });
        let refused = hub.post(&admin, "/api/v1/hub/me/email", body).await.expect(400);
        assert_eq!(refused.json()["errors"][0]["field"], "/email", "{email:?}");
    }
    assert_eq!(hub.all_letters().await, []);
}

async fn the_present_address_can_be_confirmed_and_a_link_is_replaced(backend: Backend) {
    let (hub, admin) = HubApp::stopped(backend).await;
    for (count, email) in [(1, NEW), (1, ADMIN)] {
        let body = json!({ "email": email, "password": PASSWORD });
        hub.post(&admin, "/api/v1/hub/me/email", body).await.expect(202);
        hub.linked(email, "Confirm", count).await;
    }
    let old = json!({ "token": hub.linked(NEW, "Confirm", 1).await });
    hub.app.post("/api/v1/hub/email/verify", old).await.expect(400);
    let own = json!({ "token": hub.linked(ADMIN, "Confirm", 1).await });
    hub.app.post("/api/v1/hub/email/verify", own).await.expect(204);
    let me = hub.get(&admin, ME).await.json();
    assert_eq!((&me["email"], &me["email_verified"]), (&json!(ADMIN), &json!(true)));
    assert_eq!(hub.recorded("hub.email.verified").await, 1);
}

async fn a_name_changes_in_the_version_that_was_read(backend: Backend) {
    let (hub, admin) = HubApp::stopped(backend).await;
    let read = hub.get(&admin, ME).await.expect(200);
    let version = read.header("etag").to_owned();
    let authorization = format!("Bearer {}", admin.token);
    let change = |version: Option<String>, name: &'static str| {
        let (hub, authorization) = (&hub, authorization.clone());
        async move {
            let mut headers = vec![("authorization", authorization.as_str())];
            headers.extend(version.as_deref().map(|version| ("if-match", version)));
            hub.app.send_with(Method::PATCH, ME, Some(json!({ "name": name })), &headers).await
        }
    };
    change(None, "Ada").await.expect(428);
    change(Some(version.clone()), "a\nb").await.expect(400);
    let changed = change(Some(version.clone()), " Ada Lovelace ").await.expect(200);
    assert_eq!(changed.json()["name"], "Ada Lovelace");
    assert_ne!(changed.header("etag"), version);
    change(Some(version), "Eve").await.expect(412);
    assert_eq!(hub.recorded("hub.profile.changed").await, 1);
}

on_every_backend!(
    a_new_address_counts_once_it_is_confirmed,
    what_is_no_address_reaches_no_letter,
    the_present_address_can_be_confirmed_and_a_link_is_replaced,
    a_name_changes_in_the_version_that_was_read,
);
