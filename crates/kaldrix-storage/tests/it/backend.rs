//! The backends that every suite runs on.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kaldrix_storage::{DiskStore, Faults, FaultyStore, KeyValue, MemoryStore, Table};
use tempfile::TempDir;

pub const CACHE_BYTES: u64 = 4 * 1024 * 1024;

/// A store that can be closed and opened again.
pub enum Backend {
    Memory(Arc<MemoryStore>),
    Disk(TempDir),
}

impl Backend {
    pub fn memory() -> Self {
        Self::Memory(Arc::new(MemoryStore::new()))
    }

    pub fn disk() -> Self {
        Self::Disk(tempfile::tempdir().unwrap())
    }

    /// The store; on disk only one may be open at a time.
    pub fn open(&self) -> Arc<dyn KeyValue> {
        match self {
            Self::Memory(store) => store.clone(),
            Self::Disk(directory) => open_disk(directory.path()),
        }
    }

    /// The same behind a layer that injects no fault.
    pub fn open_faultless(&self) -> Arc<dyn KeyValue> {
        Arc::new(FaultyStore::new(self.open(), 1, Faults::default()))
    }
}

pub fn open_disk(directory: &Path) -> Arc<dyn KeyValue> {
    Arc::new(DiskStore::open(directory, Table::ALL, CACHE_BYTES).unwrap())
}

/// A seed for a random test: the one in `KALDRIX_TEST_SEED`, else the test's own. It is printed.
pub fn seed(own: u64) -> u64 {
    let given = std::env::var("KALDRIX_TEST_SEED").ok();
    let seed = given.map_or(own, |seed| seed.parse().expect("KALDRIX_TEST_SEED is a number"));
    println!("seed {seed}: set KALDRIX_TEST_SEED to run another");
    seed
}

/// Numbers from a seed.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(1);
        let hash = kaldrix_types::Digest::derive("storage test random", &[&self.0.to_le_bytes()]);
        u64::from_le_bytes(hash.0[..8].try_into().unwrap())
    }

    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }
}

/// All files below `directory`, as paths relative to it, in order.
pub fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut pending = vec![directory.to_owned()];
    while let Some(next) = pending.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                pending.push(path);
            } else {
                found.push(path.strip_prefix(directory).unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

pub fn copy_directory(from: &Path, to: &Path) {
    for file in files(from) {
        let target = to.join(&file);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(from.join(&file), target).unwrap();
    }
}
