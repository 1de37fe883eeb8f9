//! The ledger's store, against the state in memory.

use kaldrix_ledger::{StateError, StateReader};
use kaldrix_storage::ledger_store::{
    CERTIFICATE_INTERVAL, CERTIFICATES_RECENT, CHECKPOINTS_RECENT,
};
use kaldrix_storage::{BlockCommit, Durability, LedgerStore, StoreError, Table};
use kaldrix_types::encoding::Bounded;
use kaldrix_types::{Certificate, LedgerBlockId, TransactionId, Vote};

use crate::backend::Backend;
use crate::chain::{Chain, History, certificate, checkpoint, commit, genesis};

fn open(backend: &Backend, history: &History) -> LedgerStore {
    LedgerStore::open(backend.open(), &history.genesis).unwrap()
}

fn it_holds_what_was_committed_through_restarts(backend: &Backend) {
    let history = History::of(12);
    let store = open(backend, &history);
    history.assert_holds(&store);
    for execution in &history.executions[..5] {
        commit(&store, execution, Durability::Synced).unwrap();
    }
    history.assert_holds(&store);
    drop(store);

    let store = open(backend, &history);
    assert_eq!(store.latest().height, 5);
    // Catching up: many blocks in one batch, then one by one with one sync at the end.
    let batch: Vec<_> = history.executions[5..9]
        .iter()
        .map(|execution| BlockCommit::new(execution, None))
        .collect();
    store.commit(&batch, Durability::Synced).unwrap();
    for execution in &history.executions[9..] {
        commit(&store, execution, Durability::Buffered).unwrap();
    }
    store.sync().unwrap();
    history.assert_holds(&store);
    drop(store);
    history.assert_holds(&open(backend, &history));
}

#[test]
fn it_holds_what_was_committed_through_restarts_in_memory() {
    it_holds_what_was_committed_through_restarts(&Backend::memory());
}

#[test]
fn it_holds_what_was_committed_through_restarts_on_disk() {
    it_holds_what_was_committed_through_restarts(&Backend::disk());
}

#[test]
fn transactions_are_found_by_id() {
    let history = History::of(3);
    let store = open(&Backend::memory(), &history);
    for execution in &history.executions {
        commit(&store, execution, Durability::Synced).unwrap();
    }
    for execution in &history.executions {
        for (index, entry) in (0..).zip(&execution.entries) {
            let found = store.transaction(&entry.transaction.id()).unwrap().unwrap();
            assert_eq!((found.height, found.index), (execution.header.height, index));
            assert_eq!(&found.entry, entry);
            assert_eq!(found.receipt, execution.receipts[index as usize]);
        }
    }
    assert_eq!(store.transaction(&TransactionId::from([3; 32])).unwrap(), None);
    assert_eq!(store.height_of(&LedgerBlockId::from([3; 32])).unwrap(), None);
    assert_eq!(store.block(4).unwrap(), None);
    assert_eq!(store.receipts(0).unwrap(), None);
}

#[test]
fn blocks_that_do_not_follow_are_refused_whole() {
    let history = History::of(4);
    let store = open(&Backend::memory(), &history);
    let [first, second, third, fourth] = &history.executions[..] else { panic!("four blocks") };
    commit(&store, first, Durability::Synced).unwrap();
    for skipped in [third, first] {
        let error = commit(&store, skipped, Durability::Synced).unwrap_err();
        assert!(matches!(error, StoreError::Height { expected: 2, .. }), "{error}");
    }
    let gap = [BlockCommit::new(second, None), BlockCommit::new(fourth, None)];
    assert!(store.commit(&gap, Durability::Synced).is_err());
    let mut other_parent = second.clone();
    other_parent.header.parent = LedgerBlockId::from([5; 32]);
    let mut fewer_receipts = second.clone();
    fewer_receipts.receipts.pop();
    let other_writes = kaldrix_ledger::Execution { writes: third.writes.clone(), ..second.clone() };
    for refused in [other_parent, fewer_receipts, other_writes] {
        let error = commit(&store, &refused, Durability::Synced).unwrap_err();
        assert!(matches!(error, StoreError::Mismatch { height: 2, .. }), "{error}");
    }
    assert_eq!(store.latest().height, 1);
    history.assert_holds(&store);
    commit(&store, second, Durability::Synced).unwrap();
}

