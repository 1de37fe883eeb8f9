//! Holidays from iCalendar files (RFC 5545).
//!
//! Each VEVENT is a holiday, named by its SUMMARY; other components are passed over. A DATE closes
//! whole days in the calendar's zone, a DATE-TIME without a zone what the wall clock shows there,
//! and one in UTC or with a TZID of the IANA database the same instants everywhere. DTEND and
//! DURATION are read; without either a DATE lasts a day, and a DATE-TIME is refused, as it would
//! close nothing. RRULE (daily to yearly), RDATE, EXDATE and RECURRENCE-ID are worked out within a
//! window of dates, on the wall clock of the event's own zone. STATUS:CANCELLED closes nothing, and
//! cancels its occurrence where it has a RECURRENCE-ID.
//!
//! What cannot be read is refused with its line: a holiday that is silently missing would be a
//! deadline that is silently wrong. Size, events and occurrences are bounded.

mod event;
mod lines;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, DateTime};

use super::{HOLIDAYS_MAX, Holiday};
use event::Event;

/// Size of a file at most.
pub const FILE_BYTES_MAX: usize = 1024 * 1024;
/// Events of a file at most.
pub const EVENTS_MAX: usize = 5_000;
/// Occurrences of one rule at most, those before the window included.
pub const OCCURRENCES_MAX: usize = 5_000;
/// Occurrences of all rules of a file at most, those before the window included.
pub const FILE_OCCURRENCES_MAX: usize = 50_000;

/// Where a file cannot be read, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct ImportError {
    /// Counted from one.
    pub line: usize,
    pub reason: String,
}

impl ImportError {
    fn new(line: usize, reason: impl Into<String>) -> Self {
        Self { line, reason: reason.into() }
    }
}

/// The dates that holidays are taken from, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dates {
    pub first: Date,
    pub last: Date,
}

impl Dates {
    fn touches(self, from: DateTime, to: DateTime) -> bool {
        from.date() <= self.last && to > self.first.at(0, 0, 0, 0)
    }
}

/// Reads the holidays that a file has within a window, in the order of their beginning.
pub fn read(text: &str, window: Dates) -> Result<Vec<Holiday>, ImportError> {
    if text.len() > FILE_BYTES_MAX {
        let reason = format!("a file has at most {FILE_BYTES_MAX} bytes, and this {}", text.len());
        return Err(ImportError::new(1, reason));
    }
    let events = events(text)?;
    let replaced = replaced(&events);
    let mut found: Vec<(DateTime, Holiday)> = Vec::new();
    let mut occurrences = 0;
    for event in &events {
        if event.is_cancelled {
            continue;
        }
        let replaced = replaced.get(event.uid.as_str()).filter(|_| event.replaces.is_none());
        let starts = event.starts(window)?;
        occurrences += starts.len();
        if occurrences > FILE_OCCURRENCES_MAX {
            let reason = format!("with this all occur more than {FILE_OCCURRENCES_MAX} times");
            return Err(ImportError::new(event.line, reason));
        }
        for start in starts {
            let end = event.end_of(start)?;
            let is_replaced = replaced.is_some_and(|replaced| replaced.contains(&start));
            if is_replaced || !window.touches(start, end) {
                continue;
            }
            if found.len() >= HOLIDAYS_MAX {
                let reason = format!("with this there are more than {HOLIDAYS_MAX} holidays");
                return Err(ImportError::new(event.line, reason));
            }
            found.push((start, event.holiday(start, end)?));
        }
    }
    found.sort_by_key(|(start, _)| *start);
    Ok(found.into_iter().map(|(_, holiday)| holiday).collect())
}

fn events(text: &str) -> Result<Vec<Event>, ImportError> {
    let lines = lines::unfold(text)?;
    let blocks = lines::events(&lines)?;
    if let Some(block) = blocks.get(EVENTS_MAX) {
        let line = block.first().map_or(1, |line| line.number);
        return Err(ImportError::new(line, format!("a file has at most {EVENTS_MAX} events")));
    }
    blocks.iter().map(|block| Event::read(block)).collect()
}

/// The occurrences of each event that have an event of their own in their place.
fn replaced(events: &[Event]) -> BTreeMap<&str, BTreeSet<DateTime>> {
    let mut replaced: BTreeMap<&str, BTreeSet<DateTime>> = BTreeMap::new();
    for event in events {
        if let Some(occurrence) = event.replaces {
            replaced.entry(event.uid.as_str()).or_default().insert(occurrence);
        }
    }
    replaced
}
