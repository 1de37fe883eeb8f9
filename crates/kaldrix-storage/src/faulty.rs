//! The faulty twin: a store that fails on purpose, the same way for the same seed.
//!
//! It does to a sound store what disks and power cuts do: refuses writes, forgets what was not
//! synced, flips bits. Like a real engine it never applies a part of a batch.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::error::{RecordName, StoreError};
use crate::key_value::{Batch, Change, Durability, KeyValue, Record, Scan};
use crate::records::CHECKSUM_BYTES;
use crate::table::Table;

/// Batches that may wait for a sync; older ones count as durable.
pub const UNSYNCED_BATCHES_MAX: usize = 1024;

/// How often which fault happens, of a thousand calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Faults {
    /// A write that is refused; nothing of it is applied.
    pub failed_writes_per_mille: u16,
    /// A read that returns an error.
    pub failed_reads_per_mille: u16,
    /// A read of one value that returns it with one bit flipped.
    pub flipped_reads_per_mille: u16,
}

/// A store over another one, with faults.
pub struct FaultyStore {
    store: Arc<dyn KeyValue>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    faults: Faults,
    random: SplitMix,
    /// For each batch since the last sync, what takes it back; the oldest first.
    unsynced: VecDeque<Batch>,
}

impl fmt::Debug for FaultyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FaultyStore({:?})", self.store)
    }
}

impl FaultyStore {
    /// Without `faults` it behaves as `store` does, until a method below makes it fail.
    pub fn new(store: Arc<dyn KeyValue>, seed: u64, faults: Faults) -> Self {
        let random = SplitMix(seed);
        let state = State { faults, random, unsynced: VecDeque::new() };
        Self { store, state: Mutex::new(state) }
    }

    pub fn set_faults(&self, faults: Faults) {
        self.state.lock().faults = faults;
    }

    /// Loses power: of the batches that were not synced, the first few survive, by the seed's
    /// choice, and the rest never happened. Returns how many were lost.
    pub fn crash(&self) -> Result<usize, StoreError> {
        let batches_kept = {
            let mut state = self.state.lock();
            let unsynced = state.unsynced.len();
            unsynced.saturating_sub(state.random.below(unsynced.saturating_add(1)))
        };
        self.lose_unsynced(batches_kept)
    }

    /// Loses power: of the batches that were not synced, the first `batches_kept` survive, and the
    /// rest never happened. Returns how many were lost.
    pub fn lose_unsynced(&self, batches_kept: usize) -> Result<usize, StoreError> {
        let mut state = self.state.lock();
        let batches_kept = batches_kept.min(state.unsynced.len());
        let lost = state.unsynced.split_off(batches_kept);
        state.unsynced.clear();
        let count = lost.len();
        for undo in lost.into_iter().rev() {
            self.store.write(undo, Durability::Buffered)?;
        }
        Ok(count)
    }

    /// Flips one bit of one stored value of `table`, both chosen by a number that is taken modulo
    /// how many there are.
    pub fn flip_bit(
        &self,
        table: Table,
        record: usize,
        bit: usize,
    ) -> Result<Option<RecordName>, StoreError> {
        self.garble(table, record, |value| {
            let bit = bit % value.len().saturating_mul(8).max(1);
            if let Some(byte) = value.get_mut(bit / 8) {
                *byte ^= 1 << (bit % 8);
            }
        })
    }

    /// Cuts one stored value of `table` short, at most by all of its bytes and at least by one.
    pub fn tear(
        &self,
        table: Table,
        record: usize,
        bytes_kept: usize,
    ) -> Result<Option<RecordName>, StoreError> {
        self.garble(table, record, |value| {
            value.truncate(bytes_kept.min(value.len().saturating_sub(1)));
        })
    }

    /// Changes one stored value of `table`, unseen by who opened the store.
    fn garble(
        &self,
        table: Table,
        record: usize,
        change: impl FnOnce(&mut Vec<u8>),
    ) -> Result<Option<RecordName>, StoreError> {
        let keys = self.store.keys(table, &Scan::all(usize::MAX))?;
        let Some(key) = keys.get(record % keys.len().max(1)) else { return Ok(None) };
        let Some(mut value) = self.store.get(table, key)? else { return Ok(None) };
        change(&mut value);
        let mut batch = Batch::default();
        batch.put(table, key.as_slice(), value);
        self.store.write(batch, Durability::Synced)?;
        Ok(Some(RecordName { table, key: key.clone() }))
    }

    fn fail(&self, action: &'static str) -> Result<(), StoreError> {
        let mut state = self.state.lock();
        let per_mille = match action {
            "write" => state.faults.failed_writes_per_mille,
            _ => state.faults.failed_reads_per_mille,
        };
        if state.random.happens(per_mille) { Err(StoreError::Injected { action }) } else { Ok(()) }
    }

    /// What takes `batch` back.
    fn undo(&self, batch: &Batch) -> Result<Batch, StoreError> {
        let mut undo = Batch::default();
        for change in &batch.changes {
            let (Change::Put { table, key, .. } | Change::Remove { table, key }) = change;
            match self.store.get(*table, key)? {
                Some(value) => undo.put(*table, key.as_slice(), value),
                None => undo.remove(*table, key.as_slice()),
            }
        }
        Ok(undo)
    }
}

impl KeyValue for FaultyStore {
    fn location(&self) -> &str {
        self.store.location()
    }

    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.fail("get")?;
        let value = self.store.get(table, key)?;
        let mut state = self.state.lock();
        let flipped_per_mille = state.faults.flipped_reads_per_mille;
        if !state.random.happens(flipped_per_mille) {
            return Ok(value);
        }
        Ok(value.map(|value| state.random.flip_bit(value)))
    }

    fn checksum(&self, table: Table, key: &[u8], value: &[u8]) -> [u8; CHECKSUM_BYTES] {
        self.store.checksum(table, key, value)
    }

    fn scan(&self, table: Table, scan: &Scan) -> Result<Vec<Record>, StoreError> {
        self.fail("scan")?;
        self.store.scan(table, scan)
    }

    fn keys(&self, table: Table, scan: &Scan) -> Result<Vec<Vec<u8>>, StoreError> {
        self.fail("keys")?;
        self.store.keys(table, scan)
    }

    fn write(&self, batch: Batch, durability: Durability) -> Result<(), StoreError> {
        self.fail("write")?;
        let mut state = self.state.lock();
        if durability == Durability::Synced {
            self.store.write(batch, durability)?;
            state.unsynced.clear();
            return Ok(());
        }
        let undo = self.undo(&batch)?;
        self.store.write(batch, durability)?;
        state.unsynced.push_back(undo);
        if state.unsynced.len() > UNSYNCED_BATCHES_MAX {
            state.unsynced.pop_front();
        }
        Ok(())
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, seeded, good enough to choose faults.
#[derive(Debug)]
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    /// A number below `bound`, which is not 0.
    fn below(&mut self, bound: usize) -> usize {
        let word = self.next() % (bound.max(1) as u64);
        usize::try_from(word).unwrap_or(0)
    }

    fn happens(&mut self, per_mille: u16) -> bool {
        per_mille > 0 && self.next() % 1000 < u64::from(per_mille)
    }

    fn flip_bit(&mut self, mut bytes: Vec<u8>) -> Vec<u8> {
        let bit = self.below(8);
        let at = self.below(bytes.len());
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= 1 << bit;
        }
        bytes
    }
}
