//! What a node finds in its stores when it starts, on a volume that has suffered.

use std::fs;

use kaldrix_consensus::{Checkpoint, SignedRound};
use kaldrix_storage::recovery::mark_never_signed;
use kaldrix_storage::{
    BlockCommit, BlockWriter, DAG_TABLES, Directories, Durability, Found, LEDGER_TABLES,
    MemoryVolume, Slot, StoreError, StoreName, Syncs, Table, Volume, recover,
};
use kaldrix_types::encoding::{self, Bounded};
use kaldrix_types::{AuthorityIndex, Block, VerifiedBlock};

use crate::backend::CACHE_BYTES;
use crate::chain::{Chain, History, certificate, commit, dag_block};

const HEIGHTS: u64 = 4;
const ROUNDS: u64 = 6;
const OWN: AuthorityIndex = AuthorityIndex(0);

/// No block here is really signed: each one counts, as the store returned it.
fn found_blocks(volume: &dyn Volume, history: &History) -> (Result<Found, StoreError>, Vec<u64>) {
    let mut rounds = Vec::new();
    let seen = std::cell::RefCell::new(&mut rounds);
    let note = |blocks: Vec<Block>| -> Vec<VerifiedBlock> {
        seen.borrow_mut().extend(blocks.iter().map(|block| block.header.round));
        Vec::new()
    };
    let found = recover(volume, &history.genesis, true, note);
    (found, rounds)
}

fn found(volume: &dyn Volume, history: &History) -> (Found, Vec<u64>) {
    let (found, rounds) = found_blocks(volume, history);
    (found.unwrap(), rounds)
}

/// A validator's volume after some heights and rounds.
fn fill(volume: &dyn Volume, history: &History) {
    mark_never_signed(volume.signed_round(), &history.genesis, OWN).unwrap();
    let (Found { ledger, dag, signed_round, .. }, _) = found(volume, history);
    for execution in &history.executions {
        commit(&ledger, execution, Durability::Synced).unwrap();
        ledger.put_certificate(&certificate(execution)).unwrap();
    }
    let mut writer = BlockWriter { dag, signed_round, epoch: 0, syncs: Syncs::SideBySide };
    for round in 1..=ROUNDS {
        let block = dag_block(history.genesis.chain_id(), OWN.0, round, Vec::new());
        let other = dag_block(history.genesis.chain_id(), 1, round, Vec::new());
        writer.store(&[block.clone(), other], Some(block.reference())).unwrap();
    }
}

fn filled() -> (MemoryVolume, History) {
    let (volume, history) = (MemoryVolume::new(), History::of(HEIGHTS));
    fill(&volume, &history);
    (volume, history)
}

#[test]
fn a_fresh_validator_signed_nothing_and_an_empty_disk_does_not_say_so() {
    let history = History::of(0);
    let volume = MemoryVolume::new();
    let (lost, _) = found(&volume, &history);
    assert_eq!(lost.recovered.signed_round, SignedRound::Lost);
    assert_eq!(lost.damages.len(), 1, "{:?}", lost.damages);
    mark_never_signed(volume.signed_round(), &history.genesis, OWN).unwrap();
    let (fresh, rounds) = found(&volume, &history);
    assert_eq!(fresh.recovered.signed_round, SignedRound::Known(0));
    assert_eq!((fresh.recovered.tip, fresh.damages.len(), rounds.len()), (None, 0, 0));
}

#[test]
fn a_sound_volume_gives_all_that_was_stored() {
    let (volume, history) = filled();
    let (found, rounds) = found(&volume, &history);
    assert_eq!(found.damages, Vec::<String>::new());
    assert_eq!(found.recovered.tip.map(|tip| tip.height), Some(HEIGHTS));
    assert_eq!(found.recovered.certified_height, HEIGHTS);
    assert_eq!(found.recovered.signed_round, SignedRound::Known(ROUNDS));
    assert_eq!(rounds.len() as u64, 2 * ROUNDS);
    history.assert_holds(&found.ledger);
}

