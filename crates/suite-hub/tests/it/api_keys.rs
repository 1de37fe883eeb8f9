//! API keys.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;
use suite_testkit::{Backend, on_every_backend};

use crate::fixture::{HubApp, Person};
use crate::people::{REMEMBERED, key};

const KEYS: &str = "/api/v1/hub/api-keys";
const USERS: &str = "/api/v1/hub/users";

async fn make(hub: &HubApp, by: &Person, permissions: &[&str]) -> (String, Person) {
    let body = json!({ "name": "Nightly", "permissions": permissions });
    let made = hub.post(by, KEYS, body).await.expect(201);
    (made.json()["id"].as_str().unwrap().to_owned(), key(&made))
}

async fn a_key_works_within_its_permissions_and_is_shown_once(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let (id, program) = make(&hub, &admin, &["hub.users.read"]).await;
    hub.get(&program, USERS).await.expect(200);
    hub.get(&program, KEYS).await.expect(403);
    let refused = hub.get(&program, "/api/v1/hub/me").await.expect(403);
    assert_eq!(refused.code(), "person_needed");
    let path = format!("{KEYS}/{id}");
    let shown = hub.get(&admin, &path).await.expect(200).json();
    assert!(shown.get("key").is_none());
    let prefix = shown["prefix"].as_str().unwrap();
    // A secret may have a _ of its own, also as its last character.
    let secret = program.token.strip_prefix(&format!("itk_{prefix}_")).unwrap();
    for table in ["api_key", "audit_record", "event_outbox"] {
        let column = match table {
            "api_key" => "permissions || name || prefix",
            "audit_record" => "detail",
            _ => "data",
        };
        assert_eq!(hub.count(&format!("{table} WHERE {column} LIKE '%{secret}%'")).await, 0);
    }
    // When it was used is noted apart from the request.
    let started = Instant::now();
    while hub.get(&admin, &path).await.json()["last_used_at"].is_null() {
        assert!(started.elapsed() < Duration::from_secs(10), "its use is not noted");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let forged = format!("itk_{prefix}_{}", "A".repeat(43));
    for token in [forged.as_str(), "itk_", "itk_x", &program.token[..30]] {
        let forged = Person { token: token.to_owned(), cookie: String::new() };
        hub.get(&forged, USERS).await.expect(401);
    }
}

async fn nobody_makes_or_takes_a_key_that_may_do_more(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let may = ["hub.api-keys.write", "hub.api-keys.read", "hub.users.read"];
    let (_, narrow) = hub.user(&admin, "bob@example.com", &may).await;
    let (strong, _) = make(&hub, &admin, &["hub.users.write"]).await;
    let body = json!({ "name": "More", "permissions": ["hub.users.write"] });
    assert_eq!(hub.post(&narrow, KEYS, body).await.expect(403).code(), "permission_exceeded");
    let rotate = format!("{KEYS}/{strong}/rotate");
    hub.post(&narrow, &rotate, json!({})).await.expect(403);
    hub.send(&narrow, Method::DELETE, &format!("{KEYS}/{strong}"), None).await.expect(403);
    let (_, mine) = make(&hub, &narrow, &["hub.api-keys.write", "hub.users.read"]).await;
    // A key makes keys within what it may do itself.
    make(&hub, &mine, &["hub.users.read"]).await;
    let body = json!({ "name": "More", "permissions": ["hub.api-keys.read"] });
    hub.post(&mine, KEYS, body).await.expect(403);
}

async fn a_rotated_key_overlaps_and_then_ends(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let (id, old) = make(&hub, &admin, &["hub.users.read"]).await;
    let rotate = format!("{KEYS}/{id}/rotate");
    let new = key(&hub.post(&admin, &rotate, json!({ "overlap_s": 3_600 })).await.expect(200));
    assert_ne!(old.token, new.token);
    hub.get(&old, USERS).await.expect(200);
    hub.get(&new, USERS).await.expect(200);
    let last = key(&hub.post(&admin, &rotate, json!({ "overlap_s": 0 })).await.expect(200));
    hub.soon(&old, USERS, 401).await;
    hub.soon(&new, USERS, 401).await;
    hub.get(&last, USERS).await.expect(200);
    hub.post(&admin, &rotate, json!({ "overlap_s": 99_999_999 })).await.expect(400);
    hub.post(&admin, &rotate, json!({ "overlap_s": -1 })).await.expect(400);
}

async fn a_revoked_key_is_refused_by_every_process_within_a_second(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let other = HubApp::at(hub.app.place.clone()).await;
    let (id, program) = make(&hub, &admin, &["hub.users.read"]).await;
    hub.get(&program, USERS).await.expect(200);
    other.get(&program, USERS).await.expect(200);
    hub.send(&admin, Method::DELETE, &format!("{KEYS}/{id}"), None).await.expect(204);
    other.soon(&program, USERS, 401).await;
    hub.soon(&program, USERS, 401).await;
    // Once more does no harm, and a revoked key does not come back.
    hub.send(&admin, Method::DELETE, &format!("{KEYS}/{id}"), None).await.expect(204);
    let rotating = hub.post(&admin, &format!("{KEYS}/{id}/rotate"), json!({})).await.expect(409);
    assert_eq!(rotating.code(), "key_ended");
    assert_eq!(hub.count("audit_record WHERE action = 'hub.api-key.revoked'").await, 1);
}

/// Processes that share a bus hear of it, and need not wait until they have forgotten by themselves.
async fn a_revocation_is_heard_of_sooner_than_it_is_forgotten(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let other = HubApp::at(hub.app.place.clone()).await;
    let listening = if backend == Backend::Servers { &other } else { &hub };
    let mut took = Vec::new();
    // A busy machine may be late, but not each time.
    for _ in 0..5 {
        let (id, program) = make(&hub, &admin, &["hub.users.read"]).await;
        listening.get(&program, USERS).await.expect(200);
        let known = Instant::now();
        hub.send(&admin, Method::DELETE, &format!("{KEYS}/{id}"), None).await.expect(204);
        listening.soon(&program, USERS, 401).await;
        took.push(known.elapsed());
    }
    assert!(took.iter().any(|took| *took < REMEMBERED / 2), "{took:?}");
}

async fn keys_expire_and_can_all_be_switched_off(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    for wrong in ["yesterday", "2001-01-01T00:00:00Z"] {
        let body = json!({ "name": "K", "permissions": [], "expires_at": wrong });
        hub.post(&admin, KEYS, body).await.expect(400);
    }
    let at = suite_kit::clock::rfc3339(hub.app.clock.now_ms() + 1_500);
    let body = json!({ "name": "K", "permissions": ["hub.users.read"], "expires_at": at });
    let short = key(&hub.post(&admin, KEYS, body).await.expect(201));
    hub.get(&short, USERS).await.expect(200);
    let started = Instant::now();
    while hub.get(&short, USERS).await.status != 401 {
        assert!(started.elapsed() < Duration::from_secs(5), "it does not expire");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let (_, long) = make(&hub, &admin, &["hub.users.read"]).await;
    hub.get(&long, USERS).await.expect(200);
    let flag = "/api/v1/hub/flags/hub.api-keys";
    let body = Some(json!({ "enabled": false }));
    hub.send(&admin, Method::PUT, flag, body.clone()).await.expect(428);
    let before = hub.get(&admin, flag).await.expect(200).header("etag").to_owned();
    let switch = (Method::PUT, flag);
    let first = hub.change_at(&admin, switch.clone(), &before, body.clone()).await.expect(200);
    assert_ne!(first.header("etag"), before);
    // Whoever read it before may not know what they switch.
    let late = Some(json!({ "enabled": true }));
    let stale = hub.change_at(&admin, switch, &before, late).await.expect(412);
    assert_eq!(stale.code(), "stale");
    hub.soon(&long, USERS, 401).await;
    let flags = hub.get(&admin, "/api/v1/hub/flags").await.expect(200).json();
    let off = flags.as_array().unwrap().iter().find(|flag| flag["name"] == "hub.api-keys");
    assert_eq!(off.unwrap()["enabled"], false);
    assert_eq!(format!("\"{}\"", off.unwrap()["version"]), first.header("etag"));
    hub.change(&admin, Method::PUT, flag, Some(json!({ "enabled": true }))).await.expect(200);
    hub.soon(&long, USERS, 200).await;
    let unknown = (Method::PUT, "/api/v1/hub/flags/hub.unknown");
    hub.change_at(&admin, unknown, &before, body).await.expect(404);
}

on_every_backend!(
    a_key_works_within_its_permissions_and_is_shown_once,
    nobody_makes_or_takes_a_key_that_may_do_more,
    a_rotated_key_overlaps_and_then_ends,
    a_revoked_key_is_refused_by_every_process_within_a_second,
    a_revocation_is_heard_of_sooner_than_it_is_forgotten,
    keys_expire_and_can_all_be_switched_off,
);
