//! One flipped bit in every stored record of every table, below the checksums.
//!
//! The tables come from the stores' own lists, so a new one is flipped too. The check names the
//! very record, no read serves it, and mended it is as it was.

use std::collections::BTreeSet;
use std::sync::Arc;

use kaldrix_storage::{
    Audit, Batch, DAG_TABLES, DagStore, Durability, KeyValue, LEDGER_TABLES, LedgerStore,
    MemoryStore, Record, RecordName, Scan, StoreError, Table,
};
use kaldrix_types::Block;

use crate::backend::{Random, seed};
use crate::chain::{History, certificate, commit, dag_block};
use crate::flipped_bits::{compare, is_damage};

const HEIGHTS: u64 = 3;

/// Flips one bit of each record in turn, has `judge` look, and mends it again.
fn flip_each(
    store: &MemoryStore,
    tables: &[Table],
    judge: impl Fn(&RecordName),
) -> BTreeSet<Table> {
    let mut random = Random::new(seed(41));
    let mut flipped_tables = BTreeSet::new();
    for &table in tables {
        for Record { key, value } in store.scan(table, &Scan::all(usize::MAX)).unwrap() {
            let put = |value: &[u8]| {
                let mut batch = Batch::default();
                batch.put(table, key.as_slice(), value);
                store.write(batch, Durability::Synced).unwrap();
            };
            let mut flipped = value.clone();
            flipped[random.below(value.len())] ^= 1 << random.below(8);
            put(&flipped);
            judge(&name(table, &key));
            put(&value);
            flipped_tables.insert(table);
        }
    }
    flipped_tables
}

/// The stores' name for a record: the engine's key of it has a byte before, but for the stamp.
fn name(table: Table, engine_key: &[u8]) -> RecordName {
    let key = if engine_key == [0] { engine_key } else { &engine_key[1..] };
    RecordName { table, key: key.to_vec() }
}

fn assert_names(audit: &Audit, flipped: &RecordName) {
    let named = audit.damages.iter().any(|damage| damage.record.as_ref() == Some(flipped));
    assert!(named, "{flipped:?} is not in {:?}", audit.damages);
}

/// The opened store, unless opening it named the flipped record.
fn unless_named<T>(opened: Result<T, StoreError>, flipped: &RecordName) -> Option<T> {
    match opened {
        Ok(store) => Some(store),
        Err(error) => {
            assert_eq!(error.record(), Some(flipped), "{error}");
            None
        }
    }
}

#[test]
fn of_a_ledger_every_record_is_named_and_never_served() {
    let history = History::of(HEIGHTS);
    let store = Arc::new(MemoryStore::new());
    let ledger = LedgerStore::open(store.clone(), &history.genesis).unwrap();
    for execution in &history.executions {
        commit(&ledger, execution, Durability::Synced).unwrap();
        ledger.put_certificate(&certificate(execution)).unwrap();
    }
    let flipped = flip_each(&store, LEDGER_TABLES, |flipped| {
        assert_names(&ledger.check(), flipped);
        // A running node reads on, and one that starts opens it first.
        compare(&ledger, &history, HEIGHTS);
        let opened = LedgerStore::open(store.clone(), &history.genesis);
        if let Some(opened) = unless_named(opened, flipped) {
            compare(&opened, &history, HEIGHTS);
            assert_names(&opened.check(), flipped);
        }
    });
    assert!(flipped.iter().eq(LEDGER_TABLES), "a table without a record: only {flipped:?} have");
    history.assert_holds(&ledger);
}

#[test]
fn of_a_dag_every_record_is_named_and_hides_no_other() {
    let chain_id = History::of(0).genesis.chain_id();
    let store = Arc::new(MemoryStore::new());
    let dag = DagStore::open(store.clone(), chain_id).unwrap();
    let blocks: Vec<_> = (1..=40).map(|round| dag_block(chain_id, 1, round, Vec::new())).collect();
    dag.put(&blocks, Durability::Synced).unwrap();
    let flipped = flip_each(&store, DAG_TABLES, |flipped| {
        assert_names(&dag.check(), flipped);
        let Some(dag) = unless_named(DagStore::open(store.clone(), chain_id), flipped) else {
            return;
        };
        let (mut served, mut damaged) = (Vec::new(), Vec::new());
        for block in dag.blocks_from(0) {
            match block {
                Ok((_, block)) => served.push(block),
                Err(error) => damaged.push(error.record().cloned().unwrap()),
            }
        }
        assert_eq!(damaged, std::slice::from_ref(flipped));
        let mut lost = blocks.iter().filter(|block| !served.contains(block));
        let lost = [lost.next().unwrap().reference()];
        assert_eq!(served.len(), blocks.len() - 1);
        assert!(is_damage(&dag.get(&lost[0]).unwrap_err()));
        let order: Vec<Block> = blocks.iter().map(|block| Block::clone(block)).collect();
        assert!(order.iter().filter(|block| served.contains(block)).eq(&served));
    });
    assert!(flipped.iter().eq(DAG_TABLES), "a table without a record: only {flipped:?} have");
    assert!(dag.check().is_sound());
}