/// Whatever bit of whatever record flips: what comes back is sound, and the damage is told of.
#[test]
fn each_damaged_table_is_named_and_its_store_rebuilt_or_its_record_dropped() {
    for (store, tables) in [(StoreName::Ledger, LEDGER_TABLES), (StoreName::Dag, DAG_TABLES)] {
        for (number, &table) in tables.iter().enumerate() {
            let (volume, history) = filled();
            match number % 2 {
                0 => volume.flip_bit(store, table, 3 * number, 77 * number).unwrap(),
                _ => volume.tear(store, table, number, 9).unwrap(),
            }
            let (after, _) = found(&volume, &history);
            assert_eq!(after.damages.len(), 1, "{table}: {:?}", after.damages);
            assert!(after.damages[0].contains("rebuilt from peers"), "{:?}", after.damages);
            let height = if store == StoreName::Ledger { 0 } else { HEIGHTS };
            assert_eq!(after.ledger.latest().height, height, "{table}");
            assert_eq!(after.recovered.signed_round, SignedRound::Known(ROUNDS));
            history.assert_holds(&after.ledger);
            assert!(after.dag.check().is_sound());
            let (again, _) = found(&volume, &history);
            assert_eq!(again.damages, Vec::<String>::new(), "{table} is mended");
        }
    }
}

/// Of a store too large to be read whole, a damaged block is dropped, and the others are loaded.
#[test]
fn a_damaged_block_does_not_keep_a_node_from_starting() {
    let (mut volume, history) = filled();
    volume.is_large = true;
    // The stamp of the table stands first.
    volume.flip_bit(StoreName::Dag, Table::DagBlock, 4, 1000).unwrap();
    let (after, rounds) = found(&volume, &history);
    assert_eq!(after.damages.len(), 1, "{:?}", after.damages);
    assert!(after.damages[0].contains("table dag-block"), "{:?}", after.damages);
    assert_eq!(rounds.len() as u64, 2 * ROUNDS - 1);
    let (again, rounds) = found(&volume, &history);
    assert_eq!((again.damages.len(), rounds.len() as u64), (0, 2 * ROUNDS - 1));
}

#[test]
fn one_damaged_slot_is_mended_and_two_ask_a_quorum() {
    let (volume, history) = filled();
    volume.slots().flip_bit(Slot::First, 300);
    let (one, _) = found(&volume, &history);
    assert_eq!(one.recovered.signed_round, SignedRound::Known(ROUNDS));
    assert_eq!(one.damages.len(), 1, "{:?}", one.damages);
    // The start mended the first slot, so it now answers for the second.
    volume.slots().tear(Slot::Second, 20);
    let (other, _) = found(&volume, &history);
    assert_eq!(other.recovered.signed_round, SignedRound::Known(ROUNDS));
    volume.slots().flip_bit(Slot::First, 300);
    volume.slots().tear(Slot::Second, 20);
    let (two, _) = found(&volume, &history);
    assert_eq!(two.recovered.signed_round, SignedRound::Lost);
    volume.clear();
    let (nothing, _) = found(&volume, &history);
    assert_eq!(nothing.recovered.signed_round, SignedRound::Lost);
    assert_eq!(nothing.ledger.latest().height, 0);
}

/// An own block is durable when `store` returns; of what others' blocks wrote later a tail may go.
#[test]
fn a_lost_tail_never_holds_an_own_block() {
    for batches_kept in 0..4 {
        let (volume, history) = filled();
        let (Found { dag, signed_round, .. }, _) = found(&volume, &history);
        let mut writer = BlockWriter { dag, signed_round, epoch: 0, syncs: Syncs::InTurn };
        for round in ROUNDS + 1..=ROUNDS + 3 {
            let other = dag_block(history.genesis.chain_id(), 2, round, Vec::new());
            writer.store(&[other], None).unwrap();
        }
        drop(writer);
        volume.lose_unsynced(StoreName::Dag, batches_kept).unwrap();
        volume.slots().lose_unsynced();
        let (after, rounds) = found(&volume, &history);
        assert_eq!(after.recovered.signed_round, SignedRound::Known(ROUNDS));
        assert_eq!(rounds.len() as u64, 2 * ROUNDS + batches_kept.min(3) as u64);
        assert_eq!(after.damages, Vec::<String>::new());
    }
}

