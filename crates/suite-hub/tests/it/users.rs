//! Users of a tenant, and who may change whom.

use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value, json};
use suite_testkit::{Backend, on_every_backend};

use crate::fixture::{ADMIN, HubApp, PASSWORD};

const USERS: &str = "/api/v1/hub/users";

fn names(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| item["email"].as_str().unwrap().to_owned()).collect()
}

async fn users_are_listed_searched_and_sorted(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    for (email, name) in [
        ("zoe@example.com", "Zoe 100%"),
        ("bob@example.com", "Bob_Builder"),
        ("cyd@example.com", "Cyd"),
    ] {
        hub.post(&admin, USERS, json!({ "email": email, "name": name })).await.expect(201);
    }
    let all = hub.get(&admin, &format!("{USERS}?sort=email")).await.expect(200).json();
    let expected = [ADMIN, "bob@example.com", "cyd@example.com", "zoe@example.com"];
    assert_eq!(names(&all), expected);
    for sort in ["name", "-name", "email", "-email", "created_at", "-created_at"] {
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let path = format!("{USERS}?limit=1&sort={sort}{cursor}");
            let page = hub.get(&admin, &path).await.expect(200).json();
            seen.extend(names(&page));
            let Some(next) = page["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        let whole = hub.get(&admin, &format!("{USERS}?sort={sort}")).await.expect(200).json();
        assert_eq!(seen, names(&whole), "{sort}");
        assert_eq!(seen.len(), 4, "{sort}");
    }
    for (search, found) in [
        ("BUILD", vec!["bob@example.com"]),
        ("100%25", vec!["zoe@example.com"]),
        ("%25", vec!["zoe@example.com"]),
        ("_", vec!["bob@example.com"]),
        ("%27%20OR%201%3D1--", vec![]),
    ] {
        let page = hub.get(&admin, &format!("{USERS}?search={search}")).await.expect(200).json();
        assert_eq!(names(&page), found, "{search}");
    }
    for (state, found) in [("invited", 3), ("active", 1), ("disabled", 0), ("locked", 0)] {
        let page = hub.get(&admin, &format!("{USERS}?state={state}")).await.expect(200).json();
        assert_eq!(names(&page).len(), found, "{state}");
    }
    hub.sql(&format!("UPDATE person SET locked_until_ms = 9999999999999 WHERE email = '{ADMIN}'"))
        .await;
    let page = hub.get(&admin, &format!("{USERS}?state=locked")).await.expect(200).json();
    assert_eq!(page["items"][0]["state"], "locked");
    assert_eq!(names(&page), [ADMIN]);
    hub.get(&admin, &format!("{USERS}?state=asleep")).await.expect(400);
    hub.get(&admin, &format!("{USERS}?cursor=WzFd")).await.expect(400);
}

async fn a_disabled_user_is_refused_within_a_second(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let (id, bob) = hub.user(&admin, "bob@example.com", &["hub.users.read"]).await;
    hub.get(&bob, USERS).await.expect(200);
    let path = format!("{USERS}/{id}");
    let body = json!({ "state": "disabled", "name": "Bob" });
    let changed = hub.change(&admin, Method::PATCH, &path, Some(body)).await.expect(200);
    assert_eq!(changed.json()["state"], "disabled");
    hub.soon(&bob, USERS, 401).await;
    hub.try_log_in("bob@example.com", PASSWORD).await.expect(401);
    let detail = hub.audited("hub.user.disabled").await;
    assert_eq!(detail["before"], json!({ "name": "Some One", "state": "active" }));
    assert_eq!(detail["after"], json!({ "name": "Bob", "state": "disabled" }));
    let body = json!({ "state": "active" });
    hub.change(&admin, Method::PATCH, &path, Some(body)).await.expect(200);
    let bob = hub.log_in("bob@example.com", PASSWORD).await;
    hub.get(&bob, USERS).await.expect(200);
    // Sessions that are ended are refused too.
    hub.send(&admin, Method::DELETE, &format!("{path}/sessions"), None).await.expect(204);
    // They are all ended, however often that is said.
    hub.send(&admin, Method::DELETE, &format!("{path}/sessions"), None).await.expect(204);
    hub.soon(&bob, USERS, 401).await;
}

async fn a_removed_user_stays_in_other_tenants(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let (_, other) = hub.tenant(&admin, "Other", "eve@example.com").await;
    let (id, _) = hub.user(&admin, "bob@example.com", &[]).await;
    hub.user(&other, "bob@example.com", &["hub.users.read"]).await;
    let path = format!("{USERS}/{id}");
    // Whoever shares a person cannot rename them.
    let renaming = hub.change(&admin, Method::PATCH, &path, Some(json!({ "name": "X" }))).await;
    assert_eq!(renaming.expect(409).code(), "person_shared");
    hub.change(&admin, Method::DELETE, &path, None).await.expect(204);
    hub.get(&admin, &path).await.expect(404);
    let bob = hub.log_in("bob@example.com", PASSWORD).await;
    let me = hub.get(&bob, "/api/v1/hub/me").await.expect(200).json();
    assert_eq!(me["tenants"].as_array().unwrap().len(), 1);
    hub.change(&other, Method::DELETE, &path, None).await.expect(204);
    assert_eq!(hub.count("person WHERE email = 'bob@example.com'").await, 0);
}

async fn an_invitation_does_not_tell_what_somebody_has_elsewhere(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let (_, other) = hub.tenant(&admin, "Other", "eve@example.com").await;
    let body = json!({ "email": ADMIN, "name": "A. E." });
    let invited = hub.post(&other, USERS, body.clone()).await.expect(201).json();
    assert_eq!((invited["name"].as_str(), &invited["state"]), (Some("A. E."), &json!("invited")));
    assert_eq!(hub.post(&other, USERS, body).await.expect(409).code(), "already_member");
    let path = format!("{USERS}/{}", invited["id"].as_str().unwrap());
    for body in [json!({ "state": "active" }), json!({ "state": "disabled" }), json!({"name":"x"})]
    {
        let refused = hub.change(&other, Method::PATCH, &path, Some(body)).await.expect(409);
        assert_eq!(refused.code(), "invitation_open");
    }
    let again = format!("{path}/invitation");
    hub.send(&other, Method::POST, &again, None).await.expect(204);
    let reset = format!("{path}/password-reset");
    hub.send(&other, Method::POST, &reset, None).await.expect(409);
    hub.change(&other, Method::DELETE, &path, None).await.expect(204);
    hub.log_in(ADMIN, PASSWORD).await;
}

async fn the_last_administrator_stays(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let me = hub.get(&admin, "/api/v1/hub/me").await.json();
    let path = format!("{USERS}/{}", me["id"].as_str().unwrap());
    let refused = |answer: suite_testkit::Answer| {
        assert_eq!(answer.expect(409).code(), "last_administrator");
    };
    let off = Some(json!({ "state": "disabled" }));
    refused(hub.change(&admin, Method::PATCH, &path, off).await);
    refused(hub.change(&admin, Method::DELETE, &path, None).await);
    let none = Some(json!({ "role_ids": [] }));
    refused(hub.change(&admin, Method::PUT, &format!("{path}/roles"), none.clone()).await);
    // Through a group it is as good.
    let role = hub.builtin_role(&admin, "Administrator").await;
    let body = json!({ "name": "Admins", "role_ids": [role] });
    let group = hub.post(&admin, "/api/v1/hub/groups", body).await.expect(201).json();
    let group = format!("/api/v1/hub/groups/{}", group["id"].as_str().unwrap());
    let members = format!("{group}/members");
    let body = Some(json!({ "user_ids": [me["id"]] }));
    hub.change(&admin, Method::PUT, &members, body).await.expect(200);
    hub.change(&admin, Method::PUT, &format!("{path}/roles"), none).await.expect(200);
    let nobody = Some(json!({ "user_ids": [] }));
    refused(hub.change(&admin, Method::PUT, &members, nobody).await);
    let nothing = Some(json!({ "role_ids": [] }));
    refused(hub.change(&admin, Method::PATCH, &group, nothing).await);
    refused(hub.change(&admin, Method::DELETE, &group, None).await);
    let none = Some(json!({ "group_ids": [] }));
    refused(hub.change(&admin, Method::PUT, &format!("{path}/groups"), none).await);
}

async fn two_administrators_cannot_remove_each_other_at_once(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let role = hub.builtin_role(&admin, "Administrator").await;
    let body = json!({ "email": "bob@example.com", "name": "Bob", "role_ids": [role] });
    let bob_id = hub.post(&admin, USERS, body).await.expect(201).json()["id"].clone();
    hub.accept("bob@example.com").await;
    let bob = hub.log_in("bob@example.com", PASSWORD).await;
    let me = hub.get(&admin, "/api/v1/hub/me").await.json();
    let hub = Arc::new(hub);
    for _ in 0..3 {
        let off = |by: &crate::fixture::Person, id: &Value| {
            let (hub, by) = (hub.clone(), by.clone());
            let path = format!("{USERS}/{}", id.as_str().unwrap());
            async move {
                let body = Some(json!({ "state": "disabled" }));
                hub.change(&by, Method::PATCH, &path, body).await.status.as_u16()
            }
        };
        let (one, two) = tokio::join!(off(&admin, &bob_id), off(&bob, &me["id"]));
        let mut both = [one, two];
        both.sort_unstable();
        // Who comes second is the last administrator's, or is known to be disabled already.
        assert!(both == [200, 409] || both == [200, 401], "{both:?}");
        assert_eq!(hub.count("membership WHERE state = 'active'").await, 1);
        hub.sql("UPDATE membership SET state = 'active'").await;
        hub.soon(&admin, USERS, 200).await;
        hub.soon(&bob, USERS, 200).await;
    }
}

async fn of_concurrent_changes_of_one_version_one_wins(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let (id, _) = hub.user(&admin, "bob@example.com", &[]).await;
    let path = format!("{USERS}/{id}");
    let etag = hub.get(&admin, &path).await.header("etag").to_owned();
    let hub = Arc::new(hub);
    let mut changes = tokio::task::JoinSet::new();
    for number in 0..6 {
        let (hub, admin, path, etag) = (hub.clone(), admin.clone(), path.clone(), etag.clone());
        changes.spawn(async move {
            let body = Some(json!({ "name": format!("Bob {number}") }));
            hub.change_at(&admin, (Method::PATCH, &path), &etag, body).await.status.as_u16()
        });
    }
    let mut statuses = changes.join_all().await;
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412, 412, 412]);
    // Deleted while somebody edits.
    let etag = hub.get(&admin, &path).await.header("etag").to_owned();
    hub.change_at(&admin, (Method::DELETE, &path), &etag, None).await.expect(204);
    let body = Some(json!({ "name": "Late" }));
    hub.change_at(&admin, (Method::PATCH, &path), &etag, body).await.expect(404);
}

