//! What a crash does to a node's disk: explicit values, so that a schedule of faults can be shown,
//! repeated and shrunk. A record is chosen by a number that is taken modulo what is there.

use kaldrix_storage::{Slot, StoreName, Table};

/// Without any, a crash is the end of the process: the disk keeps all that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiskFault {
    /// Power is lost: of the batches that a store had not synced, only the first few survive.
    LosesUnsynced { store: StoreName, batches_kept: u32 },
    /// Power is lost: what was written to a slot of the last-signed-round file and not synced.
    LosesUnsyncedSlot,
    /// One bit of one stored value is another.
    FlipsBit { store: StoreName, table: Table, record: u64, bit: u64 },
    /// A stored value is cut short.
    TearsRecord { store: StoreName, table: Table, record: u64, bytes_kept: u64 },
    /// A write to a slot of the last-signed-round file was cut short: zeros follow what is kept.
    TearsSlot { slot: Slot, bytes_kept: u64 },
    /// One bit of a slot of the last-signed-round file is another.
    FlipsSlotBit { slot: Slot, bit: u64 },
    /// The last-signed-round file is gone.
    LosesSignedRound,
    /// The whole disk is gone. Clients submit again what the mempool's journal held.
    LosesAll,
}

impl DiskFault {
    pub fn name(&self) -> &'static str {
        match self {
            Self::LosesUnsynced { .. } => "disk: unsynced tail lost",
            Self::LosesUnsyncedSlot => "disk: unsynced signed-round slot lost",
            Self::FlipsBit { .. } => "disk: bit of a record flipped",
            Self::TearsRecord { .. } => "disk: record torn",
            Self::TearsSlot { .. } => "disk: signed-round slot torn",
            Self::FlipsSlotBit { .. } => "disk: bit of a signed-round slot flipped",
            Self::LosesSignedRound => "disk: signed-round file lost",
            Self::LosesAll => "disk: lost",
        }
    }
}