/// Found: a process wrote a ledger block and crashed before the sync. The next one told of what it
/// found, and a loss of power took it.
#[test]
fn what_a_start_finds_survives_the_loss_of_power() {
    let (volume, history) = filled();
    let next = History::of(HEIGHTS + 1).executions.pop().unwrap();
    let (Found { ledger, dag, .. }, before) = found(&volume, &history);
    commit(&ledger, &next, Durability::Buffered).unwrap();
    let other = dag_block(history.genesis.chain_id(), 2, ROUNDS, Vec::new());
    dag.put(&[other], Durability::Buffered).unwrap();
    drop((ledger, dag));
    let (restarted, rounds) = found(&volume, &history);
    assert_eq!(restarted.ledger.latest().height, HEIGHTS + 1);
    assert_eq!(rounds.len(), before.len() + 1);
    drop(restarted);
    for store in [StoreName::Ledger, StoreName::Dag] {
        volume.lose_unsynced(store, 0).unwrap();
    }
    let (after, rounds) = found(&volume, &history);
    assert_eq!(after.ledger.latest().height, HEIGHTS + 1);
    assert_eq!(rounds.len(), before.len() + 1);
}

/// Its peers may need them, as long as the last ledger block is not certified.
#[test]
fn a_start_finds_the_rounds_since_the_last_certified_ledger_block() {
    let (volume, history, mut chain) = (MemoryVolume::new(), History::of(0), Chain::new());
    fill(&volume, &history);
    let depth = history.genesis.protocol.gc_depth_rounds;
    let bound_and_rounds = || {
        let (Found { recovered, .. }, rounds) = found(&volume, &history);
        (recovered.certified_height, recovered.recovery_bound, rounds.first().copied())
    };
    let executions = [2, 5].map(|bound| {
        let checkpoint = checkpoint_of(depth + bound);
        let execution = chain.next_with(checkpoint.digest());
        let (Found { ledger, .. }, _) = found(&volume, &history);
        let encoded = encoding::to_bytes(&checkpoint);
        let block = BlockCommit::new(&execution, Some(&encoded));
        ledger.commit(&[block], Durability::Synced).unwrap();
        execution
    });
    assert_eq!(bound_and_rounds(), (0, 0, Some(1)));
    for (execution, expected) in executions.iter().zip([(1, 2, Some(3)), (2, 5, Some(6))]) {
        let (Found { ledger, .. }, _) = found(&volume, &history);
        ledger.put_certificate(&certificate(execution)).unwrap();
        drop(ledger);
        assert_eq!(bound_and_rounds(), expected);
    }
}

/// The state after a leader of this round.
fn checkpoint_of(round: u64) -> Checkpoint {
    Checkpoint {
        commit_index: round,
        leader: dag_block(Chain::new().genesis.chain_id(), 0, round, Vec::new()).reference(),
        leader_offset: 0,
        timestamp_ms: round,
        committed: Bounded::default(),
        excluded: Bounded::default(),
        scores: Bounded::default(),
    }
}

/// On a real disk: a flipped bit, the store moved aside with its reason, a fresh one in its place.
#[test]
fn a_damaged_ledger_is_moved_aside_and_rebuilt() {
    let history = History::of(HEIGHTS);
    let parent = tempfile::tempdir().unwrap();
    let volume = Directories {
        ledger: parent.path().join("ledger"),
        dag: parent.path().join("dag"),
        signed_round: parent.path().join("signed-round"),
        cache_bytes_max: CACHE_BYTES,
        check_bytes_max: 0,
    };
    fill(&volume, &history);
    let manifest = parent.path().join("ledger/keyspaces/1/current");
    let mut bytes = fs::read(&manifest).unwrap();
    bytes[9] ^= 1;
    fs::write(&manifest, bytes).unwrap();
    let (after, _) = found(&volume, &history);
    assert_eq!(after.damages.len(), 1, "{:?}", after.damages);
    assert!(after.damages[0].starts_with(&manifest.display().to_string()), "{:?}", after.damages);
    let moved_to = parent.path().join("ledger.damaged-1");
    assert!(fs::read_to_string(moved_to.join("REASON")).unwrap().contains("keyspaces/1/current"));
    assert_eq!(after.ledger.latest().height, 0);
    for execution in &history.executions {
        commit(&after.ledger, execution, Durability::Buffered).unwrap();
    }
    history.assert_holds(&after.ledger);
    assert!(after.ledger.location().ends_with("ledger"));
}
