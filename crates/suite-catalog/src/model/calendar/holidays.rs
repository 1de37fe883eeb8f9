//! Times that a calendar is closed, whatever its weekly hours say.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::{DAY_MS, Span};

/// Characters of a holiday's name at most.
pub const NAME_CHARS_MAX: usize = 200;

/// A day or a part of one, or several days, with the name that explanations show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    pub name: String,
    pub span: HolidaySpan,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HolidaySpan {
    /// What the wall clock of the calendar's zone shows: from, and until before.
    WallClock { from: DateTime, to: DateTime },
    /// The same everywhere, such as hours that were given in another zone.
    Instants(Span),
}

impl Holiday {
    /// A whole day in the calendar's zone.
    pub fn day(name: impl Into<String>, date: Date) -> Self {
        let from = date.to_datetime(jiff::civil::Time::midnight());
        let to = date.tomorrow().map_or(DateTime::MAX, |next| next.at(0, 0, 0, 0));
        Self { name: name.into(), span: HolidaySpan::WallClock { from, to } }
    }

    /// A part of a day in the calendar's zone.
    pub fn part(name: impl Into<String>, from: DateTime, to: DateTime) -> Self {
        Self { name: name.into(), span: HolidaySpan::WallClock { from, to } }
    }

    /// An instant before which it closes nothing, whatever the calendar's zone is.
    pub fn begins_after_ms(&self) -> i64 {
        match self.span {
            HolidaySpan::Instants(span) => span.from_ms,
            // No zone is further from UTC than a day.
            HolidaySpan::WallClock { from, .. } => wall_clock_ms(from).saturating_sub(DAY_MS),
        }
    }

    /// What of it lies in a stretch of time that has one offset.
    pub(super) fn within(&self, stretch: Span, offset_ms: i64) -> Span {
        let span = match self.span {
            HolidaySpan::Instants(span) => span,
            HolidaySpan::WallClock { from, to } => {
                let at = |time| wall_clock_ms(time).saturating_sub(offset_ms);
                Span::new(at(from), at(to))
            }
        };
        span.clipped(stretch)
    }
}

/// A wall clock's time as if it hung in UTC.
pub(super) fn wall_clock_ms(time: DateTime) -> i64 {
    TimeZone::UTC.to_timestamp(time).map_or(i64::MAX, jiff::Timestamp::as_millisecond)
}
