//! Files: uploaded first, then used in an answer, a note, a request or a ticket.

use serde::{Deserialize, Serialize};
use suite_contracts::UserId;
use suite_kit::clock::rfc3339;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::requests::PersonView;
use crate::service::Filed;
use crate::store::entities::file;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct UploadQuery {
    /// What the file is called; a path before it is dropped.
    #[param(max_length = 500)]
    pub name: String,
}

/// Files that are used as they were uploaded, by whoever uploaded them.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct AttachRequest {
    /// One at least.
    #[schema(max_items = 20)]
    pub file_ids: Vec<Uuid>,
    /// For those who work on it, and not for who asked.
    #[serde(default)]
    pub is_internal: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = File)]
pub(crate) struct FileView {
    pub id: Uuid,
    pub name: String,
    /// As its content says.
    pub media_type: String,
    pub bytes: i64,
    /// SHA-256 of its content, in hex; the audit trail has it too.
    pub sha256: String,
    pub owner: PersonView,
    /// For those who work on it, and not for who asked.
    pub is_internal: bool,
    /// Part of a request's answers.
    pub is_answer: bool,
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When it is dropped, unless it is used before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub expires_at: Option<String>,
}

/// All of an object's, the oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FileList {
    pub items: Vec<FileView>,
}

/// A file, as what it belongs to names it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FileReference {
    pub id: Uuid,
    pub name: String,
    pub media_type: String,
    pub bytes: i64,
}

impl From<Filed> for FileView {
    fn from(Filed { row, names }: Filed) -> Self {
        Self {
            id: row.id,
            name: row.name,
            media_type: row.media_type,
            bytes: row.bytes,
            sha256: row.sha256,
            owner: PersonView::of(UserId(row.owner_id), &names),
            is_internal: row.is_internal,
            is_answer: row.is_answer,
            created_at: rfc3339(row.created_at_ms),
            expires_at: row.due_at_ms.map(rfc3339),
        }
    }
}

impl From<Vec<Filed>> for FileList {
    fn from(all: Vec<Filed>) -> Self {
        Self { items: all.into_iter().map(FileView::from).collect() }
    }
}

impl From<file::Model> for FileReference {
    fn from(row: file::Model) -> Self {
        Self { id: row.id, name: row.name, media_type: row.media_type, bytes: row.bytes }
    }
}
