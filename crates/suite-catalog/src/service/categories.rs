//! Categories.

use std::collections::BTreeSet;

use serde_json::json;
use suite_kit::audit::Entry;
use suite_kit::auth::Caller;
use suite_kit::db::is_dangling;
use uuid::Uuid;

use super::{Catalog, changed, line, taken, text};
use crate::api::categories::CategoryRequest;
use crate::error::CatalogError;
use crate::permissions::{ITEMS_READ, ITEMS_WRITE};
use crate::store::{self, entities::category};

const NAME_CHARS_MAX: usize = 100;
const DESCRIPTION_CHARS_MAX: usize = 500;

impl Catalog {
    pub(crate) async fn categories(
        &self,
        caller: &Caller,
    ) -> Result<Vec<category::Model>, CatalogError> {
        caller.require(ITEMS_READ)?;
        self.start_with(caller.tenant()).await?;
        Ok(store::categories::list(self.database().read(), caller.tenant()).await?)
    }

    pub(crate) async fn create_category(
        &self,
        caller: &Caller,
        content: CategoryRequest,
    ) -> Result<category::Model, CatalogError> {
        caller.require(ITEMS_WRITE)?;
        let (name, description) = read(&content)?;
        self.start_with(caller.tenant()).await?;
        let (tenant, id) = (caller.tenant(), Uuid::now_v7());
        let transaction = self.database().begin().await?;
        let texts = (name.as_str(), description.as_str());
        let made =
            store::categories::insert(&transaction, (tenant, id), texts, self.now_ms()).await;
        let row = made.map_err(name_taken)?;
        let detail = json!({ "name": name, "description": description });
        let entry = Entry::new("service-catalog.category.created", "category", id).with(detail);
        self.finish(transaction, caller, entry).await?;
        Ok(row)
    }

    pub(crate) async fn change_category(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
        content: CategoryRequest,
    ) -> Result<category::Model, CatalogError> {
        caller.require(ITEMS_WRITE)?;
        let (name, description) = read(&content)?;
        let (tenant, transaction) = (caller.tenant(), self.database().begin().await?);
        let old = store::categories::by_id(&*transaction, tenant, id).await?;
        let old = old.ok_or(CatalogError::NotFound("category"))?;
        let (ids, texts) = ((tenant, id, expected), (name.as_str(), description.as_str()));
        let changing = store::categories::change(&transaction, ids, texts).await;
        if !changing.map_err(name_taken)? {
            return Err(CatalogError::Stale("category"));
        }
        let before = json!({ "name": old.name, "description": old.description });
        let detail = changed(&before, &json!({ "name": name, "description": description }));
        let entry = Entry::new("service-catalog.category.changed", "category", id).with(detail);
        self.finish(transaction, caller, entry).await?;
        Ok(category::Model { name, description, version: expected + 1, ..old })
    }

    /// Puts the categories into an order, which names each of them once.
    pub(crate) async fn order_categories(
        &self,
        caller: &Caller,
        ids: &[Uuid],
    ) -> Result<Vec<category::Model>, CatalogError> {
        caller.require(ITEMS_WRITE)?;
        let tenant = caller.tenant();
        self.start_with(tenant).await?;
        let transaction = self.database().begin().await?;
        let rows = store::categories::list(&*transaction, tenant).await?;
        let known: BTreeSet<Uuid> = rows.iter().map(|row| row.id).collect();
        let named: BTreeSet<Uuid> = ids.iter().copied().collect();
        if named != known || named.len() != ids.len() {
            let reason = "an order names each category once: read them again, then repeat";
            return Err(CatalogError::conflict("other_categories", reason));
        }
        for (position, id) in (0..).zip(ids) {
            store::categories::place(&transaction, (tenant, *id), position).await?;
        }
        let names = |ids: &mut dyn Iterator<Item = Uuid>| -> Vec<String> {
            let name = |id| rows.iter().find(|row| row.id == id).map(|row| row.name.clone());
            ids.filter_map(name).collect()
        };
        let before = json!(names(&mut rows.iter().map(|row| row.id)));
        let detail = changed(&before, &json!(names(&mut ids.iter().copied())));
        let action = "service-catalog.categories.ordered";
        let entry = Entry::new(action, "catalog", tenant).with(detail);
        self.finish(transaction, caller, entry).await?;
        Ok(store::categories::list(self.database().read(), tenant).await?)
    }

    /// Removes a category that no item is in.
    pub(crate) async fn remove_category(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
    ) -> Result<(), CatalogError> {
        caller.require(ITEMS_WRITE)?;
        let (tenant, transaction) = (caller.tenant(), self.database().begin().await?);
        let old = store::categories::by_id(&*transaction, tenant, id).await?;
        let old = old.ok_or(CatalogError::NotFound("category"))?;
        let removed = store::categories::remove(&transaction, (tenant, id, expected)).await;
        let removed = removed.map_err(|error| {
            if is_dangling(&error) {
                let reason = "there are items in this category: move them to another one first";
                return CatalogError::conflict("category_in_use", reason);
            }
            error.into()
        })?;
        if !removed {
            return Err(CatalogError::Stale("category"));
        }
        let detail = json!({ "before": { "name": old.name } });
        let entry = Entry::new("service-catalog.category.removed", "category", id).with(detail);
        self.finish(transaction, caller, entry).await
    }
}

fn read(content: &CategoryRequest) -> Result<(String, String), CatalogError> {
    let name = line("name", &content.name, NAME_CHARS_MAX)?;
    Ok((name, text("description", &content.description, DESCRIPTION_CHARS_MAX)?))
}

fn name_taken(error: sea_orm::DbErr) -> CatalogError {
    taken(error, "name_taken", "there is a category of this name already")
}
