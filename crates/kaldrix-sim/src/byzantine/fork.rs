//! Own blocks beside the replica's: twins, and whole chains of them.

use std::collections::BTreeMap;

use kaldrix_types::committee::Stake;
use kaldrix_types::encoding::Bounded;
use kaldrix_types::{
    Address, Block, BlockHeader, BlockId, BlockRef, LedgerBlockId, PeerId, Round, Transaction,
    VerifiedBlock, Vote,
};

use super::{Byzantine, Strategy};
use crate::{workload, world};

/// Forked blocks that are kept.
const FORKS_KEPT_MAX: usize = 512;
/// Votes for heights that no honest node keeps.
const FAR_HEIGHTS: u64 = 5_000;
/// Heights ahead that one block votes for.
const MANY_HEIGHTS: u64 = 40;
const DAY_MS: u64 = 86_400_000;

/// Which of several blocks of a round a peer is told. Lane 0 is the replica's own.
type Lane = usize;

/// What was made in each lane of a block of the replica.
#[derive(Debug, Default)]
pub struct Forks {
    made: BTreeMap<(Round, BlockId, Lane), VerifiedBlock>,
}

impl Forks {
    pub fn get(&self, reference: &BlockRef) -> Option<&VerifiedBlock> {
        self.made.values().find(|block| block.reference() == *reference)
    }
}

impl Byzantine {
    /// The block that `to` is told instead of the replica's `block`, the same at every call.
    pub(super) fn fork(&mut self, strategy: Strategy, to: PeerId, block: Block) -> Block {
        let lane = self.lane(strategy, to);
        if lane == 0 {
            return block;
        }
        let (round, id) = (block.header.round, block.signed_root().id());
        if let Some(made) = self.forks.made.get(&(round, id, lane)) {
            return (**made).clone();
        }
        let mut header = block.header;
        let mut transactions = block.transactions.into_inner();
        if is_chained(strategy) {
            self.chain(&mut header, lane);
        }
        self.change(strategy, lane, &mut header, &mut transactions);
        let made = self.seal(header, transactions);
        self.count();
        self.forks.made.insert((round, id, lane), made.clone());
        while self.forks.made.len() > FORKS_KEPT_MAX {
            self.forks.made.pop_first();
        }
        (*made).clone()
    }

    fn lane(&self, strategy: Strategy, to: PeerId) -> Lane {
        match strategy {
            Strategy::TwinBlocks | Strategy::TwinChains => usize::from(self.side(to)),
            Strategy::TwoFaces => usize::from(self.place(to) > 0),
            Strategy::ManyBlocks
            | Strategy::ManyChains
            | Strategy::ManyChainsBomb
            | Strategy::StingyParents => self.place(to),
            Strategy::StolenTransactions | Strategy::FalseVotes | Strategy::FalseTimestamps => 1,
            _ => 0,
        }
    }

    /// The block's own parent is that of its lane.
    fn chain(&self, header: &mut BlockHeader, lane: Lane) {
        let mut parents = header.parents.to_vec();
        if let Some(own) = parents.first_mut()
            && let Some(forked) = self.forks.made.get(&(own.round, own.id, lane))
        {
            *own = forked.reference();
        }
        header.parents = Bounded::new(parents).unwrap_or_default();
    }

    /// Makes the block another one, in the strategy's way.
    fn change(
        &mut self,
        strategy: Strategy,
        lane: Lane,
        header: &mut BlockHeader,
        transactions: &mut Vec<Transaction>,
    ) {
        match strategy {
            Strategy::FalseTimestamps => header.timestamp_ms = self.false_timestamp(header),
            Strategy::FalseVotes => self.vote_falsely(header),
            Strategy::TwoFaces => self.ignore_first_peer(header),
            Strategy::StolenTransactions => *transactions = self.stolen_transactions(),
            _ => {
                header.timestamp_ms = header.timestamp_ms.wrapping_add(lane as u64);
                if strategy == Strategy::StingyParents || self.random.bool() {
                    self.drop_parents(header);
                }
                if self.random.bool() {
                    transactions.clear();
                }
            }
        }
    }

