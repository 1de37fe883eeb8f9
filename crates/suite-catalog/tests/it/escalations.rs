//! Escalation: whom a ticket's ladder calls, and who is called when they do not answer.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use suite_testkit::{Answer, Backend, on_every_backend};

use crate::desk::ticket_path;
use crate::fixture::{BASE, CatalogApp, Person, user};

const MINUTE_MS: i64 = 60_000;
const WAIT_S_MAX: u64 = 30;

fn level(responders: &[Value], minutes: u32) -> Value {
    json!({ "responders": responders, "answer_minutes": minutes })
}

async fn set(app: &CatalogApp, track: &str, levels: Value, version: &str) -> Answer {
    let path = format!("{BASE}/escalation-ladders/{track}");
    let body = Some(json!({ "levels": levels, "is_around_the_clock": true }));
    app.send(&app.admin, (Method::PUT, &path), body, &[("if-match", version)]).await
}

async fn escalate(app: &CatalogApp, by: &Person, ticket: &Value, track: &str) -> Answer {
    let path = format!("{}/escalations", ticket_path(ticket));
    app.post(by, &path, json!({ "track": track, "reason": "It spreads" })).await
}

async fn step(app: &CatalogApp, by: &Person, ticket: &Value, step: &str) -> Answer {
    let path = format!("{}/escalations/technical", ticket_path(ticket));
    app.post(by, &path, json!({ "step": step })).await
}

async fn climb(app: &CatalogApp, by: &Person, ticket: &Value) -> Value {
    let path = format!("{}/escalations", ticket_path(ticket));
    app.get(by, &path).await.expect(200).json()["items"][0].clone()
}

/// A ladder of two levels: Cyd for a minute, then the group of Dan for two.
async fn ladder(app: &CatalogApp) -> [Person; 3] {
    let (eve, cyd, dan) =
        (app.agent("Eve").await, app.member("Cyd").await, app.member("Dan").await);
    let group = app.group("Second", &[&dan]).await;
    let levels = json!([level(&[user(&cyd)], 1), level(&[json!({ "group": group })], 2)]);
    set(app, "technical", levels, "\"0\"").await.expect(200);
    [eve, cyd, dan]
}

/// How often somebody was asked to be told of a call.
async fn called(app: &CatalogApp, person: &Person) -> i64 {
    let told = format!(
        "event_outbox WHERE name = 'service-catalog.notification.requested' \
         AND data LIKE '%ticket.escalated%' AND data LIKE '%{}%'",
        person.id
    );
    app.count(&told).await
}

