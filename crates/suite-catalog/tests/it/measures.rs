//! What is measured, live and summed up, and the way from a number to its tickets.

use reqwest::Method;
use serde_json::{Value, json};
use suite_kit::clock::rfc3339;
use suite_testkit::{Backend, on_every_backend};

use crate::desk::ticket_path;
use crate::fixture::{BASE, CatalogApp, Person, number_of, stage, user};

const HOUR_MS: i64 = 3_600_000;

/// The day of an instant, as it is written.
fn day(at_ms: i64) -> String {
    rfc3339(at_ms)[..10].to_owned()
}

/// All days that a test can reach.
fn period(app: &CatalogApp) -> String {
    let now_ms = app.app.clock.now_ms();
    format!("from={}&until={}", day(now_ms - 40 * 24 * HOUR_MS), day(now_ms))
}

async fn measured(app: &CatalogApp, query: &str) -> Value {
    let path = format!("{BASE}/measures/tickets?{}&{query}", period(app));
    app.get(&app.admin, &path).await.expect(200).json()
}

async fn listed(app: &CatalogApp, query: &str) -> Vec<i64> {
    let path = format!("{BASE}/tickets?{query}");
    let list = app.get(&app.admin, &path).await.expect(200).json();
    list["items"].as_array().expect("a list").iter().map(number_of).collect()
}

async fn rate(app: &CatalogApp, by: &Person, ticket: &Value, score: i64) {
    let path = format!("{}/rating", ticket_path(ticket));
    app.post(by, &path, json!({ "score": score, "comment": "" })).await.expect(200);
}

/// Two tickets of one person, an hour apart: the first is answered after an hour and solved after
/// two, the second is never answered. An hour later they are measured.
async fn two_tickets(app: &mut CatalogApp, bob: &mut Person, eve: &mut Person) -> (Value, Value) {
    let first = app.open_ticket(bob, "medium", "medium").await;
    app.later(1, &mut [bob, eve]).await;
    app.reply(eve, &first, "On it").await.expect(200);
    let second = app.open_ticket(bob, "high", "high").await;
    app.later(1, &mut [bob, eve]).await;
    app.move_ticket(eve, &first, "resolved").await.expect(200);
    // The first look after a breach says that it is one.
    app.wait_for_rows("ticket_event WHERE kind = 'clock_breached'").await;
    app.later(0, &mut [bob, eve]).await;
    (first, second)
}

async fn a_number_is_that_of_its_tickets(backend: Backend) {
    let mut app = CatalogApp::stopped(backend).await;
    let (mut bob, mut eve) = (app.member("Bob").await, app.agent("Eve").await);
    let (first, second) = two_tickets(&mut app, &mut bob, &mut eve).await;
    let live = measured(&app, "by=priority").await;
    let total = &live["total"];
    for (name, value) in [
        ("created", json!(2)),
        ("replied", json!(1)),
        ("first_response_ms", json!(HOUR_MS)),
        ("response_kept", json!(1)),
        ("response_breached", json!(1)),
        ("resolved", json!(1)),
        ("resolution_ms", json!(2 * HOUR_MS)),
        ("resolution_kept", json!(1)),
        ("resolution_breached", json!(0)),
        ("sla_compliance", json!(0.6667)),
        ("escalation_rate", json!(0.0)),
        ("resolution_rate", json!(0.5)),
        ("mean_score", json!(null)),
    ] {
        assert_eq!(total[name], value, "{name} of {total}");
    }
    let keys: Vec<&Value> =
        live["rows"].as_array().unwrap().iter().map(|row| &row["key"]).collect();
    assert_eq!(keys, ["P1", "P3"]);
    assert_eq!(live["targets"]["resolution_rate_min"], 0.95);

    // From a number to its tickets.
    assert_eq!(listed(&app, "measured=response_breached").await, [number_of(&second)]);
    assert_eq!(listed(&app, "measured=resolved").await, [number_of(&first)]);
    assert_eq!(listed(&app, "measured=rated").await, [0_i64; 0]);
    assert_eq!(listed(&app, "is_ungrouped=true").await.len(), 2);
}

