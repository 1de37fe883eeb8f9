//! Roles and groups.

use reqwest::Method;
use serde_json::json;
use suite_contracts::Permission;
use suite_testkit::{Backend, on_every_backend};

use crate::fixture::HubApp;

const ROLES: &str = "/api/v1/hub/roles";
const GROUPS: &str = "/api/v1/hub/groups";

async fn nobody_puts_into_a_role_what_they_do_not_hold(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let may = ["hub.roles.write", "hub.roles.read", "hub.users.read"];
    let (_, narrow) = hub.user(&admin, "bob@example.com", &may).await;
    let body = json!({ "name": "More", "permissions": ["hub.users.write"] });
    let refused = hub.post(&narrow, ROLES, body).await.expect(403);
    assert_eq!(refused.code(), "permission_exceeded");
    let body = json!({ "name": "Fine", "permissions": ["hub.users.read"] });
    let made = hub.post(&narrow, ROLES, body).await.expect(201).json();
    let path = format!("{ROLES}/{}", made["id"].as_str().unwrap());
    let more = json!({ "permissions": ["hub.users.read", "hub.audit.read"] });
    hub.change(&narrow, Method::PATCH, &path, Some(more.clone())).await.expect(403);
    hub.change(&admin, Method::PATCH, &path, Some(more)).await.expect(200);
    let detail = hub.audited("hub.role.changed").await;
    assert_eq!(detail["before"], json!({ "permissions": ["hub.users.read"] }));
    // It allows more than they hold now: it is out of their reach.
    let body = json!({ "name": "Mine" });
    hub.change(&narrow, Method::PATCH, &path, Some(body)).await.expect(403);
    hub.change(&narrow, Method::DELETE, &path, None).await.expect(403);
    hub.change(&admin, Method::DELETE, &path, None).await.expect(204);
}

async fn permissions_of_the_platform_stay_in_its_tenant(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let (_, other) = hub.tenant(&admin, "Other", "eve@example.com").await;
    let me = hub.get(&other, "/api/v1/hub/me").await.expect(200).json();
    assert!(!me["permissions"].as_array().unwrap().contains(&json!("hub.tenants.read")));
    let body = json!({ "name": "Reach", "permissions": ["hub.tenants.read"] });
    hub.post(&other, ROLES, body.clone()).await.expect(403);
    hub.post(&admin, ROLES, body).await.expect(201);
    let body = json!({ "name": "Key", "permissions": ["hub.introspect"] });
    hub.post(&other, "/api/v1/hub/api-keys", body).await.expect(403);
    hub.get(&other, "/api/v1/hub/tenants").await.expect(403);
    // Even where such a role got into the database.
    hub.sql(
        "UPDATE role SET permissions = '[\"hub.tenants.read\"]', is_builtin = false \
         WHERE name = 'Member'",
    )
    .await;
    let member = hub.builtin_role(&other, "Member").await;
    let role = hub.get(&other, &format!("{ROLES}/{member}")).await.expect(200).json();
    assert_eq!(role["permissions"], json!([]));
}

async fn builtin_roles_stay_as_they_are(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let path = format!("{ROLES}/{}", hub.builtin_role(&admin, "Auditor").await);
    let body = Some(json!({ "permissions": ["hub.users.write"] }));
    let refused = hub.change(&admin, Method::PATCH, &path, body).await.expect(409);
    assert_eq!(refused.code(), "role_builtin");
    hub.change(&admin, Method::DELETE, &path, None).await.expect(409);
    let body = json!({ "name": "Auditor", "permissions": [] });
    assert_eq!(hub.post(&admin, ROLES, body).await.expect(409).code(), "name_taken");
    let known = hub.get(&admin, "/api/v1/hub/permissions").await.expect(200).json();
    let introspect = known.as_array().unwrap().iter().find(|one| one["name"] == "hub.introspect");
    assert_eq!(introspect.unwrap()["reach"], "platform");
}

