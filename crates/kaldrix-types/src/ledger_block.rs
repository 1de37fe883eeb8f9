//! Ledger blocks: a commit of the DAG that carries transactions, executed.

use borsh::{BorshDeserialize, BorshSerialize};

use crate::block::{BlockRef, SignedRoot, VerifiedBlock, Vote};
use crate::committee::COMMITTEE_SIZE_MAX;
use crate::encoding::{self, Bounded, Canonical};
use crate::id::{ChainId, CommitteeId, Digest, Epoch, Height, LedgerBlockId};
use crate::key::Signature;
use crate::merkle::InclusionProof;

/// What the replica hands to execution: a committed leader's part of the DAG in its final order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Counts the commits of an epoch, those without transactions too, from 1.
    pub index: u64,
    pub epoch: Epoch,
    pub leader: BlockRef,
    /// Median of the timestamps of the leader's parents by stake; rises with every commit.
    pub timestamp_ms: u64,
    /// In the order of execution, the leader last.
    pub blocks: Vec<VerifiedBlock>,
    /// Digest of the replica's state after this commit, so that a certified ledger block lets a
    /// node that joins take that state from any peer.
    pub checkpoint: Digest,
}

impl Commit {
    pub fn has_transactions(&self) -> bool {
        self.blocks.iter().any(|block| !block.transactions.is_empty())
    }
}

/// Binds all that a ledger block is.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct LedgerHeader {
    pub chain_id: ChainId,
    pub height: Height,
    pub epoch: Epoch,
    pub parent: LedgerBlockId,
    pub timestamp_ms: u64,
    /// The leader whose commit this block is.
    pub leader: BlockRef,
    /// See [`Commit::index`].
    pub commit_index: u64,
    /// See [`Commit::checkpoint`].
    pub checkpoint: Digest,
    /// Over the ids of the executed transactions, in order.
    pub transactions_root: Digest,
    /// Over the receipts of the same transactions.
    pub receipts_root: Digest,
    pub state_root: Digest,
    /// At an epoch's last block, who serves next.
    pub next_committee: Option<CommitteeId>,
    /// Over the ids of all earlier ledger blocks, genesis first, so that one certificate proves
    /// all that came before.
    pub history_root: Digest,
}

impl Canonical for LedgerHeader {
    const NAME: &'static str = "ledger header";
    const ENCODED_BYTES_MAX: usize = 512;
}

impl LedgerHeader {
    pub fn id(&self) -> LedgerBlockId {
        let context = "kaldrix 2026 ledger block id v1";
        LedgerBlockId(Digest::derive(context, &[&encoding::to_bytes(self)]))
    }

    pub fn vote(&self) -> Vote {
        Vote { height: self.height, block: self.id() }
    }
}

/// One validator's vote inside the root that it signed.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct SignedVote {
    pub root: SignedRoot,
    pub path: InclusionProof,
    pub signature: Signature,
}

/// A quorum's votes for one ledger block: the block and its ancestors are final.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Certificate {
    pub vote: Vote,
    /// In rising order of author.
    pub votes: Bounded<SignedVote, COMMITTEE_SIZE_MAX>,
}

impl Canonical for Certificate {
    const NAME: &'static str = "certificate";
    const ENCODED_BYTES_MAX: usize = 1024 * 1024;
}

impl SignedVote {
    /// The vote of `block` at `index` of its header, with its path.
    pub fn of(block: &VerifiedBlock, index: usize) -> Option<Self> {
        let path = block.header.vote_path(index)?;
        Some(Self { root: block.root().clone(), path, signature: block.signature.clone() })
    }
}
