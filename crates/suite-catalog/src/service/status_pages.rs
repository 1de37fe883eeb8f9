//! The public status page: what it is, its components, maintenance, and what everybody reads.
//!
//! Whoever does something to a component has its row locked; whoever holds a major incident, too,
//! takes that before.

mod components;
mod feed;
mod maintenance;
mod reading;

use std::collections::BTreeSet;

use serde_json::json;
use suite_contracts::TenantId;
use suite_kit::audit::Entry;
use suite_kit::auth::Caller;
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::{Catalog, line, taken, text};
use crate::api::desk::Word;
use crate::api::incidents::IncidentStateBody;
use crate::api::status_pages::{ComponentImpactBody, StatusBody, StatusPageBody};
use crate::error::CatalogError;
use crate::model::incident;
use crate::model::status::{Impact, SLUG_CHARS, derived, slug};
use crate::permissions::{INCIDENTS_READ, STATUS_PAGE_WRITE};
use crate::store::entities::{status_change, status_component, status_page};
use crate::store::status_pages;

pub(crate) use maintenance::PlannedMaintenance;
pub(crate) use reading::Form as StatusForm;

const TITLE_CHARS_MAX: usize = 100;
const INTRODUCTION_CHARS_MAX: usize = 2_000;
/// Of a tenant.
pub(super) const COMPONENTS_MAX: usize = 100;

impl Catalog {
    /// What the status page is, and its version.
    pub(crate) async fn status_page(
        &self,
        caller: &Caller,
    ) -> Result<(i64, Option<StatusPageBody>), CatalogError> {
        caller.require(INCIDENTS_READ)?;
        let row = status_pages::settings(self.database().read(), caller.tenant()).await?;
        Ok(row.map_or((0, None), |row| (row.version, Some(row.into()))))
    }

    pub(crate) async fn set_status_page(
        &self,
        caller: &Caller,
        expected: i64,
        body: StatusPageBody,
    ) -> Result<(i64, StatusPageBody), CatalogError> {
        caller.require(STATUS_PAGE_WRITE)?;
        let tenant = caller.tenant();
        let row = status_page::Model {
            tenant_id: tenant.0,
            slug: address(&body.slug)?,
            title: line("title", &body.title, TITLE_CHARS_MAX)?,
            introduction: text("introduction", &body.introduction, INTRODUCTION_CHARS_MAX)?,
            is_published: body.is_published,
            version: expected + 1,
        };
        let stale = CatalogError::Stale("status page");
        let transaction = self.database().begin().await?;
        let before = status_pages::settings(&*transaction, tenant).await?;
        if before.as_ref().map_or(0, |row| row.version) != expected {
            return Err(stale);
        }
        let written = match before {
            None => status_pages::insert_settings(&transaction, row.clone()).await.map(|()| true),
            Some(_) => status_pages::set_settings(&transaction, row.clone()).await,
        };
        let elsewhere = "this address is taken: choose another one";
        if !written.map_err(|error| taken(error, "address_taken", elsewhere))? {
            return Err(stale);
        }
        let after = StatusPageBody::from(row);
        let detail = json!({ "before": before.map(StatusPageBody::from), "after": after });
        let action = "service-catalog.status-page.changed";
        let entry = Entry::new(action, "status-page", tenant).with(detail);
        self.finish(transaction, caller, entry).await?;
        self.forget_status(tenant).await;
        Ok((expected + 1, after))
    }

    /// Derives anew how components stand, and records what has changed.
    pub(super) async fn derive_states(
        &self,
        transaction: &Transaction,
        (tenant, components): (TenantId, &BTreeSet<Uuid>),
    ) -> Result<(), CatalogError> {
        if components.is_empty() {
            return Ok(());
        }
        let ids: Vec<Uuid> = components.iter().copied().collect();
        let rows = status_pages::locked_components(transaction, tenant, ids.clone()).await?;
        let (active, connection) = (active_states(), &**transaction);
        let impacts = status_pages::impacts_of_states(connection, tenant, (&active, ids)).await?;
        for row in rows {
            let own = impacts.iter().filter(|impact| impact.component_id == row.id);
            let own = own.filter_map(|impact| impact_of(&impact.impact));
            let state = StatusBody::from(derived(own, StatusBody::kept(&row.hand_state)));
            if state.as_str() != row.state {
                self.record_state(transaction, &row, (Some(&row.state), state)).await?;
            }
        }
        Ok(())
    }

    async fn record_state(
        &self,
        transaction: &Transaction,
        row: &status_component::Model,
        (before, state): (Option<&str>, StatusBody),
    ) -> Result<(), CatalogError> {
        let change = status_change::Model {
            id: Uuid::now_v7(),
            tenant_id: row.tenant_id,
            component_id: row.id,
            at_ms: self.now_ms(),
            before: before.map(str::to_owned),
            state: state.as_str().to_owned(),
        };
        Ok(status_pages::record(transaction, change).await?)
    }
}

/// What rows keep of major incidents that go on.
fn active_states() -> Vec<&'static str> {
    let active = incident::State::ALL.into_iter().filter(|state| state.is_active());
    active.map(|state| IncidentStateBody::from(state).as_str()).collect()
}

fn impact_of(text: &str) -> Option<Impact> {
    ComponentImpactBody::of(text).map(Impact::from)
}

fn address(text: &str) -> Result<String, CatalogError> {
    slug(text).ok_or_else(|| {
        let (least, most) = (SLUG_CHARS.start(), SLUG_CHARS.end());
        let reason = format!(
            "an address has {least} to {most} small letters and digits, and hyphens between them, \
             such as example-works"
        );
        CatalogError::invalid("slug", reason)
    })
}
