//! A window onto the DAG, for drawing it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::block::BlockReference;
use super::timestamp::Timestamp;

/// Blocks of consecutive rounds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DagWindow {
    /// The first round of the window.
    pub from: u64,
    /// The number of rounds in the window.
    pub rounds: u64,
    /// The round that the next proposals are for.
    pub latest_round: u64,
    /// By round, then author.
    pub blocks: Vec<DagBlock>,
}

/// A block that a validator proposed in a round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DagBlock {
    #[serde(flatten)]
    pub reference: BlockReference,
    /// The author's clock.
    pub timestamp: Timestamp,
    /// The author's own last block first.
    pub parents: Vec<BlockReference>,
    /// The number of transactions that it carries.
    pub transactions: usize,
    /// The number of votes that it casts.
    pub votes: usize,
    /// Whether it is part of a commit.
    pub committed: bool,
}
