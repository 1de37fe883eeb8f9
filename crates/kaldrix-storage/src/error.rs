//! What can go wrong in a store, with the evidence.

use std::fmt;
use std::path::PathBuf;

use kaldrix_types::{ChainId, Height};

use crate::signed_round::SignedRound;
use crate::table::Table;

/// What is damaged and how that was seen. Damaged data is never served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The directory or file, or the name of a store in memory.
    pub store: String,
    /// The damaged record; `None` when the whole store cannot be read.
    pub record: Option<RecordName>,
    pub reason: String,
}

/// A record's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordName {
    pub table: Table,
    pub key: Vec<u8>,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.store)?;
        if let Some(RecordName { table, key }) = &self.record {
            write!(f, ", table {table}, key ")?;
            key.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        }
        write!(f, ": {}", self.reason)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Move the store aside and rebuild it from peers, see [`crate::quarantine`].
    #[error("damaged: {0}")]
    Damaged(Box<Damage>),
    #[error("{action} {}: {source}", path.display())]
    Io { action: &'static str, path: PathBuf, source: std::io::Error },
    /// The engine refused, for a reason that is not damage: nothing of the batch is visible.
    #[error("{store}: {action} failed: {reason}")]
    Engine { store: String, action: &'static str, reason: String },
    #[error(
        "{store} belongs to chain {found}, this node runs chain {expected}: check the genesis file and the data directory"
    )]
    WrongChain { store: String, found: ChainId, expected: ChainId },
    #[error(
        "{store} has format version {found}, this program reads version {expected}: use the program that wrote it, or move the directory away and let the node rebuild it from peers"
    )]
    Format { store: String, found: u8, expected: u8 },
    #[error("the next ledger block has height {expected}, got {found}")]
    Height { expected: Height, found: Height },
    #[error("ledger block {height} does not fit what is stored: {reason}")]
    Mismatch { height: Height, reason: String },
    #[error("refused to sign {refused}: already signed {signed}")]
    Backwards { signed: SignedRound, refused: SignedRound },
    /// Only a [`crate::FaultyStore`] says this.
    #[error("injected fault in {action}")]
    Injected { action: &'static str },
}

impl StoreError {
    pub(crate) fn damaged(store: &str, reason: impl Into<String>) -> Self {
        let damage = Damage { store: store.to_owned(), record: None, reason: reason.into() };
        Self::Damaged(Box::new(damage))
    }

    pub(crate) fn damaged_record(
        store: &str,
        table: Table,
        key: &[u8],
        reason: impl Into<String>,
    ) -> Self {
        let record = Some(RecordName { table, key: key.to_vec() });
        Self::Damaged(Box::new(Damage { store: store.to_owned(), record, reason: reason.into() }))
    }

    /// What is damaged, if that is what this error says.
    pub fn damage(&self) -> Option<&Damage> {
        match self {
            Self::Damaged(damage) => Some(damage),
            _ => None,
        }
    }

    /// The damaged record, if this error names one.
    pub fn record(&self) -> Option<&RecordName> {
        self.damage().and_then(|damage| damage.record.as_ref())
    }
}
