//! The thread that executes commits and replays ranges, in order.
//!
//! Ledger blocks that wait together share one sync; each is answered for only after it.

use std::sync::Arc;
use std::sync::mpsc::Receiver;

use kaldrix_consensus::{Event, LedgerReply};
use kaldrix_ledger::Execution;
use kaldrix_storage::{Followed, LedgerWriter};
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
    pub ledger: LedgerWriter,
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
                    self.ledger.store.put_certificate(&certificate)?;
                    self.finality.certified(certificate.vote.height);
                }
                Job::Replay { from, reply } => {
                    self.finish(&mut unsynced)?;
                    self.follow(from, &reply)?;
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
        let execution = self.ledger.execute(commit, checkpoint, &*self.witnesses)?;
        if execution.is_none() {
            self.answers.send(Event::Executed { commit_index, vote: None });
        }
        Ok(execution.map(|execution| Unsynced { commit_index, execution }))
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

    /// Executes a range that a peer sent, as far as it is right.
    fn follow(&self, from: PeerId, reply: &LedgerReply) -> Result<(), NodeError> {
        let verify = |certificate: &Certificate| {
            kaldrix_crypto::verify_certificate(certificate, self.chain_id, &self.committee)
        };
        let Followed { executions, refusal, replayed } = self.ledger.follow(reply, verify)?;
        if let Some(error) = refusal {
            tracing::warn!(peer = %from, %error, "refused a range of the ledger");
        }
        executions.iter().for_each(|execution| self.announce(execution));
        if let Some(replayed) = &replayed {
            self.finality.certified(replayed.certified_height);
            // Own blocks may have fallen behind what is committed now, unseen by the replica.
            self.mempool.reclaim_all();
            tracing::info!(
                height = replayed.tip.height,
                blocks = executions.len(),
                can_follow = replayed.checkpoint.is_some(),
                "caught up by a range of the ledger"
            );
        }
        self.answers.send(Event::Replayed { from, result: replayed });
        Ok(())
    }

    /// Tells the mempool and the waiting clients of a durable block.
    fn announce(&self, execution: &Execution) {
        let Execution { header, entries, receipts, excluded, .. } = execution;
        let ids = receipts.iter().map(|receipt| receipt.id);
        let executed = ids.zip(entries.iter().map(|entry| &entry.transaction));
        let submitted_at = self.mempool.executed(header.height, executed, excluded);
        self.finality.executed(header.height, entries.len(), submitted_at);
    }
}
