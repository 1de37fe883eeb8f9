//! The twin in memory: for tests, for the simulator, and as the model that backends are held to.

use std::collections::BTreeMap;

use parking_lot::RwLock;

use crate::error::StoreError;
use crate::key_value::{Batch, Change, Durability, KeyValue, Order, Record, Scan};
use crate::table::Table;

/// Keeps everything until it is dropped.
#[derive(Debug, Default)]
pub struct MemoryStore {
    records: RwLock<BTreeMap<Table, BTreeMap<Vec<u8>, Vec<u8>>>>,
}

impl MemoryStore {
    pub fn new() -> Self {
        Self::default()
    }
}

impl KeyValue for MemoryStore {
    fn location(&self) -> &str {
        "memory"
    }

    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.records.read().get(&table).and_then(|records| records.get(key).cloned()))
    }

    fn scan(&self, table: Table, scan: &Scan) -> Result<Vec<Record>, StoreError> {
        let tables = self.records.read();
        let Some(records) = tables.get(&table).filter(|_| !scan.is_empty()) else {
            return Ok(Vec::new());
        };
        let range = records.range((scan.from.clone(), scan.to.clone()));
        let record =
            |(key, value): (&Vec<u8>, &Vec<u8>)| Record { key: key.clone(), value: value.clone() };
        Ok(match scan.order {
            Order::Ascending => range.take(scan.records_max).map(record).collect(),
            Order::Descending => range.rev().take(scan.records_max).map(record).collect(),
        })
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
