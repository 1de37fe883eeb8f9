//! Answers to a form's fields. Each says what kind it is: `{"text": "…"}`, `{"number": "12.5"}`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use suite_contracts::UserId;
use utoipa::ToSchema;

use super::{decimal, each, key};
use crate::error::Fault;
use crate::model::form::{Answers, Row, Value};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Answer, no_recursion)]
pub(crate) enum AnswerBody {
    Text(String),
    /// As people write it, with up to six decimal places: exact.
    Number(String),
    /// By its option's value.
    Choice(String),
    Choices(Vec<String>),
    /// Such as `2026-02-28`.
    Date(String),
    User(UserId),
    /// Rows, by the keys of the columns.
    #[schema(value_type = Vec<Object>)]
    Table(Vec<BTreeMap<String, AnswerBody>>),
}

/// By the keys of the fields.
pub(crate) type AnswersBody = BTreeMap<String, AnswerBody>;

impl AnswerBody {
    pub(crate) fn value(self, at: &str) -> Result<Value, Fault> {
        Ok(match self {
            Self::Text(text) => Value::Text(text),
            Self::Number(text) => Value::Number(decimal(at, &text)?),
            Self::Choice(option) => Value::Choice(option),
            Self::Choices(options) => Value::Choices(options),
            Self::Date(text) => {
                let date = text.parse();
                Value::Date(
                    date.map_err(|_| Fault::new(at, "this is no date, such as 2026-02-28"))?,
                )
            }
            Self::User(user) => Value::User(user),
            Self::Table(rows) => Value::Table(each(at, rows, answers)?),
        })
    }

    /// `None` for files, which the API does not carry.
    fn of(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Text(text) => Self::Text(text.clone()),
            Value::Number(number) => Self::Number(number.to_string()),
            Value::Choice(option) => Self::Choice(option.clone()),
            Value::Choices(options) => Self::Choices(options.clone()),
            Value::Date(date) => Self::Date(date.to_string()),
            Value::User(user) => Self::User(*user),
            Value::Table(rows) => Self::Table(rows.iter().map(shown).collect()),
            Value::Files(_) => return None,
        })
    }
}

/// Reads answers, or a row of a table.
pub(crate) fn answers(at: &str, given: AnswersBody) -> Result<Row, Fault> {
    let each = given.into_iter().map(|(name, answer)| {
        let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
        Ok((key(&at, &name)?, answer.value(&at)?))
    });
    each.collect()
}

pub(crate) fn shown(answers: &Answers) -> AnswersBody {
    let each =
        answers.iter().filter_map(|(key, value)| Some((key.to_string(), AnswerBody::of(value)?)));
    each.collect()
}
