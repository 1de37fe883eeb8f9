//! Refused writes, lost power, and bits that flip under a store in memory.

use std::sync::Arc;

use kaldrix_storage::{
    DagStore, Durability, Faults, FaultyStore, LedgerStore, MemoryStore, RecordName, StoreError,
    Table,
};
use kaldrix_types::Block;

use crate::backend::{Random, seed};
use crate::chain::{History, certificate, commit, dag_block};

fn faulty(seed: u64, faults: Faults) -> Arc<FaultyStore> {
    Arc::new(FaultyStore::new(Arc::new(MemoryStore::new()), seed, faults))
}

/// The name that the stores use for a record that the engine names.
fn named(engine: &RecordName) -> RecordName {
    RecordName { table: engine.table, key: engine.key[1..].to_vec() }
}

#[test]
fn refused_writes_change_nothing_and_lost_power_costs_only_what_was_not_synced() {
    let mut random = Random::new(seed(7));
    let history = History::of(40);
    for _ in 0..20 {
        let store = faulty(random.next(), Faults::default());
        let mut ledger = LedgerStore::open(store.clone(), &history.genesis).unwrap();
        let mut synced = 0;
        store.set_faults(Faults { failed_writes_per_mille: 300, ..Faults::default() });
        while ledger.latest().height < 40 {
            let at = ledger.latest().height;
            let execution = &history.executions[usize::try_from(at).unwrap()];
            let durability =
                if random.below(3) == 0 { Durability::Synced } else { Durability::Buffered };
            match commit(&ledger, execution, durability) {
                Ok(()) if durability == Durability::Synced => synced = at + 1,
                Ok(()) => {}
                Err(StoreError::Injected { .. }) => assert_eq!(ledger.latest().height, at),
                Err(error) => panic!("{error}"),
            }
            if random.below(10) == 0 {
                store.crash().unwrap();
                ledger = LedgerStore::open(store.clone(), &history.genesis).unwrap();
                assert!(ledger.latest().height >= synced);
                history.assert_holds(&ledger);
            }
        }
        history.assert_holds(&ledger);
    }
}

#[test]
fn a_flipped_bit_in_any_table_is_named_and_never_served() {
    let mut random = Random::new(seed(11));
    let history = History::of(8);
    for &table in kaldrix_storage::LEDGER_TABLES {
        for _ in 0..20 {
            let store = faulty(random.next(), Faults::default());
            let ledger = LedgerStore::open(store.clone(), &history.genesis).unwrap();
            for execution in &history.executions {
                commit(&ledger, execution, Durability::Synced).unwrap();
                ledger.put_certificate(&certificate(execution)).unwrap();
            }
            let flipped = store.flip_stored_bit(table).unwrap().expect("a record in every table");
            let audit = ledger.check();
            let names: Vec<_> =
                audit.damages.iter().filter_map(|damage| damage.record.clone()).collect();
            let is_stamp = flipped.key == [0];
            let expected = if is_stamp { flipped } else { named(&flipped) };
            assert!(names.contains(&expected), "{expected:?} not in {names:?}");
            let is_read_first = matches!(table, Table::Meta | Table::Header)
                || (expected.key == 8_u64.to_be_bytes()
                    && matches!(table, Table::Checkpoint | Table::Certificate));
            if is_stamp || is_read_first {
                let error = LedgerStore::open(store, &history.genesis).unwrap_err();
                assert_eq!(error.record(), Some(&expected), "{error}");
            }
        }
    }
}

#[test]
fn a_damaged_block_of_the_dag_does_not_hide_the_others() {
    let store = faulty(seed(3), Faults::default());
    let chain_id = History::of(0).genesis.chain_id();
    let dag = DagStore::open(store.clone(), chain_id).unwrap();
    let blocks: Vec<_> = (1..=50).map(|round| dag_block(chain_id, 1, round, Vec::new())).collect();
    dag.put(&blocks, Durability::Synced).unwrap();
    let flipped = std::iter::repeat_with(|| store.flip_stored_bit(Table::DagBlock).unwrap())
        .flatten()
        .find(|record| record.key != [0])
        .unwrap();
    let dag = match DagStore::open(store.clone(), chain_id) {
        Ok(dag) => dag,
        // The batch number was hit first: the store as a whole is set aside.
        Err(error) => return assert!(error.damage().is_some(), "{error}"),
    };
    let (mut sound, mut damaged) = (Vec::new(), Vec::new());
    for block in dag.blocks_from(0) {
        match block {
            Ok((_, block)) => sound.push(block),
            Err(error) => damaged.push(error.record().cloned().unwrap()),
        }
    }
    assert_eq!(damaged, [named(&flipped)]);
    let intact = blocks.iter().map(|block| Block::clone(block));
    let intact: Vec<_> = intact.filter(|block| sound.contains(block)).collect();
    assert_eq!(intact.len(), 49);
    assert_eq!(intact, sound);
}

#[test]
fn bits_flipped_on_the_way_are_noticed_too() {
    let history = History::of(3);
    let store = faulty(seed(5), Faults::default());
    let ledger = LedgerStore::open(store.clone(), &history.genesis).unwrap();
    for execution in &history.executions {
        commit(&ledger, execution, Durability::Synced).unwrap();
    }
    store.set_faults(Faults { flipped_reads_per_mille: 500, ..Faults::default() });
    let (mut right, mut damaged) = (0, 0);
    for _ in 0..100 {
        match ledger.header(2) {
            Ok(header) => {
                assert_eq!(header.as_ref(), Some(&history.executions[1].header));
                right += 1;
            }
            Err(StoreError::Damaged(_)) => damaged += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert!(right > 20 && damaged > 20, "{right} right, {damaged} damaged");
    store.set_faults(Faults { failed_reads_per_mille: 1000, ..Faults::default() });
    assert!(matches!(ledger.header(2), Err(StoreError::Injected { action: "get" })));
}
