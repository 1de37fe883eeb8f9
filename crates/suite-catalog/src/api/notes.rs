//! Notes on requests and tickets, and how content requesters are.

use serde::{Deserialize, Serialize};
use suite_contracts::UserId;
use suite_kit::clock::rfc3339;
use utoipa::ToSchema;
use uuid::Uuid;

use super::files::FileReference;
use super::requests::PersonView;
use crate::service::Noted;
use crate::store::entities::request_rating;

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Note)]
pub(crate) struct NoteView {
    pub id: Uuid,
    pub author: PersonView,
    /// For those who work on it, and not for who asked.
    pub is_internal: bool,
    /// Markdown.
    pub text: String,
    pub files: Vec<FileReference>,
    #[schema(format = DateTime)]
    pub created_at: String,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct NoteRequest {
    #[schema(min_length = 1, max_length = 20000)]
    pub text: String,
    #[serde(default)]
    pub is_internal: bool,
    /// Files that the caller has uploaded.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub file_ids: Vec<Uuid>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct RatingRequest {
    /// From 1, not at all content, to 5.
    #[schema(minimum = 1, maximum = 5)]
    pub score: i32,
    #[serde(default)]
    #[schema(max_length = 4000)]
    pub comment: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Rating)]
pub(crate) struct RatingView {
    pub score: i32,
    pub comment: String,
    #[schema(format = DateTime)]
    pub at: String,
}

impl From<Noted> for NoteView {
    fn from(Noted { row, names, files }: Noted) -> Self {
        Self {
            id: row.id,
            author: PersonView::of(UserId(row.author_id), &names),
            is_internal: row.is_internal,
            text: row.text,
            files: files.into_iter().map(FileReference::from).collect(),
            created_at: rfc3339(row.created_at_ms),
        }
    }
}

impl From<request_rating::Model> for RatingView {
    fn from(row: request_rating::Model) -> Self {
        Self { score: row.score, comment: row.comment, at: rfc3339(row.created_at_ms) }
    }
}
