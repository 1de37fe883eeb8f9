//! The replica: one step from an event to the actions it asks for.
//!
//! This module takes events apart and accepts blocks. `order` decides and commits, `propose` makes
//! own blocks, `exchange` talks to peers.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use kaldrix_types::{
    AuthorityIndex, BlockRef, ChainId, Committee, Genesis, PeerId, Round, VerifiedBlock,
};

use crate::acceptance::{self, Refusal};
use crate::catch_up::CatchUp;
use crate::counters::Counters;
use crate::dag::Dag;
use crate::event::{Action, Event, Moment, Now, Recovered, SignedRound};
use crate::linearizer::Linearizer;
use crate::message::PeerStatus;
use crate::order::LedgerCommit;
use crate::own_round::OwnRound;
use crate::parameters::Parameters;
use crate::proposal::Proposer;
use crate::schedule::{Schedule, Slot};
use crate::status::{Participation, Snapshot};
use crate::sync::Pending;
use crate::votes::Votes;

/// One node's part in consensus. A validator proposes and votes; any other node only follows.
#[derive(Debug)]
pub struct Replica {
    pub(crate) parameters: Parameters,
    pub(crate) dag: Dag,
    pub(crate) pending: Pending,
    pub(crate) schedule: Schedule,
    pub(crate) order: Linearizer,
    /// The first undecided slot.
    pub(crate) next_slot: Slot,
    pub(crate) votes: Votes,
    pub(crate) proposer: Option<Proposer>,
    pub(crate) own_round: OwnRound,
    pub(crate) catch_up: CatchUp,
    pub(crate) peers: BTreeMap<PeerId, Peer>,
    pub(crate) counters: Counters,
    /// The round to propose for: a quorum of the round before is here.
    pub(crate) clock: Round,
    pub(crate) clock_since: Moment,
    /// When that quorum came; not known of one that was read from the store.
    pub(crate) quorum_at: Option<Moment>,
    /// Accepted blocks with transactions that are not committed.
    pub(crate) uncommitted: BTreeSet<BlockRef>,
    /// Emitted commits without an answer, and whether they carry transactions.
    pub(crate) executing: BTreeMap<u64, bool>,
    pub(crate) executing_commits_max: usize,
    /// Accepted blocks that no `Persist` has named.
    pub(crate) unpersisted: Vec<VerifiedBlock>,
    pub(crate) next_token: u64,
    /// When a leader was last committed.
    pub(crate) committed_at: Moment,
    /// Commits that make ledger blocks, from the first one that is not certified.
    pub(crate) uncertified: VecDeque<LedgerCommit>,
    /// Blocks at or below this round nobody needs who has the last certified ledger block.
    pub(crate) recovery_bound: Round,
    /// Of the rounds above it all that was ever accepted is in the DAG.
    pub(crate) complete_since: Round,
    /// Blocks above the bound of the checkpoint that was taken up last which commits before it hold.
    pub(crate) committed_before: BTreeSet<BlockRef>,
    pub(crate) next_status: Moment,
    /// When blocks that a status told of should be here, and are asked for if they are not.
    pub(crate) above_at: Option<Moment>,
    /// When each author's clock was last reported.
    pub(crate) clocks_reported: BTreeMap<AuthorityIndex, Moment>,
    pub(crate) gc_depth_rounds: Round,
    pub(crate) schedule_commits: u64,
    halted: bool,
}

/// What is known of a connected peer.
#[derive(Debug, Default)]
pub(crate) struct Peer {
    pub authority: Option<AuthorityIndex>,
    pub status: PeerStatus,
    pub status_at: Moment,
    /// A request for all blocks above some rounds is out since then.
    pub fetching_since: Option<Moment>,
    /// Of what it sent something was given up for want of room that is there now.
    pub is_roomy: bool,
    /// The request is for that.
    pub fetches_given_up: bool,
}

impl Peer {
    /// Whether it has blocks of some author above these rounds.
    pub fn is_ahead(&self, own: &[Round]) -> bool {
        self.status.accepted.iter().zip(own).any(|(has, own)| has > own)
    }
}

