//! What a clock shows, and why.

use std::sync::Arc;

use suite_contracts::GroupId;

use super::history::{Course, Mode, Phase};
use super::{Calendars, Clock, ClockError};
use crate::model::calendar::{OpenTimes, Span, StretchKind};
use crate::model::id::CalendarId;
use crate::model::target::Tier;
use crate::model::ticket::Pending;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClockState {
    Running,
    /// By a state or a hold, or because another group or tier has the ticket.
    Paused,
    Met,
    /// Running on, or stopped too late.
    Breached,
}

/// What a clock shows at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    pub state: ClockState,
    pub target_ms: i64,
    pub elapsed_ms: i64,
    /// Negative by as much as it is late.
    pub remaining_ms: i64,
    /// When it first counted: for a ticket of the night, the next opening. `None` until it does.
    pub started_at_ms: Option<i64>,
    /// When the target is reached if it runs on from now; once breached, when it was. `None` when
    /// it has stopped in time, or the calendar's window ends before.
    pub due_at_ms: Option<i64>,
    /// When it warned, or will if it runs on from now; `None` when it has stopped before.
    pub warn_at_ms: Option<i64>,
    pub breached_at_ms: Option<i64>,
    pub stopped_at_ms: Option<i64>,
}

/// Part of a clock's course.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interval {
    pub span: Span,
    pub counted_ms: i64,
    pub why: Why,
}

/// Why an interval counts, or does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    Counts,
    OutsideHours,
    /// With its name.
    Holiday(String),
    Paused(Pending),
    OtherGroup(Option<GroupId>),
    OtherTier(Tier),
    /// Resolved, until it was reopened.
    Stopped,
}

/// What has been counted so far.
#[derive(Debug, Default)]
struct Count {
    elapsed_ms: i64,
    started_ms: Option<i64>,
    warned_ms: Option<i64>,
    breached_ms: Option<i64>,
}

fn calendar(calendars: &Calendars, id: CalendarId) -> Result<&OpenTimes, ClockError> {
    calendars.get(&id).map(Arc::as_ref).ok_or(ClockError::UnknownCalendar(id))
}

fn warn_after_ms(target_ms: i64, percent: u8) -> i64 {
    let percent = i64::from(percent.clamp(1, 100));
    // Rounded up, so that it never warns before its share.
    (target_ms.saturating_mul(percent).saturating_add(99) / 100).max(1)
}

/// The instant at which the count reaches an amount, running from an instant on.
fn reaches(
    times: &OpenTimes,
    from_ms: i64,
    counted_ms: i64,
    amount_ms: i64,
) -> Result<Option<i64>, ClockError> {
    Ok(times.reached_ms(from_ms, amount_ms.saturating_sub(counted_ms))?)
}

impl Count {
    fn run(&mut self, phase: &Phase, times: &OpenTimes, percent: u8) -> Result<(), ClockError> {
        let Span { from_ms, to_ms } = phase.span;
        let open_ms = times.between_ms(from_ms, to_ms)?;
        if self.started_ms.is_none() && open_ms > 0 {
            self.started_ms = times.next_opening_ms(from_ms)?;
        }
        let after_ms = self.elapsed_ms.saturating_add(open_ms);
        let warn_ms = warn_after_ms(phase.target_ms, percent);
        if self.warned_ms.is_none() && after_ms >= warn_ms {
            self.warned_ms = reaches(times, from_ms, self.elapsed_ms, warn_ms)?;
        }
        if self.breached_ms.is_none() && after_ms >= phase.target_ms {
            let due_ms = reaches(times, from_ms, self.elapsed_ms, phase.target_ms)?;
            self.breached_ms = due_ms.filter(|due_ms| *due_ms < to_ms);
        }
        self.elapsed_ms = after_ms;
        Ok(())
    }
}

pub(super) fn read(
    clock: &Clock,
    course: &Course,
    calendars: &Calendars,
) -> Result<Option<Reading>, ClockError> {
    if !course.is_concerned {
        return Ok(None);
    }
    let mut count = Count::default();
    for phase in course.phases.iter().filter(|phase| phase.mode == Mode::Runs) {
        count.run(phase, calendar(calendars, phase.calendar)?, clock.warn_percent)?;
    }
    let now = &course.now;
    let is_stopped = now.mode == Mode::Stopped;
    let (mut due_at_ms, mut warn_at_ms) = (count.breached_ms, count.warned_ms);
    if !is_stopped {
        let times = calendar(calendars, now.calendar)?;
        let from_ms = now.span.to_ms;
        if due_at_ms.is_none() {
            due_at_ms = reaches(times, from_ms, count.elapsed_ms, now.target_ms)?;
        }
        if warn_at_ms.is_none() {
            let warn_ms = warn_after_ms(now.target_ms, clock.warn_percent);
            warn_at_ms = reaches(times, from_ms, count.elapsed_ms, warn_ms)?;
        }
    }
    let state = match (count.breached_ms, now.mode) {
        (Some(_), _) => ClockState::Breached,
        (None, Mode::Stopped) => ClockState::Met,
        (None, Mode::Runs) => ClockState::Running,
        (None, _) => ClockState::Paused,
    };
    Ok(Some(Reading {
        state,
        target_ms: now.target_ms,
        elapsed_ms: count.elapsed_ms,
        remaining_ms: now.target_ms.saturating_sub(count.elapsed_ms),
        started_at_ms: count.started_ms,
        due_at_ms,
        warn_at_ms,
        breached_at_ms: count.breached_ms,
        stopped_at_ms: is_stopped.then_some(now.span.from_ms),
    }))
}

pub(super) fn explain(course: &Course, calendars: &Calendars) -> Result<Vec<Interval>, ClockError> {
    let mut intervals = Vec::new();
    for Phase { span, mode, calendar: id, .. } in &course.phases {
        let whole = |why| Interval { span: *span, counted_ms: 0, why };
        match mode {
            Mode::Paused(pending) => intervals.push(whole(Why::Paused(*pending))),
            Mode::OtherGroup(group) => intervals.push(whole(Why::OtherGroup(*group))),
            Mode::OtherTier(tier) => intervals.push(whole(Why::OtherTier(*tier))),
            Mode::Stopped => intervals.push(whole(Why::Stopped)),
            Mode::Runs => {
                let times = calendar(calendars, *id)?;
                // The same bounds that reading has.
                times.between_ms(span.from_ms, span.to_ms)?;
                intervals.extend(times.stretches(*span).into_iter().map(|stretch| {
                    let length_ms = stretch.span.length_ms();
                    let (counted_ms, why) = match stretch.kind {
                        StretchKind::Open => (length_ms, Why::Counts),
                        StretchKind::OutsideHours => (0, Why::OutsideHours),
                        StretchKind::Holiday(name) => (0, Why::Holiday(name.to_owned())),
                    };
                    Interval { span: stretch.span, counted_ms, why }
                }));
            }
        }
    }
    Ok(intervals)
}
