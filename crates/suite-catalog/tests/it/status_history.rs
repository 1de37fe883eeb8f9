//! What a status page says of days before, and of maintenance as time goes by.

use reqwest::Method;
use serde_json::{Value, json};
use suite_testkit::{Backend, on_every_backend};

use crate::fixture::{CatalogApp, Person, id_of};
use crate::status::{component_path, page_path, states};

const DAYS: usize = 90;
const DAY_MS: i64 = 86_400_000;

fn maintenance_path(maintenance: &Value) -> String {
    format!("{}/maintenance/{}", page_path(), id_of(maintenance))
}

/// Sets the clock to an hour of its day, so that no test depends on when it runs.
fn at_hour(app: &CatalogApp, hour: i64) {
    let now_ms = app.app.clock.now_ms();
    app.app.clock.advance_ms(DAY_MS - now_ms.rem_euclid(DAY_MS) + hour * 3_600_000);
}

/// The last days of the first component.
fn last_days(status: &Value, count: usize) -> Vec<Option<&str>> {
    let days = status["components"][0]["days"].as_array().expect("days");
    assert_eq!(days.len(), DAYS);
    days[DAYS - count..].iter().map(Value::as_str).collect()
}

async fn signed_in(app: &mut CatalogApp) -> Person {
    app.later(0, &mut []).await;
    app.admin.clone()
}

async fn maintenance_comes_runs_and_is_over(backend: Backend) {
    let mut app = CatalogApp::stopped(backend).await;
    at_hour(&app, 6);
    let admin = signed_in(&mut app).await;
    app.publish_page(&admin, "works").await;
    let mail = app.status_component(&admin, "Mail").await;
    let made = app.plan_maintenance(&admin, &mail, (2, 4)).await;
    assert_eq!(made["phase"], "coming");
    let seen = app.status("works").await;
    assert_eq!((states(&seen)[0].1, &seen["state"]), ("operational", &json!("operational")));
    assert_eq!(seen["maintenance"][0]["phase"], "coming");
    assert_eq!(seen["maintenance"][0]["components"], json!(["Mail"]));
    app.later(3, &mut []).await;
    let seen = app.status("works").await;
    assert_eq!((states(&seen)[0].1, &seen["state"]), ("maintenance", &json!("maintenance")));
    assert_eq!(seen["maintenance"][0]["phase"], "running");
    // What is worse shows meanwhile.
    let admin = app.admin.clone();
    app.set_by_hand(&admin, &mail, "degraded", "").await;
    assert_eq!(states(&app.status("works").await)[0].1, "degraded");
    app.set_by_hand(&admin, &mail, "operational", "").await;
    app.later(2, &mut []).await;
    let seen = app.status("works").await;
    assert_eq!((states(&seen)[0].1, &seen["maintenance"]), ("operational", &json!([])));
    assert_eq!(seen["past_maintenance"][0]["title"], "New switches");
    assert!(app.feed("works").await.contains("New switches"));
    assert_eq!(app.recorded("maintenance.planned").await, 1);
}

async fn a_feed_says_when_maintenance_was_changed(backend: Backend) {
    let mut app = CatalogApp::stopped(backend).await;
    let admin = app.admin.clone();
    app.publish_page(&admin, "works").await;
    let mail = app.status_component(&admin, "Mail").await;
    let made = app.plan_maintenance(&admin, &mail, (2, 4)).await;
    // Readers of feeds take up what was changed as something new.
    app.later(1, &mut []).await;
    let admin = app.admin.clone();
    let body = app.maintenance(&mail, (1, 3));
    let path = maintenance_path(&made);
    app.change(&admin, Method::PUT, &path, Some(body)).await.expect(200);
    let told = app.status("works").await["maintenance"][0].clone();
    assert_ne!(told["announced_at"], told["updated_at"]);
    let updated = format!("<updated>{}</updated>", told["updated_at"].as_str().unwrap());
    assert!(app.feed("works").await.contains(&updated));
}

