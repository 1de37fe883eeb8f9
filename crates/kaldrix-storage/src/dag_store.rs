//! The replica's store: blocks of the DAG, its own and others', by round, author and id.
//!
//! Nothing here is trusted for safety: a lost block is fetched again from peers, and what this
//! node signed last is known from [`crate::SignedRoundFile`]. Blocks are returned as they were
//! stored, unverified: the caller checks their signatures as if a peer had sent them.

use std::ops::Bound;
use std::sync::Arc;

use kaldrix_types::{Block, BlockRef, ChainId, Round, VerifiedBlock};

use crate::error::StoreError;
use crate::key_value::{Durability, KeyValue};
use crate::records::{Audit, Records};

/// Blocks of the DAG in one epoch-independent order: round, author, id.
#[derive(Debug)]
pub struct DagStore {
    records: Records,
}

impl DagStore {
    /// Opens the store and marks a fresh one with its format and chain.
    pub fn open(store: Arc<dyn KeyValue>, chain_id: ChainId) -> Result<Self, StoreError> {
        let _ = chain_id;
        Ok(Self { records: Records::open(store)? })
    }

    /// Stores `blocks` together.
    pub fn put(&self, blocks: &[VerifiedBlock], durability: Durability) -> Result<(), StoreError> {
        let _ = (blocks, durability);
        unimplemented!()
    }

    pub fn get(&self, reference: &BlockRef) -> Result<Option<Block>, StoreError> {
        let _ = reference;
        unimplemented!()
    }

    /// All blocks from `round` up, in rising order, a few in memory at a time. A damaged block is
    /// an error in its place; the ones after it still follow.
    pub fn blocks_from(
        &self,
        round: Round,
    ) -> impl Iterator<Item = Result<(BlockRef, Block), StoreError>> + '_ {
        let _: Bound<Round> = Bound::Included(round);
        std::iter::empty()
    }

    /// Removes all blocks below `round`; says how many.
    pub fn prune_below(&self, round: Round) -> Result<u64, StoreError> {
        let _ = round;
        unimplemented!()
    }

    /// Reads everything and names what is damaged.
    pub fn check(&self) -> Audit {
        self.records.audit()
    }
}
