//! What became of an executed transaction.

use borsh::{BorshDeserialize, BorshSerialize};

use crate::amount::Amount;
use crate::encoding::Canonical;
use crate::id::{AuthorityIndex, TransactionId};

/// What an executed transaction did. Its encoding is a leaf of the receipts root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Receipt {
    pub id: TransactionId,
    /// The author of the DAG block that carried it, whose reward address got the fee.
    pub author: AuthorityIndex,
    /// What the sender paid, in base units, whatever the outcome.
    pub fee: Amount,
    pub outcome: Outcome,
}

impl Canonical for Receipt {
    const NAME: &'static str = "receipt";
    const ENCODED_BYTES_MAX: usize = 64;
}

/// The tag is the variant's place, so the order is part of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Outcome {
    Applied,
    /// The payload changed nothing; the fee was charged and the sequence number used up.
    Failed(Failure),
}

/// Why a payload changed nothing. The tag is the variant's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize, thiserror::Error)]
pub enum Failure {
    #[error("the amount is above the balance that the fee left")]
    InsufficientBalance,
    #[error("the amount is zero")]
    ZeroAmount,
    #[error("a notarisation needs at least one digest")]
    NoDigests,
}
