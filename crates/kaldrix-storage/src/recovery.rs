//! What a node finds in its stores when it starts, checked before anything builds on it.
//!
//! A damaged store is set aside and rebuilt from peers. What this validator signed last is the one
//! thing that peers are asked for before it signs again.

use std::path::Path;
use std::sync::Arc;

use kaldrix_consensus::{Checkpoint, Recovered, SignedRound};
use kaldrix_types::{
    AuthorityIndex, Block, BlockRef, Genesis, Height, Round, VerifiedBlock, Vote, encoding,
};

use crate::dag_store::DagStore;
use crate::error::{Damage, StoreError};
use crate::ledger_store::LedgerStore;
use crate::records::Audit;
use crate::signed_round::{self, LastSigned, SignedRoundFile, Slots};
use crate::volume::{StoreName, Volume};

/// Blocks of the DAG that are verified at a time.
const VERIFY_BLOCKS_MAX: usize = 1024;

/// All that was in the stores.
#[derive(Debug)]
pub struct Found {
    pub ledger: Arc<LedgerStore>,
    pub dag: Arc<DagStore>,
    /// `None` for a node that signs nothing.
    pub signed_round: Option<SignedRoundFile>,
    pub recovered: Recovered,
    /// What was damaged, and what was done about it.
    pub damages: Vec<String>,
}

/// Opens all that a node keeps on `volume`. `verify` gives the blocks that their author signed.
pub fn recover(
    volume: &dyn Volume,
    genesis: &Genesis,
    is_validator: bool,
    verify: impl Fn(Vec<Block>) -> Vec<VerifiedBlock>,
) -> Result<Found, StoreError> {
    let chain_id = genesis.chain_id();
    let mut damages = Vec::new();
    let open = || LedgerStore::open(volume.open(StoreName::Ledger)?, genesis);
    let ledger = open_sound(volume, StoreName::Ledger, open, LedgerStore::check, &mut damages)?;
    let (signed_round, file) = match is_validator {
        true => {
            let (mut file, last) = SignedRoundFile::on(volume.signed_round(), chain_id)?;
            file.mend()?;
            (last_signed(last, &file, &mut damages), Some(file))
        }
        false => (SignedRound::Known(0), None),
    };
    let open = || DagStore::open(volume.open(StoreName::Dag)?, chain_id);
    let dag = open_sound(volume, StoreName::Dag, open, DagStore::check, &mut damages)?;
    // What a process wrote and did not live to sync must not be told of and then be lost.
    ledger.sync()?;
    dag.sync()?;
    let tip = ledger.latest();
    let checkpoint = checkpoint(&ledger, tip.height)?;
    let certified_height = ledger.latest_certificate()?.map_or(0, |c| c.vote.height);
    let certified_height = certified_height.min(tip.height);
    let gc_depth = genesis.protocol.gc_depth_rounds;
    let bound = |of: &Option<Checkpoint>| {
        of.as_ref().map_or(0, |of| of.leader.round.saturating_sub(gc_depth))
    };
    let certified = self::checkpoint(&ledger, certified_height)?;
    let recovery_bound = bound(&certified).min(bound(&checkpoint));
    let blocks = load_blocks(&dag, recovery_bound.saturating_add(1), verify, &mut damages)?;
    let recovered = Recovered {
        checkpoint,
        blocks,
        recovery_bound,
        signed_round,
        tip: (tip.height > 0).then_some(Vote { height: tip.height, block: tip.block }),
        certified_height,
    };
    let (ledger, dag) = (Arc::new(ledger), Arc::new(dag));
    Ok(Found { ledger, dag, signed_round: file, recovered, damages })
}

/// Says that a new validator never signed anything. Only the one who makes the validator's keys
/// knows that: a node that finds nothing asks a quorum instead.
pub fn mark_never_signed(
    slots: Box<dyn Slots>,
    genesis: &Genesis,
    authority: AuthorityIndex,
) -> Result<(), StoreError> {
    let (chain_id, epoch) = (genesis.chain_id(), genesis.committee.epoch());
    let (mut file, last) = SignedRoundFile::on(slots, chain_id)?;
    if last == LastSigned::Absent {
        let block = BlockRef::genesis(chain_id, epoch, authority).id;
        file.record(signed_round::SignedRound { epoch, round: 0, block })?;
    }
    Ok(())
}

