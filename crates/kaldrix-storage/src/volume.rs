//! Where a node keeps its stores: directories of a file system, or a virtual disk.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::dag_store::DAG_TABLES;
use crate::disk::DiskStore;
use crate::error::{Damage, StoreError};
use crate::key_value::KeyValue;
use crate::ledger_store::LEDGER_TABLES;
use crate::quarantine::quarantine;
use crate::signed_round::{FileSlots, Slots};
use crate::table::Table;

/// A store that an engine holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StoreName {
    Ledger,
    Dag,
}

impl StoreName {
    pub const ALL: [Self; 2] = [Self::Ledger, Self::Dag];

    pub fn tables(self) -> &'static [Table] {
        match self {
            Self::Ledger => LEDGER_TABLES,
            Self::Dag => DAG_TABLES,
        }
    }
}

impl fmt::Display for StoreName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ledger => "ledger",
            Self::Dag => "dag",
        })
    }
}

/// Holds a node's stores. Of a store, at most one engine is open at a time.
pub trait Volume: fmt::Debug {
    /// Opens the engine of a store; a fresh one where there is none.
    fn open(&self, store: StoreName) -> Result<Arc<dyn KeyValue>, StoreError>;

    /// Whether a store is small enough to be read whole before anything builds on it.
    fn is_read_whole(&self, store: StoreName) -> bool;

    /// Moves a damaged store, which nobody has open, out of the way of a fresh one; says where to.
    fn set_aside(&self, store: StoreName, damage: &Damage) -> Result<PathBuf, StoreError>;

    /// What the last signed round lies on.
    fn signed_round(&self) -> Box<dyn Slots>;
}

/// A volume of directories.
#[derive(Debug, Clone)]
pub struct Directories {
    pub ledger: PathBuf,
    pub dag: PathBuf,
    /// A file.
    pub signed_round: PathBuf,
    /// Memory for what was read of each store.
    pub cache_bytes_max: u64,
    /// A store up to this size is read whole, so that damage is found before anyone asks for it.
    /// Of a larger one, each record is checked when it is read.
    pub check_bytes_max: u64,
}

impl Directories {
    fn directory(&self, store: StoreName) -> &Path {
        match store {
            StoreName::Ledger => &self.ledger,
            StoreName::Dag => &self.dag,
        }
    }
}

impl Volume for Directories {
    fn open(&self, store: StoreName) -> Result<Arc<dyn KeyValue>, StoreError> {
        let directory = self.directory(store);
        Ok(Arc::new(DiskStore::open(directory, store.tables(), self.cache_bytes_max)?))
    }

    fn is_read_whole(&self, store: StoreName) -> bool {
        directory_bytes(self.directory(store)) <= self.check_bytes_max
    }

    fn set_aside(&self, store: StoreName, damage: &Damage) -> Result<PathBuf, StoreError> {
        quarantine(self.directory(store), damage)
    }

    fn signed_round(&self) -> Box<dyn Slots> {
        Box::new(FileSlots::new(&self.signed_round))
    }
}

/// The length of the files in a directory and below; what cannot be read does not count.
fn directory_bytes(directory: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(directory) else { return 0 };
    let bytes = entries.flatten().map(|entry| match entry.metadata() {
        Ok(found) if found.is_dir() => directory_bytes(&entry.path()),
        Ok(found) => found.len(),
        Err(_) => 0,
    });
    bytes.sum()
}
