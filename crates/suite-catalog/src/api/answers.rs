//! Answers to a form's fields. Each says what kind it is: `{"text": "…"}`, `{"number": "12.5"}`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use suite_contracts::UserId;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{decimal, each, key};
use crate::error::Fault;
use crate::model::form::{Answers, File, Row, Value};
use crate::model::id::FileId;

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
    /// Whoever answers has uploaded them, and not used them yet.
    Files(#[schema(inline)] Vec<FileAnswer>),
    /// Rows, by the keys of the columns.
    #[schema(value_type = Vec<Object>)]
    Table(Vec<BTreeMap<String, AnswerBody>>),
}

/// A file in an answer. What is not its id the service says, whatever is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct FileAnswer {
    pub id: Uuid,
    #[serde(default)]
    pub name: String,
    /// As its content says.
    #[serde(default)]
    pub media_type: String,
    #[serde(default)]
    pub bytes: u64,
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
            Self::Files(files) => Value::Files(files.into_iter().map(File::from).collect()),
            Self::Table(rows) => Value::Table(each(at, rows, answers)?),
        })
    }

    fn of(value: &Value) -> Self {
        match value {
            Value::Text(text) => Self::Text(text.clone()),
            Value::Number(number) => Self::Number(number.to_string()),
            Value::Choice(option) => Self::Choice(option.clone()),
            Value::Choices(options) => Self::Choices(options.clone()),
            Value::Date(date) => Self::Date(date.to_string()),
            Value::User(user) => Self::User(*user),
            Value::Table(rows) => Self::Table(rows.iter().map(shown).collect()),
            Value::Files(files) => Self::Files(files.iter().map(FileAnswer::from).collect()),
        }
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
    answers.iter().map(|(key, value)| (key.to_string(), AnswerBody::of(value))).collect()
}

impl From<FileAnswer> for File {
    fn from(FileAnswer { id, name, media_type, bytes }: FileAnswer) -> Self {
        Self { id: FileId(id), name, media_type, bytes }
    }
}

impl From<&File> for FileAnswer {
    fn from(file: &File) -> Self {
        let (name, media_type) = (file.name.clone(), file.media_type.clone());
        Self { id: file.id.0, name, media_type, bytes: file.bytes }
    }
}
