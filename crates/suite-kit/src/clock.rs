//! The time, as milliseconds since 1970 in UTC, from a clock that tests can set.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// Where a service reads the time. Cheap to clone; clones share a set time.
#[derive(Debug, Clone, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    /// The machine's own.
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands until it is set.
    pub fn manual(now_ms: i64) -> Self {
        Self(Some(Arc::new(AtomicI64::new(now_ms))))
    }

    pub fn now_ms(&self) -> i64 {
        match &self.0 {
            None => Timestamp::now().as_millisecond(),
            Some(set) => set.load(Ordering::SeqCst),
        }
    }

    /// Sets a manual clock; the machine's own stays as it is.
    pub fn set_ms(&self, now_ms: i64) {
        if let Some(set) = &self.0 {
            set.store(now_ms, Ordering::SeqCst);
        }
    }

    /// Moves a manual clock on, or back.
    pub fn advance_ms(&self, by_ms: i64) {
        if let Some(set) = &self.0 {
            set.fetch_add(by_ms, Ordering::SeqCst);
        }
    }
}

/// RFC 3339 in UTC with milliseconds. A time beyond what the calendar knows is shown as its limit.
pub fn rfc3339(at_ms: i64) -> String {
    let at = Timestamp::from_millisecond(at_ms);
    let at = at.unwrap_or(if at_ms < 0 { Timestamp::MIN } else { Timestamp::MAX });
    format!("{at:.3}")
}

/// Reads RFC 3339; `None` if the text is none.
pub fn parse_rfc3339(text: &str) -> Option<i64> {
    text.parse::<Timestamp>().ok().map(|at| at.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_and_read() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(parse_rfc3339("2026-03-29T02:30:00+01:00"), Some(1_774_747_800_000));
        assert_eq!(parse_rfc3339(&rfc3339(1_774_747_800_123)), Some(1_774_747_800_123));
        assert_eq!(parse_rfc3339("yesterday"), None);
        assert!(rfc3339(i64::MAX).starts_with("9999-"));
    }

    #[test]
    fn clones_of_a_manual_clock_show_the_same() {
        let clock = Clock::manual(5);
        let other = clock.clone();
        clock.advance_ms(10);
        assert_eq!(other.now_ms(), 15);
    }
}
