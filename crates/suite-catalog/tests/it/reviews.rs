//! Reviews of major incidents: begun from a template, written, published once.

use reqwest::Method;
use serde_json::{Value, json};
use suite_testkit::{Answer, Backend, on_every_backend};

use crate::fixture::{BASE, CatalogApp, Person};
use crate::incidents::incident_path;

async fn resolved(app: &CatalogApp, by: &Person) -> Value {
    let ticket = app.open_ticket(by, "high", "high").await;
    let made = app.declare(by, &ticket).await;
    app.move_incident(by, &made, "resolved").await.expect(200);
    made
}

fn path(incident: &Value) -> String {
    format!("{}/review", incident_path(incident))
}

async fn begin(app: &CatalogApp, by: &Person, incident: &Value) -> Answer {
    app.send(by, (Method::POST, &path(incident)), None, &[]).await
}

async fn write(app: &CatalogApp, by: &Person, incident: &Value, body: Value) -> Answer {
    app.change(by, Method::PUT, &path(incident), Some(body)).await
}

async fn publish(app: &CatalogApp, by: &Person, incident: &Value, version: &str) -> Answer {
    let path = format!("{}/publish", path(incident));
    app.send(by, (Method::POST, &path), None, &[("if-match", version)]).await
}

fn written(owner: &Person) -> Value {
    let section = |key: &str| json!({ "key": key, "text": format!("<b>{key}</b>") });
    json!({
        "sections": [section("summary"), section("impact"), section("root_cause")],
        "actions": [{ "text": "Buy sprinklers", "owner_id": owner.id, "due_on": "2026-12-24" }],
    })
}

async fn a_review_is_written_and_published_once(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, max) = (app.member("Bob").await, app.commander("Max").await);
    let made = resolved(&app, &max).await;
    app.get(&max, &path(&made)).await.expect(404);
    let begun = begin(&app, &max, &made).await.expect(201).json();
    assert_eq!(begin(&app, &max, &made).await.expect(409).code(), "review_begun");
    let sections = begun["sections"].as_array().unwrap();
    assert_eq!(sections.len(), 6);
    let prefilled = sections[2]["text"].as_str().unwrap();
    assert!(prefilled.contains("declared (Max): All printers burn"), "{prefilled}");
    assert!(prefilled.contains("resolved (Max): Water"), "{prefilled}");
    let refused = publish(&app, &max, &made, "\"1\"").await.expect(409);
    assert_eq!(refused.code(), "review_unfinished");
    assert!(refused.text.contains("Summary, Impact, Root cause"), "{}", refused.text);
    let after = write(&app, &max, &made, written(&bob)).await.expect(200).json();
    assert_eq!(
        (&after["sections"][0]["text"], &after["version"]),
        (&json!("<b>summary</b>"), &json!(2))
    );
    assert_eq!(after["actions"][0]["owner"]["name"], "Bob");
}

async fn of_two_who_publish_at_once_one_does(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, max) = (app.member("Bob").await, app.commander("Max").await);
    let made = resolved(&app, &max).await;
    begin(&app, &max, &made).await.expect(201);
    write(&app, &max, &made, written(&bob)).await.expect(200);
    let stale = Some(written(&max));
    app.send(&max, (Method::PUT, &path(&made)), stale, &[("if-match", "\"1\"")]).await.expect(412);
    publish(&app, &max, &made, "\"1\"").await.expect(412);
    let (one, two) =
        tokio::join!(publish(&app, &max, &made, "\"2\""), publish(&app, &max, &made, "\"2\""));
    let (won, lost) = if one.status == 200 { (one, two) } else { (two, one) };
    assert_eq!(won.expect(200).json()["is_published"], true);
    assert_eq!(lost.expect(409).code(), "review_published");
    let late = write(&app, &max, &made, written(&max)).await.expect(409);
    assert_eq!(late.code(), "review_published");
    assert_eq!(app.recorded("major-incident.review-published").await, 1);
    let over = app.move_incident(&max, &made, "reviewed").await.expect(200).json();
    assert_eq!((&over["state"], &over["is_review_published"]), (&json!("reviewed"), &json!(true)));
    let note = json!({ "text": "Late" });
    let refused = app.post(&max, &format!("{}/timeline", incident_path(&made)), note).await;
    assert_eq!(refused.expect(409).code(), "incident_over");
}