impl Replica {
    /// `own` is this node's place in the committee, if it has one. The returned actions are to be
    /// performed before the first step: they execute what the store holds undecided.
    pub fn new(
        genesis: &Genesis,
        own: Option<AuthorityIndex>,
        parameters: Parameters,
        recovered: Recovered,
        now: Now,
    ) -> (Self, Vec<Action>) {
        let committee: Committee = genesis.committee.clone();
        let chain_id: ChainId = genesis.chain_id();
        let protocol = &genesis.protocol;
        let (signed_round, own_round) = match recovered.signed_round {
            SignedRound::Known(round) => (round, OwnRound::Known),
            SignedRound::Lost => (0, OwnRound::lost()),
        };
        let executing_commits_max = parameters.executing_commits(protocol.leaders_per_round);
        let required = recovered.checkpoint.is_none() && recovered.tip.is_some();
        let mut replica = Self {
            parameters,
            dag: Dag::new(chain_id, committee.clone()),
            pending: Pending::default(),
            schedule: Schedule::new(&committee, protocol.leaders_per_round),
            order: Linearizer::new(protocol.gc_depth_rounds, genesis.timestamp_ms),
            next_slot: Slot::FIRST,
            votes: Votes::new(committee),
            proposer: own.map(|own| Proposer::new(own, signed_round)),
            own_round,
            catch_up: CatchUp::new(required),
            peers: BTreeMap::new(),
            counters: Counters::default(),
            clock: 1,
            clock_since: now.monotonic_ms,
            quorum_at: None,
            uncommitted: BTreeSet::new(),
            executing: BTreeMap::new(),
            executing_commits_max,
            unpersisted: Vec::new(),
            next_token: 1,
            committed_at: now.monotonic_ms,
            uncertified: VecDeque::new(),
            recovery_bound: 0,
            complete_since: 0,
            committed_before: BTreeSet::new(),
            next_status: 0,
            above_at: None,
            clocks_reported: BTreeMap::new(),
            gc_depth_rounds: protocol.gc_depth_rounds,
            schedule_commits: protocol.schedule_commits,
            halted: false,
        };
        let mut actions = Vec::new();
        replica.votes.install(recovered.tip, recovered.certified_height);
        if let Some(checkpoint) = recovered.checkpoint {
            replica.install_checkpoint(now, &checkpoint, &mut actions);
            replica.keep_since(recovered.recovery_bound);
        }
        let nobody = replica.nobody();
        for block in recovered.blocks {
            if block.round() <= replica.dag.floor() {
                // Settled here, and kept for peers.
                replica.dag.insert(block);
                continue;
            }
            // It was accepted before, and is needed again even if it is one of two for a round.
            if acceptance::check(&replica.dag, &block, replica.parameters.rounds_ahead_max).is_ok()
            {
                replica.accept_or_hold(now, nobody, block, &mut actions);
            }
        }
        // What was read from the store need not go there again, and its faults are old news.
        replica.unpersisted.clear();
        replica.quorum_at = None;
        actions.clear();
        replica.advance(now, &mut actions);
        (replica, actions)
    }

    /// Takes one event and returns what to do, in order.
    pub fn step(&mut self, now: Now, event: Event) -> Vec<Action> {
        let mut actions = Vec::new();
        if self.halted {
            return actions;
        }
        match event {
            Event::Tick => {}
            Event::Connected(peer) => self.connected(now, peer, &mut actions),
            Event::Disconnected(peer) => self.disconnected(&peer),
            Event::Message { from, message } => self.message(now, from, message, &mut actions),
            Event::Blocks { from, blocks } => {
                let (before, is_answer) = (self.counters.blocks_accepted, blocks.len() > 1);
                for block in blocks {
                    self.receive(now, from, block, &mut actions);
                }
                // An answer without anything new would be the same once more.
                if self.counters.blocks_accepted > before
                    && let Some(peer) = self.peers.get_mut(&from)
                {
                    peer.fetching_since = None;
                    // One alone is a new block. An answer that brought some may not have held all.
                    peer.is_roomy |= is_answer && std::mem::take(&mut peer.fetches_given_up);
                }
            }
            Event::Payload { pending } => self.payload(pending, &mut actions),
            Event::OwnBlock(block) => self.own_block(block, &mut actions),
            Event::SignFailed => self.sign_failed(),
            Event::Persisted { token } => self.persisted(now, token, &mut actions),
            Event::Executed { commit_index, vote } => {
                self.executed(commit_index, vote, &mut actions);
            }
            Event::Replayed { from, result } => self.replayed(now, from, result, &mut actions),
        }
        self.advance(now, &mut actions);
        actions
    }

    /// Does all that has become possible or due.
    fn advance(&mut self, now: Now, actions: &mut Vec<Action>) {
        let commit_index = self.order.commit_index;
        self.decide(actions);
        // Commits raise the floor, and what waited for nothing above it is complete.
        while self.release_settled(now, actions) {
            self.decide(actions);
        }
        if self.order.commit_index > commit_index {
            self.committed_at = now.monotonic_ms;
        }
        self.exchange(now, actions);
        self.settle_own_round();
        self.propose(now, actions);
        self.persist_others(actions);
        if self.halted {
            actions.retain(|action| matches!(action, Action::Halt(_)));
        }
    }

    /// Accepts the blocks whose missing ancestors are now below the floor, and says if there were
    /// any.
    fn release_settled(&mut self, now: Now, actions: &mut Vec<Action>) -> bool {
        let ready = self.pending.raise_floor(self.dag.floor());
        let any = !ready.is_empty();
        self.accept_released(now, ready, actions);
        any
    }

