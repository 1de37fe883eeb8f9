//! Who there is in a tenant, and who manages whom: what other services ask Hub.

use reqwest::Method;
use serde_json::{Value, json};
use suite_testkit::{Backend, on_every_backend};

use crate::fixture::{HubApp, Person};

const USERS: &str = "/api/v1/hub/users";
const PEOPLE: &str = "/api/v1/hub/people";
const LOOKUP: &str = "/api/v1/hub/people/lookup";

async fn manage(hub: &HubApp, admin: &Person, user: &str, manager: Value) -> suite_testkit::Answer {
    let body = json!({ "manager_id": manager });
    hub.change(admin, Method::PATCH, &format!("{USERS}/{user}"), Some(body)).await
}

async fn a_manager_is_an_active_member_and_nobody_is_above_themself(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let (ann, _) = hub.user(&admin, "ann@example.com", &[]).await;
    let (bob, _) = hub.user(&admin, "bob@example.com", &[]).await;
    let (cyd, _) = hub.user(&admin, "cyd@example.com", &[]).await;
    let changed = manage(&hub, &admin, &bob, json!(ann)).await.expect(200).json();
    assert_eq!(changed["manager"], json!({ "id": ann, "name": "Some One" }));
    assert_eq!(hub.audited("hub.user.changed").await["after"]["manager_id"], json!(ann));
    manage(&hub, &admin, &cyd, json!(bob)).await.expect(200);
    for (user, manager) in [(&ann, &ann), (&ann, &cyd)] {
        let refused = manage(&hub, &admin, user, json!(manager)).await.expect(400).json();
        assert_eq!(refused["errors"][0]["field"], "/manager_id", "{refused}");
    }
    // Another tenant's user, one who has not accepted, and nobody.
    let (_, other) = hub.tenant(&admin, "Other", "eve@example.com").await;
    let eve = hub.get(&other, "/api/v1/hub/me").await.expect(200).json()["id"].clone();
    let body = json!({ "email": "dan@example.com", "name": "Dan" });
    let dan = hub.post(&admin, USERS, body).await.expect(201).json()["id"].clone();
    for stranger in [eve, dan, json!("01890a5d-ac96-774b-bcce-b302099a8057")] {
        manage(&hub, &admin, &ann, stranger).await.expect(400);
    }
    // What is not named stays, and null takes the manager away.
    let path = format!("{USERS}/{bob}");
    let named = json!({ "name": "Bob" });
    let renamed = hub.change(&admin, Method::PATCH, &path, Some(named)).await.expect(200).json();
    assert_eq!(renamed["manager"]["id"], json!(ann));
    let freed = manage(&hub, &admin, &bob, Value::Null).await.expect(200).json();
    assert_eq!(freed["manager"], Value::Null);
    // Nobody is managed by who has left.
    hub.change(&admin, Method::DELETE, &path, None).await.expect(204);
    let cyd = hub.get(&admin, &format!("{USERS}/{cyd}")).await.expect(200).json();
    assert_eq!(cyd["manager"], Value::Null);
}

async fn people_are_chosen_from_by_name(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let (ann, reader) = hub.user(&admin, "ann@example.com", &["hub.people.read"]).await;
    let (bob, _) = hub.user(&admin, "bob@example.com", &[]).await;
    let body = json!({ "email": "dan@example.com", "name": "Dan" });
    hub.post(&admin, USERS, body).await.expect(201);
    let (_, other) = hub.tenant(&admin, "Other", "eve@example.com").await;
    let found = hub.get(&reader, &format!("{PEOPLE}?search=some&limit=1")).await.expect(200).json();
    let next = found["next"].as_str().unwrap();
    let path = format!("{PEOPLE}?search=some&limit=1&cursor={next}");
    let further = hub.get(&reader, &path).await.expect(200).json();
    let mut ids = [&found, &further].map(|page| page["items"][0]["id"].clone());
    ids.sort_by_key(Value::to_string);
    let mut expected = [json!(ann), json!(bob)];
    expected.sort_by_key(Value::to_string);
    assert_eq!((ids, &further["next"]), (expected, &Value::Null));
    // Who has not accepted is not chosen, nor who is elsewhere.
    let everybody = hub.get(&reader, PEOPLE).await.expect(200).json();
    assert_eq!(everybody["items"].as_array().unwrap().len(), 3);
    let theirs = hub.get(&other, PEOPLE).await.expect(200).json();
    assert_eq!(theirs["items"].as_array().unwrap().len(), 1);
}

