//! Maintenance: told before it begins, and never changed once it is over.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use suite_contracts::TenantId;
use suite_kit::audit::Entry;
use suite_kit::auth::Caller;
use suite_kit::clock::rfc3339;
use suite_kit::page::Page;
use uuid::Uuid;

use super::COMPONENTS_MAX;
use crate::api::instant_ms;
use crate::api::status_pages::MaintenanceRequest;
use crate::error::CatalogError;
use crate::model::status::{DAY_MS, Phase, Window};
use crate::permissions::{INCIDENTS_READ, STATUS_PAGE_WRITE};
use crate::service::{Catalog, changed, line, text};
use crate::store::entities::status_maintenance::Model;
use crate::store::maintenance;

/// Of a tenant, that is not over.
const AHEAD_MAX: u64 = 100;
const TITLE_CHARS_MAX: usize = 200;
const TEXT_CHARS_MAX: usize = 5_000;
/// For whoever fills in a form while the clock goes on.
const LATE_MS_MAX: i64 = 15 * 60_000;
const LENGTH_MS_MAX: i64 = 31 * DAY_MS;
const AHEAD_MS_MAX: i64 = 400 * DAY_MS;

/// Maintenance, with what is maintained, at a moment.
#[derive(Debug, Clone)]
pub(crate) struct PlannedMaintenance {
    pub row: Model,
    pub components: Vec<Uuid>,
    pub now_ms: i64,
}

impl Catalog {
    /// The latest made first.
    pub(crate) async fn maintenance(
        &self,
        caller: &Caller,
        (before, limit): (Option<Uuid>, u64),
    ) -> Result<Page<PlannedMaintenance>, CatalogError> {
        caller.require(INCIDENTS_READ)?;
        let (connection, tenant) = (self.database().read(), caller.tenant());
        let rows = maintenance::list(self.database(), tenant, (before, limit)).await?;
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let mut components = maintenance::components(connection, tenant, &ids).await?;
        let now_ms = self.now_ms();
        let page = Page::cut(rows, limit, |row| row.id);
        Ok(page.map(|row| {
            let components = components.remove(&row.id).unwrap_or_default();
            PlannedMaintenance { row, components, now_ms }
        }))
    }

    pub(crate) async fn maintenance_of(
        &self,
        caller: &Caller,
        id: Uuid,
    ) -> Result<PlannedMaintenance, CatalogError> {
        caller.require(INCIDENTS_READ)?;
        self.planned(caller.tenant(), id).await
    }

    async fn planned(
        &self,
        tenant: TenantId,
        id: Uuid,
    ) -> Result<PlannedMaintenance, CatalogError> {
        let connection = self.database().read();
        let row = maintenance::by_id(connection, tenant, id).await?;
        let row = row.ok_or(CatalogError::NotFound("maintenance"))?;
        let components = maintenance::components(connection, tenant, &[id]).await?.remove(&id);
        let components = components.unwrap_or_default();
        Ok(PlannedMaintenance { row, components, now_ms: self.now_ms() })
    }

    pub(crate) async fn plan_maintenance(
        &self,
        caller: &Caller,
        body: MaintenanceRequest,
    ) -> Result<PlannedMaintenance, CatalogError> {
        caller.require(STATUS_PAGE_WRITE)?;
        let (tenant, id, now_ms) = (caller.tenant(), Uuid::now_v7(), self.now_ms());
        let (row, components) = self.read_maintenance((tenant, id), &body, None).await?;
        let transaction = self.database().begin().await?;
        if maintenance::count_ahead(&*transaction, tenant, now_ms).await? >= AHEAD_MAX {
            let reason = format!("{AHEAD_MAX} are planned already: remove one first");
            return Err(CatalogError::conflict("too_much_maintenance", reason));
        }
        maintenance::insert(&transaction, row.clone()).await?;
        maintenance::set_components(&transaction, (tenant, id), &components).await?;
        let action = "service-catalog.maintenance.planned";
        let entry = Entry::new(action, "maintenance", id).with(told(&row, &components));
        self.finish(transaction, caller, entry).await?;
        self.forget_status(tenant).await;
        Ok(PlannedMaintenance { row, components, now_ms })
    }

    /// Changes what is planned. What goes on keeps when it began, and what is over stays as it was.
    pub(crate) async fn change_maintenance(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
        body: MaintenanceRequest,
    ) -> Result<PlannedMaintenance, CatalogError> {
        caller.require(STATUS_PAGE_WRITE)?;
        let tenant = caller.tenant();
        let old = self.planned(tenant, id).await?;
        let read = self.read_maintenance((tenant, id), &body, Some(&old.row)).await?;
        let (row, components) = (Model { version: expected, ..read.0 }, read.1);
        let transaction = self.database().begin().await?;
        if !maintenance::change(&transaction, &row).await? {
            return Err(CatalogError::Stale("maintenance"));
        }
        maintenance::set_components(&transaction, (tenant, id), &components).await?;
        let before = told(&old.row, &old.components);
        let action = "service-catalog.maintenance.changed";
        let entry = Entry::new(action, "maintenance", id);
        let entry = entry.with(changed(&before, &told(&row, &components)));
        self.finish(transaction, caller, entry).await?;
        self.forget_status(tenant).await;
        self.planned(tenant, id).await
    }

