//! What every backend must do, instantiated for each.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use kaldrix_storage::{Batch, Change, Durability, KeyValue, Order, Record, Scan, Table};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::backend::Backend;

macro_rules! conformance {
    ($($test:ident),* $(,)?) => {
        mod memory {
            $(#[test] fn $test() { super::$test(&*super::Backend::memory().open()); })*
        }
        mod faulty_without_faults {
            $(#[test] fn $test() { super::$test(&*super::Backend::memory().open_faultless()); })*
        }
        mod disk {
            $(#[test] fn $test() {
                let backend = super::Backend::disk();
                super::$test(&*backend.open());
            })*
        }
    };
}

conformance!(
    an_absent_key_is_none,
    the_last_write_wins,
    tables_are_apart,
    scans_keep_order_and_bounds,
    values_of_any_length_come_back,
    a_sync_without_changes_succeeds,
    a_batch_is_seen_whole,
    it_behaves_as_an_ordered_map,
);

fn put(store: &dyn KeyValue, table: Table, records: &[(&[u8], &[u8])]) {
    let mut batch = Batch::default();
    records.iter().for_each(|(key, value)| batch.put(table, *key, *value));
    store.write(batch, Durability::Buffered).unwrap();
}

fn an_absent_key_is_none(store: &dyn KeyValue) {
    assert_eq!(store.get(Table::Header, b"absent").unwrap(), None);
    assert_eq!(store.get(Table::Header, b"").unwrap(), None);
    assert_eq!(store.scan(Table::Header, &Scan::all(10)).unwrap(), []);
}

fn the_last_write_wins(store: &dyn KeyValue) {
    put(store, Table::Account, &[(b"a", b"1"), (b"b", b"2"), (b"a", b"3")]);
    assert_eq!(store.get(Table::Account, b"a").unwrap().unwrap(), b"3");
    let mut batch = Batch::default();
    batch.put(Table::Account, *b"c", *b"4");
    batch.remove(Table::Account, *b"c");
    batch.remove(Table::Account, *b"a");
    batch.put(Table::Account, *b"a", *b"5");
    batch.remove(Table::Account, *b"b");
    batch.remove(Table::Account, *b"never there");
    store.write(batch, Durability::Synced).unwrap();
    assert_eq!(store.get(Table::Account, b"a").unwrap().unwrap(), b"5");
    assert_eq!(store.keys(Table::Account, &Scan::all(10)).unwrap(), [b"a"]);
}

fn tables_are_apart(store: &dyn KeyValue) {
    for &table in Table::ALL {
        put(store, table, &[(b"key", table.name().as_bytes())]);
    }
    for &table in Table::ALL {
        assert_eq!(store.get(table, b"key").unwrap().unwrap(), table.name().as_bytes());
        assert_eq!(store.keys(table, &Scan::all(10)).unwrap().len(), 1);
    }
}

fn scans_keep_order_and_bounds(store: &dyn KeyValue) {
    let keys: [&[u8]; 6] = [b"a", b"aa", b"ab", b"b", b"b\xff", b"b\xff\xff"];
    for key in keys {
        put(store, Table::Entry, &[(key, b"value")]);
    }
    let found = |scan: Scan| {
        let keys = store.keys(Table::Entry, &scan).unwrap();
        let records = store.scan(Table::Entry, &scan).unwrap();
        assert!(records.iter().map(|record| &record.key).eq(&keys));
        assert!(records.iter().all(|record| record.value == b"value"));
        keys
    };
    let (included, excluded) =
        (|key: &[u8]| Bound::Included(key.to_vec()), |key: &[u8]| Bound::Excluded(key.to_vec()));
    assert_eq!(found(Scan::all(100)), keys);
    assert_eq!(found(Scan::all(2)), keys[..2]);
    assert_eq!(found(Scan::all(0)), keys[..0]);
    assert_eq!(found(Scan::all(2).descending()), [keys[5], keys[4]]);
    assert_eq!(found(Scan::prefix(b"a", 100)), keys[..3]);
    assert_eq!(found(Scan::prefix(b"b\xff", 100)), keys[4..]);
    assert_eq!(found(Scan::prefix(b"a", 1).descending()), keys[2..3]);
    assert_eq!(found(Scan::all(100).from(excluded(b"aa"))), keys[2..]);
    assert_eq!(found(Scan::all(100).from(included(b"aa")).to(excluded(b"b"))), keys[1..3]);
    assert_eq!(found(Scan::all(100).from(included(b"b")).to(included(b"b"))), keys[3..4]);
    for (from, to) in [
        (included(b"b"), included(b"a")),
        (excluded(b"b"), excluded(b"b")),
        (excluded(b"a"), included(b"a")),
        (included(b"a"), excluded(b"a")),
    ] {
        assert_eq!(found(Scan::all(100).from(from).to(to)), keys[..0]);
    }
}

fn values_of_any_length_come_back(store: &dyn KeyValue) {
    for length in [0, 1, 4_096, 65_536, 5_000_000] {
        let value: Vec<u8> = (0_u8..251).cycle().take(length).collect();
        put(store, Table::DagBlock, &[(b"key", &value)]);
        assert!(store.get(Table::DagBlock, b"key").unwrap().unwrap() == value, "{length}");
    }
}

fn a_sync_without_changes_succeeds(store: &dyn KeyValue) {
    put(store, Table::Meta, &[(b"key", b"value")]);
    store.write(Batch::default(), Durability::Synced).unwrap();
    assert_eq!(store.get(Table::Meta, b"key").unwrap().unwrap(), b"value");
}

/// One thread rewrites many keys to one number at a time; the other never sees two numbers.
fn a_batch_is_seen_whole(store: &dyn KeyValue) {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for number in 0..200_u64 {
                let mut batch = Batch::default();
                for key in 0..50_u8 {
                    batch.put(Table::TreeNode, [key], number.to_le_bytes());
                }
                store.write(batch, Durability::Buffered).unwrap();
            }
            done.store(true, Ordering::Release);
        });
        while !done.load(Ordering::Acquire) {
            let records = store.scan(Table::TreeNode, &Scan::all(100)).unwrap();
            assert!(records.is_empty() || records.len() == 50);
            assert!(records.windows(2).all(|pair| pair[0].value == pair[1].value));
        }
    });
}

