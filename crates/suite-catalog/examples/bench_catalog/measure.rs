//! What users of the desk wait for.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;
use suite_kit::db::Database;
use suite_testkit::load::{Seen, drive};
use tokio::runtime::Runtime;

use crate::desk::{BASE, Desk, hours, text};
use crate::fill::Filled;
use crate::row;
use crate::words::{Dice, host, rare};

/// Agents who look at the same time.
const CLIENTS: usize = 4;
/// As many as the pool has connections.
const SUBMITTING: usize = 16;
const RECOUNT_S_MAX: u64 = 600;
const PAGE: &str = "limit=50";

fn latencies(seen: &Seen) -> String {
    let [half, most] = [50, 99].map(|percent| seen.percentile_ms(percent));
    format!("{half:.1} / {most:.1} ms")
}

/// The worst of several ways to look at a queue is what counts: each has a row.
pub fn queues(runtime: &Runtime, desk: &mut Desk, slice: Duration) -> Result<()> {
    runtime.block_on(desk.sign_in())?;
    let (group, agent) = (desk.groups[3].clone(), desk.people[5].clone());
    let ways = [
        ("open tickets, due first", "is_open=true&sort=due".to_owned()),
        ("a group's, by priority", format!("is_open=true&sort=priority&group_id={group}")),
        ("an agent's, due first", format!("is_open=true&sort=due&assignee_id={agent}")),
        ("unassigned, newest first", "is_open=true&is_unassigned=true".to_owned()),
        ("breached, due first", "is_open=true&promise=breached&sort=due".to_owned()),
        ("at risk, due first", "is_open=true&promise=at_risk&sort=due".to_owned()),
        ("P1 of tier 3, last changed", "is_open=true&priority=P1&tier=3&sort=updated".to_owned()),
        ("pending for a vendor, due first", "state=pending_vendor&sort=due".to_owned()),
        ("everything of a group, last changed", format!("sort=updated&group_id={group}")),
        ("closed P1 of a group, newest", format!("is_open=false&priority=P1&group_id={group}")),
        (
            "a month of an agent's, by priority",
            format!(
                "sort=priority&assignee_id={agent}&created_from=2026-05-01T00:00:00Z\
                 &created_until=2026-06-01T00:00:00Z"
            ),
        ),
    ];
    for (what, query) in ways {
        let path = format!("{BASE}/tickets?{PAGE}&{query}");
        let first = runtime.block_on(desk.read(&path))?;
        let found = first["items"].as_array().map_or(0, Vec::len);
        let next = first["next"].as_str().map(|next| format!("{path}&cursor={next}"));
        let seen = drive(desk.address, CLIENTS, slice, 200, |_, turn| match &next {
            Some(next) if turn % 2 == 1 => desk.get(next),
            _ => desk.get(&path),
        })?;
        row(&format!("queue: {what} ({found} shown)"), &latencies(&seen), "p99 ≤ 50 ms");
    }
    Ok(())
}

pub fn search(runtime: &Runtime, desk: &mut Desk, slice: Duration) -> Result<()> {
    runtime.block_on(desk.sign_in())?;
    type Words = fn(&mut Dice) -> String;
    let ways: [(&str, Words); 5] = [
        ("a machine's name", |dice| host(dice.roll(5_000))),
        ("a rare word", |dice| rare(2_000 + dice.roll(2_000))),
        ("a common and a rare word", |dice| format!("printer {}", rare(dice.roll(4_000)))),
        ("three common words", |_| "laptop slow network".to_owned()),
        ("the most common word", |_| "error".to_owned()),
    ];
    for (what, words) in ways {
        let seen = drive(desk.address, CLIENTS, slice, 200, |client, turn| {
            let mut dice = Dice((client * 1_000_003 + turn) as u64);
            let text = words(&mut dice).replace(' ', "%20");
            desk.get(&format!("{BASE}/tickets?{PAGE}&text={text}"))
        })?;
        row(&format!("search: {what}"), &latencies(&seen), "p99 ≤ 150 ms");
    }
    Ok(())
}

