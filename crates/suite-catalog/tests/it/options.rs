//! Options that forms take from queries: lists, people, cost centres, categories, and one's own
//! requests and tickets.

use reqwest::Method;
use serde_json::{Value, json};
use suite_testkit::{Answer, Backend, on_every_backend};

use crate::fixture::{BASE, CatalogApp, Person, id_of};

async fn list(app: &CatalogApp, name: &str, options: Value) -> String {
    let body = json!({ "name": name, "options": options });
    let made = app.post(&app.admin, &format!("{BASE}/option-lists"), body).await.expect(201);
    id_of(&made.json()).to_owned()
}

fn rooms() -> Value {
    json!([
        { "value": "b1", "label": "Berlin, first floor", "of": "berlin" },
        { "value": "b2", "label": "Berlin, second floor", "of": "berlin" },
        { "value": "r1", "label": "Rome", "of": "rome" },
        { "value": "home", "label": "At home" },
    ])
}

fn choice(key: &str, query: &Value) -> Value {
    json!({ "key": key, "label": key, "kind": { "type": "choice", "query": query } })
}

async fn item(app: &CatalogApp, fields: Value) -> String {
    let mut content = app.content("Thing", "0", json!([])).await;
    content["form"]["fields"] = fields;
    app.publish(content).await
}

async fn ask(app: &CatalogApp, by: &Person, item: &str, answers: Value) -> Answer {
    let body = json!({ "item_id": item, "item_version": 1, "answers": answers });
    app.try_ask(by, body).await
}

/// The labels of a field's options.
async fn offered(app: &CatalogApp, by: &Person, item: &str, query: &str) -> Vec<String> {
    let path = format!("{BASE}/items/{item}/options?version=1&{query}");
    let found = app.get(by, &path).await.expect(200).json();
    let items = found["items"].as_array().unwrap().iter();
    items.map(|one| one["label"].as_str().unwrap().to_owned()).collect()
}

async fn a_list_offers_what_goes_with_another_answer(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let ann = app.member("Ann").await;
    let list = list(&app, "Rooms", rooms()).await;
    let sites = [("berlin", "Berlin"), ("rome", "Rome")];
    let sites: Vec<Value> =
        sites.iter().map(|(value, label)| json!({ "value": value, "label": label })).collect();
    let query = json!({ "source": "list", "list_id": list, "of": "site" });
    let item = item(
        &app,
        json!([
            { "key": "site", "label": "Site", "kind": { "type": "choice", "options": sites } },
            choice("room", &query),
            { "key": "desks", "label": "Desks", "kind": { "type": "table", "rows_max": 3, "columns": [
                { "key": "room", "label": "Room", "kind": { "type": "choice", "query": query } },
            ] } },
        ]),
    )
    .await;
    assert_eq!(offered(&app, &ann, &item, "field=room").await, ["At home"]);
    let berlin = ["Berlin, first floor", "Berlin, second floor", "At home"];
    assert_eq!(offered(&app, &ann, &item, "field=room&of=berlin").await, berlin);
    assert_eq!(offered(&app, &ann, &item, "field=desks.room&of=rome&search=ROM").await, ["Rome"]);
    let path = format!("{BASE}/items/{item}/options?field=nothing");
    app.get(&ann, &path).await.expect(400);
    // What is sent is checked by the same rule.
    for (site, room, status) in [
        ("berlin", "b2", 201),
        ("berlin", "home", 201),
        ("berlin", "r1", 400),
        ("rome", "b1", 400),
        ("rome", "none", 400),
    ] {
        let answers = json!({ "site": { "choice": site }, "room": { "choice": room } });
        let answer = ask(&app, &ann, &item, answers).await.expect(status);
        if status == 400 {
            assert!(answer.text.contains("/answers/room"), "{}", answer.text);
        }
    }
    let answers = json!({
        "site": { "choice": "rome" }, "desks": { "table": [{ "room": { "choice": "r1" } }] },
    });
    let request = ask(&app, &ann, &item, answers).await.expect(201).json();
    assert_eq!(request["labels"], json!({ "desks.room": { "r1": "Rome" } }));
    // What it was called stays with the request.
    let path = format!("{BASE}/option-lists/{list}");
    let body = json!({ "name": "Rooms", "options": [{ "value": "r1", "label": "Roma" }] });
    app.change(&app.admin, Method::PUT, &path, Some(body)).await.expect(200);
    assert_eq!(app.show(&ann, &request).await["labels"]["desks.room"]["r1"], "Rome");
    assert_eq!(offered(&app, &ann, &item, "field=room").await, ["Roma"]);
    // A list that is used stays.
    let used = app.change(&app.admin, Method::DELETE, &path, None).await.expect(409);
    assert_eq!(used.code(), "list_in_use");
}

/// What somebody may choose from, and an item that asks for it.
struct Choices {
    item: String,
    centre: Value,
    mine: Value,
    theirs: Value,
}

async fn choices(app: &CatalogApp, ann: &Person, bob: &Person) -> Choices {
    let group = app.group("Helpers", &[bob]).await;
    let body = json!({ "code": "4711", "name": "Lab", "owner_id": bob.id });
    let centre =
        app.post(&app.admin, &format!("{BASE}/cost-centres"), body).await.expect(201).json();
    let ticket = |title: &str| json!({ "title": title });
    let tickets = format!("{BASE}/tickets");
    let mine = app.post(ann, &tickets, ticket("Mine is broken")).await.expect(201).json();
    let theirs = app.post(bob, &tickets, ticket("Theirs is broken")).await.expect(201).json();
    let source = |name: &str| json!({ "source": name });
    let item = item(
        app,
        json!([
            choice("helper", &json!({ "source": "people", "group_id": group })),
            choice("centre", &source("cost_centres")),
            choice("category", &source("categories")),
            choice("ticket", &source("own_tickets")),
            choice("request", &source("own_requests")),
        ]),
    )
    .await;
    Choices { item, centre, mine, theirs }
}

