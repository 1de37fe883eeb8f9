//! Major incidents.

use serde::{Deserialize, Serialize};
use suite_contracts::UserId;
use suite_kit::clock::rfc3339;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::desk::{Word, words};
use super::links::LinkedTicket;
use super::requests::PersonView;
use super::status_pages::AffectedComponent;
use crate::model::incident::{Role, State};
use crate::service::{AffectedDetail, IncidentDetail, Names};
use crate::store::entities::{incident_entry, major_incident};

words! {
    #[serde(rename_all = "snake_case")]
    IncidentStateBody as MajorIncidentState = State {
        Declared = "declared" => State::Declared,
        Investigating = "investigating" => State::Investigating,
        /// The cause is known.
        Identified = "identified" => State::Identified,
        /// Something was done, and is watched.
        Monitoring = "monitoring" => State::Monitoring,
        Resolved = "resolved" => State::Resolved,
        /// Its review is published.
        Reviewed = "reviewed" => State::Reviewed,
    }
}

words! {
    #[serde(rename_all = "snake_case")]
    RoleBody as MajorIncidentRole = Role {
        Commander = "commander" => Role::Commander,
        Technical = "technical" => Role::Technical,
        Communications = "communications" => Role::Communications,
        Operations = "operations" => Role::Operations,
        Security = "security" => Role::Security,
    }
}

/// Who reads a status update.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum UpdateAudience {
    /// Those who see major incidents.
    Internal,
    /// Those, too, whose tickets are part of it.
    Requesters,
    /// Everybody, on the status page.
    Public,
}

