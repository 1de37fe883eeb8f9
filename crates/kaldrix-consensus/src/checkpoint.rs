//! The replica's state after a commit: all that deciding the next commits depends on, besides the
//! blocks above the garbage-collection bound.

use borsh::{BorshDeserialize, BorshSerialize};
use kaldrix_types::committee::COMMITTEE_SIZE_MAX;
use kaldrix_types::encoding::{self, Bounded, Canonical};
use kaldrix_types::{AuthorityIndex, BlockRef, Digest};

/// Committed blocks that a checkpoint lists: a full committee's over 1,000 rounds.
const COMMITTED_MAX: usize = 128 * 1024;

/// A ledger header binds the digest of its commit's checkpoint, so a certificate lets a node take
/// a checkpoint from anyone.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Checkpoint {
    pub commit_index: u64,
    pub leader: BlockRef,
    /// The leader's place within its round.
    pub leader_offset: u16,
    pub timestamp_ms: u64,
    /// Committed blocks above the garbage-collection bound, in order.
    pub committed: Bounded<BlockRef, COMMITTED_MAX>,
    /// The state of the leader schedule.
    pub excluded: Bounded<AuthorityIndex, COMMITTEE_SIZE_MAX>,
    pub scores: Bounded<u64, COMMITTEE_SIZE_MAX>,
}

impl Canonical for Checkpoint {
    const NAME: &'static str = "checkpoint";
    const ENCODED_BYTES_MAX: usize = 6 * 1024 * 1024;
}

impl Checkpoint {
    pub fn digest(&self) -> Digest {
        Self::digest_of(&encoding::to_bytes(self))
    }

    /// The digest of an encoded checkpoint.
    pub fn digest_of(encoded: &[u8]) -> Digest {
        Digest::derive("kaldrix 2026 checkpoint digest v1", &[encoded])
    }
}
