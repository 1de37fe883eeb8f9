//! What everybody reads of a status page. It is put together from what is public alone, and kept for
//! a moment, since many ask for it at once.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use suite_contracts::TenantId;
use suite_kit::auth::RequestContext;
use suite_kit::cache::{Admission, Rate};
use suite_kit::clock::rfc3339;
use suite_kit::service::ContentTag;
use uuid::Uuid;

use super::maintenance::window;
use super::{active_states, feed};
use crate::api::desk::Word;
use crate::api::incidents::{IncidentStateBody, StatusUpdate, UpdateAudience};
use crate::api::status::{
    PublicComponent, PublicImpact, PublicIncident, PublicMaintenance, PublicStatus,
};
use crate::api::status_pages::{ComponentImpactBody, PhaseBody, StatusBody};
use crate::error::CatalogError;
use crate::model::incident::{PublicState, State as IncidentState};
use crate::model::status::{Change, DAY_MS, Phase, State, Window, days};
use crate::service::Catalog;
use crate::store::entities::{
    incident_component, incident_entry, major_incident, status_change, status_component,
    status_maintenance, status_page,
};
use crate::store::{incidents, maintenance, status_pages};

const DAYS: u16 = 90;
/// Of an address: whoever looks at the page asks twice a minute.
const VISITS: Rate = Rate::new(60, 60_000);
/// For how long an answer is kept.
const KEPT_MS: u64 = 5_000;
const INCIDENTS_SHOWN: u64 = 100;
const MAINTENANCE_SHOWN: u64 = 200;
const UPDATES_SHOWN: u64 = 500;
const CHANGES_READ: u64 = 10_000;

/// A page as it is answered: kept for a moment, since many ask for it at once.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Written {
    pub body: String,
    /// Of the body.
    pub tag: ContentTag,
}

/// In which form somebody reads a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Page,
    Feed,
}

impl Form {
    const ALL: [Self; 2] = [Self::Page, Self::Feed];

    fn key(self, tenant: TenantId) -> String {
        match self {
            Self::Page => format!("status:page:{tenant}"),
            Self::Feed => format!("status:feed:{tenant}"),
        }
    }
}

impl Catalog {
    /// Counts somebody who reads a status page.
    pub(crate) async fn visit(&self, context: &RequestContext) -> Admission {
        self.0.cache.admit(&format!("status:visits:{}", context.network()), VISITS).await
    }

    /// The page of an address. There is none where none is published, nor of a tenant that is
    /// suspended: all alike.
    pub(crate) async fn public_status(
        &self,
        (slug, form): (&str, Form),
    ) -> Result<Written, CatalogError> {
        let missing = || CatalogError::NotFound("status page");
        let page = status_pages::at(self.database().read(), slug).await?;
        let page = page.filter(|page| page.is_published).ok_or_else(missing)?;
        let tenant = TenantId(page.tenant_id);
        if let Some(kept) = self.0.cache.get_value::<Written>(&form.key(tenant)).await {
            return Ok(kept);
        }
        if !self.0.people.tenant_is_active(tenant).await? {
            return Err(missing());
        }
        let address = format!("{}/status/{}", self.0.public_url, page.slug);
        let status = self.put_together(tenant, page).await?;
        let body = match form {
            Form::Page => serde_json::to_string(&status),
            Form::Feed => Ok(feed::written(&status, (&address, self.now_ms()))?),
        };
        let body = body.map_err(|error| CatalogError::Internal(error.to_string()))?;
        let written = Written { tag: ContentTag::of(body.as_bytes()), body };
        self.0.cache.set_value(&form.key(tenant), &written, KEPT_MS).await;
        Ok(written)
    }

    /// Lets the next who ask read it anew.
    pub(in crate::service) async fn forget_status(&self, tenant: TenantId) {
        for form in Form::ALL {
            self.0.cache.remove(&form.key(tenant)).await;
        }
    }

