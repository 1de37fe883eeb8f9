//! Forms: what a requester is asked.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use suite_contracts::{GroupId, UserId};
use utoipa::ToSchema;
use uuid::Uuid;

use super::answers::AnswerBody;
use super::conditions::ConditionBody;
use super::{decimal, each, key};
use crate::error::Fault;
use crate::model::form::{
    Column, DateBound, Field, Form, FormError, Kind, Listed, Options, Parameter, Pattern, Prefill,
    Query,
};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Form)]
pub(crate) struct FormBody {
    #[schema(max_items = 200)]
    pub fields: Vec<FieldBody>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Field)]
pub(crate) struct FieldBody {
    /// Small letters, digits and underscores: what rules and answers call it.
    pub key: String,
    pub label: String,
    #[serde(default)]
    pub help: String,
    pub kind: KindBody,
    #[serde(default)]
    pub required: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefill: Option<PrefillBody>,
    /// Shown only where it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show: Option<ConditionBody>,
    /// Required where it holds, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub require: Option<ConditionBody>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[schema(as = FieldKind)]
pub(crate) enum KindBody {
    Text {
        #[serde(default)]
        is_long: bool,
        #[serde(default)]
        chars_min: usize,
        chars_max: usize,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pattern: Option<PatternBody>,
    },
    Number {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<String>,
    },
    /// Options of its own, or those of a query.
    Choice {
        /// None where there is a query.
        #[serde(default)]
        #[schema(max_items = 1000, required = true)]
        options: Vec<OptionBody>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        query: Option<QueryBody>,
    },
    Choices {
        /// None where there is a query.
        #[serde(default)]
        #[schema(max_items = 1000, required = true)]
        options: Vec<OptionBody>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        query: Option<QueryBody>,
        #[serde(default)]
        min: usize,
        max: usize,
    },
    Date {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        earliest: Option<DateBoundBody>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        latest: Option<DateBoundBody>,
    },
    /// An active member, of a group if one is named.
    User {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group_id: Option<GroupId>,
    },
    /// Files that were uploaded before, by whoever answers.
    Files {
        /// Such as `application/pdf` and `image/*`; none is any.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[schema(max_items = 30)]
        media_types: Vec<String>,
        #[serde(default = "file_bytes_max")]
        #[schema(minimum = 1)]
        bytes_max: u64,
        #[serde(default = "one")]
        #[schema(minimum = 1, maximum = 20)]
        files_max: usize,
    },
    Table {
        columns: Vec<ColumnBody>,
        #[serde(default)]
        rows_min: usize,
        rows_max: usize,
    },
}

/// What the service takes, unless it is configured otherwise.
fn file_bytes_max() -> u64 {
    25 * 1024 * 1024
}

fn one() -> usize {
    1
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Column)]
pub(crate) struct ColumnBody {
    pub key: String,
    pub label: String,
    #[serde(default)]
    pub help: String,
    /// Of any kind but a table.
    #[schema(no_recursion)]
    pub kind: KindBody,
    #[serde(default)]
    pub required: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Pattern)]
pub(crate) struct PatternBody {
    /// A regular expression, which has to match all of an answer.
    pub source: String,
    /// What to tell whose answer does not.
    pub hint: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = FormOption)]
pub(crate) struct OptionBody {
    pub value: String,
    pub label: String,
}

/// Where a choice takes its options from: what there is when it is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "source", rename_all = "snake_case")]
#[schema(as = OptionsQuery)]
pub(crate) enum QueryBody {
    /// A list that the tenant keeps.
    List {
        list_id: Uuid,
        /// Another field, whose answer says which of the list's options are offered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<String>,
    },
    /// Active members of a group.
    People {
        group_id: GroupId,
    },
    CostCentres,
    Categories,
    /// Requests that whoever answers has made, or that are for them.
    OwnRequests,
    /// Tickets of whoever answers.
    OwnTickets,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DateBound)]
pub(crate) enum DateBoundBody {
    On(String),
    /// So many days after today; negative ones are past.
    DaysFromToday(i32),
}