#[test]
fn another_genesis_is_refused_with_what_to_do() {
    for backend in [Backend::memory(), Backend::disk()] {
        drop(LedgerStore::open(backend.open(), &genesis("one")).unwrap());
        let error = LedgerStore::open(backend.open(), &genesis("other")).unwrap_err();
        assert!(matches!(error, StoreError::WrongChain { .. }), "{error}");
        assert!(error.to_string().contains("check the genesis file"), "{error}");
    }
}

#[test]
fn checkpoints_are_kept_for_recent_heights() {
    let mut chain = Chain::new();
    let store = LedgerStore::open(Backend::memory().open(), &chain.genesis).unwrap();
    assert_eq!(store.latest_checkpoint().unwrap(), None);
    let last = CHECKPOINTS_RECENT + 10;
    for height in 1..=last {
        commit(&store, &chain.next(), Durability::Buffered).unwrap();
        assert_eq!(store.latest_checkpoint().unwrap(), Some((height, checkpoint(height))));
    }
    for height in 1..=last {
        let kept = store.checkpoint(height).unwrap();
        assert_eq!(kept.is_some(), height > last - CHECKPOINTS_RECENT, "{height}");
    }
}

#[test]
fn certificates_are_kept_for_recent_heights_and_at_intervals() {
    let mut chain = Chain::new();
    let store = LedgerStore::open(Backend::memory().open(), &chain.genesis).unwrap();
    assert_eq!(store.latest_certificate().unwrap(), None);
    let last = CERTIFICATES_RECENT + CERTIFICATE_INTERVAL + 10;
    for height in 1..=last {
        let execution = chain.next();
        commit(&store, &execution, Durability::Buffered).unwrap();
        store.put_certificate(&certificate(&execution)).unwrap();
        let latest = store.latest_certificate().unwrap().unwrap();
        assert_eq!(latest.vote, execution.header.vote());
        assert_eq!(latest.vote.height, height);
    }
    let late = Certificate {
        vote: Vote { height: 7, block: LedgerBlockId::from([7; 32]) },
        votes: Bounded::default(),
    };
    store.put_certificate(&late).unwrap();
    for height in 1..=last {
        let recent = height > last - CERTIFICATES_RECENT;
        let kept = recent || height == CERTIFICATE_INTERVAL;
        assert_eq!(store.certificate(height).unwrap().is_some(), kept, "{height}");
    }
    let at = |height| store.certificate_from(height).unwrap().unwrap().vote.height;
    assert_eq!(at(1), CERTIFICATE_INTERVAL);
    assert_eq!(at(CERTIFICATE_INTERVAL + 1), last - CERTIFICATES_RECENT + 1);
    assert_eq!(at(last), last);
    assert_eq!(store.certificate_from(last + 1).unwrap(), None);
}

/// Records above the tip or missing below it are found at opening, not served later.
#[test]
fn a_gap_in_the_chain_is_found_at_opening() {
    let history = History::of(6);
    for (table, height) in [(Table::Header, 3_u64), (Table::Header, 1), (Table::Header, 6)] {
        let backend = Backend::memory();
        let store = open(&backend, &history);
        for execution in &history.executions {
            commit(&store, execution, Durability::Synced).unwrap();
        }
        drop(store);
        let records = kaldrix_storage::Records::open(backend.open()).unwrap();
        let mut batch = kaldrix_storage::Batch::default();
        batch.remove(table, height.to_be_bytes());
        records.write(batch, Durability::Synced).unwrap();
        let error = LedgerStore::open(backend.open(), &history.genesis).unwrap_err();
        let record = error.record().expect("a named record");
        assert_eq!((record.table, &record.key[..]), (table, &height.to_be_bytes()[..]));
    }
}

#[test]
fn a_damaged_account_is_an_error_to_the_ledger() {
    let history = History::of(1);
    let backend = Backend::memory();
    let store = open(&backend, &history);
    let (address, _) = history.states[0].accounts().next().unwrap();
    let raw = backend.open();
    let mut key = vec![1];
    key.extend_from_slice(address.as_bytes());
    let mut value = raw.get(Table::Account, &key).unwrap().unwrap();
    value[3] ^= 4;
    let mut batch = kaldrix_storage::Batch::default();
    batch.put(Table::Account, key, value);
    raw.write(batch, Durability::Synced).unwrap();
    let error = store.account(address).unwrap_err();
    assert!(matches!(error, StateError::Damaged { what: "account", .. }), "{error}");
    let audit = store.check();
    assert_eq!(audit.records_damaged, 1);
    let record = audit.damages[0].record.as_ref().unwrap();
    assert_eq!((record.table, &record.key[..]), (Table::Account, &address.as_bytes()[..]));
}