/// A day that is over is summed up by a job. What changes of it later is true at once, and still is
/// once it is summed up anew.
async fn what_is_summed_up_is_what_tickets_say(backend: Backend) {
    let mut app = CatalogApp::stopped(backend).await;
    let (mut bob, mut eve) = (app.member("Bob").await, app.agent("Eve").await);
    let (first, second) = two_tickets(&mut app, &mut bob, &mut eve).await;
    let live = measured(&app, "by=priority").await;

    app.later(72, &mut [&mut bob, &mut eve]).await;
    app.wait_for_rows("ticket_day").await;
    app.wait_for_rows("ticket_days").await;
    app.later(0, &mut [&mut bob, &mut eve]).await;
    let mut rolled = measured(&app, "by=priority").await;
    // The second breached its other promise meanwhile.
    assert_eq!(rolled["total"]["resolution_breached"], 1, "{rolled}");
    rolled["total"]["resolution_breached"] = json!(0);
    rolled["total"]["sla_compliance"] = json!(0.6667);
    assert_eq!(rolled["total"], live["total"]);

    // What changes later is true at once, and still is once it is summed up anew.
    rate(&app, &bob, &first, 5).await;
    app.move_ticket(&eve, &second, "resolved").await.expect(200);
    rate(&app, &bob, &second, 2).await;
    let expected = |total: &Value| {
        assert_eq!((&total["rated"], &total["mean_score"]), (&json!(2), &json!(3.5)), "{total}");
        assert_eq!((&total["satisfaction"], &total["resolved"]), (&json!(0.5), &json!(2)));
    };
    expected(&measured(&app, "by=day").await["total"]);
    let settled = "ticket_days WHERE NOT EXISTS (SELECT 1 FROM ticket_day_changed)";
    app.wait_for_rows(settled).await;
    app.later(0, &mut [&mut bob, &mut eve]).await;
    expected(&measured(&app, "by=kind").await["total"]);
    assert_eq!(listed(&app, "measured=dissatisfied").await, [number_of(&second)]);
    let summed = app.count("ticket_day WHERE rated > 0 AND satisfied < 2").await;
    assert_eq!(summed, 2, "one for each priority");

    // Every day of the period has a row.
    let days = measured(&app, "by=day").await;
    assert_eq!(days["rows"].as_array().unwrap().len(), 41);
    let opened: i64 =
        days["rows"].as_array().unwrap().iter().map(|row| row["created"].as_i64().unwrap()).sum();
    assert_eq!(opened, 2);
    assert_eq!(measured(&app, "by=tier&priority=P1").await["total"]["created"], 1);
}

async fn a_higher_tier_and_a_ladder_count_as_escalated(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, eve) = (app.member("Bob").await, app.agent("Eve").await);
    let group = app.group("Network", &[&eve]).await;
    app.set_groups(&[(&group, 2, None)]).await;
    let ticket = app.open_ticket(&bob, "medium", "medium").await;
    app.open_ticket(&bob, "medium", "medium").await;
    let body = json!({
        "tier": 2, "group_id": group, "reason": "It is the switch", "findings": "No link at port 4",
    });
    app.on_ticket(&eve, &ticket, "hand-over", body).await.expect(200);
    let by_group = measured(&app, "by=group").await;
    assert_eq!(by_group["total"]["escalation_rate"], 0.5, "{by_group}");
    let labels: Vec<&Value> =
        by_group["rows"].as_array().unwrap().iter().map(|row| &row["label"]).collect();
    assert_eq!(labels, ["Network", "No group"]);
    assert_eq!(listed(&app, "measured=escalated").await, [number_of(&ticket)]);
    let backlog = format!("{BASE}/measures/backlog");
    let backlog = app.get(&app.admin, &backlog).await.expect(200).json();
    assert_eq!((&backlog["open"], &backlog["ages"][0]["open"]), (&json!(2), &json!(2)));
    let one = format!("{BASE}/measures/backlog?group_id={group}");
    assert_eq!(app.get(&app.admin, &one).await.expect(200).json()["open"], 1);
}

