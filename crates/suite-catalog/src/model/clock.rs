//! The clocks of a ticket, computed from its history and nothing else: a timer that fires late, or
//! never, changes nothing, and every number can be explained by intervals and computed again.
//!
//! What a clock counts ([`Measure`]):
//!
//! | measure | runs from | until | counts |
//! |---|---|---|---|
//! | response | creation | the first public reply of an agent, or the first solution | once |
//! | resolution | creation | the solution; reopened it runs on with what was counted | again |
//! | group | each arrival in the group | the solution | while the group has it, summed up |
//! | tier | each arrival in the tier | the tier's first reply, or the first solution | once |
//!
//! The rules:
//!
//! 1. It counts time in which the ticket's calendar is open. So a ticket that is opened outside the
//!    hours starts at the next opening.
//! 2. It pauses while the ticket is in a pausing state, or anything that pauses
//!    [holds](Change::Held) it. Pauses that overlap are one. A pause of no length pauses nothing.
//! 3. What happens takes effect at its instant. Entries of one instant take effect in the order in
//!    which they were recorded, and only what they lead to counts. Entries that were recorded late
//!    are put where they belong by their instant. What is dated before the creation takes effect at
//!    the creation. Of several creations the first counts.
//! 4. Target and calendar are those in force at each instant. A changed priority keeps what was
//!    counted: under a shorter target the clock may be due at once. A changed calendar counts from
//!    the change on. What changes while a clock is stopped does not move its target.
//! 5. It is *due* at the first instant at which the time counted reaches the target. Stopped or
//!    paused by then, that instant included, it keeps the target. If it runs on after that instant,
//!    even outside the hours, it is *breached* as of that instant, and stays so: a longer target, a
//!    pause or a solution later do not undo what was missed.
//! 6. It warns at the first instant at which the time counted reaches a share of the target.

mod alarm;
mod history;
mod reading;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use suite_contracts::GroupId;

use super::calendar::{Beyond, OpenTimes};
use super::id::CalendarId;
use super::target::{Targets, Tier};
use super::ticket::Pending;

pub use alarm::{Alarm, AlarmKind, Alarms, alarms};
pub use history::{Change, ENTRIES_MAX, Entry, History, HistoryError};
pub use reading::{ClockState, Interval, Reading, Why};

/// The share of the target at which a clock warns, unless it is set.
pub const WARN_PERCENT: u8 = 75;

/// What a clock counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    Response,
    Resolution,
    Group(GroupId),
    Tier(Tier),
}

/// A clock, as it is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    pub measure: Measure,
    pub targets: Targets,
    /// What it pauses for.
    pub pausing: BTreeSet<Pending>,
    /// Between 1 and 100.
    pub warn_percent: u8,
}

/// The calendars that tickets are counted by, each worked out for a window.
pub type Calendars = BTreeMap<CalendarId, Arc<OpenTimes>>;

/// What a clock cannot be read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClockError {
    #[error("the calendar {0} is not there")]
    UnknownCalendar(CalendarId),
    #[error(transparent)]
    Beyond(#[from] Beyond),
}

impl Clock {
    /// The clock of the requester's answer. It does not pause.
    pub fn response() -> Self {
        Self::new(Measure::Response, Targets::response(), BTreeSet::new())
    }

    /// The clock of the solution. It pauses for the customer, a vendor and a change.
    pub fn resolution() -> Self {
        let pausing = BTreeSet::from(Pending::ALL);
        Self::new(Measure::Resolution, Targets::resolution(), pausing)
    }

    pub fn new(measure: Measure, targets: Targets, pausing: BTreeSet<Pending>) -> Self {
        Self { measure, targets, pausing, warn_percent: WARN_PERCENT }
    }

    /// What it shows at an instant; what is dated later does not count yet. `None` where the ticket
    /// never was with the clock's group or tier.
    pub fn read(
        &self,
        history: &History,
        calendars: &Calendars,
        now_ms: i64,
    ) -> Result<Option<Reading>, ClockError> {
        reading::read(self, &history.course(self, now_ms), calendars)
    }

    /// What it shows, interval by interval, from the ticket's creation until it stopped, or now.
    pub fn explain(
        &self,
        history: &History,
        calendars: &Calendars,
        now_ms: i64,
    ) -> Result<Vec<Interval>, ClockError> {
        reading::explain(&history.course(self, now_ms), calendars)
    }
}
