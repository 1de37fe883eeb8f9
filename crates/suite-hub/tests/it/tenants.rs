//! Tenants: made, suspended, deleted after a time of grace.

use reqwest::Method;
use serde_json::{Value, json};
use suite_testkit::{Backend, on_every_backend};

use crate::fixture::{ADMIN, HubApp, PASSWORD, Person};
use crate::people::key;

const TENANTS: &str = "/api/v1/hub/tenants";
const DAY_MS: i64 = 24 * 3_600_000;

async fn a_new_tenant_has_its_roles_and_administrator(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let (id, eve) = hub.tenant(&admin, "Example & Sons", "eve@example.com").await;
    let (second, _) = hub.tenant(&admin, "Example & Sons", "bob@example.com").await;
    let shown = hub.get(&admin, &format!("{TENANTS}/{id}")).await.expect(200).json();
    assert_eq!((&shown["slug"], &shown["users"]), (&json!("example-sons"), &json!(1)));
    let shown = hub.get(&admin, &format!("{TENANTS}/{second}")).await.expect(200).json();
    assert_eq!(shown["slug"], "example-sons-2");
    let me = hub.get(&eve, "/api/v1/hub/me").await.expect(200).json();
    assert!(me["permissions"].as_array().unwrap().contains(&json!("hub.users.write")));
    let found = hub.get(&admin, &format!("{TENANTS}?search=sons&limit=1")).await.json();
    let next = found["next"].as_str().unwrap();
    let rest = hub.get(&admin, &format!("{TENANTS}?search=sons&cursor={next}")).await.json();
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    let path = format!("{TENANTS}/{id}");
    let body = Some(json!({ "name": "Sons" }));
    let renamed = hub.change(&admin, Method::PATCH, &path, body).await.expect(200);
    assert_eq!(renamed.json()["name"], "Sons");
    // It stands in the trail of that tenant.
    let of = "audit_record WHERE action = 'hub.tenant.changed' AND actor_kind = 'user'";
    assert_eq!(hub.count(of).await, 1);
    hub.get(&admin, &format!("{TENANTS}/{}", suite_contracts::TenantId::new())).await.expect(404);
}

async fn a_tenant_changes_its_own_settings(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let (_, eve) = hub.tenant(&admin, "Other", "eve@example.com").await;
    let path = "/api/v1/hub/tenant";
    let body = json!({ "name": "Ours", "settings": { "support_contact": "help@example.com" } });
    let changed = hub.change(&eve, Method::PATCH, path, Some(body)).await.expect(200).json();
    assert_eq!(changed["settings"]["support_contact"], "help@example.com");
    assert_eq!(hub.get(&eve, path).await.expect(200).json()["name"], "Ours");
    let body = Some(json!({ "settings": { "colour": "red" } }));
    hub.change(&eve, Method::PATCH, path, body).await.expect(400);
    let detail = hub.audited("hub.tenant.changed").await;
    assert_eq!(detail["before"]["name"], "Other");
}

async fn a_suspended_tenant_is_refused_within_a_second(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let (id, eve) = hub.tenant(&admin, "Other", "eve@example.com").await;
    let body = json!({ "name": "K", "permissions": ["hub.users.read"] });
    let program = key(&hub.post(&eve, "/api/v1/hub/api-keys", body).await.expect(201));
    let users = "/api/v1/hub/users";
    hub.get(&program, users).await.expect(200);
    let path = format!("{TENANTS}/{id}");
    let suspend = |what: &str| format!("{path}/{what}");
    hub.send(&admin, Method::POST, &suspend("suspend"), None).await.expect(200);
    assert_eq!(hub.soon(&eve, users, 403).await.code(), "tenant_suspended");
    assert_eq!(hub.soon(&program, users, 403).await.code(), "tenant_suspended");
    hub.send(&admin, Method::POST, &suspend("resume"), None).await.expect(200);
    hub.get(&eve, users).await.expect(200);
    hub.get(&program, users).await.expect(200);
    // The platform's own cannot be.
    let own = hub.get(&admin, "/api/v1/hub/me").await.json()["tenant"]["id"].clone();
    for what in ["suspend", "delete"] {
        let path = format!("{TENANTS}/{}/{what}", own.as_str().unwrap());
        let refused = hub.send(&admin, Method::POST, &path, None).await.expect(409);
        assert_eq!(refused.code(), "platform_tenant");
    }
}

/// So many days later: the administrator, who has signed in again.
async fn after(hub: &HubApp, days: i64) -> Person {
    hub.app.clock.advance_ms(days * DAY_MS + 1);
    hub.administration().await.remove_due_tenants().await.unwrap();
    hub.log_in(ADMIN, PASSWORD).await
}

