//! The last signed round: what keeps a validator from ever signing two blocks of one round.
//!
//! The file holds two slots, each with its own checksum. [`SignedRoundFile::record`] makes one slot
//! durable before it returns, and only then may the block leave; then it copies the record to the
//! other slot, which the next record makes durable first. So the slot that is not being written is
//! always whole and durable, and at rest both say the same: a write cut short or a flipped bit
//! costs one slot, and the other answers. When neither can, the answer is [`LastSigned::Damaged`],
//! never a guess: the caller must ask a quorum for its own last round before it signs again.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use kaldrix_types::{BlockId, ChainId, Digest, Epoch, Round};

use crate::error::StoreError;

/// Distance between the slots: no sector or page of the disk holds parts of both.
pub const SLOT_DISTANCE_BYTES: u64 = 4096;
/// Length of the whole file.
pub const FILE_BYTES: u64 = 2 * SLOT_DISTANCE_BYTES;
/// Length of the written part of a slot.
pub const SLOT_BYTES: usize = CHECKSUM_AT + 32;

/// Says what the file is, and in which version of its format.
const MAGIC: [u8; 8] = *b"KALDSGN1";
const CHAIN_AT: usize = 8;
const EPOCH_AT: usize = CHAIN_AT + 32;
const ROUND_AT: usize = EPOCH_AT + 8;
const BLOCK_AT: usize = ROUND_AT + 8;
const CHECKSUM_AT: usize = BLOCK_AT + 32;

/// A validator's own last signed block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedRound {
    pub epoch: Epoch,
    pub round: Round,
    pub block: BlockId,
}

impl SignedRound {
    /// Its place in the order in which blocks are signed.
    fn place(&self) -> (Epoch, Round) {
        (self.epoch, self.round)
    }
}

impl fmt::Display for SignedRound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "epoch {} round {} block {}", self.epoch, self.round, self.block)
    }
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
    /// Opened, and made if need be, by the first record.
    file: Option<File>,
    last: Option<SignedRound>,
    /// The slot that the next record makes durable first.
    next_slot: Slot,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    First,
    Second,
}

impl Slot {
    fn other(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
        }
    }

    fn offset(self) -> u64 {
        match self {
            Self::First => 0,
            Self::Second => SLOT_DISTANCE_BYTES,
        }
    }
}

impl SignedRoundFile {
    /// Reads what was signed last. Nothing is written, nor is a missing file made.
    pub fn open(path: &Path, chain_id: ChainId) -> Result<(Self, LastSigned), StoreError> {
        let path = path.to_owned();
        let mut opened = Self { path, chain_id, file: None, last: None, next_slot: Slot::First };
        let file = match File::open(&opened.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok((opened, LastSigned::Absent));
            }
            Err(error) => return Err(opened.failed("open", error)),
        };
        let first = opened.read_slot(&file, Slot::First)?;
        let second = opened.read_slot(&file, Slot::Second)?;
        let last = match (first, second) {
            (Err(first), Err(second)) => {
                let reason = format!("first slot: {first}; second slot: {second}");
                return Ok((opened, LastSigned::Damaged { reason }));
            }
            (Ok(first), Ok(second)) if first.place() > second.place() => {
                opened.next_slot = Slot::Second;
                first
            }
            (Ok(first), Err(_)) => {
                opened.next_slot = Slot::Second;
                first
            }
            (_, Ok(second)) => second,
        };
        opened.last = Some(last);
        Ok((opened, LastSigned::Known(last)))
    }

    pub fn last(&self) -> Option<SignedRound> {
        self.last
    }

    /// Makes `signed` durable; the block may leave once this has returned. Refuses to go back, and
    /// to name another block for the same round; the same block again changes nothing. After a
    /// failed write the slot that was not being written still holds what was signed before.
    pub fn record(&mut self, signed: SignedRound) -> Result<(), StoreError> {
        if let Some(last) = self.last {
            if signed == last {
                return Ok(());
            }
            if signed.place() <= last.place() {
                return Err(StoreError::Backwards { signed: last, refused: signed });
            }
        }
        let slot = encode(&self.chain_id, &signed);
        match &self.file {
            Some(file) => self.write_both(file, &slot),
            None => self.first_write(&slot),
        }
        .map_err(|error| self.failed("write", error))?;
        self.next_slot = self.next_slot.other();
        self.last = Some(signed);
        Ok(())
    }

    fn first_write(&mut self, slot: &[u8; SLOT_BYTES]) -> io::Result<()> {
        let file = if self.last.is_some() {
            let file = OpenOptions::new().write(true).open(&self.path)?;
            // What was read may not be durable yet if the process that wrote it was killed.
            file.sync_data()?;
            self.write_both(&file, slot)?;
            file
        } else {
            create(&self.path, slot)?
        };
        self.file = Some(file);
        Ok(())
    }

    fn write_both(&self, file: &File, slot: &[u8; SLOT_BYTES]) -> io::Result<()> {
        file.write_all_at(slot, self.next_slot.offset())?;
        file.sync_data()?;
        file.write_all_at(slot, self.next_slot.other().offset())
    }

    /// What a slot holds, or why it cannot be trusted. A whole slot of another chain is an error.
    fn read_slot(
        &self,
        file: &File,
        slot: Slot,
    ) -> Result<Result<SignedRound, String>, StoreError> {
        let mut bytes = [0; SLOT_BYTES];
        match file.read_exact_at(&mut bytes, slot.offset()) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                return Ok(Err("the file is too short".to_owned()));
            }
            Err(error) => return Err(self.failed("read", error)),
        }
        let Some((found, signed)) = decode(&bytes) else {
            return Ok(Err("its checksum does not hold".to_owned()));
        };
        if found != self.chain_id {
            let store = self.path.display().to_string();
            return Err(StoreError::WrongChain { store, found, expected: self.chain_id });
        }
        Ok(Ok(signed))
    }

    fn failed(&self, action: &'static str, source: io::Error) -> StoreError {
        StoreError::Io { action, path: self.path.clone(), source }
    }
}