    /// Accepts blocks that waited. Of two of an author for a round the second is as one that comes
    /// second: it enters if somebody's block needs it.
    pub(crate) fn accept_released(
        &mut self,
        now: Now,
        blocks: Vec<VerifiedBlock>,
        actions: &mut Vec<Action>,
    ) {
        for block in blocks {
            if self.check_twin(&block, actions).is_ok() {
                self.accept(now, block, actions);
            }
        }
    }

    /// When the next [`Event::Tick`] is due if nothing else happens.
    pub fn wake_at(&self) -> Moment {
        let times = [self.propose_at(), self.fetch_at(), self.above_at(), self.catch_up_at()];
        times.into_iter().flatten().fold(self.next_status, Moment::min)
    }

    /// Accepts a block, or holds it until its ancestors are here, or refuses it.
    pub(crate) fn receive(
        &mut self,
        now: Now,
        from: PeerId,
        block: VerifiedBlock,
        actions: &mut Vec<Action>,
    ) {
        let reference = block.reference();
        if self.dag.get(&reference).is_some() {
            return;
        }
        if self.pending.contains(&reference) {
            self.pending.offer(&reference, from, &self.parameters);
            return;
        }
        if let Err(refusal) = self.check(&block, actions) {
            self.refuse(from, reference, refusal, actions);
            return;
        }
        if !self.accept_or_hold(now, from, block, actions) {
            self.refuse(from, reference, Refusal::TooManyPending, actions);
        }
    }

    fn refuse(
        &mut self,
        from: PeerId,
        block: BlockRef,
        refusal: Refusal,
        actions: &mut Vec<Action>,
    ) {
        self.counters.blocks_refused = self.counters.blocks_refused.saturating_add(1);
        actions.push(Action::Refused { from, block, refusal });
    }

    /// False if the block would have to wait and there is no room.
    fn accept_or_hold(
        &mut self,
        now: Now,
        from: PeerId,
        block: VerifiedBlock,
        actions: &mut Vec<Action>,
    ) -> bool {
        let missing: BTreeSet<BlockRef> =
            block.parents().iter().filter(|parent| !self.dag.is_present(parent)).copied().collect();
        if !missing.is_empty() {
            return self.pending.hold(block, missing, from, now.monotonic_ms, &self.parameters);
        }
        self.accept(now, block, actions);
        true
    }

    fn check(&mut self, block: &VerifiedBlock, actions: &mut Vec<Action>) -> Result<(), Refusal> {
        acceptance::check(&self.dag, block, self.parameters.rounds_ahead_max)?;
        self.check_twin(block, actions)
    }

    /// Refuses the second block of an author for a round unless a block waits for it.
    fn check_twin(
        &mut self,
        block: &VerifiedBlock,
        actions: &mut Vec<Action>,
    ) -> Result<(), Refusal> {
        let author = block.author();
        let twin = self.dag.slot(block.round(), author).next();
        if let Some(first) = twin.cloned() {
            self.counters.equivocations = self.counters.equivocations.saturating_add(1);
            let reference = first.reference();
            actions.push(Action::Equivocation { first, second: block.clone() });
            // An ancestor of someone's block must be storable, or its descendants could not be.
            if !self.pending.is_wanted(&block.reference()) {
                return Err(Refusal::Equivocation { first: reference });
            }
        }
        Ok(())
    }

    /// Accepts a block whose ancestors are here, and all that waited for it.
    pub(crate) fn accept(&mut self, now: Now, block: VerifiedBlock, actions: &mut Vec<Action>) {
        let mut ready = vec![block];
        while let Some(block) = ready.pop() {
            let reference = block.reference();
            self.dag.insert(block.clone());
            self.counters.blocks_accepted = self.counters.blocks_accepted.saturating_add(1);
            self.unpersisted.push(block.clone());
            self.report_clock(now, &block, actions);
            if !block.transactions.is_empty() && !self.order.is_committed(&reference) {
                self.uncommitted.insert(reference);
                self.note_progress();
            }
            if let Some(proposer) = &mut self.proposer
                && proposer.own == reference.author
            {
                proposer.note_own(&block);
                proposer.signed_round = proposer.signed_round.max(reference.round);
            }
            match self.votes.count(&block) {
                Ok(certificates) => self.certified(certificates, actions),
                Err(halt) => self.halt(halt, actions),
            }
            self.advance_clock(now, reference.round);
            ready.extend(self.pending.release(&reference));
            while ready.last().cloned().is_some_and(|next| self.check_twin(&next, actions).is_err())
            {
                ready.pop();
            }
        }
        self.counters.votes_counted = self.votes.counted;
    }

