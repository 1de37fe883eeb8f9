//! Business calendars: made, revised, and closed on holidays, also those of the past.

use reqwest::Method;
use serde_json::{Value, json};
use suite_kit::clock::{parse_rfc3339, rfc3339};
use suite_testkit::{Answer, Backend, on_every_backend};

use crate::fixture::{BASE, CatalogApp, id_of, stage, user};

const HOUR_MS: i64 = 3_600_000;

fn office() -> Value {
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday"];
    let hours: Vec<Value> =
        days.iter().map(|day| json!({ "weekday": day, "from": "09:00", "to": "17:00" })).collect();
    json!({ "zone": "Europe/Berlin", "hours": hours })
}

async fn made(app: &CatalogApp, name: &str) -> Value {
    let body = json!({ "name": name, "content": office() });
    app.post(&app.admin, &format!("{BASE}/calendars"), body).await.expect(201).json()
}

async fn post(app: &CatalogApp, calendar: &Value, what: &str, body: Value) -> Answer {
    let path = format!("{BASE}/calendars/{}", id_of(calendar));
    let etag = app.get(&app.admin, &path).await.expect(200).header("etag").to_owned();
    let path = format!("{path}/{what}");
    app.send(&app.admin, (Method::POST, &path), Some(body), &[("if-match", &etag)]).await
}

async fn a_calendar_is_made_and_may_be_the_default(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let path = format!("{BASE}/calendars");
    let first = made(&app, "Berlin").await;
    assert_eq!((first["is_default"].as_bool(), first["version"].as_i64()), (Some(false), Some(1)));
    assert_eq!(first["content"]["zone"], "Europe/Berlin");
    assert_eq!(first["content"]["hours"], office()["hours"]);
    let body = json!({ "name": "Berlin", "content": office() });
    assert_eq!(app.post(&app.admin, &path, body).await.expect(409).code(), "name_taken");
    for (field, value, at) in [
        ("zone", json!("Europe/Atlantis"), "/content/zone"),
        ("hours", json!([]), "/content/hours"),
        (
            "hours",
            json!([{ "weekday": "monday", "from": "9", "to": "17:00" }]),
            "/content/hours/0/from",
        ),
        (
            "holidays",
            json!([{ "name": "x", "from": "2026-12-25", "to": "2026-12-24" }]),
            "/content/holidays/0/to",
        ),
    ] {
        let mut body = json!({ "name": "Wrong", "content": office() });
        body["content"][field] = value;
        let refused = app.post(&app.admin, &path, body).await.expect(400).json();
        assert_eq!(refused["errors"][0]["field"], at, "{refused}");
    }
    let own = format!("{path}/{}", id_of(&first));
    let body = json!({ "name": "Office", "is_default": true });
    let changed = app.change(&app.admin, Method::PATCH, &own, Some(body)).await.expect(200);
    assert_eq!(changed.json()["is_default"], true);
    let stale = [("if-match", "\"1\"")];
    let body = Some(json!({ "name": "Late" }));
    app.send(&app.admin, (Method::PATCH, &own), body, &stale).await.expect(412);
    made(&app, "Another").await;
    let list = app.get(&app.admin, &path).await.expect(200).json();
    let names = list["items"].as_array().unwrap().iter();
    let names: Vec<_> = names.map(|one| (one["name"].clone(), one["is_default"].clone())).collect();
    assert_eq!(names, [(json!("Another"), json!(false)), (json!("Office"), json!(true))]);
    assert_eq!(app.recorded("calendar.created").await, 2);
    assert_eq!(app.recorded("calendar.changed").await, 1);
}

async fn a_revision_is_a_version_and_the_old_one_stays(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let calendar = made(&app, "Office").await;
    let mut content = office();
    content["hours"] = json!([{ "weekday": "saturday", "from": "22:00", "to": "06:00" }]);
    let past = "2026-01-05T08:00:00.000Z";
    let body = json!({ "effective_from": past, "content": content });
    let revised = post(&app, &calendar, "versions", body.clone()).await.expect(200).json();
    assert_eq!(revised["version"], 2);
    assert_eq!(revised["versions"][1]["effective_from"], past);
    // In force is the one whose instant came last, which is the first one.
    assert_eq!(revised["content"]["hours"], office()["hours"]);
    let path = format!("{BASE}/calendars/{}", id_of(&calendar));
    let second = app.get(&app.admin, &format!("{path}/versions/2")).await.expect(200).json();
    assert_eq!(second["hours"], content["hours"]);
    app.get(&app.admin, &format!("{path}/versions/3")).await.expect(404);
    let now = json!({ "content": content });
    let revised = post(&app, &calendar, "versions", now.clone()).await.expect(200).json();
    assert_eq!(revised["content"]["hours"], content["hours"]);
    let versions = format!("{path}/versions");
    let stale = [("if-match", "\"2\"")];
    app.send(&app.admin, (Method::POST, &versions), Some(now), &stale).await.expect(412);
    let wrong = json!({ "effective_from": "yesterday", "content": content });
    let refused = post(&app, &calendar, "versions", wrong).await.expect(400).json();
    assert_eq!(refused["errors"][0]["field"], "/effective_from");
    assert_eq!(app.recorded("calendar.revised").await, 2);
}

