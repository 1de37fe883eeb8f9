//! Own blocks: `Sign → OwnBlock → Persist → Persisted → Send`.

use kaldrix_types::encoding::Bounded;
use kaldrix_types::{BlockHeader, BlockRef, VerifiedBlock};

use crate::event::{Action, Draft, Moment, Now, Recipients};
use crate::message::Message;
use crate::proposal::{Proposer, Stage};
use crate::replica::Replica;
use crate::schedule::Slot;

impl Replica {
    /// Whether something is left to order or certify. A quiet network makes no rounds.
    pub(crate) fn is_awake(&self) -> bool {
        // A nudge is for a round that this validator has not proposed for.
        let nudged = |proposer: &Proposer| {
            proposer.nudged_round >= self.clock && proposer.signed_round < self.clock
        };
        let asked = self
            .proposer
            .as_ref()
            .is_some_and(|proposer| proposer.payload_pending || nudged(proposer));
        asked
            || self.uncommitted.iter().any(|block| self.may_be_committed(block))
            || self.executing.values().any(|has_transactions| *has_transactions)
            || self.votes.executed_height() > self.votes.certified_height()
    }

    /// A commit takes an honest author's earlier blocks along. What is left below is a twin that
    /// nobody referenced.
    fn may_be_committed(&self, block: &BlockRef) -> bool {
        block.round > self.order.committed_round(block.author)
    }

    /// When this validator will propose if nothing else happens, or `None` if it won't.
    pub(crate) fn propose_at(&self) -> Option<Moment> {
        let proposer = self.proposer.as_ref()?;
        let free = proposer.stage == Stage::Idle && proposer.signed_round < self.clock;
        // A checkpoint may lie beyond the round before: its blocks are not needed, nor enough.
        let reached = self.clock == 1 || self.clock.saturating_sub(1) > self.dag.floor();
        let allowed = reached && self.own_round.is_known() && !self.catch_up.is_active();
        if !free || !allowed || !self.is_awake() {
            return None;
        }
        let paced = proposer.ready_at(self.clock, &self.parameters);
        Some(if self.waits_for_leader() { paced.max(self.leader_timeout_at()) } else { paced })
    }

    fn leader_timeout_at(&self) -> Moment {
        self.clock_since.saturating_add(self.parameters.leader_timeout_ms)
    }

    /// Only the first leader of the round before is waited for.
    fn waits_for_leader(&self) -> bool {
        let round = self.clock.saturating_sub(1);
        if round == 0 {
            return false;
        }
        let leader = self.schedule.leader(Slot { round, offset: 0 });
        self.dag.slot(round, leader).next().is_none()
    }

    pub(crate) fn propose(&mut self, now: Now, actions: &mut Vec<Action>) {
        self.nudge(actions);
        if self.propose_at().is_none_or(|at| at > now.monotonic_ms) {
            return;
        }
        if self.waits_for_leader() {
            self.counters.leader_timeouts = self.counters.leader_timeouts.saturating_add(1);
        }
        let round = self.clock;
        let paused = self.is_paused(now.monotonic_ms);
        let Some(proposer) = &mut self.proposer else { return };
        let Some(parents) = proposer.parents(&self.dag, round) else { return };
        let header = BlockHeader {
            chain_id: self.dag.chain_id(),
            epoch: self.dag.committee().epoch(),
            round,
            author: proposer.own,
            timestamp_ms: now.wall_ms,
            parents,
            votes: Bounded::new(self.votes.cast()).unwrap_or_default(),
        };
        proposer.drafted_at = Some(now.monotonic_ms);
        proposer.stage = Stage::Signing(header.clone());
        // At most every other own block goes empty, however slow the rounds are.
        proposer.warmed_up = paused && !proposer.warmed_up;
        let carries_transactions = !proposer.warmed_up && !self.is_execution_full();
        actions.push(Action::Sign(Draft { header, carries_transactions }));
    }

