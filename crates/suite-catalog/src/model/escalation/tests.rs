use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::model::calendar::{Calendar, Span, Version, WeeklyHours, Zone};

const ADA: UserId = UserId(Uuid::from_u128(1));
const HORIZON_MS: i64 = 30 * 24 * 60 * MINUTE_MS;

fn always() -> OpenTimes {
    Calendar::always().open_times(Span::new(0, HORIZON_MS)).unwrap()
}

fn office() -> OpenTimes {
    let version = Version {
        effective_from_ms: 0,
        zone: Zone::named("UTC").unwrap(),
        hours: WeeklyHours::working_days(9 * 60, 17 * 60).unwrap(),
        holidays: Vec::new(),
    };
    Calendar::new(vec![version]).unwrap().open_times(Span::new(0, HORIZON_MS)).unwrap()
}

fn level(answer_minutes: u32) -> Level {
    Level { responders: vec![Responder::User(ADA)], answer_minutes }
}

fn ladder() -> Ladder {
    Ladder::new(Track::Security, vec![level(5), level(10), level(15)]).unwrap()
}

fn event(minute: i64, change: Change) -> Event {
    Event { at_ms: minute * MINUTE_MS, change }
}

fn status(events: &[Event], minute: i64) -> Status {
    ladder().climb(events, &always(), minute * MINUTE_MS).unwrap().status
}

fn active(level: usize, since: i64, due: i64, is_exhausted: bool) -> Status {
    let turn = Turn { level, since_ms: since * MINUTE_MS };
    Status::Active { turn, due_at_ms: Some(due * MINUTE_MS), is_exhausted }
}

#[test]
fn each_level_has_its_minutes_and_then_the_next_is_called() {
    let began = [event(100, Change::Began)];
    assert_eq!(status(&began, 99), Status::Idle);
    assert_eq!(status(&began, 100), active(0, 100, 105, false));
    assert_eq!(status(&began, 104), active(0, 100, 105, false));
    assert_eq!(status(&began, 105), active(1, 105, 115, false));
    assert_eq!(status(&began, 129), active(2, 115, 130, false));
    // Looked at for the first time days later.
    assert_eq!(status(&began, 9_999), active(2, 115, 130, true));
    let climb = ladder().climb(&began, &always(), 9_999 * MINUTE_MS).unwrap();
    let turns: Vec<(usize, i64)> =
        climb.turns.iter().map(|turn| (turn.level, turn.since_ms / MINUTE_MS)).collect();
    assert_eq!(turns, [(0, 100), (1, 105), (2, 115)]);
}

#[test]
fn an_answer_stops_it_and_taken_back_the_level_begins_anew() {
    let mut events = vec![event(0, Change::Began), event(7, Change::Answered(ADA))];
    let turn = Turn { level: 1, since_ms: 5 * MINUTE_MS };
    let answered = Status::Answered { turn, by: ADA, at_ms: 7 * MINUTE_MS };
    assert_eq!(status(&events, 999), answered);
    events.push(event(50, Change::TakenBack));
    assert_eq!(status(&events, 59), active(1, 50, 60, false));
    assert_eq!(status(&events, 60), active(2, 60, 75, false));
    // In the instant that a level is over, an answer is the next one's.
    let events = [event(0, Change::Began), event(5, Change::Answered(ADA))];
    let turn = Turn { level: 1, since_ms: 5 * MINUTE_MS };
    assert_eq!(status(&events, 5), Status::Answered { turn, by: ADA, at_ms: 5 * MINUTE_MS });
}

#[test]
fn it_passes_at_once_ends_and_begins_again_from_the_first_level() {
    let events = [
        event(9, Change::Ended),
        event(0, Change::Began),
        event(2, Change::Passed),
        event(1, Change::Began),
        event(20, Change::Began),
    ];
    assert_eq!(status(&events, 2), active(1, 2, 12, false));
    assert_eq!(status(&events, 9), Status::Idle);
    assert_eq!(status(&events, 21), active(0, 20, 25, false));
    let to_the_end = [0, 1, 2, 3].map(|minute| event(minute, Change::Passed));
    let all = [&[event(0, Change::Began)], to_the_end.as_slice()].concat();
    assert_eq!(status(&all, 4), active(2, 1, 16, false), "the last has nowhere to pass to");
    assert_eq!(status(&[event(0, Change::Answered(ADA))], 9), Status::Idle);
}

#[test]
fn minutes_are_those_of_the_calendar() {
    // The first of January 1970 was a Thursday.
    let events = [event(16 * 60 + 58, Change::Began)];
    let climb = |minute| ladder().climb(&events, &office(), minute * MINUTE_MS).unwrap().status;
    let due = 24 * 60 + 9 * 60 + 3;
    assert_eq!(climb(24 * 60), active(0, 16 * 60 + 58, due, false));
    assert_eq!(climb(due), active(1, due, due + 10, false));
    let beyond = ladder().climb(&[event(-1, Change::Began)], &office(), 0);
    assert_eq!(beyond.map_err(|beyond| beyond.at_ms), Err(-MINUTE_MS));
}

#[test]
fn what_is_no_ladder_is_refused() {
    let ladder = |levels| Ladder::new(Track::Business, levels);
    assert_eq!(ladder(Vec::new()), Err(LadderError::Levels(0)));
    assert_eq!(ladder(vec![level(1); 11]), Err(LadderError::Levels(11)));
    assert_eq!(ladder(vec![level(1), level(0)]), Err(LadderError::Minutes { level: 1 }));
    let nobody = Level { responders: Vec::new(), answer_minutes: 1 };
    assert_eq!(ladder(vec![nobody]), Err(LadderError::Responders { level: 0 }));
}

/// The ladder, followed from minute to minute.
fn slowly(events: &[Event], now: i64) -> (Option<(usize, i64)>, bool) {
    let minutes = [5, 10, 15];
    let (mut turn, mut answered) = (None, false);
    for minute in 0..=now {
        if let (Some((level, since)), false) = (turn, answered)
            && level < 2
            && minute - since >= minutes[level]
        {
            turn = Some((level + 1, minute));
        }
        for event in events.iter().filter(|event| event.at_ms == minute * MINUTE_MS) {
            match (event.change, turn) {
                (Change::Began, None) => (turn, answered) = (Some((0, minute)), false),
                (Change::Answered(_), Some(_)) => answered = true,
                (Change::TakenBack, Some((level, _))) if answered => {
                    (turn, answered) = (Some((level, minute)), false);
                }
                (Change::Passed, Some((level, _))) if !answered && level < 2 => {
                    turn = Some((level + 1, minute));
                }
                (Change::Ended, _) => (turn, answered) = (None, false),
                _ => {}
            }
        }
    }
    (turn, answered)
}

proptest! {
    #[test]
    fn it_climbs_as_following_it_each_minute_does(
        events in prop::collection::vec((0..120_i64, prop_oneof![
            3 => Just(Change::Began),
            2 => Just(Change::Answered(ADA)),
            2 => Just(Change::TakenBack),
            1 => Just(Change::Passed),
            1 => Just(Change::Ended),
        ]), 0..10),
        now in 0..150_i64,
    ) {
        let events: Vec<Event> =
            events.into_iter().map(|(minute, change)| event(minute, change)).collect();
        let found = match status(&events, now) {
            Status::Idle => (None, false),
            Status::Active { turn, .. } => (Some((turn.level, turn.since_ms / MINUTE_MS)), false),
            Status::Answered { turn, .. } => (Some((turn.level, turn.since_ms / MINUTE_MS)), true),
        };
        prop_assert_eq!(found, slowly(&events, now));
    }
}
