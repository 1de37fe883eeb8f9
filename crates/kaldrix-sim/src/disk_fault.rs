//! What a crash does to a node's disk: explicit values, so that a schedule of faults can be shown,
//! repeated and shrunk. A record is chosen by a number that is taken modulo what is there.

use kaldrix_storage::{MemoryVolume, Slot, StoreError, StoreName, Table};

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
    /// One store is gone, and nothing else.
    LosesStore { store: StoreName },
    /// The whole disk is gone. Clients submit again what the mempool's journal held.
    LosesAll,
}

impl DiskFault {
    /// Does it to a node's disk. The last-signed-round file withstands one fault between two of
    /// its writes, so while one slot lags nothing happens to the other.
    pub fn strike(self, disk: &MemoryVolume) -> Result<(), StoreError> {
        let index = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        match self {
            Self::LosesUnsynced { store, batches_kept } => {
                disk.lose_unsynced(store, index(batches_kept.into()))?;
            }
            Self::LosesUnsyncedSlot => disk.slots().lose_unsynced(),
            Self::FlipsBit { store, table, record, bit } => {
                disk.flip_bit(store, table, index(record), index(bit))?;
            }
            Self::TearsRecord { store, table, record, bytes_kept } => {
                disk.tear(store, table, index(record), index(bytes_kept))?;
            }
            Self::TearsSlot { .. } | Self::FlipsSlotBit { .. } if disk.slots().lag() => {}
            Self::TearsSlot { slot, bytes_kept } => disk.slots().tear(slot, index(bytes_kept)),
            Self::FlipsSlotBit { slot, bit } => disk.slots().flip_bit(slot, index(bit)),
            Self::LosesSignedRound => disk.slots().clear(),
            Self::LosesStore { store } => disk.lose(store),
            Self::LosesAll => disk.clear(),
        }
        Ok(())
    }

    /// Whether it takes nothing that was durable.
    pub fn is_power_loss(&self) -> bool {
        matches!(self, Self::LosesUnsynced { .. } | Self::LosesUnsyncedSlot)
    }

    pub fn name(&self) -> &'static str {
        match self {
            Self::LosesUnsynced { .. } => "disk: unsynced tail lost",
            Self::LosesUnsyncedSlot => "disk: unsynced signed-round slot lost",
            Self::FlipsBit { .. } => "disk: bit of a record flipped",
            Self::TearsRecord { .. } => "disk: record torn",
            Self::TearsSlot { .. } => "disk: signed-round slot torn",
            Self::FlipsSlotBit { .. } => "disk: bit of a signed-round slot flipped",
            Self::LosesSignedRound => "disk: signed-round file lost",
            Self::LosesStore { .. } => "disk: store lost",
            Self::LosesAll => "disk: lost",
        }
    }
}
