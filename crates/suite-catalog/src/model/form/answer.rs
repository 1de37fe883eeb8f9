//! Whether answers are answers.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use suite_contracts::{GroupId, UserId};

use super::check::{Form, queries};
use super::definition::{
    Column, Field, Kind, Listed, Options, Prefill, Resolved, When, days_after,
};
use super::value::{Answers, File, Key, Row, Value};
use crate::model::condition::Condition;
use crate::model::decimal::Decimal;

/// Faults that are listed at most.
pub const FAULTS_MAX: usize = 200;

/// What only a service can know.
pub trait Lookup {
    /// Whether a query offers an option.
    fn offers(&self, query: &Resolved, option: &str) -> bool;
    /// Whether there is such a person, and in a group.
    fn is_person(&self, user: UserId, group: Option<GroupId>) -> bool;
}

/// Where an answer is at fault: `hosts`, or `hosts[2].name` in the third row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path {
    pub field: Key,
    /// Counted from zero, as it was answered.
    pub row: Option<usize>,
    pub column: Option<Key>,
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.field.fmt(f)?;
        if let Some(row) = self.row {
            write!(f, "[{row}]")?;
        }
        self.column.as_ref().map_or(Ok(()), |column| write!(f, ".{column}"))
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct Fault {
    pub path: Path,
    pub problem: Problem,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("an answer is required")]
    Missing,
    #[error("the form has no such field")]
    Unknown,
    #[error("the bundle says this, and it cannot be changed")]
    Fixed,
    #[error("{given} is not what this field takes")]
    Kind { given: &'static str },
    #[error("{chars} characters are not within {min} to {max}")]
    Length { chars: usize, min: usize, max: usize },
    #[error("this has to be one line, without control characters")]
    Characters,
    #[error("{hint}")]
    Pattern { hint: String },
    #[error("this is less than {min}")]
    TooLow { min: Decimal },
    #[error("this is more than {max}")]
    TooHigh { max: Decimal },
    #[error("this is not in steps of {step}")]
    Step { step: Decimal },
    #[error("{option:?} is none of the options")]
    Option { option: String },
    #[error("{count} are not within {min} to {max}")]
    Count { count: usize, min: usize, max: usize },
    #[error("this is before {earliest}")]
    TooEarly { earliest: Date },
    #[error("this is after {latest}")]
    TooLate { latest: Date },
    #[error("there is no such person to choose")]
    Person,
    #[error("{name} has {bytes} bytes, more than {max}")]
    FileSize { name: String, bytes: u64, max: u64 },
    #[error("{name} is of a type that is not taken: {media_type}")]
    FileType { name: String, media_type: String },
}

/// What a value is checked with.
struct Checker<'a> {
    /// `None` for a default, which is checked when the form is made.
    today: Option<Date>,
    lookup: Option<&'a dyn Lookup>,
    answers: &'a Answers,
}

/// One answer, checked: what remains of it, and its faults with row and column.
type Checked = Result<Value, Vec<(Option<usize>, Option<Key>, Problem)>>;

impl Form {
    /// The queries that have to be resolved before answers can be checked.
    pub fn queries(&self, answers: &Answers) -> Vec<Resolved> {
        let all = self.fields().iter().flat_map(|field| queries(&field.kind));
        let mut resolved: Vec<Resolved> =
            all.map(|query| query.resolve(|key| answers.get(key))).collect();
        resolved.sort_unstable();
        resolved.dedup();
        resolved
    }

