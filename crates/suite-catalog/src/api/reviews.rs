//! Reviews of major incidents, and the template that they begin as.

use serde::{Deserialize, Serialize};
use suite_contracts::UserId;
use suite_kit::clock::rfc3339;
use utoipa::ToSchema;
use uuid::Uuid;

use super::requests::PersonView;
use crate::service::{ActionDetail, ReviewDetail};

/// A section of the template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct TemplateSection {
    /// Small letters, digits and `_`; unique. That of the key `timeline` begins with the timeline.
    #[schema(min_length = 1, max_length = 50)]
    pub key: String,
    #[schema(min_length = 1, max_length = 100)]
    pub title: String,
    /// What is to be written there.
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub help: String,
    /// Whether a review is not published without it.
    #[serde(default)]
    pub is_required: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct ReviewTemplate {
    #[schema(max_items = 20)]
    pub sections: Vec<TemplateSection>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TenantReviewTemplate)]
pub(crate) struct ReviewTemplateView {
    #[serde(flatten)]
    pub template: ReviewTemplate,
    /// 0 for the one that is there from the start.
    pub version: i64,
}

/// A section of a review, as the template had it, and what was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct ReviewSection {
    pub key: String,
    pub title: String,
    pub help: String,
    pub is_required: bool,
    /// Markdown.
    pub text: String,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ReviewRequest {
    /// By their keys; those that are not named stay as they are.
    #[schema(max_items = 20)]
    pub sections: Vec<SectionText>,
    /// All of them, in order.
    #[schema(max_items = 50)]
    pub actions: Vec<ActionRequest>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct SectionText {
    pub key: String,
    #[schema(max_length = 50000)]
    pub text: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ReviewActionRequest)]
pub(crate) struct ActionRequest {
    #[schema(min_length = 1, max_length = 1000)]
    pub text: String,
    /// An active member.
    pub owner_id: UserId,
    /// By when, such as 2026-12-24.
    #[schema(format = Date)]
    pub due_on: String,
    #[serde(default)]
    pub state: ActionState,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReviewActionState)]
pub(crate) enum ActionState {
    #[default]
    Open,
    Done,
    /// It is not done, after all.
    Dropped,
}

impl ActionState {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Dropped => "dropped",
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ReviewActionMove)]
pub(crate) struct ActionMoveRequest {
    pub state: ActionState,
}

/// What was learned of a major incident.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Review)]
pub(crate) struct ReviewView {
    pub incident_id: Uuid,
    pub is_published: bool,
    pub sections: Vec<ReviewSection>,
    pub actions: Vec<ActionView>,
    #[schema(format = DateTime)]
    pub updated_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub published_at: Option<String>,
    pub version: i64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReviewAction)]
pub(crate) struct ActionView {
    /// From 1.
    pub number: i32,
    pub text: String,
    pub owner: PersonView,
    #[schema(format = Date)]
    pub due_on: String,
    #[schema(value_type = ActionState)]
    pub state: String,
}

impl From<ReviewDetail> for ReviewView {
    fn from(detail: ReviewDetail) -> Self {
        let ReviewDetail { row, sections, actions } = detail;
        Self {
            incident_id: row.incident_id,
            is_published: row.published_at_ms.is_some(),
            sections,
            actions: actions.into_iter().map(ActionView::from).collect(),
            updated_at: rfc3339(row.updated_at_ms),
            published_at: row.published_at_ms.map(rfc3339),
            version: row.version,
        }
    }
}

impl From<ActionDetail> for ActionView {
    fn from(ActionDetail { row, names }: ActionDetail) -> Self {
        Self {
            number: row.number,
            text: row.text,
            owner: PersonView::of(UserId(row.owner_id), &names),
            due_on: row.due_on,
            state: row.state,
        }
    }
}