async fn what_has_begun_is_part_of_what_was(backend: Backend) {
    let mut app = CatalogApp::stopped(backend).await;
    let admin = app.admin.clone();
    let mail = app.status_component(&admin, "Mail").await;
    let list = format!("{}/maintenance", page_path());
    let refused = |hours: (i64, i64), at: &'static str| {
        let (app, admin, list, body) = (&app, &admin, &list, app.maintenance(&mail, hours));
        async move {
            let refused = app.post(admin, list, body).await.expect(400).json();
            assert_eq!(refused["errors"][0]["field"], at, "{hours:?}");
        }
    };
    refused((-1, 2), "/begins_at").await;
    refused((24 * 500, 24 * 501), "/begins_at").await;
    refused((2, 2), "/ends_at").await;
    refused((1, 24 * 40), "/ends_at").await;
    let mut nothing = app.maintenance(&mail, (1, 2));
    nothing["component_ids"] = json!([]);
    app.post(&admin, &list, nothing).await.expect(400);
    let made = app.plan_maintenance(&admin, &mail, (2, 4)).await;
    let path = maintenance_path(&made);
    // As long as it is to come it moves, and goes.
    let body = app.maintenance(&mail, (1, 4));
    app.change(&admin, Method::PUT, &path, Some(body.clone())).await.expect(200);
    app.send(&admin, (Method::PUT, &path), Some(body), &[("if-match", "\"1\"")]).await.expect(412);
    let other = app.plan_maintenance(&admin, &mail, (2, 4)).await;
    app.change(&admin, Method::DELETE, &maintenance_path(&other), None).await.expect(204);
    app.get(&admin, &maintenance_path(&other)).await.expect(404);
    app.later(2, &mut []).await;
    let admin = app.admin.clone();
    let refused = app.change(&admin, Method::DELETE, &path, None).await.expect(409);
    assert_eq!(refused.code(), "maintenance_begun");
    // It keeps when it began, and may end now.
    let body = app.maintenance(&mail, (1, 0));
    let ended = app.change(&admin, Method::PUT, &path, Some(body.clone())).await.expect(200).json();
    assert_eq!(ended["phase"], "over");
    assert_ne!(ended["begins_at"], body["begins_at"]);
    let refused = app.change(&admin, Method::PUT, &path, Some(body)).await.expect(409);
    assert_eq!(refused.code(), "maintenance_over");
    let listed = app.get(&admin, &format!("{list}?limit=1")).await.expect(200).json();
    assert_eq!(listed["items"][0]["id"], made["id"]);
    for (action, times) in [("planned", 2), ("changed", 2), ("removed", 1)] {
        assert_eq!(app.recorded(&format!("maintenance.{action}")).await, times, "{action}");
    }
}

async fn days_are_as_bad_as_what_was_recorded(backend: Backend) {
    let mut app = CatalogApp::stopped(backend).await;
    at_hour(&app, 9);
    let admin = signed_in(&mut app).await;
    app.publish_page(&admin, "works").await;
    let mail = app.status_component(&admin, "Mail").await;
    assert_eq!(last_days(&app.status("works").await, 2), [None, Some("operational")]);
    // Two days later an incident takes an hour; the day after there is maintenance.
    app.later(48, &mut []).await;
    let admin = app.admin.clone();
    let ticket = app.open_ticket(&admin, "high", "high").await;
    let incident = app.declare(&admin, &ticket).await;
    let impacts = [(&mail, "partial_outage")];
    app.publish_incident(&admin, &incident, (json!("Mail"), &impacts)).await.expect(200);
    app.plan_maintenance(&admin, &mail, (24, 25)).await;
    app.later(1, &mut []).await;
    let admin = app.admin.clone();
    app.move_incident(&admin, &incident, "resolved").await.expect(200);
    app.later(48, &mut []).await;
    let fine = Some("operational");
    let expected = [None, fine, fine, Some("partial_outage"), Some("maintenance"), fine];
    let seen = app.status("works").await;
    assert_eq!(last_days(&seen, 6), expected);
    assert_eq!(last_days(&seen, DAYS)[..DAYS - 6], vec![None; DAYS - 6]);
    // A state that lasts shows on each of its days, and what is older than all days is known still.
    let admin = app.admin.clone();
    app.set_by_hand(&admin, &mail, "degraded", "Slow").await;
    app.later(24 * 95, &mut []).await;
    let seen = app.status("works").await;
    assert_eq!(last_days(&seen, DAYS), vec![Some("degraded"); DAYS]);
    assert_eq!(seen["past_incidents"], json!([]));
    let admin = app.admin.clone();
    app.set_by_hand(&admin, &mail, "operational", "").await;
    app.later(24, &mut []).await;
    let seen = app.status("works").await;
    assert_eq!(last_days(&seen, 3), [Some("degraded"), Some("degraded"), fine]);
    // With a component goes what was recorded of it.
    let admin = app.admin.clone();
    app.change(&admin, Method::DELETE, &component_path(&mail), None).await.expect(204);
    assert_eq!(app.count("status_change").await, 0);
}

async fn incidents_that_are_over_stand_for_ninety_days(backend: Backend) {
    let mut app = CatalogApp::stopped(backend).await;
    let admin = app.admin.clone();
    app.publish_page(&admin, "works").await;
    let mut incidents = Vec::new();
    for title in ["First", "Second"] {
        let ticket = app.open_ticket(&admin, "high", "high").await;
        let incident = app.declare(&admin, &ticket).await;
        app.publish_incident(&admin, &incident, (json!(title), &[])).await.expect(200);
        incidents.push(incident);
    }
    app.move_incident(&admin, &incidents[0], "resolved").await.expect(200);
    app.later(24 * 88, &mut []).await;
    let seen = app.status("works").await;
    let title = |seen: &Value, kind: &str| seen[kind][0]["title"].clone();
    assert_eq!(title(&seen, "past_incidents"), "First");
    app.later(24 * 3, &mut []).await;
    let seen = app.status("works").await;
    // What goes on stands however old it is.
    assert_eq!((title(&seen, "incidents"), &seen["past_incidents"]), (json!("Second"), &json!([])));
}

on_every_backend!(
    maintenance_comes_runs_and_is_over,
    a_feed_says_when_maintenance_was_changed,
    what_has_begun_is_part_of_what_was,
    days_are_as_bad_as_what_was_recorded,
    incidents_that_are_over_stand_for_ninety_days,
);
