//! Queues that people keep, and what is done to many tickets at once.

use serde::{Deserialize, Serialize};
use suite_contracts::UserId;
use utoipa::ToSchema;
use uuid::Uuid;

use super::tickets::{MoveRequest, TicketChange, TicketFilter};
use crate::service::{BulkDone, SavedView};

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct TicketViewRequest {
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// Whether all who see everybody's tickets have it. For those who lead.
    #[serde(default)]
    pub is_shared: bool,
    pub filter: TicketFilter,
}

/// A queue that somebody keeps.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SavedTicketView {
    pub id: Uuid,
    pub name: String,
    pub owner_id: UserId,
    pub is_own: bool,
    pub is_shared: bool,
    pub filter: TicketFilter,
    pub version: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SavedTicketViews {
    pub items: Vec<SavedTicketView>,
}

/// What is to be done to each of these, one after the other.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct BulkRequest {
    #[schema(max_items = 100)]
    pub tickets: Vec<BulkTicket>,
    #[serde(default)]
    pub change: Option<TicketChange>,
    /// After the change, if there is one.
    #[serde(default, rename = "move")]
    pub move_to: Option<MoveRequest>,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
pub(crate) struct BulkTicket {
    pub id: Uuid,
    /// The one that was seen. One that has changed since is left as it is.
    pub version: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BulkAnswer {
    /// In the order of the request.
    pub items: Vec<BulkResult>,
}

/// What became of one ticket. Where a change was made and the move was refused, it has both.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BulkResult {
    pub id: Uuid,
    /// The version that it has now, if anything was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<BulkRefusal>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BulkRefusal {
    /// As a problem would have it.
    pub code: String,
    pub detail: String,
}

impl From<SavedView> for SavedTicketView {
    fn from(SavedView { row, filter, is_own }: SavedView) -> Self {
        Self {
            id: row.id,
            name: row.name,
            owner_id: UserId(row.owner_id),
            is_own,
            is_shared: row.is_shared,
            filter,
            version: row.version,
        }
    }
}

impl From<BulkDone> for BulkResult {
    fn from(BulkDone { id, version, refusal }: BulkDone) -> Self {
        let refusal = refusal.map(|(code, detail)| BulkRefusal { code, detail });
        Self { id, version, refusal }
    }
}
