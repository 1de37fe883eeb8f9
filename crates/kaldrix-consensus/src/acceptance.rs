//! Which blocks enter the DAG. Validity never depends on the ledger: nodes lag differently, and
//! validity by state would split the DAG.

use std::collections::BTreeSet;

use kaldrix_types::{AuthorityIndex, BlockRef, Round, Stake, VerifiedBlock};

use crate::dag::Dag;

/// Why a block is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("round {round} is at or below the garbage-collection bound {floor}")]
    Stale { round: Round, floor: Round },
    #[error("round {round} is more than the allowed {rounds_ahead_max} above ours, {highest}")]
    TooFarAhead { round: Round, highest: Round, rounds_ahead_max: Round },
    #[error("round 0 holds the implicit genesis blocks only")]
    GenesisRound,
    #[error("the first parent is not the author's own last block")]
    OwnParent,
    #[error("author {0} is referenced more than once")]
    RepeatedParent(AuthorityIndex),
    #[error("parent {0} is of an author that is not in the committee")]
    UnknownParentAuthor(BlockRef),
    #[error("parent {0} is not of an earlier round")]
    ParentRound(BlockRef),
    #[error("parent {0} claims round 0 and is not the genesis block")]
    ParentGenesis(BlockRef),
    #[error("parents of the round before hold stake {stake}, a quorum needs {quorum}")]
    NoQuorum { stake: Stake, quorum: Stake },
    #[error("votes do not rise in height")]
    VoteOrder,
    #[error("another block of this author and round is here, and nothing references this one")]
    Equivocation { first: BlockRef },
    #[error("too many blocks of this author wait for ancestors")]
    TooManyPending,
}

impl Refusal {
    /// A short word for metrics.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Stale { .. } => "stale",
            Self::TooFarAhead { .. } => "too_far_ahead",
            Self::GenesisRound => "genesis_round",
            Self::OwnParent => "own_parent",
            Self::RepeatedParent(_) => "repeated_parent",
            Self::UnknownParentAuthor(_) => "unknown_parent_author",
            Self::ParentRound(_) => "parent_round",
            Self::ParentGenesis(_) => "parent_genesis",
            Self::NoQuorum { .. } => "no_quorum",
            Self::VoteOrder => "vote_order",
            Self::Equivocation { .. } => "equivocation",
            Self::TooManyPending => "too_many_pending",
        }
    }

    /// Whether the author broke the protocol, rather than the block coming early, late or twice.
    pub fn is_fault(&self) -> bool {
        !matches!(self, Self::Stale { .. } | Self::TooFarAhead { .. } | Self::TooManyPending)
    }
}

/// Checks all that a block shows by itself, its ancestors not needed.
pub fn check(dag: &Dag, block: &VerifiedBlock, rounds_ahead_max: Round) -> Result<(), Refusal> {
    let (round, floor, highest) = (block.round(), dag.floor(), dag.highest_round());
    if round == 0 {
        return Err(Refusal::GenesisRound);
    }
    if round <= floor {
        return Err(Refusal::Stale { round, floor });
    }
    if round > highest.max(floor).saturating_add(rounds_ahead_max) {
        return Err(Refusal::TooFarAhead { round, highest, rounds_ahead_max });
    }
    check_parents(dag, block)?;
    let rises = |pair: &[kaldrix_types::Vote]| match pair {
        [first, second] => first.height < second.height,
        _ => true,
    };
    if !block.votes().windows(2).all(rises) {
        return Err(Refusal::VoteOrder);
    }
    Ok(())
}

fn check_parents(dag: &Dag, block: &VerifiedBlock) -> Result<(), Refusal> {
    let committee = dag.committee();
    if block.parents().first().map(|parent| parent.author) != Some(block.author()) {
        return Err(Refusal::OwnParent);
    }
    let mut authors = BTreeSet::new();
    let mut stake: Stake = 0;
    for parent in block.parents() {
        if committee.member(parent.author).is_none() {
            return Err(Refusal::UnknownParentAuthor(*parent));
        }
        if !authors.insert(parent.author) {
            return Err(Refusal::RepeatedParent(parent.author));
        }
        if parent.round >= block.round() {
            return Err(Refusal::ParentRound(*parent));
        }
        if parent.round == 0 && *parent != dag.genesis(parent.author) {
            return Err(Refusal::ParentGenesis(*parent));
        }
        if parent.round.saturating_add(1) == block.round() {
            stake = stake.saturating_add(committee.stake(parent.author));
        }
    }
    if !committee.is_quorum(stake) {
        return Err(Refusal::NoQuorum { stake, quorum: committee.quorum_stake() });
    }
    Ok(())
}

#[cfg(test)]
#[path = "acceptance_tests.rs"]
mod tests;
