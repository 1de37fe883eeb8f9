//! Talking to peers: status, missing blocks, ranges of the ledger.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use kaldrix_types::encoding::{self, Bounded};
use kaldrix_types::{AuthorityIndex, Block, BlockRef, PeerId, Round, VerifiedBlock};

use crate::catch_up::Progress;
use crate::event::{Action, LedgerRange, Moment, Now, Recipients, Replayed};
use crate::message::{LedgerReply, Message, PeerStatus};
use crate::replica::{Peer, Replica};
use crate::sync::Asking;

impl Replica {
    pub(crate) fn connected(&mut self, now: Now, id: PeerId, actions: &mut Vec<Action>) {
        if self.peers.len() >= self.parameters.peers_max && !self.peers.contains_key(&id) {
            return;
        }
        let authority = self.dag.committee().authority_of_peer(&id);
        self.peers.insert(id, Peer { authority, ..Peer::default() });
        self.pending.ask_again(now.monotonic_ms);
        let to = Recipients::One(id);
        actions.push(Action::Send { to, message: Message::Status(self.own_status()) });
        // What the peer missed of the last own block it can't ask for: it does not know of it.
        if let Some(block) = self.last_own_block() {
            let blocks = Bounded::new(vec![(*block).clone()]).unwrap_or_default();
            actions.push(Action::Send { to, message: Message::Blocks(blocks) });
        }
        if !self.own_round.is_known() {
            actions.push(Action::Send { to, message: Message::OwnRoundQuery });
        }
        self.next_status = self.next_status.min(now.monotonic_ms);
    }

    fn last_own_block(&self) -> Option<VerifiedBlock> {
        let own = self.own()?;
        self.dag.slot(self.dag.accepted_round(own), own).next().cloned()
    }

    pub(crate) fn disconnected(&mut self, peer: &PeerId) {
        self.peers.remove(peer);
        if let Progress::Asked { peer: asked, .. } = self.catch_up.progress
            && asked == *peer
        {
            self.catch_up.progress = Progress::Idle;
        }
    }

    pub(crate) fn own_status(&self) -> PeerStatus {
        let rounds = self.accepted_rounds();
        PeerStatus {
            accepted: Bounded::new(rounds).unwrap_or_default(),
            committed_round: self.order.leader.map_or(0, |leader| leader.round),
            executed_height: self.votes.executed_height(),
            certified_height: self.votes.certified_height(),
        }
    }

    fn accepted_rounds(&self) -> Vec<Round> {
        let authorities = self.dag.committee().authorities();
        authorities.map(|author| self.dag.accepted_round(author)).collect()
    }

    pub(crate) fn message(
        &mut self,
        now: Now,
        from: PeerId,
        message: Message,
        actions: &mut Vec<Action>,
    ) {
        let Some(authority) = self.peers.get(&from).map(|peer| peer.authority) else { return };
        match message {
            // The host verifies blocks first and passes them as an event of their own.
            Message::Blocks(_) => {}
            Message::FetchBlocks(wanted) => self.answer_blocks(from, &wanted, actions),
            Message::FetchAbove(rounds) => self.answer_above(from, &rounds, actions),
            Message::Status(status) => self.note_status(now, from, status),
            Message::Nudge { round } => self.nudged(authority, round),
            Message::OwnRoundQuery => self.answer_own_round(from, authority, actions),
            Message::OwnRound { proposed } => self.note_own_round(authority, proposed),
            Message::FetchLedger { after } => {
                actions.push(Action::ServeLedger(LedgerRange { to: from, after }));
            }
            Message::Ledger(reply) => self.note_ledger(now, from, reply, actions),
            Message::Absent(references) => {
                for reference in references.iter().take(self.parameters.fetch_blocks_max) {
                    self.pending.absent(reference, from, now.monotonic_ms, self.peers.len());
                }
            }
            Message::Passed(references) => {
                for reference in references.iter().take(self.parameters.fetch_blocks_max) {
                    self.note_passed(now, (from, authority), reference, actions);
                }
            }
        }
    }

    /// Who waits for a block that no commit has may go on without it. Of a validity quorum who say
    /// so one is honest. Such a block is a Byzantine author's, who showed it to nobody in time: all
    /// others have left its round behind, and it is above the bound of one that comes back from an
    /// older ledger block.
    fn note_passed(
        &mut self,
        now: Now,
        (from, authority): (PeerId, Option<AuthorityIndex>),
        reference: &BlockRef,
        actions: &mut Vec<Action>,
    ) {
        self.pending.absent(reference, from, now.monotonic_ms, self.peers.len());
        let Some(passed_by) = authority.and_then(|by| self.pending.passed(reference, by)) else {
            return;
        };
        if self.dag.stake_of(passed_by) >= self.dag.committee().validity_stake() {
            self.dag.pass(*reference);
            let ready = self.pending.release(reference);
            self.accept_released(now, ready, actions);
        }
    }

