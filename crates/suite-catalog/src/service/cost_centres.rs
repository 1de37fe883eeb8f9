//! Cost centres.

use std::collections::BTreeSet;

use serde_json::json;
use suite_contracts::{TenantId, UserId};
use suite_kit::audit::Entry;
use suite_kit::auth::Caller;
use suite_kit::page::Page;
use uuid::Uuid;

use super::{Catalog, Names, changed, line, taken};
use crate::api::cost_centres::CostCentreRequest;
use crate::error::CatalogError;
use crate::permissions::{COST_CENTRES_READ, COST_CENTRES_WRITE};
use crate::store::{self, entities::cost_centre};

const CODE_CHARS_MAX: usize = 40;
const NAME_CHARS_MAX: usize = 100;

/// A cost centre, with the name of its owner.
#[derive(Debug, Clone)]
pub(crate) struct Owned {
    pub row: cost_centre::Model,
    pub names: Names,
}

impl Catalog {
    pub(crate) async fn cost_centres(
        &self,
        caller: &Caller,
        (after, limit): (Option<(String, Uuid)>, u64),
    ) -> Result<Page<Owned>, CatalogError> {
        caller.require(COST_CENTRES_READ)?;
        let (database, tenant) = (self.database(), caller.tenant());
        let rows = store::cost_centres::list(database, tenant, after, limit).await?;
        let page = Page::cut(rows, limit, |row| (row.code.clone(), row.id));
        let owners = page.items.iter().map(|row| UserId(row.owner_id)).collect();
        let names = self.names(tenant, &owners).await?;
        Ok(page.map(|row| Owned { row, names: names.clone() }))
    }

    pub(crate) async fn cost_centre(
        &self,
        caller: &Caller,
        id: Uuid,
    ) -> Result<Owned, CatalogError> {
        caller.require(COST_CENTRES_READ)?;
        let row = store::cost_centres::by_id(self.database().read(), caller.tenant(), id).await?;
        let row = row.ok_or(CatalogError::NotFound("cost centre"))?;
        self.owned(caller.tenant(), row).await
    }

    pub(crate) async fn create_cost_centre(
        &self,
        caller: &Caller,
        content: CostCentreRequest,
    ) -> Result<Owned, CatalogError> {
        caller.require(COST_CENTRES_WRITE)?;
        let (code, name) = self.read_cost_centre(caller, &content).await?;
        let (tenant, id, owner) = (caller.tenant(), Uuid::now_v7(), content.owner_id);
        let transaction = self.database().begin().await?;
        let texts = (code.as_str(), name.as_str(), owner.0);
        let made = store::cost_centres::insert(&transaction, (tenant, id), texts, self.now_ms());
        let row = made.await.map_err(code_taken)?;
        let detail = json!({ "code": code, "name": name, "owner_id": owner });
        let action = "service-catalog.cost-centre.created";
        let entry = Entry::new(action, "cost-centre", id).with(detail);
        self.finish(transaction, caller, entry).await?;
        self.owned(tenant, row).await
    }

    pub(crate) async fn change_cost_centre(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
        content: CostCentreRequest,
    ) -> Result<Owned, CatalogError> {
        caller.require(COST_CENTRES_WRITE)?;
        let old = store::cost_centres::by_id(self.database().read(), caller.tenant(), id).await?;
        let old = old.ok_or(CatalogError::NotFound("cost centre"))?;
        let (code, name) = self.read_cost_centre(caller, &content).await?;
        let (tenant, owner) = (caller.tenant(), content.owner_id);
        let transaction = self.database().begin().await?;
        let texts = (code.as_str(), name.as_str(), owner.0);
        let changing = store::cost_centres::change(&transaction, (tenant, id, expected), texts);
        if !changing.await.map_err(code_taken)? {
            return Err(CatalogError::Stale("cost centre"));
        }
        // Whoever owns it now is asked.
        store::requests::look_again(&transaction, tenant, self.now_ms()).await?;
        let before = json!({ "code": old.code, "name": old.name, "owner_id": old.owner_id });
        let after = json!({ "code": code, "name": name, "owner_id": owner });
        let action = "service-catalog.cost-centre.changed";
        let entry = Entry::new(action, "cost-centre", id).with(changed(&before, &after));
        self.finish(transaction, caller, entry).await?;
        let version = expected + 1;
        let row = cost_centre::Model { code, name, owner_id: owner.0, version, ..old };
        self.owned(tenant, row).await
    }

    async fn owned(
        &self,
        tenant: TenantId,
        row: cost_centre::Model,
    ) -> Result<Owned, CatalogError> {
        let names = self.names(tenant, &BTreeSet::from([UserId(row.owner_id)])).await?;
        Ok(Owned { row, names })
    }

    async fn read_cost_centre(
        &self,
        caller: &Caller,
        content: &CostCentreRequest,
    ) -> Result<(String, String), CatalogError> {
        let code = line("code", &content.code, CODE_CHARS_MAX)?;
        let name = line("name", &content.name, NAME_CHARS_MAX)?;
        let owner = BTreeSet::from([content.owner_id]);
        self.require_known(caller.tenant(), ("/owner_id", &owner), &[]).await?;
        Ok((code, name))
    }
}

fn code_taken(error: sea_orm::DbErr) -> CatalogError {
    taken(error, "code_taken", "there is a cost centre of this code already")
}