/// What a field begins with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Prefill)]
pub(crate) enum PrefillBody {
    Value(AnswerBody),
    DaysFromToday(i32),
    Requester,
}

impl FormBody {
    /// The people whom fields begin with.
    pub(crate) fn users(&self) -> impl Iterator<Item = UserId> {
        self.fields.iter().filter_map(|field| match &field.prefill {
            Some(PrefillBody::Value(AnswerBody::User(user))) => Some(*user),
            _ => None,
        })
    }

    /// The groups that people are chosen of.
    pub(crate) fn groups(&self) -> impl Iterator<Item = GroupId> {
        self.kinds().filter_map(|kind| match (kind, kind.query()) {
            (KindBody::User { group_id }, _) => *group_id,
            (_, Some(QueryBody::People { group_id })) => Some(*group_id),
            _ => None,
        })
    }

    /// The lists that options are taken from.
    pub(crate) fn lists(&self) -> impl Iterator<Item = Uuid> {
        self.kinds().filter_map(|kind| match kind.query() {
            Some(QueryBody::List { list_id, .. }) => Some(*list_id),
            _ => None,
        })
    }

    fn kinds(&self) -> impl Iterator<Item = &KindBody> {
        self.fields.iter().flat_map(|field| {
            let columns: &[ColumnBody] = match &field.kind {
                KindBody::Table { columns, .. } => columns,
                _ => &[],
            };
            std::iter::once(&field.kind).chain(columns.iter().map(|column| &column.kind))
        })
    }

    /// The form, if it can be asked.
    pub(crate) fn read(self, at: &str) -> Result<Form, Fault> {
        let at = format!("{at}/fields");
        let keys: Vec<String> = self.fields.iter().map(|field| field.key.clone()).collect();
        let fields = each(&at, self.fields, |at, field| field.read(at))?;
        Form::new(fields).map_err(|error| {
            // At the field, if it is one of the form's own and not a column.
            let field = match &error {
                FormError::DoubledKey(field)
                | FormError::UnknownField { field, .. }
                | FormError::Comparison { field, .. }
                | FormError::Condition { field, .. }
                | FormError::Bounds { field, .. }
                | FormError::Default { field, .. } => Some(field.as_str()),
                FormError::Cycle(fields) => fields.first().map(|field| field.as_str()),
                FormError::TooManyFields(_) => None,
            };
            let place = field.and_then(|field| keys.iter().rposition(|key| key == field));
            let place = place.map_or_else(|| at.clone(), |place| format!("{at}/{place}"));
            Fault::new(place, error)
        })
    }
}

impl FieldBody {
    fn read(self, at: &str) -> Result<Field, Fault> {
        let Self { key: name, label, help, kind, required, prefill, show, require } = self;
        let condition = |name: &str, condition: Option<ConditionBody>| {
            condition.map(|one| one.of_field(&format!("{at}/{name}"))).transpose()
        };
        Ok(Field {
            key: key(&format!("{at}/key"), &name)?,
            label,
            help,
            kind: kind.read(&format!("{at}/kind"))?,
            required,
            prefill: prefill.map(|one| one.read(&format!("{at}/prefill"))).transpose()?,
            show: condition("show", show)?,
            require: condition("require", require)?,
        })
    }
}

impl PrefillBody {
    fn read(self, at: &str) -> Result<Prefill, Fault> {
        Ok(match self {
            Self::Value(AnswerBody::Files(_)) => {
                return Err(Fault::new(at, "a field of files begins with none"));
            }
            Self::Value(value) => Prefill::Value(value.value(at)?),
            Self::DaysFromToday(plus_days) => Prefill::Today { plus_days },
            Self::Requester => Prefill::Requester,
        })
    }
}

impl KindBody {
    fn query(&self) -> Option<&QueryBody> {
        match self {
            Self::Choice { query, .. } | Self::Choices { query, .. } => query.as_ref(),
            _ => None,
        }
    }

