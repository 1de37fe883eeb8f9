//! Clocks of tickets: right whenever they are read, explained, and told of once.

use std::time::{Duration, Instant};

use reqwest::Method;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use suite_kit::clock::{parse_rfc3339, rfc3339};
use suite_testkit::{Backend, on_every_backend};

use crate::desk::ticket_path;
use crate::fixture::{BASE, CatalogApp, Person, id_of};

const HOUR_MS: i64 = 3_600_000;
const WAIT_S_MAX: u64 = 30;
const DAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// A default calendar that is open every day at these times.
async fn calendar(app: &CatalogApp, zone: &str, from: &str, to: &str) -> Value {
    let hours: Vec<Value> =
        DAYS.iter().map(|day| json!({ "weekday": day, "from": from, "to": to })).collect();
    let content = json!({ "zone": zone, "hours": hours });
    let body = json!({ "name": "Desk", "is_default": true, "content": content });
    app.post(&app.admin, &format!("{BASE}/calendars"), body).await.expect(201).json()
}

async fn close(app: &CatalogApp, calendar: &Value, from_ms: i64, to_ms: i64) {
    let own = format!("{BASE}/calendars/{}", id_of(calendar));
    let etag = app.get(&app.admin, &own).await.expect(200).header("etag").to_owned();
    let day = json!({ "name": "Flood", "from": rfc3339(from_ms), "to": rfc3339(to_ms) });
    let (path, body) = (format!("{own}/holidays"), json!({ "holidays": [day] }));
    let headers = [("if-match", etag.as_str())];
    app.send(&app.admin, (Method::POST, &path), Some(body), &headers).await.expect(200);
}

/// What the clock of a measure shows in a ticket.
fn shown<'a>(ticket: &'a Value, measure: &str) -> &'a Value {
    let mut clocks = ticket["clocks"].as_array().expect("clocks").iter();
    clocks.find(|clock| clock["measure"] == measure).expect("a clock")
}

fn ms(value: &Value) -> i64 {
    parse_rfc3339(value.as_str().expect("a time")).expect("a time")
}

fn reasons(clock: &Value) -> Vec<(Value, i64)> {
    let intervals = clock["intervals"].as_array().unwrap().iter();
    intervals.map(|one| (one["why"].clone(), one["counted_ms"].as_i64().unwrap())).collect()
}

