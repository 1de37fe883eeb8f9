//! The last signed round: what keeps a validator from ever signing two blocks of one round.
//!
//! The file holds two equal slots, each with its own checksum. A record is durable in one slot
//! before [`SignedRoundFile::record`] returns, and only then may the block leave; the other slot
//! is written next, and the slot that is written first alternates, so at any instant one slot is
//! whole and holds the highest round that could have left. A write cut short or a flipped bit
//! damages one slot and the other answers. When neither does, the answer is [`LastSigned::Damaged`],
//! never a guess: the caller must ask a quorum for its last round before it signs again.

use std::fs::File;
use std::path::{Path, PathBuf};

use kaldrix_types::{BlockId, ChainId, Epoch, Round};

use crate::error::StoreError;

/// A validator's own last signed block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedRound {
    pub epoch: Epoch,
    pub round: Round,
    pub block: BlockId,
}

/// What the file says when it is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LastSigned {
    Known(SignedRound),
    /// There is no file: a fresh node, or a lost disk. Ask a quorum before signing.
    Absent,
    /// Neither slot can be trusted. Ask a quorum before signing.
    Damaged {
        reason: String,
    },
}

/// The open file.
#[derive(Debug)]
pub struct SignedRoundFile {
    path: PathBuf,
    chain_id: ChainId,
    file: Option<File>,
    last: Option<SignedRound>,
    next_slot: usize,
}

impl SignedRoundFile {
    /// Reads what was signed last. A damaged slot is mended from the other one.
    pub fn open(path: &Path, chain_id: ChainId) -> Result<(Self, LastSigned), StoreError> {
        let _ = (path, chain_id);
        unimplemented!()
    }

    pub fn last(&self) -> Option<SignedRound> {
        self.last
    }

    /// Makes `signed` durable; the block may leave once this has returned. Refuses to go back, and
    /// to name another block for the same round; the same block again changes nothing.
    pub fn record(&mut self, signed: SignedRound) -> Result<(), StoreError> {
        let _ = signed;
        unimplemented!()
    }
}
