//! Canned answers: kept by those who may, used by every agent.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use suite_contracts::{GroupId, TenantId, UserId};
use suite_kit::audit::Entry;
use suite_kit::auth::Caller;
use uuid::Uuid;

use crate::api::canned_answers::CannedAnswerRequest;
use crate::error::CatalogError;
use crate::model::canned_answer::{PLACEHOLDERS, Values, filled, unknown};
use crate::permissions::{ALL_TICKETS_READ, CANNED_ANSWERS_WRITE};
use crate::service::{Catalog, changed, line, taken, text};
use crate::store::canned_answers;
use crate::store::entities::canned_answer::Model;

/// Of a tenant.
const ANSWERS_MAX: u64 = 500;
const NAME_CHARS_MAX: usize = 100;
const TEXT_CHARS_MAX: usize = 20_000;

/// An answer, with what its group is called.
#[derive(Debug, Clone)]
pub(crate) struct CannedDetail {
    pub row: Model,
    pub groups: BTreeMap<GroupId, String>,
}

/// An answer, and what it is for a ticket.
#[derive(Debug, Clone)]
pub(crate) struct Filled {
    pub text: String,
    pub filled: String,
}

impl Catalog {
    /// Those that the caller may use, by name; all, for who keeps them.
    pub(crate) async fn canned_answers(
        &self,
        caller: &Caller,
    ) -> Result<Vec<CannedDetail>, CatalogError> {
        caller.require(ALL_TICKETS_READ)?;
        let own = self.groups_of(caller).await?;
        let rows = canned_answers::list(self.database().read(), caller.tenant()).await?;
        let rows: Vec<Model> =
            rows.into_iter().filter(|row| is_used_by(caller, &own, row)).collect();
        let groups = rows.iter().filter_map(|row| row.group_id).map(GroupId).collect();
        let groups = self.group_names(caller.tenant(), &groups).await?;
        let details = rows.into_iter().map(|row| CannedDetail { row, groups: groups.clone() });
        Ok(details.collect())
    }

    pub(crate) async fn canned_answer(
        &self,
        caller: &Caller,
        id: Uuid,
    ) -> Result<CannedDetail, CatalogError> {
        caller.require(ALL_TICKETS_READ)?;
        let row = canned_answers::by_id(self.database().read(), caller.tenant(), id).await?;
        let own = self.groups_of(caller).await?;
        let row = row.filter(|row| is_used_by(caller, &own, row));
        self.canned_detail(row.ok_or(CatalogError::NotFound("canned answer"))?).await
    }

    async fn canned_detail(&self, row: Model) -> Result<CannedDetail, CatalogError> {
        let groups: BTreeSet<GroupId> = row.group_id.map(GroupId).into_iter().collect();
        let groups = self.group_names(TenantId(row.tenant_id), &groups).await?;
        Ok(CannedDetail { row, groups })
    }

    /// What an answer is for a ticket.
    pub(crate) async fn fill_canned_answer(
        &self,
        caller: &Caller,
        (id, ticket): (Uuid, Uuid),
    ) -> Result<Filled, CatalogError> {
        let text = self.canned_answer(caller, id).await?.row.text;
        let row = self.seen_ticket(caller, ticket).await?;
        let requester = UserId(row.requester_id);
        let people = caller.user().into_iter().chain([requester]).collect();
        let names = self.names(caller.tenant(), &people).await?;
        let name = |user: Option<UserId>| user.and_then(|user| names.get(&user)).cloned();
        let values = Values {
            requester: name(Some(requester)).unwrap_or_default(),
            number: row.number,
            title: row.title,
            agent: name(caller.user()).unwrap_or_default(),
        };
        Ok(Filled { filled: filled(&text, &values), text })
    }