    /// Normalises answers, or says all that is wrong with them, in the order of the form.
    pub fn check(
        &self,
        given: &Answers,
        requester: UserId,
        today: Date,
        lookup: &dyn Lookup,
    ) -> Result<Answers, Vec<Fault>> {
        let mut answers = Answers::new();
        let mut faults: BTreeMap<usize, Vec<Fault>> = BTreeMap::new();
        for (place, field) in self.in_order() {
            let holds = |condition: &Condition<When>| {
                condition.holds(&|when| {
                    answers.get(&when.field).is_some_and(|answer| when.comparison.passes(answer))
                })
            };
            if !field.show.as_ref().is_none_or(holds) {
                continue;
            }
            let is_required = field.required || field.require.as_ref().is_some_and(holds);
            let begins = || field.prefill.as_ref().map(|prefill| prefill.value(requester, today));
            let answer = given.get(&field.key).cloned().or_else(begins);
            let checker = Checker { today: Some(today), lookup: Some(lookup), answers: &answers };
            let fault = |(row, column, problem)| Fault {
                path: Path { field: field.key.clone(), row, column },
                problem,
            };
            match answer.filter(|answer| !answer.is_empty()) {
                None if is_required => {
                    faults.entry(place).or_default().push(fault((None, None, Problem::Missing)));
                }
                None => {}
                Some(answer) => match checker.value(answer.clone(), &field.kind) {
                    Ok(answer) if answer.is_empty() && is_required => {
                        faults.entry(place).or_default().push(fault((
                            None,
                            None,
                            Problem::Missing,
                        )));
                    }
                    Ok(answer) if answer.is_empty() => {}
                    Ok(answer) => {
                        answers.insert(field.key.clone(), answer);
                    }
                    Err(found) => {
                        faults.entry(place).or_default().extend(found.into_iter().map(fault));
                        // Others are shown as if it were right, so that all is said at once.
                        answers.insert(field.key.clone(), answer);
                    }
                },
            }
        }
        let known = |key: &Key| self.fields().iter().any(|field: &Field| field.key == *key);
        let unknown = given.keys().filter(|key| !known(key)).map(|key| Fault {
            path: Path { field: key.clone(), row: None, column: None },
            problem: Problem::Unknown,
        });
        let faults: Vec<Fault> =
            faults.into_values().flatten().chain(unknown).take(FAULTS_MAX).collect();
        if faults.is_empty() { Ok(answers) } else { Err(faults) }
    }
}

impl Prefill {
    fn value(&self, requester: UserId, today: Date) -> Value {
        match self {
            Self::Value(value) => value.clone(),
            Self::Today { plus_days } => Value::Date(days_after(today, *plus_days)),
            Self::Requester => Value::User(requester),
        }
    }
}

/// Whether a field would take its default, as far as that can be said before it is asked.
pub(super) fn check_default(value: &Value, kind: &Kind) -> Result<(), Problem> {
    let checker = Checker { today: None, lookup: None, answers: &Answers::new() };
    let checked = checker.value(value.clone(), kind);
    checked.map(|_| ()).map_err(|mut faults| faults.swap_remove(0).2)
}

impl Checker<'_> {
    fn value(&self, value: Value, kind: &Kind) -> Checked {
        if let (Value::Table(rows), Kind::Table { columns, rows_min, rows_max }) = (&value, kind) {
            return self.table(rows, columns, *rows_min, *rows_max);
        }
        self.simple(value, kind).map_err(|problem| vec![(None, None, problem)])
    }

    fn simple(&self, value: Value, kind: &Kind) -> Result<Value, Problem> {
        match (value, kind) {
            (Value::Text(text), Kind::Text { .. }) => text_of(&text, kind).map(Value::Text),
            (Value::Number(number), Kind::Number { min, max, step }) => {
                check_number(number, *min, *max, *step).map(|()| Value::Number(number))
            }
            (Value::Choice(option), Kind::Choice(options)) => {
                self.option(&option, options).map(|()| Value::Choice(option))
            }
            (Value::Choices(chosen), Kind::Choices { options, min, max }) => {
                self.choices(&chosen, options, *min, *max).map(Value::Choices)
            }
            (Value::Date(date), Kind::Date { .. }) => {
                self.date(date, kind).map(|()| Value::Date(date))
            }
            (Value::User(user), Kind::User { group }) => {
                let is_known = self.lookup.is_none_or(|lookup| lookup.is_person(user, *group));
                if is_known { Ok(Value::User(user)) } else { Err(Problem::Person) }
            }
            (Value::Files(files), Kind::Files { media_types, bytes_max, files_max }) => {
                check_files(&files, media_types, *bytes_max, *files_max)?;
                Ok(Value::Files(files))
            }
            (value, _) => Err(Problem::Kind { given: value.kind() }),
        }
    }

    fn option(&self, option: &str, options: &Options) -> Result<(), Problem> {
        let is_offered = match (options, self.lookup) {
            (Options::Listed(listed), _) => listed.iter().any(|one: &Listed| one.value == option),
            (Options::Query(_), None) => true,
            (Options::Query(query), Some(lookup)) => {
                lookup.offers(&query.resolve(|key| self.answers.get(key)), option)
            }
        };
        let shown = || option.chars().take(60).collect();
        if is_offered { Ok(()) } else { Err(Problem::Option { option: shown() }) }
    }

    fn choices(
        &self,
        chosen: &[String],
        options: &Options,
        min: usize,
        max: usize,
    ) -> Result<Vec<String>, Problem> {
        let mut once: Vec<String> = Vec::new();
        for option in chosen {
            if !once.contains(option) {
                once.push(option.clone());
            }
            if once.len() > max {
                return Err(Problem::Count { count: chosen.len(), min, max });
            }
        }
        if once.len() < min {
            return Err(Problem::Count { count: once.len(), min, max });
        }
        once.iter().try_for_each(|option| self.option(option, options))?;
        Ok(once)
    }

    fn date(&self, date: Date, kind: &Kind) -> Result<(), Problem> {
        let (Kind::Date { earliest, latest }, Some(today)) = (kind, self.today) else {
            return Ok(());
        };
        if let Some(earliest) = earliest.map(|bound| bound.on(today)).filter(|first| date < *first)
        {
            return Err(Problem::TooEarly { earliest });
        }
        match latest.map(|bound| bound.on(today)).filter(|last| date > *last) {
            Some(latest) => Err(Problem::TooLate { latest }),
            None => Ok(()),
        }
    }

    fn table(&self, rows: &[Row], columns: &[Column], min: usize, max: usize) -> Checked {
        let mut kept = Vec::new();
        let mut faults = Vec::new();
        let filled = |row: &Row| row.values().any(|value| !value.is_empty());
        let count = rows.iter().filter(|row| filled(row)).count();
        if count > max || (count < min && count > 0) {
            return Err(vec![(None, None, Problem::Count { count, min, max })]);
        }
        for (number, row) in rows.iter().enumerate().filter(|(_, row)| filled(row)) {
            let mut cells = Row::new();
            for column in columns {
                let at = |problem| (Some(number), Some(column.key.clone()), problem);
                match row.get(&column.key).filter(|value| !value.is_empty()) {
                    None if column.required => faults.push(at(Problem::Missing)),
                    None => {}
                    Some(value) => match self.simple(value.clone(), &column.kind) {
                        Ok(value) => {
                            cells.insert(column.key.clone(), value);
                        }
                        Err(problem) => faults.push(at(problem)),
                    },
                }
            }
            let known = |key: &&Key| columns.iter().any(|column| column.key == **key);
            let unknown = row.keys().filter(|key| !known(key));
            faults.extend(unknown.map(|key| (Some(number), Some(key.clone()), Problem::Unknown)));
            kept.push(cells);
        }
        if faults.is_empty() { Ok(Value::Table(kept)) } else { Err(faults) }
    }
}