async fn of_two_revisions_at_once_one_counts(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let calendar = made(&app, "Office").await;
    let path = format!("{BASE}/calendars/{}/versions", id_of(&calendar));
    let revise = || {
        let body = Some(json!({ "content": office() }));
        app.send(&app.admin, (Method::POST, &path), body, &[("if-match", "\"1\"")])
    };
    let (one, two) = tokio::join!(revise(), revise());
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
}

async fn holidays_are_added_to_the_past_once(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let calendar = made(&app, "Office").await;
    let body =
        json!({ "holidays": [{ "name": "Forgotten", "from": "2026-03-02", "to": "2026-03-03" }] });
    let closed = post(&app, &calendar, "holidays", body.clone()).await.expect(200).json();
    assert_eq!(closed["content"]["holidays"], body["holidays"]);
    let versions = closed["versions"].as_array().unwrap();
    // One for the past, and one in the place of that which is in force now.
    assert_eq!(versions.len(), 3);
    assert!(versions[1]["effective_from"].as_str().unwrap() < "2026-03-02");
    assert_eq!(versions[2]["effective_from"], versions[0]["effective_from"]);
    let again = post(&app, &calendar, "holidays", body).await.expect(200).json();
    assert_eq!((again["version"].as_i64(), &again["versions"]), (Some(2), &closed["versions"]));
    let none = post(&app, &calendar, "holidays", json!({ "holidays": [] })).await.expect(400);
    assert_eq!(none.json()["errors"][0]["field"], "/holidays");
    assert_eq!(app.recorded("calendar.revised").await, 1);
}

const FILE: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//EN\r\nBEGIN:VEVENT\r\n\
    UID:1\r\nDTSTART;VALUE=DATE:20200501\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:May Day\r\nEND:VEVENT\r\n\
    END:VCALENDAR\r\n";

async fn holidays_come_from_icalendar_files(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let calendar = made(&app, "Office").await;
    let import = |file: &str| {
        let body = json!({ "file": file, "first": "2027-01-01", "last": "2028-12-31" });
        post(&app, &calendar, "import", body)
    };
    let imported = import(FILE).await.expect(200).json();
    assert_eq!(
        imported["content"]["holidays"],
        json!([
            { "name": "May Day", "from": "2027-05-01", "to": "2027-05-01" },
            { "name": "May Day", "from": "2028-05-01", "to": "2028-05-01" },
        ])
    );
    // The same file again adds nothing.
    assert_eq!(import(FILE).await.expect(200).json()["version"], imported["version"]);
    let broken = import(&FILE.replace("20200501", "20201301")).await.expect(400).json();
    assert_eq!(broken["errors"][0]["field"], "/file");
    assert!(broken["detail"].as_str().unwrap().starts_with("line "), "{broken}");
    let none = import("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n").await.expect(400);
    assert!(none.text.contains("no holiday"), "{}", none.text);
}

async fn deadlines_of_approvals_count_by_the_default_calendar(backend: Backend) {
    let app = CatalogApp::stopped(backend).await;
    let (bob, cyd) = (app.member("Bob").await, app.member("Cyd").await);
    let mut asked = stage(json!("any"), &[user(&cyd)]);
    asked["deadline"] = json!({ "within_minutes": 60 });
    let item = app.item("Desk", "1", json!([asked])).await;
    let now_ms = app.app.clock.now_ms();
    let due_in_ms = |request: &Value| {
        let due = request["stages"][0]["due_at"].as_str().expect("a deadline");
        parse_rfc3339(due).unwrap() - now_ms
    };
    assert_eq!(due_in_ms(&app.ask(&bob, &item).await), HOUR_MS);
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let hours: Vec<Value> =
        days.iter().map(|day| json!({ "weekday": day, "from": "00:00", "to": "24:00" })).collect();
    let closed = json!({
        "name": "Move", "from": rfc3339(now_ms - HOUR_MS), "to": rfc3339(now_ms + 48 * HOUR_MS),
    });
    let content = json!({ "zone": "Asia/Kolkata", "hours": hours, "holidays": [closed] });
    let body = json!({ "name": "India", "is_default": true, "content": content });
    app.post(&app.admin, &format!("{BASE}/calendars"), body).await.expect(201);
    assert_eq!(due_in_ms(&app.ask(&bob, &item).await), 49 * HOUR_MS);
}

on_every_backend!(
    a_calendar_is_made_and_may_be_the_default,
    a_revision_is_a_version_and_the_old_one_stays,
    of_two_revisions_at_once_one_counts,
    holidays_are_added_to_the_past_once,
    holidays_come_from_icalendar_files,
    deadlines_of_approvals_count_by_the_default_calendar,
);
