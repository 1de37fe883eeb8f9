//! Deciding leaders, committing them, and what follows from execution and certificates.

use std::collections::BTreeSet;

use kaldrix_types::{BlockRef, Certificate, Commit, Height, Round, VerifiedBlock, Vote, encoding};

use crate::checkpoint::Checkpoint;
use crate::decision::{self, Decision, Verdict};
use crate::event::{Action, Now};
use crate::replica::Replica;
use crate::schedule::Slot;

/// Rounds between two prunings.
pub const PRUNE_ROUNDS: Round = 16;

/// A commit that makes a ledger block.
#[derive(Debug)]
pub(crate) struct LedgerCommit {
    commit_index: u64,
    /// After it.
    bound: Round,
    /// Known once it is executed.
    height: Option<Height>,
}

impl Replica {
    /// Decides and commits as far as the DAG and execution allow.
    pub(crate) fn decide(&mut self, actions: &mut Vec<Action>) {
        if self.catch_up.is_active() || self.is_execution_full() {
            return;
        }
        let mut undecided = self.dag.take_changed();
        while undecided {
            undecided = false;
            for decision in decision::decide(&self.dag, &self.schedule, self.next_slot) {
                // What waits is looked at again: each commit has changed the DAG's floor.
                if self.is_execution_full() {
                    break;
                }
                // A change of schedule voids what was decided of later slots.
                undecided = self.apply(&decision, actions);
                if undecided {
                    break;
                }
            }
        }
    }

    /// Whether as many commits wait for execution as may.
    pub(crate) fn is_execution_full(&self) -> bool {
        self.executing.len() >= self.executing_commits_max
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
            let (commit_index, bound) = (commit.index, self.order.bound());
            self.uncertified.push_back(LedgerCommit { commit_index, bound, height: None });
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
        self.prune(actions);
    }

    /// Forgets rounds that nobody needs any more.
    fn prune(&mut self, actions: &mut Vec<Action>) {
        let (keep, overdue) = self.kept();
        if overdue > PRUNE_ROUNDS {
            self.dag.prune(keep);
            self.complete_since = self.complete_since.max(keep.saturating_sub(1));
            let above = crate::dag::round_start(keep);
            self.committed_before = self.committed_before.split_off(&above);
            actions.push(Action::Prune { below: keep });
        }
    }

    /// The lowest round that must be kept, and how many rounds in memory are below it. Peers that
    /// lag need the rounds since the last certified ledger block: what is certified they can catch
    /// up with, and their votes may be what a later one waits for. A network that orders nothing
    /// for long, or certifies nothing, keeps a bounded number of rounds.
    pub(crate) fn kept(&self) -> (Round, Round) {
        let (bound, depth) = (self.order.bound(), self.gc_depth_rounds);
        let members = self.dag.committee().size().max(1) as u64;
        let rounds_max = self.parameters.blocks_kept_max.checked_div(members).unwrap_or(0);
        let oldest = self.dag.highest_round().saturating_sub(rounds_max);
        let keep = bound.saturating_sub(depth).min(self.recovery_bound).max(oldest);
        let lowest = self.dag.lowest_round().unwrap_or(keep);
        (keep, keep.saturating_sub(lowest))
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
        let made = |commit: &&mut LedgerCommit| commit.commit_index == commit_index;
        if let Some(commit) = self.uncertified.iter_mut().find(made) {
            commit.height = Some(vote.height);
        }
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
        let certified = self.votes.certified_height();
        let is_certified = |commit: &LedgerCommit| commit.height.is_some_and(|h| h <= certified);
        while let Some(commit) = self.uncertified.pop_front() {
            if !is_certified(&commit) {
                self.uncertified.push_front(commit);
                break;
            }
            self.recovery_bound = commit.bound;
            self.prune(actions);
        }
    }

    /// Keeps the rounds above a bound until the ledger block that was just taken up is certified.
    pub(crate) fn keep_since(&mut self, recovery_bound: Round) {
        let (commit_index, bound) = (self.order.commit_index, self.order.bound());
        let height = self.votes.executed_height();
        if height > self.votes.certified_height() {
            self.recovery_bound = bound.min(recovery_bound);
            self.uncertified.push_back(LedgerCommit { commit_index, bound, height: Some(height) });
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
        self.uncertified.clear();
        self.recovery_bound = bound;
        self.complete_since = bound;
        self.committed_before = checkpoint.committed.iter().copied().collect();
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
        self.collect_garbage(actions);
    }
}
