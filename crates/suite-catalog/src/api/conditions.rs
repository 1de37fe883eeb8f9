//! Conditions: of fields of a form, and of stages of an approval.

use serde::{Deserialize, Serialize};
use suite_contracts::GroupId;
use utoipa::ToSchema;

use super::answers::AnswerBody;
use super::{decimal, each, key};
use crate::error::Fault;
use crate::model::approval::Test;
use crate::model::condition::Condition;
use crate::model::form::{Comparison, When};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Condition)]
pub(crate) enum ConditionBody {
    #[schema(no_recursion)]
    All(Vec<ConditionBody>),
    #[schema(no_recursion)]
    Any(Vec<ConditionBody>),
    #[schema(no_recursion)]
    Not(Box<ConditionBody>),
    /// Of a stage alone.
    PriceAbove(String),
    /// Of a stage alone.
    RequesterIn(GroupId),
    Answer(AnswerTest),
}

/// A test of what a field is answered with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct AnswerTest {
    pub field: String,
    pub is: ComparisonBody,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Comparison)]
pub(crate) enum ComparisonBody {
    Answered,
    Includes(String),
    Above(String),
    Below(String),
    After(String),
    Before(String),
    /// The only one that a stage can ask.
    Equals(AnswerBody),
}

impl ConditionBody {
    pub(crate) fn of_field(self, at: &str) -> Result<Condition<When>, Fault> {
        self.read(at, &|at, test| match test {
            Self::Answer(AnswerTest { field, is }) => {
                Ok(When { field: key(at, &field)?, comparison: is.read(at)? })
            }
            _ => Err(Fault::new(at, "the condition of a field asks for answers alone")),
        })
    }

    pub(crate) fn of_stage(self, at: &str) -> Result<Condition<Test>, Fault> {
        self.read(at, &|at, test| match test {
            Self::PriceAbove(price) => Ok(Test::PriceAbove(decimal(at, &price)?)),
            Self::RequesterIn(group) => Ok(Test::RequesterIn(group)),
            Self::Answer(AnswerTest { field, is: ComparisonBody::Equals(equals) }) => {
                Ok(Test::Answer { field: key(at, &field)?, equals: equals.value(at)? })
            }
            _ => Err(Fault::new(at, "the condition of a stage compares answers by `equals`")),
        })
    }

    fn read<T>(
        self,
        at: &str,
        test: &impl Fn(&str, Self) -> Result<T, Fault>,
    ) -> Result<Condition<T>, Fault> {
        let all = |at: String, parts| each(&at, parts, |at, part: Self| part.read(at, test));
        Ok(match self {
            Self::All(parts) => Condition::All(all(format!("{at}/all"), parts)?),
            Self::Any(parts) => Condition::Any(all(format!("{at}/any"), parts)?),
            Self::Not(part) => Condition::Not(Box::new(part.read(&format!("{at}/not"), test)?)),
            one => Condition::Is(test(at, one)?),
        })
    }

    /// The groups that it asks for.
    pub(crate) fn groups(&self) -> Vec<GroupId> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::groups).collect(),
            Self::Not(part) => part.groups(),
            Self::RequesterIn(group) => vec![*group],
            Self::PriceAbove(_) | Self::Answer(_) => Vec::new(),
        }
    }
}

impl ComparisonBody {
    fn read(self, at: &str) -> Result<Comparison, Fault> {
        let date = |text: String| {
            text.parse().map_err(|_| Fault::new(at, "this is no date, such as 2026-02-28"))
        };
        Ok(match self {
            Self::Answered => Comparison::Answered,
            Self::Equals(value) => Comparison::Equals(value.value(at)?),
            Self::Includes(option) => Comparison::Includes(option),
            Self::Above(bound) => Comparison::Above(decimal(at, &bound)?),
            Self::Below(bound) => Comparison::Below(decimal(at, &bound)?),
            Self::After(bound) => Comparison::After(date(bound)?),
            Self::Before(bound) => Comparison::Before(date(bound)?),
        })
    }
}