/// A ticket's page asks for three things at once.
pub fn pages(
    runtime: &Runtime,
    desk: &mut Desk,
    (filled, slice): (&Filled, Duration),
) -> Result<()> {
    runtime.block_on(desk.sign_in())?;
    let some = filled.ids.get(filled.ids.len() / 2).context("no ticket")?;
    let clocks = runtime.block_on(desk.read(&format!("{BASE}/tickets/{some}/clocks")))?;
    ensure!(!clocks["items"].as_array().is_none_or(Vec::is_empty), "no clocks in {clocks}");
    for (what, part) in [("ticket", ""), ("history", "/history"), ("clocks", "/clocks")] {
        let seen = drive(desk.address, CLIENTS, slice, 200, |client, turn| {
            let id = filled.ids[(client * 7_919 + turn) % filled.ids.len()];
            desk.get(&format!("{BASE}/tickets/{id}{part}"))
        })?;
        row(&format!("ticket page: {what}"), &latencies(&seen), "p99 ≤ 50 ms");
    }
    Ok(())
}

/// Measures of a year, once its days are summed up.
pub fn analytics(runtime: &Runtime, desk: &mut Desk, slice: Duration) -> Result<()> {
    runtime.block_on(summed_up(desk))?;
    let year = "from=2025-12-01&until=2026-11-30";
    let group = &desk.groups[3];
    let ways = [
        ("by month", format!("tickets?{year}&by=month")),
        ("by day, of a group", format!("tickets?{year}&by=day&group_id={group}")),
        ("by group", format!("tickets?{year}&by=group")),
        ("by priority, of tier 1", format!("tickets?{year}&by=priority&tier=1")),
        ("open tickets by age", "backlog".to_owned()),
    ];
    for (what, query) in ways {
        let path = format!("{BASE}/measures/{query}");
        let seen = drive(desk.address, 1, slice, 200, |_, _| desk.get(&path))?;
        row(&format!("a year's measures, {what}"), &latencies(&seen), "≤ 500 ms");
    }
    Ok(())
}

/// Waits until the days are summed up that counting anew has changed.
async fn summed_up(desk: &mut Desk) -> Result<()> {
    let (database, started) = (desk.database()?, Instant::now());
    while count(&database, "ticket_days WHERE until_day > 20000").await? == 0
        || count(&database, "ticket_day_changed").await? > 0
    {
        ensure!(started.elapsed() < Duration::from_secs(RECOUNT_S_MAX), "no sums yet");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    eprintln!("summed up after {:.1} s", started.elapsed().as_secs_f64());
    desk.sign_in().await
}

/// What a new version of the calendar does to what is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revision {
    /// It opens at another hour from now on: all that is open is counted for the first time.
    First,
    /// It opened at another hour all the time: everything is due at another time.
    Hours,
    /// It closes in ten years: everything is counted, and nothing changes.
    Nothing,
}

