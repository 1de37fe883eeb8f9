//! Reminders, deadlines and escalation, whether or not anybody looks.

use serde_json::json;
use suite_testkit::{Backend, on_every_backend};

use crate::fixture::{CatalogApp, Person, stage, user};

/// An item whose approver has a day, with a reminder after half of it.
async fn due_item(app: &CatalogApp, approver: &Person, escalate_to: &[&Person]) -> String {
    let mut stage = stage(json!("all"), &[user(approver)]);
    stage["deadline"] = json!({ "within_minutes": 1440, "remind_after_minutes": [720] });
    let to: Vec<_> = escalate_to.iter().map(|person| user(person)).collect();
    stage["escalate_to"] = json!(to);
    app.item("Desk", "1", json!([stage])).await
}

/// The job moves it on.
async fn a_stage_passes_to_others_at_its_deadline(backend: Backend) {
    let mut app = CatalogApp::stopped(backend).await;
    let (mut bob, mut cyd, mut dan) =
        (app.member("Bob").await, app.member("Cyd").await, app.member("Dan").await);
    let item = due_item(&app, &cyd, &[&dan]).await;
    let made = app.ask(&bob, &item).await;
    app.later(13, &mut [&mut bob, &mut cyd, &mut dan]).await;
    // The reminder is given once, however often it is looked.
    app.show(&bob, &made).await;
    app.show(&bob, &made).await;
    assert_eq!(app.recorded("approval.reminded").await, 1);
    assert_eq!(app.asked(&cyd).await, [1]);
    app.later(12, &mut [&mut bob, &mut cyd, &mut dan]).await;
    app.wait_until_asked(&dan, &[1]).await;
    assert!(app.asked(&cyd).await.is_empty());
    assert_eq!(app.recorded("approval.escalated").await, 1);
    let late = app.decide(&cyd, &made, 0, "approve").await.expect(403);
    assert_eq!(late.code(), "not_asked");
    let done = app.decide(&dan, &made, 0, "approve").await.expect(200).json();
    assert_eq!(done["state"], "fulfilled");
    let seats = done["stages"][0]["seats"].as_array().unwrap();
    assert_eq!(
        (seats[0]["state"].as_str(), seats[1]["is_escalation"].as_bool()),
        (Some("lapsed"), Some(true))
    );
}

/// A decision after the deadline does not count, even if nothing else has noticed it.
async fn a_deadline_has_passed_whether_or_not_anybody_looked(backend: Backend) {
    let mut app = CatalogApp::stopped(backend).await;
    let (mut bob, mut cyd, mut dan) =
        (app.member("Bob").await, app.member("Cyd").await, app.member("Dan").await);
    let item = due_item(&app, &cyd, &[&dan]).await;
    let made = app.ask(&bob, &item).await;
    app.later(25, &mut [&mut bob, &mut cyd, &mut dan]).await;
    let late = app.decide(&cyd, &made, 0, "approve").await.expect(403);
    assert_eq!(late.code(), "not_asked");
    // What the deadline did is kept, though the decision was refused.
    assert_eq!(app.asked(&dan).await, [1]);
    assert_eq!(app.recorded("approval.decided").await, 0);
    assert_eq!(app.recorded("approval.escalated").await, 1);
}

async fn without_anybody_else_a_stage_is_overdue_and_stays_open(backend: Backend) {
    let mut app = CatalogApp::stopped(backend).await;
    let (mut bob, mut cyd) = (app.member("Bob").await, app.member("Cyd").await);
    let item = due_item(&app, &cyd, &[]).await;
    let made = app.ask(&bob, &item).await;
    app.later(25, &mut [&mut bob, &mut cyd]).await;
    for _ in 0..2 {
        assert_eq!(app.show(&bob, &made).await["stages"][0]["is_overdue"], true);
    }
    assert_eq!(app.recorded("approval.overdue").await, 1);
    let version = app.show(&bob, &made).await["version"].clone();
    app.later(50, &mut [&mut bob, &mut cyd]).await;
    // A late look changes nothing.
    assert_eq!(app.show(&bob, &made).await["version"], version);
    let done = app.decide(&cyd, &made, 0, "approve").await.expect(200).json();
    assert_eq!(done["state"], "fulfilled");
}

on_every_backend!(
    a_stage_passes_to_others_at_its_deadline,
    a_deadline_has_passed_whether_or_not_anybody_looked,
    without_anybody_else_a_stage_is_overdue_and_stays_open,
);