fn text_of(text: &str, kind: &Kind) -> Result<String, Problem> {
    let Kind::Text { is_long, chars_min: min, chars_max: max, pattern } = kind else {
        return Err(Problem::Kind { given: "text" });
    };
    let text = text.trim().replace("\r\n", "\n");
    let chars = text.chars().count();
    if !(*min..=*max).contains(&chars) {
        return Err(Problem::Length { chars, min: *min, max: *max });
    }
    let is_layout = |character| *is_long && matches!(character, '\n' | '\t');
    if text.chars().any(|character| character.is_control() && !is_layout(character)) {
        return Err(Problem::Characters);
    }
    match pattern {
        Some(pattern) if !pattern.matches(&text) => {
            Err(Problem::Pattern { hint: pattern.hint.clone() })
        }
        _ => Ok(text),
    }
}

fn check_number(
    number: Decimal,
    min: Option<Decimal>,
    max: Option<Decimal>,
    step: Option<Decimal>,
) -> Result<(), Problem> {
    if let Some(min) = min.filter(|min| number < *min) {
        return Err(Problem::TooLow { min });
    }
    if let Some(max) = max.filter(|max| number > *max) {
        return Err(Problem::TooHigh { max });
    }
    let from = min.unwrap_or(Decimal::ZERO);
    match step.filter(|step| !number.is_on_step(from, *step)) {
        Some(step) => Err(Problem::Step { step }),
        None => Ok(()),
    }
}

fn check_files(
    files: &[File],
    media_types: &[String],
    max: u64,
    files_max: usize,
) -> Result<(), Problem> {
    if files.len() > files_max {
        return Err(Problem::Count { count: files.len(), min: 0, max: files_max });
    }
    let takes = |file: &File| {
        media_types.is_empty()
            || media_types.iter().any(|taken| match taken.strip_suffix("/*") {
                Some(kind) => file.media_type.split('/').next() == Some(kind),
                None => *taken == file.media_type,
            })
    };
    for file in files {
        let name = || file.name.chars().take(100).collect();
        if file.bytes > max {
            return Err(Problem::FileSize { name: name(), bytes: file.bytes, max });
        }
        if !takes(file) {
            let media_type = file.media_type.chars().take(100).collect();
            return Err(Problem::FileType { name: name(), media_type });
        }
    }
    Ok(())
}