async fn options_are_those_of_who_asks(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (ann, bob) = (app.member("Ann").await, app.member("Bob").await);
    let Choices { item, mine, .. } = choices(&app, &ann, &bob).await;
    assert_eq!(offered(&app, &ann, &item, "field=helper").await, ["Bob"]);
    assert_eq!(offered(&app, &ann, &item, "field=centre&search=lab").await, ["4711 Lab"]);
    assert!(
        offered(&app, &ann, &item, "field=category&search=hard").await.contains(&"Hardware".into())
    );
    let number = mine["number"].as_i64().unwrap();
    let label = format!("#{number} Mine is broken");
    assert_eq!(offered(&app, &ann, &item, "field=ticket&search=broken").await, [label.as_str()]);
    assert_eq!(
        offered(&app, &ann, &item, &format!("field=ticket&search={number}")).await,
        [label.as_str()]
    );
    assert_eq!(offered(&app, &ann, &item, "field=request").await, Vec::<String>::new());
    app.disable(&bob).await;
    assert_eq!(offered(&app, &ann, &item, "field=helper").await, Vec::<String>::new());
}

async fn what_is_chosen_is_an_option(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (ann, bob) = (app.member("Ann").await, app.member("Bob").await);
    let Choices { item, centre, mine, theirs } = choices(&app, &ann, &bob).await;
    let label = format!("#{} Mine is broken", mine["number"]);
    let choose = |value: &Value| json!({ "choice": value });
    let answers = json!({
        "helper": choose(&json!(bob.id)), "centre": choose(&centre["id"]),
        "ticket": choose(&mine["id"]),
    });
    let request = ask(&app, &ann, &item, answers).await.expect(201).json();
    assert_eq!(request["labels"]["helper"][&bob.id], "Bob");
    assert_eq!(request["labels"]["centre"][id_of(&centre)], "4711 Lab");
    assert_eq!(request["labels"]["ticket"][id_of(&mine)], label);
    assert_eq!(offered(&app, &ann, &item, "field=request").await.len(), 1);
    for answers in [
        json!({ "helper": choose(&json!(ann.id)) }),
        json!({ "ticket": choose(&theirs["id"]) }),
        json!({ "request": choose(&request["id"]), "ticket": choose(&json!("x")) }),
        json!({ "centre": choose(&mine["id"]) }),
    ] {
        ask(&app, &ann, &item, answers).await.expect(400);
    }
    ask(&app, &bob, &item, json!({ "request": choose(&request["id"]) })).await.expect(400);
}

async fn lists_are_kept_by_who_writes_items(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let ann = app.member("Ann").await;
    let path = format!("{BASE}/option-lists");
    app.get(&ann, &path).await.expect(403);
    let id = list(&app, "Rooms", rooms()).await;
    let again = json!({ "name": "Rooms", "options": [] });
    assert_eq!(app.post(&app.admin, &path, again).await.expect(409).code(), "name_taken");
    for (options, at) in [
        (
            json!([{ "value": "a", "label": "A" }, { "value": "a", "label": "B" }]),
            "/options/1/value",
        ),
        (json!([{ "value": "", "label": "A" }]), "/options/0/value"),
        (json!([{ "value": "a", "label": "x".repeat(201) }]), "/options/0/label"),
    ] {
        let body = json!({ "name": "Others", "options": options });
        let refused = app.post(&app.admin, &path, body).await.expect(400);
        assert!(refused.text.contains(at), "{at}: {}", refused.text);
    }
    // An item names lists that there are, and either options or a query.
    let nothing = suite_contracts::UserId::new().to_string();
    for (kind, at) in [
        (json!({ "type": "choice", "query": { "source": "list", "list_id": nothing } }), "/form"),
        (json!({ "type": "choice" }), "/form/fields/0"),
        (
            json!({
                "type": "choice", "options": [{ "value": "a", "label": "A" }],
                "query": { "source": "categories" },
            }),
            "/form/fields/0/kind",
        ),
        (
            json!({ "type": "choice", "query": { "source": "list", "list_id": id, "of": "none" } }),
            "/form/fields/0",
        ),
    ] {
        let mut content = app.content("Thing", "0", json!([])).await;
        content["form"]["fields"] = json!([{ "key": "a", "label": "A", "kind": kind }]);
        let refused = app.post(&app.admin, &format!("{BASE}/items"), content).await.expect(400);
        assert!(refused.text.contains(at), "{at}: {}", refused.text);
    }
    let own = format!("{path}/{id}");
    app.send(&app.admin, (Method::DELETE, &own), None, &[("if-match", "\"7\"")]).await.expect(412);
    app.change(&app.admin, Method::DELETE, &own, None).await.expect(204);
    app.get(&app.admin, &own).await.expect(404);
    assert_eq!(app.recorded("option-list.removed").await, 1);
}

on_every_backend!(
    a_list_offers_what_goes_with_another_answer,
    options_are_those_of_who_asks,
    what_is_chosen_is_an_option,
    lists_are_kept_by_who_writes_items,
);
