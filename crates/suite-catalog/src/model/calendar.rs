//! Business calendars: when a team works.
//!
//! A [`Calendar`] is a list of [`Version`]s, each in force from an instant until the next one's.
//! What lies before the first counts by the first. A version that is given an instant in the past
//! rewrites what lies after it, and only that; of two from the same instant the later in the list
//! counts. So a change under open tickets leaves alone what was counted before it, and a holiday
//! that was forgotten can still be added to the past.
//!
//! A version is a time zone, [weekly hours](WeeklyHours) and [holidays](Holiday). The rule is one
//! sentence: **an instant is open if the wall clock of the zone then shows a time within the weekly
//! hours, and no holiday covers it.** From it follows what happens where clocks change:
//!
//! - An hour that is skipped does not exist, and counts nothing; an hour that is repeated counts
//!   twice, if it is within the hours.
//! - A day that a zone skips (Samoa, 30 December 2011) has no hours.
//! - Hours across midnight belong to the day that they begin on, but a holiday closes only what the
//!   wall clock shows as the holiday itself: hours from Monday 22:00 to Tuesday 06:00 lose six
//!   hours to a holiday on Tuesday.
//!
//! [`Calendar::open_times`] works this out for a window, once, with the time before each interval
//! summed up, so that a question about it is a binary search. Offsets come from the bundled time
//! zone database, so that every process of an installation counts alike.

pub mod holidays;
mod hours;
pub mod icalendar;
mod open_times;
#[cfg(test)]
mod tests;

use std::iter;
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

pub use holidays::{Holiday, HolidaySpan};
pub use hours::{DAY_MINUTES, HoursError, Weekday, WeeklyHours, WeeklyInterval};
pub use open_times::{Beyond, OpenTimes, Stretch, StretchKind};

/// Versions that a calendar has at most.
pub const VERSIONS_MAX: usize = 200;
/// Holidays of one version at most.
pub const HOLIDAYS_MAX: usize = 10_000;
/// The longest window that open times are worked out for: forty years.
pub const WINDOW_MS_MAX: i64 = 40 * 366 * DAY_MS;

pub(crate) const MINUTE_MS: i64 = 60_000;
pub(crate) const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// From an instant until before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    pub from_ms: i64,
    pub to_ms: i64,
}

impl Span {
    pub fn new(from_ms: i64, to_ms: i64) -> Self {
        Self { from_ms, to_ms }
    }

    pub fn length_ms(self) -> i64 {
        self.to_ms.saturating_sub(self.from_ms).max(0)
    }

    pub fn is_empty(self) -> bool {
        self.to_ms <= self.from_ms
    }

    /// What both cover; it may be empty.
    #[must_use]
    pub fn clipped(self, to: Self) -> Self {
        Self::new(self.from_ms.max(to.from_ms), self.to_ms.min(to.to_ms))
    }
}

/// What a calendar is refused for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    #[error("there is no time zone {0:?}; name one of the IANA database, such as Europe/Berlin")]
    UnknownZone(String),
    #[error("a calendar has at least one version, and at most {VERSIONS_MAX}")]
    Versions,
    #[error("a calendar has at most {HOLIDAYS_MAX} holidays, and this has {0}")]
    TooManyHolidays(usize),
    #[error("a window ends after it begins, and has at most forty years")]
    Window,
    #[error("the instant {0} is out of what a time zone is known for")]
    Instant(i64),
}

static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// A time zone of the IANA database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    pub fn named(name: &str) -> Result<Self, CalendarError> {
        let unknown = || CalendarError::UnknownZone(name.chars().take(64).collect());
        ZONES.get(name).map(Self).map_err(|_| unknown())
    }

    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    pub(crate) fn time_zone(&self) -> &TimeZone {
        &self.0
    }

    /// The stretches of a window in which the zone's offset from UTC stays the same, with it.
    fn offsets(&self, window: Span) -> Result<Vec<(Span, i64)>, CalendarError> {
        let offset_ms = |at| i64::from(self.0.to_offset(at).seconds()) * 1_000;
        let start = timestamp(window.from_ms)?;
        timestamp(window.to_ms)?;
        let mut stretches = Vec::new();
        let (mut from_ms, mut now_ms) = (window.from_ms, offset_ms(start));
        for transition in self.0.following(start) {
            let at_ms = transition.timestamp().as_millisecond();
            if at_ms >= window.to_ms {
                break;
            }
            stretches.push((Span::new(from_ms, at_ms), now_ms));
            (from_ms, now_ms) = (at_ms, i64::from(transition.offset().seconds()) * 1_000);
        }
        stretches.push((Span::new(from_ms, window.to_ms), now_ms));
        Ok(stretches)
    }
}

