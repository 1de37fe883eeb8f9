//! Checkpoints: a block and its committee that a verifier trusts for reasons of its own.

use kaldrix_types::{ChainId, Committee, Height, LedgerBlockId};

use crate::error::FormatError;
use crate::json;

/// The longest text that is read as a checkpoint.
pub const CHECKPOINT_TEXT_BYTES_MAX: usize = 4 * 1024 * 1024;

/// A final block, pinned. Who trusts it need not trust the keys of any older committee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    pub chain_id: ChainId,
    pub height: Height,
    pub block: LedgerBlockId,
    /// The committee of the block's epoch.
    pub committee: Committee,
}

impl Checkpoint {
    /// Reads a checkpoint's text.
    ///
    /// # Errors
    /// Says what in the text is not as `docs/spec/proofs.md` demands, and where.
    pub fn from_json(text: &str) -> Result<Self, FormatError> {
        json::checkpoint::read(text)
    }

    /// Writes the checkpoint as text that [`Self::from_json`] reads.
    pub fn to_json(&self) -> String {
        json::checkpoint::write(self)
    }
}
