//! The store on disk: fjall, an engine of log-structured merge trees with one journal.
//!
//! fjall is called nowhere else. It panics on some damaged files and aborts the process on others,
//! so its small files are checked before it reads them (see [`manifest`]), every call is fenced,
//! and all that it says about unreadable files becomes [`StoreError::Damaged`]. After a panic the
//! store answers nothing more: what it holds in memory can no longer be trusted. Reads go through a
//! snapshot, because without one fjall shows a batch while it is being applied.

mod manifest;

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use fjall::{Database, Guard, Keyspace, KeyspaceCreateOptions, PersistMode, Readable};

use crate::error::StoreError;
use crate::key_value::{Batch, Change, Durability, KeyValue, Order, Record, Scan};
use crate::table::Table;

/// Journals of one store; opening after a crash reads at most this much again.
pub const JOURNAL_BYTES_MAX: u64 = 128 * 1024 * 1024;
/// Newest records of one table that are held in memory before they are written out.
const MEMTABLE_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Threads of one store that write tables out and merge them.
const WORKER_THREADS: usize = 1;

/// A store in a directory of its own.
pub struct DiskStore {
    location: String,
    database: Database,
    tables: BTreeMap<Table, Keyspace>,
    panicked: AtomicBool,
}

impl fmt::Debug for DiskStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DiskStore({})", self.location)
    }
}

impl DiskStore {
    /// Opens or creates the store in `directory` with these tables, all of which it then has, and
    /// `cache_bytes_max` of memory for what was read.
    pub fn open(
        directory: &Path,
        tables: &[Table],
        cache_bytes_max: u64,
    ) -> Result<Self, StoreError> {
        let location = directory.display().to_string();
        let failed = |source| StoreError::Io {
            action: "create directory",
            path: directory.to_owned(),
            source,
        };
        std::fs::create_dir_all(directory).map_err(failed)?;
        manifest::check(directory)?;
        let open = || {
            let database = Database::builder(directory)
                .cache_size(cache_bytes_max)
                .max_journaling_size(JOURNAL_BYTES_MAX)
                .worker_threads(WORKER_THREADS)
                .open()?;
            let options = || KeyspaceCreateOptions::default().max_memtable_size(MEMTABLE_BYTES_MAX);
            let keyspace = |table: &Table| Ok((*table, database.keyspace(table.name(), options)?));
            let tables = tables.iter().map(keyspace).collect::<Result<_, fjall::Error>>()?;
            Ok((database, tables))
        };
        let (database, tables) = match catch_unwind(AssertUnwindSafe(open)) {
            Ok(opened) => opened.map_err(|error| engine_error(&location, "open", error))?,
            Err(panic) => return Err(StoreError::damaged(&location, panic_reason(&*panic))),
        };
        Ok(Self { location, database, tables, panicked: AtomicBool::new(false) })
    }

    /// Writes out what is held in memory, so that the next opening has no journal to read again.
    pub fn flush(&self) -> Result<(), StoreError> {
        for keyspace in self.tables.values() {
            self.call("flush", || keyspace.rotate_memtable_and_wait())?;
        }
        Ok(())
    }

    /// Runs one call of the engine behind a fence.
    fn call<T>(
        &self,
        action: &'static str,
        call: impl FnOnce() -> fjall::Result<T>,
    ) -> Result<T, StoreError> {
        if self.panicked.load(Ordering::Acquire) {
            return Err(StoreError::damaged(&self.location, "the engine panicked earlier"));
        }
        match catch_unwind(AssertUnwindSafe(call)) {
            Ok(result) => result.map_err(|error| engine_error(&self.location, action, error)),
            Err(panic) => {
                self.panicked.store(true, Ordering::Release);
                Err(StoreError::damaged(&self.location, panic_reason(&*panic)))
            }
        }
    }

    fn select<T>(
        &self,
        table: Table,
        scan: &Scan,
        take: impl Fn(Guard) -> fjall::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let Some(keyspace) = self.tables.get(&table).filter(|_| !scan.is_empty()) else {
            return Ok(Vec::new());
        };
        self.call("scan", || {
            let bounds = (scan.from.clone(), scan.to.clone());
            let range = self.database.snapshot().range(keyspace, bounds);
            match scan.order {
                Order::Ascending => range.take(scan.records_max).map(take).collect(),
                Order::Descending => range.rev().take(scan.records_max).map(take).collect(),
            }
        })
    }

    fn keyspace(&self, table: Table) -> Result<&Keyspace, StoreError> {
        self.tables.get(&table).ok_or_else(|| StoreError::Engine {
            store: self.location.clone(),
            action: "write",
            reason: format!("this store was opened without table {table}"),
        })
    }
}

impl KeyValue for DiskStore {
    fn location(&self) -> &str {
        &self.location
    }

    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        // An engine's key is never empty.
        let Some(keyspace) = self.tables.get(&table).filter(|_| !key.is_empty()) else {
            return Ok(None);
        };
        self.call("get", || {
            let value = self.database.snapshot().get(keyspace, key)?;
            Ok(value.map(|value| value.to_vec()))
        })
    }

    fn scan(&self, table: Table, scan: &Scan) -> Result<Vec<Record>, StoreError> {
        self.select(table, scan, |guard| {
            let (key, value) = guard.into_inner()?;
            Ok(Record { key: key.to_vec(), value: value.to_vec() })
        })
    }

    fn keys(&self, table: Table, scan: &Scan) -> Result<Vec<Vec<u8>>, StoreError> {
        self.select(table, scan, |guard| Ok(guard.key()?.to_vec()))
    }

    fn write(&self, batch: Batch, durability: Durability) -> Result<(), StoreError> {
        let mode = match durability {
            Durability::Buffered => PersistMode::Buffer,
            Durability::Synced => PersistMode::SyncData,
        };
        if batch.is_empty() {
            return self.call("sync", || self.database.persist(mode));
        }
        let mut writes = self.database.batch().durability(Some(mode));
        for change in batch.changes {
            let keyspace = self.keyspace(change.table())?;
            match change {
                Change::Put { key, value, .. } => writes.insert(keyspace, key, value),
                Change::Remove { key, .. } => writes.remove(keyspace, key),
            }
        }
        self.call("write", || writes.commit())
    }
}

/// Whatever the engine cannot read is damage; a full disk, a missing permission, a file that is
/// locked are not.
fn engine_error(store: &str, action: &'static str, error: fjall::Error) -> StoreError {
    use fjall::Error as E;
    let reason = match error {
        E::Io(error) | E::Storage(fjall::LsmError::Io(error)) => {
            return io_error(store, action, error);
        }
        E::Locked => "another process has it open: stop that one first".to_owned(),
        E::Poisoned => "an earlier write or merge of tables failed: look for a full or failing \
                        disk, then restart the node and run its `check-store`"
            .to_owned(),
        E::KeyspaceDeleted => "the table was deleted".to_owned(),
        error => return StoreError::damaged(store, format!("{action}: {error:?}")),
    };
    StoreError::Engine { store: store.to_owned(), action, reason }
}

fn io_error(store: &str, action: &'static str, source: io::Error) -> StoreError {
    use io::ErrorKind as Kind;
    match source.kind() {
        Kind::NotFound | Kind::UnexpectedEof | Kind::InvalidData | Kind::InvalidInput => {
            StoreError::damaged(store, format!("{action}: {source}"))
        }
        _ => StoreError::Io { action, path: store.into(), source },
    }
}

fn panic_reason(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    format!("the engine panicked: {}", text.unwrap_or("no reason given"))
}
