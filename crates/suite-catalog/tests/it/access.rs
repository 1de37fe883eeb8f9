//! The access test: every operation of the API document, called by those who may not.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::json;
use suite_catalog::CatalogService;
use suite_kit::service::Service;
use suite_testkit::{Answer, Backend, Operation, on_every_backend};

use crate::fixture::{BASE, CatalogApp, Person, ask_for, id_of, stage, user};

/// For whoever holds a link, which says who may do what; and for everybody, where it is published.
const PUBLIC: [&str; 4] =
    ["decide_by_link", "look_at_decision_link", "read_status", "read_status_feed"];

/// Those that ask for a permission.
fn operations() -> Vec<Operation> {
    let mut all = Operation::all(&CatalogService.openapi());
    all.retain(|operation| !PUBLIC.contains(&operation.id.as_str()));
    assert!(all.len() > 20, "the document has only {} operations", all.len());
    all
}

fn nothing() -> String {
    suite_contracts::UserId::new().to_string()
}

async fn call(operation: &Operation, app: &CatalogApp, by: Option<&Person>, id: &str) -> Answer {
    operation.call(&app.app, by.map(|by| by.token.as_str()), id).await
}

async fn every_operation_asks_for_one_permission(_: Backend) {
    let known: Vec<&str> = suite_catalog::permissions::ALL.iter().map(|one| one.name).collect();
    let all = Operation::all(&CatalogService.openapi());
    let public = all.iter().filter(|operation| operation.permissions.is_none());
    let public: Vec<&str> = public.map(|operation| operation.id.as_str()).collect();
    assert_eq!(public, PUBLIC);
    for operation in operations() {
        let (id, path) = (&operation.id, &operation.path);
        assert!(path.starts_with(&format!("{BASE}/")), "{path}");
        let permissions = operation.permissions.as_deref().unwrap_or_default();
        let [permission] = permissions else { panic!("{id} asks for {permissions:?}") };
        assert!(known.contains(&permission.as_str()), "{id} asks for {permission}");
    }
}

async fn without_a_credential_nothing_answers(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let forged = Person { token: "itk_abcdefgh_forged".into(), ..app.admin.clone() };
    for operation in operations() {
        for by in [None, Some(&forged)] {
            let answer = call(&operation, &app, by, &nothing()).await;
            assert_eq!(answer.status, 401, "{}: {}", operation.id, answer.text);
        }
    }
}

async fn without_the_permission_everything_is_refused(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let nobody = app.with_permissions("Nobody", &["hub.people.read"]).await;
    let member = app.member("Member").await;
    let members: Vec<&str> = suite_catalog::permissions::ALL
        .iter()
        .filter(|permission| permission.for_members)
        .map(|permission| permission.name)
        .collect();
    let mut refused_to_members = 0;
    for operation in operations() {
        let permission = &operation.permissions.as_deref().expect("a permission")[0];
        let mut weak = vec![&nobody];
        if !members.contains(&permission.as_str()) {
            refused_to_members += 1;
            weak.push(&member);
        }
        for by in weak {
            let answer = call(&operation, &app, Some(by), &nothing()).await;
            assert_eq!(answer.status, 403, "{}: {}", operation.id, answer.text);
            assert_eq!(answer.code(), "permission_missing", "{}", operation.id);
            let asked = format!("the permission {permission},");
            assert!(answer.text.contains(&asked), "{}: {}", operation.id, answer.text);
        }
    }
    assert!(refused_to_members > 10, "{refused_to_members}");
    // And an ordinary member may use the portal.
    for path in [
        "items",
        "categories",
        "my/requests",
        "my/tickets",
        "my/approvals",
        "my/decisions",
        "my/delegations",
    ] {
        app.get(&member, &format!("{BASE}/{path}")).await.expect(200);
    }
}

