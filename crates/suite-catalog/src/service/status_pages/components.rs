//! The components of a status page: kept, put in order, and set by hand.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use suite_contracts::TenantId;
use suite_kit::audit::Entry;
use suite_kit::auth::Caller;
use uuid::Uuid;

use super::COMPONENTS_MAX;
use crate::api::desk::Word;
use crate::api::status_pages::{StatusBody, StatusComponentRequest, StatusComponentStateRequest};
use crate::error::CatalogError;
use crate::permissions::{INCIDENTS_READ, STATUS_PAGE_WRITE};
use crate::service::{Catalog, changed, line, taken, text};
use crate::store::entities::status_component::Model;
use crate::store::status_pages;

const NAME_CHARS_MAX: usize = 100;
const DESCRIPTION_CHARS_MAX: usize = 300;
const NOTE_CHARS_MAX: usize = 500;

impl Catalog {
    /// In their order.
    pub(crate) async fn status_components(
        &self,
        caller: &Caller,
    ) -> Result<Vec<Model>, CatalogError> {
        caller.require(INCIDENTS_READ)?;
        Ok(status_pages::components(self.database().read(), caller.tenant()).await?)
    }

    pub(crate) async fn status_component(
        &self,
        caller: &Caller,
        id: Uuid,
    ) -> Result<Model, CatalogError> {
        caller.require(INCIDENTS_READ)?;
        self.component_of(caller.tenant(), id).await
    }

    async fn component_of(&self, tenant: TenantId, id: Uuid) -> Result<Model, CatalogError> {
        let row = status_pages::component(self.database().read(), tenant, id).await?;
        row.ok_or(CatalogError::NotFound("component"))
    }

    /// Adds a component behind those that there are. It is operational until something says
    /// otherwise.
    pub(crate) async fn add_status_component(
        &self,
        caller: &Caller,
        body: StatusComponentRequest,
    ) -> Result<Model, CatalogError> {
        caller.require(STATUS_PAGE_WRITE)?;
        let (tenant, first) = (caller.tenant(), StatusBody::Operational);
        let (name, description, group_name) = read(&body)?;
        let transaction = self.database().begin().await?;
        let count = status_pages::count_components(&*transaction, tenant).await?;
        let position = i32::try_from(count).unwrap_or(i32::MAX);
        if usize::try_from(count).is_ok_and(|count| count >= COMPONENTS_MAX) {
            let reason = format!("there are {COMPONENTS_MAX} components: remove one first");
            return Err(CatalogError::conflict("too_many_components", reason));
        }
        let row = Model {
            id: Uuid::now_v7(),
            tenant_id: tenant.0,
            name,
            description,
            group_name,
            position,
            hand_state: first.as_str().to_owned(),
            hand_note: String::new(),
            state: first.as_str().to_owned(),
            created_at_ms: self.now_ms(),
            version: 1,
        };
        let made = status_pages::insert_component(&transaction, row.clone()).await;
        made.map_err(name_taken)?;
        self.record_state(&transaction, &row, (None, first)).await?;
        let action = "service-catalog.status-component.created";
        let entry = Entry::new(action, "status-component", row.id).with(told(&row));
        self.finish(transaction, caller, entry).await?;
        self.forget_status(tenant).await;
        Ok(row)
    }

    pub(crate) async fn change_status_component(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
        body: StatusComponentRequest,
    ) -> Result<Model, CatalogError> {
        caller.require(STATUS_PAGE_WRITE)?;
        let old = self.component_of(caller.tenant(), id).await?;
        let (name, description, group_name) = read(&body)?;
        let row = Model { name, description, group_name, version: expected, ..old.clone() };
        let transaction = self.database().begin().await?;
        let changing = status_pages::change_component(&transaction, &row).await;
        if !changing.map_err(name_taken)? {
            return Err(CatalogError::Stale("component"));
        }
        let action = "service-catalog.status-component.changed";
        let entry = Entry::new(action, "status-component", id);
        let entry = entry.with(changed(&told(&old), &told(&row)));
        self.finish(transaction, caller, entry).await?;
        self.forget_status(caller.tenant()).await;
        self.component_of(caller.tenant(), id).await
    }

