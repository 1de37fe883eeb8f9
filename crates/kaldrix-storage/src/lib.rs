//! The stores of the replica and the ledger: on disk, in memory, and with injected faults.
//!
//! [`KeyValue`] is the seam to the engine; [`Records`] puts a checksum on every value above it;
//! [`LedgerStore`] and [`DagStore`] say what is kept where; [`SignedRoundFile`] stands apart and is
//! the only file that safety rests on. Everything else can be verified by hashes and fetched again
//! from peers, so damage is detected, named, moved aside and rebuilt.
//!
//! A node performs what its replica asks of the disk through [`recover()`], [`BlockWriter`],
//! [`LedgerWriter`] and [`range`], on a [`Volume`]: directories, or [`MemoryVolume`], which the
//! simulator makes fail. Threads, channels and logs are the node's.
//!
//! This crate must never serve damaged data, never show half a batch, and never panic on what it
//! finds on disk. It verifies no signature and knows no network.

pub mod block_writer;
pub mod dag_store;
pub mod disk;
pub mod error;
pub mod faulty;
mod identity;
pub mod key_value;
pub mod ledger_store;
pub mod ledger_writer;
pub mod memory;
pub mod memory_volume;
pub mod quarantine;
pub mod range;
pub mod records;
pub mod recovery;
pub mod signed_round;
pub mod table;
pub mod volume;

pub use block_writer::{BlockWriter, Syncs};
pub use dag_store::{DAG_TABLES, DagStore};
pub use disk::DiskStore;
pub use error::{Damage, RecordName, StoreError};
pub use faulty::{Faults, FaultyStore};
pub use key_value::{Batch, Change, Durability, KeyValue, Order, Record, Scan};
pub use ledger_store::{BlockCommit, ExecutedTransaction, LEDGER_TABLES, LedgerStore};
pub use ledger_writer::{Followed, GrowthError, LedgerWriter};
pub use memory::MemoryStore;
pub use memory_volume::MemoryVolume;
pub use quarantine::quarantine;
pub use range::{RangeError, RangeLimits};
pub use records::{Audit, Records};
pub use recovery::{Found, recover};
pub use signed_round::{
    FileSlots, LastSigned, MemorySlots, SignedRound, SignedRoundFile, Slot, Slots,
};
pub use table::Table;
pub use volume::{Directories, StoreName, Volume};