    /// Whether the round before ended so long ago that its timestamps are no longer now's.
    fn is_paused(&self, now: Moment) -> bool {
        let fresh_until = |at: Moment| at.saturating_add(self.parameters.pause_ms);
        self.quorum_at.is_none_or(|at| fresh_until(at) < now)
    }

    pub(crate) fn payload(&mut self, pending: bool, actions: &mut Vec<Action>) {
        if let Some(proposer) = &mut self.proposer {
            proposer.payload_pending = pending;
        }
        self.nudge(actions);
    }

    /// An own transaction waits for a round that others have no reason to propose for.
    fn nudge(&mut self, actions: &mut Vec<Action>) {
        let clock = self.clock;
        let Some(proposer) = &mut self.proposer else { return };
        let blocked = proposer.stage == Stage::Idle && proposer.signed_round >= clock;
        if proposer.payload_pending && blocked && proposer.nudge_sent < clock {
            proposer.nudge_sent = clock;
            let message = Message::Nudge { round: clock };
            actions.push(Action::Send { to: Recipients::Committee, message });
        }
    }

    /// Others hold a certificate that this validator lacks, or have committed what it has not, and
    /// have no reason to propose: their next blocks carry the votes that make it one, and let it
    /// commit too. With each status is soon enough.
    pub(crate) fn nudge_for_others_blocks(&self, actions: &mut Vec<Action>) {
        let (clock, votes) = (self.clock, &self.votes);
        let lacking = votes.executed_height() > votes.certified_height()
            || self.uncommitted.iter().any(|block| self.may_be_committed(block));
        let Some(proposer) = &self.proposer else { return };
        if lacking && proposer.stage == Stage::Idle && proposer.signed_round >= clock {
            let message = Message::Nudge { round: clock };
            actions.push(Action::Send { to: Recipients::Committee, message });
        }
    }

    pub(crate) fn own_block(&mut self, block: VerifiedBlock, actions: &mut Vec<Action>) {
        let Some(proposer) = &mut self.proposer else { return };
        let Stage::Signing(header) = &proposer.stage else { return };
        if block.header != *header {
            return;
        }
        proposer.signed_round = proposer.signed_round.max(block.round());
        let own = Some(block.reference());
        let mut blocks = std::mem::take(&mut self.unpersisted);
        blocks.push(block.clone());
        let token = self.take_token();
        if let Some(proposer) = &mut self.proposer {
            proposer.stage = Stage::Persisting { token, block };
        }
        actions.push(Action::Persist { token, blocks, own });
    }

    pub(crate) fn sign_failed(&mut self) {
        let Some(proposer) = &mut self.proposer else { return };
        if let Stage::Signing(header) = &proposer.stage {
            self.votes.uncast(&header.votes);
            proposer.stage = Stage::Idle;
        }
    }

    /// The own block is durable: now it may count, and leave.
    pub(crate) fn persisted(&mut self, now: Now, token: u64, actions: &mut Vec<Action>) {
        let Some(proposer) = &mut self.proposer else { return };
        let Stage::Persisting { token: awaited, block } = &proposer.stage else { return };
        if *awaited != token {
            return;
        }
        let block = block.clone();
        proposer.stage = Stage::Idle;
        self.counters.blocks_proposed = self.counters.blocks_proposed.saturating_add(1);
        let votes = block.votes().len() as u64;
        self.counters.votes_cast = self.counters.votes_cast.saturating_add(votes);
        let message = Message::Blocks(Bounded::new(vec![(*block).clone()]).unwrap_or_default());
        actions.push(Action::Send { to: Recipients::All, message });
        let nobody = self.nobody();
        self.receive(now, nobody, block.clone(), actions);
        // Catching up meanwhile may have left the block behind.
        if self.dag.get(&block.reference()).is_none() {
            actions.push(Action::Reclaim(vec![block]));
        }
        // It was named in its own `Persist`.
        let own = self.own();
        self.unpersisted.retain(|accepted| Some(accepted.author()) != own);
    }
}