fn timestamp(at_ms: i64) -> Result<Timestamp, CalendarError> {
    Timestamp::from_millisecond(at_ms).map_err(|_| CalendarError::Instant(at_ms))
}

/// How a calendar counts from an instant on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    pub effective_from_ms: i64,
    pub zone: Zone,
    pub hours: WeeklyHours,
    /// Where two cover the same time, the one that begins first names it.
    pub holidays: Vec<Holiday>,
}

/// When a team works, and how that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// By the instant that they are in force from.
    versions: Vec<Version>,
}

impl Calendar {
    /// Takes versions in the order of their making.
    pub fn new(mut versions: Vec<Version>) -> Result<Self, CalendarError> {
        if versions.is_empty() || versions.len() > VERSIONS_MAX {
            return Err(CalendarError::Versions);
        }
        for version in &versions {
            if version.holidays.len() > HOLIDAYS_MAX {
                return Err(CalendarError::TooManyHolidays(version.holidays.len()));
            }
        }
        versions.sort_by_key(|version| version.effective_from_ms);
        Ok(Self { versions })
    }

    /// One that is always open.
    pub fn always() -> Self {
        let version = Version {
            effective_from_ms: 0,
            zone: Zone(TimeZone::UTC),
            hours: WeeklyHours::always(),
            holidays: Vec::new(),
        };
        Self { versions: vec![version] }
    }

    pub fn versions(&self) -> &[Version] {
        &self.versions
    }

    /// By which it counts at an instant.
    pub fn in_force(&self, at_ms: i64) -> &Version {
        let begun = self.versions.partition_point(|one| one.effective_from_ms <= at_ms);
        &self.versions[begun.saturating_sub(1)]
    }

    /// The versions to make so that these holidays count, too: of the one in force at an instant,
    /// from that instant on, and of each later one in its place. None where all have them already.
    ///
    /// A holiday may lie in the past; it changes what its time counts, and nothing else. To be
    /// given an instant that is neither after the first of them nor in the future.
    pub fn with_holidays(&self, from_ms: i64, added: &[Holiday]) -> Vec<Version> {
        let begun = self.versions.partition_point(|one| one.effective_from_ms <= from_ms);
        let mut first = self.in_force(from_ms).clone();
        first.effective_from_ms = from_ms;
        let mut changed: Vec<Version> = Vec::new();
        for version in iter::once(first).chain(self.versions[begun..].iter().cloned()) {
            // Of two from the same instant the later counts.
            changed.pop_if(|last| last.effective_from_ms == version.effective_from_ms);
            changed.push(version);
        }
        let mut is_new = false;
        for version in &mut changed {
            for holiday in added {
                if !version.holidays.contains(holiday) {
                    version.holidays.push(holiday.clone());
                    is_new = true;
                }
            }
        }
        if is_new { changed } else { Vec::new() }
    }

    /// Works out when it is open within a window.
    pub fn open_times(&self, window: Span) -> Result<OpenTimes, CalendarError> {
        let length_ms = window.to_ms.checked_sub(window.from_ms);
        if length_ms.is_none_or(|length_ms| !(1..=WINDOW_MS_MAX).contains(&length_ms)) {
            return Err(CalendarError::Window);
        }
        let mut builder = open_times::Builder::new(window);
        for (index, version) in self.versions.iter().enumerate() {
            let from_ms = if index == 0 { window.from_ms } else { version.effective_from_ms };
            let next = self.versions.get(index + 1);
            let to_ms = next.map_or(window.to_ms, |next| next.effective_from_ms);
            let span = Span::new(from_ms, to_ms).clipped(window);
            if !span.is_empty() {
                builder.add(version, &version.zone.offsets(span)?);
            }
        }
        Ok(builder.finish())
    }
}
