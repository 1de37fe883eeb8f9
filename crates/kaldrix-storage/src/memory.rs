//! The twin in memory: for tests, for the simulator, and as the model that backends are held to.

use std::collections::BTreeMap;

use parking_lot::RwLock;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::error::StoreError;
use crate::key_value::{Batch, Change, Durability, KeyValue, Order, Record, Scan};
use crate::records::CHECKSUM_BYTES;
use crate::table::Table;

type Values = BTreeMap<Vec<u8>, Vec<u8>>;

/// Keeps everything until it is dropped.
#[derive(Debug)]
pub struct MemoryStore {
    name: String,
    records: RwLock<BTreeMap<Table, Values>>,
}

impl MemoryStore {
    pub fn new() -> Self {
        Self::named("memory".to_owned())
    }

    /// A store that errors call by this name.
    pub fn named(name: String) -> Self {
        Self { name, records: RwLock::default() }
    }

    fn select<T>(
        &self,
        table: Table,
        scan: &Scan,
        take: impl Fn(&Vec<u8>, &Vec<u8>) -> T,
    ) -> Vec<T> {
        let tables = self.records.read();
        let Some(records) = tables.get(&table).filter(|_| !scan.is_empty()) else {
            return Vec::new();
        };
        let range = records.range((scan.from.clone(), scan.to.clone()));
        let taken = |(key, value): (&Vec<u8>, &Vec<u8>)| take(key, value);
        match scan.order {
            Order::Ascending => range.take(scan.records_max).map(taken).collect(),
            Order::Descending => range.rev().take(scan.records_max).map(taken).collect(),
        }
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl KeyValue for MemoryStore {
    fn location(&self) -> &str {
        &self.name
    }

    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.records.read().get(&table).and_then(|records| records.get(key).cloned()))
    }

    fn scan(&self, table: Table, scan: &Scan) -> Result<Vec<Record>, StoreError> {
        let record =
            |key: &Vec<u8>, value: &Vec<u8>| Record { key: key.clone(), value: value.clone() };
        Ok(self.select(table, scan, record))
    }

    fn keys(&self, table: Table, scan: &Scan) -> Result<Vec<Vec<u8>>, StoreError> {
        Ok(self.select(table, scan, |key, _| key.clone()))
    }

    /// A simulation seals each block once for every node.
    fn checksum(&self, table: Table, key: &[u8], value: &[u8]) -> [u8; CHECKSUM_BYTES] {
        let place = xxh3_64_with_seed(key, table.tag().into());
        xxh3_64_with_seed(value, place).to_le_bytes()
    }

    fn write(&self, batch: Batch, _: Durability) -> Result<(), StoreError> {
        let mut tables = self.records.write();
        for change in batch.changes {
            let records = tables.entry(change.table()).or_default();
            match change {
                Change::Put { key, value, .. } => records.insert(key, value),
                Change::Remove { key, .. } => records.remove(&key),
            };
        }
        Ok(())
    }
}
