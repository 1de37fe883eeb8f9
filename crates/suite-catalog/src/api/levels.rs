//! Service levels: targets, warnings, the matrix of priorities, and the desk's groups.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use suite_contracts::GroupId;
use utoipa::ToSchema;

use super::desk::{PendingBody, PriorityBody, tier, tier_number};
use super::minutes_ms;
use super::requests::GroupView;
use crate::error::Fault;
use crate::model::levels::{DeskGroup, GROUPS_MAX, ServiceLevels};
use crate::model::priority::{Matrix, Priority};
use crate::model::target::Targets;

const MINUTE_MS: i64 = 60_000;

/// Minutes of the calendar that a ticket is counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = TargetMinutes)]
pub(crate) struct TargetsBody {
    #[schema(minimum = 1, maximum = 527040)]
    pub p1: i64,
    #[schema(minimum = 1, maximum = 527040)]
    pub p2: i64,
    #[schema(minimum = 1, maximum = 527040)]
    pub p3: i64,
    #[schema(minimum = 1, maximum = 527040)]
    pub p4: i64,
}

/// What the desk promises. Tickets that are open keep what they were opened under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ServiceLevels)]
pub(crate) struct LevelsBody {
    /// Until the first public reply of an agent.
    pub response_minutes: TargetsBody,
    /// Until the solution.
    pub resolution_minutes: TargetsBody,
    /// From a ticket's arrival in tier 1, 2 and 3 until the tier's reply; never longer than the
    /// priority gives for a response.
    #[schema(min_items = 3, max_items = 3, value_type = Vec<i64>, example = json!([60, 120, 240]))]
    pub tier_minutes: [i64; 3],
    /// Waiting for these stops the clocks of solution and groups.
    #[schema(value_type = Vec<PendingBody>)]
    pub pausing: BTreeSet<PendingBody>,
    #[schema(minimum = 1, maximum = 100)]
    pub warn_percent: u8,
    /// By impact, from low to high, of cells by urgency, from low to high.
    #[schema(value_type = Vec<Vec<PriorityBody>>,
        example = json!([["P4", "P4", "P3"], ["P4", "P3", "P2"], ["P3", "P2", "P1"]]))]
    pub matrix: [[PriorityBody; 3]; 3],
    /// How long a requester can reopen what is resolved.
    #[schema(minimum = 0, maximum = 527040)]
    pub reopen_minutes: i64,
    /// Groups that work on tickets.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub groups: Vec<DeskGroupBody>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = DeskGroup)]
pub(crate) struct DeskGroupBody {
    pub group_id: GroupId,
    #[schema(minimum = 1, maximum = 3)]
    pub tier: u8,
    /// How long a ticket may stay with it (OLA).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_minutes: Option<TargetsBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CurrentServiceLevels)]
pub(crate) struct LevelsView {
    /// 0 are those that every desk begins with.
    pub version: i64,
    pub levels: LevelsBody,
    /// What its groups are called.
    pub groups: Vec<GroupView>,
}

impl TargetsBody {
    fn targets(self, at: &str) -> Result<Targets, Fault> {
        let Self { p1, p2, p3, p4 } = self;
        let targets = Targets::new([p1, p2, p3, p4].map(minutes_ms));
        targets.map_err(|error| Fault::new(at, error))
    }
}

impl From<Targets> for TargetsBody {
    fn from(targets: Targets) -> Self {
        let [p1, p2, p3, p4] = targets.by_priority_ms().map(|target_ms| target_ms / MINUTE_MS);
        Self { p1, p2, p3, p4 }
    }
}

impl LevelsBody {
    pub(crate) fn levels(&self) -> Result<ServiceLevels, Fault> {
        let mut groups = BTreeMap::new();
        if self.groups.len() > GROUPS_MAX {
            let reason = format!("a desk has at most {GROUPS_MAX} groups");
            return Err(Fault::new("/groups", reason));
        }
        for (index, body) in self.groups.iter().enumerate() {
            let at = format!("/groups/{index}");
            let tier = tier(&format!("{at}/tier"), body.tier)?;
            let targets = body.target_minutes.map(|one| one.targets(&format!("{at}/targets")));
            let group = DeskGroup { tier, targets: targets.transpose()? };
            if groups.insert(body.group_id, group).is_some() {
                return Err(Fault::new(format!("{at}/group_id"), "this group is there already"));
            }
        }
        let rows = self.matrix.map(|row| row.map(Priority::from));
        let matrix = Matrix::new(rows).map_err(|error| Fault::new("/matrix", error))?;
        let levels = ServiceLevels {
            response: self.response_minutes.targets("/response_minutes")?,
            resolution: self.resolution_minutes.targets("/resolution_minutes")?,
            tiers_ms: self.tier_minutes.map(minutes_ms),
            pausing: self.pausing.iter().map(|one| (*one).into()).collect(),
            warn_percent: self.warn_percent,
            matrix,
            reopen_ms: minutes_ms(self.reopen_minutes),
            groups,
        };
        levels.check().map_err(|error| Fault::new("", error))?;
        Ok(levels)
    }
}

impl From<&ServiceLevels> for LevelsBody {
    fn from(levels: &ServiceLevels) -> Self {
        let groups = levels.groups.iter().map(|(group, desk)| DeskGroupBody {
            group_id: *group,
            tier: tier_number(desk.tier),
            target_minutes: desk.targets.map(TargetsBody::from),
        });
        Self {
            response_minutes: levels.response.into(),
            resolution_minutes: levels.resolution.into(),
            tier_minutes: levels.tiers_ms.map(|target_ms| target_ms / MINUTE_MS),
            pausing: levels.pausing.iter().map(|one| (*one).into()).collect(),
            warn_percent: levels.warn_percent,
            matrix: levels.matrix.rows().map(|row| row.map(PriorityBody::from)),
            reopen_minutes: levels.reopen_ms / MINUTE_MS,
            groups: groups.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_reads_back_as_it_was() {
        let mut levels = ServiceLevels::default();
        let targets = Targets::new([60_000, 120_000, 180_000, 240_000]).ok();
        let tier = crate::model::target::Tier::Three;
        levels.groups.insert(GroupId::new(), DeskGroup { tier, targets });
        assert_eq!(LevelsBody::from(&levels).levels(), Ok(levels));
    }

    #[test]
    fn faults_say_where_they_are() {
        let fault = |change: fn(&mut LevelsBody)| {
            let mut body = LevelsBody::from(&ServiceLevels::default());
            change(&mut body);
            body.levels().unwrap_err().at
        };
        assert_eq!(fault(|body| body.response_minutes.p2 = 0), "/response_minutes");
        assert_eq!(fault(|body| body.resolution_minutes.p1 = i64::MAX), "/resolution_minutes");
        assert_eq!(fault(|body| body.matrix[2][2] = PriorityBody::P4), "/matrix");
        let group = |tier| DeskGroupBody { group_id: GroupId::new(), tier, target_minutes: None };
        let mut body = LevelsBody::from(&ServiceLevels::default());
        body.groups = vec![group(1), group(4)];
        assert_eq!(body.levels().unwrap_err().at, "/groups/1/tier");
        body.groups[1] = body.groups[0].clone();
        assert_eq!(body.levels().unwrap_err().at, "/groups/1/group_id");
    }
}
