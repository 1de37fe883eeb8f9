//! How an account's public key comes to be registered.

use kaldrix_ledger::{Exclusion, StateReader};
use kaldrix_types::account::key_digest;
use kaldrix_types::{Outcome, Scheme};

use crate::network::{Fate, Ledger, Wallet, key, reasons, signed, transfer};

const APPLIED: Fate = Fate::Included(Outcome::Applied);

#[test]
fn the_first_transaction_registers_the_key_and_later_ones_go_without() {
    let (alice, bob) = (Wallet::new(1), Wallet::new(2));
    let mut ledger = Ledger::new(&[&alice]);
    assert_eq!(ledger.account(&alice.address).key, None);
    let execution = ledger.run(&[(0, &[signed(alice.next(&ledger, transfer(&bob, 1)))])]);
    assert_eq!(execution.writes.public_keys, [(alice.address, alice.key.clone())]);
    assert_eq!(ledger.account(&alice.address).key, Some(key_digest(&alice.key)));
    assert_eq!(ledger.state.public_key(&alice.address).unwrap().as_ref(), Some(&alice.key));

    let body = alice.next(&ledger, transfer(&bob, 1));
    assert_eq!(body.public_key, None);
    let execution = ledger.run(&[(0, &[signed(body)])]);
    assert_eq!(execution.receipts.len(), 1);
    assert_eq!(execution.writes.public_keys, []);
}

#[test]
fn a_new_account_can_send_twice_in_one_block() {
    let (alice, bob) = (Wallet::new(1), Wallet::new(2));
    let mut ledger = Ledger::new(&[&alice]);
    let first = signed(alice.next(&ledger, transfer(&bob, 1)));
    let second = signed(alice.after(&ledger, 1, transfer(&bob, 2)));
    assert!(first.body.public_key.is_some() && second.body.public_key.is_none());
    let execution = ledger.run(&[(0, &[first, second])]);
    assert_eq!(execution.excluded, []);
    assert_eq!(ledger.balance(&bob), 3);
    assert_eq!(ledger.account(&alice.address).sequence, 2);
}

#[test]
fn a_second_transaction_that_comes_first_waits_for_the_one_with_the_key() {
    let (alice, bob) = (Wallet::new(1), Wallet::new(2));
    let mut ledger = Ledger::new(&[&alice]);
    let first = signed(alice.next(&ledger, transfer(&bob, 1)));
    let second = signed(alice.after(&ledger, 1, transfer(&bob, 2)));
    let execution = ledger.run(&[(0, &[second.clone(), first])]);
    assert_eq!(reasons(&execution), [Exclusion::SequenceTooHigh { found: 1, expected: 0 }]);
    assert_eq!(Fate::of(&ledger.run(&[(0, &[second])]), 0), APPLIED);
}

#[test]
fn a_failed_transaction_registers_its_key_too() {
    let (alice, bob) = (Wallet::new(1), Wallet::new(2));
    let mut ledger = Ledger::new(&[&alice]);
    let body = alice.next(&ledger, transfer(&bob, 0));
    assert!(matches!(ledger.submit(body), Fate::Included(Outcome::Failed(_))));
    assert_eq!(ledger.account(&alice.address).key, Some(key_digest(&alice.key)));
}

#[test]
fn an_account_keeps_the_key_it_has_when_it_receives() {
    let (alice, bob) = (Wallet::new(1), Wallet::new(2));
    let mut ledger = Ledger::new(&[&alice, &bob]);
    assert_eq!(ledger.submit(bob.next(&ledger, transfer(&alice, 1))), APPLIED);
    let before = ledger.account(&bob.address);
    assert_eq!(ledger.submit(alice.next(&ledger, transfer(&bob, 5))), APPLIED);
    let after = ledger.account(&bob.address);
    assert_eq!((after.key, after.sequence), (before.key, before.sequence));
    assert_eq!(after.balance.0, before.balance.0 + 5);
}

#[test]
fn the_first_transaction_must_carry_the_key() {
    let (alice, bob) = (Wallet::new(1), Wallet::new(2));
    let mut ledger = Ledger::new(&[&alice]);
    let mut body = alice.next(&ledger, transfer(&bob, 1));
    body.public_key = None;
    assert_eq!(ledger.submit(body), Fate::Excluded(Exclusion::KeyMissing));
}

#[test]
fn a_key_that_the_address_does_not_name_is_refused() {
    let (alice, bob) = (Wallet::new(1), Wallet::new(2));
    let mut ledger = Ledger::new(&[&alice]);
    let mut body = alice.next(&ledger, transfer(&bob, 1));
    body.public_key = Some(bob.key.clone());
    assert_eq!(ledger.submit(body.clone()), Fate::Excluded(Exclusion::KeyNotSenders));
    // The same bytes cannot be a key of another scheme, but the tag is bound all the same.
    body.public_key = Some(key(Scheme::MlDsa65, 1));
    assert_eq!(ledger.submit(body), Fate::Excluded(Exclusion::KeyNotSenders));
}

#[test]
fn a_registered_key_is_not_carried_again() {
    let (alice, bob) = (Wallet::new(1), Wallet::new(2));
    let mut ledger = Ledger::new(&[&alice]);
    assert_eq!(ledger.submit(alice.next(&ledger, transfer(&bob, 1))), APPLIED);
    let mut body = alice.next(&ledger, transfer(&bob, 1));
    body.public_key = Some(alice.key.clone());
    assert_eq!(ledger.submit(body), Fate::Excluded(Exclusion::KeyRegistered));
}
