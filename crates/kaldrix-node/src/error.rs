//! Why a node does not start or cannot go on, and what to do next.

use std::path::PathBuf;

use kaldrix_consensus::Halt;
use kaldrix_ledger::{LedgerError, StateError};
use kaldrix_storage::StoreError;

/// Why a node does not start, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    #[error("{path}: {reason}", path = .path.display())]
    File { path: PathBuf, reason: String },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    State(#[from] StateError),
    #[error("the ledger cannot go on: {0}")]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Network(#[from] kaldrix_network::Error),
    #[error("{service} cannot listen on {address}: {reason}")]
    Listen { service: &'static str, address: String, reason: String },
    #[error("the node stopped so that it serves no wrong result: {0}")]
    Halted(#[from] Halt),
    #[error("a part of the node failed: {0}")]
    Internal(String),
}
