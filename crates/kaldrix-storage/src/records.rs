//! The checksummed view of an engine that the ledger's and the replica's stores stand on.
//!
//! Each value is sealed with a checksum over its table, key and bytes, so a flipped bit, a
//! misplaced or a swapped record is named and never served. Each table carries the number of the
//! last batch that changed it, and the table of metadata the numbers of all: an engine that lost
//! one table, or one table's newest batches, is found out when the store is opened. What an engine
//! can still lose unseen is its newest batches as a whole, which peers have.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Bound;
use std::sync::Arc;

use kaldrix_types::Digest;
use kaldrix_types::encoding::{self, Canonical};
use parking_lot::Mutex;

use crate::error::{Damage, RecordName, StoreError};
use crate::key_value::{
    Batch, Change, Durability, KEY_BYTES_MAX, KeyValue, Record, Scan, VALUE_BYTES_MAX,
};
use crate::table::Table;

/// Length of the checksum that follows every value.
pub const CHECKSUM_BYTES: usize = 8;
/// Records that one step of an audit holds in memory.
const AUDIT_RECORDS_MAX: usize = 256;
/// Damaged records that an audit names; it counts the rest.
pub const AUDIT_DAMAGES_MAX: usize = 1000;

/// First byte of a record's key in the engine. The stamp's key is the single byte before it.
const RECORD_PREFIX: u8 = 1;
const STAMP_KEY: &[u8] = &[0];

/// The number of the last batch that changed each table.
type Stamps = BTreeMap<Table, u64>;

/// A store whose values are checked at every read.
pub struct Records {
    store: Arc<dyn KeyValue>,
    /// Held while a batch is written, so that stamps reach the engine in order.
    stamps: Mutex<Stamps>,
}

/// What an audit of a whole store found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audit {
    /// Records whose checksum holds.
    pub records_sound: u64,
    pub records_damaged: u64,
    /// The damaged records by name, at most [`AUDIT_DAMAGES_MAX`] of them.
    pub damages: Vec<Damage>,
}

impl Audit {
    pub fn is_sound(&self) -> bool {
        self.records_damaged == 0
    }

    pub(crate) fn report(&mut self, damage: Damage) {
        self.records_damaged = self.records_damaged.saturating_add(1);
        if self.damages.len() < AUDIT_DAMAGES_MAX {
            self.damages.push(damage);
        }
    }
}

impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Records({})", self.store.location())
    }
}

impl Records {
    /// Opens the view and checks that no table was lost or lags behind the others.
    pub fn open(store: Arc<dyn KeyValue>) -> Result<Self, StoreError> {
        let stamps = read_stamps(store.as_ref())?;
        Ok(Self { store, stamps: Mutex::new(stamps) })
    }

    /// The directory, or what else names the store in an error.
    pub fn location(&self) -> &str {
        self.store.location()
    }

    /// Whether nothing was ever written.
    pub fn is_empty(&self) -> bool {
        self.stamps.lock().is_empty()
    }

