use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::date;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::model::calendar::{Calendar, Holiday, Span, Version, WeeklyHours, Zone};
use crate::model::priority::Priority::{self, P1, P2, P3, P4};
use crate::model::ticket::State;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const ALWAYS: CalendarId = CalendarId(Uuid::from_u128(1));
const OFFICE: CalendarId = CalendarId(Uuid::from_u128(2));
const US: GroupId = GroupId(Uuid::from_u128(7));
const THEM: GroupId = GroupId(Uuid::from_u128(8));

fn ms(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_millisecond()
}

/// 2 November 2026 is a Monday, and so are 9 and 16.
fn day(day: i8, hour: i64, minute: i64) -> i64 {
    ms(&format!("2026-11-{day:02}T00:00:00Z")) + hour * HOUR_MS + minute * MINUTE_MS
}

fn calendars() -> Calendars {
    let window = Span::new(ms("2026-10-01T00:00:00Z"), ms("2027-02-01T00:00:00Z"));
    let office = Version {
        effective_from_ms: 0,
        zone: Zone::named("UTC").unwrap(),
        hours: WeeklyHours::working_days(9 * 60, 17 * 60).unwrap(),
        holidays: vec![Holiday::day("Founders' day", date(2026, 11, 11))],
    };
    let office = Calendar::new(vec![office]).unwrap().open_times(window).unwrap();
    let always = Calendar::always().open_times(window).unwrap();
    Calendars::from([(OFFICE, Arc::new(office)), (ALWAYS, Arc::new(always))])
}

fn created(at_ms: i64, priority: Priority, calendar: CalendarId) -> Entry {
    let change = Change::Created { priority, calendar, tier: Tier::One, group: None };
    Entry { at_ms, change }
}

fn at(at_ms: i64, change: Change) -> Entry {
    Entry { at_ms, change }
}

fn history(entries: &[Entry]) -> History {
    History::new(entries.to_vec()).unwrap()
}

fn read(clock: &Clock, entries: &[Entry], now_ms: i64) -> Reading {
    clock.read(&history(entries), &calendars(), now_ms).unwrap().unwrap()
}

const OPEN: Change = Change::State(State::Open);
const WAITS: Change = Change::State(State::Pending(Pending::Customer));
const RESOLVED: Change = Change::State(State::Resolved);

#[test]
fn a_ticket_of_the_night_starts_at_the_next_opening() {
    let entries = [created(day(2, 20, 0), P1, OFFICE)];
    let reading = read(&Clock::response(), &entries, day(3, 9, 5));
    let expected = Reading {
        state: ClockState::Running,
        target_ms: 15 * MINUTE_MS,
        elapsed_ms: 5 * MINUTE_MS,
        remaining_ms: 10 * MINUTE_MS,
        started_at_ms: Some(day(3, 9, 0)),
        due_at_ms: Some(day(3, 9, 15)),
        // Three quarters of fifteen minutes.
        warn_at_ms: Some(day(3, 9, 11) + MINUTE_MS / 4),
        breached_at_ms: None,
        stopped_at_ms: None,
    };
    assert_eq!(reading, expected);
    let before = read(&Clock::response(), &entries, day(2, 23, 0));
    assert_eq!((before.started_at_ms, before.elapsed_ms), (None, 0));
    assert_eq!(before.due_at_ms, Some(day(3, 9, 15)));
}

#[test]
fn it_is_met_in_the_instant_that_it_is_due_and_breached_after_it() {
    let reply = |at_ms| [created(day(2, 10, 0), P1, OFFICE), at(at_ms, Change::Replied)];
    let due_ms = day(2, 10, 15);
    let met = read(&Clock::response(), &reply(due_ms), day(5, 0, 0));
    assert_eq!((met.state, met.stopped_at_ms), (ClockState::Met, Some(due_ms)));
    assert_eq!((met.due_at_ms, met.remaining_ms), (None, 0));
    let late = read(&Clock::response(), &reply(due_ms + 1), day(5, 0, 0));
    assert_eq!((late.state, late.breached_at_ms), (ClockState::Breached, Some(due_ms)));
    assert_eq!((late.remaining_ms, late.stopped_at_ms), (-1, Some(due_ms + 1)));
    let open = [created(day(2, 10, 0), P1, OFFICE)];
    let state = |now_ms| read(&Clock::response(), &open, now_ms).state;
    assert_eq!(state(due_ms), ClockState::Running);
    assert_eq!(state(due_ms + 1), ClockState::Breached);
}

