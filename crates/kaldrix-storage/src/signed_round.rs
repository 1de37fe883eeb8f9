//! The last signed round: what keeps a validator from ever signing two blocks of one round.
//!
//! The file holds two slots, each with its own checksum. [`SignedRoundFile::record`] makes one slot
//! durable before it returns, and only then may the block leave; then it copies the record to the
//! other slot, which the next record makes durable first. So the slot that is not being written is
//! always whole and durable, and at rest both say the same: a write cut short or a flipped bit
//! costs one slot, and the other answers. When neither can, the answer is [`LastSigned::Damaged`],
//! never a guess: the caller must ask a quorum for its own last round before it signs again.

mod memory;
mod slots;

use std::fmt;
use std::io;
use std::path::Path;

use kaldrix_types::{BlockId, ChainId, Digest, Epoch, Round};

use crate::error::StoreError;

pub use memory::MemorySlots;
pub use slots::{FileSlots, Slots};

/// Distance between the slots: no sector or page of the disk holds parts of both.
pub const SLOT_DISTANCE_BYTES: usize = 4096;
/// Length of the whole file.
pub const FILE_BYTES: usize = 2 * SLOT_DISTANCE_BYTES;
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
    slots: Box<dyn Slots>,
    chain_id: ChainId,
    last: Option<SignedRound>,
    /// The slot that the next record makes durable first.
    next_slot: Slot,
    /// What was read may not be durable yet if the process that wrote it was killed.
    is_durable: bool,
    /// What is wrong with the one slot that could not be read.
    slot_damage: Option<String>,
    /// One slot does not hold what the other one does.
    is_uneven: bool,
}

/// One of the two copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
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

    fn offset(self) -> usize {
        match self {
            Self::First => 0,
            Self::Second => SLOT_DISTANCE_BYTES,
        }
    }
}

impl SignedRoundFile {
    /// Reads what was signed last. Nothing is written, nor is a missing file made.
    pub fn open(path: &Path, chain_id: ChainId) -> Result<(Self, LastSigned), StoreError> {
        Self::on(Box::new(FileSlots::new(path)), chain_id)
    }

    /// As [`SignedRoundFile::open`], wherever the slots lie.
    pub fn on(slots: Box<dyn Slots>, chain_id: ChainId) -> Result<(Self, LastSigned), StoreError> {
        let next_slot = Slot::First;
        let (last, slot_damage, is_durable, is_uneven) = (None, None, false, false);
        let mut opened =
            Self { slots, chain_id, last, next_slot, is_durable, slot_damage, is_uneven };
        let bytes = opened.slots.read().map_err(|error| opened.failed("read", error))?;
        let Some(bytes) = bytes else { return Ok((opened, LastSigned::Absent)) };
        let first = opened.read_slot(&bytes, Slot::First)?;
        let second = opened.read_slot(&bytes, Slot::Second)?;
        opened.is_uneven = first != second;
        let last = match (first, second) {
            (Err(first), Err(second)) => {
                let reason = format!("first slot: {first}; second slot: {second}");
                return Ok((opened, LastSigned::Damaged { reason }));
            }
            (Ok(first), Ok(second)) if first.place() > second.place() => {
                opened.next_slot = Slot::Second;
                first
            }
            (Ok(first), Err(second)) => {
                opened.slot_damage = Some(format!("second slot: {second}"));
                opened.next_slot = Slot::Second;
                first
            }
            (Err(first), Ok(second)) => {
                opened.slot_damage = Some(format!("first slot: {first}"));
                second
            }
            (Ok(_), Ok(second)) => second,
        };
        opened.last = Some(last);
        Ok((opened, LastSigned::Known(last)))
    }

    pub fn last(&self) -> Option<SignedRound> {
        self.last
    }

    /// What names the file in messages.
    pub fn location(&self) -> &Path {
        self.slots.location()
    }

    /// What was wrong with one slot when the file was opened, if the other one answered for both.
    pub fn slot_damage(&self) -> Option<&str> {
        self.slot_damage.as_deref()
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
        self.write(&slot).map_err(|error| self.failed("write", error))?;
        self.is_durable = true;
        self.next_slot = self.next_slot.other();
        self.last = Some(signed);
        Ok(())
    }

    /// Makes both slots say the same again, where one was damaged or a crash came between their
    /// writes: so the file withstands the next fault too.
    pub fn mend(&mut self) -> Result<(), StoreError> {
        let Some(last) = self.last.filter(|_| self.is_uneven) else { return Ok(()) };
        let slot = encode(&self.chain_id, &last);
        let mut write = || {
            self.slots.sync()?;
            self.slots.write_at(&slot, self.next_slot.offset())?;
            self.slots.sync()
        };
        write().map_err(|error| self.failed("mend", error))?;
        (self.is_durable, self.is_uneven) = (true, false);
        Ok(())
    }

    fn write(&mut self, slot: &[u8; SLOT_BYTES]) -> io::Result<()> {
        if self.last.is_none() {
            return self.slots.replace(&whole(slot));
        }
        if !self.is_durable {
            self.slots.sync()?;
        }
        self.slots.write_at(slot, self.next_slot.offset())?;
        self.slots.sync()?;
        self.slots.write_at(slot, self.next_slot.other().offset())
    }

    /// What a slot holds, or why it cannot be trusted. A whole slot of another chain is an error.
    fn read_slot(
        &self,
        bytes: &[u8],
        slot: Slot,
    ) -> Result<Result<SignedRound, String>, StoreError> {
        let Some(slot) = bytes.get(slot.offset()..).and_then(<[u8]>::first_chunk) else {
            return Ok(Err("the file is too short".to_owned()));
        };
        let Some((found, signed)) = decode(slot) else {
            return Ok(Err("its checksum does not hold".to_owned()));
        };
        if found != self.chain_id {
            let store = self.slots.location().display().to_string();
            return Err(StoreError::WrongChain { store, found, expected: self.chain_id });
        }
        Ok(Ok(signed))
    }

    fn failed(&self, action: &'static str, source: io::Error) -> StoreError {
        StoreError::Io { action, path: self.slots.location().to_owned(), source }
    }
}

/// The file with both slots alike.
fn whole(slot: &[u8; SLOT_BYTES]) -> Vec<u8> {
    let mut bytes = slot.to_vec();
    bytes.resize(SLOT_DISTANCE_BYTES, 0);
    bytes.extend_from_slice(slot);
    bytes.resize(FILE_BYTES, 0);
    bytes
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