/// Makes the file with both slots whole. A file that is there, damaged, is replaced in one step, so
/// that a crash leaves the old one or the new one.
fn create(path: &Path, slot: &[u8; SLOT_BYTES]) -> io::Result<File> {
    let fresh = path.with_extension("new");
    let file = OpenOptions::new().write(true).create(true).truncate(true).open(&fresh)?;
    file.set_len(FILE_BYTES)?;
    file.write_all_at(slot, Slot::First.offset())?;
    file.write_all_at(slot, Slot::Second.offset())?;
    file.sync_all()?;
    std::fs::rename(&fresh, path)?;
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()?;
    Ok(file)
}

fn checksum(slot: &[u8]) -> Digest {
    Digest::derive("kaldrix 2026 last signed round checksum v1", &[slot])
}

fn encode(chain_id: &ChainId, signed: &SignedRound) -> [u8; SLOT_BYTES] {
    let mut slot = [0; SLOT_BYTES];
    slot[..CHAIN_AT].copy_from_slice(&MAGIC);
    slot[CHAIN_AT..EPOCH_AT].copy_from_slice(chain_id.as_bytes());
    slot[EPOCH_AT..ROUND_AT].copy_from_slice(&signed.epoch.to_le_bytes());
    slot[ROUND_AT..BLOCK_AT].copy_from_slice(&signed.round.to_le_bytes());
    slot[BLOCK_AT..CHECKSUM_AT].copy_from_slice(signed.block.as_bytes());
    let checksum = checksum(&slot[..CHECKSUM_AT]);
    slot[CHECKSUM_AT..].copy_from_slice(checksum.as_bytes());
    slot
}

fn decode(slot: &[u8; SLOT_BYTES]) -> Option<(ChainId, SignedRound)> {
    let (body, found) = slot.split_at(CHECKSUM_AT);
    if found != checksum(body).as_bytes() || body[..CHAIN_AT] != MAGIC {
        return None;
    }
    let chain_id: [u8; 32] = body[CHAIN_AT..EPOCH_AT].try_into().ok()?;
    let block: [u8; 32] = body[BLOCK_AT..CHECKSUM_AT].try_into().ok()?;
    let signed = SignedRound {
        epoch: u64::from_le_bytes(body[EPOCH_AT..ROUND_AT].try_into().ok()?),
        round: u64::from_le_bytes(body[ROUND_AT..BLOCK_AT].try_into().ok()?),
        block: BlockId::from(block),
    };
    Some((ChainId::from(chain_id), signed))
}

#[cfg(test)]
mod tests;