    /// Whether no commit has a block that is not here, or ever will.
    fn has_passed(&self, reference: &BlockRef) -> bool {
        let is_settled =
            reference.round > self.complete_since && reference.round <= self.dag.floor();
        is_settled && !self.committed_before.contains(reference)
    }

    fn note_status(&mut self, now: Now, from: PeerId, status: PeerStatus) {
        let moment = now.monotonic_ms;
        let own = self.accepted_rounds();
        if let Some(peer) = self.peers.get_mut(&from) {
            peer.status = status;
            peer.status_at = moment;
            if peer.is_ahead(&own) {
                let settled = moment.saturating_add(self.settling_ms());
                self.above_at = Some(self.above_at.map_or(settled, |at| at.min(settled)));
            }
        }
    }

    /// When it is asked for what a status told of.
    pub(crate) fn above_at(&self) -> Option<Moment> {
        self.above_at.filter(|_| !self.catch_up.is_active())
    }

    /// How long blocks that a peer has may still be on their way here.
    fn settling_ms(&self) -> u64 {
        self.parameters.fetch_delay_ms.saturating_mul(2)
    }

    fn nudged(&mut self, authority: Option<AuthorityIndex>, round: Round) {
        let limit = self.clock.saturating_add(2);
        if let (Some(_), Some(proposer)) = (authority, &mut self.proposer) {
            proposer.nudged_round = proposer.nudged_round.max(round.min(limit));
        }
    }

    /// A validator that may itself not sign yet cannot vouch for anything.
    fn answer_own_round(
        &self,
        from: PeerId,
        authority: Option<AuthorityIndex>,
        actions: &mut Vec<Action>,
    ) {
        let Some(proposer) = &self.proposer else { return };
        if authority.is_none() || !self.own_round.is_known() {
            return;
        }
        let proposed = proposer.signed_round;
        let message = Message::OwnRound { proposed };
        actions.push(Action::Send { to: Recipients::One(from), message });
    }

    fn note_own_round(&mut self, authority: Option<AuthorityIndex>, proposed: Round) {
        if let Some(from) = authority {
            self.own_round.note(from, proposed);
        }
    }

    /// Takes up signing again once it is known where that is safe.
    pub(crate) fn settle_own_round(&mut self) {
        let Some(own) = self.own() else { return };
        if let Some(round) = self.own_round.settle(&self.dag, own)
            && let Some(proposer) = &mut self.proposer
        {
            proposer.signed_round = proposer.signed_round.max(round);
        }
    }

    fn answer_blocks(&self, to: PeerId, wanted: &[BlockRef], actions: &mut Vec<Action>) {
        let (mut found, mut absent, mut passed) = (Vec::new(), Vec::new(), Vec::new());
        for reference in wanted.iter().take(self.parameters.fetch_blocks_max) {
            // Of a chain whose author sent each block to another peer all may wait everywhere.
            match self.dag.get(reference).or(self.pending.get(reference)) {
                Some(block) => found.push(block.clone()),
                None if self.has_passed(reference) => passed.push(*reference),
                None => absent.push(*reference),
            }
        }
        self.answer(to, found, actions);
        for (references, message) in
            [(absent, Message::Absent as fn(_) -> _), (passed, Message::Passed)]
        {
            if let Ok(references) = Bounded::new(references)
                && !references.is_empty()
            {
                let message = message(references);
                actions.push(Action::Send { to: Recipients::One(to), message });
            }
        }
    }

    fn answer_above(&self, to: PeerId, rounds: &[Round], actions: &mut Vec<Action>) {
        let above = |author: AuthorityIndex| rounds.get(usize::from(author.0)).copied();
        let lowest = rounds.iter().copied().min().unwrap_or(0).saturating_add(1);
        let found = self
            .dag
            .blocks_from(lowest)
            .filter(|block| above(block.author()).is_some_and(|round| block.round() > round))
            .take(self.parameters.fetch_blocks_max.saturating_mul(4));
        self.answer(to, found.cloned().collect(), actions);
    }