async fn a_narrow_administrator_cannot_get_more(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let may = ["hub.users.write", "hub.users.read", "hub.groups.write", "hub.groups.read"];
    let (narrow_id, narrow) = hub.user(&admin, "bob@example.com", &may).await;
    let (strong_id, _) = hub.user(&admin, "eve@example.com", &["hub.roles.write"]).await;
    let (weak_id, _) = hub.user(&admin, "cyd@example.com", &["hub.users.read"]).await;
    let administrator = hub.builtin_role(&admin, "Administrator").await;
    let strong = hub.role(&admin, "Strong", &["hub.roles.write"]).await;
    let weak = hub.role(&admin, "Weak", &["hub.users.read"]).await;
    let body = json!({ "name": "Strong ones", "role_ids": [strong] });
    let group = hub.post(&admin, "/api/v1/hub/groups", body).await.expect(201).json();
    let group = group["id"].as_str().unwrap().to_owned();
    let exceeds = |answer: suite_testkit::Answer| {
        assert_eq!(answer.expect(403).code(), "permission_exceeded");
    };
    for role in [&administrator, &strong] {
        let body = json!({ "email": "new@example.com", "name": "N", "role_ids": [role] });
        exceeds(hub.post(&narrow, USERS, body).await);
        for id in [&narrow_id, &weak_id] {
            let path = format!("{USERS}/{id}/roles");
            let body = Some(json!({ "role_ids": [role] }));
            exceeds(hub.change(&narrow, Method::PUT, &path, body).await);
        }
        let body = json!({ "name": "Mine", "role_ids": [role] });
        exceeds(hub.post(&narrow, "/api/v1/hub/groups", body).await);
    }
    let body = json!({ "email": "new@example.com", "name": "N", "group_ids": [group] });
    exceeds(hub.post(&narrow, USERS, body).await);
    let path = format!("{USERS}/{narrow_id}/groups");
    let body = Some(json!({ "group_ids": [group] }));
    exceeds(hub.change(&narrow, Method::PUT, &path, body).await);
    let path = format!("/api/v1/hub/groups/{group}/members");
    let body = Some(json!({ "user_ids": [narrow_id] }));
    exceeds(hub.change(&narrow, Method::PUT, &path, body).await);
    let path = format!("/api/v1/hub/groups/{group}");
    exceeds(hub.change(&narrow, Method::DELETE, &path, None).await);
    // Nor touch those above.
    let me = hub.get(&admin, "/api/v1/hub/me").await.json();
    for id in [strong_id.as_str(), me["id"].as_str().unwrap()] {
        let path = format!("{USERS}/{id}");
        let off = Some(json!({ "state": "disabled" }));
        exceeds(hub.change(&narrow, Method::PATCH, &path, off).await);
        exceeds(hub.change(&narrow, Method::DELETE, &path, None).await);
        let none = Some(json!({ "role_ids": [] }));
        exceeds(hub.change(&narrow, Method::PUT, &format!("{path}/roles"), none).await);
        for what in ["password-reset", "unlock"] {
            let path = format!("{path}/{what}");
            exceeds(hub.send(&narrow, Method::POST, &path, None).await);
        }
        let path = format!("{path}/sessions");
        exceeds(hub.send(&narrow, Method::DELETE, &path, None).await);
    }
    // What they hold, they give.
    let body = json!({ "email": "new@example.com", "name": "N", "role_ids": [weak] });
    hub.post(&narrow, USERS, body).await.expect(201);
    let path = format!("{USERS}/{weak_id}");
    let body = Some(json!({ "state": "disabled" }));
    hub.change(&narrow, Method::PATCH, &path, body).await.expect(200);
}