    /// Transactions of others, some spoilt, and one that nobody signed.
    fn stolen_transactions(&mut self) -> Vec<Transaction> {
        if !self.memory.steals() {
            return Vec::new();
        }
        let mut stolen = self.memory.transactions(&mut self.random);
        let random = &mut self.random;
        stolen.iter_mut().filter(|_| random.bool()).for_each(workload::spoil);
        stolen.push(self.forged_transaction());
        stolen
    }

    /// A client's next transaction, which it never signed.
    fn forged_transaction(&mut self) -> Transaction {
        let client = self.random.u64(0..world::CLIENTS as u64);
        let sequence = self.memory.next_sequence(&Address::of(&workload::key(client)));
        workload::forged(self.genesis.chain_id(), client, sequence)
    }

    fn false_timestamp(&mut self, header: &BlockHeader) -> u64 {
        let stamp = header.timestamp_ms;
        match self.random.u32(0..5) {
            0 => 0,
            1 => u64::MAX,
            2 => stamp.saturating_sub(DAY_MS),
            3 => stamp.saturating_add(DAY_MS),
            _ => stamp,
        }
    }

    /// Leaves out parents of others, in random order, as far as a quorum is left.
    fn drop_parents(&mut self, header: &mut BlockHeader) {
        let committee = &self.genesis.committee;
        let before = header.round.saturating_sub(1);
        let counts = |parent: &BlockRef| parent.round == before;
        let mut stake: Stake = header
            .parents
            .iter()
            .filter(|parent| counts(parent))
            .map(|parent| committee.stake(parent.author))
            .sum();
        let mut parents = header.parents.to_vec();
        let mut others: Vec<BlockRef> = parents.iter().skip(1).copied().collect();
        self.random.shuffle(&mut others);
        for parent in others {
            let held = if counts(&parent) { committee.stake(parent.author) } else { 0 };
            if committee.is_quorum(stake - held) {
                stake -= held;
                parents.retain(|kept| *kept != parent);
            }
        }
        header.parents = Bounded::new(parents).unwrap_or_default();
    }

    /// Leaves out the first peer's block, if the others are a quorum.
    fn ignore_first_peer(&self, header: &mut BlockHeader) {
        let committee = &self.genesis.committee;
        let ignored = self.peers.first().and_then(|peer| committee.authority_of_peer(peer));
        let mut parents = header.parents.to_vec();
        parents.retain(|parent| Some(parent.author) != ignored);
        let before = parents.iter().filter(|parent| parent.round + 1 == header.round);
        let stake: Stake = before.map(|parent| committee.stake(parent.author)).sum();
        if committee.is_quorum(stake) {
            header.parents = Bounded::new(parents).unwrap_or_default();
        }
    }

    /// Votes rise in height, as they must, and are wrong in every other way.
    fn vote_falsely(&mut self, header: &mut BlockHeader) {
        let known = self.memory.height();
        let mut votes: BTreeMap<u64, LedgerBlockId> =
            header.votes.iter().map(|vote| (vote.height, vote.block)).collect();
        let mut bytes = [0; 32];
        self.random.fill(&mut bytes);
        let invented = LedgerBlockId::from(bytes);
        match self.random.u32(0..8) {
            0 => votes.values_mut().for_each(|block| *block = invented),
            // Also of a height that it has voted for already.
            1 => drop(votes.insert(known.saturating_sub(self.random.u64(0..3)).max(1), invented)),
            2 => drop(votes.insert(known + self.random.u64(1..20), invented)),
            3 => drop(votes.insert(known + FAR_HEIGHTS, invented)),
            4 => drop(votes.insert(u64::MAX, invented)),
            // For ever more results of each.
            5 | 6 => {
                let heights = known + 1..=known + MANY_HEIGHTS;
                votes.extend(heights.map(|height| (height, invented)));
            }
            _ => votes.clear(),
        }
        let votes = votes.into_iter().map(|(height, block)| Vote { height, block });
        header.votes = Bounded::new(votes.take(60).collect()).unwrap_or_default();
    }
}

/// Whether a strategy's blocks build on its own blocks rather than on the replica's.
fn is_chained(strategy: Strategy) -> bool {
    !matches!(strategy, Strategy::TwinBlocks | Strategy::ManyBlocks)
}
