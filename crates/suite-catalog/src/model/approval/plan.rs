//! Who is asked, in which order.

use suite_contracts::{GroupId, UserId};

use super::directory::Directory;
use crate::model::condition::{Condition, TooComplex};
use crate::model::decimal::Decimal;
use crate::model::form::{Answers, Key, Value};
use crate::model::id::CostCentreId;

pub const STAGES_MAX: usize = 20;
/// Approvers of one stage, and whom it escalates to, at most.
pub const APPROVERS_MAX: usize = 50;
pub const REMINDERS_MAX: usize = 10;
/// The longest deadline, a year.
const WITHIN_MS_MAX: i64 = 366 * 24 * 3_600_000;

/// Who is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Approver {
    User(UserId),
    /// Its members.
    Group(GroupId),
    /// Of the person whom the request is for.
    Manager,
    CostCentreOwner,
}

/// How many of those who are asked have to approve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    Any,
    All,
    Quorum(u32),
}

/// What a stage is only asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    PriceAbove(Decimal),
    Answer { field: Key, equals: Value },
    RequesterIn(GroupId),
}

/// Spans of business time, from the instant at which a stage is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    pub within_ms: i64,
    /// Before the deadline.
    pub remind_after_ms: Vec<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    pub name: String,
    pub rule: Rule,
    pub approvers: Vec<Approver>,
    pub condition: Option<Condition<Test>>,
    pub deadline: Option<Deadline>,
    pub escalate_to: Vec<Approver>,
}

/// The stages of an approval, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan(Vec<Stage>);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error("an approval has at most {STAGES_MAX} stages, and this {0}")]
    Stages(usize),
    #[error(
        "stage {stage} names {count} approvers; name one at least, and at most {APPROVERS_MAX}"
    )]
    Approvers { stage: usize, count: usize },
    #[error("stage {stage}: a quorum is at least one")]
    Quorum { stage: usize },
    #[error(
        "stage {stage}: a deadline is at most a year, and its reminders, at most {REMINDERS_MAX}, \
         come before it"
    )]
    Deadline { stage: usize },
    #[error("stage {stage}: {error}")]
    Condition { stage: usize, error: TooComplex },
}

impl Plan {
    pub fn new(stages: Vec<Stage>) -> Result<Self, PlanError> {
        if stages.len() > STAGES_MAX {
            return Err(PlanError::Stages(stages.len()));
        }
        for (stage, definition) in stages.iter().enumerate() {
            definition.check(stage)?;
        }
        Ok(Self(stages))
    }

    pub fn stages(&self) -> &[Stage] {
        &self.0
    }
}

impl Stage {
    fn check(&self, stage: usize) -> Result<(), PlanError> {
        let count = self.approvers.len();
        if count == 0 || count > APPROVERS_MAX || self.escalate_to.len() > APPROVERS_MAX {
            return Err(PlanError::Approvers { stage, count });
        }
        if self.rule == Rule::Quorum(0) {
            return Err(PlanError::Quorum { stage });
        }
        if let Some(Deadline { within_ms, remind_after_ms }) = &self.deadline {
            let is_sound = (1..=WITHIN_MS_MAX).contains(within_ms)
                && remind_after_ms.len() <= REMINDERS_MAX
                && remind_after_ms.iter().all(|after_ms| (1..*within_ms).contains(after_ms));
            if !is_sound {
                return Err(PlanError::Deadline { stage });
            }
        }
        if let Some(condition) = &self.condition {
            condition.tests().map_err(|error| PlanError::Condition { stage, error })?;
        }
        Ok(())
    }
}

/// What is decided on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    pub requester: UserId,
    /// The same, unless the request is made on behalf of somebody.
    pub requested_for: UserId,
    pub price: Decimal,
    pub cost_centre: Option<CostCentreId>,
    pub answers: Answers,
}

impl Subject {
    /// Whether somebody would decide on their own request.
    pub fn concerns(&self, user: UserId) -> bool {
        user == self.requester || user == self.requested_for
    }

    pub(super) fn passes(&self, test: &Test, directory: &Directory) -> bool {
        match test {
            Test::PriceAbove(price) => self.price > *price,
            Test::Answer { field, equals } => self.answers.get(field) == Some(equals),
            Test::RequesterIn(group) => directory.is_member(*group, self.requester),
        }
    }
}
