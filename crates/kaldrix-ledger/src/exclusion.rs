//! Why a transaction was left out of a block.

use kaldrix_types::Amount;

/// Why a transaction is not part of the block. It pays nothing and keeps its sequence number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Exclusion {
    #[error("it is for another chain")]
    WrongChain,
    #[error("it expired at height {expiry_height}, this is height {height}")]
    Expired { expiry_height: u64, height: u64 },
    #[error("its expiry height {expiry_height} is above {expiry_height_max}, the highest allowed")]
    ExpiryTooFar { expiry_height: u64, expiry_height_max: u64 },
    #[error("the block is full")]
    BlockFull,
    #[error("the sender has no account: nothing was ever sent to it")]
    UnknownSender,
    #[error("sequence number {found} was used already, the next is {expected}")]
    SequenceTooLow { found: u64, expected: u64 },
    #[error("sequence number {found} is ahead, the next is {expected}")]
    SequenceTooHigh { found: u64, expected: u64 },
    #[error("the sender's first transaction must carry its public key")]
    KeyMissing,
    #[error("it carries a public key although the sender's is registered")]
    KeyRegistered,
    #[error("the public key it carries is not the one that the sender's address names")]
    KeyNotSenders,
    #[error("the fee is {found} base units, at least {minimum} is due")]
    FeeTooLow { found: Amount, minimum: Amount },
    #[error("the sender's balance of {balance} base units does not cover the fee of {fee}")]
    FeeAboveBalance { balance: Amount, fee: Amount },
    #[error("the witness is not the sender's signature")]
    BadWitness,
}

impl Exclusion {
    /// Whether the same transaction with the same witness can still execute at a later height.
    pub fn may_pass_later(self) -> bool {
        match self {
            Self::ExpiryTooFar { .. }
            | Self::BlockFull
            | Self::UnknownSender
            | Self::SequenceTooHigh { .. }
            | Self::FeeAboveBalance { .. } => true,
            Self::WrongChain
            | Self::Expired { .. }
            | Self::SequenceTooLow { .. }
            | Self::KeyMissing
            | Self::KeyRegistered
            | Self::KeyNotSenders
            | Self::FeeTooLow { .. }
            | Self::BadWitness => false,
        }
    }
}