/// Changes the calendar, and waits until all that it counts is counted anew.
pub fn recount(runtime: &Runtime, desk: &mut Desk, revision: Revision) -> Result<Duration> {
    eprintln!("recounting: {revision:?}");
    runtime.block_on(async {
        desk.sign_in().await?;
        let path = format!("{BASE}/calendars/{}", desk.calendar);
        let (calendar, etag) = desk.send(Method::GET, &path, None, &[]).await?;
        let version = calendar["version"].as_u64().unwrap_or_default();
        let (what, body) = match revision {
            Revision::First | Revision::Hours => {
                let opens = 7 + u8::try_from(version % 3)?;
                let from = (revision == Revision::Hours).then_some("2025-01-01T00:00:00Z");
                ("versions", json!({ "effective_from": from, "content": hours(opens) }))
            }
            Revision::Nothing => {
                let day = format!("2036-01-{:02}", 1 + version % 28);
                let holiday = json!({ "name": "Far away", "from": day, "to": day });
                ("holidays", json!({ "holidays": [holiday] }))
            }
        };
        let database = desk.database()?;
        let before = done(&database).await?;
        let started = Instant::now();
        let path = format!("{path}/{what}");
        desk.send(Method::POST, &path, Some(body), &[("if-match", &etag)]).await?;
        while done(&database).await? == before {
            let elapsed = started.elapsed();
            ensure!(elapsed < Duration::from_secs(RECOUNT_S_MAX), "it is not recounted yet");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(started.elapsed())
    })
}

/// How often it was recounted.
async fn done(database: &Database) -> Result<i64> {
    count(database, "job WHERE kind = 'tickets.recount' AND state = 'done'").await
}

async fn count(database: &Database, from: &str) -> Result<i64> {
    let backend = database.read().get_database_backend();
    let query = Statement::from_string(backend, format!("SELECT COUNT(*) AS rows FROM {from}"));
    let row = database.read().query_one_raw(query).await?.context("no count")?;
    Ok(row.try_get("", "rows")?)
}

pub fn recounts(runtime: &Runtime, desk: &mut Desk, filled: &Filled) -> Result<()> {
    let same = recount(runtime, desk, Revision::Nothing)?;
    let other = recount(runtime, desk, Revision::Hours)?;
    let seconds = |time: Duration| format!("{:.1} s", time.as_secs_f64());
    let what = format!("{} open tickets counted anew, nothing changes", filled.open);
    row(&what, &seconds(same), "≤ 2 s");
    row("the same, and all are due at another time", &seconds(other), "");
    Ok(())
}

/// Of an item that nobody has to approve, and of one that somebody has to: letters to them are
/// written meanwhile.
pub fn requests(runtime: &Runtime, desk: &mut Desk, slice: Duration) -> Result<()> {
    let approver = desk.people[0].clone();
    let stage = json!([{ "name": "Manager", "rule": "any", "approvers": [{ "user": approver }] }]);
    for (what, stages) in [("without an approval", json!([])), ("with one", stage)] {
        runtime.block_on(summed_up(desk))?;
        let item = runtime.block_on(publish(desk, what, &stages))?;
        let body = json!({
            "item_id": item, "item_version": 1, "answers": { "purpose": { "text": "to test" } },
        });
        let body = body.to_string();
        let submit = |_: usize, _: usize| desk.post(&format!("{BASE}/requests"), &body);
        // Connections prepare their statements first.
        drive(desk.address, SUBMITTING, slice / 2, 201, submit)?;
        let seen = drive(desk.address, SUBMITTING, slice, 201, submit)?;
        let behind = runtime.block_on(all_done(desk))?.as_secs_f64();
        let what = format!("requests created, {what}, {SUBMITTING} connections");
        let measured =
            format!("{:.0}/s, {}, all done {behind:.1} s after", seen.rate(), latencies(&seen));
        row(&what, &measured, "≥ 1,000/s on PostgreSQL");
    }
    Ok(())
}

/// Waits until all that requests cause is done: events delivered, records sealed, letters written.
async fn all_done(desk: &mut Desk) -> Result<Duration> {
    let (database, started) = (desk.database()?, Instant::now());
    for waiting in [
        "event_outbox WHERE delivered_at_ms IS NULL",
        "audit_record WHERE position IS NULL",
        "job WHERE kind = 'approval.letter' AND state = 'waiting' AND attempts = 0",
    ] {
        while count(&database, waiting).await? > 0 {
            ensure!(started.elapsed() < Duration::from_secs(RECOUNT_S_MAX), "{waiting}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    Ok(started.elapsed())
}

async fn publish(desk: &Desk, name: &str, stages: &serde_json::Value) -> Result<String> {
    let categories = desk.read(&format!("{BASE}/categories")).await?;
    let content = json!({
        "category_id": categories["items"][0]["id"], "name": format!("Bench {name}"),
        "summary": "For measuring", "price": "10.00",
        "form": { "fields": [{
            "key": "purpose", "label": "Purpose",
            "kind": { "type": "text", "chars_max": 100 }, "required": true,
        }] },
        "approval": { "stages": stages },
    });
    let path = format!("{BASE}/items");
    let (made, etag) = desk.send(Method::POST, &path, Some(content), &[]).await?;
    let id = text(&made, "id")?;
    let path = format!("{path}/{id}/publish");
    desk.send(Method::POST, &path, None, &[("if-match", &etag)]).await?;
    Ok(id)
}
