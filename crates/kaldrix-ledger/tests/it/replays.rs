//! Certified blocks executed again: the same header, or the first field that differs.

use kaldrix_ledger::{
    Entry, Exclusion, Execution, LedgerBlock, LedgerError, ReplayError, execute, replay,
};
use kaldrix_types::encoding::{Bounded, from_bytes, to_bytes};
use kaldrix_types::merkle::{self, Blake3};
use kaldrix_types::{
    Amount, AuthorityIndex, ChainId, CommitteeId, Digest, LedgerBlockId, LedgerHeader, Scheme,
    Witness,
};

use crate::network::{AnyWitness, Ledger, Wallet, signature, signed, transfer};

/// A ledger and a block that is certified but not yet applied.
fn certified() -> (Ledger, Execution) {
    let (alice, bob) = (Wallet::new(1), Wallet::new(2));
    let mut ledger = Ledger::new(&[&alice, &bob]);
    let first = signed(alice.next(&ledger, transfer(&bob, 1)));
    let second = signed(bob.next(&ledger, transfer(&alice, 2)));
    let third = signed(bob.after(&ledger, 1, transfer(&alice, u64::MAX)));
    let commit = ledger.commit(&[(0, &[first]), (1, &[second, third])]);
    let execution = execute(&ledger.state, &ledger.rules, &commit, &AnyWitness);
    (ledger, execution.unwrap().unwrap())
}

fn refusal(ledger: &Ledger, header: &LedgerHeader, entries: &[Entry]) -> ReplayError {
    replay(&ledger.state, &ledger.rules, header, entries).unwrap_err()
}

fn ids_root(entries: &[Entry]) -> Digest {
    let ids: Vec<_> = entries.iter().map(|entry| entry.transaction.id()).collect();
    merkle::root::<Blake3, _>(ids.iter().map(|id| id.as_bytes()))
}

#[test]
fn a_node_that_catches_up_arrives_at_the_same_state() {
    let (ledger, execution) = certified();
    let again = replay(&ledger.state, &ledger.rules, &execution.header, &execution.entries);
    assert_eq!(again, Ok(execution));
}

#[test]
fn every_field_of_the_header_is_demanded() {
    type Change = fn(&mut LedgerHeader);
    let changes: [(&str, Change); 9] = [
        ("chain id", |h| h.chain_id = ChainId::from([1; 32])),
        ("height", |h| h.height += 1),
        ("parent", |h| h.parent = LedgerBlockId::from([1; 32])),
        ("timestamp", |h| h.timestamp_ms = 0),
        ("history root", |h| h.history_root = Digest::ZERO),
        ("transactions root", |h| h.transactions_root = Digest::ZERO),
        ("receipts root", |h| h.receipts_root = Digest::ZERO),
        ("state root", |h| h.state_root = Digest::ZERO),
        ("next committee", |h| h.next_committee = Some(CommitteeId::from([1; 32]))),
    ];
    let (ledger, execution) = certified();
    for (name, change) in changes {
        let mut header = execution.header.clone();
        change(&mut header);
        match refusal(&ledger, &header, &execution.entries) {
            ReplayError::Differs { field, certified, computed, .. } => {
                assert_eq!(field, name);
                assert_ne!(certified, computed);
            }
            other => panic!("{name}: {other}"),
        }
    }
    let mut header = execution.header.clone();
    header.epoch = 1;
    let error = LedgerError::Epoch { commit: 1, rules: 0 };
    assert_eq!(refusal(&ledger, &header, &execution.entries), ReplayError::Ledger(error));
    header.epoch = 0;
    header.commit_index = 0;
    let error = LedgerError::CommitOrder { commit: 0, tip: 0 };
    assert_eq!(refusal(&ledger, &header, &execution.entries), ReplayError::Ledger(error));
}

#[test]
fn entries_must_be_all_of_the_blocks_in_its_order() {
    let (ledger, Execution { header, entries, .. }) = certified();
    let mut missing = entries.clone();
    missing.pop();
    let mut swapped = entries.clone();
    swapped.swap(0, 1);
    for changed in [missing, swapped] {
        let refusal = refusal(&ledger, &header, &changed);
        assert!(matches!(refusal, ReplayError::Differs { field: "transactions root", .. }));
    }
}

