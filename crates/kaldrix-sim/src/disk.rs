//! A node's virtual disk: the real stores run on it, and it fails when it is told to.

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::Arc;

use kaldrix_storage::{
    Damage, Faults, FaultyStore, KeyValue, MemorySlots, MemoryStore, Slots, StoreError, StoreName,
    Volume,
};

use crate::disk_fault::DiskFault;

/// What a node keeps, besides its mempool's journal.
#[derive(Debug)]
pub struct Disk {
    engines: RefCell<Engines>,
    signed_round: MemorySlots,
    /// Stores are small: they are read whole when a node starts, so damage is found before anyone
    /// asks for it. Otherwise it is found where it is read.
    pub reads_whole: bool,
}

#[derive(Debug)]
struct Engines {
    ledger: Engine,
    dag: Engine,
    /// Stores set aside so far.
    set_aside: u32,
}

#[derive(Debug)]
struct Engine {
    store: Arc<FaultyStore>,
    /// Something in it is not what was written: reading all of it may find that.
    is_garbled: bool,
}

impl Engine {
    fn fresh(name: StoreName) -> Self {
        let memory = Arc::new(MemoryStore::named(name.to_string()));
        let store = Arc::new(FaultyStore::new(memory, 0, Faults::default()));
        Self { store, is_garbled: false }
    }
}

impl Engines {
    fn get(&mut self, store: StoreName) -> &mut Engine {
        match store {
            StoreName::Ledger => &mut self.ledger,
            StoreName::Dag => &mut self.dag,
        }
    }
}

impl Disk {
    pub fn new() -> Self {
        let [ledger, dag] = StoreName::ALL.map(Engine::fresh);
        let engines = RefCell::new(Engines { ledger, dag, set_aside: 0 });
        Self { engines, signed_round: MemorySlots::default(), reads_whole: true }
    }

    /// Suffers a fault while the node is down.
    pub fn suffer(&mut self, fault: &DiskFault) -> Result<(), StoreError> {
        let index = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let engines = self.engines.get_mut();
        match *fault {
            DiskFault::LosesUnsynced { store, batches_kept } => {
                engines.get(store).store.lose_unsynced(index(batches_kept.into()))?;
            }
            DiskFault::LosesUnsyncedSlot => self.signed_round.lose_unsynced(),
            DiskFault::FlipsBit { store, table, record, bit } => {
                let engine = engines.get(store);
                engine.is_garbled = true;
                engine.store.flip_bit(table, index(record), index(bit))?;
            }
            DiskFault::TearsRecord { store, table, record, bytes_kept } => {
                let engine = engines.get(store);
                engine.is_garbled = true;
                engine.store.tear(table, index(record), index(bytes_kept))?;
            }
            DiskFault::TearsSlot { slot, bytes_kept } => {
                self.signed_round.tear(slot, index(bytes_kept));
            }
            DiskFault::FlipsSlotBit { slot, bit } => self.signed_round.flip_bit(slot, index(bit)),
            DiskFault::LosesSignedRound => self.signed_round.clear(),
            DiskFault::LosesAll => {
                self.signed_round.clear();
                StoreName::ALL.iter().for_each(|name| *engines.get(*name) = Engine::fresh(*name));
            }
        }
        Ok(())
    }

    /// The store that was found damaged while a node ran.
    pub fn store_named(&self, damage: &Damage) -> Option<StoreName> {
        StoreName::ALL.into_iter().find(|name| name.to_string() == damage.store)
    }
}

impl Volume for Disk {
    fn open(&self, store: StoreName) -> Result<Arc<dyn KeyValue>, StoreError> {
        let engine: Arc<dyn KeyValue> = self.engines.borrow_mut().get(store).store.clone();
        Ok(engine)
    }

    /// Reading a store whole that nothing happened to would find nothing, and takes long.
    fn is_read_whole(&self, store: StoreName) -> bool {
        self.reads_whole && self.engines.borrow_mut().get(store).is_garbled
    }

    fn set_aside(&self, store: StoreName, _: &Damage) -> Result<PathBuf, StoreError> {
        let mut engines = self.engines.borrow_mut();
        engines.set_aside += 1;
        let moved_to = format!("{store}.damaged-{}", engines.set_aside);
        *engines.get(store) = Engine::fresh(store);
        Ok(moved_to.into())
    }

    fn signed_round(&self) -> Box<dyn Slots> {
        Box::new(self.signed_round.clone())
    }
}
