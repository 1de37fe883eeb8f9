//! Executes a commit: its transactions in their final order become the next ledger block.

use kaldrix_types::{Commit, Digest, LedgerHeader, PublicKey, Receipt, TransactionId, Witness};

use crate::builder::{BlockBuilder, Origin};
use crate::error::LedgerError;
use crate::exclusion::Exclusion;
use crate::ledger_block::Entry;
use crate::rules::Rules;
use crate::state::{StateReader, Writes};

/// Says whether a witness shows that a key's owner agreed to a transaction.
///
/// The answer must depend on the arguments alone: every node must come to the same. So a node may
/// verify ahead, in parallel, and answer from what it remembers by (id, witness, key).
pub trait WitnessCheck {
    fn check(&self, id: &TransactionId, witness: &Witness, key: &PublicKey) -> bool;
}

/// Verifies each witness when it is asked for.
#[derive(Debug, Clone, Copy)]
pub struct VerifyWitnesses;

impl WitnessCheck for VerifyWitnesses {
    fn check(&self, id: &TransactionId, witness: &Witness, key: &PublicKey) -> bool {
        kaldrix_crypto::verify_witness(id, witness, key).is_ok()
    }
}

/// A transaction that is not part of the block, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excluded {
    pub id: TransactionId,
    /// The witness it came with: the same id may execute with another one.
    pub witness: Digest,
    pub reason: Exclusion,
}

/// A block executed, and all that follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Execution {
    pub header: LedgerHeader,
    /// In the order of execution.
    pub entries: Vec<Entry>,
    /// One for each entry, at the same place.
    pub receipts: Vec<Receipt>,
    /// In the order of the commit.
    pub excluded: Vec<Excluded>,
    pub writes: Writes,
}

/// Executes a commit over the state, or gives `None` for one without transactions.
///
/// A commit with a transaction makes a block even if it excludes them all. Whether it does then
/// follows from the DAG alone, and the certified checkpoint and commit index move on: a node that
/// joins finds the commits that others executed without executing any itself.
pub fn execute<S: StateReader + ?Sized>(
    state: &S,
    rules: &Rules,
    commit: &Commit,
    witnesses: &dyn WitnessCheck,
) -> Result<Option<Execution>, LedgerError> {
    if !commit.has_transactions() {
        return Ok(None);
    }
    let origin = Origin {
        epoch: commit.epoch,
        timestamp_ms: commit.timestamp_ms,
        leader: commit.leader,
        commit_index: commit.index,
        checkpoint: commit.checkpoint,
    };
    let mut builder = BlockBuilder::new(state, rules, origin, Some(witnesses))?;
    for block in &commit.blocks {
        for transaction in &block.transactions {
            builder.add(transaction.id(), block.author(), transaction)?;
        }
    }
    builder.seal().map(Some)
}
