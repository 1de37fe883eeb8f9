//! What transfers and notarisations do to balances, and where the fee goes.

use kaldrix_types::amount::SUPPLY;
use kaldrix_types::{Amount, Digest, Failure, Outcome};

use crate::network::{FEE, Fate, Ledger, Wallet, notarise, reward_address, signed, transfer};

const APPLIED: Fate = Fate::Included(Outcome::Applied);

fn failed(reason: Failure) -> Fate {
    Fate::Included(Outcome::Failed(reason))
}

#[test]
fn a_transfer_moves_its_amount_and_pays_its_fee() {
    let (alice, bob) = (Wallet::new(1), Wallet::new(2));
    let mut ledger = Ledger::new(&[&alice]);
    let body = alice.next(&ledger, transfer(&bob, 500));
    let execution = ledger.run(&[(2, &[signed(body.clone())])]);

    assert_eq!(ledger.balance(&alice), SUPPLY.0 - 500 - FEE.0);
    assert_eq!(ledger.balance(&bob), 500);
    assert_eq!(ledger.reward(2), FEE.0);
    assert_eq!(ledger.account(&alice.address).sequence, 1);
    assert_eq!(ledger.account(&bob.address).sequence, 0);
    let receipt = execution.receipts[0];
    assert_eq!((receipt.id, receipt.author.0, receipt.fee), (body.id(), 2, FEE));
    assert_eq!(receipt.outcome, Outcome::Applied);
}

#[test]
fn the_fee_is_charged_whole_even_above_the_minimum() {
    let (alice, bob) = (Wallet::new(1), Wallet::new(2));
    let mut ledger = Ledger::new(&[&alice]);
    let mut body = alice.next(&ledger, transfer(&bob, 1));
    body.fee = Amount(7 * FEE.0);
    assert_eq!(ledger.submit(body), APPLIED);
    assert_eq!(ledger.reward(0), 7 * FEE.0);
}

#[test]
fn each_block_pays_its_own_author() {
    let (alice, bob) = (Wallet::new(1), Wallet::new(2));
    let mut ledger = Ledger::new(&[&alice]);
    let bodies = [0, 1, 2].map(|pending| alice.after(&ledger, pending, transfer(&bob, 1)));
    let [first, second, third] = bodies.map(signed);
    ledger.run(&[(3, &[first]), (1, &[second, third])]);
    assert_eq!((ledger.reward(3), ledger.reward(1)), (FEE.0, 2 * FEE.0));
}

#[test]
fn a_transfer_to_oneself_costs_the_fee_alone() {
    let alice = Wallet::new(1);
    let mut ledger = Ledger::new(&[&alice]);
    let body = alice.next(&ledger, transfer(&alice, 1_000));
    assert_eq!(ledger.submit(body), APPLIED);
    assert_eq!(ledger.balance(&alice), SUPPLY.0 - FEE.0);
}

#[test]
fn an_author_that_pays_itself_can_spend_its_fee() {
    // Wallet 200 is where author 0 takes its fees.
    let (author, bob) = (Wallet::new(200), Wallet::new(2));
    assert_eq!(author.address, reward_address(0));
    let mut ledger = Ledger::new(&[&author]);
    let body = author.next(&ledger, transfer(&bob, SUPPLY.0));
    assert_eq!(ledger.submit(body), APPLIED);
    assert_eq!((ledger.balance(&author), ledger.balance(&bob)), (0, SUPPLY.0));
}

#[test]
fn all_that_the_fee_leaves_can_be_sent_and_not_one_unit_more() {
    let (alice, bob) = (Wallet::new(1), Wallet::new(2));
    let mut ledger = Ledger::new(&[&alice]);
    let body = alice.next(&ledger, transfer(&bob, SUPPLY.0 - FEE.0 + 1));
    assert_eq!(ledger.submit(body), failed(Failure::InsufficientBalance));
    assert_eq!(ledger.balance(&alice), SUPPLY.0 - FEE.0, "a failed transfer pays its fee");
    assert_eq!(ledger.account(&alice.address).sequence, 1, "and uses up its number");
    assert_eq!(ledger.account(&bob.address), Default::default(), "and changes nothing else");

    let body = alice.next(&ledger, transfer(&bob, SUPPLY.0 - 2 * FEE.0));
    assert_eq!(ledger.submit(body), APPLIED);
    assert_eq!((ledger.balance(&alice), ledger.balance(&bob)), (0, SUPPLY.0 - 2 * FEE.0));
}

#[test]
fn a_transfer_of_nothing_fails() {
    let (alice, bob) = (Wallet::new(1), Wallet::new(2));
    let mut ledger = Ledger::new(&[&alice]);
    let body = alice.next(&ledger, transfer(&bob, 0));
    assert_eq!(ledger.submit(body), failed(Failure::ZeroAmount));
    assert_eq!(ledger.reward(0), FEE.0);
}

#[test]
fn a_notarisation_needs_a_digest() {
    let alice = Wallet::new(1);
    let mut ledger = Ledger::new(&[&alice]);
    let body = alice.next(&ledger, notarise(vec![Digest([9; 32]); 3]));
    assert_eq!(ledger.submit(body), APPLIED);
    let body = alice.next(&ledger, notarise(Vec::new()));
    assert_eq!(ledger.submit(body), failed(Failure::NoDigests));
    assert_eq!(ledger.balance(&alice), SUPPLY.0 - 2 * FEE.0);
}

#[test]
fn what_arrives_can_be_spent_in_the_same_block() {
    let (alice, bob, carol) = (Wallet::new(1), Wallet::new(2), Wallet::new(3));
    let mut ledger = Ledger::new(&[&alice]);
    let to_bob = signed(alice.next(&ledger, transfer(&bob, 500 + FEE.0)));
    let to_carol = signed(bob.next(&ledger, transfer(&carol, 500)));
    let execution = ledger.run(&[(0, &[to_bob]), (1, &[to_carol])]);
    assert_eq!(execution.excluded, []);
    assert_eq!((ledger.balance(&bob), ledger.balance(&carol)), (0, 500));
}