async fn a_deleted_tenant_comes_back_within_its_grace(backend: Backend) {
    let (hub, admin) = HubApp::stopped(backend).await;
    let (id, eve) = hub.tenant(&admin, "Other", "eve@example.com").await;
    let path = format!("{TENANTS}/{id}");
    let turn = |what: &str| format!("{path}/{what}");
    let deleted: Value = hub.send(&admin, Method::POST, &turn("delete"), None).await.json();
    assert_eq!(deleted["state"], "deleting");
    let end_ms = hub.app.clock.now_ms() + 30 * DAY_MS;
    assert_eq!(deleted["delete_at"], suite_kit::clock::rfc3339(end_ms));
    hub.soon(&eve, "/api/v1/hub/users", 403).await;
    let suspending = hub.send(&admin, Method::POST, &turn("suspend"), None).await.expect(409);
    assert_eq!(suspending.code(), "tenant_deleting");
    let admin = after(&hub, 29).await;
    hub.send(&admin, Method::POST, &turn("resume"), None).await.expect(200);
    let admin = after(&hub, 2).await;
    let back = hub.get(&admin, &path).await.expect(200).json();
    assert_eq!((&back["state"], back.get("delete_at")), (&json!("active"), None));
}

async fn a_deleted_tenant_goes_after_its_grace(backend: Backend) {
    let (hub, admin) = HubApp::stopped(backend).await;
    let (id, eve) = hub.tenant(&admin, "Other", "eve@example.com").await;
    hub.user(&eve, "bob@example.com", &["hub.users.read"]).await;
    hub.user(&admin, "bob@example.com", &[]).await;
    let path = format!("{TENANTS}/{id}");
    hub.send(&admin, Method::POST, &format!("{path}/delete"), None).await.expect(200);
    let records = "audit_record WHERE action = 'hub.tenant.created'";
    let before = hub.count(records).await;
    let admin = after(&hub, 30).await;
    hub.get(&admin, &path).await.expect(404);
    assert_eq!(hub.count(records).await, before);
    assert_eq!(hub.count("audit_record WHERE action = 'hub.tenant.removed'").await, 1);
    // Who was a member of it alone is forgotten, the others stay.
    assert_eq!(hub.count("person WHERE email = 'eve@example.com'").await, 0);
    assert_eq!(hub.count("person WHERE email = 'bob@example.com'").await, 1);
    for table in ["membership", "role", "user_group", "api_key", "webhook"] {
        let orphans = format!("{table} WHERE tenant_id NOT IN (SELECT id FROM tenant)");
        assert_eq!(hub.count(&orphans).await, 0, "{table}");
    }
}

async fn a_demo_has_people_roles_keys_and_history(backend: Backend) {
    let hub = HubApp::fresh(backend).await;
    let demo = hub.administration().await.demo().await.unwrap();
    let admin = hub.log_in(&demo.email, &demo.password).await;
    let own = hub.get(&admin, "/api/v1/hub/tenant").await.expect(200).json();
    assert_eq!((&own["is_demo"], &own["users"]), (&json!(true), &json!(24)));
    let me = hub.get(&admin, "/api/v1/hub/me").await.expect(200).json();
    assert_eq!(me["tenant"]["is_demo"], true);
    assert_eq!(hub.told("hub.api-key.expiring").await, 1);
    let body = Some(json!({ "settings": { "support_contact": "it@example.com" } }));
    let path = "/api/v1/hub/tenant";
    let changed = hub.change(&admin, Method::PATCH, path, body).await.expect(200).json();
    assert_eq!(changed["is_demo"], true);
    for (path, least) in [("users", 24), ("groups", 4), ("roles", 6), ("api-keys", 4)] {
        let page = hub.get(&admin, &format!("/api/v1/hub/{path}?limit=100")).await.expect(200);
        assert!(page.json()["items"].as_array().unwrap().len() >= least, "{path}");
    }
    let old = hub.app.clock.now_ms() - 100 * DAY_MS;
    assert!(hub.count(&format!("audit_record WHERE at_ms < {old}")).await > 10);
    let again = hub.administration().await.demo().await.unwrap_err();
    assert!(again.to_string().contains("nobody yet"), "{again}");
}

on_every_backend!(
    a_demo_has_people_roles_keys_and_history,
    a_new_tenant_has_its_roles_and_administrator,
    a_tenant_changes_its_own_settings,
    a_suspended_tenant_is_refused_within_a_second,
    a_deleted_tenant_comes_back_within_its_grace,
    a_deleted_tenant_goes_after_its_grace,
);
