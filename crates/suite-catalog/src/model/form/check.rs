//! Whether a form can be asked.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::{self, Problem};
use super::definition::{Column, Field, Kind, Options, Parameter, Prefill, Query, When};
use super::value::Key;
use crate::model::condition::{Condition, TooComplex};

pub const FIELDS_MAX: usize = 200;
pub const COLUMNS_MAX: usize = 20;
pub const ROWS_MAX: usize = 500;
pub const OPTIONS_MAX: usize = 1_000;
pub const FILES_MAX: usize = 20;
pub const TEXT_CHARS_MAX: usize = 20_000;
pub const MEDIA_TYPES_MAX: usize = 30;
pub const PARAMETERS_MAX: usize = 10;
/// Characters of labels, options and sources at most.
pub const LABEL_CHARS_MAX: usize = 200;
pub const HELP_CHARS_MAX: usize = 2_000;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    #[error("a form has at most {FIELDS_MAX} fields, and this {0}")]
    TooManyFields(usize),
    #[error("{0} is the key of two fields")]
    DoubledKey(Key),
    #[error("{field}: there is no field {unknown}")]
    UnknownField { field: Key, unknown: Key },
    #[error("these depend on each other, so none can be asked first: {}", listed(.0))]
    Cycle(Vec<Key>),
    #[error("{field}: a condition compares {other} with what it can never be")]
    Comparison { field: Key, other: Key },
    #[error("{field}: {error}")]
    Condition { field: Key, error: TooComplex },
    #[error("{field}: {reason}")]
    Bounds { field: Key, reason: &'static str },
    #[error("{field}: its default is none of its answers: {problem}")]
    Default { field: Key, problem: Problem },
}

fn listed(keys: &[Key]) -> String {
    keys.iter().map(Key::as_str).collect::<Vec<_>>().join(", ")
}

/// A form that can be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    fields: Vec<Field>,
    /// Indices of fields, each after those that it depends on.
    order: Vec<usize>,
}

impl Form {
    pub fn new(fields: Vec<Field>) -> Result<Self, FormError> {
        if fields.len() > FIELDS_MAX {
            return Err(FormError::TooManyFields(fields.len()));
        }
        let mut places = BTreeMap::new();
        for (place, field) in fields.iter().enumerate() {
            if places.insert(&field.key, place).is_some() {
                return Err(FormError::DoubledKey(field.key.clone()));
            }
        }
        let mut needs: Vec<BTreeSet<usize>> = Vec::with_capacity(fields.len());
        for field in &fields {
            check_texts(&field.key, &field.label, &field.help)?;
            check_kind(&field.key, &field.kind, true)?;
            check_prefill(field)?;
            let mut needed = BTreeSet::new();
            for test in tests(field)? {
                let place = place(&places, field, &test.field)?;
                if !test.comparison.fits(&fields[place].kind) {
                    let (field, other) = (field.key.clone(), test.field.clone());
                    return Err(FormError::Comparison { field, other });
                }
                needed.insert(place);
            }
            for key in queries(&field.kind).flat_map(parameters) {
                needed.insert(place(&places, field, key)?);
            }
            needs.push(needed);
        }
        let order = ordered(&needs).map_err(|places| {
            FormError::Cycle(places.iter().map(|place| fields[*place].key.clone()).collect())
        })?;
        Ok(Self { fields, order })
    }

    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    pub(super) fn in_order(&self) -> impl Iterator<Item = (usize, &Field)> {
        self.order.iter().map(|place| (*place, &self.fields[*place]))
    }
}

fn place(places: &BTreeMap<&Key, usize>, field: &Field, key: &Key) -> Result<usize, FormError> {
    let unknown = || FormError::UnknownField { field: field.key.clone(), unknown: key.clone() };
    places.get(key).copied().ok_or_else(unknown)
}

fn tests(field: &Field) -> Result<Vec<&When>, FormError> {
    let mut tests = Vec::new();
    for condition in field.show.iter().chain(&field.require) {
        let found = Condition::tests(condition);
        let error = |error| FormError::Condition { field: field.key.clone(), error };
        tests.extend(found.map_err(error)?);
    }
    Ok(tests)
}

/// The queries of a field and its columns.
pub(super) fn queries(kind: &Kind) -> impl Iterator<Item = &Query> {
    let columns: &[Column] = match kind {
        Kind::Table { columns, .. } => columns,
        _ => &[],
    };
    let kinds = std::iter::once(kind).chain(columns.iter().map(|column| &column.kind));
    kinds.filter_map(|kind| match kind {
        Kind::Choice(Options::Query(query))
        | Kind::Choices { options: Options::Query(query), .. } => Some(query),
        _ => None,
    })
}

fn parameters(query: &Query) -> impl Iterator<Item = &Key> {
    query.parameters.values().filter_map(|parameter| match parameter {
        Parameter::Answer(key) => Some(key),
        Parameter::Fixed(_) => None,
    })
}

/// Puts each after those that it needs, or says which need each other.
fn ordered(needs: &[BTreeSet<usize>]) -> Result<Vec<usize>, Vec<usize>> {
    let mut order = Vec::with_capacity(needs.len());
    let mut left: BTreeSet<usize> = (0..needs.len()).collect();
    while !left.is_empty() {
        let free = |place: &&usize| needs[**place].is_disjoint(&left);
        let ready: Vec<usize> = left.iter().filter(free).copied().collect();
        if ready.is_empty() {
            return Err(left.into_iter().collect());
        }
        for place in ready {
            left.remove(&place);
            order.push(place);
        }
    }
    Ok(order)
}