async fn a_service_elsewhere_asks_who_is_in_a_tenant(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let (ann, _) = hub.user(&admin, "ann@example.com", &[]).await;
    let (bob, weak) = hub.user(&admin, "bob@example.com", &["hub.people.read"]).await;
    manage(&hub, &admin, &bob, json!(ann)).await.expect(200);
    let body = json!({ "name": "Desk" });
    let desk = hub.post(&admin, "/api/v1/hub/groups", body).await.expect(201).json()["id"].clone();
    let path = format!("/api/v1/hub/groups/{}/members", desk.as_str().unwrap());
    let members = Some(json!({ "user_ids": [ann, bob] }));
    hub.change(&admin, Method::PUT, &path, members).await.expect(200);
    let me = hub.get(&admin, "/api/v1/hub/me").await.expect(200).json();
    let tenant = me["tenant"]["id"].clone();
    let query = json!({ "tenant_id": tenant, "user_ids": [ann, bob], "group_ids": [desk] });
    let known = hub.post(&admin, LOOKUP, query.clone()).await.expect(200).json();
    let of = |id: &str| {
        let members = known["members"].as_array().unwrap();
        members.iter().find(|member| member["id"] == id).unwrap().clone()
    };
    assert_eq!(of(&bob)["manager_id"], json!(ann));
    assert_eq!(of(&bob)["email"], "bob@example.com");
    assert_eq!(of(&bob)["group_ids"], json!([desk]));
    assert_eq!(known["groups"][0]["name"], "Desk");
    assert_eq!(known["groups"][0]["member_ids"].as_array().unwrap().len(), 2);
    // By their addresses too, each once.
    let emails = json!(["ann@example.com", "bob@example.com", "nobody@example.com"]);
    let asked = json!({ "tenant_id": tenant, "user_ids": [ann], "emails": emails });
    let found = hub.post(&admin, LOOKUP, asked).await.expect(200).json();
    let found: Vec<&Value> =
        found["members"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
    assert_eq!(found, [&json!(ann), &json!(bob)]);
    // Who is disabled is a member still, and no active one.
    let path = format!("{USERS}/{bob}");
    let disabled = Some(json!({ "state": "disabled" }));
    hub.change(&admin, Method::PATCH, &path, disabled).await.expect(200);
    let known = hub.post(&admin, LOOKUP, query.clone()).await.expect(200).json();
    assert_eq!(known["groups"][0]["member_ids"], json!([ann]));
    let inactive = known["members"].as_array().unwrap().iter().find(|one| one["id"] == bob);
    assert_eq!(inactive.unwrap()["is_active"], false);
    hub.post(&weak, LOOKUP, query.clone()).await.expect(401);
    let (_, narrow) = hub.user(&admin, "cyd@example.com", &["hub.people.read"]).await;
    hub.post(&narrow, LOOKUP, query).await.expect(403);
    let other = json!({
        "tenant_id": "01890a5d-ac96-774b-bcce-b302099a8057", "user_ids": [ann],
        "emails": ["ann@example.com"],
    });
    let none = hub.post(&admin, LOOKUP, other).await.expect(200).json();
    assert_eq!(none, json!({ "members": [], "groups": [], "tenant_is_active": false }));
}

on_every_backend!(
    a_manager_is_an_active_member_and_nobody_is_above_themself,
    people_are_chosen_from_by_name,
    a_service_elsewhere_asks_who_is_in_a_tenant,
);