    /// Removes what has not begun.
    pub(crate) async fn remove_maintenance(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
    ) -> Result<(), CatalogError> {
        caller.require(STATUS_PAGE_WRITE)?;
        let tenant = caller.tenant();
        let PlannedMaintenance { row, components, now_ms } = self.planned(tenant, id).await?;
        if window(&row).phase(now_ms) != Phase::Coming {
            let reason = "it has begun and is part of what was: let it end now instead";
            return Err(CatalogError::conflict("maintenance_begun", reason));
        }
        let transaction = self.database().begin().await?;
        if !maintenance::remove(&transaction, (tenant, id, expected)).await? {
            return Err(CatalogError::Stale("maintenance"));
        }
        let detail = json!({ "before": told(&row, &components) });
        let action = "service-catalog.maintenance.removed";
        let entry = Entry::new(action, "maintenance", id).with(detail);
        self.finish(transaction, caller, entry).await?;
        self.forget_status(tenant).await;
        Ok(())
    }

    /// What is to be kept of maintenance that is new, or that was this before.
    async fn read_maintenance(
        &self,
        (tenant, id): (TenantId, Uuid),
        body: &MaintenanceRequest,
        old: Option<&Model>,
    ) -> Result<(Model, Vec<Uuid>), CatalogError> {
        let now_ms = self.now_ms();
        let asked = Window {
            begins_ms: instant_ms("begins_at", &body.begins_at)?,
            ends_ms: instant_ms("ends_at", &body.ends_at)?,
        };
        let asked = possible(asked, old.map(window), now_ms)?;
        let components: BTreeSet<Uuid> = body.component_ids.iter().copied().collect();
        if components.is_empty() || body.component_ids.len() > COMPONENTS_MAX {
            let reason = format!("say what is maintained: 1 to {COMPONENTS_MAX} components");
            return Err(CatalogError::invalid("component_ids", reason));
        }
        self.require_components(tenant, ("component_ids", &components)).await?;
        let row = Model {
            id,
            tenant_id: tenant.0,
            title: line("title", &body.title, TITLE_CHARS_MAX)?,
            text: text("text", &body.text, TEXT_CHARS_MAX)?,
            begins_at_ms: asked.begins_ms,
            ends_at_ms: asked.ends_ms,
            created_at_ms: old.map_or(now_ms, |old| old.created_at_ms),
            changed_at_ms: now_ms,
            version: 1,
        };
        Ok((row, components.into_iter().collect()))
    }
}

pub(super) fn window(row: &Model) -> Window {
    Window { begins_ms: row.begins_at_ms, ends_ms: row.ends_at_ms }
}

/// The window that is asked for, where it changes nothing that was.
fn possible(asked: Window, old: Option<Window>, now_ms: i64) -> Result<Window, CatalogError> {
    let begun = old.filter(|old| old.phase(now_ms) != Phase::Coming);
    if begun.is_some_and(|old| old.phase(now_ms) == Phase::Over) {
        let reason = "it is over, and stays as it was";
        return Err(CatalogError::conflict("maintenance_over", reason));
    }
    let begins_ms = begun.map_or(asked.begins_ms, |old| old.begins_ms);
    if begun.is_none() && begins_ms < now_ms - LATE_MS_MAX {
        return Err(CatalogError::invalid("begins_at", "this begins now or later"));
    }
    if begins_ms > now_ms.saturating_add(AHEAD_MS_MAX) {
        let reason = format!("this begins within {} days", AHEAD_MS_MAX / DAY_MS);
        return Err(CatalogError::invalid("begins_at", reason));
    }
    // Who lets it end now may have read the clock a moment ago.
    let ends_ms = if begun.is_some() { asked.ends_ms.max(now_ms) } else { asked.ends_ms };
    if ends_ms <= begins_ms || ends_ms.saturating_sub(begins_ms) > LENGTH_MS_MAX {
        let reason =
            format!("this ends after it begins, and within {} days", LENGTH_MS_MAX / DAY_MS);
        return Err(CatalogError::invalid("ends_at", reason));
    }
    if ends_ms < now_ms {
        return Err(CatalogError::invalid("ends_at", "this ends now or later"));
    }
    Ok(Window { begins_ms, ends_ms })
}

fn told(row: &Model, components: &[Uuid]) -> Value {
    json!({
        "title": row.title,
        "text": row.text,
        "begins_at": rfc3339(row.begins_at_ms),
        "ends_at": rfc3339(row.ends_at_ms),
        "component_ids": components,
    })
}
