//! How long it takes to compute the clocks of 100,000 open tickets anew:
//! `cargo run --release -p suite-catalog --example clocks`. It measures, and judges nothing.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use jiff::civil::date;
use suite_catalog::model::calendar::{Calendar, Holiday, Span, Version, WeeklyHours, Zone};
use suite_catalog::model::clock::{Calendars, Change, Clock, ClockState, Entry, History};
use suite_catalog::model::id::CalendarId;
use suite_catalog::model::priority::Priority;
use suite_catalog::model::target::Tier;
use suite_catalog::model::ticket::{Pending, State};
use uuid::Uuid;

const TICKETS: i64 = 100_000;
const EVENTS: i64 = 10;
const DAY_MS: i64 = 24 * 3_600_000;
const ZONES: [&str; 4] = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let now_ms = "2026-11-02T12:00:00Z".parse::<Timestamp>()?.as_millisecond();
    let start = Instant::now();
    let mut calendars = Calendars::new();
    for (number, zone) in (0..).zip(ZONES) {
        let window = Span::new(now_ms - 730 * DAY_MS, now_ms + 730 * DAY_MS);
        calendars.insert(calendar_id(number), Arc::new(office(zone)?.open_times(window)?));
    }
    println!("{} calendars, four years each: {:?}", ZONES.len(), start.elapsed());

    let histories: Result<Vec<History>, _> =
        (0..TICKETS).map(|number| History::new(entries(number, now_ms))).collect();
    let histories = histories?;
    let clocks = [Clock::response(), Clock::resolution()];
    let start = Instant::now();
    let mut states: BTreeMap<ClockState, usize> = BTreeMap::new();
    for history in &histories {
        for clock in &clocks {
            if let Some(reading) = clock.read(history, &calendars, now_ms)? {
                *states.entry(reading.state).or_default() += 1;
            }
        }
    }
    let elapsed = start.elapsed();
    println!("{TICKETS} tickets of {} events, two clocks each: {elapsed:?}", EVENTS + 1);
    println!("{states:?}");
    Ok(())
}

fn calendar_id(number: u128) -> CalendarId {
    CalendarId(Uuid::from_u128(number))
}

fn office(zone: &str) -> Result<Calendar, Box<dyn std::error::Error>> {
    let year = |year| {
        let days = [(1, 1), (5, 1), (8, 15), (11, 1), (12, 25), (12, 26)];
        days.map(move |(month, day)| Holiday::day("Holiday", date(year, month, day)))
    };
    let version = Version {
        effective_from_ms: 0,
        zone: Zone::named(zone)?,
        hours: WeeklyHours::working_days(9 * 60, 17 * 60)?,
        holidays: (2024..2029).flat_map(year).collect(),
    };
    Ok(Calendar::new(vec![version])?)
}

/// Tickets of the last sixty days, that waited and were taken up, again and again.
fn entries(number: i64, now_ms: i64) -> Vec<Entry> {
    let age_ms = DAY_MS / 4 + (number * 7_919) % 60 * DAY_MS;
    let created_ms = now_ms - age_ms;
    let created = Change::Created {
        priority: Priority::ALL[usize::try_from(number % 4).unwrap_or_default()],
        calendar: calendar_id(u128::try_from(number % 4).unwrap_or_default()),
        tier: Tier::One,
        group: None,
    };
    let mut entries = vec![Entry { at_ms: created_ms, change: created }];
    for event in 1..=EVENTS {
        let change = match event % 5 {
            0 => Change::Replied,
            1 | 3 => Change::State(State::Open),
            _ => Change::State(State::Pending(Pending::Customer)),
        };
        entries.push(Entry { at_ms: created_ms + age_ms * event / (EVENTS + 1), change });
    }
    entries
}
