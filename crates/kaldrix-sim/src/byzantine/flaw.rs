//! Blocks that break the rules of acceptance, one rule a block.

use kaldrix_types::encoding::Bounded;
use kaldrix_types::{
    AuthorityIndex, Block, BlockHeader, BlockId, BlockRef, ChainId, LedgerBlockId, Vote,
};

use super::Byzantine;

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
}

const FLAWS: &[Flaw] = &[
    Flaw::NoParents,
    Flaw::NoOwnParent,
    Flaw::OwnParentLast,
    Flaw::OwnParentUnknown,
    Flaw::TooFewParents,
    Flaw::RepeatedAuthor,
    Flaw::StrangeAuthor,
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
        let flawed = self.seal(header, block.transactions.to_vec());
        vec![(*flawed).clone(), block]
    }

    fn invented_parent(&mut self, parent: BlockRef) -> BlockRef {
        let mut id = [0; 32];
        self.random.fill(&mut id);
        BlockRef { id: BlockId::from(id), ..parent }
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
            Flaw::ParentOfSameRound => parents.push(BlockRef { round: header.round, ..last }),
            Flaw::ParentOfLaterRound => {
                let end = parents.len() - 1;
                parents[end] = BlockRef { round: u64::MAX, ..last };
            }
            Flaw::FalseGenesis => {
                let genesis = self.invented_parent(BlockRef { round: 0, ..last });
                let end = parents.len() - 1;
                parents[end] = genesis;
            }
            Flaw::UnknownParent => {
                let end = parents.len() - 1;
                parents[end] = self.invented_parent(last);
            }
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
            Flaw::OthersBlock => {
                header.author = last.author;
                parents.rotate_right(1);
            }
        }
        header.parents = Bounded::new(parents).unwrap_or_default();
    }
}

fn false_votes<const MAX: usize>(heights: &[u64]) -> Bounded<Vote, MAX> {
    let block = LedgerBlockId::from([1; 32]);
    let votes = heights.iter().map(|height| Vote { height: *height, block });
    Bounded::new(votes.collect()).unwrap_or_default()
}