#[test]
fn due_at_the_days_end_is_missed_overnight() {
    let open = [created(day(2, 13, 0), P1, OFFICE)];
    let clock = Clock::resolution();
    assert_eq!(read(&clock, &open, day(2, 17, 0)).state, ClockState::Running);
    let night = read(&clock, &open, day(2, 20, 0));
    assert_eq!(night.breached_at_ms, Some(day(2, 17, 0)));
    // Paused in that instant it waits, and is due as it runs on.
    let paused = [open[0], at(day(2, 17, 0), WAITS)];
    assert_eq!(read(&clock, &paused, day(3, 12, 0)).state, ClockState::Paused);
    let resumed = [open[0], at(day(2, 17, 0), WAITS), at(day(3, 12, 0), OPEN)];
    assert_eq!(read(&clock, &resumed, day(3, 12, 1)).breached_at_ms, Some(day(3, 12, 0)));
}

#[test]
fn pauses_stop_the_clock_and_overlapping_ones_are_one() {
    let clock = Clock::resolution();
    let entries = [
        created(day(2, 9, 0), P1, OFFICE),
        at(day(2, 10, 0), WAITS),
        at(day(2, 10, 30), Change::Held(Pending::Change)),
        at(day(2, 10, 45), Change::Held(Pending::Change)),
        at(day(2, 11, 0), OPEN),
        at(day(2, 11, 30), Change::Held(Pending::Vendor)),
        at(day(2, 12, 0), Change::Released(Pending::Change)),
        at(day(2, 13, 0), Change::Released(Pending::Vendor)),
    ];
    let reading = read(&clock, &entries, day(2, 14, 0));
    assert_eq!((reading.state, reading.elapsed_ms), (ClockState::Running, 2 * HOUR_MS));
    assert_eq!(reading.due_at_ms, Some(day(2, 16, 0)));
    let reading = read(&clock, &entries, day(2, 12, 30));
    assert_eq!((reading.state, reading.elapsed_ms), (ClockState::Paused, HOUR_MS));
    assert_eq!(reading.due_at_ms, Some(day(2, 15, 30)), "if it ran on from now");
    // What does not pause this clock is nothing to it.
    let mut strict = clock.clone();
    strict.pausing = BTreeSet::from([Pending::Vendor]);
    assert_eq!(read(&strict, &entries, day(2, 14, 0)).elapsed_ms, 3 * HOUR_MS + HOUR_MS / 2);
}

#[test]
fn pauses_within_a_second_count_to_the_millisecond_and_those_of_no_length_nothing() {
    let start_ms = day(2, 9, 0);
    let mut entries = vec![created(start_ms, P1, OFFICE)];
    for pause in 0..100 {
        entries.push(at(start_ms + 10 * pause + 2, WAITS));
        entries.push(at(start_ms + 10 * pause + 5, OPEN));
        entries.push(at(start_ms + 10 * pause + 7, WAITS));
        entries.push(at(start_ms + 10 * pause + 7, OPEN));
    }
    let reading = read(&Clock::resolution(), &entries, start_ms + 1_000);
    assert_eq!(reading.elapsed_ms, 700);
    // Of one instant the last recorded counts.
    let paused = [entries[0], at(start_ms + 1, OPEN), at(start_ms + 1, WAITS)];
    assert_eq!(read(&Clock::resolution(), &paused, start_ms + 9).state, ClockState::Paused);
}