fn key_strategy() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(0_u8..4, 1..4)
}

fn batch_strategy() -> impl Strategy<Value = Batch> {
    let put = (key_strategy(), prop::collection::vec(any::<u8>(), 0..20))
        .prop_map(|(key, value)| Change::Put { table: Table::Place, key, value });
    let remove = key_strategy().prop_map(|key| Change::Remove { table: Table::Place, key });
    let changes = prop::collection::vec(prop_oneof![3 => put, 1 => remove], 0..12);
    changes.prop_map(|changes| Batch { changes })
}

fn scan_strategy() -> impl Strategy<Value = Scan> {
    let bound = || {
        prop_oneof![
            Just(Bound::Unbounded),
            key_strategy().prop_map(Bound::Included),
            key_strategy().prop_map(Bound::Excluded),
        ]
    };
    (bound(), bound(), any::<bool>(), 0_usize..20).prop_map(|(from, to, ascending, records_max)| {
        let order = if ascending { Order::Ascending } else { Order::Descending };
        Scan { from, to, order, records_max }
    })
}

/// The model is written apart from the store in memory: a list, filtered.
fn it_behaves_as_an_ordered_map(store: &dyn KeyValue) {
    let steps = prop::collection::vec((batch_strategy(), scan_strategy()), 1..20);
    let mut runner = TestRunner::new(Config::with_cases(32));
    let result = runner.run(&steps, |steps| {
        let mut model = BTreeMap::new();
        let mut clear = Batch::default();
        for key in store.keys(Table::Place, &Scan::all(1000)).unwrap() {
            clear.remove(Table::Place, key);
        }
        store.write(clear, Durability::Buffered).unwrap();
        for (batch, scan) in steps {
            store.write(batch.clone(), Durability::Buffered).unwrap();
            for change in batch.changes {
                match change {
                    Change::Put { key, value, .. } => model.insert(key, value),
                    Change::Remove { key, .. } => model.remove(&key),
                };
            }
            prop_assert_eq!(store.scan(Table::Place, &scan).unwrap(), expected(&model, &scan));
        }
        Ok(())
    });
    result.unwrap();
}

fn expected(model: &BTreeMap<Vec<u8>, Vec<u8>>, scan: &Scan) -> Vec<Record> {
    let above = |key: &[u8]| match &scan.from {
        Bound::Unbounded => true,
        Bound::Included(from) => key >= from.as_slice(),
        Bound::Excluded(from) => key > from.as_slice(),
    };
    let below = |key: &[u8]| match &scan.to {
        Bound::Unbounded => true,
        Bound::Included(to) => key <= to.as_slice(),
        Bound::Excluded(to) => key < to.as_slice(),
    };
    let inside = model.iter().filter(|(key, _)| above(key) && below(key));
    let mut records: Vec<_> =
        inside.map(|(key, value)| Record { key: key.clone(), value: value.clone() }).collect();
    if scan.order == Order::Descending {
        records.reverse();
    }
    records.truncate(scan.records_max);
    records
}

#[test]
fn a_disk_keeps_what_was_written_through_a_restart() {
    let backend = Backend::disk();
    put(&*backend.open(), Table::Header, &[(b"buffered", b"1")]);
    let store: Arc<dyn KeyValue> = backend.open();
    assert_eq!(store.get(Table::Header, b"buffered").unwrap().unwrap(), b"1");
}

#[test]
fn a_directory_opens_once_at_a_time() {
    let backend = Backend::disk();
    let Backend::Disk(directory) = &backend else { unreachable!("a disk has a directory") };
    let _open = backend.open();
    let error =
        kaldrix_storage::DiskStore::open(directory.path(), Table::ALL, 1 << 20).unwrap_err();
    assert!(error.to_string().contains("another process has it open"), "{error}");
    assert!(error.damage().is_none());
}
