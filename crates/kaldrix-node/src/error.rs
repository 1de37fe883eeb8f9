//! Why a node does not start or cannot go on, and what to do next.

use std::io;
use std::path::{Path, PathBuf};

use kaldrix_consensus::Halt;
use kaldrix_ledger::{LedgerError, StateError};
use kaldrix_storage::{Damage, GrowthError, StoreError};
use kaldrix_types::ChainId;

use crate::config::ConfigError;

/// Why a node does not start, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("{0}")]
    Argument(String),
    #[error("{path}: {reason}", path = .path.display())]
    File { path: PathBuf, reason: String },
    #[error("{0}{hint}", hint = what_to_do(.0))]
    Store(#[from] StoreError),
    #[error(transparent)]
    State(#[from] StateError),
    #[error("the ledger cannot go on: {0}")]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Network(#[from] kaldrix_network::Error),
    #[error("{service} cannot listen on {address}: {reason}")]
    Listen { service: &'static str, address: String, reason: String },
    #[error(
        "the consensus key is none of the validators of chain {chain_id}: check the genesis file \
         and the key, or set the role to \"full\""
    )]
    NotInGenesis { chain_id: ChainId },
    #[error(
        "the network key is not the one that genesis names for validator {validator}: give the \
         node the network key that was made with its consensus key"
    )]
    NetworkKey { validator: String },
    #[error("the node stopped so that it serves no wrong result: {0}")]
    Halted(#[from] Halt),
    #[error("a part of the node failed: {0}")]
    Internal(String),
}

impl From<GrowthError> for NodeError {
    fn from(error: GrowthError) -> Self {
        match error {
            GrowthError::Store(error) => Self::Store(error),
            GrowthError::Ledger(error) => Self::Ledger(error),
        }
    }
}

impl NodeError {
    pub(crate) fn file(path: &Path, action: &str, error: &io::Error) -> Self {
        Self::File { path: path.to_owned(), reason: format!("cannot {action} it: {error}") }
    }

    /// The damage that a store was found with while the node ran; `ledger` is where its ledger is.
    pub(crate) fn damage(&self, ledger: &Path) -> Option<Damage> {
        match self {
            Self::Store(error) => error.damage().cloned(),
            Self::State(StateError::Damaged { what, reason }) => Some(Damage {
                store: ledger.display().to_string(),
                record: None,
                reason: format!("{what}: {reason}"),
            }),
            _ => None,
        }
    }
}

/// What an operator does about a disk that takes nothing; a log of damage says what the node does.
fn what_to_do(error: &StoreError) -> &'static str {
    use io::ErrorKind as Kind;
    let StoreError::Io { source, .. } = error else { return "" };
    match source.kind() {
        Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge => {
            "; make room and start the node again: nothing that it acknowledged is lost"
        }
        Kind::ReadOnlyFilesystem => {
            "; look in the system's log for the disk's errors, then start the node again: nothing \
             that it acknowledged is lost"
        }
        _ => "",
    }
}