async fn what_services_elsewhere_ask_for_can_be_given(backend: Backend) {
    let elsewhere = vec![
        Permission::member("shop.things.read", "See things"),
        Permission::tenant("shop.things.write", "Change things"),
    ];
    let (hub, admin) = HubApp::knowing(backend, elsewhere).await;
    let path = format!("{ROLES}/{}", hub.builtin_role(&admin, "Member").await);
    let member = hub.get(&admin, &path).await.expect(200).json();
    let expected =
        json!(["hub.overview.read", "hub.people.read", "hub.tenant.read", "shop.things.read"]);
    assert_eq!(member["permissions"], expected);
    let (_, user) = hub.user(&admin, "bob@example.com", &["shop.things.write"]).await;
    let me = hub.get(&user, "/api/v1/hub/me").await.expect(200).json();
    assert_eq!(me["permissions"], json!(["shop.things.write"]));
}

async fn a_group_gives_its_roles_to_its_members(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let (id, bob) = hub.user(&admin, "bob@example.com", &[]).await;
    hub.get(&bob, ROLES).await.expect(403);
    let role = hub.role(&admin, "Looks at roles", &["hub.roles.read"]).await;
    let body = json!({ "name": "Lookers", "description": "They look", "role_ids": [role] });
    let group = hub.post(&admin, GROUPS, body.clone()).await.expect(201);
    assert_eq!(hub.post(&admin, GROUPS, body).await.expect(409).code(), "name_taken");
    let etag = group.header("etag").to_owned();
    let path = format!("{GROUPS}/{}", group.json()["id"].as_str().unwrap());
    let members = format!("{path}/members");
    let body = Some(json!({ "user_ids": [id] }));
    let put = hub.change_at(&admin, (Method::PUT, &members), &etag, body.clone()).await;
    assert_eq!(put.expect(200).json()["items"][0]["email"], "bob@example.com");
    hub.soon(&bob, ROLES, 200).await;
    hub.change_at(&admin, (Method::PUT, &members), &etag, body).await.expect(412);
    let user = hub.get(&admin, &format!("/api/v1/hub/users/{id}")).await.expect(200).json();
    assert_eq!(user["groups"][0]["name"], "Lookers");
    let listed = hub.get(&admin, &format!("{GROUPS}?search=look")).await.expect(200).json();
    assert_eq!(listed["items"][0]["members"], 1);
    let body = Some(json!({ "role_ids": [] }));
    hub.change(&admin, Method::PATCH, &path, body).await.expect(200);
    hub.soon(&bob, ROLES, 403).await;
    let detail = hub.audited("hub.group.changed").await;
    assert_eq!(detail["before"], json!({ "roles": ["Looks at roles"] }));
    hub.change(&admin, Method::DELETE, &path, None).await.expect(204);
    let user = hub.get(&admin, &format!("/api/v1/hub/users/{id}")).await.expect(200).json();
    assert_eq!(user["groups"], json!([]));
}

async fn a_change_needs_the_version_that_it_changes(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let role = hub.role(&admin, "One", &[]).await;
    let path = format!("{ROLES}/{role}");
    let body = Some(json!({ "name": "Two" }));
    let without = hub.send(&admin, Method::PATCH, &path, body.clone()).await.expect(428);
    assert_eq!(without.code(), "if_match_missing");
    hub.change_at(&admin, (Method::PATCH, &path), "\"1\"", body.clone()).await.expect(200);
    hub.change_at(&admin, (Method::PATCH, &path), "\"1\"", body).await.expect(412);
    hub.change_at(&admin, (Method::DELETE, &path), "\"1\"", None).await.expect(412);
    hub.change_at(&admin, (Method::DELETE, &path), "\"2\"", None).await.expect(204);
}

on_every_backend!(
    nobody_puts_into_a_role_what_they_do_not_hold,
    permissions_of_the_platform_stay_in_its_tenant,
    builtin_roles_stay_as_they_are,
    what_services_elsewhere_ask_for_can_be_given,
    a_group_gives_its_roles_to_its_members,
    a_change_needs_the_version_that_it_changes,
);
