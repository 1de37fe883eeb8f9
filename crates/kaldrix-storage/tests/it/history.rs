//! The ways back in a ledger's store: from a block to a later one's history root, and from a digest
//! to the transactions that notarised it.

use kaldrix_storage::ledger_store::Place;
use kaldrix_storage::{
    Batch, BlockCommit, Durability, LedgerStore, Record, Records, Scan, StoreError, Table,
};
use kaldrix_types::Digest;
use kaldrix_types::merkle::Blake3;

use crate::backend::Backend;
use crate::chain::{History, NOTARISATION_INDEX, commit, notarised, notarised_always};

const HEIGHTS: u64 = 21;

/// A store with the whole history, closed once on the way.
fn stored(backend: &Backend, history: &History) -> LedgerStore {
    let store = LedgerStore::open(backend.open(), &history.genesis).unwrap();
    for execution in &history.executions[..10] {
        commit(&store, execution, Durability::Synced).unwrap();
    }
    drop(store);
    let store = LedgerStore::open(backend.open(), &history.genesis).unwrap();
    let rest = history.executions[10..].iter().map(|execution| BlockCommit::new(execution, None));
    store.commit(&rest.collect::<Vec<_>>(), Durability::Synced).unwrap();
    store
}

#[test]
fn every_block_leads_to_every_later_history_root() {
    let history = History::of(HEIGHTS);
    for backend in [Backend::memory(), Backend::disk()] {
        let store = stored(&backend, &history);
        for later in 1..=HEIGHTS {
            let root = store.header(later).unwrap().unwrap().history_root;
            for height in 0..later {
                let path = store.history_path(height, later).unwrap().unwrap();
                let id = store.block_id(height).unwrap().unwrap();
                assert_eq!((path.index, path.leaf_count), (height, later));
                assert!(path.verify::<Blake3>(id.as_bytes(), &root), "{height} in {later}");
            }
        }
        for (height, later) in [(3, 3), (4, 3), (0, 0), (3, HEIGHTS + 1)] {
            assert_eq!(store.history_path(height, later).unwrap(), None, "{height} in {later}");
        }
    }
}

#[test]
fn a_digest_leads_to_all_that_notarised_it() {
    let history = History::of(HEIGHTS);
    for backend in [Backend::memory(), Backend::disk()] {
        let store = stored(&backend, &history);
        for height in 1..=HEIGHTS {
            let found = store.notarisations(&notarised(height), None, 10).unwrap();
            let [found] = &found[..] else { panic!("{found:?}") };
            assert_eq!((found.height, found.index), (height, NOTARISATION_INDEX));
            let id = found.entry.transaction.id();
            assert_eq!(Some(found), store.transaction(&id).unwrap().as_ref());
        }
        let (mut heights, mut after) = (Vec::new(), None);
        loop {
            let page = store.notarisations(&notarised_always(), after, 4).unwrap();
            let Some(last) = page.last() else { break };
            after = Some(Place { height: last.height, index: last.index });
            heights.extend(page.iter().map(|found| found.height));
        }
        assert_eq!(heights, (1..=HEIGHTS).collect::<Vec<_>>());
        assert_eq!(store.notarisations(&Digest([7; 32]), None, 10).unwrap(), []);
    }
}

/// A record that is gone leaves no checksum behind: the walk over the chain misses it.
#[test]
fn missing_ways_back_are_named() {
    let history = History::of(HEIGHTS);
    for table in [Table::History, Table::Notarisation] {
        let backend = Backend::memory();
        let open = || Records::open(backend.open()).unwrap();
        let write = |change: &dyn Fn(&mut Batch)| {
            let mut batch = Batch::default();
            change(&mut batch);
            open().write(batch, Durability::Synced).unwrap();
        };
        drop(stored(&backend, &history));
        for Record { key, value } in
            open().scan(table, &Scan::all(usize::MAX)).unwrap().into_iter().map(Result::unwrap)
        {
            write(&|batch| batch.remove(table, key.clone()));
            let store = LedgerStore::open(backend.open(), &history.genesis).unwrap();
            let audit = store.check();
            let [damage] = &audit.damages[..] else { panic!("{:?}", audit.damages) };
            let record = damage.record.as_ref().unwrap();
            assert_eq!((record.table, &record.key), (table, &key));
            write(&|batch| batch.put(table, key.clone(), value.clone()));
        }
        assert!(LedgerStore::open(backend.open(), &history.genesis).unwrap().check().is_sound());
    }
}

#[test]
fn a_missing_subtree_is_named_when_a_path_needs_it() {
    let history = History::of(3);
    let backend = Backend::memory();
    let store = LedgerStore::open(backend.open(), &history.genesis).unwrap();
    for execution in &history.executions {
        commit(&store, execution, Durability::Synced).unwrap();
    }
    // The leaf of height 2: its height, and level 0.
    let key = [2_u64.to_be_bytes().as_slice(), &[0]].concat();
    let mut batch = Batch::default();
    batch.remove(Table::History, key.clone());
    Records::open(backend.open()).unwrap().write(batch, Durability::Synced).unwrap();
    let error = store.history_path(0, 3).unwrap_err();
    assert_eq!(
        error.record().map(|record| (record.table, &record.key)),
        Some((Table::History, &key))
    );
    assert!(store.history_path(0, 2).unwrap().is_some());
}

#[test]
fn another_history_of_ids_is_refused() {
    let history = History::of(2);
    let store = LedgerStore::open(Backend::memory().open(), &history.genesis).unwrap();
    let mut forged = history.executions[0].clone();
    forged.writes.tip.history.push::<Blake3>(b"one too many");
    let error = commit(&store, &forged, Durability::Synced).unwrap_err();
    assert!(matches!(error, StoreError::Mismatch { height: 1, .. }), "{error}");
    commit(&store, &history.executions[0], Durability::Synced).unwrap();
}

#[test]
fn a_store_of_the_format_before_is_refused_with_what_to_do() {
    let history = History::of(0);
    let backend = Backend::disk();
    drop(LedgerStore::open(backend.open(), &history.genesis).unwrap());
    let records = Records::open(backend.open()).unwrap();
    let mut identity = records.get(Table::Meta, b"identity").unwrap().unwrap();
    identity[0] -= 1;
    let mut batch = Batch::default();
    batch.put(Table::Meta, b"identity".as_slice(), identity);
    records.write(batch, Durability::Synced).unwrap();
    drop(records);
    let error = LedgerStore::open(backend.open(), &history.genesis).unwrap_err();
    assert!(matches!(error, StoreError::Format { found: 1, .. }), "{error}");
    assert!(error.to_string().contains("rebuild it from peers"), "{error}");
}
