//! What a node finds on its disk when it starts, checked before anything builds on it.
//!
//! A damaged store is moved aside and rebuilt from peers. What this validator signed last is the
//! one thing that peers are asked for before it signs again.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use kaldrix_consensus::{Checkpoint, Recovered, SignedRound};
use kaldrix_storage::{
    Audit, DagStore, LastSigned, LedgerStore, Opened, SignedRoundFile, StoreError, quarantine,
};
use kaldrix_types::{
    AuthorityIndex, Block, BlockRef, Genesis, Height, Round, VerifiedBlock, Vote, encoding,
};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::error::NodeError;
use crate::mempool::journal::{Journal, Replayed};
use crate::workers::Workers;

/// Blocks of the DAG that are verified at a time.
const VERIFY_BLOCKS_MAX: usize = 1024;

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

/// Says that a new validator never signed anything. Only the one who makes the validator's keys
/// knows that: a node that misses the file asks a quorum instead.
pub fn mark_never_signed(
    directory: &DataDirectory,
    genesis: &Genesis,
    authority: AuthorityIndex,
) -> Result<(), NodeError> {
    let (chain_id, epoch) = (genesis.chain_id(), genesis.committee.epoch());
    let create = std::fs::create_dir_all(directory.path());
    create.map_err(|error| NodeError::file(directory.path(), "create", &error))?;
    let (mut file, last) = SignedRoundFile::open(&directory.signed_round(), chain_id)?;
    if last == LastSigned::Absent {
        let block = BlockRef::genesis(chain_id, epoch, authority).id;
        file.record(kaldrix_storage::SignedRound { epoch, round: 0, block })?;
    }
    Ok(())
}

