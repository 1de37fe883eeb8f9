//! What is to be told of clocks, and when: that one warns, and that a promise is broken.
//!
//! It follows from what the clocks show and from what was told before, so that whoever looks late,
//! or twice, tells nothing twice.

use std::collections::BTreeSet;

use super::{ClockState, Measure, Reading};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AlarmKind {
    Warned,
    Breached,
}

/// That a clock warned, or was breached, as of an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alarm {
    pub measure: Measure,
    pub kind: AlarmKind,
    pub at_ms: i64,
}

/// What is to be told now, and when to look again if nothing happens before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarms {
    pub now: Vec<Alarm>,
    pub next_ms: Option<i64>,
}

/// Takes what clocks show now. A clock that was stopped in time warns of nothing any more, and one
/// that is breached is not warned of.
pub fn alarms(
    readings: &[(Measure, Reading)],
    told: &BTreeSet<(Measure, AlarmKind)>,
    now_ms: i64,
) -> Alarms {
    let mut alarms = Alarms { now: Vec::new(), next_ms: None };
    for (measure, reading) in readings {
        let measure = *measure;
        let is_told = |kind| told.contains(&(measure, kind));
        if let Some(at_ms) = reading.breached_at_ms {
            if !is_told(AlarmKind::Breached) {
                alarms.now.push(Alarm { measure, kind: AlarmKind::Breached, at_ms });
            }
            continue;
        }
        if reading.state != ClockState::Running {
            continue;
        }
        let warns_ms = reading.warn_at_ms.filter(|_| !is_told(AlarmKind::Warned));
        let next_ms = match warns_ms {
            Some(at_ms) if at_ms <= now_ms => {
                alarms.now.push(Alarm { measure, kind: AlarmKind::Warned, at_ms });
                reading.due_at_ms
            }
            Some(at_ms) => Some(at_ms),
            None => reading.due_at_ms,
        };
        // It is breached after the instant at which it is due.
        let next_ms = next_ms.map(|at_ms| at_ms.max(now_ms).saturating_add(1));
        alarms.next_ms = alarms.next_ms.into_iter().chain(next_ms).min();
    }
    alarms
}

#[cfg(test)]
mod tests {
    use super::*;
    use AlarmKind::{Breached, Warned};

    fn running(warn_ms: i64, due_ms: i64) -> Reading {
        Reading {
            state: ClockState::Running,
            target_ms: 100,
            elapsed_ms: 0,
            remaining_ms: 100,
            started_at_ms: Some(0),
            due_at_ms: Some(due_ms),
            warn_at_ms: Some(warn_ms),
            breached_at_ms: None,
            stopped_at_ms: None,
        }
    }

    #[test]
    fn each_is_told_once_however_often_it_is_looked() {
        let measure = Measure::Resolution;
        let mut told = BTreeSet::new();
        let clock = [(measure, running(75, 100))];
        let early = alarms(&clock, &told, 10);
        assert_eq!(early, Alarms { now: Vec::new(), next_ms: Some(76) });
        let warned = alarms(&clock, &told, 80);
        assert_eq!(warned.now, [Alarm { measure, kind: Warned, at_ms: 75 }]);
        assert_eq!(warned.next_ms, Some(101));
        told.insert((measure, Warned));
        assert_eq!(alarms(&clock, &told, 90), Alarms { now: Vec::new(), next_ms: Some(101) });
        let breached =
            Reading { state: ClockState::Breached, breached_at_ms: Some(100), ..running(75, 100) };
        let late = alarms(&[(measure, breached)], &told, 500);
        assert_eq!(late.now, [Alarm { measure, kind: Breached, at_ms: 100 }]);
        assert_eq!(late.next_ms, None);
        told.insert((measure, Breached));
        assert!(alarms(&[(measure, breached)], &told, 600).now.is_empty());
    }

    #[test]
    fn nobody_is_warned_of_what_waits_is_done_or_is_too_late() {
        let told = BTreeSet::new();
        for state in [ClockState::Paused, ClockState::Met] {
            let reading = Reading { state, ..running(75, 100) };
            let none = Alarms { now: Vec::new(), next_ms: None };
            assert_eq!(alarms(&[(Measure::Response, reading)], &told, 80), none);
        }
        let breached = Reading { breached_at_ms: Some(100), ..running(75, 100) };
        let found = alarms(&[(Measure::Response, breached)], &told, 200);
        assert_eq!(found.now.iter().map(|alarm| alarm.kind).collect::<Vec<_>>(), [Breached]);
    }
}
