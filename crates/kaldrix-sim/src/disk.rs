//! A node's virtual disk.

use std::collections::BTreeMap;
use std::sync::Arc;

use kaldrix_ledger::{LedgerBlock, MemoryState, StateReader};
use kaldrix_types::{BlockRef, Certificate, Height, Round, Transaction, VerifiedBlock, Vote};

/// A ledger block with the checkpoint of its commit, empty where none was known.
#[derive(Debug, Clone)]
pub struct StoredBlock {
    pub block: LedgerBlock,
    pub checkpoint: Arc<[u8]>,
}

/// What survives a crash.
#[derive(Debug, Clone)]
pub struct Disk {
    /// The last-signed-round file; `None` if it is lost.
    pub signed_round: Option<Round>,
    pub blocks: BTreeMap<BlockRef, VerifiedBlock>,
    /// Written, and not yet synced.
    pub unsynced: Vec<BlockRef>,
    pub state: MemoryState,
    /// Heights from 1 upward.
    pub ledger: Vec<StoredBlock>,
    pub certificates: BTreeMap<Height, Certificate>,
    /// The mempool's journal.
    pub journal: Vec<Transaction>,
}

impl Disk {
    pub fn new(state: MemoryState) -> Self {
        Self {
            signed_round: Some(0),
            blocks: BTreeMap::new(),
            unsynced: Vec::new(),
            state,
            ledger: Vec::new(),
            certificates: BTreeMap::new(),
            journal: Vec::new(),
        }
    }

    pub fn height(&self) -> Height {
        self.state.tip().map_or(0, |tip| tip.height)
    }

    pub fn tip(&self) -> Option<Vote> {
        self.ledger.last().map(|stored| stored.block.header.vote())
    }

    pub fn certified_height(&self) -> Height {
        self.certificates.keys().next_back().copied().unwrap_or(0)
    }

    pub fn at(&self, height: Height) -> Option<&StoredBlock> {
        let index = usize::try_from(height.checked_sub(1)?).ok()?;
        self.ledger.get(index)
    }

    /// Drops what was not synced.
    pub fn lose_unsynced(&mut self) {
        for reference in std::mem::take(&mut self.unsynced) {
            self.blocks.remove(&reference);
        }
    }
}
