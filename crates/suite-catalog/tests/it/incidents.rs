//! Major incidents: declared, led, told, solved with all their tickets.

use reqwest::Method;
use serde_json::{Value, json};
use suite_testkit::{Answer, Backend, on_every_backend};

use crate::desk::{AGENT, ticket_path};
use crate::fixture::{BASE, CatalogApp, Person, id_of, user};

/// What somebody may do who leads major incidents.
const LEADS: [&str; 2] = ["catalog.major-incidents.read", "catalog.major-incidents.write"];

impl CatalogApp {
    pub async fn commander(&self, name: &str) -> Person {
        self.with_permissions(name, &[&AGENT[..], &LEADS].concat()).await
    }

    pub async fn try_declare(&self, by: &Person, ticket: &Value) -> Answer {
        let path = format!("{}/major-incident", ticket_path(ticket));
        self.post(by, &path, json!({ "reason": "All printers burn" })).await
    }

    pub async fn declare(&self, by: &Person, ticket: &Value) -> Value {
        self.try_declare(by, ticket).await.expect(201).json()
    }

    pub async fn move_incident(&self, by: &Person, incident: &Value, to: &str) -> Answer {
        let mut body = json!({ "to": to });
        if to == "resolved" {
            body["solution"] = json!("Water");
        }
        self.on_incident(by, incident, (Method::POST, "state"), Some(body)).await
    }

    /// Does something to one, at the version that is read now.
    pub async fn on_incident(
        &self,
        by: &Person,
        incident: &Value,
        (method, what): (Method, &str),
        body: Option<Value>,
    ) -> Answer {
        let path = incident_path(incident);
        let etag = self.get(by, &path).await.expect(200).header("etag").to_owned();
        let path = format!("{path}/{what}");
        self.send(by, (method, &path), body, &[("if-match", &etag)]).await
    }
}

pub fn incident_path(incident: &Value) -> String {
    format!("{BASE}/major-incidents/{}", id_of(incident))
}

/// How often somebody was asked to be told of this.
async fn told(app: &CatalogApp, kind: &str, whom: &str) -> i64 {
    let request = format!(
        "event_outbox WHERE name = 'service-catalog.notification.requested' \
         AND data LIKE '%major-incident.{kind}%' AND data LIKE '%{whom}%'"
    );
    app.count(&request).await
}

async fn timeline(app: &CatalogApp, by: &Person, incident: &Value) -> Vec<Value> {
    let path = format!("{}/timeline", incident_path(incident));
    app.get(by, &path).await.expect(200).json()["items"].as_array().unwrap().clone()
}

/// A technical ladder that calls somebody.
async fn technical_ladder(app: &CatalogApp, person: &Person) {
    let levels = json!([{ "responders": [user(person)], "answer_minutes": 5 }]);
    let path = format!("{BASE}/escalation-ladders/technical");
    let body = Some(json!({ "levels": levels, "is_around_the_clock": true }));
    app.send(&app.admin, (Method::PUT, &path), body, &[("if-match", "\"0\"")]).await.expect(200);
}

async fn an_urgent_ticket_is_declared_once(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, eve, max) =
        (app.member("Bob").await, app.agent("Eve").await, app.commander("Max").await);
    technical_ladder(&app, &eve).await;
    let minor = app.open_ticket(&bob, "low", "low").await;
    let refused = app.try_declare(&max, &minor).await.expect(409);
    assert_eq!(refused.code(), "not_urgent_enough");
    let ticket = app.open_ticket(&bob, "high", "high").await;
    app.try_declare(&eve, &ticket).await.expect(403);
    let (one, two) = tokio::join!(app.try_declare(&max, &ticket), app.try_declare(&max, &ticket));
    let (won, lost) = if one.status == 201 { (one, two) } else { (two, one) };
    assert_eq!(lost.expect(409).code(), "declared_already");
    let made = won.expect(201).json();
    assert_eq!((&made["state"], &made["priority"]), (&json!("declared"), &json!("P1")));
    assert_eq!(made["roles"][0]["person"]["name"], "Max");
    // The technical ladder calls.
    let climbs = app.get(&eve, &format!("{}/escalations", ticket_path(&ticket))).await;
    assert_eq!(climbs.expect(200).json()["items"][0]["state"], "calling");
    let calls = "event_outbox WHERE name = 'service-catalog.notification.requested' \
                 AND data LIKE '%ticket.escalated%'";
    assert_eq!(app.count(calls).await, 1);
    assert_eq!(told(&app, "declared", "catalog.major-incidents.read").await, 1);
    let page = format!("/service-catalog/major-incidents/{}", id_of(&made));
    assert_eq!(told(&app, "declared", &page).await, 1);
    assert_eq!(app.recorded("major-incident.declared").await, 1);
}

