use proptest::prelude::*;

use super::*;
use State::{Degraded, Maintenance, MajorOutage, Operational, PartialOutage};

const NOON_MS: i64 = DAY_MS / 2;

fn at(day: i64, state: State) -> Change {
    Change { at_ms: day * DAY_MS + NOON_MS, state }
}

fn window(begins_ms: i64, ends_ms: i64) -> Window {
    Window { begins_ms, ends_ms }
}

#[test]
fn a_component_stands_as_the_worst_that_names_it() {
    assert_eq!(derived([], PartialOutage), PartialOutage);
    assert_eq!(derived([Impact::Degraded], MajorOutage), Degraded);
    assert_eq!(derived([Impact::Degraded, Impact::MajorOutage], Operational), MajorOutage);
    for impact in Impact::ALL {
        assert!(State::from(impact) > Maintenance, "{impact:?}");
    }
}

#[test]
fn a_day_is_as_bad_as_its_worst_moment() {
    let changes = [at(10, Operational), at(12, MajorOutage), at(14, Degraded), at(14, Operational)];
    let now_ms = 15 * DAY_MS + NOON_MS;
    let shown = days(&changes, &[], (now_ms, 7));
    let expected = [
        None,
        Some(Operational),
        Some(Operational),
        Some(MajorOutage),
        Some(MajorOutage),
        Some(MajorOutage),
        Some(Operational),
    ];
    assert_eq!(shown, expected);
}

#[test]
fn a_change_at_midnight_is_of_the_day_that_begins() {
    let changes = [
        Change { at_ms: DAY_MS, state: MajorOutage },
        Change { at_ms: 2 * DAY_MS, state: Operational },
    ];
    let shown = days(&changes, &[], (2 * DAY_MS, 3));
    assert_eq!(shown, [None, Some(MajorOutage), Some(Operational)]);
}

#[test]
fn maintenance_shows_where_nothing_is_worse() {
    let changes = [at(0, Operational), at(2, Degraded)];
    let maintenance = [window(DAY_MS, DAY_MS + 1), window(2 * DAY_MS, 4 * DAY_MS)];
    let shown = days(&changes, &maintenance, (2 * DAY_MS + NOON_MS, 3));
    assert_eq!(shown, [Some(Operational), Some(Maintenance), Some(Degraded)]);
    // It is neither of the day that it ends before, nor of one that nothing is known of, nor of
    // today while it is still to come.
    let planned = [window(-DAY_MS, NOON_MS - 1), window(DAY_MS + NOON_MS + 1, 2 * DAY_MS)];
    let shown = days(&changes, &planned, (DAY_MS + NOON_MS, 3));
    assert_eq!(shown, [None, Some(Operational), Some(Operational)]);
}

#[test]
fn a_window_comes_runs_and_is_over() {
    let phases = [9, 10, 19, 20].map(|now_ms| window(10, 20).phase(now_ms));
    assert_eq!(phases, [Phase::Coming, Phase::Running, Phase::Running, Phase::Over]);
}

#[test]
fn an_address_is_small_letters_digits_and_hyphens() {
    assert_eq!(slug(" Example-Works2 ").as_deref(), Some("example-works2"));
    let long = "a".repeat(41);
    for wrong in ["", "ab", "-abc", "abc-", "a--b", "a b", "äbc", "a/b", "a.b", long.as_str()] {
        assert_eq!(slug(wrong), None, "{wrong}");
    }
}

proptest! {
    /// The same as looking at each moment by itself.
    #[test]
    fn days_are_what_their_moments_were(
        steps in prop::collection::vec((0_i64..40, 0_usize..5), 0..12),
        windows in prop::collection::vec((0_i64..200, 1_i64..60), 0..4),
        now in 0_i64..240,
    ) {
        // Moments are hours.
        let hour_ms = DAY_MS / 24;
        let mut at_ms = 0;
        let changes: Vec<Change> = steps
            .into_iter()
            .map(|(later, state)| {
                at_ms += later * hour_ms;
                Change { at_ms, state: State::ALL[state] }
            })
            .filter(|change| change.at_ms <= now * hour_ms)
            .collect();
        let windows: Vec<Window> = windows
            .into_iter()
            .map(|(begin, hours)| window(begin * hour_ms, (begin + hours) * hour_ms))
            .collect();
        let shown = days(&changes, &windows, (now * hour_ms, 10));
        let today = now / 24;
        for (place, day) in (today - 9..=today).enumerate() {
            let mut worst: Option<State> = None;
            for hour in day * 24..((day + 1) * 24).min(now + 1) {
                let moment = hour * hour_ms;
                let known = changes.iter().any(|change| change.at_ms <= moment);
                let last = changes.iter().rfind(|change| change.at_ms < moment);
                let then = changes.iter().rfind(|change| change.at_ms == moment);
                let runs = windows.iter().any(|one| one.phase(moment) == Phase::Running);
                // What was before a change at the first moment of a day is of the day before.
                let seen = last.filter(|_| hour > day * 24 || then.is_none());
                let all = seen.into_iter().chain(then).map(|change| change.state);
                let all = all.chain((known && runs).then_some(Maintenance));
                worst = worst.max(all.max());
            }
            prop_assert_eq!(shown[place], worst, "day {}", day);
        }
    }

    #[test]
    fn no_text_makes_an_address_that_is_none(text in "\\PC{0,50}") {
        if let Some(slug) = slug(&text) {
            let again = super::slug(&slug);
            prop_assert_eq!(again.as_deref(), Some(slug.as_str()));
            prop_assert!(slug.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
        }
    }
}
