//! Problems and known errors, and the tickets that they cause.

use reqwest::Method;
use serde_json::{Value, json};
use suite_testkit::{Answer, Backend, on_every_backend};

use crate::desk::{AGENT, ticket_path};
use crate::fixture::{BASE, CatalogApp, Person, id_of};

/// An agent who looks for causes.
async fn manager(app: &CatalogApp, name: &str) -> Person {
    let problems = ["catalog.problems.read", "catalog.problems.write"];
    app.with_permissions(name, &[&AGENT[..], &problems].concat()).await
}

fn path(problem: &Value) -> String {
    format!("{BASE}/problems/{}", id_of(problem))
}

async fn opened(app: &CatalogApp, by: &Person, title: &str) -> Value {
    let body = json!({ "title": title, "description": "<script>alert(1)</script>" });
    app.post(by, &format!("{BASE}/problems"), body).await.expect(201).json()
}

async fn change(app: &CatalogApp, by: &Person, problem: &Value, body: Value) -> Answer {
    app.change(by, Method::PATCH, &path(problem), Some(body)).await
}

async fn move_to(app: &CatalogApp, by: &Person, problem: &Value, to: &str) -> Answer {
    let etag = app.get(by, &path(problem)).await.expect(200).header("etag").to_owned();
    let body = Some(json!({ "to": to }));
    let path = format!("{}/state", path(problem));
    app.send(by, (Method::POST, &path), body, &[("if-match", &etag)]).await
}

async fn link(app: &CatalogApp, by: &Person, ticket: &Value, problem: &Value) -> Answer {
    let body = json!({ "kind": "problem", "problem_id": problem["id"] });
    app.post(by, &format!("{}/links", ticket_path(ticket)), body).await
}

async fn a_problem_is_known_before_it_is_resolved(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (eve, pam) = (app.agent("Eve").await, manager(&app, "Pam").await);
    let (one, two) = tokio::join!(opened(&app, &pam, "One"), opened(&app, &pam, "Two"));
    let mut numbers = [one["number"].as_i64().unwrap(), two["number"].as_i64().unwrap()];
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2]);
    assert_eq!(one["description"], "<script>alert(1)</script>");
    app.get(&eve, &path(&one)).await.expect(403);
    for (to, code) in [("known_error", "no_root_cause"), ("resolved", "no_root_cause")] {
        assert_eq!(move_to(&app, &pam, &one, to).await.expect(409).code(), code);
    }
    let body = json!({ "root_cause": "The fuser", "owner_id": pam.id });
    let after = change(&app, &pam, &one, body.clone()).await.expect(200).json();
    assert_eq!((&after["owner"]["name"], &after["version"]), (&json!("Pam"), &json!(2)));
    assert_eq!(change(&app, &pam, &one, body).await.expect(200).json()["version"], 2);
    assert_eq!(move_to(&app, &pam, &one, "known_error").await.expect(409).code(), "no_workaround");
    change(&app, &pam, &one, json!({ "workaround": "Use another" })).await.expect(200);
    move_to(&app, &pam, &one, "known_error").await.expect(200);
    let refused = change(&app, &pam, &one, json!({ "workaround": "" })).await.expect(409);
    assert_eq!(refused.code(), "no_workaround");
    assert_eq!(app.recorded("problem.changed").await, 2);
}

async fn nothing_leaves_a_closed_problem(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let pam = manager(&app, "Pam").await;
    let one = opened(&app, &pam, "One").await;
    change(&app, &pam, &one, json!({ "root_cause": "The fuser" })).await.expect(200);
    move_to(&app, &pam, &one, "resolved").await.expect(200);
    let closed = move_to(&app, &pam, &one, "closed").await.expect(200).json();
    assert!(closed["resolved_at"].is_string() && closed["closed_at"].is_string(), "{closed}");
    assert_eq!(move_to(&app, &pam, &one, "open").await.expect(409).code(), "no_such_move");
    let late = change(&app, &pam, &one, json!({ "title": "Late" })).await.expect(409);
    assert_eq!(late.code(), "problem_closed");
    assert_eq!(app.recorded("problem.state-changed").await, 2);
}