#[test]
fn what_is_recorded_late_is_put_where_it_belongs() {
    let clock = Clock::resolution();
    let entries = [
        at(day(2, 12, 0), OPEN),
        created(day(2, 9, 0), P1, OFFICE),
        at(day(2, 11, 0), WAITS),
        // Dated before the creation: in force from it.
        at(day(1, 9, 0), Change::Priority(P2)),
        created(day(2, 10, 0), P4, ALWAYS),
    ];
    let reading = read(&clock, &entries, day(2, 13, 0));
    assert_eq!((reading.elapsed_ms, reading.target_ms), (3 * HOUR_MS, 24 * HOUR_MS));
    // What is dated later than now does not count yet.
    assert_eq!(read(&clock, &entries, day(2, 10, 0)).elapsed_ms, HOUR_MS);
    // Before its creation it stands at the creation, with what took effect there.
    let before = read(&clock, &entries, 0);
    assert_eq!((before.elapsed_ms, before.target_ms), (0, 24 * HOUR_MS));
    assert_eq!(History::new(vec![at(0, OPEN)]), Err(HistoryError::NoCreation));
    let long = vec![entries[1]; ENTRIES_MAX + 1];
    assert_eq!(History::new(long), Err(HistoryError::TooLong(ENTRIES_MAX + 1)));
}

#[test]
fn a_reopened_ticket_runs_on_with_what_was_counted() {
    let entries =
        [created(day(2, 9, 0), P1, OFFICE), at(day(2, 12, 0), RESOLVED), at(day(4, 9, 0), OPEN)];
    let met = read(&Clock::resolution(), &entries, day(3, 0, 0));
    assert_eq!((met.state, met.stopped_at_ms), (ClockState::Met, Some(day(2, 12, 0))));
    let again = read(&Clock::resolution(), &entries, day(4, 9, 30));
    assert_eq!((again.state, again.due_at_ms), (ClockState::Running, Some(day(4, 10, 0))));
    assert_eq!(again.stopped_at_ms, None);
    // The answer was given with the solution, and stays given.
    let response = read(&Clock::response(), &entries, day(4, 12, 0));
    assert_eq!(response.breached_at_ms, Some(day(2, 9, 15)));
    assert_eq!(response.elapsed_ms, 3 * HOUR_MS);
    let at_once = [created(day(2, 9, 0), P1, OFFICE), at(day(2, 9, 0), RESOLVED)];
    let reading = read(&Clock::resolution(), &at_once, day(3, 0, 0));
    assert_eq!((reading.state, reading.stopped_at_ms), (ClockState::Met, Some(day(2, 9, 0))));
}

#[test]
fn a_changed_priority_keeps_what_was_counted_and_undoes_no_breach() {
    let clock = Clock::resolution();
    let raised = [created(day(2, 9, 0), P3, ALWAYS), at(day(2, 19, 0), Change::Priority(P1))];
    assert_eq!(read(&clock, &raised, day(2, 18, 0)).due_at_ms, Some(day(4, 9, 0)));
    let reading = read(&clock, &raised, day(2, 20, 0));
    assert_eq!(reading.breached_at_ms, Some(day(2, 19, 0)), "ten hours are more than four");
    let lowered = [created(day(2, 9, 0), P1, ALWAYS), at(day(2, 12, 0), Change::Priority(P2))];
    assert_eq!(read(&clock, &lowered, day(2, 14, 0)).due_at_ms, Some(day(3, 9, 0)));
    let too_late = [lowered[0], at(day(2, 13, 30), Change::Priority(P4))];
    let reading = read(&clock, &too_late, day(2, 14, 0));
    assert_eq!(
        (reading.state, reading.breached_at_ms),
        (ClockState::Breached, Some(day(2, 13, 0)))
    );
    // Once it has stopped, its target is what it was.
    let after = [lowered[0], at(day(2, 12, 0), RESOLVED), at(day(2, 15, 0), Change::Priority(P4))];
    assert_eq!(read(&clock, &after, day(9, 0, 0)).target_ms, 4 * HOUR_MS);
}

#[test]
fn a_changed_calendar_counts_from_the_change_on() {
    let entries = [created(day(2, 16, 0), P1, OFFICE), at(day(2, 18, 0), Change::Calendar(ALWAYS))];
    let reading = read(&Clock::resolution(), &entries, day(2, 19, 0));
    assert_eq!((reading.elapsed_ms, reading.due_at_ms), (2 * HOUR_MS, Some(day(2, 21, 0))));
}