async fn strange_texts_are_only_texts(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let texts = [
        "'; DROP TABLE person; --",
        "\" OR \"\"=\"",
        "{{ 7*7 }}${7*7}<%= 7*7 %>",
        "${jndi:ldap://example.com/x}",
        "<script>alert(1)</script>",
        "%s%n%x",
        "../../etc/passwd",
    ];
    for (number, text) in texts.into_iter().enumerate() {
        let body = json!({ "email": format!("u{number}@example.com"), "name": text });
        let made = hub.post(&admin, USERS, body).await.expect(201).json();
        assert_eq!(made["name"], text);
        let body = json!({ "name": text, "description": text });
        let made = hub.post(&admin, "/api/v1/hub/groups", body).await.expect(201).json();
        assert_eq!((&made["name"], &made["description"]), (&json!(text), &json!(text)));
        let body = json!({ "name": text, "description": text, "permissions": [] });
        hub.post(&admin, "/api/v1/hub/roles", body).await.expect(201);
        let body = json!({ "name": "R", "permissions": [text] });
        hub.post(&admin, "/api/v1/hub/roles", body).await.expect(400);
        let body = json!({ "email": text, "name": "N" });
        hub.post(&admin, USERS, body).await.expect(400);
    }
    for text in ["a\r\nBcc: eve@example.com", "\u{0}", "\u{1b}[31m", ""] {
        let body = json!({ "email": "x@example.com", "name": text });
        let refused = hub.post(&admin, USERS, body).await.expect(400).json();
        assert_eq!(refused["errors"][0]["field"], "/name", "{text:?}");
    }
    let long = "x".repeat(2 * 1024 * 1024);
    let body = json!({ "email": "x@example.com", "name": long });
    hub.post(&admin, USERS, body).await.expect(413);
    let many: Vec<String> = (0..300).map(|_| suite_contracts::UserId::new().to_string()).collect();
    let body = json!({ "email": "x@example.com", "name": "N", "role_ids": many });
    hub.post(&admin, USERS, body).await.expect(400);
}

on_every_backend!(
    users_are_listed_searched_and_sorted,
    a_disabled_user_is_refused_within_a_second,
    a_removed_user_stays_in_other_tenants,
    an_invitation_does_not_tell_what_somebody_has_elsewhere,
    the_last_administrator_stays,
    two_administrators_cannot_remove_each_other_at_once,
    of_concurrent_changes_of_one_version_one_wins,
    a_narrow_administrator_cannot_get_more,
    strange_texts_are_only_texts,
);