async fn what_is_wrong_in_a_review_is_told(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, max) = (app.member("Bob").await, app.commander("Max").await);
    let made = resolved(&app, &max).await;
    begin(&app, &max, &made).await.expect(201);
    for (pointer, value, at) in [
        ("/sections/0/key", json!("odd"), "/sections/0/key"),
        ("/sections/1/text", json!("x".repeat(50_001)), "/sections/1/text"),
        ("/actions/0/due_on", json!("soon"), "/actions/0/due_on"),
        ("/actions/0/text", json!(""), "/actions/0/text"),
        ("/actions/0/owner_id", json!(suite_contracts::UserId::new()), "/actions"),
    ] {
        let mut body = written(&bob);
        *body.pointer_mut(pointer).unwrap() = value;
        let refused = write(&app, &max, &made, body).await.expect(400).json();
        assert_eq!(refused["errors"][0]["field"], at, "{refused}");
    }
}

async fn what_is_to_be_done_goes_on_after_it(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let reads = ["catalog.major-incidents.read"];
    let (bob, cyd) =
        (app.with_permissions("Bob", &reads).await, app.with_permissions("Cyd", &reads).await);
    let max = app.commander("Max").await;
    let made = resolved(&app, &max).await;
    begin(&app, &max, &made).await.expect(201);
    write(&app, &max, &made, written(&bob)).await.expect(200);
    publish(&app, &max, &made, "\"2\"").await.expect(200);
    let told = format!(
        "event_outbox WHERE name = 'service-catalog.notification.requested' \
         AND data LIKE '%review-published%' AND data LIKE '%{}%'",
        bob.id
    );
    assert_eq!(app.count(&told).await, 1);
    let moved = |by: &Person, number: i32, to: &str| {
        let (app, by, path) = (&app, by.clone(), format!("{}/actions/{number}", path(&made)));
        let body = Some(json!({ "state": to }));
        async move { app.send(&by, (Method::PUT, &path), body, &[]).await }
    };
    moved(&cyd, 1, "done").await.expect(403);
    moved(&bob, 2, "done").await.expect(404);
    let done = moved(&bob, 1, "done").await.expect(200).json();
    assert_eq!(done["actions"][0]["state"], "done");
    moved(&bob, 1, "done").await.expect(200);
    moved(&max, 1, "open").await.expect(200);
    assert_eq!(app.recorded("major-incident.action-moved").await, 2);
}

async fn a_tenant_has_a_template_of_its_own(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let max = app.commander("Max").await;
    let template = format!("{BASE}/review-template");
    let first = app.get(&max, &template).await.expect(200);
    assert_eq!(
        (first.header("etag"), first.json()["sections"][3]["key"].as_str()),
        ("\"0\"", Some("root_cause"))
    );
    let early = resolved(&app, &max).await;
    begin(&app, &max, &early).await.expect(201);
    let section =
        |key: &str, title: &str| json!({ "key": key, "title": title, "is_required": true });
    let put = |by: &Person, sections: Value, version: &str| {
        let (app, by, template) = (&app, by.clone(), &template);
        let (body, version) = (Some(json!({ "sections": sections })), version.to_owned());
        async move { app.send(&by, (Method::PUT, template), body, &[("if-match", &version)]).await }
    };
    let ours = json!([section("lessons", "Lessons")]);
    put(&max, ours.clone(), "\"0\"").await.expect(403);
    for (sections, at) in [
        (json!([]), "/sections"),
        (json!([section("Big", "x")]), "/sections/0/key"),
        (json!([section("a", "")]), "/sections/0/title"),
        (json!([section("a", "A"), section("a", "B")]), "/sections/1/key"),
    ] {
        let refused = put(&app.admin, sections, "\"0\"").await.expect(400).json();
        assert_eq!(refused["errors"][0]["field"], at, "{refused}");
    }
    put(&app.admin, ours.clone(), "\"0\"").await.expect(200);
    put(&app.admin, ours.clone(), "\"0\"").await.expect(412);
    assert_eq!(put(&app.admin, ours, "\"1\"").await.expect(200).json()["version"], 2);
    // What was begun stays as it began.
    let kept = app.get(&max, &path(&early)).await.expect(200).json();
    assert_eq!(kept["sections"].as_array().unwrap().len(), 6);
    let made = resolved(&app, &max).await;
    let begun = begin(&app, &max, &made).await.expect(201).json();
    assert_eq!(begun["sections"].as_array().unwrap().len(), 1);
    assert_eq!(app.recorded("review-template.changed").await, 2);
}

on_every_backend!(
    a_review_is_written_and_published_once,
    of_two_who_publish_at_once_one_does,
    what_is_wrong_in_a_review_is_told,
    what_is_to_be_done_goes_on_after_it,
    a_tenant_has_a_template_of_its_own,
);
