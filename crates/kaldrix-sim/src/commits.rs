//! What every commit must keep, whoever orders it, written from its specification alone.

use std::collections::BTreeSet;

use kaldrix_consensus::Checkpoint;
use kaldrix_types::committee::Stake;
use kaldrix_types::{BlockRef, Commit, Committee, Genesis, Round, encoding};

/// The rules, and what was committed so far.
#[derive(Debug)]
pub struct CommitRules {
    committee: Committee,
    gc_depth_rounds: Round,
    committed: BTreeSet<BlockRef>,
}

impl CommitRules {
    pub fn new(genesis: &Genesis) -> Self {
        Self {
            committee: genesis.committee.clone(),
            gc_depth_rounds: genesis.protocol.gc_depth_rounds,
            committed: BTreeSet::new(),
        }
    }

    /// Blocks at or below this round enter no commit of this leader, nor a later one.
    pub fn bound(&self, leader: &BlockRef) -> Round {
        leader.round.saturating_sub(self.gc_depth_rounds)
    }

    /// What is wrong with the next commit, and with the checkpoint after it.
    pub fn broken(&mut self, commit: &Commit, checkpoint: &[u8]) -> Option<String> {
        let bound = self.bound(&commit.leader);
        for block in &commit.blocks {
            let reference = block.reference();
            if reference.round <= bound {
                return Some(format!("{} holds {reference} below {bound}", commit.leader));
            }
            if !self.committed.insert(reference) {
                return Some(format!("{} holds {reference} once more", commit.leader));
            }
        }
        let checkpoint: Checkpoint = encoding::from_bytes(checkpoint).ok()?;
        let stake = |author: &_| self.committee.stake(*author);
        let left_out: Stake = checkpoint.excluded.iter().map(stake).sum();
        let quorum = self.committee.total_stake() * 2 / 3 + 1;
        (self.committee.total_stake() - left_out < quorum)
            .then(|| format!("{} leaves out leaders with stake {left_out}", commit.leader))
    }
}
