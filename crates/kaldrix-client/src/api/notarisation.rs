//! Notarised digests.

use kaldrix_types::{Address, Digest, LedgerBlockId, TransactionId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::text;
use super::timestamp::Timestamp;

/// Who notarised a digest and when, the earliest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NotarisationPage {
    #[serde(with = "text")]
    #[schema(value_type = text::Id)]
    pub digest: Digest,
    pub notarisations: Vec<NotarisationView>,
    /// Pass as `after` for the next page; absent on the last one.
    #[serde(with = "text::option", default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<text::Id>)]
    pub next_after: Option<TransactionId>,
}

/// A transaction that notarised a digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NotarisationView {
    #[serde(with = "text")]
    #[schema(value_type = text::Id)]
    pub transaction: TransactionId,
    #[serde(with = "text")]
    #[schema(value_type = text::AddressText)]
    pub sender: Address,
    /// The sender's short mark, often text.
    #[serde(with = "text::bytes")]
    #[schema(value_type = text::Hex)]
    pub tag: Vec<u8>,
    /// Of the block that executed it.
    pub height: u64,
    /// The id of that block.
    #[serde(with = "text")]
    #[schema(value_type = text::Id)]
    pub block: LedgerBlockId,
    /// The timestamp of that block: the digest's certified date.
    pub timestamp: Timestamp,
    /// Whether a quorum certified it, so that it cannot change.
    pub is_final: bool,
}