    fn read(self, at: &str) -> Result<Kind, Fault> {
        let number = |name: &str, text: Option<String>| {
            text.map(|text| decimal(&format!("{at}/{name}"), &text)).transpose()
        };
        let bound = |name: &str, bound: Option<DateBoundBody>| {
            bound.map(|bound| bound.read(&format!("{at}/{name}"))).transpose()
        };
        Ok(match self {
            Self::Text { is_long, chars_min, chars_max, pattern } => {
                let pattern = pattern.map(|PatternBody { source, hint }| {
                    let pattern = Pattern::new(&source, &hint);
                    pattern.map_err(|error| Fault::new(format!("{at}/pattern/source"), error))
                });
                Kind::Text { is_long, chars_min, chars_max, pattern: pattern.transpose()? }
            }
            Self::Number { min, max, step } => Kind::Number {
                min: number("min", min)?,
                max: number("max", max)?,
                step: number("step", step)?,
            },
            Self::Choice { options, query } => Kind::Choice(taken(at, options, query)?),
            Self::Choices { options, query, min, max } => {
                Kind::Choices { options: taken(at, options, query)?, min, max }
            }
            Self::Date { earliest, latest } => Kind::Date {
                earliest: bound("earliest", earliest)?,
                latest: bound("latest", latest)?,
            },
            Self::User { group_id } => Kind::User { group: group_id },
            Self::Files { media_types, bytes_max, files_max } => {
                Kind::Files { media_types, bytes_max, files_max }
            }
            Self::Table { columns, rows_min, rows_max } => {
                let columns = each(&format!("{at}/columns"), columns, |at, one| one.read(at))?;
                Kind::Table { columns, rows_min, rows_max }
            }
        })
    }
}

impl ColumnBody {
    fn read(self, at: &str) -> Result<Column, Fault> {
        let Self { key: name, label, help, kind, required } = self;
        let key = key(&format!("{at}/key"), &name)?;
        Ok(Column { key, label, help, kind: kind.read(&format!("{at}/kind"))?, required })
    }
}

impl DateBoundBody {
    fn read(self, at: &str) -> Result<DateBound, Fault> {
        match self {
            Self::DaysFromToday(plus_days) => Ok(DateBound::Today { plus_days }),
            Self::On(text) => {
                let date = text.parse().map(DateBound::On);
                date.map_err(|_| Fault::new(at, "this is no date, such as 2026-02-28"))
            }
        }
    }
}

fn taken(at: &str, options: Vec<OptionBody>, query: Option<QueryBody>) -> Result<Options, Fault> {
    match query {
        Some(_) if !options.is_empty() => {
            Err(Fault::new(at, "a choice has options of its own, or those of a query"))
        }
        Some(query) => Ok(Options::Query(query.read(&format!("{at}/query"))?)),
        None => {
            let one = |OptionBody { value, label }| Listed { value, label };
            Ok(Options::Listed(options.into_iter().map(one).collect()))
        }
    }
}

impl QueryBody {
    fn read(self, at: &str) -> Result<Query, Fault> {
        let fixed = |id: String| Parameter::Fixed(id);
        let mut parameters = BTreeMap::new();
        let source = match self {
            Self::List { list_id, of } => {
                parameters.insert("list".to_owned(), fixed(list_id.to_string()));
                if let Some(of) = of {
                    let key = key(&format!("{at}/of"), &of)?;
                    parameters.insert("of".to_owned(), Parameter::Answer(key));
                }
                "list"
            }
            Self::People { group_id } => {
                parameters.insert("group".to_owned(), fixed(group_id.to_string()));
                "people"
            }
            Self::CostCentres => "cost_centres",
            Self::Categories => "categories",
            Self::OwnRequests => "own_requests",
            Self::OwnTickets => "own_tickets",
        };
        Ok(Query { source: source.to_owned(), parameters })
    }
}

impl From<Listed> for OptionBody {
    fn from(Listed { value, label }: Listed) -> Self {
        Self { value, label }
    }
}
