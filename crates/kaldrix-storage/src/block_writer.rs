//! Keeps what a replica must not forget: blocks of the DAG, and the last round it signed for.
//!
//! Blocks of others are written without haste. An own block may leave only once it and its round
//! are durable.

use std::sync::Arc;

use kaldrix_types::{BlockRef, Epoch, Round, VerifiedBlock};

use crate::dag_store::DagStore;
use crate::error::StoreError;
use crate::key_value::Durability;
use crate::signed_round::{SignedRound, SignedRoundFile};

/// How the two syncs of an own block are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syncs {
    /// At the same time, on two threads: what waits for a disk.
    SideBySide,
    /// One after the other: what does not.
    InTurn,
}

/// Writes for one replica.
#[derive(Debug)]
pub struct BlockWriter {
    pub dag: Arc<DagStore>,
    /// `None` for a node that signs nothing.
    pub signed_round: Option<SignedRoundFile>,
    pub epoch: Epoch,
    pub syncs: Syncs,
}

impl BlockWriter {
    /// Stores blocks. If `own` names one of them, it may leave once this has returned.
    pub fn store(
        &mut self,
        blocks: &[VerifiedBlock],
        own: Option<BlockRef>,
    ) -> Result<(), StoreError> {
        match own {
            Some(own) => self.store_own(blocks, own),
            None if blocks.is_empty() => Ok(()),
            None => self.dag.put(blocks, Durability::Buffered),
        }
    }

    pub fn prune_below(&self, round: Round) -> Result<u64, StoreError> {
        self.dag.prune_below(round)
    }

    /// Makes everything stored so far survive the loss of power.
    pub fn sync(&self) -> Result<(), StoreError> {
        self.dag.sync()
    }

    fn store_own(&mut self, blocks: &[VerifiedBlock], own: BlockRef) -> Result<(), StoreError> {
        let signed = SignedRound { epoch: self.epoch, round: own.round, block: own.id };
        let refused = |reason: &str| StoreError::Engine {
            store: "last signed round".to_owned(),
            action: "record",
            reason: format!("{reason}, so the block must not leave"),
        };
        let (dag, file) = (&self.dag, self.signed_round.as_mut());
        let file = file.ok_or_else(|| refused("this node signs nothing"))?;
        if self.syncs == Syncs::InTurn {
            dag.put(blocks, Durability::Synced)?;
            return file.record(signed);
        }
        let recorded = std::thread::scope(|scope| {
            let recording = scope.spawn(|| file.record(signed));
            dag.put(blocks, Durability::Synced)?;
            Ok::<_, StoreError>(recording.join())
        })?;
        recorded.unwrap_or_else(|_| Err(refused("recording it panicked")))
    }
}