    fn advance_clock(&mut self, now: Now, round: Round) {
        if round >= self.clock && self.dag.is_quorum(&self.dag.authors_of(round)) {
            self.clock = round.saturating_add(1);
            self.clock_since = now.monotonic_ms;
            self.quorum_at = Some(now.monotonic_ms);
        }
    }

    /// A clock that is far off is reported, and is no reason to refuse a block.
    fn report_clock(&mut self, now: Now, block: &VerifiedBlock, actions: &mut Vec<Action>) {
        const REPORT_INTERVAL_MS: u64 = 60_000;
        let stamp = block.header.timestamp_ms;
        let fresh = block.round() >= self.clock;
        if !fresh || stamp.abs_diff(now.wall_ms) <= self.parameters.clock_offset_ms_max {
            return;
        }
        let author = block.author();
        let due = self
            .clocks_reported
            .get(&author)
            .is_none_or(|at| now.monotonic_ms >= at.saturating_add(REPORT_INTERVAL_MS));
        if due {
            self.clocks_reported.insert(author, now.monotonic_ms);
            let distance = i64::try_from(stamp.abs_diff(now.wall_ms)).unwrap_or(i64::MAX);
            let ahead = stamp >= now.wall_ms;
            let offset_ms = if ahead { distance } else { distance.saturating_neg() };
            actions.push(Action::ClockOffset { author, offset_ms });
        }
    }

    /// Stores what was accepted from others, without haste.
    fn persist_others(&mut self, actions: &mut Vec<Action>) {
        if !self.unpersisted.is_empty() {
            let blocks = std::mem::take(&mut self.unpersisted);
            let token = self.take_token();
            actions.push(Action::Persist { token, blocks, own: None });
        }
    }

    /// The source of blocks that came from no peer.
    pub(crate) fn nobody(&self) -> PeerId {
        PeerId::from([0; 32])
    }

    pub(crate) fn own(&self) -> Option<AuthorityIndex> {
        self.proposer.as_ref().map(|proposer| proposer.own)
    }

    pub(crate) fn take_token(&mut self) -> u64 {
        let token = self.next_token;
        self.next_token = token.saturating_add(1);
        token
    }

    pub(crate) fn halt(&mut self, halt: crate::event::Halt, actions: &mut Vec<Action>) {
        self.halted = true;
        actions.push(Action::Halt(halt));
    }

    pub(crate) fn note_progress(&mut self) {
        let clock = self.clock;
        if let Some(proposer) = &mut self.proposer {
            proposer.progress_round = clock;
        }
    }

    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    pub fn committee(&self) -> &Committee {
        self.dag.committee()
    }

    /// Accepted blocks from `round` upward, lowest first.
    pub fn blocks_from(&self, round: Round) -> impl Iterator<Item = &VerifiedBlock> {
        self.dag.blocks_from(round)
    }

    pub fn is_committed(&self, reference: &BlockRef) -> bool {
        self.order.is_committed(reference)
    }

    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            round: self.clock,
            last_leader: self.order.leader,
            commit_index: self.order.commit_index,
            executed_height: self.votes.executed_height(),
            certified_height: self.votes.certified_height(),
            pending_blocks: self.pending.waiting_count(),
            missing_blocks: self.pending.missing_count(),
            lowest_missing_round: self.pending.lowest_missing_round(),
            dag_blocks: self.dag.len(),
            dag_rounds: self.dag.rounds(),
            overdue_rounds: self.kept().1,
            executing_commits: self.executing.len(),
            uncommitted_blocks: self.uncommitted.len(),
            gathered_votes: self.votes.gathered_count(),
            voted_height: self.votes.gathered_height(),
            catching_up: self.catch_up.is_active(),
            may_sign: self.own_round.is_known(),
            quiet: !self.is_awake(),
        }
    }

    /// Each author's share in the last committed rounds.
    pub fn participation(&self) -> Vec<Participation> {
        const WINDOW_ROUNDS: Round = 50;
        // Of the leader's own round nothing but the leader can be committed yet.
        let last = self.order.leader.map_or(0, |leader| leader.round.saturating_sub(1));
        let first = last.saturating_sub(WINDOW_ROUNDS).max(self.order.bound()).saturating_add(1);
        let rounds = last.saturating_add(1).saturating_sub(first);
        let mut committed: BTreeMap<AuthorityIndex, BTreeSet<Round>> = BTreeMap::new();
        for reference in
            self.order.committed().filter(|block| (first..=last).contains(&block.round))
        {
            committed.entry(reference.author).or_default().insert(reference.round);
        }
        let share = |author| Participation {
            author,
            committed_rounds: committed.get(&author).map_or(0, |rounds| rounds.len() as u64),
            rounds,
            last_round: self.dag.accepted_round(author),
            excluded: self.schedule.excluded().contains(&author),
        };
        self.dag.committee().authorities().map(share).collect()
    }
}

#[cfg(test)]
#[path = "replica_tests.rs"]
mod tests;