/// Waits until so many rows are there, while the clock that stands goes on slowly.
async fn wait_for(app: &CatalogApp, from: &str, rows: i64) {
    let deadline = Instant::now() + Duration::from_secs(WAIT_S_MAX);
    while app.count(from).await != rows {
        assert!(Instant::now() < deadline, "{from}: {} rows", app.count(from).await);
        app.app.clock.advance_ms(1_000);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn events(kind: &str) -> String {
    format!("ticket_event WHERE kind = '{kind}'")
}

async fn a_desk_begins_with_the_targets_of_the_trade(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let path = format!("{BASE}/service-levels");
    let begun = app.get(&app.admin, &path).await.expect(200);
    assert_eq!(begun.header("etag"), "\"0\"");
    let mut levels = begun.json()["levels"].clone();
    assert_eq!(levels["response_minutes"], json!({ "p1": 15, "p2": 60, "p3": 240, "p4": 1440 }));
    assert_eq!(
        levels["resolution_minutes"],
        json!({ "p1": 240, "p2": 1440, "p3": 2880, "p4": 10080 })
    );
    assert_eq!(levels["tier_minutes"], json!([60, 120, 240]));
    let bob = app.member("Bob").await;
    let before = app.open_ticket(&bob, "high", "high").await;
    levels["response_minutes"]["p1"] = json!(5);
    let set = |body: Value, version: &str| {
        let (app, path, version) = (&app, &path, version.to_owned());
        async move {
            let headers = [("if-match", version.as_str())];
            app.send(&app.admin, (Method::PUT, path), Some(body), &headers).await
        }
    };
    let changed = set(levels.clone(), "\"0\"").await.expect(200);
    assert_eq!(changed.header("etag"), "\"1\"");
    set(levels.clone(), "\"0\"").await.expect(412);
    // What was open keeps what it was promised.
    let after = app.open_ticket(&bob, "high", "high").await;
    let target = |ticket: &Value| shown(ticket, "response")["target_ms"].as_i64().unwrap();
    assert_eq!(target(&app.ticket(&bob, &before).await), HOUR_MS / 4);
    assert_eq!(target(&after), HOUR_MS / 12);
    levels["warn_percent"] = json!(0);
    set(levels.clone(), "\"1\"").await.expect(400);
    levels["warn_percent"] = json!(75);
    levels["groups"] = json!([{ "group_id": suite_contracts::GroupId::new(), "tier": 1 }]);
    let refused = set(levels, "\"1\"").await.expect(400).json();
    assert_eq!(refused["errors"][0]["field"], "/groups");
    assert_eq!(app.recorded("service-levels.changed").await, 1);
}

/// Nobody looks for three days, and what is read is right all the same; then it is told, once.
async fn what_is_missed_is_seen_at_once_and_told_once(backend: Backend) {
    let mut app = CatalogApp::stopped(backend).await;
    let (mut bob, mut eve) = (app.member("Bob").await, app.agent("Eve").await);
    let made = app.open_ticket(&bob, "medium", "medium").await;
    let created_ms = ms(&made["created_at"]);
    assert_eq!(ms(&made["due_at"]), created_ms + 4 * HOUR_MS);
    app.later(3, &mut [&mut bob, &mut eve]).await;
    let warned = app.ticket(&eve, &made).await;
    assert_eq!((&warned["is_at_risk"], &warned["is_breached"]), (&json!(true), &json!(false)));
    wait_for(&app, &events("clock_warned"), 1).await;
    // The first tier had an hour, and nobody needs to be warned of that any more.
    wait_for(&app, &events("clock_breached"), 1).await;
    app.later(2, &mut [&mut bob, &mut eve]).await;
    let late = app.ticket(&eve, &made).await;
    assert_eq!(late["is_breached"], true);
    assert_eq!(shown(&late, "response")["state"], "breached");
    assert_eq!(ms(&shown(&late, "response")["breached_at"]), created_ms + 4 * HOUR_MS);
    let list = app.get(&eve, &format!("{BASE}/tickets?promise=breached")).await.expect(200).json();
    assert_eq!(list["items"][0]["id"], made["id"]);
    // Of the requester's promise and of the first tier.
    wait_for(&app, &events("clock_breached"), 2).await;
    // Looked at again and again, it is not told again.
    for _ in 0..3 {
        app.app.clock.advance_ms(60_000);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(app.count(&events("clock_breached")).await, 2);
    assert_eq!(app.recorded("ticket.clock-warned").await, 1);
    // Alarms are no change that an agent has missed.
    assert_eq!(app.ticket(&eve, &made).await["version"], 1);
}

async fn a_late_reply_stops_a_clock_and_mends_nothing(backend: Backend) {
    let mut app = CatalogApp::stopped(backend).await;
    let (mut bob, mut eve) = (app.member("Bob").await, app.agent("Eve").await);
    let made = app.open_ticket(&bob, "medium", "medium").await;
    app.later(5, &mut [&mut bob, &mut eve]).await;
    let answered = app.reply(&eve, &made, "Sorry").await.expect(200).json();
    assert_eq!(shown(&answered, "response")["state"], "breached");
    assert!(shown(&answered, "response")["stopped_at"].is_string());
    assert_eq!(ms(&answered["due_at"]), ms(&made["created_at"]) + 48 * HOUR_MS);
}

async fn pauses_overlap_and_may_be_shorter_than_a_second(backend: Backend) {
    let mut app = CatalogApp::stopped(backend).await;
    let (mut bob, mut eve) = (app.member("Bob").await, app.agent("Eve").await);
    let made = app.open_ticket(&bob, "medium", "medium").await;
    let clock = app.app.clock.clone();
    clock.advance_ms(1_000);
    app.move_ticket(&eve, &made, "pending_customer").await.expect(200);
    // In one instant it waits for three things, one after the other.
    app.move_ticket(&eve, &made, "pending_vendor").await.expect(200);
    app.move_ticket(&eve, &made, "pending_change").await.expect(200);
    clock.advance_ms(300);
    app.move_ticket(&eve, &made, "open").await.expect(200);
    clock.advance_ms(200);
    app.move_ticket(&eve, &made, "pending_vendor").await.expect(200);
    app.later(24 * 30, &mut [&mut bob, &mut eve]).await;
    let waiting = app.ticket(&eve, &made).await;
    let resolution = shown(&waiting, "resolution");
    assert_eq!(
        (&resolution["state"], &resolution["elapsed_ms"]),
        (&json!("paused"), &json!(1_200))
    );
    app.move_ticket(&eve, &made, "open").await.expect(200);
    let resolution = app.clock(&eve, &made, &json!("resolution")).await;
    let month_ms = 24 * 30 * HOUR_MS;
    let reasons = reasons(&resolution);
    assert_eq!(
        reasons,
        [
            (json!("counts"), 1_000),
            (json!({ "paused": "change" }), 0),
            (json!("counts"), 200),
            (json!({ "paused": "vendor" }), 0),
        ]
    );
    let last = &resolution["intervals"][3];
    assert_eq!(ms(&last["to"]) - ms(&last["from"]), month_ms);
    assert_eq!(resolution["clock"]["remaining_ms"], 48 * HOUR_MS - 1_200);
    // The answer is still owed: that clock does not pause.
    assert_eq!(shown(&waiting, "response")["state"], "breached");
}

async fn a_holiday_that_is_added_to_the_past_counts(backend: Backend) {
    let mut app = CatalogApp::stopped(backend).await;
    let (mut bob, mut eve) = (app.member("Bob").await, app.agent("Eve").await);
    let desk = calendar(&app, "Asia/Kolkata", "00:00", "24:00").await;
    let made = app.open_ticket(&bob, "medium", "medium").await;
    let created_ms = ms(&made["created_at"]);
    app.later(10, &mut [&mut bob, &mut eve]).await;
    assert_eq!(app.ticket(&eve, &made).await["is_breached"], true);
    wait_for(&app, &events("clock_breached"), 2).await;
    // It was flooded from the second hour to the eighth.
    close(&app, &desk, created_ms + HOUR_MS, created_ms + 8 * HOUR_MS).await;
    let seen = app.ticket(&eve, &made).await;
    let response = shown(&seen, "response");
    assert_eq!(response["state"], "running");
    assert_eq!(ms(&response["due_at"]), created_ms + 11 * HOUR_MS);
    let why = app.clock(&eve, &made, &json!("response")).await;
    let reasons = reasons(&why);
    assert_eq!(reasons[..2], [(json!("counts"), HOUR_MS), (json!({ "holiday": "Flood" }), 0)]);
    assert_eq!(reasons[2].0, "counts");
    // Lists say so, too, once it is counted anew.
    let due_ms = created_ms + 11 * HOUR_MS;
    wait_for(&app, &format!("ticket WHERE due_at_ms = {due_ms}"), 1).await;
    let list = app.get(&eve, &format!("{BASE}/tickets?promise=breached")).await.expect(200).json();
    assert_eq!(list["items"], json!([]));
}

/// As its page says, lists and measures say once it is counted anew.
async fn a_holiday_in_the_past_counts_for_what_is_done(backend: Backend) {
    let mut app = CatalogApp::stopped(backend).await;
    let (mut bob, mut eve) = (app.member("Bob").await, app.agent("Eve").await);
    let desk = calendar(&app, "UTC", "00:00", "24:00").await;
    let made = app.open_ticket(&bob, "medium", "medium").await;
    let created_ms = ms(&made["created_at"]);
    app.later(10, &mut [&mut bob, &mut eve]).await;
    app.reply(&eve, &made, "On it").await.expect(200);
    app.move_ticket(&eve, &made, "resolved").await.expect(200);
    let late = format!("{BASE}/tickets?measured=response_breached");
    let listed = app.get(&eve, &late).await.expect(200).json();
    assert_eq!(listed["items"][0]["id"], made["id"]);
    close(&app, &desk, created_ms + HOUR_MS, created_ms + 8 * HOUR_MS).await;
    let seen = app.ticket(&eve, &made).await;
    assert_eq!(shown(&seen, "response")["state"], "met");
    wait_for(&app, "ticket WHERE response_kept", 1).await;
    assert_eq!(app.get(&eve, &late).await.expect(200).json()["items"], json!([]));
}

/// Nobody has it: whoever might is told that it is due.
async fn a_group_is_told_what_none_of_them_has(backend: Backend) {
    let mut app = CatalogApp::stopped(backend).await;
    let (mut bob, mut eve) = (app.member("Bob").await, app.agent("Eve").await);
    let lead = app.lead("Lea").await;
    let group = app.group("Desk", &[&eve]).await;
    let of_group = app.open_ticket(&bob, "medium", "medium").await;
    app.change_ticket(&eve, &of_group, json!({ "group_id": group })).await.expect(200);
    let of_nobody = app.open_ticket(&bob, "high", "high").await;
    let desk = |ticket: &Value| format!("/service-catalog/desk/{}", id_of(ticket));
    let title = |ticket: &Value, what: &str| {
        format!("Ticket {} {what}: {}", ticket["number"], ticket["title"].as_str().unwrap())
    };
    app.wait_until_told(&lead, &title(&of_nobody, "is a new P1"), &desk(&of_nobody)).await;
    app.later(3, &mut [&mut bob, &mut eve]).await;
    let due = title(&of_group, "is due soon, and nobody has it");
    let own = format!("{} AND ticket_id = '{}'", events("clock_warned"), id_of(&of_group));
    app.wait_for_rows(&own).await;
    app.wait_until_told(&eve, &due, &desk(&of_group)).await;
}

async fn a_calendar_that_changes_counts_from_then_on(backend: Backend) {
    let mut app = CatalogApp::stopped(backend).await;
    let (mut bob, mut eve) = (app.member("Bob").await, app.agent("Eve").await);
    let desk = calendar(&app, "UTC", "00:00", "24:00").await;
    let made = app.open_ticket(&bob, "medium", "medium").await;
    let created_ms = ms(&made["created_at"]);
    app.later(1, &mut [&mut bob, &mut eve]).await;
    let changed_ms = app.app.clock.now_ms();
    // From now on for an hour a day, which begins in five hours.
    let at = |ms: i64| rfc3339(ms)[11..16].to_owned();
    let hours: Vec<Value> = DAYS
        .iter()
        .map(|day| {
            let (from, to) = (changed_ms + 5 * HOUR_MS, changed_ms + 6 * HOUR_MS);
            json!({ "weekday": day, "from": at(from), "to": at(to) })
        })
        .collect();
    let own = format!("{BASE}/calendars/{}", id_of(&desk));
    let body = json!({ "content": { "zone": "UTC", "hours": hours } });
    let path = format!("{own}/versions");
    let headers = [("if-match", "\"1\"")];
    app.send(&app.admin, (Method::POST, &path), Some(body), &headers).await.expect(200);
    let seen = app.ticket(&eve, &made).await;
    let response = shown(&seen, "response");
    // One hour was counted before; three more are those of three days.
    let minute_ms = 60_000;
    let opening_ms = (changed_ms + 5 * HOUR_MS) / minute_ms * minute_ms;
    assert_eq!(ms(&response["due_at"]), opening_ms + 49 * HOUR_MS);
    assert_eq!(response["elapsed_ms"], HOUR_MS);
    assert_eq!(ms(&seen["created_at"]), created_ms);
}

/// Counting anew read it before that, and is to write nothing of what it found.
#[tokio::test(flavor = "multi_thread")]
async fn what_happens_to_a_ticket_while_it_is_counted_anew_stays() {
    let app = CatalogApp::stopped(Backend::Servers).await;
    let (bob, desk) = (app.member("Bob").await, calendar(&app, "UTC", "00:00", "24:00").await);
    let made = app.open_ticket(&bob, "medium", "medium").await;
    let own = format!("ticket WHERE id = '{}'", id_of(&made));
    // As whoever works on it does, until the commit.
    let working = app.database().begin().await.expect("a transaction");
    let work = format!(
        "UPDATE ticket SET events = events + 1, due_at_ms = 42 WHERE id = '{}'",
        id_of(&made)
    );
    working.execute_unprepared(&work).await.expect("a change");
    let now_ms = app.app.clock.now_ms();
    close(&app, &desk, now_ms, now_ms + HOUR_MS).await;
    let waits = "pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    without_time(&app, waits).await;
    working.commit_unaudited("a test").await.expect("a commit");
    without_time(&app, "job WHERE kind = 'tickets.recount' AND state = 'done'").await;
    assert_eq!(app.count(&format!("{own} AND due_at_ms = 42")).await, 1);
    // It is counted once more a minute later.
    app.wait_for_none(&format!("{own} AND due_at_ms = 42")).await;
}

/// Waits until a query counts something, while the clock stands.
async fn without_time(app: &CatalogApp, from: &str) {
    let deadline = Instant::now() + Duration::from_secs(WAIT_S_MAX);
    while app.count(from).await == 0 {
        assert!(Instant::now() < deadline, "there is no {from}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Signs everybody in again at another time.
async fn at(app: &mut CatalogApp, time: &str, people: &mut [&mut Person]) {
    app.app.clock.set_ms(parse_rfc3339(time).expect("a time"));
    app.later(0, people).await;
}

/// Eight hours from midnight are seven on the day that skips one, and nine on that which repeats
/// it.
async fn days_on_which_clocks_change_have_their_own_length(backend: Backend) {
    let mut app = CatalogApp::stopped(backend).await;
    let mut bob = app.member("Bob").await;
    calendar(&app, "Europe/Berlin", "00:00", "08:00").await;
    for (opened, due) in [
        ("2027-03-27T23:00:00Z", "2027-03-30T23:00:00Z"),
        ("2027-10-30T22:00:00Z", "2027-11-02T06:00:00Z"),
        // A leap day is a day.
        ("2028-02-28T23:00:00Z", "2028-03-02T07:00:00Z"),
    ] {
        at(&mut app, opened, &mut [&mut bob]).await;
        let made = app.open_ticket(&bob, "low", "low").await;
        assert_eq!(
            ms(&shown(&made, "response")["due_at"]),
            parse_rfc3339(due).unwrap(),
            "{opened}"
        );
    }
}

async fn a_ticket_that_nobody_reopens_closes(backend: Backend) {
    let mut app = CatalogApp::stopped(backend).await;
    let (mut bob, mut eve) = (app.member("Bob").await, app.agent("Eve").await);
    let made = app.open_ticket(&bob, "medium", "medium").await;
    app.move_ticket(&eve, &made, "resolved").await.expect(200);
    assert_eq!(app.recorded("ticket.state-changed").await, 1);
    app.later(7 * 24, &mut [&mut bob, &mut eve]).await;
    wait_for(&app, "ticket WHERE state = 'closed'", 1).await;
    assert_eq!(app.happened(&bob, &made).await[0], "state_changed");
    let late = app.reply(&bob, &made, "It burns again").await.expect(409);
    assert_eq!(late.code(), "reopen_over");
    // The event of a week ago is forgotten by now, or is about to be.
    let closed = "audit_record WHERE action = 'service-catalog.ticket.state-changed'";
    assert_eq!(app.count(closed).await, 2);
}

async fn groups_and_tiers_have_clocks_among_themselves(backend: Backend) {
    let mut app = CatalogApp::stopped(backend).await;
    let (mut bob, mut eve) = (app.member("Bob").await, app.agent("Eve").await);
    let first = app.group("First", &[&eve]).await;
    let second = app.group("Second", &[&eve]).await;
    app.set_groups(&[(&first, 1, Some(120)), (&second, 2, None)]).await;
    let made = app.open_ticket(&bob, "medium", "medium").await;
    app.change_ticket(&eve, &made, json!({ "group_id": first })).await.expect(200);
    app.later(1, &mut [&mut bob, &mut eve]).await;
    let body = json!({ "tier": 2, "group_id": second, "findings": "It is not the toner" });
    app.on_ticket(&eve, &made, "hand-over", body).await.expect(200);
    app.later(5, &mut [&mut bob, &mut eve]).await;
    let group = app.clock(&eve, &made, &json!({ "group": first })).await;
    assert_eq!(group["clock"]["state"], "paused");
    assert_eq!(group["clock"]["elapsed_ms"], HOUR_MS);
    assert_eq!(reasons(&group)[1].0, json!({ "other_group": second }));
    let tier = app.clock(&eve, &made, &json!({ "tier": 2 })).await;
    assert_eq!(
        (&tier["clock"]["state"], &tier["clock"]["target_ms"]),
        (&json!("breached"), &json!(2 * HOUR_MS))
    );
    // The requester is shown what they were promised.
    let path = format!("{}/clocks", ticket_path(&made));
    let own = app.get(&bob, &path).await.expect(200).json();
    assert_eq!(own["items"].as_array().unwrap().len(), 2, "{own}");
}

on_every_backend!(
    a_desk_begins_with_the_targets_of_the_trade,
    what_is_missed_is_seen_at_once_and_told_once,
    a_late_reply_stops_a_clock_and_mends_nothing,
    pauses_overlap_and_may_be_shorter_than_a_second,
    a_holiday_that_is_added_to_the_past_counts,
    a_calendar_that_changes_counts_from_then_on,
    a_holiday_in_the_past_counts_for_what_is_done,
    a_group_is_told_what_none_of_them_has,
    days_on_which_clocks_change_have_their_own_length,
    a_ticket_that_nobody_reopens_closes,
    groups_and_tiers_have_clocks_among_themselves,
);