    /// Sends blocks as far as one answer holds them, the first in any case.
    fn answer(&self, to: PeerId, blocks: Vec<VerifiedBlock>, actions: &mut Vec<Action>) {
        let mut bytes = 0_usize;
        let mut chosen: Vec<Block> = Vec::new();
        for block in blocks {
            bytes = bytes.saturating_add(encoding::to_bytes(&*block).len());
            if !chosen.is_empty() && bytes > self.parameters.answer_bytes_max {
                break;
            }
            chosen.push((*block).clone());
        }
        if let Ok(chosen) = Bounded::new(chosen)
            && !chosen.is_empty()
        {
            let message = Message::Blocks(chosen);
            actions.push(Action::Send { to: Recipients::One(to), message });
        }
    }

    /// Sends what is due: status, requests for missing blocks, the next step of catching up.
    pub(crate) fn exchange(&mut self, now: Now, actions: &mut Vec<Action>) {
        self.send_status(now, actions);
        self.fetch_missing(now, actions);
        self.fetch_above(now, actions);
        self.continue_catch_up(now, actions);
    }

    fn send_status(&mut self, now: Now, actions: &mut Vec<Action>) {
        if self.next_status > now.monotonic_ms {
            return;
        }
        self.next_status = now.monotonic_ms.saturating_add(self.parameters.status_interval_ms);
        if self.peers.is_empty() {
            return;
        }
        let message = Message::Status(self.own_status());
        actions.push(Action::Send { to: Recipients::All, message });
        if !self.own_round.is_known() {
            let to = Recipients::Committee;
            actions.push(Action::Send { to, message: Message::OwnRoundQuery });
        }
        // A nudge may have been lost: the next step may send it again.
        if let Some(proposer) = &mut self.proposer {
            proposer.nudge_sent = 0;
        }
        self.nudge_for_others_blocks(actions);
    }

    /// When the next missing block is to be asked for.
    pub(crate) fn fetch_at(&self) -> Option<Moment> {
        if self.pending.is_empty() {
            return None;
        }
        let peers: BTreeSet<PeerId> = self.peers.keys().copied().collect();
        self.pending.wake_at(Asking { peers: &peers, is_urgent: self.is_urgent() })
    }

    /// Whether there is something to order, or a peer has blocks that this node has not.
    fn is_urgent(&self) -> bool {
        let own = self.accepted_rounds();
        self.is_awake() || self.peers.values().any(|peer| peer.is_ahead(&own))
    }

    fn fetch_missing(&mut self, now: Now, actions: &mut Vec<Action>) {
        if self.fetch_at().is_none_or(|at| at > now.monotonic_ms) {
            return;
        }
        let peers: BTreeSet<PeerId> = self.peers.keys().copied().collect();
        let asking = Asking { peers: &peers, is_urgent: self.is_urgent() };
        for (peer, wanted) in self.pending.requests(now.monotonic_ms, asking, &self.parameters) {
            if let Ok(wanted) = Bounded::new(wanted) {
                self.counters.fetches_sent = self.counters.fetches_sent.saturating_add(1);
                let message = Message::FetchBlocks(wanted);
                actions.push(Action::Send { to: Recipients::One(peer), message });
            }
        }
    }

    /// Asks a peer for all it has above our rounds, if its last status still shows more (blocks that
    /// were on their way would be here by now), or if some of what it sent found no room.
    fn fetch_above(&mut self, now: Now, actions: &mut Vec<Action>) {
        let moment = now.monotonic_ms;
        let (settling_ms, timeout) = (self.settling_ms(), self.parameters.fetch_timeout_ms);
        // A range brings blocks, too: what is above it is asked for after that.
        if self.catch_up.is_active() {
            return;
        }
        for sender in self.pending.take_roomy(&self.parameters) {
            if let Some(peer) = self.peers.get_mut(&sender) {
                peer.is_roomy = true;
            }
        }
        let is_roomy = self.peers.values().any(|peer| peer.is_roomy);
        let is_awaited = is_roomy || self.above_at.is_some_and(|at| at <= moment);
        if is_awaited {
            self.above_at = None;
        }
        // What is below the floor would be refused, and fill every answer.
        let floor = self.dag.floor();
        let own: Vec<Round> =
            self.accepted_rounds().into_iter().map(|round| round.max(floor)).collect();
        let asked = self.peers.values().filter_map(|peer| peer.fetching_since).max();
        let until = asked.map(|since| since.saturating_add(timeout));
        if let Some(until) = until.filter(|until| *until > moment) {
            if is_awaited {
                self.above_at = Some(until);
            }
            return;
        }
        let due = |peer: &Peer| {
            let has_settled = peer.status_at.saturating_add(settling_ms) <= moment;
            peer.is_roomy || has_settled && peer.is_ahead(&own)
        };
        let Some((id, peer)) =
            // Who claims most and brings nothing must not be asked instead of all others.
            self.peers.iter_mut().filter(|(_, peer)| due(peer)).max_by_key(|(_, peer)| {
                (Reverse(peer.fetching_since), peer.status.committed_round)
            })
        else {
            return;
        };
        peer.fetching_since = Some(moment);
        peer.fetches_given_up = std::mem::take(&mut peer.is_roomy);
        self.counters.fetches_sent = self.counters.fetches_sent.saturating_add(1);
        if let Ok(rounds) = Bounded::new(own) {
            let message = Message::FetchAbove(rounds);
            actions.push(Action::Send { to: Recipients::One(*id), message });
        }
        if self.peers.values().any(|peer| peer.is_roomy) {
            self.above_at = Some(moment.saturating_add(timeout));
        }
    }

