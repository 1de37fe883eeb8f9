//! What is wrong with a text, and which link of a proof failed and why.

use std::fmt;

use kaldrix_crypto::CertificateError;
use kaldrix_types::{
    ChainId, CommitteeId, Digest, Epoch, Failure, Height, LedgerBlockId, TransactionId,
};

/// Why a text is not a proof or a checkpoint, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    #[error("the text has {bytes} bytes, more than the limit of {bytes_max}")]
    TooLong { bytes: usize, bytes_max: usize },
    #[error("not the JSON of a proof or checkpoint: {0}")]
    Json(String),
    #[error("{field}: {reason}")]
    Field { field: String, reason: String },
}

/// A link of the chain from a claim to what is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// From the claim to the header of its block.
    Claim,
    /// The header of the claim's block.
    Header,
    /// From that block to a later one.
    History,
    /// From the pinned checkpoint to the certified block.
    Checkpoint,
    /// One of the committee changes, counted from 0.
    CommitteeChange(usize),
    /// From the last committee to the certified block.
    Certificate,
}

impl Link {
    /// A stable name for programs; the number of a change is apart.
    pub fn code(self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::Header => "header",
            Self::History => "history",
            Self::Checkpoint => "checkpoint",
            Self::CommitteeChange(_) => "committee-change",
            Self::Certificate => "certificate",
        }
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CommitteeChange(index) => write!(f, "committee change {index}"),
            link => f.write_str(link.code()),
        }
    }
}

/// Why a link does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("the receipt is of transaction {found}, the body is transaction {expected}")]
    Receipt { found: TransactionId, expected: TransactionId },
    #[error("the path does not lead from {leaf} to the {root}")]
    Path { leaf: &'static str, root: &'static str },
    #[error("transaction {0} notarises nothing")]
    Payload(TransactionId),
    #[error("transaction {transaction} does not notarise {digest}")]
    Digest { digest: Digest, transaction: TransactionId },
    #[error("the claim is of no notarisation")]
    NoNotarisation,
    #[error("the transaction failed, so it notarised nothing: {0}")]
    Outcome(Failure),
    #[error("of chain {found}, expected {expected}: another network, or another genesis file")]
    Chain { found: ChainId, expected: ChainId },
    #[error("of height {found}, expected {height_min} or above")]
    Height { found: Height, height_min: Height },
    #[error("of epoch {found}, expected {expected}")]
    Epoch { found: Epoch, expected: Epoch },
    #[error("the block names {} as the next committee, the proof gives {given}", named(*.found))]
    Committee { found: Option<CommitteeId>, given: CommitteeId },
    #[error(transparent)]
    Certificate(CertificateError),
    #[error("the proof starts at a checkpoint: verify it with that checkpoint pinned")]
    NotPinned,
    #[error("the proof starts at genesis: take one that starts at the pinned checkpoint")]
    Unlinked,
    #[error("the proof ends with block {found}, the pinned checkpoint is block {pinned}")]
    Block { found: LedgerBlockId, pinned: LedgerBlockId },
    #[error(
        "the claim is of height {found}, below the pinned checkpoint's {pinned}: take a proof that \
         ends with the checkpoint's block, which no key can forge"
    )]
    BelowCheckpoint { found: Height, pinned: Height },
}

fn named(committee: Option<CommitteeId>) -> String {
    committee.map_or_else(|| "none".to_owned(), |id| id.to_string())
}

impl Fault {
    /// A stable name for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Receipt { .. } => "receipt",
            Self::Path { .. } => "path",
            Self::Payload(_) | Self::NoNotarisation => "payload",
            Self::Digest { .. } => "digest",
            Self::Outcome(_) => "outcome",
            Self::Chain { .. } => "chain",
            Self::Height { .. } => "height",
            Self::Epoch { .. } => "epoch",
            Self::Committee { .. } => "committee",
            Self::NotPinned => "not-pinned",
            Self::Unlinked => "unlinked",
            Self::Block { .. } => "block",
            Self::BelowCheckpoint { .. } => "below-checkpoint",
            Self::Certificate(error) => match error {
                CertificateError::Chain { .. } => "vote-chain",
                CertificateError::Epoch { .. } => "vote-epoch",
                CertificateError::Author { .. } => "vote-author",
                CertificateError::Order { .. } => "vote-order",
                CertificateError::Path { .. } => "vote-path",
                CertificateError::Quorum { .. } => "quorum",
                CertificateError::Signature { .. } => "signature",
            },
        }
    }
}

/// The link that failed, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{link}: {fault}")]
pub struct ProofError {
    pub link: Link,
    pub fault: Fault,
}
