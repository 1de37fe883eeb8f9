//! Byzantine validators: what a faulty committee member says instead of what its replica would.
//!
//! A Byzantine node runs a real replica on a real host. A [`Strategy`] changes what leaves it, per
//! recipient, and invents messages of its own. It signs with its own key alone: what others
//! signed it may withhold, repeat or garble, never forge.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use kaldrix_consensus::Message;
use kaldrix_types::encoding::Bounded;
use kaldrix_types::{AuthorityIndex, Block, BlockHeader, Genesis, PeerId, Transaction};

mod strategy;

pub use strategy::Strategy;

/// Own blocks, true and invented ones, that a Byzantine node can still send.
const BLOCKS_KEPT_MAX: usize = 1024;

/// What a Byzantine node says, and to whom.
pub type Said = (PeerId, Message);

/// The faulty part of a node, beside its host.
#[derive(Debug)]
pub struct Byzantine {
    own: AuthorityIndex,
    /// Every other node of the network.
    peers: Vec<PeerId>,
    genesis: Arc<Genesis>,
    random: fastrand::Rng,
    strategy: Strategy,
    /// How often each strategy changed, withheld or invented a message.
    counts: BTreeMap<Strategy, u64>,
    /// Own blocks that no replica made, to be sent to who asks for them.
    invented: VecDeque<Block>,
}

impl Byzantine {
    /// Byzantine nodes of equal seeds draw alike, and so conspire.
    pub fn new(
        own: AuthorityIndex,
        peers: Vec<PeerId>,
        genesis: Arc<Genesis>,
        strategy: Strategy,
        seed: u64,
    ) -> Self {
        let random = fastrand::Rng::with_seed(seed);
        let (counts, invented) = (BTreeMap::new(), VecDeque::new());
        Self { own, peers, genesis, random, strategy, counts, invented }
    }

    /// Goes on with another strategy.
    pub fn play(&mut self, strategy: Strategy) {
        self.strategy = strategy;
    }

    pub fn strategy(&self) -> Strategy {
        self.strategy
    }

    pub fn counts(&self) -> &BTreeMap<Strategy, u64> {
        &self.counts
    }

    /// What goes to `to` instead of the replica's `message`. Called once for each recipient.
    pub fn outgoing(&mut self, _now_ms: u64, to: PeerId, message: Message) -> Vec<Message> {
        match self.strategy {
            Strategy::Silence => {
                self.count();
                Vec::new()
            }
            Strategy::TwinBlocks => self.tell_twins(to, message),
        }
    }

    /// What it answers on its own to a message that its replica gets too.
    pub fn incoming(&mut self, _now_ms: u64, from: PeerId, message: &Message) -> Vec<Said> {
        let Message::FetchBlocks(wanted) = message else { return Vec::new() };
        let is_wanted = |block: &&Block| wanted.iter().any(|w| w.id == block.signed_root().id());
        let found: Vec<Block> = self.invented.iter().filter(is_wanted).cloned().collect();
        if found.is_empty() {
            return Vec::new();
        }
        vec![(from, Message::Blocks(Bounded::new(found).unwrap_or_default()))]
    }

    /// What it says unasked. To be called about every 50 ms.
    pub fn tick(&mut self, _now_ms: u64) -> Vec<Said> {
        Vec::new()
    }

    fn count(&mut self) {
        *self.counts.entry(self.strategy).or_default() += 1;
    }

    /// Which of two sides of the network a peer is told to be on.
    fn side(&self, to: PeerId) -> bool {
        self.peers.iter().position(|peer| *peer == to).is_some_and(|index| index % 2 == 1)
    }

    fn tell_twins(&mut self, to: PeerId, message: Message) -> Vec<Message> {
        let Message::Blocks(blocks) = message else { return vec![message] };
        let mut told = blocks.into_inner();
        if self.side(to) {
            let own = self.own;
            for block in told.iter_mut().filter(|block| block.header.author == own) {
                let mut header = block.header.clone();
                header.timestamp_ms = header.timestamp_ms.wrapping_add(1);
                *block = seal(header, block.transactions.to_vec());
                self.invented.push_back(block.clone());
                self.invented.truncate(BLOCKS_KEPT_MAX);
            }
            self.count();
        }
        vec![Message::Blocks(Bounded::new(told).unwrap_or_default())]
    }
}

/// Signs with the own key.
fn seal(header: BlockHeader, transactions: Vec<Transaction>) -> Block {
    (*crate::host::seal(header, transactions)).clone()
}
