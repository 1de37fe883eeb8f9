//! What a node finds on its disk when it starts, checked before anything builds on it.
//!
//! A damaged store is moved aside and rebuilt from peers. What this validator signed last is the
//! one thing that peers are asked for before it signs again.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kaldrix_consensus::{Checkpoint, Recovered, SignedRound};
use kaldrix_storage::{
    DagStore, LastSigned, LedgerStore, Opened, SignedRoundFile, StoreError, quarantine,
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
    pub pending: Vec<kaldrix_types::Transaction>,
    /// What was damaged, and what was done about it.
    pub damages: Vec<String>,
}

/// Opens all stores. Blocks the thread.
pub fn open(
    directory: &DataDirectory,
    genesis: &Genesis,
    is_validator: bool,
    cache_bytes_max: u64,
    workers: &Workers,
) -> Result<Found, NodeError> {
    let mut damages = Vec::new();
    let chain_id = genesis.chain_id();
    std::fs::create_dir_all(directory.path())
        .map_err(|error| NodeError::file(directory.path(), "create", &error))?;
    let ledger = LedgerStore::open_directory(&directory.ledger(), genesis, cache_bytes_max)?;
    let ledger = Arc::new(sound(ledger, &mut damages));
    let (signed_round, signed_file) = match is_validator {
        true => open_signed_round(directory, genesis, &mut damages)?,
        false => (SignedRound::Known(0), None),
    };
    let tip = ledger.latest();
    let checkpoint = checkpoint(&ledger, tip.height)?;
    let gc_depth = genesis.protocol.gc_depth_rounds;
    let bound = checkpoint.as_ref().map_or(0, |c| c.leader.round.saturating_sub(gc_depth));
    let mut dag = DagStore::open_directory(&directory.dag(), chain_id, cache_bytes_max)
        .map(|opened| sound(opened, &mut damages))?;
    let blocks = match load_blocks(&dag, bound.saturating_add(1), genesis, workers, &mut damages) {
        Err(StoreError::Damaged(damage)) => {
            drop(dag);
            let moved_to = quarantine(&directory.dag(), &damage)?;
            damages.push(rebuilt(&damage.to_string(), &moved_to));
            dag = DagStore::open_directory(&directory.dag(), chain_id, cache_bytes_max)
                .map(|opened| sound(opened, &mut damages))?;
            Vec::new()
        }
        blocks => blocks?,
    };
    let certified_height = ledger.latest_certificate()?.map_or(0, |c| c.vote.height);
    let (journal, replayed, _) = Journal::open(&directory.mempool(), chain_id)
        .map_err(|error| NodeError::file(&directory.mempool(), "open", &error))?;
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
    Ok(Found { ledger, dag, signed_round: signed_file, recovered, journal, pending, damages })
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

fn open_signed_round(
    directory: &DataDirectory,
    genesis: &Genesis,
    damages: &mut Vec<String>,
) -> Result<(SignedRound, Option<SignedRoundFile>), NodeError> {
    let path = directory.signed_round();
    let (file, last) = SignedRoundFile::open(&path, genesis.chain_id())?;
    let what = match last {
        LastSigned::Known(last) => return Ok((SignedRound::Known(last.round), Some(file))),
        LastSigned::Absent => "is missing".to_owned(),
        LastSigned::Damaged { reason } => format!("is damaged: {reason}"),
    };
    let path = path.display();
    damages.push(format!("{path} {what}; a quorum is asked for the last round before signing"));
    Ok((SignedRound::Lost, Some(file)))
}

/// The checkpoint of the tip, if the store has it.
fn checkpoint(ledger: &LedgerStore, tip: Height) -> Result<Option<Checkpoint>, StoreError> {
    let (Some(bytes), Some(header)) = (ledger.checkpoint(tip)?, ledger.header(tip)?) else {
        return Ok(None);
    };
    let is_bound = Checkpoint::digest_of(&bytes) == header.checkpoint;
    Ok(encoding::from_bytes(&bytes).ok().filter(|_| is_bound))
}

/// The blocks of the DAG from a round up that are what their author signed; others come again.
fn load_blocks(
    dag: &DagStore,
    from: Round,
    genesis: &Genesis,
    workers: &Workers,
    damages: &mut Vec<String>,
) -> Result<Vec<VerifiedBlock>, StoreError> {
    let mut blocks = Vec::new();
    let mut unverified: Vec<Block> = Vec::new();
    for found in dag.blocks_from(from) {
        match found {
            Ok((_, block)) => unverified.push(block),
            Err(StoreError::Damaged(damage)) if damage.record.is_some() => {
                damages.push(format!("{damage}; the block comes again from peers"));
            }
            Err(error) => return Err(error),
        }
        if unverified.len() == VERIFY_BLOCKS_MAX {
            blocks.extend(verify(std::mem::take(&mut unverified), genesis, workers));
        }
    }
    blocks.extend(verify(unverified, genesis, workers));
    Ok(blocks)
}

fn verify(blocks: Vec<Block>, genesis: &Genesis, workers: &Workers) -> Vec<VerifiedBlock> {
    let chain_id = genesis.chain_id();
    let check = |block| kaldrix_crypto::verify_block(block, chain_id, &genesis.committee).ok();
    workers.install(|| blocks.into_par_iter().filter_map(check).collect())
}
