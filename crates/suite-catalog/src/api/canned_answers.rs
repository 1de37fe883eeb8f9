//! Canned answers.

use serde::{Deserialize, Serialize};
use suite_contracts::GroupId;
use suite_kit::clock::rfc3339;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::requests::GroupView;
use crate::service::{CannedDetail, Filled};

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CannedAnswerRequest {
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// Markdown, with the placeholders `{{requester.name}}`, `{{ticket.number}}`,
    /// `{{ticket.title}}` and `{{agent.name}}`.
    #[schema(min_length = 1, max_length = 20000)]
    pub text: String,
    /// Whose it is; every agent's, unless told otherwise.
    #[serde(default)]
    pub group_id: Option<GroupId>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CannedAnswer)]
pub(crate) struct CannedAnswerView {
    pub id: Uuid,
    pub name: String,
    pub text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupView>,
    #[schema(format = DateTime)]
    pub updated_at: String,
    pub version: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CannedAnswers {
    pub items: Vec<CannedAnswerView>,
}

/// For which ticket an answer is filled in.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FillQuery {
    pub ticket_id: Uuid,
}

/// An answer, and what it is for a ticket.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FilledAnswer {
    /// With its placeholders.
    pub text: String,
    /// Markdown. What was filled in is escaped, and stands for itself.
    pub filled: String,
}

impl From<CannedDetail> for CannedAnswerView {
    fn from(CannedDetail { row, groups }: CannedDetail) -> Self {
        Self {
            id: row.id,
            name: row.name,
            text: row.text,
            group: row.group_id.map(|id| GroupView::of(GroupId(id), &groups)),
            updated_at: rfc3339(row.updated_at_ms),
            version: row.version,
        }
    }
}

impl From<Filled> for FilledAnswer {
    fn from(Filled { text, filled }: Filled) -> Self {
        Self { text, filled }
    }
}
