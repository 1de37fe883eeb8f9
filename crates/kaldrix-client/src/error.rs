//! Why a request was not answered as asked.

use std::time::Duration;

use kaldrix_types::TransactionId;

use crate::api::Problem;

/// Why a request was not answered as asked.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("{url:?} is not the URL of a node: {reason}; write it like http://127.0.0.1:8080")]
    Url { url: String, reason: String },
    #[error(
        "nothing answers at {url} ({reason}). Is a node running there? To try things out, start a \
         network with `kaldrix-node localnet --validators 4 --data-dir ./localnet` and use its \
         first node: `--api http://127.0.0.1:18080`, or KALDRIX_API=http://127.0.0.1:18080"
    )]
    Unreachable { url: String, reason: String },
    /// The request was sent; whether it took effect is not known.
    #[error("the connection to {url} was lost: {reason}; send the request again")]
    Lost { url: String, reason: String },
    #[error("{url} did not answer within {} ms", after.as_millis())]
    TimedOut { url: String, after: Duration },
    #[error("{0}")]
    Problem(Box<Problem>),
    #[error(
        "{url} answered with status {status} and what is not a node's answer ({reason}): is it \
         the API of a kaldrix-node?"
    )]
    NotANode { url: String, status: u16, reason: String },
    /// The node made something up, or is on another network.
    #[error("the proof that {url} gave does not hold: {reason}; ask another node")]
    Refuted { url: String, reason: String },
    #[error("transaction {id} was rejected: {reason}")]
    Rejected { id: TransactionId, reason: String },
    #[error("transaction {id} is not final after {} ms; ask for it again later", after.as_millis())]
    NotFinal { id: TransactionId, after: Duration },
    #[error("the http client cannot be set up: {0}")]
    Setup(String),
}

impl ClientError {
    /// The problem that the node reported, if that is what this is.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Problem(problem) => Some(problem),
            _ => None,
        }
    }

    /// Whether the same request may succeed later without a change.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Unreachable { .. }
            | Self::Lost { .. }
            | Self::TimedOut { .. }
            | Self::NotFinal { .. } => true,
            Self::Problem(problem) => problem.kind.is_temporary(),
            Self::Url { .. }
            | Self::NotANode { .. }
            | Self::Refuted { .. }
            | Self::Rejected { .. }
            | Self::Setup(_) => false,
        }
    }
}
