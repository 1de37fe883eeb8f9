//! What people are told in their console.

use std::time::{Duration, Instant};

use reqwest::{Method, Response};
use serde_json::{Value, json};
use suite_contracts::{Audience, NotificationRequest, ServiceName, TenantId, UserId};
use suite_kit::events;
use suite_testkit::{Backend, on_every_backend};

use crate::fixture::{ADMIN, HubApp, PASSWORD, Person};

const OWN: &str = "/api/v1/hub/me/notifications";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

impl HubApp {
    async fn notifications(&self, of: &Person, query: &str) -> Value {
        self.get(of, &format!("{OWN}{query}")).await.expect(200).json()
    }

    /// What somebody was told, the latest first, once it is so much.
    async fn told_to(&self, person: &Person, count: usize) -> Vec<Value> {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let items = self.notifications(person, "").await["items"].as_array().unwrap().clone();
            if items.len() >= count {
                assert_eq!(items.len(), count, "{items:?}");
                return items;
            }
            assert!(Instant::now() < deadline, "only {items:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// What a service of this installation asks for, as it asks for it.
    async fn request(&self, tenant: TenantId, request: &NotificationRequest) {
        let name = NotificationRequest::event(ServiceName::ServiceCatalog);
        let data = serde_json::to_value(request).unwrap();
        let transaction = self.running_database().begin().await.unwrap();
        events::publish(&transaction, &self.app.clock, tenant, name, "order", data).await.unwrap();
        transaction.commit_unaudited("a test").await.unwrap();
    }

    async fn tenant_id(&self, of: &Person) -> TenantId {
        let me = self.get(of, "/api/v1/hub/me").await.expect(200).json();
        me["tenant"]["id"].as_str().unwrap().parse().unwrap()
    }

    async fn set_members(&self, by: &Person, group: &str, users: &[&str]) {
        let (group, members) =
            (format!("/api/v1/hub/groups/{group}"), json!({ "user_ids": users }));
        let etag = self.get(by, &group).await.expect(200).header("etag").to_owned();
        let path = format!("{group}/members");
        self.change_at(by, (Method::PUT, &path), &etag, Some(members)).await.expect(200);
    }
}

fn request(to: Audience, title: &str) -> NotificationRequest {
    NotificationRequest {
        to,
        kind: "service-catalog.approval.requested".into(),
        title: title.into(),
        body: "A laptop for Jonas".into(),
        link: Some("/service-catalog/approvals".into()),
    }
}

fn titles(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["title"].as_str().unwrap()).collect()
}

async fn people_are_told_what_changes_for_them_where_it_does(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let (id, bob) = hub.user(&admin, "bob@example.com", &[]).await;
    let (_, other) = hub.tenant(&admin, "Other", "eve@example.com").await;
    let body = json!({ "name": "Ops" });
    let group = hub.post(&admin, "/api/v1/hub/groups", body).await.expect(201).json();
    let group = group["id"].as_str().unwrap();
    hub.set_members(&admin, group, &[&id]).await;
    let told = hub.told_to(&bob, 1).await;
    let one = &told[0];
    assert_eq!(one["title"], "You are in the group Ops now");
    assert_eq!(one["body"], "By Ada Example. You have the roles it gives.");
    assert_eq!(
        (&one["kind"], &one["link"]),
        (&json!("hub.group.members-changed"), &json!("/profile"))
    );
    assert!(one.get("read_at").is_none(), "{one}");
    hub.set_members(&admin, group, &[]).await;
    hub.told_to(&bob, 2).await;
    let member = json!({ "role_ids": [hub.builtin_role(&admin, "Member").await] });
    let path = format!("/api/v1/hub/users/{id}/roles");
    hub.change(&admin, Method::PUT, &path, Some(member)).await.expect(200);
    let told = hub.told_to(&bob, 3).await;
    let expected = ["Your roles or groups have changed", "You are no longer in the group Ops"];
    assert_eq!(titles(&told)[..2], expected);
    assert_eq!(told[0]["body"], "By Ada Example. New role: Member.");
    // Whoever did it is told nothing, nor is anybody else.
    for nobody in [&admin, &other] {
        assert_eq!(hub.notifications(nobody, "").await["unread"], 0);
    }
    // Whoever has left the tenant has left what they were told there.
    let user = format!("/api/v1/hub/users/{id}");
    hub.change(&admin, Method::DELETE, &user, None).await.expect(204);
    assert_eq!(hub.count("user_notification").await, 0);
}

async fn those_who_can_do_something_about_it_are_told(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let keys = ["hub.api-keys.read", "hub.api-keys.write"];
    let (_, keeper) = hub.user(&admin, "kay@example.com", &keys).await;
    let (_, reader) = hub.user(&admin, "rae@example.com", &["hub.api-keys.read"]).await;
    let body = json!({ "name": "Backup", "permissions": [] });
    let made = hub.post(&admin, "/api/v1/hub/api-keys", body).await.expect(201).json();
    let path = format!("/api/v1/hub/api-keys/{}", made["id"].as_str().unwrap());
    hub.send(&keeper, Method::DELETE, &path, None).await.expect(204);
    let told = hub.told_to(&admin, 1).await;
    assert_eq!(told[0]["title"], "The API key Backup was revoked");
    assert_eq!(told[0]["link"], "/hub/api-keys");
    for nobody in [&keeper, &reader] {
        assert_eq!(hub.notifications(nobody, "").await["items"], json!([]));
    }
    // A key has no account of its own, and nothing to read.
    let body = json!({ "name": "Robot", "permissions": [] });
    let robot = hub.post(&admin, "/api/v1/hub/api-keys", body).await.expect(201).json();
    let token = robot["key"].as_str().unwrap().to_owned();
    let robot = Person { token, cookie: String::new() };
    assert_eq!(hub.get(&robot, OWN).await.expect(403).code(), "person_needed");
}

async fn what_touches_an_account_is_told(backend: Backend) {
    let (hub, admin) = HubApp::stopped(backend).await;
    let mut authenticator = hub.enable_totp(&admin).await;
    let told = hub.told_to(&admin, 1).await;
    assert_eq!(told[0]["title"], "Your second factor is on");
    let code = authenticator.recovery_codes.remove(0);
    let challenge = hub.challenge().await;
    hub.answer(&challenge, "recovery_code", &code).await.expect(200);
    let told = hub.told_to(&admin, 2).await;
    assert_eq!(told[0]["title"], "A recovery code was used");
    assert!(told[0]["body"].as_str().unwrap().starts_with("9 are left."), "{told:?}");
    let body = json!({ "password": PASSWORD, "code": authenticator.next_code() });
    hub.post(&admin, "/api/v1/hub/me/recovery-codes", body).await.expect(200);
    hub.told_to(&admin, 3).await;
    let body = json!({ "password": PASSWORD, "code": authenticator.next_code() });
    hub.post(&admin, "/api/v1/hub/me/totp/disable", body).await.expect(204);
    hub.told_to(&admin, 4).await;
    let new = crate::fixture::OTHER_PASSWORD;
    let body = json!({ "current_password": PASSWORD, "new_password": new });
    hub.post(&admin, "/api/v1/hub/me/password", body).await.expect(204);
    let told = hub.told_to(&admin, 5).await;
    let expected = [
        "Your password was changed",
        "Your second factor was removed",
        "You have new recovery codes",
    ];
    assert_eq!(titles(&told)[..3], expected);
}

async fn a_sign_in_from_elsewhere_is_told_once(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let log_in = async |agent: &str| {
        let body = json!({ "email": ADMIN, "password": PASSWORD });
        let (path, headers) = ("/api/v1/hub/session", [("user-agent", agent)]);
        hub.app.send_with(Method::POST, path, Some(body), &headers).await.expect(200);
    };
    log_in(FIREFOX).await;
    let told = hub.told_to(&admin, 1).await;
    assert_eq!(told[0]["title"], "You signed in from a new place");
    let body = told[0]["body"].as_str().unwrap();
    assert!(body.starts_with("Firefox on Linux, from 127.0.0.1."), "{body}");
    // Known by now, a version later too; and so is where the first login came from.
    log_in(&FIREFOX.replace("140", "141")).await;
    hub.log_in(ADMIN, PASSWORD).await;
    log_in("curl/8.5.0").await;
    let told = hub.told_to(&admin, 2).await;
    assert!(told[0]["body"].as_str().unwrap().starts_with("curl, from"), "{told:?}");
}

async fn a_service_asks_and_each_is_told_once(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let (id, bob) = hub.user(&admin, "bob@example.com", &["hub.users.read"]).await;
    let (_, other) = hub.tenant(&admin, "Other", "eve@example.com").await;
    let tenant = hub.tenant_id(&admin).await;
    let (id, stranger): (UserId, _) = (id.parse().unwrap(), UserId::new());
    hub.request(tenant, &request(Audience::Users(vec![id, stranger, id]), "To one")).await;
    let told = hub.told_to(&bob, 1).await;
    assert_eq!(
        (&told[0]["title"], &told[0]["body"]),
        (&json!("To one"), &json!("A laptop for Jonas"))
    );
    assert_eq!(told[0]["link"], "/service-catalog/approvals");
    hub.request(tenant, &request(Audience::HoldersOf("hub.users.read".into()), "To all")).await;
    hub.told_to(&admin, 1).await;
    hub.told_to(&bob, 2).await;
    // What arrives twice is told once, and what leads elsewhere is not told.
    let outside = NotificationRequest {
        link: Some("//evil.example.com".into()),
        ..request(Audience::Users(vec![id]), "Elsewhere")
    };
    hub.request(tenant, &outside).await;
    hub.sql("UPDATE event_outbox SET delivered_at_ms = NULL").await;
    hub.request(tenant, &request(Audience::Users(vec![id]), "The end")).await;
    let told = hub.told_to(&bob, 3).await;
    assert_eq!(titles(&told), ["The end", "To all", "To one"]);
    assert_eq!(hub.notifications(&other, "").await["items"], json!([]));
}

async fn what_is_read_is_ones_own(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let (id, bob) = hub.user(&admin, "bob@example.com", &[]).await;
    let tenant = hub.tenant_id(&admin).await;
    let to = Audience::Users(vec![id.parse().unwrap()]);
    for (count, title) in ["1", "2", "3", "4"].into_iter().enumerate() {
        hub.request(tenant, &request(to.clone(), title)).await;
        hub.told_to(&bob, count + 1).await;
    }
    let page = hub.notifications(&bob, "?limit=3").await;
    assert_eq!(
        (titles(page["items"].as_array().unwrap()), &page["unread"]),
        (vec!["4", "3", "2"], &json!(4))
    );
    let next = page["next"].as_str().unwrap();
    let rest = hub.notifications(&bob, &format!("?limit=3&cursor={next}")).await;
    assert_eq!((titles(rest["items"].as_array().unwrap()), rest.get("next")), (vec!["1"], None));
    let one = |place: usize| page["items"][place]["id"].as_str().unwrap().to_owned();
    let recorded = hub.count("audit_record").await;

    let path = format!("{OWN}/{}/read", one(1));
    // Somebody else's is not there.
    hub.send(&admin, Method::POST, &path, None).await.expect(404);
    hub.send(&bob, Method::POST, &path, None).await.expect(204);
    let first_read = hub.notifications(&bob, "").await["items"][1]["read_at"].clone();
    assert!(first_read.is_string());
    hub.send(&bob, Method::POST, &path, None).await.expect(204);
    let unread = hub.notifications(&bob, "?unread=true").await;
    assert_eq!(
        (titles(unread["items"].as_array().unwrap()), &unread["unread"]),
        (vec!["4", "2", "1"], &json!(3))
    );
    // What came after the newest that was seen stays unread.
    hub.post(&bob, &format!("{OWN}/read"), json!({ "up_to": one(2) })).await.expect(204);
    let unread = hub.notifications(&bob, "?unread=true").await;
    assert_eq!(titles(unread["items"].as_array().unwrap()), ["4"]);
    hub.post(&bob, &format!("{OWN}/read"), json!({})).await.expect(204);
    let all = hub.notifications(&bob, "").await;
    assert_eq!((&all["unread"], &all["items"][1]["read_at"]), (&json!(0), &first_read));
    assert_eq!(hub.count("audit_record").await, recorded, "having read something is no change");
}

/// What a stream says next.
async fn said(response: &mut Response) -> String {
    let chunk = tokio::time::timeout(Duration::from_secs(10), response.chunk()).await;
    let chunk = chunk.expect("something within ten seconds").unwrap();
    String::from_utf8(chunk.expect("the stream goes on").to_vec()).unwrap()
}

async fn a_console_hears_of_its_own_news(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    // With no permission at all.
    let (id, bob) = hub.user(&admin, "bob@example.com", &[]).await;
    let tenant = hub.tenant_id(&admin).await;
    let url = format!("{}{OWN}/stream", hub.app.url);
    let mut stream = hub.app.client.get(url).bearer_auth(&bob.token).send().await.unwrap();
    assert_eq!(said(&mut stream).await, ": open\n\n");
    hub.request(tenant, &request(Audience::HoldersOf("hub.users.read".into()), "Not his")).await;
    hub.told_to(&admin, 1).await;
    hub.request(tenant, &request(Audience::Users(vec![id.parse().unwrap()]), "His")).await;
    assert_eq!(said(&mut stream).await, "event: new\ndata: {}\n\n");
    assert_eq!(hub.told_to(&bob, 1).await[0]["title"], "His");
}

on_every_backend!(
    people_are_told_what_changes_for_them_where_it_does,
    those_who_can_do_something_about_it_are_told,
    what_touches_an_account_is_told,
    a_sign_in_from_elsewhere_is_told_once,
    a_service_asks_and_each_is_told_once,
    what_is_read_is_ones_own,
    a_console_hears_of_its_own_news,
);