async fn cost_centres_are_charged_for_what_is_approved(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd) = (app.member("Bob").await, app.member("Cyd").await);
    let centres = format!("{BASE}/cost-centres");
    let body = json!({ "code": "4711", "name": "Research", "owner_id": cyd.id });
    let centre = app.post(&app.admin, &centres, body).await.expect(201).json();
    let stages = json!([stage(json!("any"), &[user(&cyd)])]);
    let mut content = app.content("Laptop", "1299.50", stages).await;
    content["cost_centre_id"] = centre["id"].clone();
    let laptop = app.publish(content).await;
    let free = app.item("Badge", "0", json!([])).await;
    let approved = app.ask(&bob, &laptop).await;
    app.decide(&cyd, &approved, 0, "approve").await.expect(200);
    let rejected = app.ask(&bob, &laptop).await;
    app.decide(&cyd, &rejected, 0, "reject").await.expect(200);
    app.ask(&bob, &laptop).await;
    app.ask(&bob, &free).await;
    let read = async |query: &str| {
        let path = format!("{BASE}/measures/requests?{}&{query}", period(&app));
        app.get(&app.admin, &path).await.expect(200).json()
    };
    let by_centre = read("by=cost_centre").await;
    assert_eq!(by_centre["total"]["spend"], "1299.5", "{by_centre}");
    let rows = by_centre["rows"].as_array().unwrap();
    assert_eq!((&rows[0]["label"], &rows[0]["created"]), (&json!("No cost centre"), &json!(1)));
    assert_eq!((&rows[1]["label"], &rows[1]["key"]), (&json!("Research"), &centre["id"]));
    assert_eq!((&rows[1]["fulfilled"], &rows[1]["rejected"]), (&json!(1), &json!(1)));
    let by_item = read("by=item").await;
    assert_eq!(by_item["rows"][1]["label"], "Laptop");
    assert_eq!(read(&format!("by=month&item_id={free}")).await["total"]["created"], 1);
}

async fn measures_are_files_too(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let bob = app.member("Bob").await;
    let group = app.group("=HYPERLINK(0)", &[&bob]).await;
    let body = json!({ "title": "Printer", "description": "", "group_id": group });
    app.post(&app.admin, &format!("{BASE}/tickets"), body).await.expect(201);
    let path = format!("{BASE}/measures/tickets/file?{}&by=group", period(&app));
    let csv = app.get(&app.admin, &path).await.expect(200);
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert!(csv.header("content-disposition").starts_with("attachment; filename=\"tickets-"));
    assert!(csv.text.lines().any(|line| line.starts_with("'=HYPERLINK(0),1,0,")), "{}", csv.text);
    assert!(csv.text.contains("\r\nTotal,1,0,"), "{}", csv.text);
    let xlsx = app.get(&app.admin, &format!("{path}&format=xlsx")).await.expect(200);
    assert!(xlsx.header("content-type").contains("spreadsheetml"));
    assert!(xlsx.text.starts_with("PK"));
    let path = format!("{BASE}/measures/requests/file?{}", period(&app));
    let heads = async || {
        let csv = app.get(&app.admin, &path).await.expect(200).text;
        csv.lines().next().unwrap_or_default().to_owned()
    };
    assert!(heads().await.contains(",Fulfilment (h),Spend,Rated,"), "{}", heads().await);
    let open = app.get(&app.admin, &format!("{BASE}/measures/backlog/file")).await.expect(200);
    let expected = "Age in days,Open,Mean age (days)\r\n0,1,\r\n1 to 2,0,\r\n";
    assert!(open.text.starts_with(expected), "{}", open.text);
    assert!(open.text.ends_with("90 and more,0,\r\nTotal,1,0\r\n"), "{}", open.text);
    let currency = Some(json!({ "currency": "EUR" }));
    app.change(&app.admin, Method::PUT, &format!("{BASE}/settings"), currency).await.expect(200);
    assert!(heads().await.contains(",Fulfilment (h),Spend (EUR),Rated,"), "{}", heads().await);
}

async fn measures_are_for_who_may_see_them(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let bob = app.member("Bob").await;
    app.open_ticket(&bob, "medium", "medium").await;
    let path = format!("{BASE}/measures/tickets?{}", period(&app));
    app.get(&bob, &path).await.expect(403);
    let (_, zoe) = app.tenant("Zoe").await;
    let other = app.get(&zoe, &path).await.expect(200).json();
    assert_eq!(other["total"]["created"], 0);
    for (query, at) in [
        ("from=2026-02-30&until=2026-03-01", "/from"),
        ("from=2026-03-02&until=2026-03-01", "/until"),
        ("from=2026-03-01&until=2099-03-01", "/until"),
        ("from=2026-03-01&until=2026-03-01&tier=4", "/tier"),
    ] {
        let path = format!("{BASE}/measures/tickets?{query}");
        let refused = app.get(&app.admin, &path).await.expect(400).json();
        assert_eq!(refused["errors"][0]["field"], at, "{query}");
    }
}

on_every_backend!(
    a_number_is_that_of_its_tickets,
    what_is_summed_up_is_what_tickets_say,
    a_higher_tier_and_a_ladder_count_as_escalated,
    cost_centres_are_charged_for_what_is_approved,
    measures_are_files_too,
    measures_are_for_who_may_see_them,
);