    async fn put_together(
        &self,
        tenant: TenantId,
        page: status_page::Model,
    ) -> Result<PublicStatus, CatalogError> {
        let (connection, now_ms) = (self.database().read(), self.now_ms());
        let today = now_ms.div_euclid(DAY_MS);
        let since_ms = (today - i64::from(DAYS) + 1).saturating_mul(DAY_MS);
        let rows = status_pages::components(connection, tenant).await?;
        let names: BTreeMap<Uuid, String> =
            rows.iter().map(|row| (row.id, row.name.clone())).collect();
        let which = (since_ms, MAINTENANCE_SHOWN);
        let planned = maintenance::ending_after(connection, tenant, which).await?;
        let ids: Vec<Uuid> = planned.iter().map(|row| row.id).collect();
        let maintained = maintenance::components(connection, tenant, &ids).await?;
        let told = self.public_incidents(tenant, (since_ms, &names)).await?;
        let (incidents, past_incidents) =
            told.into_iter().partition(|one| one.state != PublicState::Resolved.into());
        let planned_of = (planned.as_slice(), &maintained);
        let components = self.public_components((tenant, since_ms), rows, planned_of).await?;
        let mut maintenance: Vec<(Phase, PublicMaintenance)> = planned
            .into_iter()
            .map(|row| public_maintenance(row, (&maintained, &names), now_ms))
            .collect();
        // What ends last comes first in the list; what is next comes first here.
        let past = maintenance.extract_if(.., |(phase, _)| *phase == Phase::Over);
        let past_maintenance = past.map(|(_, one)| one).collect();
        maintenance
            .sort_by(|one, other| (one.0, &one.1.begins_at).cmp(&(other.0, &other.1.begins_at)));
        let states = components.iter().map(|component| State::from(component.state));
        Ok(PublicStatus {
            title: page.title,
            introduction: page.introduction,
            state: states.max().unwrap_or(State::Operational).into(),
            first_day: rfc3339(since_ms).chars().take(10).collect(),
            components,
            incidents,
            maintenance: maintenance.into_iter().map(|(_, one)| one).collect(),
            past_incidents,
            past_maintenance,
        })
    }

    async fn public_components(
        &self,
        (tenant, since_ms): (TenantId, i64),
        rows: Vec<status_component::Model>,
        (planned, maintained): (&[status_maintenance::Model], &BTreeMap<Uuid, Vec<Uuid>>),
    ) -> Result<Vec<PublicComponent>, CatalogError> {
        let (connection, now_ms) = (self.database().read(), self.now_ms());
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let which = (active_states(), ids);
        let named =
            status_pages::impacts_of_states(connection, tenant, (&which.0, which.1)).await?;
        let named: BTreeSet<Uuid> = named.into_iter().map(|impact| impact.component_id).collect();
        let since = (since_ms, CHANGES_READ);
        let mut course: BTreeMap<Uuid, Vec<status_change::Model>> = BTreeMap::new();
        for change in status_pages::course(connection, tenant, since).await? {
            course.entry(change.component_id).or_default().push(change);
        }
        let component = |row: status_component::Model| {
            let changes = changes(&row, &course.remove(&row.id).unwrap_or_default());
            let of = |one: &&status_maintenance::Model| {
                maintained.get(&one.id).is_some_and(|ids| ids.contains(&row.id))
            };
            let windows: Vec<Window> = planned.iter().filter(of).map(window).collect();
            let runs = windows.iter().any(|window| window.phase(now_ms) == Phase::Running);
            let state = StatusBody::kept(&row.state);
            let state = if runs { state.max(State::Maintenance) } else { state };
            let days = days(&changes, &windows, (now_ms, DAYS));
            let note = Some(row.hand_note).filter(|note| !note.is_empty());
            PublicComponent {
                id: row.id,
                note: note.filter(|_| !named.contains(&row.id)),
                name: row.name,
                description: row.description,
                group: row.group_name,
                state: state.into(),
                days: days.into_iter().map(|day| day.map(StatusBody::from)).collect(),
            }
        };
        Ok(rows.into_iter().map(component).collect())
    }