async fn wait_until_called(app: &CatalogApp, person: &Person, times: i64) {
    let deadline = Instant::now() + Duration::from_secs(WAIT_S_MAX);
    while called(app, person).await != times {
        assert!(Instant::now() < deadline, "{} is not called", person.name);
        app.app.clock.advance_ms(1_000);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Whom a view names has a name, whoever may read groups and people or not.
#[track_caller]
fn names_are(view: &Value, people: &[&str], groups: &[&str]) {
    let names = |of: &str| {
        let all = view[of].as_array().unwrap().iter();
        all.map(|one| one["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names("people"), people);
    assert_eq!(names("groups"), groups);
}

async fn ladders_are_set_and_checked(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let [_, cyd, _] = ladder(&app).await;
    let one = || json!([level(&[user(&cyd)], 5)]);
    set(&app, "technical", one(), "\"0\"").await.expect(412);
    assert_eq!(set(&app, "technical", one(), "\"1\"").await.expect(200).json()["version"], 2);
    set(&app, "security", one(), "\"3\"").await.expect(412);
    set(&app, "magical", one(), "\"0\"").await.expect(404);
    let stranger = json!({ "user": suite_contracts::UserId::new() });
    for (levels, at) in [
        (json!([]), "/levels"),
        (json!([level(&[], 5)]), "/levels/0/responders"),
        (json!([level(&[user(&cyd)], 0)]), "/levels/0/answer_minutes"),
        (json!([level(&[stranger], 5)]), "/levels"),
    ] {
        let refused = set(&app, "business", levels, "\"0\"").await.expect(400).json();
        assert_eq!(refused["errors"][0]["field"], at, "{refused}");
    }
    let list = app.get(&app.admin, &format!("{BASE}/escalation-ladders")).await.expect(200).json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    assert_eq!(list["items"][0]["ladder"]["levels"][0]["answer_minutes"], 5);
    assert_eq!(list["people"], json!([{ "id": cyd.id, "name": "Cyd" }]));
}

async fn a_level_that_does_not_answer_passes_to_the_next(backend: Backend) {
    let app = CatalogApp::stopped(backend).await;
    let [eve, cyd, dan] = ladder(&app).await;
    let ticket = app.open_ticket(&eve, "high", "high").await;
    assert_eq!(escalate(&app, &eve, &ticket, "security").await.expect(409).code(), "no_ladder");
    escalate(&app, &cyd, &ticket, "technical").await.expect(403);
    escalate(&app, &eve, &ticket, "technical").await.expect(200);
    let twice = escalate(&app, &eve, &ticket, "technical").await.expect(409);
    assert_eq!(twice.code(), "escalated_already");
    assert_eq!((called(&app, &cyd).await, called(&app, &dan).await), (1, 0));
    // Nobody has looked yet, and it stands where it stands.
    app.app.clock.advance_ms(MINUTE_MS);
    let stands = climb(&app, &eve, &ticket).await;
    assert_eq!((&stands["state"], &stands["level"]), (&json!("calling"), &json!(1)));
    wait_until_called(&app, &dan, 1).await;
    app.app.clock.advance_ms(2 * MINUTE_MS);
    assert_eq!(climb(&app, &eve, &ticket).await["state"], "exhausted");
    // All hear once that nobody answers.
    wait_until_called(&app, &dan, 2).await;
    wait_until_called(&app, &cyd, 2).await;
    for _ in 0..3 {
        app.app.clock.advance_ms(MINUTE_MS / 2);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!((called(&app, &cyd).await, called(&app, &dan).await), (2, 2));
    // It is never too late to answer.
    let answered = step(&app, &dan, &ticket, "answer").await.expect(200).json();
    assert_eq!(answered["items"][0]["state"], "answered");
    assert_eq!(answered["items"][0]["answered_by"], dan.id.as_str());
    names_are(&answered, &["Cyd", "Dan"], &["Second"]);
    // Begun, two calls, exhausted, answered.
    assert_eq!(app.recorded("ticket.escalated").await, 5);
}

async fn whoever_is_called_sees_what_it_is_about(backend: Backend) {
    let app = CatalogApp::stopped(backend).await;
    let [eve, cyd, dan] = ladder(&app).await;
    let ticket = app.open_ticket(&eve, "high", "high").await;
    app.get(&cyd, &ticket_path(&ticket)).await.expect(404);
    escalate(&app, &eve, &ticket, "technical").await.expect(200);
    // But not what agents say among themselves.
    app.note(&eve, &ticket, "Secret").await.expect(200);
    for person in [&cyd, &dan] {
        assert_eq!(app.ticket(person, &ticket).await["is_called"], true, "{}", person.name);
        assert_eq!(climb(&app, person, &ticket).await["state"], "calling");
        assert!(!app.happened(person, &ticket).await.contains(&"noted".to_owned()));
    }
    let ann = app.member("Ann").await;
    app.get(&ann, &ticket_path(&ticket)).await.expect(404);
    app.get(&ann, &format!("{}/escalations", ticket_path(&ticket))).await.expect(404);
    app.move_ticket(&eve, &ticket, "resolved").await.expect(200);
    app.get(&cyd, &ticket_path(&ticket)).await.expect(404);
}

async fn an_answer_stops_it_and_may_be_taken_back(backend: Backend) {
    let app = CatalogApp::stopped(backend).await;
    let [eve, cyd, dan] = ladder(&app).await;
    let bob = app.member("Bob").await;
    let ticket = app.open_ticket(&bob, "high", "high").await;
    step(&app, &eve, &ticket, "answer").await.expect(404);
    escalate(&app, &eve, &ticket, "technical").await.expect(200);
    // Who is not called has nothing to answer.
    step(&app, &bob, &ticket, "answer").await.expect(404);
    step(&app, &cyd, &ticket, "answer").await.expect(200);
    assert_eq!(step(&app, &dan, &ticket, "answer").await.expect(409).code(), "no_such_step");
    app.app.clock.advance_ms(3 * MINUTE_MS);
    assert_eq!(climb(&app, &eve, &ticket).await["state"], "answered");
    let again = step(&app, &cyd, &ticket, "take_back").await.expect(200).json();
    assert_eq!(
        (&again["items"][0]["level"], &again["items"][0]["state"]),
        (&json!(0), &json!("calling"))
    );
    step(&app, &eve, &ticket, "pass").await.expect(200);
    assert_eq!(called(&app, &dan).await, 1);
    assert_eq!(step(&app, &eve, &ticket, "pass").await.expect(409).code(), "no_such_step");
    // Of what is solved nobody is called any more.
    app.move_ticket(&eve, &ticket, "resolved").await.expect(200);
    assert_eq!(climb(&app, &eve, &ticket).await["state"], "idle");
    assert_eq!(escalate(&app, &eve, &ticket, "technical").await.expect(409).code(), "ticket_done");
    app.app.clock.advance_ms(3 * MINUTE_MS);
    app.move_ticket(&eve, &ticket, "open").await.expect(200);
    // Begun again it is from the first level.
    let anew = escalate(&app, &eve, &ticket, "technical").await.expect(200).json();
    assert_eq!(anew["items"][0]["level"], 0);
}

async fn two_who_answer_at_once_are_one_answer(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let [eve, cyd, dan] = ladder(&app).await;
    let ticket = app.open_ticket(&eve, "high", "high").await;
    escalate(&app, &eve, &ticket, "technical").await.expect(200);
    let (one, two) =
        tokio::join!(step(&app, &cyd, &ticket, "answer"), step(&app, &dan, &ticket, "answer"));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
}

on_every_backend!(
    ladders_are_set_and_checked,
    a_level_that_does_not_answer_passes_to_the_next,
    whoever_is_called_sees_what_it_is_about,
    an_answer_stops_it_and_may_be_taken_back,
    two_who_answer_at_once_are_one_answer,
);
