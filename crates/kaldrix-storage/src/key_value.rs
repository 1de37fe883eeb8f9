//! The seam to the storage engine: ordered tables of byte strings and atomic batches.
//!
//! A backend knows nothing of what it stores. It must apply a batch whole or not at all, after a
//! crash too, and it must never panic: an engine's panic is caught where the engine is called.

use std::fmt;
use std::ops::Bound;

use crate::error::StoreError;
use crate::records::{self, CHECKSUM_BYTES};
use crate::table::Table;

/// Length of a key.
pub const KEY_BYTES_MAX: usize = 1024;
/// Length of a value.
pub const VALUE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// What survives once [`KeyValue::write`] has returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Survives the end of the process, not the loss of power.
    Buffered,
    /// Survives the loss of power, and so do all batches before it.
    Synced,
}

/// The order in which a scan returns records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Ascending,
    Descending,
}

/// Which records of a table to read: at most `records_max` between two bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    pub from: Bound<Vec<u8>>,
    pub to: Bound<Vec<u8>>,
    pub order: Order,
    pub records_max: usize,
}

impl Scan {
    /// Everything, in rising order.
    pub fn all(records_max: usize) -> Self {
        let (from, to) = (Bound::Unbounded, Bound::Unbounded);
        Self { from, to, order: Order::Ascending, records_max }
    }

    /// Keys that begin with `prefix`, in rising order.
    pub fn prefix(prefix: &[u8], records_max: usize) -> Self {
        let (from, to) = (Bound::Included(prefix.to_vec()), after_prefix(prefix));
        Self { from, to, order: Order::Ascending, records_max }
    }

    #[must_use]
    pub fn from(mut self, from: Bound<Vec<u8>>) -> Self {
        self.from = from;
        self
    }

    #[must_use]
    pub fn to(mut self, to: Bound<Vec<u8>>) -> Self {
        self.to = to;
        self
    }

    #[must_use]
    pub fn descending(mut self) -> Self {
        self.order = Order::Descending;
        self
    }

    /// No key can lie between the bounds. Ordered maps panic on such a range.
    pub fn is_empty(&self) -> bool {
        match (&self.from, &self.to) {
            (Bound::Unbounded, _) | (_, Bound::Unbounded) => false,
            (Bound::Included(from), Bound::Included(to)) => from > to,
            (Bound::Excluded(from) | Bound::Included(from), Bound::Excluded(to))
            | (Bound::Excluded(from), Bound::Included(to)) => from >= to,
        }
    }
}

/// The first key after all keys that begin with `prefix`.
fn after_prefix(prefix: &[u8]) -> Bound<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if let Some(next) = last.checked_add(1) {
            end.push(next);
            return Bound::Excluded(end);
        }
    }
    Bound::Unbounded
}

/// A record as a scan returns it.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    pub key: Vec<u8>,
    pub value: Vec<u8>,
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02x?} ({} bytes)", self.key, self.value.len())
    }
}

/// One change of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Put { table: Table, key: Vec<u8>, value: Vec<u8> },
    Remove { table: Table, key: Vec<u8> },
}

impl Change {
    pub fn table(&self) -> Table {
        match self {
            Self::Put { table, .. } | Self::Remove { table, .. } => *table,
        }
    }
}

/// Changes that are applied together or not at all; of two to one key the later wins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    pub changes: Vec<Change>,
}

impl Batch {
    pub fn put(&mut self, table: Table, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) {
        self.changes.push(Change::Put { table, key: key.into(), value: value.into() });
    }

    pub fn remove(&mut self, table: Table, key: impl Into<Vec<u8>>) {
        self.changes.push(Change::Remove { table, key: key.into() });
    }

    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}

/// An ordered store of byte strings in tables. Every method may be called from any thread.
pub trait KeyValue: fmt::Debug + Send + Sync {
    /// The directory, or what else names the store in an error.
    fn location(&self) -> &str;

    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// The records that `scan` asks for, at most [`Scan::records_max`].
    fn scan(&self, table: Table, scan: &Scan) -> Result<Vec<Record>, StoreError>;

    /// As [`KeyValue::scan`], without the values.
    fn keys(&self, table: Table, scan: &Scan) -> Result<Vec<Vec<u8>>, StoreError>;

    /// Applies `batch` whole. After an error nothing of it is visible while the store is open;
    /// opened again, it shows all of the batch or nothing. An empty batch that is
    /// [`Durability::Synced`] makes all batches before it durable.
    fn write(&self, batch: Batch, durability: Durability) -> Result<(), StoreError>;

    /// What [`crate::Records`] seals a value with. A store that ends with its process may take a
    /// cheaper one than the persistent format's.
    fn checksum(&self, table: Table, key: &[u8], value: &[u8]) -> [u8; CHECKSUM_BYTES] {
        records::checksum(table, key, value)
    }
}