async fn what_is_declared_is_merged_into_nothing(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, eve, max) =
        (app.member("Bob").await, app.agent("Eve").await, app.commander("Max").await);
    let minor = app.open_ticket(&bob, "low", "low").await;
    let ticket = app.open_ticket(&bob, "high", "high").await;
    app.declare(&max, &ticket).await;
    // It is not merged into anything, and what is merged into it is in it.
    let into = json!({ "into_id": minor["id"] });
    let refused = app.on_ticket(&max, &ticket, "merge", into).await.expect(409);
    assert_eq!(refused.code(), "major_incident");
    let into = json!({ "into_id": ticket["id"] });
    app.on_ticket(&max, &minor, "merge", into).await.expect(200);
    app.get(&bob, &format!("{}/major-incident", ticket_path(&minor))).await.expect(200);
    let done = app.open_ticket(&bob, "high", "high").await;
    app.move_ticket(&eve, &done, "resolved").await.expect(200);
    assert_eq!(app.try_declare(&max, &done).await.expect(409).code(), "ticket_done");
}

async fn an_escalation_that_goes_on_goes_on(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, eve, max) =
        (app.member("Bob").await, app.agent("Eve").await, app.commander("Max").await);
    technical_ladder(&app, &eve).await;
    let first = app.open_ticket(&bob, "high", "medium").await;
    app.declare(&max, &first).await;
    let third = app.open_ticket(&bob, "high", "high").await;
    let body = json!({ "track": "technical", "reason": "It spreads" });
    app.post(&eve, &format!("{}/escalations", ticket_path(&third)), body).await.expect(200);
    app.declare(&max, &third).await;
    let listed = app.get(&max, &format!("{BASE}/major-incidents?is_active=true&limit=1")).await;
    let listed = listed.expect(200).json();
    assert_eq!((&listed["items"][0]["number"], listed["next"].is_string()), (&json!(2), true));
    app.get(&eve, &format!("{BASE}/major-incidents")).await.expect(403);
}

async fn roles_are_assigned_and_handed_over(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (eve, max) = (app.agent("Eve").await, app.commander("Max").await);
    let ticket = app.open_ticket(&eve, "high", "high").await;
    let made = app.declare(&max, &ticket).await;
    let assign = |role: &str, to: Value| {
        let (app, max, made, what) = (&app, &max, &made, format!("roles/{role}"));
        let body = Some(json!({ "user_id": to }));
        async move { app.on_incident(max, made, (Method::PUT, &what), body).await }
    };
    let after = assign("security", json!(eve.id)).await.expect(200).json();
    assert_eq!((&after["version"], &after["roles"][1]["role"]), (&json!(2), &json!("security")));
    let after = assign("commander", json!(eve.id)).await.expect(200).json();
    assert_eq!(after["roles"][0]["person"]["name"], "Eve");
    assert_eq!(told(&app, "role-assigned", &eve.id).await, 2);
    // Said again it changes nothing.
    let same = assign("commander", json!(eve.id)).await.expect(200).json();
    assert_eq!(same["version"], 3);
    assign("security", Value::Null).await.expect(200);
    for (role, to) in
        [("commander", Value::Null), ("technical", json!(suite_contracts::UserId::new()))]
    {
        let refused = assign(role, to).await.expect(400).json();
        assert_eq!(refused["errors"][0]["field"], "/user_id", "{refused}");
    }
    assign("jester", json!(eve.id)).await.expect(404);
    let path = format!("{}/roles/technical", incident_path(&made));
    let body = Some(json!({ "user_id": eve.id }));
    app.send(&max, (Method::PUT, &path), body.clone(), &[("if-match", "\"1\"")]).await.expect(412);
    app.send(&eve, (Method::PUT, &path), body, &[("if-match", "\"4\"")]).await.expect(403);
    // Who has no role of their own to fall back on names somebody.
    let robot = app.key(&[&AGENT[..], &LEADS].concat()).await;
    let other = app.open_ticket(&eve, "high", "high").await;
    let refused = app.try_declare(&robot, &other).await.expect(400).json();
    assert_eq!(refused["errors"][0]["field"], "/commander_id");
    assert_eq!(app.recorded("major-incident.role-assigned").await, 3);
}

