//! Messages and transactions on their way.

use kaldrix_consensus::{Message, Recipients};

use super::{BYZANTINE_TICK_MS, Done, Happening, Simulation};
use crate::nodes::Node;
use crate::parcel::Parcel;
use crate::scenario::Submission;
use crate::violation::Rule;
use crate::workload;

/// A client whose node is down tries again after this long, in a network that rests for hours
/// at most [`RETRY_STRETCH_MAX`] times as long.
const RETRY_MS: u64 = 100;
const RETRY_STRETCH_MAX: u64 = 100;

impl Simulation {
    pub(super) fn send(&mut self, from: Node, to: Recipients, message: Message) -> Done {
        self.look_at(from, &message)?;
        let committee = self.scenario.stakes.len();
        let meant: Vec<Node> = match to {
            Recipients::All => (0..self.stations.len()).collect(),
            Recipients::Committee => (0..committee).collect(),
            Recipients::One(id) => {
                self.stations.iter().position(|station| station.host.id == id).into_iter().collect()
            }
        };
        let parcel = Parcel::from(message);
        for to in meant.into_iter().filter(|to| *to != from) {
            let now_ms = self.time_ms;
            let id = self.stations[to].host.id;
            match &mut self.stations[from].byzantine {
                Some(byzantine) => {
                    let said = byzantine.outgoing(now_ms, id, parcel.message().clone());
                    said.into_iter().for_each(|said| self.transmit(from, to, &said.into()));
                }
                None => self.transmit(from, to, &parcel),
            }
        }
        Ok(())
    }

    /// What an honest validator says of itself.
    fn look_at(&mut self, from: Node, message: &Message) -> Done {
        // What only a Byzantine node had is asked for, ever more rarely, until rounds go on.
        let fetching =
            matches!(message, Message::FetchBlocks(_) | Message::Absent(_) | Message::Passed(_));
        if !fetching && !matches!(message, Message::Status(_)) {
            self.stage.note_traffic(from, message);
        }
        if matches!(message, Message::OwnRoundQuery) && self.is_honest(from) {
            self.checks.asks_own_round(from)?;
        }
        if let (Message::OwnRound { proposed }, Some(own)) =
            (message, self.stations[from].host.authority)
            && self.is_honest(from)
        {
            self.checks.answered(own, *proposed)?;
        }
        if let Message::Blocks(blocks) = message
            && self.is_honest(from)
        {
            let own = self.stations[from].host.authority;
            let own_blocks = blocks.iter().filter(|block| Some(block.header.author) == own);
            for block in own_blocks {
                let (chain_id, committee) = (self.checks.chain_id(), &self.genesis.committee);
                let block = self.signatures.verify_block(block, chain_id, committee);
                let Some(block) = block else {
                    return Err((
                        Rule::UnsyncedBlock,
                        format!("{from} sends what it never signed"),
                    ));
                };
                self.checks.sent(&block)?;
            }
        }
        Ok(())
    }

    fn transmit(&mut self, from: Node, to: Node, parcel: &Parcel) {
        if !self.is_up(to) {
            return;
        }
        self.report.messages += 1;
        let link = (from, to);
        let tally = &mut self.report.tally;
        let (life, connection) = (self.stations[to].host.life, self.network.connection(from, to));
        for delay_ms in self.network.copies(&mut self.random, self.time_ms, link, tally) {
            let parcel = parcel.clone();
            let happening = Happening::Deliver { from, to, life, connection, parcel };
            self.agenda.plan(self.time_ms + delay_ms, happening);
        }
    }

    pub(super) fn deliver(&mut self, from: Node, to: Node, parcel: &Parcel) -> Done {
        let from_id = self.stations[from].host.id;
        if let Some(byzantine) = &mut self.stations[to].byzantine {
            let said = byzantine.incoming(self.time_ms, from_id, parcel.message());
            self.say(to, said);
        }
        let now_ms = self.now(to);
        let effects = self.stations[to].host.receive(now_ms, from_id, parcel);
        self.note(to, effects.len());
        self.follow(to, effects)
    }

    pub(super) fn byzantine_tick(&mut self, node: Node) -> Done {
        if self.is_up(node)
            && let Some(byzantine) = &mut self.stations[node].byzantine
        {
            let said = byzantine.tick(self.time_ms);
            self.say(node, said);
        }
        if !self.stage.has_stopped(node, self) {
            let interval_ms = BYZANTINE_TICK_MS * self.scenario.stretch;
            self.agenda.plan(self.time_ms + interval_ms, Happening::ByzantineTick { node });
        }
        Ok(())
    }

    fn say(&mut self, from: Node, said: Vec<crate::byzantine::Said>) {
        for (to, message) in said {
            let to = self.stations.iter().position(|station| station.host.id == to);
            if let Some(to) = to.filter(|to| *to != from) {
                self.transmit(from, to, &message.into());
            }
        }
    }

    /// A client submits again until a node takes its transaction, and the next one only then.
    pub(super) fn submit(&mut self, submission: Submission) -> Done {
        let Submission { node, client, sequence, .. } = submission;
        let chain_id = self.checks.chain_id();
        let transaction = workload::transfer(&self.signatures, chain_id, client, sequence);
        self.submitted.entry(transaction.id()).or_insert(self.time_ms);
        let client = usize::try_from(client).unwrap_or(0);
        if !self.is_up(node) || self.sequences[client] < sequence {
            let stretch = self.scenario.stretch.min(RETRY_STRETCH_MAX);
            let at_ms = self.time_ms + RETRY_MS * stretch;
            self.agenda.plan(at_ms, Happening::Submit(submission));
            return Ok(());
        }
        self.sequences[client] = self.sequences[client].max(sequence + 1);
        let now_ms = self.now(node);
        let effects = self.stations[node].host.submit(now_ms, transaction);
        self.follow(node, effects)
    }

    /// Folds a step into the digest of the run.
    fn note(&mut self, node: Node, effects: usize) {
        for value in [self.time_ms, node as u64, effects as u64] {
            self.report.trace = (self.report.trace ^ value).wrapping_mul(0x0100_0000_01b3);
            self.report.trace = self.report.trace.rotate_left(23);
        }
    }
}
