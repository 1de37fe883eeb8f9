//! How long an answer and a solution may take.
//!
//! Two promises are kept apart, because they are made to different people:
//!
//! - To the **requester**, by priority: how long until the first public reply of an agent, and
//!   until the solution. It does not change when a ticket moves between tiers.
//! - Among the **tiers**, by tier: how long a tier has, from a ticket's arrival, until it replies.
//!   A tier never has longer than the priority gives for a reply: a P1 that is handed to tier 3 is
//!   due in its 15 minutes, not in four hours. A P4 in tier 1 is due to the tier in one hour, and
//!   to the requester in 24.
//!
//! All are times of the calendar that the ticket is counted by. The defaults are meant for one that
//! is always open: with working hours from nine to five, 24 hours are three days.

use super::priority::Priority;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// No target is longer: a year.
pub const TARGET_MS_MAX: i64 = 366 * 24 * HOUR_MS;

/// Who works on a ticket: the first line, those who know more, and those who made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    One,
    Two,
    Three,
}

impl Tier {
    pub const ALL: [Self; 3] = [Self::One, Self::Two, Self::Three];
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a target is longer than nothing and at most a year, and not {0} ms")]
pub struct NoTarget(pub i64);

/// A target for each priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Targets([i64; 4]);

impl Targets {
    /// Takes them from P1 to P4.
    pub fn new(by_priority_ms: [i64; 4]) -> Result<Self, NoTarget> {
        for target_ms in by_priority_ms {
            if !(1..=TARGET_MS_MAX).contains(&target_ms) {
                return Err(NoTarget(target_ms));
            }
        }
        Ok(Self(by_priority_ms))
    }

    /// Until the first public reply of an agent.
    pub fn response() -> Self {
        Self([15 * MINUTE_MS, HOUR_MS, 4 * HOUR_MS, 24 * HOUR_MS])
    }

    /// Until the solution.
    pub fn resolution() -> Self {
        Self([4 * HOUR_MS, 24 * HOUR_MS, 48 * HOUR_MS, 7 * 24 * HOUR_MS])
    }

    /// From the arrival in a tier until its reply.
    pub fn tier(tier: Tier, response: Self) -> Self {
        let hours = match tier {
            Tier::One => 1,
            Tier::Two => 2,
            Tier::Three => 4,
        };
        response.capped(hours * HOUR_MS)
    }

    /// None longer than this.
    #[must_use]
    pub fn capped(self, target_ms_max: i64) -> Self {
        Self(self.0.map(|target_ms| target_ms.min(target_ms_max)))
    }

    /// From P1 to P4.
    pub fn by_priority_ms(&self) -> [i64; 4] {
        self.0
    }

    pub fn of(&self, priority: Priority) -> i64 {
        self.0[priority as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tier_has_its_hours_but_never_longer_than_the_priority() {
        let due =
            |tier, priority| Targets::tier(tier, Targets::response()).of(priority) / MINUTE_MS;
        assert_eq!(due(Tier::Three, Priority::P1), 15);
        assert_eq!(due(Tier::Three, Priority::P2), 60);
        assert_eq!(due(Tier::Three, Priority::P3), 240);
        assert_eq!(due(Tier::Two, Priority::P3), 120);
        assert_eq!(due(Tier::One, Priority::P4), 60);
        assert_eq!(Targets::response().of(Priority::P4), 24 * HOUR_MS);
        assert_eq!(Targets::resolution().of(Priority::P4), 168 * HOUR_MS);
    }

    #[test]
    fn a_target_has_a_length() {
        assert!(Targets::new([1, 2, 3, TARGET_MS_MAX]).is_ok());
        assert_eq!(Targets::new([1, 2, 0, 4]), Err(NoTarget(0)));
        assert_eq!(Targets::new([1, 2, 3, i64::MAX]), Err(NoTarget(i64::MAX)));
    }
}
