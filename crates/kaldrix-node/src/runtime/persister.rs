//! The thread that stores DAG blocks and the last signed round.
//!
//! Blocks of others are written without haste. An own block is answered for once it and the file
//! of the last signed round are synced, and only then the replica lets it leave.

use std::sync::Arc;
use std::sync::mpsc::Receiver;

use kaldrix_consensus::Event;
use kaldrix_storage::{DagStore, Durability, SignedRound, SignedRoundFile, StoreError};
use kaldrix_types::{BlockRef, Epoch, Round, VerifiedBlock};

use super::answers::{Answers, Backlog};

/// Jobs that share one write.
const GROUP_JOBS_MAX: usize = 256;

#[derive(Debug)]
pub enum Job {
    Store { token: u64, blocks: Vec<VerifiedBlock>, own: Option<BlockRef> },
    Prune { below: Round },
}

#[derive(Debug)]
pub struct Persister {
    pub dag: Arc<DagStore>,
    /// None for a node that signs nothing.
    pub signed_round: Option<SignedRoundFile>,
    pub epoch: Epoch,
    pub answers: Answers,
    pub backlog: Backlog,
}

impl Persister {
    /// Works until the last sender is gone, then leaves all synced.
    pub fn run(mut self, jobs: &Receiver<Job>) {
        while let Ok(first) = jobs.recv() {
            let mut group = vec![first];
            group.extend(jobs.try_iter().take(GROUP_JOBS_MAX - 1));
            let done = group.len();
            if let Err(error) = self.store(group) {
                return self.answers.fail(error.into());
            }
            self.backlog.remove(done);
        }
        if let Err(error) = self.dag.sync() {
            tracing::error!(%error, "the dag store could not be synced while stopping");
        }
    }

    fn store(&mut self, group: Vec<Job>) -> Result<(), StoreError> {
        let (mut stored, mut prune, mut own) = (Vec::new(), None, None);
        for job in group {
            match job {
                Job::Store { token, blocks, own: reference } => {
                    stored.extend(blocks);
                    // The replica asks for one own block at a time.
                    own = reference.map(|reference| (token, reference)).or(own);
                }
                Job::Prune { below } => prune = Some(below),
            }
        }
        match own {
            Some((token, reference)) => {
                self.store_own(&stored, reference)?;
                self.answers.send(Event::Persisted { token });
            }
            None if stored.is_empty() => {}
            None => self.dag.put(&stored, Durability::Buffered)?,
        }
        if let Some(below) = prune {
            self.dag.prune_below(below)?;
        }
        Ok(())
    }

    /// The two syncs go side by side.
    fn store_own(&mut self, blocks: &[VerifiedBlock], own: BlockRef) -> Result<(), StoreError> {
        let signed = SignedRound { epoch: self.epoch, round: own.round, block: own.id };
        let (dag, file) = (&self.dag, &mut self.signed_round);
        let recorded = std::thread::scope(|scope| {
            let recording = scope.spawn(|| file.as_mut().map(|file| file.record(signed)));
            dag.put(blocks, Durability::Synced)?;
            Ok::<_, StoreError>(recording.join())
        })?;
        match recorded {
            Ok(Some(recorded)) => recorded,
            Ok(None) | Err(_) => Err(StoreError::Engine {
                store: "last signed round".to_owned(),
                action: "record",
                reason: "it was not recorded, so the block must not leave".to_owned(),
            }),
        }
    }
}
