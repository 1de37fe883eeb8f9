//! Why the ledger cannot go on. A bad transaction is never an error here: it is excluded.

use kaldrix_types::{Address, AuthorityIndex, Epoch, Height, TransactionId};

use crate::exclusion::Exclusion;

/// The state could not be read, or is not what this crate wrote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    #[error("the state is empty: write the genesis state first")]
    Empty,
    #[error("{what} could not be read: {reason}")]
    Unavailable { what: &'static str, reason: String },
    #[error("{what} is damaged: {reason}")]
    Damaged { what: &'static str, reason: String },
}

/// An assumption of the protocol does not hold. The node stops and says which one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    #[error(transparent)]
    State(#[from] StateError),
    #[error("commit of epoch {commit} under the rules of epoch {rules}")]
    Epoch { commit: Epoch, rules: Epoch },
    #[error("commit {commit} is not after commit {tip}, which was executed already")]
    CommitOrder { commit: u64, tip: u64 },
    #[error("block author {author} is not one of the {committee_size} committee members")]
    UnknownAuthor { author: AuthorityIndex, committee_size: usize },
    #[error("{field} of account {address} overflows")]
    AccountOverflow { field: &'static str, address: Address },
    #[error("the {0} has reached its last value")]
    Exhausted(&'static str),
}

/// Why a certified block cannot be replayed over this state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error("block {height}: transaction {id} at place {index} cannot execute: {reason}")]
    Excluded { height: Height, index: usize, id: TransactionId, reason: Exclusion },
    #[error(
        "block {height}: transaction {index} is said to be of {author}, who is in no committee"
    )]
    Author { height: Height, index: usize, author: AuthorityIndex },
    #[error("block {height}: {field} is {certified} where this state gives {computed}")]
    Differs { height: Height, field: &'static str, certified: String, computed: String },
}

impl From<StateError> for ReplayError {
    fn from(error: StateError) -> Self {
        Self::Ledger(error.into())
    }
}
