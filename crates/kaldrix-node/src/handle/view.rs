//! What a node shows of itself: values for the API, the metrics and the command line.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use kaldrix_consensus::{Counters, Participation, Snapshot};
use kaldrix_ledger::Exclusion;
use kaldrix_types::{
    Account, Address, Amount, AuthorityIndex, BlockRef, ChainId, Height, PeerId, PublicKey,
    Receipt, Transaction, TransactionId, Vote,
};

/// A node's part in its network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A member of the committee.
    Validator { authority: AuthorityIndex },
    /// Follows, executes, serves, and forwards transactions.
    Full,
}

/// What does not change while a node runs.
#[derive(Debug, Clone)]
pub struct NodeInfo {
    pub name: String,
    pub role: Role,
    pub peer_id: PeerId,
    pub version: &'static str,
    pub started_at: SystemTime,
    pub p2p_address: SocketAddr,
}

/// Why a transaction was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubmitError {
    /// It could not execute, and won't by waiting.
    #[error("{0}")]
    Invalid(Exclusion),
    /// The balance does not cover this transaction after those that wait already.
    #[error(
        "the sender's balance of {balance} base units does not cover the {needed} that this and \
         its pending transactions cost"
    )]
    Unaffordable { balance: Amount, needed: u128 },
    #[error("sequence number {sequence} is taken by the pending transaction {pending}")]
    SequenceTaken { sequence: u64, pending: TransactionId },
    #[error("sequence number {found} is too far ahead, the highest accepted is {highest}")]
    SequenceTooFar { found: u64, highest: u64 },
    #[error("the transaction of {bytes} bytes exceeds the limit of {bytes_max}")]
    TooLarge { bytes: usize, bytes_max: usize },
    #[error("the sender has {pending} pending transactions, the most allowed; wait for them")]
    SenderFull { pending: usize },
    #[error("the mempool is full; try again later")]
    Full,
    #[error("{transactions} transactions in one request exceed the limit of {transactions_max}")]
    TooMany { transactions: usize, transactions_max: usize },
    #[error("this node cannot accept transactions now: {reason}")]
    Unavailable { reason: String },
}

impl SubmitError {
    /// Whether the same transaction may be accepted later.
    pub fn may_pass_later(&self) -> bool {
        match self {
            Self::Invalid(exclusion) => exclusion.may_pass_later(),
            Self::TooLarge { .. } | Self::SequenceTaken { .. } | Self::TooMany { .. } => false,
            Self::Unaffordable { .. }
            | Self::SequenceTooFar { .. }
            | Self::SenderFull { .. }
            | Self::Full
            | Self::Unavailable { .. } => true,
        }
    }
}

/// Where a transaction is.
#[derive(Debug, Clone)]
pub enum TransactionStatus {
    /// In this node's mempool.
    Pending {
        transaction: Transaction,
        /// Milliseconds since it was accepted here.
        since_ms: u64,
    },
    Executed(Box<Executed>),
    /// Accepted once, and now it can execute no more.
    Rejected {
        reason: String,
    },
}

/// An executed transaction.
#[derive(Debug, Clone)]
pub struct Executed {
    pub height: Height,
    pub index: u32,
    pub receipt: Receipt,
    pub transaction: Transaction,
    /// Executed, durable here, and certified by a quorum.
    pub is_final: bool,
}

/// An account as it stands, and what waits for it here.
#[derive(Debug, Clone)]
pub struct AccountView {
    pub address: Address,
    /// None: nothing was ever sent to it.
    pub account: Option<Account>,
    /// The registered key.
    pub public_key: Option<PublicKey>,
    /// The sequence number for the sender's next transaction, pending ones counted.
    pub next_sequence: u64,
    /// Whether the next transaction must carry the public key.
    pub needs_public_key: bool,
    pub pending_transactions: usize,
}

/// How much waits in the mempool.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MempoolFill {
    pub transactions: usize,
    pub bytes: usize,
    pub senders: usize,
}

/// Counts of a runtime's work since its start; they only rise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkCounters {
    /// Transactions accepted from clients, and from peers.
    pub transactions_accepted: u64,
    pub transactions_from_peers: u64,
    pub transactions_refused: u64,
    pub transactions_executed: u64,
    /// Received blocks that were not accepted, by reason.
    pub blocks_refused: Vec<(&'static str, u64)>,
    /// Frames that hold no message.
    pub frames_malformed: u64,
    pub witnesses_verified: u64,
    pub equivocations_kept: u64,
}

/// A clock that is far off, seen in an author's blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockOffset {
    pub author: AuthorityIndex,
    /// Its clock minus ours, in milliseconds.
    pub offset_ms: i64,
}

/// A node at a glance.
#[derive(Debug, Clone)]
pub struct NodeStatus {
    pub chain_id: ChainId,
    pub snapshot: Snapshot,
    pub counters: Counters,
    pub participation: Vec<Participation>,
    pub work: WorkCounters,
    pub mempool: MempoolFill,
    /// The last executed ledger block, and its time in milliseconds since 1970.
    pub tip: Vote,
    pub tip_timestamp_ms: u64,
    /// The highest final ledger block.
    pub final_height: Height,
    pub clock_offsets: Vec<ClockOffset>,
    /// Damage found on disk since the start, and what was done about it.
    pub damages: Vec<String>,
    pub uptime: Duration,
}

/// Whether a node lives and is of use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    pub live: bool,
    pub ready: bool,
    /// Why it is not ready.
    pub reasons: Vec<String>,
}

/// A block of the DAG, for drawing.
#[derive(Debug, Clone)]
pub struct DagBlock {
    pub reference: BlockRef,
    pub timestamp_ms: u64,
    pub parents: Vec<BlockRef>,
    pub transactions: usize,
    pub votes: Vec<Vote>,
    pub committed: bool,
}

/// A peer that the configuration names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedPeer {
    pub name: String,
    pub peer_id: PeerId,
    pub address: Option<String>,
    pub authority: Option<AuthorityIndex>,
}