    pub fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(sealed) = self.store.get(table, &stored_key(key))? else { return Ok(None) };
        unseal(self.store.as_ref(), table, key, sealed).map(Some)
    }

    /// A value in its canonical encoding.
    pub fn value<T: Canonical>(&self, table: Table, key: &[u8]) -> Result<Option<T>, StoreError> {
        let Some(bytes) = self.get(table, key)? else { return Ok(None) };
        self.decode(table, key, &bytes).map(Some)
    }

    /// Decodes what was read from `key`. Bytes whose checksum holds and which decode to nothing
    /// were not written by this program: damage all the same.
    pub fn decode<T: Canonical>(
        &self,
        table: Table,
        key: &[u8],
        bytes: &[u8],
    ) -> Result<T, StoreError> {
        encoding::from_bytes(bytes).map_err(|error| self.damaged(table, key, error.to_string()))
    }

    pub(crate) fn damaged(&self, table: Table, key: &[u8], reason: String) -> StoreError {
        StoreError::damaged_record(self.location(), table, key, reason)
    }

    /// The keys that `scan` asks for. Keys alone have no checksum: use them to remove records.
    pub fn keys(&self, table: Table, scan: &Scan) -> Result<Vec<Vec<u8>>, StoreError> {
        let keys = self.store.keys(table, &stored_scan(scan))?;
        Ok(keys.into_iter().map(|key| key.get(1..).unwrap_or_default().to_vec()).collect())
    }

    /// The records that `scan` asks for. A damaged one is an error in its place, so that a caller
    /// may go on without it; an error of the engine ends the scan.
    pub fn scan(
        &self,
        table: Table,
        scan: &Scan,
    ) -> Result<Vec<Result<Record, StoreError>>, StoreError> {
        let open = |Record { key, value }: Record| {
            let key = key.get(1..).unwrap_or_default().to_vec();
            let value = unseal(self.store.as_ref(), table, &key, value)?;
            Ok(Record { key, value })
        };
        Ok(self.store.scan(table, &stored_scan(scan))?.into_iter().map(open).collect())
    }

    /// The first record that `scan` finds.
    pub fn first(&self, table: Table, scan: Scan) -> Result<Option<Record>, StoreError> {
        self.scan(table, &Scan { records_max: 1, ..scan })?.pop().transpose()
    }

    /// Applies `batch` whole or not at all.
    pub fn write(&self, batch: Batch, durability: Durability) -> Result<(), StoreError> {
        let store = self.store.as_ref();
        let mut stamps = self.stamps.lock();
        let mut next = stamps.clone();
        let sequence = next.values().max().copied().unwrap_or(0).saturating_add(1);
        check_lengths(self.location(), &batch)?;
        let mut sealed = Batch::default();
        for change in batch.changes {
            next.insert(change.table(), sequence);
            match change {
                Change::Put { table, key, value } => {
                    let value = seal(store, table, &key, value);
                    sealed.put(table, stored_key(&key), value);
                }
                Change::Remove { table, key } => sealed.remove(table, stored_key(&key)),
            }
        }
        if !sealed.is_empty() {
            next.insert(Table::Meta, sequence);
            put_stamps(store, &mut sealed, &next, sequence);
        }
        store.write(sealed, durability)?;
        *stamps = next;
        Ok(())
    }

    /// Reads every record of every table, in order and by its key, and names the damaged ones.
    pub fn audit(&self) -> Audit {
        let mut audit = Audit::default();
        if let Err(StoreError::Damaged(damage)) = read_stamps(self.store.as_ref()) {
            audit.report(*damage);
        }
        for &table in Table::ALL {
            if let Err(error) = self.audit_table(table, &mut audit) {
                let reason = format!("the rest of table {table} cannot be read: {error}");
                audit.report(Damage { store: self.location().to_owned(), record: None, reason });
            }
        }
        audit
    }

    /// A read by key goes through an engine's filters and indexes, which a scan does not touch.
    fn audit_key(&self, table: Table, Record { key, value }: Record) -> Result<(), StoreError> {
        if self.get(table, &key)?.as_ref() == Some(&value) {
            return Ok(());
        }
        Err(self.damaged(table, &key, "a scan finds it, a read by its key does not".to_owned()))
    }

    fn audit_table(&self, table: Table, audit: &mut Audit) -> Result<(), StoreError> {
        let mut from = Bound::Unbounded;
        loop {
            let page = self.scan(table, &Scan::all(AUDIT_RECORDS_MAX).from(from.clone()))?;
            let Some(last) = page.last() else { return Ok(()) };
            from = match last {
                Ok(record) => Bound::Excluded(record.key.clone()),
                Err(error) => match error.record() {
                    Some(RecordName { key, .. }) => Bound::Excluded(key.clone()),
                    None => return Ok(()),
                },
            };
            for record in page {
                match record.and_then(|record| self.audit_key(table, record)) {
                    Ok(()) => audit.records_sound = audit.records_sound.saturating_add(1),
                    Err(StoreError::Damaged(damage)) => audit.report(*damage),
                    Err(error) => return Err(error),
                }
            }
        }
    }
}

fn check_lengths(store: &str, batch: &Batch) -> Result<(), StoreError> {
    for change in &batch.changes {
        let (key, value_bytes) = match change {
            Change::Put { key, value, .. } => (key, value.len()),
            Change::Remove { key, .. } => (key, 0),
        };
        if key.len() > KEY_BYTES_MAX || value_bytes > VALUE_BYTES_MAX {
            let reason = format!("a key of {} or a value of {value_bytes} bytes", key.len());
            return Err(StoreError::Engine { store: store.to_owned(), action: "write", reason });
        }
    }
    Ok(())
}