/// Ids of one thing of each kind in a tenant, by the part of the path before the id.
async fn things(app: &CatalogApp, of: &Person) -> BTreeMap<String, String> {
    let id = |answer: Answer| answer.expect(201).json()["id"].as_str().unwrap().to_owned();
    let mut things = BTreeMap::new();
    let path = |name: &str| format!("{BASE}/{name}");
    let category = id(app.post(of, &path("categories"), json!({ "name": "Things" })).await);
    let body = json!({ "code": "1", "name": "Thing", "owner_id": of.id });
    let centre = id(app.post(of, &path("cost-centres"), body).await);
    let body = json!({
        "category_id": category, "name": "Thing",
        "approval": { "stages": [stage(json!("any"), &[user(of)])] },
    });
    let item = id(app.post(of, &path("items"), body).await);
    let publish = path(&format!("items/{item}/publish"));
    let first = [("if-match", "\"1\"")];
    app.send(of, (Method::POST, &publish), None, &first).await.expect(200);
    let mut body = ask_for(&item);
    body["answers"] = json!({});
    let request = id(app.post(of, &path("requests"), body).await);
    let hours = json!([{ "weekday": "monday", "from": "09:00", "to": "17:00" }]);
    let body = json!({ "name": "Thing", "content": { "zone": "UTC", "hours": hours } });
    let calendar = id(app.post(of, &path("calendars"), body).await);
    let body = json!({ "name": "Thing", "filter": {} });
    let view = id(app.post(of, &path("ticket-views"), body).await);
    let body = json!({ "name": "Thing", "text": "Thing" });
    let canned = id(app.post(of, &path("canned-answers"), body).await);
    let ticket = id(app.post(of, &path("tickets"), json!({ "title": "Thing" })).await);
    let problem = id(app.post(of, &path("problems"), json!({ "title": "Thing" })).await);
    let body = json!({ "title": "Thing", "body": "Thing", "category": "Things" });
    let article = id(app.post(of, &path("articles"), body).await);
    let incident = id_of(&app.declare(of, &app.open_ticket(of, "high", "high").await).await).into();
    let body = json!({ "name": "Thing", "options": [] });
    let list = id(app.post(of, &path("option-lists"), body).await);
    let file = id(app.upload(of, "thing.txt", b"a thing").await);
    let component = app.status_component(of, "Thing").await;
    let maintenance = app.plan_maintenance(of, &component, (1, 2)).await;
    for (kind, id) in [
        ("status-page/components", id_of(&component).to_owned()),
        ("status-page/maintenance", id_of(&maintenance).to_owned()),
        ("files", file),
        ("option-lists", list),
        ("categories", category),
        ("cost-centres", centre),
        ("items", item),
        ("requests", request),
        ("calendars", calendar),
        ("tickets", ticket),
        ("ticket-views", view),
        ("canned-answers", canned),
        ("major-incidents", incident),
        ("problems", problem),
        ("articles", article),
    ] {
        things.insert(path(&format!("{kind}/")), id);
    }
    // Records are the kit's, and delegations a person's own: there is none of this id.
    // Messages that are held have a test of their own.
    for kind in ["audit/records/", "my/delegations/", "escalation-ladders/", "mail/messages/"] {
        things.insert(path(kind), nothing());
    }
    things
}

async fn what_is_another_tenants_is_not_there(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (_, other) = app.tenant("Other").await;
    let things = things(&app, &other).await;
    let mut tried = 0;
    for operation in operations() {
        let Some((kind, _)) = operation.path.split_once('{') else { continue };
        let thing = things.get(kind);
        let thing = thing.unwrap_or_else(|| panic!("no thing for {}: add one", operation.path));
        let answer = call(&operation, &app, Some(&app.admin), thing).await;
        assert_eq!(answer.status, 404, "{}: {}", operation.id, answer.text);
        tried += 1;
    }
    assert!(tried > 12, "{tried}");
    // They are all still there, and nothing of them is in lists.
    for kind in ["cost-centres", "items", "requests", "calendars", "tickets"] {
        let path = format!("{BASE}/{kind}/");
        app.get(&other, &format!("{path}{}", things[&path])).await.expect(200);
        let listed = app.get(&app.admin, &format!("{BASE}/{kind}")).await.expect(200);
        assert!(!listed.text.contains(&things[&path]), "{kind}: {}", listed.text);
    }
    let mut foreign = ask_for(&things[&format!("{BASE}/items/")]);
    foreign["answers"] = json!({});
    app.try_ask(&app.admin, foreign).await.expect(404);
}

async fn a_suspended_tenant_may_do_nothing(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (id, other) = app.tenant("Other").await;
    let suspend = format!("/api/v1/hub/tenants/{id}/suspend");
    app.send(&app.admin, (Method::POST, &suspend), None, &[]).await.expect(200);
    app.wait_until_refused(&other).await;
    for operation in operations() {
        let answer = call(&operation, &app, Some(&other), &nothing()).await;
        assert_eq!(answer.status, 403, "{}: {}", operation.id, answer.text);
        assert_eq!(answer.code(), "tenant_suspended", "{}", operation.id);
    }
}

on_every_backend!(
    every_operation_asks_for_one_permission,
    without_a_credential_nothing_answers,
    without_the_permission_everything_is_refused,
    what_is_another_tenants_is_not_there,
    a_suspended_tenant_may_do_nothing,
);