async fn problems_are_listed_and_checked(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let pam = manager(&app, "Pam").await;
    let one = opened(&app, &pam, "Printers burn").await;
    opened(&app, &pam, "Screens are 100% dark").await;
    for (body, at) in [
        (json!({ "title": "" }), "/title"),
        (json!({ "title": "x", "owner_id": suite_contracts::UserId::new() }), "/owner_id"),
    ] {
        let refused = app.post(&pam, &format!("{BASE}/problems"), body).await.expect(400).json();
        assert_eq!(refused["errors"][0]["field"], at, "{refused}");
    }
    let long = json!({ "workaround": "x".repeat(20_001) });
    change(&app, &pam, &one, long).await.expect(400);
    let body = Some(json!({ "title": "Late" }));
    app.send(&pam, (Method::PATCH, &path(&one)), body, &[("if-match", "\"9\"")]).await.expect(412);
    for (query, count) in
        [("", 2), ("text=PRINT", 1), ("text=100%25", 1), ("state=closed", 0), ("state=open", 2)]
    {
        let list = app.get(&pam, &format!("{BASE}/problems?{query}")).await.expect(200).json();
        assert_eq!(list["items"].as_array().unwrap().len(), count, "{query}");
    }
    let page = app.get(&pam, &format!("{BASE}/problems?limit=1")).await.expect(200).json();
    let next = format!("{BASE}/problems?limit=1&cursor={}", page["next"].as_str().unwrap());
    assert_eq!(app.get(&pam, &next).await.expect(200).json()["items"][0]["number"], 1);
}

async fn tickets_are_answered_with_the_workaround(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, pam) = (app.member("Bob").await, manager(&app, "Pam").await);
    let problem = opened(&app, &pam, "Printers burn").await;
    let one = app.open_ticket(&bob, "low", "low").await;
    let two = app.open_ticket(&bob, "low", "low").await;
    let other = app.open_ticket(&bob, "low", "low").await;
    for ticket in [&one, &two] {
        link(&app, &pam, ticket, &problem).await.expect(201);
    }
    assert_eq!(link(&app, &pam, &one, &problem).await.expect(409).code(), "linked_already");
    let (_, stranger) = app.tenant("Other").await;
    let body = json!({ "title": "Theirs" });
    let foreign = app.post(&stranger, &format!("{BASE}/problems"), body).await.expect(201).json();
    let refused = link(&app, &pam, &one, &foreign).await.expect(400).json();
    assert_eq!(refused["errors"][0]["field"], "/problem_id");
    let neither = json!({ "kind": "problem", "ticket_id": two["id"] });
    app.post(&pam, &format!("{}/links", ticket_path(&one)), neither).await.expect(400);
    let reply = |ids: Value| {
        let (app, pam, path) = (&app, &pam, format!("{}/workaround-replies", path(&problem)));
        async move { app.post(pam, &path, json!({ "ticket_ids": ids })).await }
    };
    let all = json!([one["id"], two["id"], other["id"]]);
    assert_eq!(reply(all.clone()).await.expect(409).code(), "no_workaround");
    let body = json!({ "root_cause": "Fuser", "workaround": "Use *another*" });
    change(&app, &pam, &problem, body).await.expect(200);
    app.move_ticket(&bob, &two, "resolved").await.expect(200);
    app.move_ticket(&bob, &two, "closed").await.expect(200);
    let done = reply(all).await.expect(200).json();
    let codes: Vec<&Value> =
        done["items"].as_array().unwrap().iter().map(|one| &one["refusal"]["code"]).collect();
    assert_eq!(codes, [&Value::Null, &json!("ticket_closed"), &json!("not_linked")]);
    let history = app.get(&bob, &format!("{}/history", ticket_path(&one))).await.expect(200);
    assert!(history.text.contains("Use *another*"), "{}", history.text);
    reply(json!([one["id"], one["id"]])).await.expect(400);
}

async fn tickets_lead_to_their_problem(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, pam) = (app.member("Bob").await, manager(&app, "Pam").await);
    let problem = opened(&app, &pam, "Printers burn").await;
    let one = app.open_ticket(&bob, "low", "low").await;
    let two = app.open_ticket(&bob, "low", "low").await;
    for ticket in [&one, &two] {
        link(&app, &pam, ticket, &problem).await.expect(201);
    }
    let body = json!({ "root_cause": "Fuser", "workaround": "Use another" });
    change(&app, &pam, &problem, body).await.expect(200);
    move_to(&app, &pam, &problem, "known_error").await.expect(200);
    // Both sides tell of it; what it is, its state says.
    let links = app.get(&pam, &format!("{}/links", ticket_path(&one))).await.expect(200).json();
    let link = &links["items"][0];
    assert_eq!((&link["kind"], &link["problem"]["number"]), (&json!("known_error"), &json!(1)));
    let seen = app.get(&pam, &path(&problem)).await.expect(200).json();
    assert_eq!(seen["tickets"].as_array().unwrap().len(), 2);
    let at = format!("{}/links/{}", ticket_path(&one), id_of(link));
    app.send(&pam, (Method::DELETE, &at), None, &[]).await.expect(204);
    let seen = app.get(&pam, &path(&problem)).await.expect(200).json();
    assert_eq!(seen["tickets"].as_array().unwrap().len(), 1);
}

on_every_backend!(
    a_problem_is_known_before_it_is_resolved,
    nothing_leaves_a_closed_problem,
    problems_are_listed_and_checked,
    tickets_are_answered_with_the_workaround,
    tickets_lead_to_their_problem,
);
