//! Views of a replica for people and metrics.

use kaldrix_types::{AuthorityIndex, BlockRef, Height, Round};

/// How much of an author's work entered the last committed rounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Participation {
    pub author: AuthorityIndex,
    /// Of the last `rounds`, those with a committed block of this author.
    pub committed_rounds: u64,
    pub rounds: u64,
    /// The last round accepted of this author.
    pub last_round: Round,
    /// Left out of the leader schedule for now, for its lack of participation.
    pub excluded: bool,
}

/// A replica at a glance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The round that the next proposal is for.
    pub round: Round,
    pub last_leader: Option<BlockRef>,
    pub commit_index: u64,
    pub executed_height: Height,
    pub certified_height: Height,
    /// Blocks that wait for ancestors, and ancestors that are missing.
    pub pending_blocks: usize,
    pub missing_blocks: usize,
    /// The lowest round that an ancestor is missing of.
    pub lowest_missing_round: Option<Round>,
    /// Accepted blocks in memory, and from the lowest to the highest of them.
    pub dag_blocks: usize,
    pub dag_rounds: Round,
    /// Rounds in memory below all that must be kept: pruning happens now and then.
    pub overdue_rounds: Round,
    /// Commits that were handed out and are not executed.
    pub executing_commits: usize,
    /// Accepted blocks with transactions that are not committed.
    pub uncommitted_blocks: usize,
    /// Votes held for ledger blocks that are not certified.
    pub gathered_votes: usize,
    /// The highest height that they are for.
    pub voted_height: Height,
    pub catching_up: bool,
    /// False while a quorum is asked for this validator's own last round.
    pub may_sign: bool,
    /// Nothing is left to order or certify.
    pub quiet: bool,
}
