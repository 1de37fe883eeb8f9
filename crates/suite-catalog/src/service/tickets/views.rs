//! Queues that people keep: their own, and those that somebody who leads has given to all.

use serde_json::json;
use suite_contracts::UserId;
use suite_kit::audit::Entry;
use suite_kit::auth::Caller;
use uuid::Uuid;

use crate::api::ticket_views::TicketViewRequest;
use crate::api::tickets::TicketFilter;
use crate::error::CatalogError;
use crate::permissions::{ALL_TICKETS_READ, DESK_LEAD};
use crate::service::{Catalog, changed, line, taken};
use crate::store::entities::ticket_view::Model;
use crate::store::{document, ticket_views};

/// Views that somebody keeps at most, and that a tenant shares.
const VIEWS_MAX: u64 = 100;
const NAME_CHARS_MAX: usize = 100;

/// A view with what it shows.
#[derive(Debug, Clone)]
pub(crate) struct SavedView {
    pub row: Model,
    pub filter: TicketFilter,
    pub is_own: bool,
}

impl Catalog {
    pub(crate) async fn ticket_views(
        &self,
        caller: &Caller,
    ) -> Result<Vec<SavedView>, CatalogError> {
        caller.require(ALL_TICKETS_READ)?;
        let own = (caller.tenant(), Self::person(caller)?);
        let rows = ticket_views::list(self.database().read(), own).await?;
        rows.into_iter().map(|row| saved(row, own.1)).collect()
    }

    pub(crate) async fn keep_ticket_view(
        &self,
        caller: &Caller,
        body: TicketViewRequest,
    ) -> Result<SavedView, CatalogError> {
        caller.require(ALL_TICKETS_READ)?;
        let (tenant, user) = (caller.tenant(), Self::person(caller)?);
        let row = Model {
            id: Uuid::now_v7(),
            tenant_id: tenant.0,
            owner_id: user.0,
            name: line("name", &body.name, NAME_CHARS_MAX)?,
            is_shared: body.is_shared,
            content: self.checked_filter(&body.filter)?,
            created_at_ms: self.now_ms(),
            version: 1,
        };
        let transaction = self.database().begin().await?;
        let kept = ticket_views::count(&*transaction, (tenant, user)).await?;
        let mut is_full = kept >= VIEWS_MAX;
        if row.is_shared {
            caller.require(DESK_LEAD)?;
            is_full |= ticket_views::count_shared(&*transaction, tenant).await? >= VIEWS_MAX;
        }
        if is_full {
            let reason = format!("there are {VIEWS_MAX} views already: remove one first");
            return Err(CatalogError::conflict("too_many_views", reason));
        }
        ticket_views::insert(&transaction, row.clone()).await.map_err(name_taken)?;
        let detail = json!({ "name": row.name, "is_shared": row.is_shared });
        let entry = Entry::new("service-catalog.ticket-view.created", "ticket-view", row.id);
        self.finish(transaction, caller, entry.with(detail)).await?;
        saved(row, user)
    }

    pub(crate) async fn change_ticket_view(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
        body: TicketViewRequest,
    ) -> Result<SavedView, CatalogError> {
        let (old, user) = self.own_view(caller, id).await?;
        let row = Model {
            name: line("name", &body.name, NAME_CHARS_MAX)?,
            is_shared: body.is_shared,
            content: self.checked_filter(&body.filter)?,
            version: expected,
            ..old.clone()
        };
        let transaction = self.database().begin().await?;
        if row.is_shared && !old.is_shared {
            caller.require(DESK_LEAD)?;
            if ticket_views::count_shared(&*transaction, caller.tenant()).await? >= VIEWS_MAX {
                let reason = format!("there are {VIEWS_MAX} shared views already");
                return Err(CatalogError::conflict("too_many_views", reason));
            }
        }
        if !ticket_views::change(&transaction, &row).await.map_err(name_taken)? {
            return Err(CatalogError::Stale("view"));
        }
        let told = |row: &Model| json!({ "name": row.name, "is_shared": row.is_shared });
        let entry = Entry::new("service-catalog.ticket-view.changed", "ticket-view", id);
        let entry = entry.with(changed(&told(&old), &told(&row)));
        self.finish(transaction, caller, entry).await?;
        saved(Model { version: expected + 1, ..row }, user)
    }

    pub(crate) async fn remove_ticket_view(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
    ) -> Result<(), CatalogError> {
        let (old, _) = self.own_view(caller, id).await?;
        let transaction = self.database().begin().await?;
        let own = (caller.tenant(), id, expected);
        if !ticket_views::remove(&transaction, own).await? {
            return Err(CatalogError::Stale("view"));
        }
        let entry = Entry::new("service-catalog.ticket-view.removed", "ticket-view", id);
        let entry = entry.with(json!({ "before": { "name": old.name } }));
        self.finish(transaction, caller, entry).await
    }

    /// A view of the caller's, or a shared one for who leads. Of others' own there is none.
    async fn own_view(&self, caller: &Caller, id: Uuid) -> Result<(Model, UserId), CatalogError> {
        caller.require(ALL_TICKETS_READ)?;
        let user = Self::person(caller)?;
        let row = ticket_views::by_id(self.database().read(), caller.tenant(), id).await?;
        let is_seen = |row: &Model| row.owner_id == user.0 || row.is_shared;
        let row = row.filter(is_seen).ok_or(CatalogError::NotFound("view"))?;
        if row.owner_id != user.0 {
            caller.require(DESK_LEAD)?;
        }
        Ok((row, user))
    }

    fn checked_filter(&self, filter: &TicketFilter) -> Result<String, CatalogError> {
        self.wanted(filter)?;
        Ok(document::write(filter)?)
    }
}

fn saved(row: Model, user: UserId) -> Result<SavedView, CatalogError> {
    let filter = document::read(&row.content)?;
    let is_own = row.owner_id == user.0;
    Ok(SavedView { row, filter, is_own })
}

fn name_taken(error: sea_orm::DbErr) -> CatalogError {
    taken(error, "name_taken", "there is a view of this name already")
}