/// Everything that was on the disk.
#[derive(Debug)]
pub struct Found {
    pub ledger: Arc<LedgerStore>,
    pub dag: Arc<DagStore>,
    pub signed_round: Option<SignedRoundFile>,
    pub recovered: Recovered,
    pub journal: Journal,
    pub journal_thread: JoinHandle<()>,
    pub pending: Vec<kaldrix_types::Transaction>,
    /// What was damaged, and what was done about it.
    pub damages: Vec<String>,
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
        let mut damages = Vec::new();
        let chain_id = self.genesis.chain_id();
        std::fs::create_dir_all(self.directory.path())
            .map_err(|error| NodeError::file(self.directory.path(), "create", &error))?;
        let cache_bytes_max = self.limits.cache_bytes_max;
        let open = |path: &Path| LedgerStore::open_directory(path, &self.genesis, cache_bytes_max);
        let path = self.directory.ledger();
        let ledger = self.open_checked(&path, open, LedgerStore::check, &mut damages)?;
        let ledger = Arc::new(ledger);
        let (signed_round, signed_file) = match self.is_validator {
            true => self.open_signed_round(&mut damages)?,
            false => (SignedRound::Known(0), None),
        };
        let open = |path: &Path| DagStore::open_directory(path, chain_id, cache_bytes_max);
        let path = self.directory.dag();
        let dag = self.open_checked(&path, open, DagStore::check, &mut damages)?;
        let tip = ledger.latest();
        let checkpoint = checkpoint(&ledger, tip.height)?;
        let gc_depth = self.genesis.protocol.gc_depth_rounds;
        let bound = checkpoint.as_ref().map_or(0, |c| c.leader.round.saturating_sub(gc_depth));
        let blocks = self.load_blocks(&dag, bound.saturating_add(1))?;
        let certified_height = ledger.latest_certificate()?.map_or(0, |c| c.vote.height);
        let (journal, replayed, journal_thread) =
            Journal::open(&self.directory.mempool(), chain_id)
                .map_err(|error| NodeError::file(&self.directory.mempool(), "open", &error))?;
        let Replayed { transactions: pending, damages: journal_damages } = replayed;
        damages.extend(journal_damages);
        damages.iter().for_each(|damage| tracing::warn!(%damage, "damage was found on disk"));
        let recovered = Recovered {
            checkpoint,
            blocks,
            signed_round,
            tip: (tip.height > 0).then_some(Vote { height: tip.height, block: tip.block }),
            certified_height: certified_height.min(tip.height),
        };
        let dag = Arc::new(dag);
        Ok(Found {
            ledger,
            dag,
            signed_round: signed_file,
            recovered,
            journal,
            journal_thread,
            pending,
            damages,
        })
    }

    /// Opens a store and reads it whole if it is small; a damaged one makes place for a fresh one.
    fn open_checked<T>(
        &self,
        path: &Path,
        open: impl Fn(&Path) -> Result<Opened<T>, StoreError>,
        check: impl Fn(&T) -> Audit,
        damages: &mut Vec<String>,
    ) -> Result<T, NodeError> {
        let store = sound(open(path)?, damages);
        if directory_bytes(path) > self.limits.check_bytes_max {
            return Ok(store);
        }
        let audit = check(&store);
        let Some(first) = audit.damages.first() else { return Ok(store) };
        drop(store);
        let count = audit.records_damaged;
        let moved_to = quarantine(path, first)?;
        damages.push(rebuilt(&format!("{first} ({count} damaged in all)"), &moved_to));
        Ok(sound(open(path)?, damages))
    }

    fn open_signed_round(
        &self,
        damages: &mut Vec<String>,
    ) -> Result<(SignedRound, Option<SignedRoundFile>), NodeError> {
        let path = self.directory.signed_round();
        let (file, last) = SignedRoundFile::open(&path, self.genesis.chain_id())?;
        let what = match last {
            LastSigned::Known(last) => return Ok((SignedRound::Known(last.round), Some(file))),
            LastSigned::Absent => "is missing".to_owned(),
            LastSigned::Damaged { reason } => format!("is damaged: {reason}"),
        };
        let path = path.display();
        damages.push(format!("{path} {what}; a quorum is asked for the last round before signing"));
        Ok((SignedRound::Lost, Some(file)))
    }

    /// The blocks of the DAG from a round up that are what their author signed.
    fn load_blocks(&self, dag: &DagStore, from: Round) -> Result<Vec<VerifiedBlock>, StoreError> {
        let mut blocks = Vec::new();
        let mut unverified: Vec<Block> = Vec::new();
        for found in dag.blocks_from(from) {
            unverified.push(found?.1);
            if unverified.len() == VERIFY_BLOCKS_MAX {
                blocks.extend(self.verify(std::mem::take(&mut unverified)));
            }
        }
        blocks.extend(self.verify(unverified));
        Ok(blocks)
    }

    fn verify(&self, blocks: Vec<Block>) -> Vec<VerifiedBlock> {
        let chain_id = self.genesis.chain_id();
        let check =
            |block| kaldrix_crypto::verify_block(block, chain_id, &self.genesis.committee).ok();
        self.workers.install(|| blocks.into_par_iter().filter_map(check).collect())
    }
}

fn sound<T>(opened: Opened<T>, damages: &mut Vec<String>) -> T {
    match opened {
        Opened::Sound(store) => store,
        Opened::Rebuilt { store, damage, moved_to } => {
            damages.push(rebuilt(&damage.to_string(), &moved_to));
            store
        }
    }
}

/// How a store that was moved aside is told of.
pub fn rebuilt(damage: &str, moved_to: &Path) -> String {
    format!("{damage}; moved to {} and rebuilt from peers", moved_to.display())
}

/// The length of the files in a directory and below; what cannot be read does not count.
fn directory_bytes(directory: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(directory) else { return 0 };
    let bytes = entries.flatten().map(|entry| match entry.metadata() {
        Ok(found) if found.is_dir() => directory_bytes(&entry.path()),
        Ok(found) => found.len(),
        Err(_) => 0,
    });
    bytes.sum()
}

/// The checkpoint of the tip, if the store has it.
fn checkpoint(ledger: &LedgerStore, tip: Height) -> Result<Option<Checkpoint>, StoreError> {
    let (Some(bytes), Some(header)) = (ledger.checkpoint(tip)?, ledger.header(tip)?) else {
        return Ok(None);
    };
    let is_bound = Checkpoint::digest_of(&bytes) == header.checkpoint;
    Ok(encoding::from_bytes(&bytes).ok().filter(|_| is_bound))
}
