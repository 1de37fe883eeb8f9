//! From committed leaders to one order of all blocks.

use std::collections::{BTreeMap, BTreeSet};

use kaldrix_types::encoding::Bounded;
use kaldrix_types::{AuthorityIndex, BlockRef, Round, Stake, VerifiedBlock};

use crate::checkpoint::Checkpoint;
use crate::dag::Dag;
use crate::schedule::{Schedule, Slot};

/// The committed part of the DAG, in so far as later commits depend on it.
#[derive(Debug)]
pub struct Linearizer {
    gc_depth_rounds: Round,
    pub commit_index: u64,
    pub leader: Option<BlockRef>,
    pub timestamp_ms: u64,
    committed: BTreeSet<BlockRef>,
    /// The highest committed round of each author.
    committed_rounds: BTreeMap<AuthorityIndex, Round>,
}

impl Linearizer {
    pub fn new(gc_depth_rounds: Round, timestamp_ms: u64) -> Self {
        Self {
            gc_depth_rounds,
            commit_index: 0,
            leader: None,
            timestamp_ms,
            committed: BTreeSet::new(),
            committed_rounds: BTreeMap::new(),
        }
    }

    /// Blocks at or below this round enter no later commit. It is a function of the last committed
    /// leader alone, so every replica leaves out the same blocks.
    pub fn bound(&self) -> Round {
        self.bound_at(self.leader.map_or(0, |leader| leader.round))
    }

    fn bound_at(&self, leader_round: Round) -> Round {
        leader_round.saturating_sub(self.gc_depth_rounds)
    }

    pub fn is_committed(&self, reference: &BlockRef) -> bool {
        self.committed.contains(reference)
    }

    /// The highest committed round of an author, 0 if none.
    pub fn committed_round(&self, author: AuthorityIndex) -> Round {
        self.committed_rounds.get(&author).copied().unwrap_or(0)
    }

    pub fn committed(&self) -> impl Iterator<Item = &BlockRef> {
        self.committed.iter()
    }

    /// Commits a leader: its causal history above the bound that is not yet committed, by round,
    /// author and id. Ancestors come before descendants, the leader last.
    pub fn commit(&mut self, dag: &Dag, leader: &VerifiedBlock) -> Vec<VerifiedBlock> {
        let bound = self.bound_at(leader.round());
        let mut open = Vec::new();
        let mut found = BTreeSet::new();
        // A change of schedule may draw an author for a second slot of the round.
        if !self.committed.contains(&leader.reference()) {
            found.insert(leader.reference());
            open.push(leader.clone());
        }
        while let Some(block) = open.pop() {
            for parent in block.parents() {
                let fresh = parent.round > bound && !self.committed.contains(parent);
                if fresh && found.insert(*parent) {
                    open.extend(dag.get(parent).cloned());
                }
            }
        }
        self.commit_index = self.commit_index.saturating_add(1);
        self.leader = Some(leader.reference());
        self.timestamp_ms = self.timestamp_of(dag, leader);
        let blocks = found.iter().filter_map(|reference| dag.get(reference).cloned()).collect();
        self.note_rounds(found.iter());
        self.committed.extend(found);
        while self.committed.first().is_some_and(|reference| reference.round <= bound) {
            self.committed.pop_first();
        }
        blocks
    }

    /// The median by stake of the leader's parents of the round before, above the last commit's.
    fn timestamp_of(&self, dag: &Dag, leader: &VerifiedBlock) -> u64 {
        let mut stamps: Vec<(u64, Stake)> = leader
            .parents()
            .iter()
            .filter(|parent| parent.round.saturating_add(1) == leader.round())
            .filter_map(|parent| {
                let stamp = dag.get(parent)?.header.timestamp_ms;
                Some((stamp, dag.committee().stake(parent.author)))
            })
            .collect();
        stamps.sort_unstable();
        let total = stamps.iter().fold(0, |sum: Stake, (_, stake)| sum.saturating_add(*stake));
        let mut below: Stake = 0;
        let median = stamps.iter().find_map(|(stamp, stake)| {
            below = below.saturating_add(*stake);
            (below > total / 2).then_some(*stamp)
        });
        median.unwrap_or(0).max(self.timestamp_ms.saturating_add(1))
    }

    pub fn checkpoint(&self, slot: Slot, schedule: &Schedule) -> Option<Checkpoint> {
        Some(Checkpoint {
            commit_index: self.commit_index,
            leader: self.leader?,
            leader_offset: slot.offset,
            timestamp_ms: self.timestamp_ms,
            committed: Bounded::new(self.committed.iter().copied().collect()).ok()?,
            excluded: Bounded::new(schedule.excluded().iter().copied().collect()).ok()?,
            scores: Bounded::new(schedule.scores().to_vec()).ok()?,
        })
    }

    pub fn restore(&mut self, checkpoint: &Checkpoint) {
        self.commit_index = checkpoint.commit_index;
        self.leader = Some(checkpoint.leader);
        self.timestamp_ms = checkpoint.timestamp_ms;
        self.committed = checkpoint.committed.iter().copied().collect();
        self.note_rounds(checkpoint.committed.iter());
    }

    fn note_rounds<'a>(&mut self, committed: impl Iterator<Item = &'a BlockRef>) {
        for block in committed {
            let round = self.committed_rounds.entry(block.author).or_default();
            *round = block.round.max(*round);
        }
    }
}

#[cfg(test)]
#[path = "ordering_tests.rs"]
mod tests;
