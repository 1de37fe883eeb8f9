//! What replicas say to each other.

use borsh::{BorshDeserialize, BorshSerialize};
use kaldrix_types::committee::COMMITTEE_SIZE_MAX;
use kaldrix_types::encoding::{Bounded, Canonical};
use kaldrix_types::{Block, BlockRef, Certificate, Height, Round};

/// Blocks in one message.
pub const MESSAGE_BLOCKS_MAX: usize = 1024;
/// Ledger blocks in one answer.
pub const LEDGER_REPLY_BLOCKS_MAX: usize = 1024;

/// A message between replicas, the same on every transport.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Message {
    /// New or asked-for blocks. The host verifies their signatures and passes them on as
    /// [`crate::Event::Blocks`].
    Blocks(Bounded<Block, MESSAGE_BLOCKS_MAX>),
    /// Asks for blocks by reference.
    FetchBlocks(Bounded<BlockRef, MESSAGE_BLOCKS_MAX>),
    /// Asks for all blocks above these rounds, one round an author, lowest rounds first.
    FetchAbove(Bounded<Round, COMMITTEE_SIZE_MAX>),
    /// What the sender has.
    Status(PeerStatus),
    /// A transaction waits for `round`: who has not proposed for it should do so.
    Nudge { round: Round },
    /// Asks which rounds the sender may have signed for, after it lost its disk.
    OwnRoundQuery,
    /// `proposed` is the last round that the answering validator proposed for.
    OwnRound { proposed: Round },
    /// Asks for certified ledger blocks above this height.
    FetchLedger { after: Height },
    /// A range of the ledger.
    Ledger(Box<LedgerReply>),
    /// The sender has none of these blocks, which it was asked for.
    Absent(Bounded<BlockRef, MESSAGE_BLOCKS_MAX>),
    /// The same, and no commit has any of them or ever will: the sender's bound is above them, and
    /// all that it ever accepted of their rounds it still has.
    Passed(Bounded<BlockRef, MESSAGE_BLOCKS_MAX>),
}

impl Canonical for Message {
    const NAME: &'static str = "message";
    /// A ledger block of 32 MiB of transactions, and room for its certificate and checkpoint.
    const ENCODED_BYTES_MAX: usize = 40 * 1024 * 1024;
}

/// What a replica has, told to peers now and then.
#[derive(Debug, Clone, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct PeerStatus {
    /// The highest round accepted of each author.
    pub accepted: Bounded<Round, COMMITTEE_SIZE_MAX>,
    /// The round of the last committed leader.
    pub committed_round: Round,
    pub executed_height: Height,
    pub certified_height: Height,
}

/// Consecutive ledger blocks, and the certificate that proves them. Blocks and headers are opaque
/// here; the host checks and executes them.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct LedgerReply {
    pub after: Height,
    /// Encoded ledger blocks of heights `after + 1`, `after + 2`, …
    pub blocks: Bounded<Vec<u8>, LEDGER_REPLY_BLOCKS_MAX>,
    /// Encoded headers that follow the last block, up to the certified one.
    pub headers: Bounded<Vec<u8>, LEDGER_REPLY_BLOCKS_MAX>,
    /// Certifies the last header, or the last block if no header follows.
    pub certificate: Certificate,
    /// The encoded [`crate::Checkpoint`] of the last block, or nothing where the sender no longer
    /// has it.
    pub checkpoint: Vec<u8>,
}