    /// When a request for a range times out.
    pub(crate) fn catch_up_at(&self) -> Option<Moment> {
        match self.catch_up.progress {
            Progress::Asked { at, .. } => {
                Some(at.saturating_add(self.parameters.ledger_timeout_ms))
            }
            _ => None,
        }
    }

    fn continue_catch_up(&mut self, now: Now, actions: &mut Vec<Action>) {
        let moment = now.monotonic_ms;
        // What was asked for has come another way.
        if let Progress::Asked { after, .. } = self.catch_up.progress
            && after != self.votes.executed_height()
        {
            self.catch_up.progress = Progress::Idle;
        }
        if let Progress::Asked { peer, .. } = self.catch_up.progress
            && self.catch_up_at().is_some_and(|at| at <= moment)
        {
            let until = moment.saturating_add(self.parameters.ledger_timeout_ms);
            self.catch_up.avoid(peer, until);
            self.catch_up.progress = Progress::Idle;
        }
        // Commits on their way end first, so that ranges start where execution ends.
        if self.catch_up.progress != Progress::Idle || !self.executing.is_empty() {
            return;
        }
        let committed = self.order.leader.map_or(0, |leader| leader.round);
        let depth = if self.is_stalled(moment) { 0 } else { self.gc_depth_rounds };
        let reach = committed.saturating_add(depth);
        let executed = self.votes.executed_height();
        let peers = self.peers.iter().map(|(id, peer)| (*id, &peer.status));
        let Some(peer) = self.catch_up.choose(moment, peers, executed, reach) else { return };
        self.counters.catch_ups = self.counters.catch_ups.saturating_add(1);
        self.catch_up.progress = Progress::Asked { peer, after: executed, at: moment };
        let message = Message::FetchLedger { after: executed };
        actions.push(Action::Send { to: Recipients::One(peer), message });
    }

    /// An ancestor has been missing for long, and nothing was committed meanwhile. It may be of an
    /// author that lost its disk, and below the bound of all who could go on without it.
    fn is_stalled(&self, now: Moment) -> bool {
        let since = self.pending.missing_since().map(|since| since.max(self.committed_at));
        since.is_some_and(|since| since.saturating_add(self.parameters.stall_ms) <= now)
    }

    fn note_ledger(
        &mut self,
        now: Now,
        from: PeerId,
        reply: Box<LedgerReply>,
        actions: &mut Vec<Action>,
    ) {
        let Progress::Asked { peer, .. } = self.catch_up.progress else { return };
        if peer != from || reply.after != self.votes.executed_height() {
            return;
        }
        if !self.executing.is_empty() {
            self.catch_up.progress = Progress::Idle;
            return;
        }
        if reply.blocks.is_empty() && !self.catch_up.required {
            let until = now.monotonic_ms.saturating_add(self.parameters.ledger_timeout_ms);
            self.catch_up.avoid(from, until);
            self.catch_up.progress = Progress::Idle;
            return;
        }
        self.catch_up.progress = Progress::Replaying;
        actions.push(Action::Replay { from, reply });
    }

    pub(crate) fn replayed(
        &mut self,
        now: Now,
        from: PeerId,
        result: Option<Replayed>,
        actions: &mut Vec<Action>,
    ) {
        self.catch_up.progress = Progress::Idle;
        let Some(replayed) = result else {
            let until = now.monotonic_ms.saturating_add(self.parameters.ledger_timeout_ms);
            self.catch_up.avoid(from, until);
            return;
        };
        self.catch_up.trust(&from);
        self.votes.install(Some(replayed.tip), replayed.certified_height);
        // From here on the DAG state belongs to an older ledger block, until a checkpoint comes.
        self.catch_up.required = replayed.checkpoint.is_none();
        if let Some(checkpoint) = replayed.checkpoint {
            self.install_checkpoint(now, &checkpoint, actions);
        }
    }
}
