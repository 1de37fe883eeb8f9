//! The thread that executes commits and replays ranges, in order.
//!
//! Ledger blocks that wait together share one sync; each is answered for only after it.

use std::sync::Arc;
use std::sync::mpsc::Receiver;

use kaldrix_consensus::{Event, LedgerReply};
use kaldrix_ledger::{Execution, LedgerError, Rules, StateError, execute};
use kaldrix_storage::{BlockCommit, Durability, LedgerStore};
use kaldrix_types::{Certificate, ChainId, Commit, Committee, PeerId};

use super::answers::{Answers, Backlog};
use super::finality::Finality;
use crate::error::NodeError;
use crate::mempool::Mempool;
use crate::witnesses::Witnesses;

/// Jobs that share one sync.
const GROUP_JOBS_MAX: usize = 64;

#[derive(Debug)]
pub enum Job {
    Execute { commit: Commit, checkpoint: Arc<[u8]> },
    Certified(Certificate),
    Replay { from: PeerId, reply: Box<LedgerReply> },
}

#[derive(Debug)]
pub struct Executor {
    pub chain_id: ChainId,
    pub committee: Committee,
    pub rules: Arc<Rules>,
    pub ledger: Arc<LedgerStore>,
    pub mempool: Arc<Mempool>,
    pub witnesses: Arc<Witnesses>,
    pub finality: Arc<Finality>,
    pub answers: Answers,
    pub backlog: Backlog,
}

/// A block that is executed and written, and not yet synced.
struct Unsynced {
    commit_index: u64,
    execution: Execution,
}

impl Executor {
    /// Works until the last sender is gone, then leaves all synced.
    pub fn run(self, jobs: &Receiver<Job>) {
        while let Ok(first) = jobs.recv() {
            let mut group = vec![first];
            group.extend(jobs.try_iter().take(GROUP_JOBS_MAX - 1));
            let done = group.len();
            if let Err(error) = self.perform(group) {
                return self.answers.fail(error);
            }
            self.backlog.remove(done);
        }
        if let Err(error) = self.ledger.sync() {
            tracing::error!(%error, "the ledger could not be synced while stopping");
        }
    }

    fn perform(&self, group: Vec<Job>) -> Result<(), NodeError> {
        let mut unsynced = Vec::new();
        for job in group {
            match job {
                Job::Execute { commit, checkpoint } => {
                    unsynced.extend(self.execute(&commit, &checkpoint)?);
                }
                Job::Certified(certificate) => {
                    self.finish(&mut unsynced)?;
                    self.ledger.put_certificate(&certificate)?;
                    self.finality.certified(certificate.vote.height);
                }
                Job::Replay { from, reply } => {
                    self.finish(&mut unsynced)?;
                    let result = self.replay(&from, &reply)?;
                    self.answers.send(Event::Replayed { from, result });
                }
            }
        }
        self.finish(&mut unsynced)
    }

    /// Executes and writes a commit. One without transactions makes no block.
    fn execute(&self, commit: &Commit, checkpoint: &[u8]) -> Result<Option<Unsynced>, NodeError> {
        let commit_index = commit.index;
        if commit.has_transactions() {
            self.witnesses.prepare(commit, |transaction| self.mempool.key_of(transaction));
        }
        let execution = execute(&*self.ledger, &self.rules, commit, &*self.witnesses);
        let Some(execution) = execution.map_err(broken)? else {
            self.answers.send(Event::Executed { commit_index, vote: None });
            return Ok(None);
        };
        let block = BlockCommit::new(&execution, Some(checkpoint));
        self.ledger.commit(&[block], Durability::Buffered)?;
        Ok(Some(Unsynced { commit_index, execution }))
    }

    /// Syncs what was written, and tells everyone.
    fn finish(&self, unsynced: &mut Vec<Unsynced>) -> Result<(), NodeError> {
        if unsynced.is_empty() {
            return Ok(());
        }
        self.ledger.sync()?;
        for Unsynced { commit_index, execution } in unsynced.drain(..) {
            self.announce(&execution);
            let vote = Some(execution.header.vote());
            self.answers.send(Event::Executed { commit_index, vote });
        }
        Ok(())
    }

    /// Tells the mempool and the waiting clients of a durable block.
    pub(super) fn announce(&self, execution: &Execution) {
        let Execution { header, entries, receipts, excluded, .. } = execution;
        let ids = receipts.iter().map(|receipt| receipt.id);
        let executed = ids.zip(entries.iter().map(|entry| &entry.transaction));
        let submitted_at = self.mempool.executed(header.height, executed, excluded);
        self.finality.executed(header.height, entries.len(), submitted_at);
    }
}

/// Damage in the state is damage in the store.
pub(super) fn broken(error: LedgerError) -> NodeError {
    match error {
        LedgerError::State(error @ StateError::Damaged { .. }) => NodeError::State(error),
        error => NodeError::Ledger(error),
    }
}
