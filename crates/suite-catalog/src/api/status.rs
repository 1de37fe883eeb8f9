//! A status page, as everybody reads it. Nothing internal is in it: no titles of tickets, no names of
//! people, no solutions.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::desk::{Word, words};
use super::incidents::StatusUpdate;
use super::status_pages::{ComponentImpactBody, PhaseBody, StatusBody};
use crate::model::incident::PublicState;

words! {
    #[serde(rename_all = "snake_case")]
    PublicStateBody as PublicIncidentState = PublicState {
        /// It is known.
        Declared = "declared" => PublicState::Declared,
        Investigating = "investigating" => PublicState::Investigating,
        Identified = "identified" => PublicState::Identified,
        Monitoring = "monitoring" => PublicState::Monitoring,
        Resolved = "resolved" => PublicState::Resolved,
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PublicStatus {
    pub title: String,
    /// Markdown.
    pub introduction: String,
    /// The worst state of all components.
    pub state: StatusBody,
    /// The first of the days of `components`, of UTC; the last is today.
    #[schema(format = Date)]
    pub first_day: String,
    /// In their order.
    pub components: Vec<PublicComponent>,
    /// Those that go on, the latest first.
    pub incidents: Vec<PublicIncident>,
    /// What goes on and what is to come, the next first.
    pub maintenance: Vec<PublicMaintenance>,
    /// Incidents of the same days that are over, the latest first.
    pub past_incidents: Vec<PublicIncident>,
    pub past_maintenance: Vec<PublicMaintenance>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PublicComponent {
    pub id: Uuid,
    pub name: String,
    pub description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    pub state: StatusBody,
    /// What was said of it by hand, where no incident names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The worst state of each day; `null` of one of which nothing is recorded.
    pub days: Vec<Option<StatusBody>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PublicIncident {
    pub id: Uuid,
    pub title: String,
    pub state: PublicStateBody,
    #[schema(format = DateTime)]
    pub began_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub resolved_at: Option<String>,
    /// When something of it was last said, or it was resolved.
    #[schema(format = DateTime)]
    pub updated_at: String,
    pub components: Vec<PublicImpact>,
    /// The latest first.
    pub updates: Vec<StatusUpdate>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PublicImpact {
    pub name: String,
    pub impact: ComponentImpactBody,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PublicMaintenance {
    pub id: Uuid,
    pub title: String,
    /// Markdown.
    pub text: String,
    pub phase: PhaseBody,
    #[schema(format = DateTime)]
    pub begins_at: String,
    #[schema(format = DateTime)]
    pub ends_at: String,
    #[schema(format = DateTime)]
    pub announced_at: String,
    /// When it was announced, or changed last.
    #[schema(format = DateTime)]
    pub updated_at: String,
    /// What is maintained, by name.
    pub components: Vec<String>,
}