    pub(crate) async fn add_canned_answer(
        &self,
        caller: &Caller,
        body: CannedAnswerRequest,
    ) -> Result<CannedDetail, CatalogError> {
        caller.require(CANNED_ANSWERS_WRITE)?;
        let now_ms = self.now_ms();
        let row = Model {
            id: Uuid::now_v7(),
            tenant_id: caller.tenant().0,
            name: String::new(),
            text: String::new(),
            group_id: None,
            created_at_ms: now_ms,
            updated_at_ms: now_ms,
            version: 1,
        };
        let row = self.checked_answer(row, &body).await?;
        let transaction = self.database().begin().await?;
        if canned_answers::count(&*transaction, caller.tenant()).await? >= ANSWERS_MAX {
            let reason = format!("there are {ANSWERS_MAX} canned answers: remove one first");
            return Err(CatalogError::conflict("too_many_answers", reason));
        }
        canned_answers::insert(&transaction, row.clone()).await.map_err(name_taken)?;
        let entry = Entry::new("service-catalog.canned-answer.created", "canned-answer", row.id);
        let entry = entry.with(json!({ "name": row.name, "group_id": row.group_id }));
        self.finish(transaction, caller, entry).await?;
        self.canned_detail(row).await
    }

    pub(crate) async fn change_canned_answer(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
        body: CannedAnswerRequest,
    ) -> Result<CannedDetail, CatalogError> {
        let old = self.kept_answer(caller, id).await?;
        let row = Model { version: expected, updated_at_ms: self.now_ms(), ..old.clone() };
        let row = self.checked_answer(row, &body).await?;
        let transaction = self.database().begin().await?;
        if !canned_answers::change(&transaction, &row).await.map_err(name_taken)? {
            return Err(CatalogError::Stale("canned answer"));
        }
        let told = |row: &Model| json!({ "name": row.name, "group_id": row.group_id });
        let mut detail = changed(&told(&old), &told(&row));
        detail["is_text_changed"] = json!(old.text != row.text);
        let entry = Entry::new("service-catalog.canned-answer.changed", "canned-answer", id);
        self.finish(transaction, caller, entry.with(detail)).await?;
        self.canned_detail(Model { version: expected + 1, ..row }).await
    }

    pub(crate) async fn remove_canned_answer(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
    ) -> Result<(), CatalogError> {
        let old = self.kept_answer(caller, id).await?;
        let transaction = self.database().begin().await?;
        let own = (caller.tenant(), id, expected);
        if !canned_answers::remove(&transaction, own).await? {
            return Err(CatalogError::Stale("canned answer"));
        }
        let entry = Entry::new("service-catalog.canned-answer.removed", "canned-answer", id);
        let entry = entry.with(json!({ "before": { "name": old.name } }));
        self.finish(transaction, caller, entry).await
    }

    async fn kept_answer(&self, caller: &Caller, id: Uuid) -> Result<Model, CatalogError> {
        caller.require(CANNED_ANSWERS_WRITE)?;
        let row = canned_answers::by_id(self.database().read(), caller.tenant(), id).await?;
        row.ok_or(CatalogError::NotFound("canned answer"))
    }

    async fn checked_answer(
        &self,
        row: Model,
        body: &CannedAnswerRequest,
    ) -> Result<Model, CatalogError> {
        let name = line("name", &body.name, NAME_CHARS_MAX)?;
        let said = text("text", &body.text, TEXT_CHARS_MAX)?;
        if said.is_empty() {
            return Err(CatalogError::invalid("text", "there is nothing in this"));
        }
        if let Some(unknown) = unknown(&said) {
            let short: String = unknown.chars().take(NAME_CHARS_MAX).collect();
            let reason = format!(
                "there is no {{{{{short}}}}} to fill in: there are {}",
                PLACEHOLDERS.map(|name| format!("{{{{{name}}}}}")).join(", ")
            );
            return Err(CatalogError::invalid("text", reason));
        }
        if let Some(group) = body.group_id.filter(|group| row.group_id != Some(group.0)) {
            self.require_desk_group(TenantId(row.tenant_id), group).await?;
        }
        Ok(Model { name, text: said, group_id: body.group_id.map(|group| group.0), ..row })
    }
}

fn is_used_by(caller: &Caller, own: &BTreeSet<GroupId>, row: &Model) -> bool {
    let is_own = row.group_id.is_none_or(|group| own.contains(&GroupId(group)));
    is_own || caller.may(CANNED_ANSWERS_WRITE)
}

fn name_taken(error: sea_orm::DbErr) -> CatalogError {
    taken(error, "name_taken", "there is a canned answer of this name already")
}
