//! What everybody is told of a major incident: what it is called on the status page, and what it does
//! to the components there.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use suite_contracts::TenantId;
use suite_kit::audit::Actor;
use suite_kit::auth::Caller;
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::{IncidentDetail, Kind, NewEntry, state_of};
use crate::api::desk::Word;
use crate::api::status_pages::{AffectedComponentBody, ComponentImpactBody, IncidentPublicRequest};
use crate::error::CatalogError;
use crate::model::incident::State;
use crate::permissions::INCIDENTS_WRITE;
use crate::service::status_pages::COMPONENTS_MAX;
use crate::service::tickets::TITLE_CHARS_MAX;
use crate::service::{Catalog, changed, line};
use crate::store::entities::{incident_component, major_incident::Model};
use crate::store::status_pages;

type Impacts = BTreeMap<Uuid, ComponentImpactBody>;

impl Catalog {
    /// Says what everybody reads of one: all of it anew. What is open tells how components stand.
    pub(crate) async fn publish_incident(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
        body: IncidentPublicRequest,
    ) -> Result<IncidentDetail, CatalogError> {
        caller.require(INCIDENTS_WRITE)?;
        let tenant = caller.tenant();
        self.incident_of(caller, id).await?;
        let public_title = public_title(body.public_title.as_deref())?;
        let impacts = impacts(&body.components)?;
        let named: BTreeSet<Uuid> = impacts.keys().copied().collect();
        let known = self.require_components(tenant, ("components", &named)).await?;
        let transaction = self.database().begin().await?;
        let row = self.held_incident(&transaction, (tenant, id, Some(expected))).await?;
        if state_of(&row)? == State::Reviewed {
            return Err(CatalogError::conflict("incident_over", "it is reviewed, and over"));
        }
        let before = status_pages::impacts(&*transaction, tenant, &[id]).await?.remove(&id);
        let before = before.unwrap_or_default();
        let old: BTreeSet<Uuid> = before.iter().map(|impact| impact.component_id).collect();
        let name = |id: &Uuid| {
            known.iter().find(|one| one.id == *id).map(|one| one.name.as_str()).unwrap_or_default()
        };
        let was = before.iter().map(|one| (name(&one.component_id), one.impact.as_str()));
        let is = impacts.iter().map(|(id, impact)| (name(id), impact.as_str()));
        let told = |title: &Option<String>, components: BTreeMap<&str, &str>| json!({ "public_title": title, "components": components });
        let was = told(&row.public_title, was.collect());
        let is = told(&public_title, is.collect());
        if was == is {
            transaction.roll_back().await?;
            return self.incident_detail(row).await;
        }
        let entry = NewEntry::new(Kind::Published, self.now_ms(), changed(&was, &is));
        let row = Model { public_title, ..row };
        let rows = impacts.iter().map(|(component, impact)| incident_component::Model {
            incident_id: id,
            component_id: *component,
            tenant_id: tenant.0,
            impact: impact.as_str().to_owned(),
        });
        status_pages::set_impacts(&transaction, (tenant, id), rows.collect()).await?;
        let touched = old.union(&named).copied().collect();
        self.derive_states(&transaction, (tenant, &touched)).await?;
        let actor = Actor::from(caller);
        let row = self.keep_incident(&transaction, &actor, row, vec![entry]).await?;
        transaction.commit_unaudited("its audit record was inserted").await?;
        self.forget_status(tenant).await;
        self.incident_detail(row).await
    }

    /// What one does to components, in the order of the status page.
    pub(super) async fn affected_components(
        &self,
        row: &Model,
    ) -> Result<Vec<incident_component::Model>, CatalogError> {
        let (connection, tenant) = (self.database().read(), TenantId(row.tenant_id));
        let own = status_pages::impacts(connection, tenant, &[row.id]).await?.remove(&row.id);
        let Some(mut own) = own else { return Ok(Vec::new()) };
        let all = status_pages::components(connection, tenant).await?;
        own.sort_by_key(|impact| all.iter().position(|one| one.id == impact.component_id));
        Ok(own)
    }

    /// Derives anew how those stand that it names: it goes on, or is over. Its state is written.
    pub(super) async fn derive_affected(
        &self,
        transaction: &Transaction,
        row: &Model,
    ) -> Result<(), CatalogError> {
        let tenant = TenantId(row.tenant_id);
        let own = status_pages::impacts(&**transaction, tenant, &[row.id]).await?;
        let own = own.into_values().flatten().map(|impact| impact.component_id).collect();
        self.derive_states(transaction, (tenant, &own)).await
    }
}

/// The entry that says what everybody reads one called from now on.
pub(super) fn titled(row: &Model, title: &str, at_ms: i64) -> NewEntry {
    let called = |title: Option<&str>| -> Value { json!({ "public_title": title }) };
    let detail = changed(&called(row.public_title.as_deref()), &called(Some(title)));
    NewEntry::new(Kind::Published, at_ms, detail)
}

/// None where nothing is said.
pub(super) fn public_title(text: Option<&str>) -> Result<Option<String>, CatalogError> {
    let said = text.filter(|text| !text.trim().is_empty());
    said.map(|text| line("public_title", text, TITLE_CHARS_MAX)).transpose()
}

fn impacts(components: &[AffectedComponentBody]) -> Result<Impacts, CatalogError> {
    let impacts: Impacts = components.iter().map(|one| (one.component_id, one.impact)).collect();
    if impacts.len() != components.len() || components.len() > COMPONENTS_MAX {
        let reason = format!("this names each component once, and {COMPONENTS_MAX} at most");
        return Err(CatalogError::invalid("components", reason));
    }
    Ok(impacts)
}
