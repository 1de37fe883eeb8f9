//! Byzantine validators: what a faulty committee member says instead of what its replica would.
//!
//! A Byzantine node runs a real replica on a real host. A [`Strategy`] changes what leaves it, per
//! recipient, and says things of its own. It signs with its own key alone: what others signed it
//! may withhold, repeat or garble. What it says in their name bears a signature that nobody made.

mod flaw;
mod forgery;
mod fork;
mod lie;
mod memory;
mod strategy;
mod withholding;

use std::collections::BTreeMap;
use std::sync::Arc;

use kaldrix_consensus::Message;
use kaldrix_crypto::seal_block;
use kaldrix_types::encoding::Bounded;
use kaldrix_types::{
    AuthorityIndex, Block, BlockHeader, Genesis, PeerId, Transaction, VerifiedBlock,
};

use fork::Forks;
use memory::Memory;
pub use strategy::Strategy;
use withholding::Withheld;

use crate::signatures::IdealSigner;

/// What a Byzantine node says, and to whom.
pub type Said = (PeerId, Message);

/// The faulty part of a node, beside its host.
#[derive(Debug)]
pub struct Byzantine {
    own: AuthorityIndex,
    signer: IdealSigner,
    /// Every other node of the network.
    peers: Vec<PeerId>,
    genesis: Arc<Genesis>,
    random: fastrand::Rng,
    strategy: Strategy,
    /// How often each strategy changed, withheld or invented a message.
    counts: BTreeMap<Strategy, u64>,
    memory: Memory,
    forks: Forks,
    withheld: Withheld,
}

impl Byzantine {
    /// Byzantine nodes of equal seeds draw alike, and so conspire.
    pub fn new(
        (own, signer): (AuthorityIndex, IdealSigner),
        peers: Vec<PeerId>,
        genesis: Arc<Genesis>,
        strategy: Strategy,
        seed: u64,
    ) -> Self {
        Self {
            own,
            signer,
            peers,
            genesis,
            random: fastrand::Rng::with_seed(seed),
            strategy,
            counts: BTreeMap::new(),
            memory: Memory::default(),
            forks: Forks::default(),
            withheld: Withheld::default(),
        }
    }

    /// Goes on with another strategy.
    pub fn play(&mut self, strategy: Strategy) {
        self.strategy = strategy;
    }

    pub fn counts(&self) -> &BTreeMap<Strategy, u64> {
        &self.counts
    }

    /// What goes to `to` instead of the replica's `message`. Called once for each recipient.
    pub fn outgoing(&mut self, now_ms: u64, to: PeerId, message: Message) -> Vec<Message> {
        self.memory.note(&message);
        match (self.strategy, message) {
            (Strategy::Silence, _) => self.nothing(),
            (Strategy::DroppedMessages, message) => {
                if self.random.bool() {
                    self.nothing()
                } else {
                    vec![message]
                }
            }
            (strategy, Message::Blocks(blocks)) => {
                let blocks = self.told(strategy, to, blocks.into_inner());
                let blocks = self.held_back(now_ms, strategy, to, blocks);
                messages(blocks)
            }
            (Strategy::FalseStatus | Strategy::FalseRanges, Message::Status(status)) => {
                vec![Message::Status(self.false_status(&status))]
            }
            (Strategy::FalseRanges, Message::Ledger(reply)) => {
                vec![Message::Ledger(self.false_range(reply))]
            }
            (Strategy::FalseOwnRounds, Message::OwnRound { proposed }) => {
                vec![Message::OwnRound { proposed: self.false_own_round(proposed) }]
            }
            (_, message) => vec![message],
        }
    }

    /// What it says on its own to a message that its replica gets too.
    pub fn incoming(&mut self, _now_ms: u64, from: PeerId, message: &Message) -> Vec<Said> {
        self.memory.note(message);
        let said = match (self.strategy, message) {
            (Strategy::Silence, _) => Vec::new(),
            (Strategy::FalseStatus, Message::FetchBlocks(wanted)) => {
                self.count();
                vec![Message::Passed(wanted.clone())]
            }
            (_, Message::FetchBlocks(wanted)) => self.answer(from, wanted),
            (Strategy::FalseRanges, Message::FetchLedger { after }) => self.invent_range(*after),
            _ => Vec::new(),
        };
        said.into_iter().map(|message| (from, message)).collect()
    }

    /// What it says unasked. To be called now and then.
    pub fn tick(&mut self, now_ms: u64) -> Vec<Said> {
        let mut said = self.withheld.due(now_ms);
        if self.strategy == Strategy::FalseOwnRounds {
            said.extend(self.hasty_own_rounds());
        }
        let Some(to) = self.random.choice(&self.peers).copied() else { return said };
        let message = match self.strategy {
            Strategy::Replays => self.repeat(),
            Strategy::Floods => Some(self.request()),
            _ => None,
        };
        if let Some(message) = message {
            self.count();
            said.push((to, message));
        }
        said
    }

    /// The blocks that a strategy tells a peer instead of the replica's.
    fn told(&mut self, strategy: Strategy, to: PeerId, blocks: Vec<Block>) -> Vec<Block> {
        let mut told = Vec::new();
        for block in blocks {
            if block.header.author != self.own {
                told.push(block);
            } else if strategy == Strategy::InvalidBlocks {
                told.extend(self.with_flawed(block));
            } else {
                told.push(self.fork(strategy, to, block));
            }
        }
        told
    }

    /// Own blocks that no replica would send.
    fn answer(&mut self, to: PeerId, wanted: &[kaldrix_types::BlockRef]) -> Vec<Message> {
        if !self.answers(to) {
            return self.nothing();
        }
        let found = wanted.iter().filter_map(|reference| {
            let invented = self.forks.get(reference).or_else(|| self.withheld.unsent(reference))?;
            Some((**invented).clone())
        });
        messages(found.collect())
    }

    fn count(&mut self) {
        let count = self.counts.entry(self.strategy).or_default();
        *count = count.saturating_add(1);
    }

    fn nothing<T>(&mut self) -> Vec<T> {
        self.count();
        Vec::new()
    }

    /// A peer's place in the list of peers.
    fn place(&self, peer: PeerId) -> usize {
        self.peers.iter().position(|other| *other == peer).unwrap_or(0)
    }

    /// One of two sides of the network. All Byzantine nodes draw the same line.
    fn side(&self, peer: PeerId) -> bool {
        peer.as_bytes()[0] % 2 == 1
    }

    /// Signs with the own key.
    fn seal(&self, header: BlockHeader, transactions: Vec<Transaction>) -> VerifiedBlock {
        let transactions = Bounded::new(transactions).unwrap_or_default();
        seal_block(header, transactions, &self.signer).expect("an ideal signer always signs")
    }
}

fn messages(blocks: Vec<Block>) -> Vec<Message> {
    match Bounded::new(blocks) {
        Ok(blocks) if !blocks.is_empty() => vec![Message::Blocks(blocks)],
        _ => Vec::new(),
    }
}