fn check_texts(key: &Key, label: &str, help: &str) -> Result<(), FormError> {
    let is_sound = !label.trim().is_empty()
        && label.chars().count() <= LABEL_CHARS_MAX
        && help.chars().count() <= HELP_CHARS_MAX;
    let reason = "a field has a label of at most 200 characters, and a help of at most 2,000";
    if is_sound { Ok(()) } else { Err(FormError::Bounds { field: key.clone(), reason }) }
}

fn check_kind(key: &Key, kind: &Kind, may_be_table: bool) -> Result<(), FormError> {
    let refuse = |reason| Err(FormError::Bounds { field: key.clone(), reason });
    match kind {
        Kind::Text { chars_min, chars_max, .. } => {
            if *chars_max == 0 || *chars_max > TEXT_CHARS_MAX || chars_min > chars_max {
                return refuse("a text has at most 20,000 characters, and no more at least");
            }
        }
        Kind::Number { min, max, step } => {
            if min.zip(*max).is_some_and(|(min, max)| min > max) {
                return refuse("the least number is greater than the greatest");
            }
            if step.is_some_and(|step| step.millionths() <= 0) {
                return refuse("a step is greater than zero");
            }
        }
        Kind::Choice(options) => return check_options(key, options),
        Kind::Choices { options, min, max } => {
            if *max == 0 || min > max || *max > OPTIONS_MAX {
                return refuse("at least one option may be chosen, and no fewer than have to be");
            }
            if matches!(options, Options::Listed(listed) if listed.len() < *min) {
                return refuse("more options have to be chosen than there are");
            }
            return check_options(key, options);
        }
        Kind::Date { earliest, latest } => {
            if let (Some(earliest), Some(latest)) = (earliest, latest) {
                let any = jiff::civil::date(2000, 1, 1);
                let comparable = std::mem::discriminant(earliest) == std::mem::discriminant(latest);
                if comparable && earliest.on(any) > latest.on(any) {
                    return refuse("the earliest date is later than the latest");
                }
            }
        }
        Kind::User { .. } => {}
        Kind::Files { media_types, bytes_max, files_max } => {
            let is_type = |text: &String| {
                text.len() <= LABEL_CHARS_MAX
                    && text.split_once('/').is_some_and(|(kind, subtype)| {
                        !kind.is_empty() && kind != "*" && !subtype.is_empty()
                    })
            };
            if !(1..=FILES_MAX).contains(files_max) || *bytes_max == 0 {
                return refuse("a field takes at least one file, at most 20, and some bytes");
            }
            if media_types.len() > MEDIA_TYPES_MAX || !media_types.iter().all(is_type) {
                return refuse("media types are such as application/pdf or image/*, at most 30");
            }
        }
        Kind::Table { .. } if !may_be_table => return refuse("a column is not a table"),
        Kind::Table { columns, rows_min, rows_max } => {
            return check_table(key, columns, *rows_min, *rows_max);
        }
    }
    Ok(())
}

fn check_table(
    key: &Key,
    columns: &[Column],
    rows_min: usize,
    rows_max: usize,
) -> Result<(), FormError> {
    let refuse = |reason| Err(FormError::Bounds { field: key.clone(), reason });
    if !(1..=COLUMNS_MAX).contains(&columns.len()) {
        return refuse("a table has at least one column, and at most 20");
    }
    if !(1..=ROWS_MAX).contains(&rows_max) || rows_min > rows_max {
        return refuse("a table has at most 500 rows, and no more at least");
    }
    let mut keys = BTreeSet::new();
    for column in columns {
        if !keys.insert(&column.key) {
            return Err(FormError::DoubledKey(column.key.clone()));
        }
        check_texts(&column.key, &column.label, &column.help)?;
        check_kind(&column.key, &column.kind, false)?;
    }
    Ok(())
}

fn check_options(key: &Key, options: &Options) -> Result<(), FormError> {
    let refuse = |reason| Err(FormError::Bounds { field: key.clone(), reason });
    let is_short = |text: &str| !text.trim().is_empty() && text.chars().count() <= LABEL_CHARS_MAX;
    match options {
        Options::Listed(listed) => {
            let values: BTreeSet<&str> = listed.iter().map(|one| one.value.as_str()).collect();
            if !(1..=OPTIONS_MAX).contains(&listed.len()) || values.len() != listed.len() {
                return refuse("there is at least one option, at most 1,000, and none twice");
            }
            if !listed.iter().all(|one| is_short(&one.value) && is_short(&one.label)) {
                return refuse("an option has a value and a label, of at most 200 characters");
            }
        }
        Options::Query(query) => {
            if !is_short(&query.source) || query.parameters.len() > PARAMETERS_MAX {
                return refuse("a query names its source, and has at most ten parameters");
            }
        }
    }
    Ok(())
}

fn check_prefill(field: &Field) -> Result<(), FormError> {
    let problem = match (&field.prefill, &field.kind) {
        (None, _)
        | (Some(Prefill::Requester), Kind::User { .. })
        | (Some(Prefill::Today { .. }), Kind::Date { .. }) => return Ok(()),
        (Some(Prefill::Value(value)), kind) => match answer::check_default(value, kind) {
            Ok(()) => return Ok(()),
            Err(problem) => problem,
        },
        (Some(_), _) => Problem::Kind { given: "another kind" },
    };
    Err(FormError::Default { field: field.key.clone(), problem })
}