fn stored_key(key: &[u8]) -> Vec<u8> {
    let mut stored = Vec::with_capacity(key.len().saturating_add(1));
    stored.push(RECORD_PREFIX);
    stored.extend_from_slice(key);
    stored
}

fn stored_scan(scan: &Scan) -> Scan {
    let stored = |bound: &Bound<Vec<u8>>| bound.as_ref().map(|key| stored_key(key));
    let from = match stored(&scan.from) {
        Bound::Unbounded => Bound::Included(vec![RECORD_PREFIX]),
        bound => bound,
    };
    Scan { from, to: stored(&scan.to), ..scan.clone() }
}

/// The checksum of the persistent format.
pub(crate) fn checksum(table: Table, key: &[u8], value: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let length = (key.len() as u64).to_le_bytes();
    let parts: [&[u8]; 4] = [&[table.tag()], &length, key, value];
    let digest = Digest::derive("kaldrix 2026 stored record checksum v1", &parts);
    let mut checksum = [0; CHECKSUM_BYTES];
    checksum.copy_from_slice(&digest.0[..CHECKSUM_BYTES]);
    checksum
}

fn seal(store: &dyn KeyValue, table: Table, key: &[u8], mut value: Vec<u8>) -> Vec<u8> {
    let checksum = store.checksum(table, key, &value);
    value.extend_from_slice(&checksum);
    value
}

fn unseal(
    store: &dyn KeyValue,
    table: Table,
    key: &[u8],
    mut sealed: Vec<u8>,
) -> Result<Vec<u8>, StoreError> {
    let damaged = |reason| StoreError::damaged_record(store.location(), table, key, reason);
    let length = sealed.len().checked_sub(CHECKSUM_BYTES);
    let length = length.ok_or_else(|| damaged("shorter than its checksum"))?;
    if sealed[length..] != store.checksum(table, key, &sealed[..length]) {
        return Err(damaged("its checksum does not hold"));
    }
    sealed.truncate(length);
    Ok(sealed)
}

fn put_stamps(store: &dyn KeyValue, batch: &mut Batch, stamps: &Stamps, sequence: u64) {
    let mut all = Vec::new();
    for (table, stamp) in stamps {
        all.push(table.tag());
        all.extend_from_slice(&stamp.to_le_bytes());
        if *stamp == sequence && *table != Table::Meta {
            let value = seal(store, *table, STAMP_KEY, stamp.to_le_bytes().to_vec());
            batch.put(*table, STAMP_KEY, value);
        }
    }
    batch.put(Table::Meta, STAMP_KEY, seal(store, Table::Meta, STAMP_KEY, all));
}

fn read_stamps(store: &dyn KeyValue) -> Result<Stamps, StoreError> {
    let location = store.location();
    let read = |table| match store.get(table, STAMP_KEY)? {
        Some(sealed) => unseal(store, table, STAMP_KEY, sealed).map(Some),
        None => Ok(None),
    };
    let Some(all) = read(Table::Meta)? else {
        for &table in Table::ALL {
            if !store.scan(table, &Scan::all(1))?.is_empty() {
                let reason = format!("table {table} has records, the table of metadata is empty");
                return Err(StoreError::damaged(location, reason));
            }
        }
        return Ok(Stamps::new());
    };
    let stamps = parse_stamps(&all).ok_or_else(|| {
        StoreError::damaged_record(location, Table::Meta, STAMP_KEY, "malformed batch numbers")
    })?;
    for &table in Table::ALL.iter().filter(|table| **table != Table::Meta) {
        let found = read(table)?;
        let expected = stamps.get(&table).map(|stamp| stamp.to_le_bytes().to_vec());
        if found != expected {
            let reason = format!(
                "table {table} does not hold the last batch written to it: \
                 records are missing or from another time"
            );
            return Err(StoreError::damaged(location, reason));
        }
    }
    Ok(stamps)
}

fn parse_stamps(all: &[u8]) -> Option<Stamps> {
    let mut stamps = Stamps::new();
    for entry in all.chunks(9) {
        let (tag, stamp) = entry.split_first()?;
        let table = Table::ALL.iter().find(|table| table.tag() == *tag)?;
        stamps.insert(*table, u64::from_le_bytes(stamp.try_into().ok()?));
    }
    Some(stamps)
}

#[cfg(test)]
mod tests;
