//! The access test: every operation of the API document, called by those who may not.
//!
//! It fails when an operation is added that is neither public, nor about the signed-in person, nor
//! declares the permission that it asks for, and when one with an id in its path is called with
//! another tenant's and answers.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::json;
use suite_hub::HubService;
use suite_kit::service::Service;
use suite_testkit::{Answer, Backend, Operation, on_every_backend};

use crate::fixture::{HubApp, Person};

/// Operations that ask for no credential.
const PUBLIC: &[&str] = &[
    "get_setup",
    "set_up",
    "log_in",
    "answer_second_factor",
    "refresh_session",
    "forgot_password",
    "reset_password",
    "look_at_invitation",
    "accept_invitation",
    "verify_email",
    "get_jwks",
];
/// Where a person manages what is their own: signing in is all that it asks.
const OWN: &[&str] = &["/api/v1/hub/me", "/api/v1/hub/session"];

fn operations() -> Vec<Operation> {
    let all = Operation::all(&HubService::default().openapi());
    assert!(all.len() > 30, "the document has only {} operations", all.len());
    all
}

fn is_own(operation: &Operation) -> bool {
    let path = &operation.path;
    OWN.iter().any(|own| path == own || path.starts_with(&format!("{own}/")))
}

async fn call(operation: &Operation, hub: &HubApp, by: Option<&Person>, id: &str) -> Answer {
    operation.call(&hub.app, by.map(|by| by.token.as_str()), id).await
}

async fn every_operation_is_public_own_or_asks_for_a_permission(_: Backend) {
    let known: Vec<&str> = suite_hub::permissions::ALL.iter().map(|one| one.name).collect();
    for operation in operations() {
        let (id, path) = (&operation.id, &operation.path);
        match &operation.permissions {
            None => assert!(PUBLIC.contains(&id.as_str()), "{id} ({path}) declares nothing"),
            Some(none) if none.is_empty() => {
                assert!(is_own(&operation), "{id} ({path}) declares no permission");
            }
            Some(permissions) => {
                let unknown = permissions.iter().find(|name| !known.contains(&name.as_str()));
                assert!(unknown.is_none(), "{id} asks for {unknown:?}, which nothing gives");
                assert!(!PUBLIC.contains(&id.as_str()), "{id} is public and asks");
            }
        }
    }
}

async fn without_a_credential_nothing_answers(backend: Backend) {
    let hub = HubApp::fresh(backend).await;
    let nothing = suite_contracts::UserId::new().to_string();
    let forged = Person { token: "itk_abcdefgh_forged".into(), cookie: String::new() };
    for operation in operations() {
        if operation.permissions.is_none() {
            continue;
        }
        for by in [None, Some(&forged)] {
            let answer = call(&operation, &hub, by, &nothing).await;
            assert_eq!(answer.status, 401, "{}: {}", operation.id, answer.text);
        }
    }
}

async fn without_the_permission_everything_is_refused(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let (_, nobody) = hub.user(&admin, "nobody@example.com", &[]).await;
    let member = json!([hub.builtin_role(&admin, "Member").await]);
    let body = json!({ "email": "member@example.com", "name": "Member", "role_ids": member });
    hub.post(&admin, "/api/v1/hub/users", body).await.expect(201);
    hub.accept("member@example.com").await;
    let member = hub.log_in("member@example.com", crate::fixture::PASSWORD).await;
    let member_may = ["hub.overview.read", "hub.tenant.read", "hub.people.read"];
    let nothing = suite_contracts::UserId::new().to_string();
    for operation in operations() {
        let Some([permission]) = operation.permissions.as_deref() else { continue };
        let mut weak = vec![&nobody];
        weak.extend((!member_may.contains(&permission.as_str())).then_some(&member));
        for by in weak {
            let answer = call(&operation, &hub, Some(by), &nothing).await;
            assert_eq!(answer.status, 403, "{}: {}", operation.id, answer.text);
            assert_eq!(answer.code(), "permission_missing", "{}", operation.id);
            let asked = format!("the permission {permission},");
            assert!(answer.text.contains(&asked), "{}: {}", operation.id, answer.text);
        }
    }
}

