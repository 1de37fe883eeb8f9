//! The compact form of transactions over HTTP: their canonical encoding, half the size of the JSON
//! and with nothing to convert.

use borsh::{BorshDeserialize, BorshSerialize};
use kaldrix_types::Transaction;
use kaldrix_types::encoding::{Bounded, Canonical, TooMany};

use crate::api::{BATCH_REQUEST_BYTES_MAX, BATCH_TRANSACTIONS_MAX};

/// The media type of one transaction's canonical encoding.
pub const TRANSACTION_MEDIA_TYPE: &str = "application/vnd.kaldrix.transaction";
/// The media type of a [`TransactionBatch`]'s canonical encoding.
pub const BATCH_MEDIA_TYPE: &str = "application/vnd.kaldrix.transactions";

/// Transactions to submit together: a version byte, their number as four bytes, the lowest first,
/// and the transactions one after the other, each as in its own canonical encoding without the
/// version byte.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct TransactionBatch {
    pub transactions: Bounded<Transaction, BATCH_TRANSACTIONS_MAX>,
}

impl TransactionBatch {
    pub fn new(transactions: Vec<Transaction>) -> Result<Self, TooMany> {
        Ok(Self { transactions: Bounded::new(transactions)? })
    }
}

impl Canonical for TransactionBatch {
    const NAME: &'static str = "transaction batch";
    const ENCODED_BYTES_MAX: usize = BATCH_REQUEST_BYTES_MAX;
}
