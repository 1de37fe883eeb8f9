//! Ledger blocks.

use kaldrix_types::{
    AuthorityIndex, BlockId, BlockRef, ChainId, Digest, LedgerBlockId, LedgerHeader,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::text;
use super::timestamp::Timestamp;
use super::transaction::TransactionView;

/// Names a block of the DAG.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BlockReference {
    pub round: u64,
    /// The validator's index in the committee.
    pub author: u16,
    #[serde(with = "text")]
    #[schema(value_type = text::Id)]
    pub id: BlockId,
}

impl From<BlockRef> for BlockReference {
    fn from(reference: BlockRef) -> Self {
        let BlockRef { round, author, id } = reference;
        Self { round, author: author.0, id }
    }
}

impl From<BlockReference> for BlockRef {
    fn from(reference: BlockReference) -> Self {
        let BlockReference { round, author, id } = reference;
        Self { round, author: AuthorityIndex(author), id }
    }
}

/// A ledger block in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BlockSummary {
    pub height: u64,
    #[serde(with = "text")]
    #[schema(value_type = text::Id)]
    pub id: LedgerBlockId,
    pub timestamp: Timestamp,
    /// The leader whose commit this block is.
    pub leader: BlockReference,
    /// The number of transactions that it executed.
    pub transactions: usize,
    /// Whether a quorum certified it, so that it cannot change.
    pub is_final: bool,
}

/// Ledger blocks, the highest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BlockPage {
    pub blocks: Vec<BlockSummary>,
    /// Pass as `before` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_before: Option<u64>,
}

/// All that a ledger block's id binds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeaderView {
    #[serde(with = "text")]
    #[schema(value_type = text::Id)]
    pub chain_id: ChainId,
    pub height: u64,
    pub epoch: u64,
    #[serde(with = "text")]
    #[schema(value_type = text::Id)]
    pub parent: LedgerBlockId,
    pub timestamp: Timestamp,
    pub leader: BlockReference,
    /// Counts the commits of the epoch, those without transactions too.
    pub commit_index: u64,
    #[serde(with = "text")]
    #[schema(value_type = text::Id)]
    pub checkpoint: Digest,
    #[serde(with = "text")]
    #[schema(value_type = text::Id)]
    pub transactions_root: Digest,
    #[serde(with = "text")]
    #[schema(value_type = text::Id)]
    pub receipts_root: Digest,
    #[serde(with = "text")]
    #[schema(value_type = text::Id)]
    pub state_root: Digest,
    /// At an epoch's last block, the id of the committee that serves next.
    #[serde(with = "text::option", default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<text::Id>)]
    pub next_committee: Option<kaldrix_types::CommitteeId>,
    #[serde(with = "text")]
    #[schema(value_type = text::Id)]
    pub history_root: Digest,
}

impl From<&LedgerHeader> for HeaderView {
    fn from(header: &LedgerHeader) -> Self {
        Self {
            chain_id: header.chain_id,
            height: header.height,
            epoch: header.epoch,
            parent: header.parent,
            timestamp: Timestamp::from_ms(header.timestamp_ms),
            leader: header.leader.into(),
            commit_index: header.commit_index,
            checkpoint: header.checkpoint,
            transactions_root: header.transactions_root,
            receipts_root: header.receipts_root,
            state_root: header.state_root,
            next_committee: header.next_committee,
            history_root: header.history_root,
        }
    }
}

impl From<&HeaderView> for LedgerHeader {
    fn from(view: &HeaderView) -> Self {
        Self {
            chain_id: view.chain_id,
            height: view.height,
            epoch: view.epoch,
            parent: view.parent,
            timestamp_ms: view.timestamp.ms(),
            leader: view.leader.into(),
            commit_index: view.commit_index,
            checkpoint: view.checkpoint,
            transactions_root: view.transactions_root,
            receipts_root: view.receipts_root,
            state_root: view.state_root,
            next_committee: view.next_committee,
            history_root: view.history_root,
        }
    }
}

/// A ledger block with what it executed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BlockDetail {
    /// The digest of the header.
    #[serde(with = "text")]
    #[schema(value_type = text::Id)]
    pub id: LedgerBlockId,
    pub header: HeaderView,
    /// Whether a quorum certified it, so that it cannot change.
    pub is_final: bool,
    /// The certificate that makes it final: its own, or that of a later block, which binds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<CertificateSummary>,
    /// The number of transactions in the block, however many are shown.
    pub transactions_total: usize,
    /// In the order of execution, from `transactions_offset` of the request.
    pub transactions: Vec<TransactionView>,
}

/// Who certified a ledger block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CertificateSummary {
    /// The height that the quorum voted for.
    pub height: u64,
    /// The block that the quorum voted for.
    #[serde(with = "text")]
    #[schema(value_type = text::Id)]
    pub block: LedgerBlockId,
    /// The validators whose signed votes it holds, by their index.
    pub validators: Vec<u16>,
    /// Their stake together.
    pub stake: u64,
    /// The least stake of a quorum.
    pub quorum_stake: u64,
    /// The stake of all validators.
    pub total_stake: u64,
}