#[test]
fn a_groups_clock_counts_while_the_group_has_the_ticket() {
    let targets = Targets::new([HOUR_MS; 4]).unwrap();
    let clock = Clock::new(Measure::Group(US), targets, BTreeSet::from(Pending::ALL));
    let entries = [
        created(day(2, 9, 0), P1, ALWAYS),
        at(day(2, 10, 0), Change::Group(Some(US))),
        at(day(2, 10, 30), Change::Group(Some(THEM))),
        at(day(2, 12, 0), Change::Group(Some(US))),
        at(day(2, 12, 15), RESOLVED),
    ];
    assert_eq!(clock.read(&history(&entries), &calendars(), day(2, 9, 30)), Ok(None));
    let away = read(&clock, &entries, day(2, 11, 0));
    assert_eq!((away.state, away.elapsed_ms), (ClockState::Paused, HOUR_MS / 2));
    let done = read(&clock, &entries, day(2, 13, 0));
    assert_eq!((done.state, done.elapsed_ms), (ClockState::Met, 45 * MINUTE_MS));
    let why = clock.explain(&history(&entries), &calendars(), day(2, 13, 0)).unwrap();
    let why: Vec<Why> = why.into_iter().map(|interval| interval.why).collect();
    let others = |group| Why::OtherGroup(group);
    assert_eq!(why, [others(None), Why::Counts, others(Some(THEM)), Why::Counts]);
}

#[test]
fn a_tiers_clock_stops_with_its_own_reply() {
    let targets = Targets::tier(Tier::Two, Targets::response());
    let clock = Clock::new(Measure::Tier(Tier::Two), targets, BTreeSet::new());
    let entries = [
        created(day(2, 9, 0), P3, ALWAYS),
        at(day(2, 9, 10), Change::Replied),
        at(day(2, 10, 0), Change::Tier(Tier::Two)),
        at(day(2, 11, 0), Change::Replied),
        at(day(2, 15, 0), Change::Replied),
    ];
    assert_eq!(clock.read(&history(&entries), &calendars(), day(2, 9, 30)), Ok(None));
    let reading = read(&clock, &entries, day(2, 10, 30));
    assert_eq!(reading.due_at_ms, Some(day(2, 12, 0)));
    let reading = read(&clock, &entries, day(3, 0, 0));
    assert_eq!((reading.state, reading.stopped_at_ms), (ClockState::Met, Some(day(2, 11, 0))));
    // Solved before it ever came to the tier.
    let solved = [created(day(2, 9, 0), P3, ALWAYS), at(day(2, 9, 30), RESOLVED)];
    assert_eq!(clock.read(&history(&solved), &calendars(), day(3, 0, 0)), Ok(None));
}

#[test]
fn a_breach_is_explained_by_its_intervals() {
    let entries = [
        created(day(10, 16, 0), P1, OFFICE),
        at(day(12, 10, 0), WAITS),
        at(day(12, 12, 0), OPEN),
        at(day(12, 15, 0), RESOLVED),
        at(day(12, 16, 0), OPEN),
    ];
    let clock = Clock::resolution();
    let now_ms = day(12, 16, 30);
    let found = clock.explain(&history(&entries), &calendars(), now_ms).unwrap();
    let (from, to) = (day(10, 16, 0), now_ms);
    let found: Vec<(i64, i64, Why)> = found
        .into_iter()
        .map(|interval| {
            (interval.span.length_ms() / MINUTE_MS, interval.counted_ms / MINUTE_MS, interval.why)
        })
        .collect();
    let expected = [
        (60, 60, Why::Counts),
        (16 * 60, 0, Why::OutsideHours),
        (8 * 60, 0, Why::Holiday("Founders' day".to_owned())),
        (16 * 60, 0, Why::OutsideHours),
        (60, 60, Why::Counts),
        (120, 0, Why::Paused(Pending::Customer)),
        (180, 180, Why::Counts),
        (60, 0, Why::Stopped),
        (30, 30, Why::Counts),
    ];
    assert_eq!(found, expected);
    assert_eq!(found.iter().map(|(length, ..)| length * MINUTE_MS).sum::<i64>(), to - from);
    let reading = read(&clock, &entries, now_ms);
    assert_eq!((reading.state, reading.elapsed_ms), (ClockState::Breached, 330 * MINUTE_MS));
    assert_eq!(reading.breached_at_ms, Some(day(12, 14, 0)));
}