    /// Says by hand how a component stands, for as long as no open major incident names it.
    pub(crate) async fn set_component_state(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
        body: StatusComponentStateRequest,
    ) -> Result<Model, CatalogError> {
        caller.require(STATUS_PAGE_WRITE)?;
        let tenant = caller.tenant();
        let hand_note = text("note", &body.note, NOTE_CHARS_MAX)?;
        self.component_of(tenant, id).await?;
        let transaction = self.database().begin().await?;
        let held = status_pages::locked_components(&transaction, tenant, vec![id]).await?.pop();
        let old = held.ok_or(CatalogError::NotFound("component"))?;
        let hand_state = body.state.as_str().to_owned();
        let row = Model { hand_state, hand_note, version: expected, ..old.clone() };
        if !status_pages::change_component(&transaction, &row).await? {
            return Err(CatalogError::Stale("component"));
        }
        self.derive_states(&transaction, (tenant, &BTreeSet::from([id]))).await?;
        let by_hand = |row: &Model| json!({ "state": row.hand_state, "note": row.hand_note });
        let mut detail = changed(&by_hand(&old), &by_hand(&row));
        detail["name"] = json!(row.name);
        let action = "service-catalog.status-component.state-set";
        let entry = Entry::new(action, "status-component", id).with(detail);
        self.finish(transaction, caller, entry).await?;
        self.forget_status(tenant).await;
        self.component_of(tenant, id).await
    }

    /// Puts the components into an order, which names each of them once.
    pub(crate) async fn order_status_components(
        &self,
        caller: &Caller,
        ids: &[Uuid],
    ) -> Result<Vec<Model>, CatalogError> {
        caller.require(STATUS_PAGE_WRITE)?;
        let tenant = caller.tenant();
        let transaction = self.database().begin().await?;
        let rows = status_pages::components(&*transaction, tenant).await?;
        let known: BTreeSet<Uuid> = rows.iter().map(|row| row.id).collect();
        let named: BTreeSet<Uuid> = ids.iter().copied().collect();
        if named != known || named.len() != ids.len() {
            let reason = "an order names each component once: read them again, then repeat";
            return Err(CatalogError::conflict("other_components", reason));
        }
        for (position, id) in (0..).zip(ids) {
            status_pages::place_component(&transaction, (tenant, *id), position).await?;
        }
        let names = |ids: &mut dyn Iterator<Item = Uuid>| -> Vec<&str> {
            let name = |id| rows.iter().find(|row| row.id == id).map(|row| row.name.as_str());
            ids.filter_map(name).collect()
        };
        let before = json!(names(&mut rows.iter().map(|row| row.id)));
        let detail = changed(&before, &json!(names(&mut ids.iter().copied())));
        let action = "service-catalog.status-components.ordered";
        let entry = Entry::new(action, "status-page", tenant).with(detail);
        self.finish(transaction, caller, entry).await?;
        self.forget_status(tenant).await;
        Ok(status_pages::components(self.database().read(), tenant).await?)
    }

    /// Removes a component, with all that is recorded of it.
    pub(crate) async fn remove_status_component(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
    ) -> Result<(), CatalogError> {
        caller.require(STATUS_PAGE_WRITE)?;
        let tenant = caller.tenant();
        let old = self.component_of(tenant, id).await?;
        let transaction = self.database().begin().await?;
        if !status_pages::remove_component(&transaction, (tenant, id, expected)).await? {
            return Err(CatalogError::Stale("component"));
        }
        let action = "service-catalog.status-component.removed";
        let entry = Entry::new(action, "status-component", id);
        self.finish(transaction, caller, entry.with(json!({ "before": told(&old) }))).await?;
        self.forget_status(tenant).await;
        Ok(())
    }

    /// Refuses components that the tenant does not have, at this field.
    pub(in crate::service) async fn require_components(
        &self,
        tenant: TenantId,
        (field, ids): (&str, &BTreeSet<Uuid>),
    ) -> Result<Vec<Model>, CatalogError> {
        let rows = status_pages::components(self.database().read(), tenant).await?;
        let unknown = ids.iter().find(|id| rows.iter().all(|row| row.id != **id));
        match unknown {
            Some(id) => Err(CatalogError::invalid(field, format!("there is no component {id}"))),
            None => Ok(rows),
        }
    }
}

fn read(body: &StatusComponentRequest) -> Result<(String, String, Option<String>), CatalogError> {
    let name = line("name", &body.name, NAME_CHARS_MAX)?;
    let description = text("description", &body.description, DESCRIPTION_CHARS_MAX)?;
    let group = body.group.as_deref().filter(|group| !group.trim().is_empty());
    let group = group.map(|group| line("group", group, NAME_CHARS_MAX)).transpose()?;
    Ok((name, description, group))
}

fn told(row: &Model) -> Value {
    json!({ "name": row.name, "description": row.description, "group": row.group_name })
}

fn name_taken(error: sea_orm::DbErr) -> CatalogError {
    taken(error, "name_taken", "there is a component of this name already")
}
