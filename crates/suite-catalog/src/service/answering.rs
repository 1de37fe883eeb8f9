//! Answers to a form, checked with what only the service knows: who there is, which files somebody
//! has brought, and what queries offer.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use suite_contracts::{GroupId, TenantId, UserId};
use suite_kit::auth::Member;
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::files::{is_unused, unknown};
use super::options::{Labels, Offered};
use super::{Catalog, Content};
use crate::api::answers::{self, AnswersBody};
use crate::error::{CatalogError, Fault};
use crate::model::bundle::{Presets, without_fixed};
use crate::model::form::{self, Answers, File, Lookup, Prefill, Resolved, Value};
use crate::store::entities::file;
use crate::store::files::{self, Place, Use};

/// Files that answers name at most.
const FILES_MAX: usize = 100;

/// People whom answers name, as Hub knows them, and the options that they choose.
struct Known {
    people: Vec<Member>,
    offered: Offered,
}

/// Answers that were checked, and what the options that they choose are called.
pub(super) struct CheckedAnswers {
    pub answers: Answers,
    pub labels: Labels,
}

impl Lookup for Known {
    fn offers(&self, query: &Resolved, option: &str) -> bool {
        self.offered.label(query, option).is_some()
    }

    fn is_person(&self, user: UserId, group: Option<GroupId>) -> bool {
        let in_group = |member: &Member| group.is_none_or(|id| member.group_ids.contains(&id));
        self.people.iter().any(|member| member.id == user && member.is_active && in_group(member))
    }
}

impl Catalog {
    pub(super) async fn checked_answers(
        &self,
        (tenant, requester): (TenantId, UserId),
        (content, presets): (&Content, &Presets),
        given: &AnswersBody,
    ) -> Result<CheckedAnswers, CatalogError> {
        let (form, given) = (content.asked()?, answers::answers("/answers", given.clone())?);
        let refused =
            |faults: Vec<form::Fault>| CatalogError::Invalid(faults.iter().map(fault).collect());
        let mut given = without_fixed(given, presets).map_err(refused)?;
        self.know_files((tenant, requester), &mut given).await?;
        let (mut users, mut begun) = (BTreeSet::new(), given.clone());
        for field in form.fields() {
            match &field.prefill {
                Some(Prefill::Value(value)) => {
                    begun.entry(field.key.clone()).or_insert_with(|| value.clone());
                }
                Some(Prefill::Requester) => {
                    users.insert(requester);
                }
                _ => {}
            }
        }
        begun.values().for_each(|value| collect_users(value, &mut users));
        let people = self.members(tenant, &users).await?;
        let offered = self.offered((tenant, requester), &form, &begun).await?;
        let known = Known { people, offered };
        let checked = form.check(&given, requester, self.today()?, &known);
        let answers = checked.map_err(refused)?;
        let labels = known.offered.labels(&form, &answers);
        Ok(CheckedAnswers { answers, labels })
    }

    fn today(&self) -> Result<Date, CatalogError> {
        let now = Timestamp::from_millisecond(self.now_ms());
        let now = now.map_err(|error| CatalogError::Internal(error.to_string()))?;
        Ok(TimeZone::UTC.to_datetime(now).date())
    }

    /// Says of files in answers what they are, whatever was said of them. They are unused, and of
    /// whoever answers.
    async fn know_files(
        &self,
        (tenant, owner): (TenantId, UserId),
        answers: &mut Answers,
    ) -> Result<(), CatalogError> {
        let named = files_in(answers);
        if named.is_empty() {
            return Ok(());
        }
        if named.len() > FILES_MAX {
            let reason = format!("answers name at most {FILES_MAX} files");
            return Err(CatalogError::invalid("answers", reason));
        }
        let ids: Vec<Uuid> = named.iter().map(|(_, file)| file.id.0).collect();
        let known = files::by_ids(self.database().read(), tenant, &ids).await?;
        let (mut faults, mut seen) = (Vec::new(), BTreeSet::new());
        for (at, file) in named {
            let row = known.iter().find(|row| row.id == file.id.0 && is_unused(row, owner));
            match row.filter(|row| seen.insert(row.id)) {
                Some(row) => {
                    file.name.clone_from(&row.name);
                    file.media_type.clone_from(&row.media_type);
                    file.bytes = u64::try_from(row.bytes).unwrap_or(0);
                }
                None => faults.push(unknown(&at)),
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(CatalogError::Invalid(faults)) }
    }

    /// Makes the files that checked answers name a request's own.
    pub(super) async fn use_answered(
        &self,
        transaction: &Transaction,
        own: (TenantId, UserId),
        (request, answers): (Uuid, &Answers),
    ) -> Result<Vec<file::Model>, CatalogError> {
        let mut answers = answers.clone();
        let ids: Vec<Uuid> = files_in(&mut answers).iter().map(|(_, file)| file.id.0).collect();
        let place = Place::Request(request);
        let used = Use { place, note: None, is_internal: false, is_answer: true };
        self.use_files(transaction, own, ("answers", &ids), used).await
    }
}

/// The files of answers, each with its place in the body.
fn files_in(answers: &mut Answers) -> Vec<(String, &mut File)> {
    let mut found = Vec::new();
    for (key, value) in answers {
        let at = format!("/answers/{key}");
        match value {
            Value::Files(files) => add(&at, files, &mut found),
            Value::Table(rows) => {
                for (number, row) in rows.iter_mut().enumerate() {
                    for (column, cell) in row {
                        if let Value::Files(files) = cell {
                            add(&format!("{at}/table/{number}/{column}"), files, &mut found);
                        }
                    }
                }
            }
            _ => {}
        }
    }
    found
}

fn add<'a>(at: &str, files: &'a mut [File], found: &mut Vec<(String, &'a mut File)>) {
    let numbered = files.iter_mut().enumerate();
    found.extend(numbered.map(|(number, file)| (format!("{at}/files/{number}"), file)));
}

pub(crate) fn collect_users(value: &Value, users: &mut BTreeSet<UserId>) {
    match value {
        Value::User(user) => {
            users.insert(*user);
        }
        Value::Table(rows) => {
            let cells = rows.iter().flat_map(|row| row.values());
            cells.for_each(|cell| collect_users(cell, users));
        }
        _ => {}
    }
}

/// A fault of an answer, at its place in the body.
fn fault(found: &form::Fault) -> Fault {
    let form::Path { field, row, column } = &found.path;
    let mut at = format!("/answers/{field}");
    if let Some(row) = row {
        at += &format!("/table/{row}");
    }
    if let Some(column) = column {
        at += &format!("/{column}");
    }
    Fault::new(at, &found.problem)
}
