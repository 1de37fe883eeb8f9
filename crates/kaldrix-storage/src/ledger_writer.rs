//! Lets the ledger grow: by commits that it executes, and by certified ranges that it replays.
//!
//! A ledger block is written before it is synced, so that blocks which wait together share a sync;
//! the caller tells nobody of a block before [`LedgerWriter::sync`] has returned.

use std::fmt::Display;
use std::sync::Arc;

use kaldrix_consensus::{Checkpoint, LedgerReply, Replayed};
use kaldrix_ledger::{
    Execution, LedgerBlock, LedgerError, ReplayError, Rules, StateError, WitnessCheck, execute,
    replay,
};
use kaldrix_types::{Certificate, Commit, Vote, encoding};

use crate::error::StoreError;
use crate::key_value::Durability;
use crate::ledger_store::{BlockCommit, LedgerStore};
use crate::range::{self, RangeError};

/// Why the ledger cannot grow.
#[derive(Debug, thiserror::Error)]
pub enum GrowthError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Ledger(LedgerError),
}

/// What came of a peer's range.
#[derive(Debug, Default)]
pub struct Followed {
    /// The blocks that were right, in order and durable.
    pub executions: Vec<Execution>,
    /// Why the rest was refused: the peer is at fault.
    pub refusal: Option<RangeError>,
    /// Where the ledger is now; `None` if nothing of the range was right.
    pub replayed: Option<Replayed>,
}

/// Writes one node's ledger.
#[derive(Debug, Clone)]
pub struct LedgerWriter {
    pub store: Arc<LedgerStore>,
    pub rules: Arc<Rules>,
}

impl LedgerWriter {
    /// Executes a commit and writes its block with the replica's checkpoint. A commit without
    /// transactions makes no block.
    pub fn execute(
        &self,
        commit: &Commit,
        checkpoint: &[u8],
        witnesses: &dyn WitnessCheck,
    ) -> Result<Option<Execution>, GrowthError> {
        let execution = execute(&*self.store, &self.rules, commit, witnesses);
        let Some(execution) = execution.map_err(|error| self.failed(error))? else {
            return Ok(None);
        };
        let block = BlockCommit::new(&execution, Some(checkpoint));
        self.store.commit(&[block], Durability::Buffered)?;
        Ok(Some(execution))
    }

    /// Makes all blocks written so far survive the loss of power.
    pub fn sync(&self) -> Result<(), StoreError> {
        self.store.sync()
    }

    /// Executes a range that a peer sent, as far as it is right, and syncs. `verify` says whether a
    /// certificate holds.
    pub fn follow<E: Display>(
        &self,
        reply: &LedgerReply,
        verify: impl FnOnce(&Certificate) -> Result<(), E>,
    ) -> Result<Followed, GrowthError> {
        let mut followed = Followed::default();
        let blocks = match range::check(reply, &self.store.latest(), verify) {
            Ok(blocks) => blocks,
            Err(refusal) => return Ok(Followed { refusal: Some(refusal), ..followed }),
        };
        for (index, block) in blocks.iter().enumerate() {
            let is_last = index.saturating_add(1) == blocks.len();
            match self.replay(block, if is_last { &reply.checkpoint } else { &[] })? {
                Ok(execution) => followed.executions.push(execution),
                Err(refusal) => {
                    followed.refusal = Some(refusal.into());
                    break;
                }
            }
        }
        if followed.executions.is_empty() && !blocks.is_empty() {
            return Ok(followed);
        }
        self.store.put_certificate(&reply.certificate)?;
        self.store.sync()?;
        let is_whole = followed.refusal.is_none();
        followed.replayed = Some(self.replayed(if is_whole { &reply.checkpoint } else { &[] })?);
        Ok(followed)
    }

    /// Executes one certified block and writes it, with the checkpoint if it is the block's.
    fn replay(
        &self,
        block: &LedgerBlock,
        checkpoint: &[u8],
    ) -> Result<Result<Execution, ReplayError>, GrowthError> {
        let LedgerBlock { header, entries } = block;
        let execution = match replay(&*self.store, &self.rules, header, entries) {
            Ok(execution) => execution,
            Err(ReplayError::Ledger(error)) => return Err(self.failed(error)),
            Err(error) => return Ok(Err(error)),
        };
        let is_bound = Checkpoint::digest_of(checkpoint) == header.checkpoint;
        let block = BlockCommit::new(&execution, is_bound.then_some(checkpoint));
        self.store.commit(&[block], Durability::Buffered)?;
        Ok(Ok(execution))
    }

    /// Where the ledger is, with the checkpoint if it is the tip's.
    fn replayed(&self, checkpoint: &[u8]) -> Result<Replayed, StoreError> {
        let tip = self.store.latest();
        let header = self.store.header(tip.height)?;
        let bound = header.filter(|h| Checkpoint::digest_of(checkpoint) == h.checkpoint);
        let checkpoint = bound.and_then(|_| encoding::from_bytes(checkpoint).ok());
        let certified_height = tip.height;
        let tip = Vote { height: tip.height, block: tip.block };
        Ok(Replayed { tip, certified_height, checkpoint })
    }

    /// Damage in the state is damage in the store.
    fn failed(&self, error: LedgerError) -> GrowthError {
        match error {
            LedgerError::State(StateError::Damaged { what, reason }) => {
                let reason = format!("{what}: {reason}");
                GrowthError::Store(StoreError::damaged(self.store.location(), reason))
            }
            error => GrowthError::Ledger(error),
        }
    }
}