async fn what_happened_is_only_added_to(backend: Backend) {
    let app = CatalogApp::stopped(backend).await;
    let (bob, cyd, max) =
        (app.member("Bob").await, app.member("Cyd").await, app.commander("Max").await);
    let ticket = app.open_ticket(&bob, "high", "high").await;
    let child = app.open_ticket(&cyd, "low", "low").await;
    let made = app.declare(&max, &ticket).await;
    let path = |what: &str| format!("{}/{what}", incident_path(&made));
    let body = json!({ "ticket_id": child["id"] });
    app.post(&max, &path("tickets"), body.clone()).await.expect(201);
    let again = app.post(&max, &path("tickets"), body).await.expect(409);
    assert_eq!(again.code(), "linked_already");
    let note = json!({ "text": "<script>alert(1)</script>", "at": "2026-01-02T03:04:05Z" });
    app.post(&max, &path("timeline"), note).await.expect(204);
    for (audience, text) in [("internal", "Secret"), ("requesters", "We look"), ("public", "Down")]
    {
        let mut body = json!({ "audience": audience, "text": text });
        if audience == "public" {
            body["public_title"] = json!("Printing");
        }
        app.post(&max, &path("updates"), body).await.expect(204);
    }
    let all = timeline(&app, &max, &made).await;
    let kinds: Vec<&str> = all.iter().map(|one| one["kind"].as_str().unwrap()).collect();
    let [updated, published] = ["updated", "published"];
    let rest = [updated, updated, "noted", "ticket_linked", "declared"];
    assert_eq!(kinds, [&[updated, published], &rest[..]].concat());
    assert_eq!(
        (&all[0]["audience"], &all[4]["at"]),
        (&json!("public"), &json!("2026-01-02T03:04:05.000Z"))
    );
    assert_eq!(all[4]["text"], "<script>alert(1)</script>");
    // Those who are affected see what is for them.
    for (requester, own) in [(&bob, &ticket), (&cyd, &child)] {
        let seen = app.get(requester, &format!("{}/major-incident", ticket_path(own))).await;
        let seen = seen.expect(200).json();
        let texts: Vec<&Value> =
            seen["updates"].as_array().unwrap().iter().map(|one| &one["text"]).collect();
        assert_eq!(texts, ["Down", "We look"]);
        assert_eq!(told(&app, "updated", &requester.id).await, 2);
        app.get(requester, &incident_path(&made)).await.expect(403);
    }
    let other = app.open_ticket(&bob, "low", "low").await;
    app.get(&bob, &format!("{}/major-incident", ticket_path(&other))).await.expect(404);
    app.get(&bob, &format!("{}/major-incident", ticket_path(&child))).await.expect(404);
}