#[test]
fn what_is_not_known_is_an_error_and_no_guess() {
    let nowhere = CalendarId(Uuid::from_u128(9));
    let entries = [created(day(2, 9, 0), P1, nowhere)];
    let found = Clock::response().read(&history(&entries), &calendars(), day(2, 10, 0));
    assert_eq!(found, Err(ClockError::UnknownCalendar(nowhere)));
    let entries = [created(0, P1, OFFICE)];
    let found = Clock::response().read(&history(&entries), &calendars(), day(2, 10, 0));
    assert!(matches!(found, Err(ClockError::Beyond(beyond)) if beyond.at_ms == 0));
}

fn change() -> impl Strategy<Value = Change> {
    let pending = prop::sample::select(Pending::ALL.to_vec());
    prop_oneof![
        3 => pending.clone().prop_map(|pending| Change::State(State::Pending(pending))),
        4 => Just(OPEN),
        1 => Just(RESOLVED),
        2 => prop::sample::select(vec![P1, P2, P3, P4]).prop_map(Change::Priority),
        2 => prop::sample::select(vec![None, Some(US), Some(THEM)]).prop_map(Change::Group),
        2 => prop::sample::select(Tier::ALL.to_vec()).prop_map(Change::Tier),
        1 => Just(Change::Replied),
        1 => pending.clone().prop_map(Change::Held),
        1 => pending.prop_map(Change::Released),
        1 => prop::sample::select(vec![OFFICE, ALWAYS]).prop_map(Change::Calendar),
    ]
}

/// A clock, followed from minute to minute with nothing remembered but what is counted.
#[derive(Debug, PartialEq)]
struct Slow {
    elapsed_ms: i64,
    breached_at_ms: Option<i64>,
    runs: bool,
    stopped: bool,
}