    /// Those that have a title for the public, with what the public was told.
    async fn public_incidents(
        &self,
        tenant: TenantId,
        (since_ms, names): (i64, &BTreeMap<Uuid, String>),
    ) -> Result<Vec<PublicIncident>, CatalogError> {
        let connection = self.database().read();
        let which = (since_ms, INCIDENTS_SHOWN);
        let rows = incidents::public(connection, tenant, &active_states(), which).await?;
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let mut impacts = status_pages::impacts(connection, tenant, &ids).await?;
        let which = (ids.as_slice(), UpdateAudience::Public.as_str(), UPDATES_SHOWN);
        let mut updates: BTreeMap<Uuid, Vec<incident_entry::Model>> = BTreeMap::new();
        for entry in incidents::public_entries(connection, tenant, which).await? {
            updates.entry(entry.incident_id).or_default().push(entry);
        }
        let told = rows.into_iter().filter_map(|row| {
            let updates = updates.remove(&row.id).unwrap_or_default();
            let impacts = impacts.remove(&row.id).unwrap_or_default();
            public_incident(row, updates, (impacts, names))
        });
        Ok(told.collect())
    }
}

/// What a component became, from what it was before on.
fn changes(row: &status_component::Model, course: &[status_change::Model]) -> Vec<Change> {
    let before = match course.first() {
        None => Some(row.state.as_str()),
        Some(first) => first.before.as_deref(),
    };
    let before =
        before.map(|state| Change { at_ms: row.created_at_ms, state: StatusBody::kept(state) });
    let course = course
        .iter()
        .map(|change| Change { at_ms: change.at_ms, state: StatusBody::kept(&change.state) });
    before.into_iter().chain(course).collect()
}

fn public_incident(
    row: major_incident::Model,
    updates: Vec<incident_entry::Model>,
    (impacts, names): (Vec<incident_component::Model>, &BTreeMap<Uuid, String>),
) -> Option<PublicIncident> {
    let state = IncidentStateBody::of(&row.state).map(IncidentState::from)?;
    let said_ms = updates.first().map(|entry| entry.recorded_at_ms);
    let updated_ms = said_ms.max(row.resolved_at_ms).unwrap_or(row.declared_at_ms);
    let impact = |one: incident_component::Model| {
        let name = names.get(&one.component_id)?.clone();
        Some(PublicImpact { name, impact: ComponentImpactBody::of(&one.impact)? })
    };
    let update = |entry: incident_entry::Model| StatusUpdate {
        at: rfc3339(entry.at_ms),
        text: entry.text.unwrap_or_default(),
    };
    let mut components: Vec<PublicImpact> = impacts.into_iter().filter_map(impact).collect();
    components.sort_by(|one, other| one.name.cmp(&other.name));
    Some(PublicIncident {
        id: row.id,
        title: row.public_title?,
        state: PublicState::from(state).into(),
        began_at: rfc3339(row.declared_at_ms),
        resolved_at: row.resolved_at_ms.map(rfc3339),
        updated_at: rfc3339(updated_ms),
        components,
        updates: updates.into_iter().map(update).collect(),
    })
}

fn public_maintenance(
    row: status_maintenance::Model,
    (maintained, names): (&BTreeMap<Uuid, Vec<Uuid>>, &BTreeMap<Uuid, String>),
    now_ms: i64,
) -> (Phase, PublicMaintenance) {
    let phase = window(&row).phase(now_ms);
    let of = maintained.get(&row.id).map(Vec::as_slice).unwrap_or_default();
    let mut components: Vec<String> = of.iter().filter_map(|id| names.get(id).cloned()).collect();
    components.sort_unstable();
    let shown = PublicMaintenance {
        id: row.id,
        title: row.title,
        text: row.text,
        phase: PhaseBody::from(phase),
        begins_at: rfc3339(row.begins_at_ms),
        ends_at: rfc3339(row.ends_at_ms),
        announced_at: rfc3339(row.created_at_ms),
        updated_at: rfc3339(row.changed_at_ms),
        components,
    };
    (phase, shown)
}
