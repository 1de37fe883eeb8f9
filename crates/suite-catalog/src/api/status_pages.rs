//! Status pages, as those keep them who may.

use serde::{Deserialize, Serialize};
use suite_kit::clock::rfc3339;
use utoipa::ToSchema;
use uuid::Uuid;

use super::desk::{Word, words};
use crate::model::status::{Impact, Phase, State, Window};
use crate::service::PlannedMaintenance;
use crate::store::entities::{incident_component, status_component, status_page};

words! {
    #[serde(rename_all = "snake_case")]
    StatusBody as ComponentState = State {
        Operational = "operational" => State::Operational,
        Maintenance = "maintenance" => State::Maintenance,
        /// It works, and worse than it should.
        Degraded = "degraded" => State::Degraded,
        /// It does not work for some.
        PartialOutage = "partial_outage" => State::PartialOutage,
        MajorOutage = "major_outage" => State::MajorOutage,
    }
}

words! {
    #[serde(rename_all = "snake_case")]
    ComponentImpactBody as ComponentImpact = Impact {
        Degraded = "degraded" => Impact::Degraded,
        PartialOutage = "partial_outage" => Impact::PartialOutage,
        MajorOutage = "major_outage" => Impact::MajorOutage,
    }
}

words! {
    #[serde(rename_all = "snake_case")]
    PhaseBody as MaintenancePhase = Phase {
        Running = "running" => Phase::Running,
        Coming = "coming" => Phase::Coming,
        Over = "over" => Phase::Over,
    }
}

impl StatusBody {
    /// What a row keeps. One that is unknown is as bad as can be: it is never shown as well.
    pub(crate) fn kept(text: &str) -> State {
        Self::of(text).map_or(State::MajorOutage, State::from)
    }
}

/// What a tenant's status page is.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = StatusPageSettings)]
pub(crate) struct StatusPageBody {
    /// Its address, which no other tenant has: small letters, digits, and hyphens between them.
    #[schema(min_length = 3, max_length = 40, example = "example-works")]
    pub slug: String,
    #[schema(min_length = 1, max_length = 100)]
    pub title: String,
    /// Markdown.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub introduction: String,
    /// Whether everybody may read it.
    pub is_published: bool,
}

impl From<status_page::Model> for StatusPageBody {
    fn from(row: status_page::Model) -> Self {
        let status_page::Model { slug, title, introduction, is_published, .. } = row;
        Self { slug, title, introduction, is_published }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatusPageView {
    /// 0 while there is none.
    pub version: i64,
    /// None while there is no status page.
    pub settings: Option<StatusPageBody>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct StatusComponentRequest {
    /// As people know it.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    #[serde(default)]
    #[schema(max_length = 300)]
    pub description: String,
    /// Below which heading it stands; below none, unless told otherwise.
    #[serde(default)]
    #[schema(max_length = 100)]
    pub group: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct StatusComponentStateRequest {
    pub state: StatusBody,
    /// What everybody reads about it.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub note: String,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct StatusComponentOrder {
    /// Of all components, each once.
    #[schema(max_items = 100)]
    pub ids: Vec<Uuid>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatusComponent {
    pub id: Uuid,
    pub name: String,
    pub description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// As it stands before maintenance: the worst that an open major incident says of it, else as it
    /// was set by hand.
    #[schema(value_type = StatusBody)]
    pub state: String,
    #[schema(value_type = StatusBody)]
    pub state_by_hand: String,
    pub note: String,
    pub version: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatusComponents {
    pub items: Vec<StatusComponent>,
}

impl From<status_component::Model> for StatusComponent {
    fn from(row: status_component::Model) -> Self {
        Self {
            id: row.id,
            name: row.name,
            description: row.description,
            group: row.group_name,
            state: row.state,
            state_by_hand: row.hand_state,
            note: row.hand_note,
            version: row.version,
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct MaintenanceRequest {
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    /// Markdown.
    #[serde(default)]
    #[schema(max_length = 5000)]
    pub text: String,
    /// Now or later. What has begun keeps when it did.
    #[schema(format = DateTime)]
    pub begins_at: String,
    #[schema(format = DateTime)]
    pub ends_at: String,
    #[schema(max_items = 100)]
    pub component_ids: Vec<Uuid>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Maintenance {
    pub id: Uuid,
    pub title: String,
    pub text: String,
    #[schema(format = DateTime)]
    pub begins_at: String,
    #[schema(format = DateTime)]
    pub ends_at: String,
    /// By the clock.
    pub phase: PhaseBody,
    pub component_ids: Vec<Uuid>,
    pub version: i64,
}

impl From<PlannedMaintenance> for Maintenance {
    fn from(PlannedMaintenance { row, components, now_ms }: PlannedMaintenance) -> Self {
        let window = Window { begins_ms: row.begins_at_ms, ends_ms: row.ends_at_ms };
        Self {
            id: row.id,
            title: row.title,
            text: row.text,
            begins_at: rfc3339(row.begins_at_ms),
            ends_at: rfc3339(row.ends_at_ms),
            phase: window.phase(now_ms).into(),
            component_ids: components,
            version: row.version,
        }
    }
}

/// What a major incident does to a component.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = AffectedComponentInput)]
pub(crate) struct AffectedComponentBody {
    pub component_id: Uuid,
    pub impact: ComponentImpactBody,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct AffectedComponent {
    pub component_id: Uuid,
    #[schema(value_type = ComponentImpactBody)]
    pub impact: String,
}

impl From<incident_component::Model> for AffectedComponent {
    fn from(row: incident_component::Model) -> Self {
        Self { component_id: row.component_id, impact: row.impact }
    }
}

/// What everybody is told of a major incident.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct IncidentPublicRequest {
    /// What it is called on the status page; `null` keeps it off, or takes it off.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub public_title: Option<String>,
    /// All that it affects.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub components: Vec<AffectedComponentBody>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_a_word_of_its_own() {
        for state in State::ALL {
            let body = StatusBody::from(state);
            assert_eq!((State::from(body), StatusBody::kept(body.as_str())), (state, state));
            assert_eq!(serde_json::to_value(body).unwrap(), body.as_str());
        }
        for impact in Impact::ALL {
            let body = ComponentImpactBody::from(impact);
            assert_eq!(Impact::from(body), impact);
            // An impact is called what a component becomes by it.
            assert_eq!(StatusBody::from(State::from(impact)).as_str(), body.as_str());
        }
        for phase in [Phase::Running, Phase::Coming, Phase::Over] {
            assert_eq!(Phase::from(PhaseBody::from(phase)), phase);
        }
        assert_eq!(StatusBody::kept("nonsense"), State::MajorOutage);
    }
}
