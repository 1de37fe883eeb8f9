//! Rate limits by the generic cell rate algorithm (ITU-T I.371): one number a key, the time at which
//! the bucket is empty again.

use crate::problem::{Kind, Problem};

/// `burst` requests at once, and as many in each `per_ms` from then on, evenly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub burst: u32,
    pub per_ms: u32,
}

/// The answer to one more request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Admission {
    Admitted,
    /// Not yet: after so many milliseconds there is room for one.
    RetryAfterMs(u64),
}

impl Admission {
    /// Refuses the request with status 429 if it was not admitted.
    pub fn require(self) -> Result<(), Problem> {
        let Self::RetryAfterMs(wait_ms) = self else { return Ok(()) };
        let seconds = wait_ms.div_ceil(1_000);
        let detail = format!("too many requests: try again in {seconds} s");
        Err(Problem::new(Kind::RateLimited, "rate_limited", detail).retry_after_s(seconds))
    }
}

impl Rate {
    pub const fn new(burst: u32, per_ms: u32) -> Self {
        Self { burst, per_ms }
    }

    pub(super) fn window_us(self) -> i64 {
        i64::from(self.per_ms.max(1)) * 1_000
    }

    /// What one request takes of the window.
    pub(super) fn step_us(self) -> i64 {
        (self.window_us() / i64::from(self.burst.max(1))).max(1)
    }

    /// `empty_us` is when the bucket is empty again, 0 at first. Gives that time anew, or how many
    /// milliseconds to wait. A time beyond the window can only come from a clock that was ahead, and
    /// counts as a full bucket.
    pub(super) fn admit(self, empty_us: i64, now_us: i64) -> Result<i64, u64> {
        let (window, step) = (self.window_us(), self.step_us());
        let after_us = empty_us.clamp(now_us, now_us.saturating_add(window)).saturating_add(step);
        let excess_us = after_us.saturating_sub(now_us).saturating_sub(window);
        if excess_us > 0 {
            return Err(u64::try_from(excess_us).unwrap_or(0).div_ceil(1_000));
        }
        Ok(after_us)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_admitted_and_then_the_rate() {
        let rate = Rate::new(3, 3_000);
        let mut empty_us = 0;
        for _ in 0..3 {
            empty_us = rate.admit(empty_us, 1_000_000).unwrap();
        }
        assert_eq!(rate.admit(empty_us, 1_000_000), Err(1_000));
        assert_eq!(rate.admit(empty_us, 1_999_500), Err(1));
        empty_us = rate.admit(empty_us, 2_000_000).unwrap();
        assert_eq!(rate.admit(empty_us, 2_000_000), Err(1_000));
        assert!(rate.admit(empty_us, 60_000_000).is_ok());
    }

    #[test]
    fn a_clock_that_was_ahead_shuts_nobody_out_for_longer_than_the_window() {
        let rate = Rate::new(2, 1_000);
        let ahead_us = 3_600_000_000;
        assert_eq!(rate.admit(ahead_us, 0), Err(500));
        assert!(Rate::new(0, 0).admit(0, 0).is_ok());
        assert!(Rate::new(u32::MAX, 1).admit(i64::MAX, i64::MAX).is_ok());
    }

    #[test]
    fn a_refusal_says_how_long_to_wait() {
        assert!(Admission::Admitted.require().is_ok());
        let problem = Admission::RetryAfterMs(1_001).require().unwrap_err();
        assert_eq!((problem.kind(), problem.code()), (Kind::RateLimited, "rate_limited"));
        assert!(problem.detail().ends_with("in 2 s"));
    }
}
