//! Canned answers: kept by some, used by all agents.

use reqwest::Method;
use serde_json::{Value, json};
use suite_testkit::{Answer, Backend, on_every_backend};

use crate::fixture::{BASE, CatalogApp, Person, id_of};

const HELLO: &str = "Hello {{requester.name}},\n\nticket {{ticket.number}} is with {{agent.name}}.";

async fn editor(app: &CatalogApp) -> Person {
    let permissions = ["catalog.all-tickets.read", "catalog.canned-answers.write"];
    app.with_permissions("Ida", &permissions).await
}

async fn keep(app: &CatalogApp, by: &Person, body: Value) -> Answer {
    app.post(by, &format!("{BASE}/canned-answers"), body).await
}

async fn names(app: &CatalogApp, by: &Person) -> Vec<String> {
    let list = app.get(by, &format!("{BASE}/canned-answers")).await.expect(200).json();
    let items = list["items"].as_array().unwrap().iter();
    items.map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

async fn answers_are_filled_in_for_a_ticket(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, eve, ida) = (app.member("Bob").await, app.agent("Eve").await, editor(&app).await);
    let made = keep(&app, &ida, json!({ "name": "Hello", "text": HELLO })).await.expect(201);
    let made = made.json();
    let ticket = app.open_ticket(&bob, "low", "low").await;
    let path = format!("{BASE}/canned-answers/{}", id_of(&made));
    let fill = format!("{path}/filled?ticket_id={}", id_of(&ticket));
    let filled = app.get(&eve, &fill).await.expect(200).json();
    assert_eq!(filled["text"], HELLO);
    assert_eq!(filled["filled"], "Hello Bob,\n\nticket 1 is with Eve.");
    app.get(&bob, &fill).await.expect(403);
    let (_, other) = app.tenant("Other").await;
    let foreign = app.open_ticket(&other, "low", "low").await;
    let of_other = format!("{path}/filled?ticket_id={}", id_of(&foreign));
    app.get(&eve, &of_other).await.expect(404);
    // Somebody removes it while an agent writes: what was written stands, and there is no more.
    let first = [("if-match", "\"1\"")];
    app.send(&ida, (Method::DELETE, &path), None, &first).await.expect(204);
    app.get(&eve, &fill).await.expect(404);
    app.reply(&eve, &ticket, filled["filled"].as_str().unwrap()).await.expect(200);
    app.send(&ida, (Method::DELETE, &path), None, &first).await.expect(404);
    assert_eq!(app.recorded("canned-answer.removed").await, 1);
}

async fn answers_are_kept_by_those_who_may(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (eve, ida) = (app.agent("Eve").await, editor(&app).await);
    let body = |name: &str, text: &str| json!({ "name": name, "text": text });
    keep(&app, &eve, body("Hello", HELLO)).await.expect(403);
    let made = keep(&app, &ida, body("Hello", HELLO)).await.expect(201).json();
    assert_eq!(keep(&app, &ida, body("Hello", "x")).await.expect(409).code(), "name_taken");
    for (name, text, at) in [
        ("", "x", "/name"),
        ("a\nb", "x", "/name"),
        ("New", " ", "/text"),
        ("New", "{{ticket.secret}}", "/text"),
        ("New", &"x".repeat(20_001), "/text"),
    ] {
        let refused = keep(&app, &ida, body(name, text)).await.expect(400).json();
        assert_eq!(refused["errors"][0]["field"], at, "{refused}");
    }
    let script = "<script>alert('{{requester.name}}')</script>";
    let path = format!("{BASE}/canned-answers/{}", id_of(&made));
    let changed = Some(body("Hi", script));
    let first = [("if-match", "\"1\"")];
    app.send(&eve, (Method::PUT, &path), changed.clone(), &first).await.expect(403);
    let after = app.send(&ida, (Method::PUT, &path), changed.clone(), &first).await.expect(200);
    assert_eq!((after.header("etag"), &after.json()["text"]), ("\"2\"", &json!(script)));
    app.send(&ida, (Method::PUT, &path), changed, &first).await.expect(412);
    app.send(&ida, (Method::DELETE, &path), None, &first).await.expect(412);
    assert_eq!(app.recorded("canned-answer.created").await, 1);
    assert_eq!(app.recorded("canned-answer.changed").await, 1);
}

async fn an_answer_of_a_group_is_its_members(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (eve, fay, ida) = (app.agent("Eve").await, app.agent("Fay").await, editor(&app).await);
    let group = app.group("Network", &[&eve]).await;
    let body = json!({ "name": "Ours", "text": "x", "group_id": group });
    let made = keep(&app, &ida, body).await.expect(201).json();
    assert_eq!(made["group"]["name"], "Network");
    keep(&app, &ida, json!({ "name": "All", "text": "x" })).await.expect(201);
    let stranger = suite_contracts::GroupId::new();
    let body = json!({ "name": "Whose", "text": "x", "group_id": stranger });
    let refused = keep(&app, &ida, body).await.expect(400).json();
    assert_eq!(refused["errors"][0]["field"], "/group_id");
    assert_eq!(names(&app, &eve).await, ["All", "Ours"]);
    assert_eq!(names(&app, &fay).await, ["All"]);
    assert_eq!(names(&app, &ida).await, ["All", "Ours"]);
    app.get(&fay, &format!("{BASE}/canned-answers/{}", id_of(&made))).await.expect(404);
}

on_every_backend!(
    answers_are_filled_in_for_a_ticket,
    answers_are_kept_by_those_who_may,
    an_answer_of_a_group_is_its_members,
);
