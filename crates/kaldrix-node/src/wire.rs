//! What nodes say to each other: one versioned value a frame.

use borsh::{BorshDeserialize, BorshSerialize};
use bytes::Bytes;
use kaldrix_consensus::Message;
use kaldrix_types::Transaction;
use kaldrix_types::encoding::{self, Bounded, Canonical};

/// The longest frame: an answer with one ledger block of the greatest size still fits.
pub const FRAME_BYTES_MAX: usize = 40 * 1024 * 1024;
/// Transactions in one frame.
pub const FORWARD_TRANSACTIONS_MAX: usize = 1024;

/// A frame's content.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum WireMessage {
    /// Between replicas.
    Consensus(Message),
    /// Transactions that the receiver should propose.
    Transactions(Bounded<Transaction, FORWARD_TRANSACTIONS_MAX>),
}

impl Canonical for WireMessage {
    const NAME: &'static str = "frame";
    const ENCODED_BYTES_MAX: usize = FRAME_BYTES_MAX;
}

impl WireMessage {
    pub fn to_frame(&self) -> Bytes {
        encoding::to_bytes(self).into()
    }
}
