//! Blocks that break the rules of acceptance, one rule a block, or that nobody signed.

use kaldrix_types::committee::Stake;
use kaldrix_types::encoding::Bounded;
use kaldrix_types::{
    AuthorityIndex, Block, BlockHeader, BlockId, BlockRef, ChainId, LedgerBlockId, Round, Vote,
};

use super::Byzantine;
use crate::signatures::nobodys;

/// What is wrong with a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flaw {
    NoParents,
    NoOwnParent,
    OwnParentLast,
    OwnParentUnknown,
    TooFewParents,
    RepeatedAuthor,
    StrangeAuthor,
    /// The only block of a stranger that any node could have.
    StrangersGenesis,
    ParentOfSameRound,
    ParentOfLaterRound,
    FalseGenesis,
    UnknownParent,
    RoundZero,
    RoundHuge,
    RoundAhead,
    RoundBelowParents,
    VotesFall,
    VotesRepeat,
    OtherEpoch,
    OtherChain,
    StrangersBlock,
    OthersBlock,
    /// In the name of another, with a signature that nobody made.
    UnsignedBlock,
    /// Nothing but the second of two: sent after the first, and so needed by nobody.
    Twin,
}

const FLAWS: &[Flaw] = &[
    Flaw::NoParents,
    Flaw::NoOwnParent,
    Flaw::OwnParentLast,
    Flaw::OwnParentUnknown,
    Flaw::TooFewParents,
    Flaw::RepeatedAuthor,
    Flaw::StrangeAuthor,
    Flaw::StrangersGenesis,
    Flaw::ParentOfSameRound,
    Flaw::ParentOfLaterRound,
    Flaw::FalseGenesis,
    Flaw::UnknownParent,
    Flaw::RoundZero,
    Flaw::RoundHuge,
    Flaw::RoundAhead,
    Flaw::RoundBelowParents,
    Flaw::VotesFall,
    Flaw::VotesRepeat,
    Flaw::OtherEpoch,
    Flaw::OtherChain,
    Flaw::StrangersBlock,
    Flaw::OthersBlock,
    Flaw::UnsignedBlock,
    Flaw::Twin,
];

impl Byzantine {
    /// The block, and now and then a flawed one before it.
    pub(super) fn with_flawed(&mut self, block: Block) -> Vec<Block> {
        let Some(flaw) = self.random.choice(FLAWS).filter(|_| self.random.bool()) else {
            return vec![block];
        };
        self.count();
        let mut header = block.header.clone();
        self.spoil(*flaw, &mut header);
        // Where the flaw leaves the header as it is, this is a twin.
        header.timestamp_ms = header.timestamp_ms.wrapping_add(1);
        let mut flawed = Block::clone(&self.seal(header, block.transactions.to_vec()));
        match flaw {
            Flaw::Twin => vec![block, flawed],
            Flaw::UnsignedBlock => {
                flawed.signature = nobodys(flawed.signature.scheme());
                vec![flawed, block]
            }
            _ => vec![flawed, block],
        }
    }

    fn invented_parent(&mut self, parent: BlockRef) -> BlockRef {
        let mut id = [0; 32];
        self.random.fill(&mut id);
        BlockRef { id: BlockId::from(id), ..parent }
    }

    /// An author whose block of the round before the rest of a quorum does not need.
    fn expendable(&self, parents: &[BlockRef], round: Round) -> Option<AuthorityIndex> {
        let committee = &self.genesis.committee;
        let of = |author| parents.iter().find(|parent| parent.author == author);
        let counts = |author| of(author).is_some_and(|parent| parent.round + 1 == round);
        let counting: Vec<AuthorityIndex> =
            committee.authorities().filter(|author| counts(*author)).collect();
        let stake: Stake = counting.iter().map(|author| committee.stake(*author)).sum();
        let others = committee.authorities().filter(|author| *author != self.own);
        others.into_iter().find(|author| {
            let held = if counts(*author) { committee.stake(*author) } else { 0 };
            committee.is_quorum(stake - held)
        })
    }

    fn spoil(&mut self, flaw: Flaw, header: &mut BlockHeader) {
        let mut parents = header.parents.to_vec();
        let size = u16::try_from(self.genesis.committee.size()).unwrap_or(u16::MAX);
        let (Some(first), Some(last)) = (parents.first().copied(), parents.last().copied()) else {
            return;
        };
        match flaw {
            Flaw::NoParents => parents.clear(),
            Flaw::NoOwnParent => drop(parents.remove(0)),
            Flaw::OwnParentLast => parents.rotate_left(1),
            Flaw::OwnParentUnknown => parents[0] = self.invented_parent(first),
            Flaw::TooFewParents => parents.truncate(2.min(parents.len() / 2)),
            Flaw::RepeatedAuthor => parents.push(last),
            Flaw::StrangeAuthor => {
                parents.push(BlockRef { author: AuthorityIndex(size + 3), ..last });
            }
            Flaw::StrangersGenesis => {
                let (chain_id, epoch) = (header.chain_id, header.epoch);
                parents.push(BlockRef::genesis(chain_id, epoch, AuthorityIndex(size)));
            }
            // One that is there, if another was quicker to make its block of this round.
            Flaw::ParentOfSameRound => {
                let other = self.memory.of_round(header.round, self.own);
                let other = other.unwrap_or(BlockRef { round: header.round, ..last });
                put(&mut parents, other);
            }
            Flaw::ParentOfLaterRound => put(&mut parents, BlockRef { round: u64::MAX, ..last }),
            Flaw::FalseGenesis => {
                let author = self.expendable(&parents, header.round).unwrap_or(last.author);
                put(&mut parents, self.invented_parent(BlockRef { round: 0, author, ..last }));
            }
            Flaw::UnknownParent => put(&mut parents, self.invented_parent(last)),
            Flaw::RoundZero => header.round = 0,
            Flaw::RoundHuge => header.round = u64::MAX - self.random.u64(0..2),
            Flaw::RoundAhead => {
                header.round += self.random.u64(1..2_000);
                parents.iter_mut().for_each(|parent| parent.round = header.round - 1);
            }
            Flaw::RoundBelowParents => header.round = header.round.saturating_sub(1),
            Flaw::VotesFall => header.votes = false_votes(&[3, 2]),
            Flaw::VotesRepeat => header.votes = false_votes(&[2, 2]),
            Flaw::OtherEpoch => header.epoch = header.epoch.wrapping_add(1),
            Flaw::OtherChain => header.chain_id = ChainId::from([7; 32]),
            Flaw::StrangersBlock => header.author = AuthorityIndex(size),
            Flaw::OthersBlock | Flaw::UnsignedBlock => {
                header.author = last.author;
                parents.rotate_right(1);
            }
            Flaw::Twin => {}
        }
        header.parents = Bounded::new(parents).unwrap_or_default();
    }
}

/// Puts a parent in the place of its author's, or to the end.
fn put(parents: &mut Vec<BlockRef>, parent: BlockRef) {
    match parents.iter_mut().find(|other| other.author == parent.author) {
        Some(other) => *other = parent,
        None => parents.push(parent),
    }
}

fn false_votes<const MAX: usize>(heights: &[u64]) -> Bounded<Vote, MAX> {
    let block = LedgerBlockId::from([1; 32]);
    let votes = heights.iter().map(|height| Vote { height: *height, block });
    Bounded::new(votes.collect()).unwrap_or_default()
}
