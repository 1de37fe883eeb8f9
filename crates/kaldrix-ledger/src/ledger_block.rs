//! Ledger blocks as they are stored and sent: the header and the transactions it binds.

use borsh::{BorshDeserialize, BorshSerialize};
use kaldrix_types::encoding::{Bounded, Canonical};
use kaldrix_types::{AuthorityIndex, LedgerHeader, Transaction};

/// Transactions in one ledger block; more are excluded from it.
pub const LEDGER_BLOCK_TRANSACTIONS_MAX: usize = 65_536;
/// Encoded length of a ledger block's transactions together; more are excluded from it.
pub const LEDGER_BLOCK_TRANSACTIONS_BYTES_MAX: usize = 32 * 1024 * 1024;

/// An executed transaction and the author of the DAG block that carried it.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Entry {
    pub author: AuthorityIndex,
    pub transaction: Transaction,
}

/// All that it takes to execute a block again.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct LedgerBlock {
    pub header: LedgerHeader,
    /// In the order of execution.
    pub entries: Bounded<Entry, LEDGER_BLOCK_TRANSACTIONS_MAX>,
}

impl Canonical for LedgerBlock {
    const NAME: &'static str = "ledger block";
    /// Besides the transactions: an author each, the header, and the list's length.
    const ENCODED_BYTES_MAX: usize = LEDGER_BLOCK_TRANSACTIONS_BYTES_MAX
        + 2 * LEDGER_BLOCK_TRANSACTIONS_MAX
        + LedgerHeader::ENCODED_BYTES_MAX
        + 8;
}
