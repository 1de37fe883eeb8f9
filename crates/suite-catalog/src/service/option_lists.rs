//! Lists that a tenant keeps, for forms to take options from.

use std::collections::BTreeSet;

use serde_json::json;
use suite_kit::audit::Entry;
use suite_kit::auth::Caller;
use suite_kit::page::Page;
use uuid::Uuid;

use super::{Catalog, changed, line, taken};
use crate::api::option_lists::{ListOption, OptionListRequest};
use crate::error::{CatalogError, Fault};
use crate::permissions::ITEMS_WRITE;
use crate::store::entities::option_list;
use crate::store::{document, option_lists};

const NAME_CHARS_MAX: usize = 100;
const OPTIONS_MAX: usize = 1_000;
const OPTION_CHARS_MAX: usize = 200;

/// A list, with what is on it.
#[derive(Debug, Clone)]
pub(crate) struct KeptList {
    pub row: option_list::Model,
    pub options: Vec<ListOption>,
}

impl KeptList {
    pub(super) fn of(row: option_list::Model) -> Result<Self, CatalogError> {
        Ok(Self { options: document::read(&row.options)?, row })
    }
}

impl Catalog {
    pub(crate) async fn option_lists(
        &self,
        caller: &Caller,
        (after, limit): (Option<(String, Uuid)>, u64),
    ) -> Result<Page<KeptList>, CatalogError> {
        caller.require(ITEMS_WRITE)?;
        let rows = option_lists::list(self.database(), caller.tenant(), after, limit).await?;
        let Page { items, next } = Page::cut(rows, limit, |row| (row.name.clone(), row.id));
        let items = items.into_iter().map(KeptList::of).collect::<Result<_, _>>()?;
        Ok(Page { items, next })
    }

    pub(crate) async fn option_list(
        &self,
        caller: &Caller,
        id: Uuid,
    ) -> Result<KeptList, CatalogError> {
        caller.require(ITEMS_WRITE)?;
        let rows = option_lists::by_ids(self.database().read(), caller.tenant(), [id]).await?;
        KeptList::of(rows.into_iter().next().ok_or(CatalogError::NotFound("list"))?)
    }

    pub(crate) async fn create_option_list(
        &self,
        caller: &Caller,
        body: OptionListRequest,
    ) -> Result<KeptList, CatalogError> {
        caller.require(ITEMS_WRITE)?;
        let (name, options) = read(body)?;
        let row = option_list::Model {
            id: Uuid::now_v7(),
            tenant_id: caller.tenant().0,
            name,
            options: document::write(&options)?,
            created_at_ms: self.now_ms(),
            version: 1,
        };
        let transaction = self.database().begin().await?;
        option_lists::insert(&transaction, row.clone()).await.map_err(name_taken)?;
        let detail = json!({ "name": row.name, "options": options });
        let entry = Entry::new("service-catalog.option-list.created", "option-list", row.id);
        self.finish(transaction, caller, entry.with(detail)).await?;
        Ok(KeptList { row, options })
    }

    /// Requests that were made keep what they were answered with, and what it was called.
    pub(crate) async fn change_option_list(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
        body: OptionListRequest,
    ) -> Result<KeptList, CatalogError> {
        caller.require(ITEMS_WRITE)?;
        let (name, options) = read(body)?;
        let old = self.option_list(caller, id).await?;
        let transaction = self.database().begin().await?;
        let ids = (caller.tenant(), id, expected);
        let written = document::write(&options)?;
        let changing = option_lists::change(&transaction, ids, (&name, &written)).await;
        if !changing.map_err(name_taken)? {
            return Err(CatalogError::Stale("list"));
        }
        let before = json!({ "name": old.row.name, "options": old.options });
        let detail = changed(&before, &json!({ "name": name, "options": options }));
        let entry = Entry::new("service-catalog.option-list.changed", "option-list", id);
        self.finish(transaction, caller, entry.with(detail)).await?;
        let row = option_list::Model { name, options: written, version: expected + 1, ..old.row };
        Ok(KeptList { row, options })
    }

    /// Removes a list that no item takes options from.
    pub(crate) async fn remove_option_list(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
    ) -> Result<(), CatalogError> {
        caller.require(ITEMS_WRITE)?;
        let old = self.option_list(caller, id).await?;
        let (tenant, transaction) = (caller.tenant(), self.database().begin().await?);
        if let Some(item) = option_lists::user_of(&*transaction, (tenant, id)).await? {
            let reason = format!("the item {item} takes options from this list: change it first");
            return Err(CatalogError::conflict("list_in_use", reason));
        }
        if !option_lists::remove(&transaction, (tenant, id, expected)).await? {
            return Err(CatalogError::Stale("list"));
        }
        let detail = json!({ "before": { "name": old.row.name, "options": old.options } });
        let entry = Entry::new("service-catalog.option-list.removed", "option-list", id);
        self.finish(transaction, caller, entry.with(detail)).await
    }
}

fn read(body: OptionListRequest) -> Result<(String, Vec<ListOption>), CatalogError> {
    let name = line("name", &body.name, NAME_CHARS_MAX)?;
    if body.options.len() > OPTIONS_MAX {
        let reason = format!("a list has at most {OPTIONS_MAX} options");
        return Err(CatalogError::invalid("options", reason));
    }
    let (mut options, mut values) = (Vec::new(), BTreeSet::new());
    for (index, ListOption { value, label, of }) in body.options.into_iter().enumerate() {
        let at = |name: &str| format!("options/{index}/{name}");
        let one = |name: &str, text: &str| line(&at(name), text, OPTION_CHARS_MAX);
        let value = one("value", &value)?;
        if !values.insert(value.clone()) {
            let at = format!("/{}", at("value"));
            return Err(Fault::new(at, "there is an option of this value already").into());
        }
        let of = of.map(|of| one("of", &of)).transpose()?;
        options.push(ListOption { label: one("label", &label)?, value, of });
    }
    Ok((name, options))
}

fn name_taken(error: sea_orm::DbErr) -> CatalogError {
    taken(error, "name_taken", "there is a list of this name already")
}