/// How a store that was set aside is told of.
pub fn rebuilt(damage: &str, moved_to: &Path) -> String {
    format!("{damage}; moved to {} and rebuilt from peers", moved_to.display())
}

/// Opens a store and reads it whole if it is small; a damaged one makes place for a fresh one.
fn open_sound<T>(
    volume: &dyn Volume,
    name: StoreName,
    open: impl Fn() -> Result<T, StoreError>,
    check: impl Fn(&T) -> Audit,
    damages: &mut Vec<String>,
) -> Result<T, StoreError> {
    let (damage, told) = match open() {
        Ok(store) if !volume.is_read_whole(name) => return Ok(store),
        Ok(store) => {
            let audit = check(&store);
            let Some(first) = audit.damages.first() else { return Ok(store) };
            let told = format!("{first} ({} damaged in all)", audit.records_damaged);
            (first.clone(), told)
        }
        Err(StoreError::Damaged(damage)) => {
            let told = damage.to_string();
            (*damage, told)
        }
        Err(error) => return Err(error),
    };
    let moved_to = volume.set_aside(name, &damage)?;
    damages.push(rebuilt(&told, &moved_to));
    open()
}

fn last_signed(last: LastSigned, file: &SignedRoundFile, damages: &mut Vec<String>) -> SignedRound {
    let location = file.location().display();
    let what = match last {
        LastSigned::Known(last) => {
            damages.extend(file.slot_damage().map(|damage| {
                format!("{location}, {damage}; the other one holds, and this one was mended")
            }));
            return SignedRound::Known(last.round);
        }
        LastSigned::Absent => "is missing".to_owned(),
        LastSigned::Damaged { reason } => format!("is damaged: {reason}"),
    };
    damages.push(format!("{location} {what}; a quorum is asked for the last round before signing"));
    SignedRound::Lost
}

/// The checkpoint of the tip, if the store has it.
fn checkpoint(ledger: &LedgerStore, tip: Height) -> Result<Option<Checkpoint>, StoreError> {
    let (Some(bytes), Some(header)) = (ledger.checkpoint(tip)?, ledger.header(tip)?) else {
        return Ok(None);
    };
    let is_bound = Checkpoint::digest_of(&bytes) == header.checkpoint;
    Ok(encoding::from_bytes(&bytes).ok().filter(|_| is_bound))
}

/// The blocks of the DAG from a round up that are what their author signed. A damaged one is left
/// to peers, and named.
fn load_blocks(
    dag: &DagStore,
    from: Round,
    verify: impl Fn(Vec<Block>) -> Vec<VerifiedBlock>,
    damages: &mut Vec<String>,
) -> Result<Vec<VerifiedBlock>, StoreError> {
    let (mut blocks, mut unverified) = (Vec::new(), Vec::new());
    for found in dag.blocks_from(from) {
        match found {
            Ok((_, block)) => unverified.push(block),
            Err(StoreError::Damaged(damage)) => damages.push(drop_damaged(dag, &damage)?),
            Err(error) => return Err(error),
        }
        if unverified.len() == VERIFY_BLOCKS_MAX {
            blocks.extend(verify(std::mem::take(&mut unverified)));
        }
    }
    blocks.extend(verify(unverified));
    Ok(blocks)
}

/// Removes the record, so that the block can be stored anew.
fn drop_damaged(dag: &DagStore, damage: &Damage) -> Result<String, StoreError> {
    match &damage.record {
        Some(record) => dag.remove_record(record)?,
        // The engine itself cannot read it.
        None => return Err(StoreError::Damaged(Box::new(damage.clone()))),
    }
    Ok(format!("{damage}; removed, peers have the block"))
}
