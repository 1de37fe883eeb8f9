//! Approval plans: who has to approve, in which order.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use suite_contracts::{GroupId, UserId};
use utoipa::ToSchema;

use super::conditions::ConditionBody;
use super::{each, minutes_ms};
use crate::error::Fault;
use crate::model::approval::{Approver, Deadline, Plan, PlanError, Rule, Stage};

/// Characters of a stage's name at most.
const NAME_CHARS_MAX: usize = 100;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ApprovalPlan)]
pub(crate) struct ApprovalBody {
    /// One after the other. Without any, a request is approved at once.
    #[schema(max_items = 20)]
    pub stages: Vec<StageBody>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ApprovalStage)]
pub(crate) struct StageBody {
    pub name: String,
    pub rule: RuleBody,
    #[schema(min_items = 1, max_items = 50)]
    pub approvers: Vec<ApproverBody>,
    /// Skipped unless it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<ConditionBody>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<DeadlineBody>,
    /// To whom it passes at its deadline, or where there is nobody to ask.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub escalate_to: Vec<ApproverBody>,
}

/// How many of those who are asked have to approve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ApprovalRule)]
pub(crate) enum RuleBody {
    Any,
    All,
    Quorum(u32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Approver)]
pub(crate) enum ApproverBody {
    User(UserId),
    /// Its members.
    Group(GroupId),
    /// Of the person whom the request is for.
    Manager,
    CostCentreOwner,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ApprovalDeadline)]
pub(crate) struct DeadlineBody {
    #[schema(minimum = 1)]
    pub within_minutes: i64,
    /// Before the deadline.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub remind_after_minutes: Vec<i64>,
}

impl ApprovalBody {
    pub(crate) fn read(self, at: &str) -> Result<Plan, Fault> {
        let at = format!("{at}/stages");
        let stages = each(&at, self.stages, |at, stage| stage.read(at))?;
        Plan::new(stages).map_err(|error| {
            let place = match &error {
                PlanError::Approvers { stage, .. }
                | PlanError::Quorum { stage }
                | PlanError::Deadline { stage }
                | PlanError::Condition { stage, .. } => format!("{at}/{stage}"),
                PlanError::Stages(_) => at.clone(),
            };
            Fault::new(place, error)
        })
    }

    fn approvers(&self) -> impl Iterator<Item = &ApproverBody> {
        self.stages.iter().flat_map(|stage| stage.approvers.iter().chain(&stage.escalate_to))
    }

    /// The people whom it names.
    pub(crate) fn users(&self) -> BTreeSet<UserId> {
        let named = self.approvers().filter_map(|approver| match approver {
            ApproverBody::User(user) => Some(*user),
            _ => None,
        });
        named.collect()
    }

    /// The groups that it asks, or asks for.
    pub(crate) fn groups(&self) -> BTreeSet<GroupId> {
        let asked = self.approvers().filter_map(|approver| match approver {
            ApproverBody::Group(group) => Some(*group),
            _ => None,
        });
        let conditions = self.stages.iter().filter_map(|stage| stage.condition.as_ref());
        asked.chain(conditions.flat_map(ConditionBody::groups)).collect()
    }
}

impl StageBody {
    fn read(self, at: &str) -> Result<Stage, Fault> {
        let Self { name, rule, approvers, condition, deadline, escalate_to } = self;
        let name = name.trim().to_owned();
        if name.is_empty() || name.chars().count() > NAME_CHARS_MAX {
            let reason = format!("a stage has a name of 1 to {NAME_CHARS_MAX} characters");
            return Err(Fault::new(format!("{at}/name"), reason));
        }
        let rule = match rule {
            RuleBody::Any => Rule::Any,
            RuleBody::All => Rule::All,
            RuleBody::Quorum(quorum) => Rule::Quorum(quorum),
        };
        let condition = condition.map(|one| one.of_stage(&format!("{at}/condition")));
        let deadline = deadline.map(|DeadlineBody { within_minutes, remind_after_minutes }| {
            let remind_after_ms = remind_after_minutes.into_iter().map(minutes_ms).collect();
            Deadline { within_ms: minutes_ms(within_minutes), remind_after_ms }
        });
        let approvers = approvers.into_iter().map(Approver::from).collect();
        let escalate_to = escalate_to.into_iter().map(Approver::from).collect();
        let condition = condition.transpose()?;
        Ok(Stage { name, rule, approvers, condition, deadline, escalate_to })
    }
}

impl From<ApproverBody> for Approver {
    fn from(approver: ApproverBody) -> Self {
        match approver {
            ApproverBody::User(user) => Self::User(user),
            ApproverBody::Group(group) => Self::Group(group),
            ApproverBody::Manager => Self::Manager,
            ApproverBody::CostCentreOwner => Self::CostCentreOwner,
        }
    }
}
