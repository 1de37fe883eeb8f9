//! The twin in memory: slots that lose, tear and garble what was written, when they are told to.

use std::io;
use std::path::Path;
use std::sync::Arc;

use parking_lot::Mutex;

use super::{SLOT_BYTES, Slot, Slots};

/// Slots that every clone shares, as openings of one file do.
#[derive(Debug, Clone, Default)]
pub struct MemorySlots(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// What reads see.
    written: Option<Vec<u8>>,
    /// What survives the loss of power.
    durable: Option<Vec<u8>>,
    /// A slot missed the last write.
    lags: bool,
}

impl MemorySlots {
    /// Loses power: what was not synced is gone.
    pub fn lose_unsynced(&self) {
        let mut state = self.0.lock();
        state.lags |= state.written != state.durable;
        state.written = state.durable.clone();
    }

    /// Whether a slot missed the last write, and none was made since.
    pub fn lag(&self) -> bool {
        self.0.lock().lags
    }

    /// Cuts a write to `slot` short: zeros follow the first `bytes_kept` bytes.
    pub fn tear(&self, slot: Slot, bytes_kept: usize) {
        self.change(slot, |bytes| bytes.iter_mut().skip(bytes_kept).for_each(|byte| *byte = 0));
    }

    /// Flips one bit of `slot`, its number taken modulo how many there are.
    pub fn flip_bit(&self, slot: Slot, bit: usize) {
        self.change(slot, |bytes| {
            if let Some(byte) = bytes.get_mut(bit / 8 % SLOT_BYTES) {
                *byte ^= 1 << (bit % 8);
            }
        });
    }

    /// Removes all that is there.
    pub fn clear(&self) {
        *self.0.lock() = State::default();
    }

    fn change(&self, slot: Slot, change: impl FnOnce(&mut [u8])) {
        let mut state = self.0.lock();
        let written = state.written.as_mut();
        let bytes = written.and_then(|all| all.get_mut(slot.offset()..)?.get_mut(..SLOT_BYTES));
        if let Some(bytes) = bytes {
            change(bytes);
        }
        state.durable = state.written.clone();
    }
}

impl Slots for MemorySlots {
    fn location(&self) -> &Path {
        Path::new("memory")
    }

    fn read(&self) -> io::Result<Option<Vec<u8>>> {
        Ok(self.0.lock().written.clone())
    }

    fn replace(&mut self, bytes: &[u8]) -> io::Result<()> {
        let (written, durable) = (Some(bytes.to_vec()), Some(bytes.to_vec()));
        *self.0.lock() = State { written, durable, lags: false };
        Ok(())
    }

    fn write_at(&mut self, bytes: &[u8], offset: usize) -> io::Result<()> {
        let mut state = self.0.lock();
        let written = state.written.as_mut();
        let there = written.and_then(|all| all.get_mut(offset..)?.get_mut(..bytes.len()));
        there.ok_or(io::ErrorKind::UnexpectedEof)?.copy_from_slice(bytes);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut state = self.0.lock();
        state.durable = state.written.clone();
        state.lags = false;
        Ok(())
    }
}
