//! What a form is answered with.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use suite_contracts::UserId;

use crate::model::decimal::Decimal;
use crate::model::id::FileId;

/// Characters of a key at most.
const KEY_CHARS_MAX: usize = 64;

/// What a field is called by rules and by those who read answers: `cost_centre`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a key begins with a letter, and has small letters, digits and underscores, at most 64")]
pub struct NoKey;

impl Key {
    pub fn parse(text: &str) -> Result<Self, NoKey> {
        let is_sound = text.len() <= KEY_CHARS_MAX
            && text.starts_with(|first: char| first.is_ascii_lowercase())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        if is_sound { Ok(Self(text.to_owned())) } else { Err(NoKey) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.0)
    }
}

/// A file that was uploaded, as the service knows it to be, not as its sender named it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    pub id: FileId,
    pub name: String,
    /// Found from what it holds.
    pub media_type: String,
    pub bytes: u64,
}

/// The answer to one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Text(String),
    Number(Decimal),
    /// By its option's value.
    Choice(String),
    Choices(Vec<String>),
    Date(Date),
    User(UserId),
    Files(Vec<File>),
    Table(Vec<Row>),
}

pub type Row = BTreeMap<Key, Value>;
/// What a form is answered with, by its fields' keys.
pub type Answers = BTreeMap<Key, Value>;

impl Value {
    /// Whether it says nothing, which is the same as no answer.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.trim().is_empty(),
            Self::Choice(option) => option.is_empty(),
            Self::Choices(options) => options.is_empty(),
            Self::Files(files) => files.is_empty(),
            Self::Table(rows) => rows.is_empty(),
            Self::Number(_) | Self::Date(_) | Self::User(_) => false,
        }
    }

    /// What kind of answer it is, for those who gave another one.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Number(_) => "a number",
            Self::Choice(_) => "one option",
            Self::Choices(_) => "a list of options",
            Self::Date(_) => "a date",
            Self::User(_) => "a person",
            Self::Files(_) => "files",
            Self::Table(_) => "rows",
        }
    }
}
