//! Why a command failed, and with which exit code it says so.

use std::io;

use kaldrix_client::api::ProblemKind;
use kaldrix_client::{ClientError, WalletError};

use crate::config::ConfigError;
use crate::error::NodeError;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Wallet(#[from] WalletError),
    #[error(transparent)]
    Node(#[from] NodeError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("cannot write to standard output: {0}")]
    Output(io::Error),
    /// The transaction is in a final block and changed nothing.
    #[error("transaction {id} executed but changed nothing: {reason}; its fee was charged")]
    Executed { id: kaldrix_client::TransactionId, reason: String },
    /// The node does not have what was asked for.
    #[error("{0}")]
    NotFound(String),
    /// A proof that shows nothing.
    #[error("the proof does not hold: {link}: {reason}")]
    Refused { link: String, reason: String },
    #[error("{0}")]
    Other(String),
}

impl Failure {
    /// The process's exit code, as `--help` lists them.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Client(error) | Self::Wallet(WalletError::Client(error)) => client_code(error),
            Self::Wallet(WalletError::Sign(_)) => 1,
            Self::Wallet(_) | Self::Executed { .. } | Self::NotFound(_) => 4,
            Self::Refused { .. } => 6,
            Self::Config(_) | Self::Node(_) | Self::Output(_) | Self::Other(_) => 1,
        }
    }
}

fn client_code(error: &ClientError) -> u8 {
    match error {
        ClientError::Url { .. } => 2,
        ClientError::Unreachable { .. }
        | ClientError::Lost { .. }
        | ClientError::TimedOut { .. }
        | ClientError::NotANode { .. } => 3,
        ClientError::Problem(problem) if problem.kind == ProblemKind::NotFinal => 5,
        ClientError::Problem(_) | ClientError::Rejected { .. } => 4,
        ClientError::NotFinal { .. } => 5,
        ClientError::Refuted { .. } => 6,
        ClientError::Setup(_) => 1,
    }
}
