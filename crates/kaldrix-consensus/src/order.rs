//! Deciding leaders, committing them, and what follows from execution and certificates.

use std::collections::BTreeSet;

use kaldrix_types::{BlockRef, Certificate, Commit, VerifiedBlock, Vote, encoding};

use crate::checkpoint::Checkpoint;
use crate::decision::{self, Decision, Verdict};
use crate::event::{Action, Now};
use crate::replica::Replica;
use crate::schedule::Slot;

/// Rounds between two prunings.
const PRUNE_ROUNDS: u64 = 16;

impl Replica {
    /// Decides and commits as far as the DAG allows.
    pub(crate) fn decide(&mut self, actions: &mut Vec<Action>) {
        if self.catch_up.is_active() || !self.dag.take_changed() {
            return;
        }
        loop {
            let decisions = decision::decide(&self.dag, &self.schedule, self.next_slot);
            // A change of schedule voids what was decided of later slots.
            let changed = decisions.iter().any(|decision| self.apply(decision, actions));
            if !changed {
                break;
            }
        }
    }

    /// Applies a decision and says whether it changed the schedule.
    fn apply(&mut self, decision: &Decision, actions: &mut Vec<Action>) -> bool {
        self.next_slot = self.schedule.next(decision.slot);
        let counters = &mut self.counters;
        let counter = match (decision.verdict, decision.direct) {
            (Verdict::Commit(_), true) => &mut counters.leaders_committed_directly,
            (Verdict::Commit(_), false) => &mut counters.leaders_committed_indirectly,
            (_, true) => &mut counters.leaders_skipped_directly,
            (_, false) => &mut counters.leaders_skipped_indirectly,
        };
        *counter = counter.saturating_add(1);
        let Verdict::Commit(leader) = decision.verdict else { return false };
        let Some(leader) = self.dag.get(&leader).cloned() else { return false };
        self.commit(decision.slot, &leader, actions)
    }

    fn commit(&mut self, slot: Slot, leader: &VerifiedBlock, actions: &mut Vec<Action>) -> bool {
        let blocks = self.order.commit(&self.dag, leader);
        for block in &blocks {
            self.schedule.score(block);
            self.uncommitted.remove(&block.reference());
        }
        let every = self.schedule_commits;
        let changed = self.order.commit_index.checked_rem(every) == Some(0);
        if changed {
            self.schedule.change();
            self.counters.schedule_changes = self.counters.schedule_changes.saturating_add(1);
        }
        let checkpoint = self.order.checkpoint(slot, &self.schedule);
        let encoded = checkpoint.as_ref().map(encoding::to_bytes).unwrap_or_default();
        let commit = Commit {
            index: self.order.commit_index,
            epoch: self.dag.committee().epoch(),
            leader: leader.reference(),
            timestamp_ms: self.order.timestamp_ms,
            blocks,
            checkpoint: Checkpoint::digest_of(&encoded),
        };
        self.executing.insert(commit.index, commit.has_transactions());
        if commit.has_transactions() {
            self.note_progress();
            self.recovery_bound = self.order.bound();
        }
        actions.push(Action::Execute { commit, checkpoint: encoded.into() });
        self.collect_garbage(actions);
        changed
    }

    /// Raises the bound below which blocks count as present, asks the host to propose own
    /// transactions again that fell behind it, and forgets old rounds.
    fn collect_garbage(&mut self, actions: &mut Vec<Action>) {
        let bound = self.order.bound();
        let above = crate::dag::round_start(bound.saturating_add(1));
        let kept = self.uncommitted.split_off(&above);
        let dropped = std::mem::replace(&mut self.uncommitted, kept);
        self.reclaim(&dropped, actions);
        self.dag.raise_floor(bound);
        // Peers that lag, and this node's own recovery, need the rounds since the last ledger
        // block; a network that orders nothing for long keeps a bounded number of them.
        let depth = self.gc_depth_rounds;
        let oldest = self.dag.highest_round().saturating_sub(self.parameters.rounds_kept_max);
        let keep = bound.saturating_sub(depth).min(self.recovery_bound).max(oldest);
        if self.dag.lowest_round().is_some_and(|low| low.saturating_add(PRUNE_ROUNDS) < keep) {
            self.dag.prune(keep);
            actions.push(Action::Prune { below: keep });
        }
    }

    /// Hands back the own ones of blocks that no later commit will hold.
    fn reclaim(&self, blocks: &BTreeSet<BlockRef>, actions: &mut Vec<Action>) {
        let own = self.own();
        let own_blocks: Vec<VerifiedBlock> = blocks
            .iter()
            .filter(|reference| Some(reference.author) == own)
            .filter_map(|reference| self.dag.get(reference).cloned())
            .collect();
        if !own_blocks.is_empty() {
            actions.push(Action::Reclaim(own_blocks));
        }
    }

    pub(crate) fn executed(
        &mut self,
        commit_index: u64,
        vote: Option<Vote>,
        actions: &mut Vec<Action>,
    ) {
        self.executing.remove(&commit_index);
        let Some(vote) = vote else { return };
        match self.votes.executed(vote) {
            Ok(certificate) => self.certified(certificate.into_iter().collect(), actions),
            Err(halt) => self.halt(halt, actions),
        }
    }

    pub(crate) fn certified(&mut self, certificates: Vec<Certificate>, actions: &mut Vec<Action>) {
        for certificate in certificates {
            self.counters.certificates = self.counters.certificates.saturating_add(1);
            self.note_progress();
            actions.push(Action::Certified(certificate));
        }
    }

    /// Takes up the state after a commit, read from the store or received with a certificate.
    pub(crate) fn install_checkpoint(
        &mut self,
        now: Now,
        checkpoint: &Checkpoint,
        actions: &mut Vec<Action>,
    ) {
        self.order.restore(checkpoint);
        let slot = Slot { round: checkpoint.leader.round, offset: checkpoint.leader_offset };
        self.next_slot = self.schedule.next(slot);
        self.schedule.restore(&checkpoint.excluded, &checkpoint.scores);
        let bound = self.order.bound();
        self.recovery_bound = bound;
        let (kept, settled): (BTreeSet<BlockRef>, BTreeSet<BlockRef>) = self
            .uncommitted
            .iter()
            .partition(|reference| reference.round > bound && !self.order.is_committed(reference));
        self.uncommitted = kept;
        // Which of their transactions were executed the host knows from the ledger.
        self.reclaim(&settled, actions);
        self.dag.raise_floor(bound);
        let ready = self.pending.raise_floor(bound);
        self.accept_released(now, ready, actions);
    }
}
