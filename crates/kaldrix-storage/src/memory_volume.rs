//! The volume in memory: for tests and for the simulator. It fails when it is told to.

use std::path::PathBuf;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::error::{Damage, StoreError};
use crate::faulty::{Faults, FaultyStore};
use crate::key_value::KeyValue;
use crate::memory::MemoryStore;
use crate::signed_round::{MemorySlots, Slots};
use crate::table::Table;
use crate::volume::{StoreName, Volume};

/// A node's stores and its last signed round. They outlive the node that opens them.
#[derive(Debug, Default)]
pub struct MemoryVolume {
    disk: Mutex<Disk>,
    slots: MemorySlots,
    /// Damage is found where it is read, as in stores too large to be read whole.
    pub is_large: bool,
}

#[derive(Debug)]
struct Disk {
    ledger: Engine,
    dag: Engine,
    /// Stores set aside so far.
    set_aside: u32,
}

#[derive(Debug)]
struct Engine {
    store: Arc<FaultyStore>,
    /// Something in it is not what was written.
    is_garbled: bool,
}

impl Engine {
    fn fresh(name: StoreName) -> Self {
        let memory = Arc::new(MemoryStore::named(name.to_string()));
        let store = Arc::new(FaultyStore::new(memory, 0, Faults::default()));
        Self { store, is_garbled: false }
    }
}

impl Default for Disk {
    fn default() -> Self {
        let [ledger, dag] = [StoreName::Ledger, StoreName::Dag].map(Engine::fresh);
        Self { ledger, dag, set_aside: 0 }
    }
}

impl Disk {
    fn engine(&mut self, store: StoreName) -> &mut Engine {
        match store {
            StoreName::Ledger => &mut self.ledger,
            StoreName::Dag => &mut self.dag,
        }
    }
}

impl MemoryVolume {
    pub fn new() -> Self {
        Self::default()
    }

    /// Where the last signed round lies.
    pub fn slots(&self) -> &MemorySlots {
        &self.slots
    }

    /// Loses power: of the batches that `store` had not synced, the first few survive.
    pub fn lose_unsynced(&self, store: StoreName, batches_kept: usize) -> Result<(), StoreError> {
        self.disk.lock().engine(store).store.lose_unsynced(batches_kept).map(drop)
    }

    /// See [`FaultyStore::flip_bit`].
    pub fn flip_bit(
        &self,
        store: StoreName,
        table: Table,
        record: usize,
        bit: usize,
    ) -> Result<(), StoreError> {
        self.garble(store, |store| store.flip_bit(table, record, bit).map(drop))
    }

    /// See [`FaultyStore::tear`].
    pub fn tear(
        &self,
        store: StoreName,
        table: Table,
        record: usize,
        bytes_kept: usize,
    ) -> Result<(), StoreError> {
        self.garble(store, |store| store.tear(table, record, bytes_kept).map(drop))
    }

    /// Forgets one store.
    pub fn lose(&self, store: StoreName) {
        *self.disk.lock().engine(store) = Engine::fresh(store);
    }

    /// Forgets everything.
    pub fn clear(&self) {
        *self.disk.lock() = Disk::default();
        self.slots.clear();
    }

    fn garble(
        &self,
        store: StoreName,
        change: impl FnOnce(&FaultyStore) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut disk = self.disk.lock();
        let engine = disk.engine(store);
        engine.is_garbled = true;
        change(&engine.store)
    }
}

impl Volume for MemoryVolume {
    fn open(&self, store: StoreName) -> Result<Arc<dyn KeyValue>, StoreError> {
        let engine: Arc<dyn KeyValue> = self.disk.lock().engine(store).store.clone();
        Ok(engine)
    }

    /// Reading a store whole that nothing happened to would find nothing, and takes long.
    fn is_read_whole(&self, store: StoreName) -> bool {
        !self.is_large && self.disk.lock().engine(store).is_garbled
    }

    fn set_aside(&self, store: StoreName, _: &Damage) -> Result<PathBuf, StoreError> {
        let mut disk = self.disk.lock();
        disk.set_aside = disk.set_aside.saturating_add(1);
        let moved_to = format!("{store}.damaged-{}", disk.set_aside);
        *disk.engine(store) = Engine::fresh(store);
        Ok(moved_to.into())
    }

    fn signed_round(&self) -> Box<dyn Slots> {
        Box::new(self.slots.clone())
    }
}
