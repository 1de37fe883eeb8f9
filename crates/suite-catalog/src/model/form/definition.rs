//! What a form consists of.

use std::collections::BTreeMap;

use jiff::civil::Date;
use regex::{Regex, RegexBuilder};
use suite_contracts::GroupId;

use super::value::{Answers, Key, Value};
use crate::model::condition::Condition;
use crate::model::decimal::Decimal;

/// Characters of a pattern at most.
pub const PATTERN_CHARS_MAX: usize = 500;
/// What a pattern may take when it is compiled.
const PATTERN_BYTES_MAX: usize = 256 * 1024;

/// More days than from the first date to the last, the year 9999's.
const DAYS_MAX: i32 = 7_300_000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub key: Key,
    pub label: String,
    pub help: String,
    pub kind: Kind,
    pub required: bool,
    pub prefill: Option<Prefill>,
    /// Shown only where it holds.
    pub show: Option<Condition<When>>,
    /// Required where it holds, too.
    pub require: Option<Condition<When>>,
}

/// What a field begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prefill {
    Value(Value),
    /// Today, or so many days later.
    Today {
        plus_days: i32,
    },
    Requester,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    Text {
        /// More than one line may be written.
        is_long: bool,
        chars_min: usize,
        chars_max: usize,
        pattern: Option<Pattern>,
    },
    Number {
        min: Option<Decimal>,
        max: Option<Decimal>,
        /// From `min` on, or from zero.
        step: Option<Decimal>,
    },
    Choice(Options),
    Choices {
        options: Options,
        min: usize,
        max: usize,
    },
    Date {
        earliest: Option<DateBound>,
        latest: Option<DateBound>,
    },
    User {
        /// One of its members.
        group: Option<GroupId>,
    },
    Files {
        /// Such as `application/pdf` and `image/*`; none is any.
        media_types: Vec<String>,
        bytes_max: u64,
        files_max: usize,
    },
    Table {
        columns: Vec<Column>,
        rows_min: usize,
        rows_max: usize,
    },
}

/// A column of a table, of any kind but a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub key: Key,
    pub label: String,
    pub help: String,
    pub kind: Kind,
    pub required: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateBound {
    On(Date),
    /// Days from today on; negative ones are past.
    Today {
        plus_days: i32,
    },
}

impl DateBound {
    pub(super) fn on(self, today: Date) -> Date {
        match self {
            Self::On(date) => date,
            Self::Today { plus_days } => days_after(today, plus_days),
        }
    }
}

pub(super) fn days_after(today: Date, days: i32) -> Date {
    // A span of more days than there are dates cannot be made at all.
    let days = days.clamp(-DAYS_MAX, DAYS_MAX);
    today.saturating_add(jiff::Span::new().days(i64::from(days)))
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub value: String,
    pub label: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Options {
    Listed(Vec<Listed>),
    Query(Query),
}

/// Options that a source of the service knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    pub source: String,
    pub parameters: BTreeMap<String, Parameter>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parameter {
    Fixed(String),
    /// The answer to another field; without one the parameter is left out.
    Answer(Key),
}

/// A query with its parameters filled in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Resolved {
    pub source: String,
    pub parameters: BTreeMap<String, String>,
}

impl Query {
    /// With what other fields are answered with.
    pub fn filled(&self, answers: &Answers) -> Resolved {
        self.resolve(|key| answers.get(key))
    }

    /// With this in the place of all that other fields are answered with.
    pub fn followed(&self, of: Option<&str>) -> Resolved {
        let value = of.map(|of| Value::Text(of.to_owned()));
        self.resolve(|_| value.as_ref())
    }

    /// Fills in what other fields are answered with.
    pub(super) fn resolve<'a>(&self, answer: impl Fn(&Key) -> Option<&'a Value>) -> Resolved {
        let fill = |(name, parameter): (&String, &Parameter)| {
            let text = match parameter {
                Parameter::Fixed(text) => Some(text.clone()),
                Parameter::Answer(key) => answer(key).and_then(as_parameter),
            };
            text.map(|text| (name.clone(), text))
        };
        let parameters = self.parameters.iter().filter_map(fill).collect();
        Resolved { source: self.source.clone(), parameters }
    }
}

fn as_parameter(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) | Value::Choice(text) => Some(text.clone()),
        Value::Choices(options) => Some(options.join(",")),
        Value::Number(number) => Some(number.to_string()),
        Value::Date(date) => Some(date.to_string()),
        Value::User(user) => Some(user.to_string()),
        Value::Files(_) | Value::Table(_) => None,
    }
}

/// A test of what another field is answered with. One that is not answered passes none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    pub field: Key,
    pub comparison: Comparison,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Comparison {
    Answered,
    Equals(Value),
    /// One of several options that were chosen.
    Includes(String),
    Above(Decimal),
    Below(Decimal),
    After(Date),
    Before(Date),
}

impl Comparison {
    pub(super) fn passes(&self, answer: &Value) -> bool {
        match (self, answer) {
            (Self::Answered, _) => true,
            (Self::Equals(value), answer) => value == answer,
            (Self::Includes(option), Value::Choices(chosen)) => chosen.contains(option),
            (Self::Above(bound), Value::Number(number)) => number > bound,
            (Self::Below(bound), Value::Number(number)) => number < bound,
            (Self::After(bound), Value::Date(date)) => date > bound,
            (Self::Before(bound), Value::Date(date)) => date < bound,
            _ => false,
        }
    }

    /// Whether it can ever pass for a field.
    pub(super) fn fits(&self, kind: &Kind) -> bool {
        match self {
            Self::Answered => true,
            Self::Includes(_) => matches!(kind, Kind::Choices { .. }),
            Self::Above(_) | Self::Below(_) => matches!(kind, Kind::Number { .. }),
            Self::After(_) | Self::Before(_) => matches!(kind, Kind::Date { .. }),
            Self::Equals(value) => matches!(
                (value, kind),
                (Value::Text(_), Kind::Text { .. })
                    | (Value::Number(_), Kind::Number { .. })
                    | (Value::Choice(_), Kind::Choice(_))
                    | (Value::Choices(_), Kind::Choices { .. })
                    | (Value::Date(_), Kind::Date { .. })
                    | (Value::User(_), Kind::User { .. })
            ),
        }
    }
}

/// A regular expression that matches all of a text, in linear time.
#[derive(Debug, Clone)]
pub struct Pattern {
    source: String,
    /// What to tell who does not match it.
    pub hint: String,
    regex: Regex,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    #[error("a pattern has at most {PATTERN_CHARS_MAX} characters")]
    TooLong,
    #[error("this pattern cannot be used: {0}")]
    Unsound(String),
}

impl Pattern {
    pub fn new(source: &str, hint: &str) -> Result<Self, PatternError> {
        if source.chars().count() > PATTERN_CHARS_MAX {
            return Err(PatternError::TooLong);
        }
        let build = |pattern: &str| {
            RegexBuilder::new(pattern)
                .size_limit(PATTERN_BYTES_MAX)
                .dfa_size_limit(PATTERN_BYTES_MAX)
                .nest_limit(20)
                .build()
        };
        // By itself first, lest a bracket of it ends the group around it.
        let regex = build(source).and_then(|_| build(&format!("^(?:{source})$")));
        let regex = regex.map_err(|error| PatternError::Unsound(error.to_string()))?;
        Ok(Self { source: source.to_owned(), hint: hint.to_owned(), regex })
    }

    pub fn source(&self) -> &str {
        &self.source
    }

    pub fn matches(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        (&self.source, &self.hint) == (&other.source, &other.hint)
    }
}

impl Eq for Pattern {}