fn slowly(clock: &Clock, entries: &[Entry], calendars: &Calendars, now_ms: i64) -> Slow {
    let mut slow = Slow { elapsed_ms: 0, breached_at_ms: None, runs: false, stopped: false };
    let mut minute_ms = entries[0].at_ms;
    loop {
        let mut known: Vec<&Entry> =
            entries.iter().filter(|entry| entry.at_ms <= minute_ms).collect();
        known.sort_by_key(|entry| entry.at_ms);
        let Change::Created { mut priority, mut calendar, mut tier, mut group } = known[0].change
        else {
            panic!("the creation comes first")
        };
        let (mut state, mut held, mut over) = (State::New, Vec::new(), false);
        let mut was_here = matches!(clock.measure, Measure::Tier(Tier::One));
        for entry in &known[1..] {
            match entry.change {
                Change::Created { .. } => {}
                Change::State(next) => {
                    state = next;
                    over |= state.is_done()
                        && match clock.measure {
                            Measure::Response => true,
                            Measure::Tier(_) => was_here,
                            _ => false,
                        };
                }
                Change::Priority(next) => priority = next,
                Change::Calendar(next) => calendar = next,
                Change::Group(next) => group = next,
                Change::Tier(next) => {
                    tier = next;
                    was_here |= clock.measure == Measure::Tier(next);
                }
                Change::Replied => {
                    over |=
                        clock.measure == Measure::Response || clock.measure == Measure::Tier(tier);
                }
                Change::Held(pending) => held.push(pending),
                Change::Released(pending) => held.retain(|held| *held != pending),
            }
        }
        slow.stopped = over || state.is_done();
        let elsewhere = match clock.measure {
            Measure::Group(own) => group != Some(own),
            Measure::Tier(own) => tier != own,
            _ => false,
        };
        let waits = state.pending().into_iter().chain(held);
        let paused = waits.filter(|pending| clock.pausing.contains(pending)).count() > 0;
        slow.runs = !slow.stopped && !elsewhere && !paused;
        if minute_ms >= now_ms {
            return slow;
        }
        if slow.runs {
            if slow.breached_at_ms.is_none() && slow.elapsed_ms >= clock.targets.of(priority) {
                slow.breached_at_ms = Some(minute_ms);
            }
            slow.elapsed_ms += i64::from(calendars[&calendar].is_open(minute_ms)) * MINUTE_MS;
        }
        minute_ms += MINUTE_MS;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_clock_counts_as_following_it_each_minute_does(
        priority in prop::sample::select(vec![P1, P2, P3, P4]),
        calendar in prop::sample::select(vec![OFFICE, ALWAYS]),
        start in 0..600_i64,
        changes in prop::collection::vec((0..2_000_i64, change()), 0..14),
        lasts in 0..2_400_i64,
        measure in prop::sample::select(vec![
            Measure::Response,
            Measure::Resolution,
            Measure::Group(US),
            Measure::Tier(Tier::One),
            Measure::Tier(Tier::Two),
        ]),
        targets in prop::array::uniform4(1..900_i64),
        pausing in prop::collection::btree_set(prop::sample::select(Pending::ALL.to_vec()), 0..4),
    ) {
        let calendars = calendars();
        // From Tuesday on, over the holiday of Wednesday.
        let start_ms = day(10, 8, 0) + start * MINUTE_MS;
        let now_ms = start_ms + lasts * MINUTE_MS;
        let mut entries = vec![created(start_ms, priority, calendar)];
        let later = |(minute, change)| at(start_ms + minute * MINUTE_MS, change);
        entries.extend(changes.into_iter().map(later));
        let targets = Targets::new(targets.map(|minutes| minutes * MINUTE_MS)).unwrap();
        let clock = Clock::new(measure, targets, pausing);
        let history = history(&entries);
        let slow = slowly(&clock, &entries, &calendars, now_ms);
        let Some(reading) = clock.read(&history, &calendars, now_ms).unwrap() else {
            prop_assert_eq!(slow.elapsed_ms, 0);
            return Ok(());
        };
        prop_assert_eq!(reading.elapsed_ms, slow.elapsed_ms);
        prop_assert_eq!(reading.breached_at_ms, slow.breached_at_ms);
        prop_assert_eq!(reading.stopped_at_ms.is_some(), slow.stopped);
        let expected = match (slow.breached_at_ms, slow.stopped, slow.runs) {
            (Some(_), ..) => ClockState::Breached,
            (None, true, _) => ClockState::Met,
            (None, false, true) => ClockState::Running,
            (None, false, false) => ClockState::Paused,
        };
        prop_assert_eq!(reading.state, expected);
        // The explanation has no gaps, and sums up to what is counted.
        let why = clock.explain(&history, &calendars, now_ms).unwrap();
        let mut upto_ms = start_ms;
        for interval in &why {
            prop_assert_eq!(interval.span.from_ms, upto_ms);
            prop_assert!(interval.span.length_ms() > 0);
            upto_ms = interval.span.to_ms;
        }
        prop_assert_eq!(upto_ms, reading.stopped_at_ms.unwrap_or(now_ms));
        prop_assert_eq!(why.iter().map(|why| why.counted_ms).sum::<i64>(), slow.elapsed_ms);
        // If it runs on, it is breached right after it is due, and not before.
        if let (ClockState::Running, Some(due_ms)) = (reading.state, reading.due_at_ms) {
            let so_far: Vec<Entry> =
                entries.iter().filter(|entry| entry.at_ms <= now_ms).copied().collect();
            prop_assert_eq!(read(&clock, &so_far, due_ms).state, ClockState::Running);
            prop_assert_eq!(read(&clock, &so_far, due_ms + 1).breached_at_ms, Some(due_ms));
        }
    }
}
