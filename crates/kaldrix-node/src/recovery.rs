//! What a node finds on its disk when it starts: its stores, and the journal of its mempool.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use kaldrix_storage::{Directories, FileSlots, recover, recovery};
use kaldrix_types::{AuthorityIndex, Block, Genesis, VerifiedBlock};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::error::NodeError;
use crate::mempool::journal::{Journal, Replayed};
use crate::workers::Workers;

/// Where a node keeps what.
#[derive(Debug, Clone)]
pub struct DataDirectory(PathBuf);

impl DataDirectory {
    pub fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    pub fn ledger(&self) -> PathBuf {
        self.0.join("ledger")
    }

    pub fn dag(&self) -> PathBuf {
        self.0.join("dag")
    }

    pub fn mempool(&self) -> PathBuf {
        self.0.join("mempool")
    }

    pub fn signed_round(&self) -> PathBuf {
        self.0.join("signed-round")
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

/// Says in a new validator's directory that it never signed anything.
pub fn mark_never_signed(
    directory: &DataDirectory,
    genesis: &Genesis,
    authority: AuthorityIndex,
) -> Result<(), NodeError> {
    let create = std::fs::create_dir_all(directory.path());
    create.map_err(|error| NodeError::file(directory.path(), "create", &error))?;
    let slots = Box::new(FileSlots::new(&directory.signed_round()));
    Ok(recovery::mark_never_signed(slots, genesis, authority)?)
}

/// Everything that was on the disk.
#[derive(Debug)]
pub struct Found {
    pub stores: kaldrix_storage::Found,
    pub journal: Journal,
    pub journal_thread: JoinHandle<()>,
    pub pending: Vec<kaldrix_types::Transaction>,
}

/// Bounds of what starting reads.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Memory for what was read of each store.
    pub cache_bytes_max: u64,
    /// A store up to this size is read whole, so that damage is found before anyone asks for it.
    /// Of a larger one, each record is checked when it is read.
    pub check_bytes_max: u64,
}

/// Opens everything that a node keeps.
#[derive(Debug)]
pub struct Recovery {
    pub directory: DataDirectory,
    pub genesis: Arc<Genesis>,
    pub is_validator: bool,
    pub limits: Limits,
    pub workers: Workers,
}

impl Recovery {
    /// Opens all stores. Blocks the thread.
    pub fn open(self) -> Result<Found, NodeError> {
        std::fs::create_dir_all(self.directory.path())
            .map_err(|error| NodeError::file(self.directory.path(), "create", &error))?;
        let directories = Directories {
            ledger: self.directory.ledger(),
            dag: self.directory.dag(),
            signed_round: self.directory.signed_round(),
            cache_bytes_max: self.limits.cache_bytes_max,
            check_bytes_max: self.limits.check_bytes_max,
        };
        let verify = |blocks| self.verify(blocks);
        let mut stores = recover(&directories, &self.genesis, self.is_validator, verify)?;
        let (journal, replayed, journal_thread) =
            Journal::open(&self.directory.mempool(), self.genesis.chain_id())
                .map_err(|error| NodeError::file(&self.directory.mempool(), "open", &error))?;
        let Replayed { transactions: pending, damages } = replayed;
        stores.damages.extend(damages);
        for damage in &stores.damages {
            tracing::warn!(%damage, "damage was found on disk");
        }
        Ok(Found { stores, journal, journal_thread, pending })
    }

    fn verify(&self, blocks: Vec<Block>) -> Vec<VerifiedBlock> {
        let chain_id = self.genesis.chain_id();
        let check =
            |block| kaldrix_crypto::verify_block(block, chain_id, &self.genesis.committee).ok();
        self.workers.install(|| blocks.into_par_iter().filter_map(check).collect())
    }
}
