//! The thread that stores DAG blocks and the last signed round.

use std::sync::mpsc::Receiver;

use kaldrix_consensus::Event;
use kaldrix_storage::{BlockWriter, StoreError};
use kaldrix_types::{BlockRef, Round, VerifiedBlock};

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
    pub writer: BlockWriter,
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
        if let Err(error) = self.writer.sync() {
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
        self.writer.store(&stored, own.map(|(_, reference)| reference))?;
        if let Some((token, _)) = own {
            self.answers.send(Event::Persisted { token });
        }
        if let Some(below) = prune {
            self.writer.prune_below(below)?;
        }
        Ok(())
    }
}