#[test]
fn the_fee_must_go_to_the_author_that_the_receipts_name() {
    let (ledger, Execution { header, mut entries, .. }) = certified();
    entries[0].author = AuthorityIndex(3);
    let reason = refusal(&ledger, &header, &entries);
    assert!(matches!(reason, ReplayError::Differs { field: "receipts root", .. }));
    entries[0].author = AuthorityIndex(9);
    // Found: that stopped the node, as what no peer could bring about.
    let author = ReplayError::Author { height: 1, index: 0, author: AuthorityIndex(9) };
    assert_eq!(refusal(&ledger, &header, &entries), author);
}

#[test]
fn an_entry_that_cannot_execute_is_named() {
    let (ledger, Execution { mut header, mut entries, .. }) = certified();
    entries[1].transaction.body.fee = Amount(1);
    header.transactions_root = ids_root(&entries);
    let id = entries[1].transaction.id();
    match refusal(&ledger, &header, &entries) {
        ReplayError::Excluded { height: 1, index: 1, id: found, reason } => {
            assert_eq!(found, id);
            assert!(matches!(reason, Exclusion::FeeTooLow { .. }));
        }
        other => panic!("{other}"),
    }
}

#[test]
fn a_witness_is_not_looked_at() {
    let (ledger, execution) = certified();
    let mut entries = execution.entries.clone();
    let other = Witness::Signature(signature(Scheme::MlDsa44, 99));
    assert_ne!(entries[0].transaction.witness, other);
    entries[0].transaction.witness = other;
    let again = replay(&ledger.state, &ledger.rules, &execution.header, &entries).unwrap();
    assert_eq!(again.writes, execution.writes);
}

#[test]
fn a_ledger_block_is_read_as_it_was_written() {
    let (ledger, Execution { header, entries, receipts, writes, .. }) = certified();
    let block = LedgerBlock { header, entries: Bounded::new(entries).unwrap() };
    assert_eq!(from_bytes::<LedgerBlock>(&to_bytes(&block)).as_ref(), Ok(&block));
    for receipt in receipts {
        assert_eq!(from_bytes(&to_bytes(&receipt)), Ok(receipt));
    }
    for (_, account) in &writes.accounts {
        assert_eq!(from_bytes(&to_bytes(account)), Ok(*account));
    }
    assert_eq!(from_bytes(&to_bytes(&writes.tip)), Ok(writes.tip));
    let again = replay(&ledger.state, &ledger.rules, &block.header, &block.entries);
    assert_eq!(again.unwrap().header, block.header);
}

#[test]
fn headers_chain_and_their_history_and_time_only_grow() {
    let (alice, bob) = (Wallet::new(1), Wallet::new(2));
    let mut ledger = Ledger::new(&[&alice]);
    let mut ids = vec![ledger.genesis.ledger_block_id()];
    let mut timestamp_ms = ledger.genesis.timestamp_ms;
    for step in 0..20 {
        let transaction = signed(alice.next(&ledger, transfer(&bob, 1)));
        let mut commit = ledger.commit(&[(0, &[transaction])]);
        if step % 3 == 0 {
            commit.timestamp_ms = 0;
        }
        let given = commit.timestamp_ms;
        let execution = execute(&ledger.state, &ledger.rules, &commit, &AnyWitness);
        let Execution { header, writes, .. } = execution.unwrap().unwrap();
        ledger.state.apply(&writes);

        assert_eq!(header.parent, *ids.last().unwrap());
        let history = merkle::root::<Blake3, _>(ids.iter().map(|id| id.as_bytes()));
        assert_eq!(header.history_root, history);
        assert_eq!(header.timestamp_ms, given.max(timestamp_ms + 1));
        assert_eq!((header.leader, header.checkpoint), (commit.leader, commit.checkpoint));
        timestamp_ms = header.timestamp_ms;
        ids.push(header.id());
    }
}