/// Ids of one thing of each kind in a tenant, by the part of the path before the id.
async fn things(hub: &HubApp, of: &Person) -> BTreeMap<&'static str, String> {
    let id = |answer: Answer| answer.expect(201).json()["id"].as_str().unwrap().to_owned();
    let base = "/api/v1/hub";
    let body = json!({ "email": "thing@example.com", "name": "Thing" });
    let user = id(hub.post(of, &format!("{base}/users"), body).await);
    let group = id(hub.post(of, &format!("{base}/groups"), json!({ "name": "Things" })).await);
    let body = json!({ "name": "Thing", "permissions": [] });
    let role = id(hub.post(of, &format!("{base}/roles"), body.clone()).await);
    let api_key = id(hub.post(of, &format!("{base}/api-keys"), body).await);
    let body = json!({ "url": "https://hooks.example.com/", "patterns": ["*"] });
    let webhook = id(hub.post(of, &format!("{base}/webhooks"), body).await);
    let nothing = suite_contracts::UserId::new().to_string();
    BTreeMap::from([
        ("/api/v1/hub/users/", user),
        ("/api/v1/hub/groups/", group),
        ("/api/v1/hub/roles/", role),
        ("/api/v1/hub/api-keys/", api_key),
        ("/api/v1/hub/webhooks/", webhook),
        // What belongs to no tenant, or to the person who asks: there is none of this id.
        ("/api/v1/hub/tenants/", nothing.clone()),
        ("/api/v1/hub/services/instances/", nothing.clone()),
        ("/api/v1/hub/flags/", nothing.clone()),
        ("/api/v1/hub/audit/records/", nothing.clone()),
        ("/api/v1/hub/me/sessions/", nothing.clone()),
        ("/api/v1/hub/me/notifications/", nothing),
    ])
}

async fn what_is_another_tenants_is_not_there(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let (_, other) = hub.tenant(&admin, "Other", "eve@example.com").await;
    let things = things(&hub, &other).await;
    let mut tried = 0;
    for operation in operations() {
        let Some((kind, _)) = operation.path.split_once('{') else { continue };
        let thing = things.get(kind);
        let thing = thing.unwrap_or_else(|| panic!("no thing for {}: add one", operation.path));
        let answer = call(&operation, &hub, Some(&admin), thing).await;
        assert_eq!(answer.status, 404, "{}: {}", operation.id, answer.text);
        tried += 1;
    }
    assert!(tried > 15, "{tried}");
    // They are all still there.
    for path in ["users", "groups", "roles", "api-keys", "webhooks"] {
        let kind = format!("/api/v1/hub/{path}/");
        let thing = format!("{kind}{}", things[kind.as_str()]);
        hub.get(&other, &thing).await.expect(200);
    }
}

async fn a_suspended_tenant_may_do_nothing(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let (id, other) = hub.tenant(&admin, "Other", "eve@example.com").await;
    let suspend = format!("/api/v1/hub/tenants/{id}/suspend");
    hub.send(&admin, Method::POST, &suspend, None).await.expect(200);
    let nothing = suite_contracts::UserId::new().to_string();
    for operation in operations() {
        if operation.permissions.is_none() {
            continue;
        }
        let answer = call(&operation, &hub, Some(&other), &nothing).await;
        assert_eq!(answer.status, 403, "{}: {}", operation.id, answer.text);
        assert_eq!(answer.code(), "tenant_suspended", "{}", operation.id);
    }
}

on_every_backend!(
    every_operation_is_public_own_or_asks_for_a_permission,
    without_a_credential_nothing_answers,
    without_the_permission_everything_is_refused,
    what_is_another_tenants_is_not_there,
    a_suspended_tenant_may_do_nothing,
);