impl UpdateAudience {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Internal => "internal",
            Self::Requesters => "requesters",
            Self::Public => "public",
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct DeclareRequest {
    /// As all hear it who are affected; the ticket's, unless told otherwise.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200)]
    pub title: Option<String>,
    /// Who leads it: an active member; the caller, unless told otherwise.
    #[serde(default)]
    pub commander_id: Option<UserId>,
    /// What everybody reads it called on the status page; it is not on it, unless told otherwise.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub public_title: Option<String>,
    /// Why, as the timeline begins.
    #[schema(min_length = 1, max_length = 10000)]
    pub reason: String,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct RoleRequest {
    /// An active member. `null` leaves the role to nobody, which the commander's never is.
    #[serde(default)]
    pub user_id: Option<UserId>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct IncidentMoveRequest {
    pub to: IncidentStateBody,
    /// How it was solved: whoever resolves it says so.
    #[serde(default)]
    #[schema(max_length = 20000)]
    pub solution: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct TimelineRequest {
    #[schema(min_length = 1, max_length = 10000)]
    pub text: String,
    /// When it happened; now, unless told otherwise. Never later than now.
    #[serde(default)]
    #[schema(format = DateTime)]
    pub at: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct UpdateRequest {
    pub audience: UpdateAudience,
    #[schema(min_length = 1, max_length = 10000)]
    pub text: String,
    /// What everybody reads it called on the status page: the first public update says so, where it
    /// was not said before.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub public_title: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct IncidentTicketRequest {
    pub ticket_id: Uuid,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
pub(crate) struct ResolveTicketsRequest {
    /// The major incident's, unless told otherwise.
    #[serde(default)]
    #[schema(max_length = 20000)]
    pub solution: Option<String>,
}

/// Which major incidents.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct IncidentFilter {
    /// Those alone that go on, or those that do not.
    pub is_active: Option<bool>,
}

/// A major incident in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MajorIncidentSummary {
    pub id: Uuid,
    /// Of the ticket that it was declared from.
    pub number: i64,
    pub ticket_id: Uuid,
    pub title: String,
    #[schema(value_type = IncidentStateBody)]
    pub state: String,
    pub priority: String,
    #[schema(format = DateTime)]
    pub declared_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub resolved_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub reviewed_at: Option<String>,
    pub version: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MajorIncident {
    #[serde(flatten)]
    pub summary: MajorIncidentSummary,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub solution: Option<String>,
    /// What everybody reads it called. It is not on the status page while there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_title: Option<String>,
    /// What it does to the components of the status page.
    pub components: Vec<AffectedComponent>,
    pub roles: Vec<RoleView>,
    /// Those that are part of it, without the one that it was declared from.
    pub tickets: Vec<LinkedTicket>,
    pub has_review: bool,
    pub is_review_published: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MajorIncidentLead)]
pub(crate) struct RoleView {
    #[schema(value_type = RoleBody)]
    pub role: String,
    pub person: PersonView,
    #[schema(format = DateTime)]
    pub since: String,
}

/// Something of a timeline.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TimelineEntry {
    /// From 1, in the order of recording.
    pub number: i32,
    /// `declared`, `role_assigned`, `state_changed`, `noted`, `updated`, `ticket_linked`,
    /// `ticket_unlinked`, `published` or `review_published`.
    pub kind: String,
    /// When it happened.
    #[schema(format = DateTime)]
    pub at: String,
    #[schema(format = DateTime)]
    pub recorded_at: String,
    /// Of a status update.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<UpdateAudience>)]
    pub audience: Option<String>,
    pub actor_name: String,
    /// Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[schema(value_type = Object)]
    pub detail: serde_json::Value,
}

/// A major incident, as those see it whose tickets are part of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AffectingIncident {
    pub id: Uuid,
    pub title: String,
    #[schema(value_type = IncidentStateBody)]
    pub state: String,
    #[schema(format = DateTime)]
    pub declared_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub resolved_at: Option<String>,
    /// The latest of those that are for requesters, or public, the latest first.
    pub updates: Vec<StatusUpdate>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatusUpdate {
    #[schema(format = DateTime)]
    pub at: String,
    /// Markdown.
    pub text: String,
}

impl From<major_incident::Model> for MajorIncidentSummary {
    fn from(row: major_incident::Model) -> Self {
        Self {
            id: row.id,
            number: row.number,
            ticket_id: row.ticket_id,
            title: row.title,
            state: row.state,
            priority: format!("P{}", row.priority),
            declared_at: rfc3339(row.declared_at_ms),
            resolved_at: row.resolved_at_ms.map(rfc3339),
            reviewed_at: row.reviewed_at_ms.map(rfc3339),
            version: row.version,
        }
    }
}

impl From<IncidentDetail> for MajorIncident {
    fn from(detail: IncidentDetail) -> Self {
        let IncidentDetail { row, roles, names, tickets, components, is_review_published } = detail;
        let mut roles: Vec<(Option<RoleBody>, RoleView)> = roles
            .into_iter()
            .map(|row| (RoleBody::of(&row.role), role_view(row, &names)))
            .collect();
        roles.sort_by_key(|(role, _)| *role);
        Self {
            solution: row.solution.clone(),
            public_title: row.public_title.clone(),
            components: components.into_iter().map(AffectedComponent::from).collect(),
            summary: MajorIncidentSummary::from(row),
            roles: roles.into_iter().map(|(_, view)| view).collect(),
            tickets: tickets.into_iter().map(LinkedTicket::from).collect(),
            has_review: is_review_published.is_some(),
            is_review_published: is_review_published == Some(true),
        }
    }
}

fn role_view(row: crate::store::entities::incident_role::Model, names: &Names) -> RoleView {
    let person = PersonView::of(UserId(row.user_id), names);
    RoleView { role: row.role, person, since: rfc3339(row.since_ms) }
}

impl From<incident_entry::Model> for TimelineEntry {
    fn from(row: incident_entry::Model) -> Self {
        Self {
            number: row.number,
            kind: row.kind,
            at: rfc3339(row.at_ms),
            recorded_at: rfc3339(row.recorded_at_ms),
            audience: row.audience,
            actor_name: row.actor_name,
            text: row.text,
            detail: serde_json::from_str(&row.detail).unwrap_or_default(),
        }
    }
}

impl From<AffectedDetail> for AffectingIncident {
    fn from(AffectedDetail { row, updates }: AffectedDetail) -> Self {
        let updates = updates.into_iter();
        let updates = updates.map(|entry| StatusUpdate {
            at: rfc3339(entry.at_ms),
            text: entry.text.unwrap_or_default(),
        });
        Self {
            id: row.id,
            title: row.title,
            state: row.state,
            declared_at: rfc3339(row.declared_at_ms),
            resolved_at: row.resolved_at_ms.map(rfc3339),
            updates: updates.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_and_role_has_a_word_of_its_own() {
        for state in State::ALL {
            let body = IncidentStateBody::from(state);
            assert_eq!(State::from(body), state);
            assert_eq!(IncidentStateBody::of(body.as_str()), Some(body));
            assert_eq!(serde_json::to_value(body).unwrap(), body.as_str());
        }
        for role in [
            Role::Commander,
            Role::Technical,
            Role::Communications,
            Role::Operations,
            Role::Security,
        ] {
            assert_eq!(Role::from(RoleBody::from(role)), role);
        }
    }
}
