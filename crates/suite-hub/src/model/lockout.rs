//! How failed logins lock an account or an address, for longer and longer.

/// How many failures, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// This many lock for the first time; every further one locks for twice as long.
    pub failures_max: i32,
    pub lock_ms_first: i64,
    pub lock_ms_max: i64,
    /// After so long without a failure and without a lock all is forgotten.
    pub forget_ms: i64,
}

pub const ACCOUNT: Rule = Rule {
    failures_max: 5,
    lock_ms_first: 60_000,
    lock_ms_max: 3_600_000,
    forget_ms: 24 * 3_600_000,
};

/// Many people may share an address.
pub const ADDRESS: Rule =
    Rule { failures_max: 50, lock_ms_first: 60_000, lock_ms_max: 900_000, forget_ms: 3_600_000 };

/// Longer than twenty doublings no lock is.
const DOUBLINGS_MAX: i32 = 20;

/// What an account or an address has to its charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Failures {
    pub count: i32,
    /// Locked until then; a time that has passed is that of the last failure.
    pub until_ms: Option<i64>,
}

impl Failures {
    /// How much longer it is locked. What is beyond the longest lock comes from a clock that was
    /// wrong, and locks nobody.
    pub fn locked_ms(self, rule: Rule, now_ms: i64) -> Option<i64> {
        let left_ms = self.until_ms?.saturating_sub(now_ms);
        (self.count >= rule.failures_max && (1..=rule.lock_ms_max).contains(&left_ms))
            .then_some(left_ms)
    }

    #[must_use]
    pub fn with_another(self, rule: Rule, now_ms: i64) -> Self {
        let is_old = |until_ms: i64| now_ms.saturating_sub(until_ms) > rule.forget_ms;
        let before = if self.until_ms.is_none_or(is_old) { 0 } else { self.count };
        let count = before.saturating_add(1);
        let lock_ms = if count < rule.failures_max {
            0
        } else {
            let doublings = (count - rule.failures_max).min(DOUBLINGS_MAX);
            rule.lock_ms_first.saturating_mul(1 << doublings).min(rule.lock_ms_max)
        };
        Self { count, until_ms: Some(now_ms.saturating_add(lock_ms)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(times: usize, now_ms: i64) -> Failures {
        (0..times).fold(Failures::default(), |failures, _| failures.with_another(ACCOUNT, now_ms))
    }

    #[test]
    fn each_failure_beyond_the_bound_locks_for_twice_as_long_up_to_a_bound() {
        assert_eq!(failed(4, 1_000).locked_ms(ACCOUNT, 1_000), None);
        assert_eq!(failed(5, 1_000).locked_ms(ACCOUNT, 1_000), Some(60_000));
        assert_eq!(failed(5, 1_000).locked_ms(ACCOUNT, 60_999), Some(1));
        assert_eq!(failed(5, 1_000).locked_ms(ACCOUNT, 61_000), None);
        assert_eq!(failed(6, 0).locked_ms(ACCOUNT, 0), Some(120_000));
        assert_eq!(failed(8, 0).locked_ms(ACCOUNT, 0), Some(480_000));
        for times in [11, 12, 40, 100] {
            assert_eq!(failed(times, 0).locked_ms(ACCOUNT, 0), Some(3_600_000), "{times}");
        }
    }

    #[test]
    fn failures_are_forgotten_after_a_quiet_day() {
        let before = failed(4, 0);
        assert_eq!(before.with_another(ACCOUNT, ACCOUNT.forget_ms).count, 5);
        assert_eq!(before.with_another(ACCOUNT, ACCOUNT.forget_ms + 1).count, 1);
    }

    #[test]
    fn a_clock_that_was_wrong_locks_nobody_out() {
        let year_ms = 365 * 24 * 3_600_000;
        assert_eq!(failed(5, year_ms).locked_ms(ACCOUNT, 0), None);
        // The failures themselves still count.
        assert_eq!(
            failed(5, year_ms).with_another(ACCOUNT, 0).locked_ms(ACCOUNT, 0),
            Some(120_000)
        );
        let full = Failures { count: i32::MAX, until_ms: Some(0) };
        assert_eq!(full.with_another(ACCOUNT, 0).locked_ms(ACCOUNT, 0), Some(3_600_000));
    }
}
