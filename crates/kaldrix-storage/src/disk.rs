//! The store on disk.

use std::path::Path;

use crate::error::StoreError;
use crate::key_value::{Batch, Durability, KeyValue, Record, Scan};
use crate::table::Table;

/// An engine's directory, opened.
#[derive(Debug)]
pub struct DiskStore {
    location: String,
}

impl DiskStore {
    /// Opens or creates the store in `directory`, with `cache_bytes_max` of memory for reads.
    pub fn open(directory: &Path, cache_bytes_max: u64) -> Result<Self, StoreError> {
        let _ = cache_bytes_max;
        Ok(Self { location: directory.display().to_string() })
    }
}

impl KeyValue for DiskStore {
    fn location(&self) -> &str {
        &self.location
    }

    fn get(&self, _: Table, _: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        unimplemented!()
    }

    fn scan(&self, _: Table, _: &Scan) -> Result<Vec<Record>, StoreError> {
        unimplemented!()
    }

    fn write(&self, _: Batch, _: Durability) -> Result<(), StoreError> {
        unimplemented!()
    }
}
