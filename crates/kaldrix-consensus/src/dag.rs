//! The accepted part of the DAG, in memory.

use std::collections::{BTreeMap, BTreeSet};

use kaldrix_types::{
    AuthorityIndex, BlockId, BlockRef, ChainId, Committee, Digest, Round, Stake, VerifiedBlock,
};

/// Accepted blocks by round, author and id. Every block's ancestors above the floor are here too.
#[derive(Debug)]
pub struct Dag {
    chain_id: ChainId,
    committee: Committee,
    /// The implicit block of round 0 of each author.
    genesis: Vec<BlockRef>,
    blocks: BTreeMap<BlockRef, VerifiedBlock>,
    /// The highest accepted round of each author.
    accepted: BTreeMap<AuthorityIndex, Round>,
    /// Blocks at and below this round count as present: no commit will need them.
    floor: Round,
    /// Blocks above the floor that no commit holds, and that count as present.
    passed: BTreeSet<BlockRef>,
    /// Something is different since [`Dag::take_changed`].
    changed: bool,
}

/// The lowest and the highest reference of a slot, for range look-ups.
fn slot_bounds(round: Round, author: AuthorityIndex) -> (BlockRef, BlockRef) {
    let reference = |byte| BlockRef { round, author, id: BlockId(Digest([byte; 32])) };
    (reference(0), reference(0xff))
}

/// The lowest reference that a round can have.
pub fn round_start(round: Round) -> BlockRef {
    BlockRef { round, author: AuthorityIndex(0), id: BlockId(Digest::ZERO) }
}

impl Dag {
    pub fn new(chain_id: ChainId, committee: Committee) -> Self {
        let genesis = |author| BlockRef::genesis(chain_id, committee.epoch(), author);
        Self {
            genesis: committee.authorities().map(genesis).collect(),
            chain_id,
            committee,
            blocks: BTreeMap::new(),
            accepted: BTreeMap::new(),
            floor: 0,
            passed: BTreeSet::new(),
            changed: true,
        }
    }

    /// Whether a block was added or the floor raised since this was last asked: only then can a
    /// leader be decided that was not decided before.
    pub fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    pub fn committee(&self) -> &Committee {
        &self.committee
    }

    pub fn chain_id(&self) -> ChainId {
        self.chain_id
    }

    pub fn floor(&self) -> Round {
        self.floor
    }

    /// Raises the floor; blocks below stay until [`Dag::prune`].
    pub fn raise_floor(&mut self, floor: Round) {
        self.floor = self.floor.max(floor);
        self.passed = self.passed.split_off(&round_start(self.floor.saturating_add(1)));
        self.changed = true;
    }

    /// The implicit block of round 0.
    pub fn genesis(&self, author: AuthorityIndex) -> BlockRef {
        let epoch = self.committee.epoch();
        let known = self.genesis.get(usize::from(author.0)).copied();
        known.unwrap_or_else(|| BlockRef::genesis(self.chain_id, epoch, author))
    }

    pub fn insert(&mut self, block: VerifiedBlock) {
        let reference = block.reference();
        let accepted = self.accepted.entry(reference.author).or_default();
        *accepted = reference.round.max(*accepted);
        self.blocks.insert(reference, block);
        self.changed = true;
    }

    pub fn get(&self, reference: &BlockRef) -> Option<&VerifiedBlock> {
        self.blocks.get(reference)
    }

    /// Counts a block as present that no commit holds, and that nobody has.
    pub fn pass(&mut self, reference: BlockRef) {
        self.passed.insert(reference);
    }

    /// Whether nothing is missing at this reference: it is accepted, passed or below the floor.
    pub fn is_present(&self, reference: &BlockRef) -> bool {
        reference.round <= self.floor
            || self.blocks.contains_key(reference)
            || self.passed.contains(reference)
    }

    /// All accepted blocks of an author in a round; more than one only if it equivocated.
    pub fn slot(
        &self,
        round: Round,
        author: AuthorityIndex,
    ) -> impl Iterator<Item = &VerifiedBlock> + use<'_> {
        let (from, to) = slot_bounds(round, author);
        self.blocks.range(from..=to).map(|(_, block)| block)
    }

    pub fn round(&self, round: Round) -> impl Iterator<Item = &VerifiedBlock> + use<'_> {
        self.blocks
            .range(round_start(round)..round_start(round.saturating_add(1)))
            .map(|(_, block)| block)
    }

    /// Blocks from `round` upward, lowest first.
    pub fn blocks_from(&self, round: Round) -> impl Iterator<Item = &VerifiedBlock> + use<'_> {
        self.blocks.range(round_start(round)..).map(|(_, block)| block)
    }

    pub fn authors_of(&self, round: Round) -> BTreeSet<AuthorityIndex> {
        self.round(round).map(VerifiedBlock::author).collect()
    }

    /// The stake behind a set of authors, each counted once.
    pub fn stake_of(&self, authors: &BTreeSet<AuthorityIndex>) -> Stake {
        authors
            .iter()
            .fold(0, |sum: Stake, author| sum.saturating_add(self.committee.stake(*author)))
    }

    pub fn is_quorum(&self, authors: &BTreeSet<AuthorityIndex>) -> bool {
        self.committee.is_quorum(self.stake_of(authors))
    }

    /// The highest accepted round of an author, 0 if none.
    pub fn accepted_round(&self, author: AuthorityIndex) -> Round {
        self.accepted.get(&author).copied().unwrap_or(0)
    }

    pub fn highest_round(&self) -> Round {
        self.accepted.values().copied().max().unwrap_or(0)
    }

    /// Blocks that are held.
    pub fn len(&self) -> usize {
        self.blocks.len()
    }

    /// Rounds from the lowest to the highest that is held.
    pub fn rounds(&self) -> Round {
        let lowest = self.lowest_round().unwrap_or(0);
        self.highest_round().saturating_sub(lowest)
    }

    /// The lowest round that still has blocks.
    pub fn lowest_round(&self) -> Option<Round> {
        self.blocks.keys().next().map(|reference| reference.round)
    }

    /// The latest block of an author below `round` and above `above`.
    pub fn latest_between(
        &self,
        author: AuthorityIndex,
        above: Round,
        round: Round,
    ) -> Option<BlockRef> {
        let highest = self.accepted_round(author).min(round.saturating_sub(1));
        let mut rounds = (above.saturating_add(1)..=highest).rev();
        rounds.find_map(|round| Some(self.slot(round, author).next()?.reference()))
    }

    /// Forgets blocks below `round`.
    pub fn prune(&mut self, round: Round) {
        self.blocks = self.blocks.split_off(&round_start(round));
    }
}
