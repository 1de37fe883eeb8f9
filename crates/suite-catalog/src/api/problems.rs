//! Problems and known errors.

use serde::{Deserialize, Serialize};
use suite_contracts::UserId;
use suite_kit::clock::rfc3339;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::desk::{Word, words};
use super::links::LinkedTicket;
use super::requests::PersonView;
use super::tickets::given;
use crate::model::problem::State;
use crate::service::{ListedProblem, Names, ProblemDetail};
use crate::store::entities::problem;

words! {
    #[serde(rename_all = "snake_case")]
    ProblemStateBody as ProblemState = State {
        /// Its cause is looked for.
        Open = "open" => State::Open,
        /// Root cause and workaround are known.
        KnownError = "known_error" => State::KnownError,
        Resolved = "resolved" => State::Resolved,
        Closed = "closed" => State::Closed,
    }
}

/// Which problems.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct ProblemFilter {
    #[param(inline)]
    pub state: Option<ProblemStateBody>,
    /// What is in their title, in either case.
    #[param(max_length = 200)]
    pub text: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ProblemRequest {
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    /// Markdown.
    #[serde(default)]
    #[schema(max_length = 20000)]
    pub description: String,
    /// Who looks for its cause: an active member.
    #[serde(default)]
    pub owner_id: Option<UserId>,
}

/// What is absent stays as it is.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(crate) struct ProblemChange {
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200)]
    pub title: Option<String>,
    #[serde(default)]
    #[schema(max_length = 20000)]
    pub description: Option<String>,
    #[serde(default)]
    #[schema(max_length = 20000)]
    pub root_cause: Option<String>,
    /// Markdown: what tickets are answered with.
    #[serde(default)]
    #[schema(max_length = 20000)]
    pub workaround: Option<String>,
    /// `null` takes it away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<UserId>)]
    pub owner_id: Option<Option<UserId>>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ProblemMoveRequest {
    pub to: ProblemStateBody,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct WorkaroundRequest {
    /// Of the tickets that are linked to it.
    #[schema(max_items = 100)]
    pub ticket_ids: Vec<Uuid>,
}

/// A problem in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProblemSummary {
    pub id: Uuid,
    pub number: i64,
    pub title: String,
    #[schema(value_type = ProblemStateBody)]
    pub state: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<PersonView>,
    #[schema(format = DateTime)]
    pub created_at: String,
    #[schema(format = DateTime)]
    pub updated_at: String,
    pub version: i64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProblemRecord)]
pub(crate) struct ProblemView {
    #[serde(flatten)]
    pub summary: ProblemSummary,
    pub description: String,
    /// Empty while it is not known.
    pub root_cause: String,
    pub workaround: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub resolved_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub closed_at: Option<String>,
    /// That are linked to it.
    pub tickets: Vec<LinkedTicket>,
}

impl ProblemSummary {
    fn of(row: &problem::Model, names: &Names) -> Self {
        Self {
            id: row.id,
            number: row.number,
            title: row.title.clone(),
            state: row.state.clone(),
            owner: row.owner_id.map(|owner| PersonView::of(UserId(owner), names)),
            created_at: rfc3339(row.created_at_ms),
            updated_at: rfc3339(row.updated_at_ms),
            version: row.version,
        }
    }
}

impl From<ListedProblem> for ProblemSummary {
    fn from(ListedProblem { row, names }: ListedProblem) -> Self {
        Self::of(&row, &names)
    }
}

impl From<ProblemDetail> for ProblemView {
    fn from(ProblemDetail { row, names, tickets }: ProblemDetail) -> Self {
        Self {
            summary: ProblemSummary::of(&row, &names),
            description: row.description,
            root_cause: row.root_cause,
            workaround: row.workaround,
            resolved_at: row.resolved_at_ms.map(rfc3339),
            closed_at: row.closed_at_ms.map(rfc3339),
            tickets: tickets.into_iter().map(LinkedTicket::from).collect(),
        }
    }
}