async fn what_is_no_part_of_it_is_refused(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let max = app.commander("Max").await;
    let ticket = app.open_ticket(&max, "high", "high").await;
    let child = app.open_ticket(&max, "low", "low").await;
    let made = app.declare(&max, &ticket).await;
    let path = |what: &str| format!("{}/{what}", incident_path(&made));
    let body = json!({ "ticket_id": child["id"] });
    app.post(&max, &path("tickets"), body).await.expect(201);
    for (body, at) in [
        (json!({ "text": " " }), "/text"),
        (json!({ "text": "x".repeat(10_001) }), "/text"),
        (json!({ "text": "x", "at": "2100-01-01T00:00:00Z" }), "/at"),
        (json!({ "text": "x", "at": "yesterday" }), "/at"),
    ] {
        let refused = app.post(&max, &path("timeline"), body).await.expect(400).json();
        assert_eq!(refused["errors"][0]["field"], at, "{refused}");
    }
    // What is another's is no part of it.
    let (_, stranger) = app.tenant("Other").await;
    let foreign = app.open_ticket(&stranger, "low", "low").await;
    let body = json!({ "ticket_id": foreign["id"] });
    app.post(&max, &path("tickets"), body).await.expect(400);
    let body = json!({ "ticket_id": ticket["id"] });
    let refused = app.post(&max, &path("tickets"), body).await.expect(409);
    assert_eq!(refused.code(), "major_incident");
    let at = path(&format!("tickets/{}", id_of(&child)));
    app.send(&max, (Method::DELETE, &at), None, &[]).await.expect(204);
    app.send(&max, (Method::DELETE, &at), None, &[]).await.expect(404);
}

async fn it_is_resolved_with_all_its_tickets(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd, max) =
        (app.member("Bob").await, app.member("Cyd").await, app.commander("Max").await);
    let ticket = app.open_ticket(&bob, "high", "high").await;
    let (one, two) =
        (app.open_ticket(&cyd, "low", "low").await, app.open_ticket(&cyd, "low", "low").await);
    let made = app.declare(&max, &ticket).await;
    let path = |what: &str| format!("{}/{what}", incident_path(&made));
    for child in [&one, &two] {
        let body = json!({ "ticket_id": child["id"] });
        app.post(&max, &path("tickets"), body).await.expect(201);
    }
    app.move_ticket(&max, &two, "resolved").await.expect(200);
    let all = path("resolve-tickets");
    let resolve = || app.post(&max, &all, json!({}));
    assert_eq!(resolve().await.expect(409).code(), "incident_open");
    let resolved = app.move_incident(&max, &made, "resolved").await.expect(200).json();
    assert_eq!(resolved["solution"], "Water");
    for requester in [&bob, &cyd] {
        assert_eq!(told(&app, "resolved", &requester.id).await, 1);
    }
    let done = resolve().await.expect(200).json();
    let done = done["items"].as_array().unwrap();
    assert_eq!(done.len(), 2);
    assert!(done.iter().all(|one| one["version"] == 2 && one["refusal"].is_null()), "{done:?}");
    assert_eq!(app.ticket(&cyd, &one).await["solution"], "Water");
    assert_eq!(app.ticket(&cyd, &two).await["solution"], "Put it out");
    assert_eq!(resolve().await.expect(200).json()["items"], json!([]));
}

async fn it_goes_back_and_forth_until_it_is_over(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let max = app.commander("Max").await;
    let ticket = app.open_ticket(&max, "high", "high").await;
    let made = app.declare(&max, &ticket).await;
    for to in ["investigating", "identified", "monitoring", "investigating"] {
        assert_eq!(app.move_incident(&max, &made, to).await.expect(200).json()["state"], to);
    }
    let refused = app.move_incident(&max, &made, "declared").await.expect(409);
    assert_eq!(refused.code(), "no_such_move");
    for body in [json!({ "to": "resolved" }), json!({ "to": "monitoring", "solution": "x" })] {
        let moved = app.on_incident(&max, &made, (Method::POST, "state"), Some(body)).await;
        assert_eq!(moved.expect(400).json()["errors"][0]["field"], "/solution");
    }
    app.move_incident(&max, &made, "resolved").await.expect(200);
    assert_eq!(app.move_incident(&max, &made, "reviewed").await.expect(409).code(), "no_review");
    // It has come back.
    let again = app.move_incident(&max, &made, "investigating").await.expect(200).json();
    assert!(again["solution"].is_null() && again["resolved_at"].is_null(), "{again}");
    assert_eq!(app.recorded("major-incident.state-changed").await, 6);
}

on_every_backend!(
    an_urgent_ticket_is_declared_once,
    what_is_declared_is_merged_into_nothing,
    an_escalation_that_goes_on_goes_on,
    roles_are_assigned_and_handed_over,
    what_happened_is_only_added_to,
    what_is_no_part_of_it_is_refused,
    it_is_resolved_with_all_its_tickets,
    it_goes_back_and_forth_until_it_is_over,
);
