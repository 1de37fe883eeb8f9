//! What a desk promises, and to whom: the targets by which tickets are counted, how a priority
//! follows from impact and urgency, and which groups work in which tier.
//!
//! Levels are never changed, only replaced: a ticket is counted by those that it was opened under,
//! so that a new promise neither breaks nor mends what was promised before.

use std::collections::{BTreeMap, BTreeSet};

use suite_contracts::GroupId;

use super::clock::{Clock, Measure, WARN_PERCENT};
use super::priority::Matrix;
use super::target::{NoTarget, TARGET_MS_MAX, Targets, Tier};
use super::ticket::{Pending, REOPEN_MS};

/// Groups of a desk at most.
pub const GROUPS_MAX: usize = 200;
/// The longest time in which a ticket can be reopened: a year.
pub const REOPEN_MS_MAX: i64 = TARGET_MS_MAX;

/// A group that works on tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeskGroup {
    pub tier: Tier,
    /// What it has agreed with the others (OLA): how long a ticket stays with it.
    pub targets: Option<Targets>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceLevels {
    pub response: Targets,
    pub resolution: Targets,
    /// From a ticket's arrival in a tier until the tier's reply, from the first tier to the third.
    pub tiers_ms: [i64; 3],
    /// What the clock of the solution, and those of groups, pause for.
    pub pausing: BTreeSet<Pending>,
    /// Between 1 and 100.
    pub warn_percent: u8,
    pub matrix: Matrix,
    /// How long a resolved ticket can be reopened by its requester.
    pub reopen_ms: i64,
    pub groups: BTreeMap<GroupId, DeskGroup>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LevelsError {
    #[error("clocks warn at 1 to 100 % of their targets, not at {0}")]
    Warning(u8),
    #[error("a desk has at most {GROUPS_MAX} groups, not {0}")]
    Groups(usize),
    #[error("a ticket can be reopened for at most a year")]
    Reopening,
    #[error(transparent)]
    Target(#[from] NoTarget),
}

impl Default for ServiceLevels {
    fn default() -> Self {
        const HOUR_MS: i64 = 3_600_000;
        Self {
            response: Targets::response(),
            resolution: Targets::resolution(),
            tiers_ms: [HOUR_MS, 2 * HOUR_MS, 4 * HOUR_MS],
            pausing: BTreeSet::from(Pending::ALL),
            warn_percent: WARN_PERCENT,
            matrix: Matrix::default(),
            reopen_ms: REOPEN_MS,
            groups: BTreeMap::new(),
        }
    }
}

impl ServiceLevels {
    /// Whether they can be counted by.
    pub fn check(&self) -> Result<(), LevelsError> {
        if !(1..=100).contains(&self.warn_percent) {
            return Err(LevelsError::Warning(self.warn_percent));
        }
        if self.groups.len() > GROUPS_MAX {
            return Err(LevelsError::Groups(self.groups.len()));
        }
        if !(0..=REOPEN_MS_MAX).contains(&self.reopen_ms) {
            return Err(LevelsError::Reopening);
        }
        for target_ms in self.tiers_ms {
            Targets::new([target_ms; 4])?;
        }
        Ok(())
    }

    /// The clocks of the promises to the requester: of the answer, and of the solution.
    pub fn promised(&self) -> [Clock; 2] {
        [
            self.clock(Measure::Response, self.response, BTreeSet::new()),
            self.clock(Measure::Resolution, self.resolution, self.pausing.clone()),
        ]
    }

    /// The clocks among those who work on it: of the tiers, and of groups that have targets.
    pub fn agreed(
        &self,
        tiers: impl IntoIterator<Item = Tier>,
        groups: impl IntoIterator<Item = GroupId>,
    ) -> Vec<Clock> {
        let tiers: BTreeSet<Tier> = tiers.into_iter().collect();
        let groups: BTreeSet<GroupId> = groups.into_iter().collect();
        let of_tiers = tiers.into_iter().map(|tier| {
            let targets = self.response.capped(self.tiers_ms[tier as usize]);
            self.clock(Measure::Tier(tier), targets, BTreeSet::new())
        });
        let of_groups = groups.into_iter().filter_map(|group| {
            let targets = self.groups.get(&group)?.targets?;
            Some(self.clock(Measure::Group(group), targets, self.pausing.clone()))
        });
        of_tiers.chain(of_groups).collect()
    }

    /// The groups of each tier.
    pub fn groups_by_tier(&self) -> Vec<(Tier, GroupId)> {
        self.groups.iter().map(|(group, desk)| (desk.tier, *group)).collect()
    }

    fn clock(&self, measure: Measure, targets: Targets, pausing: BTreeSet<Pending>) -> Clock {
        Clock { warn_percent: self.warn_percent, ..Clock::new(measure, targets, pausing) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::priority::Priority;

    #[test]
    fn the_defaults_are_those_of_the_desk() {
        let levels = ServiceLevels::default();
        assert_eq!(levels.check(), Ok(()));
        assert_eq!(levels.promised(), [Clock::response(), Clock::resolution()]);
        for tier in Tier::ALL {
            let clocks = levels.agreed([tier, tier], []);
            assert_eq!(clocks.len(), 1);
            assert_eq!(clocks[0].targets, Targets::tier(tier, Targets::response()));
        }
    }

    #[test]
    fn a_group_without_targets_has_no_clock() {
        let (with, without, unknown) = (GroupId::new(), GroupId::new(), GroupId::new());
        let targets = Some(Targets::new([1, 2, 3, 4]).unwrap());
        let mut levels = ServiceLevels::default();
        levels.groups.insert(with, DeskGroup { tier: Tier::Two, targets });
        levels.groups.insert(without, DeskGroup { tier: Tier::One, targets: None });
        let clocks = levels.agreed([], [with, without, unknown]);
        assert_eq!(clocks.len(), 1);
        assert_eq!(clocks[0].measure, Measure::Group(with));
        assert_eq!(clocks[0].targets.of(Priority::P3), 3);
        assert_eq!(levels.groups_by_tier().len(), 2);
    }

    #[test]
    fn what_cannot_be_counted_by_is_refused() {
        let refused = |change: fn(&mut ServiceLevels)| {
            let mut levels = ServiceLevels::default();
            change(&mut levels);
            levels.check().unwrap_err()
        };
        assert_eq!(refused(|levels| levels.warn_percent = 0), LevelsError::Warning(0));
        assert_eq!(refused(|levels| levels.warn_percent = 101), LevelsError::Warning(101));
        assert_eq!(refused(|levels| levels.reopen_ms = -1), LevelsError::Reopening);
        assert_eq!(refused(|levels| levels.tiers_ms[1] = 0), LevelsError::Target(NoTarget(0)));
    }
}
