//! Transactions that are left out of a block, each for its reason, at no charge.

use kaldrix_ledger::{Exclusion, LedgerError, execute};
use kaldrix_types::amount::SUPPLY;
use kaldrix_types::encoding::to_bytes;
use kaldrix_types::{Amount, ChainId, Outcome, Protocol, Scheme, TransactionBody};

use crate::network::{AnyWitness, FEE, Fate, Ledger, Wallet, reasons, signed, transfer};

const APPLIED: Fate = Fate::Included(Outcome::Applied);

/// A ledger of one funded wallet, that wallet, and its next transfer.
fn ready() -> (Ledger, Wallet, TransactionBody) {
    let alice = Wallet::new(1);
    let ledger = Ledger::new(&[&alice]);
    let body = alice.next(&ledger, transfer(&Wallet::new(2), 1));
    (ledger, alice, body)
}

#[track_caller]
fn assert_excluded(ledger: &mut Ledger, body: TransactionBody, reason: Exclusion) {
    let before: Vec<_> = ledger.state.accounts().map(|(a, b)| (*a, *b)).collect();
    assert_eq!(ledger.submit(body), Fate::Excluded(reason));
    let after: Vec<_> = ledger.state.accounts().map(|(a, b)| (*a, *b)).collect();
    assert_eq!(before, after, "an excluded transaction changes nothing");
}

#[test]
fn another_chains() {
    let (mut ledger, _, mut body) = ready();
    body.chain_id = ChainId::from([1; 32]);
    assert_excluded(&mut ledger, body, Exclusion::WrongChain);
}

#[test]
fn expired_above_the_last_height_and_not_at_it() {
    let (mut ledger, alice, mut body) = ready();
    body.expiry_height = 0;
    let (expiry_height, height) = (0, 1);
    assert_excluded(&mut ledger, body, Exclusion::Expired { expiry_height, height });
    let mut body = alice.next(&ledger, transfer(&alice, 1));
    body.expiry_height = 2;
    assert_eq!(ledger.submit(body), APPLIED, "height 2 is its last");
}

#[test]
fn expiring_too_far_ahead() {
    let (mut ledger, alice, mut body) = ready();
    let ahead = Protocol::default().expiry_heights_max;
    let (expiry_height, expiry_height_max) = (ahead + 2, ahead + 1);
    body.expiry_height = expiry_height;
    let reason = Exclusion::ExpiryTooFar { expiry_height, expiry_height_max };
    assert_excluded(&mut ledger, body.clone(), reason);
    assert!(reason.may_pass_later());
    assert_eq!(ledger.submit(body), APPLIED, "at height 2 it is near enough");
    let mut body = alice.next(&ledger, transfer(&alice, 1));
    body.expiry_height = u64::MAX;
    assert!(matches!(ledger.submit(body), Fate::Excluded(Exclusion::ExpiryTooFar { .. })));
}

#[test]
fn from_an_account_that_is_not_there() {
    let (mut ledger, alice, _) = ready();
    let body = Wallet::new(9).next(&ledger, transfer(&alice, 1));
    assert_excluded(&mut ledger, body, Exclusion::UnknownSender);
}

#[test]
fn replayed_or_out_of_order() {
    let (mut ledger, alice, body) = ready();
    assert_eq!(ledger.submit(body.clone()), APPLIED);
    let reason = Exclusion::SequenceTooLow { found: 0, expected: 1 };
    assert_excluded(&mut ledger, body, reason);
    assert!(!reason.may_pass_later());
    let body = alice.after(&ledger, 3, transfer(&alice, 1));
    let reason = Exclusion::SequenceTooHigh { found: 4, expected: 1 };
    assert_excluded(&mut ledger, body, reason);
    assert!(reason.may_pass_later());
}

#[test]
fn duplicated_in_two_blocks_of_a_commit() {
    let (mut ledger, alice, body) = ready();
    let transaction = [signed(body)];
    let execution = ledger.run(&[(0, &transaction), (1, &transaction), (0, &transaction)]);
    assert_eq!(execution.receipts.len(), 1);
    let again = Exclusion::SequenceTooLow { found: 0, expected: 1 };
    assert_eq!(reasons(&execution), [again, again]);
    assert_eq!(ledger.balance(&alice), SUPPLY.0 - FEE.0 - 1);
    assert_eq!((ledger.reward(0), ledger.reward(1)), (FEE.0, 0), "the first carrier is paid");
}

#[test]
fn below_the_minimum_fee() {
    let (mut ledger, _, mut body) = ready();
    let minimum = ledger.rules.minimum_fee_of(&body, Scheme::MlDsa44);
    let bytes = (to_bytes(&body).len() + 2420) as u64;
    assert_eq!(minimum, Amount(1_000 + 10 * bytes), "a base, and each byte of body and signature");
    body.fee = Amount(minimum.0 - 1);
    let found = body.fee;
    assert_excluded(&mut ledger, body.clone(), Exclusion::FeeTooLow { found, minimum });
    body.fee = minimum;
    assert_eq!(ledger.submit(body), APPLIED);
}

#[test]
fn a_minimum_fee_that_overflows_is_beyond_anyones_means() {
    let protocol = Protocol { fee_per_byte: Amount(u64::MAX), ..Protocol::default() };
    let alice = Wallet::new(1);
    let mut ledger = Ledger::with_protocol(&[&alice], protocol);
    let body = alice.next(&ledger, transfer(&alice, 1));
    let minimum = Amount(u64::MAX);
    assert_excluded(&mut ledger, body, Exclusion::FeeTooLow { found: FEE, minimum });
}

#[test]
fn unable_to_pay_its_fee_until_it_is_funded() {
    let (mut ledger, alice, _) = ready();
    let bob = Wallet::new(2);
    assert_eq!(ledger.submit(alice.next(&ledger, transfer(&bob, FEE.0 - 1))), APPLIED);
    let body = bob.next(&ledger, transfer(&alice, 1));
    let (balance, fee) = (Amount(FEE.0 - 1), FEE);
    let reason = Exclusion::FeeAboveBalance { balance, fee };
    assert_excluded(&mut ledger, body.clone(), reason);
    assert!(reason.may_pass_later());
    assert_eq!(ledger.submit(alice.next(&ledger, transfer(&bob, 2))), APPLIED);
    assert_eq!(ledger.submit(body), APPLIED);
}

#[test]
fn a_block_that_excludes_all_is_still_a_block() {
    let (mut ledger, _, mut body) = ready();
    body.chain_id = ChainId::from([1; 32]);
    let before = ledger.state.clone();
    let execution = ledger.run(&[(0, &[signed(body)])]);
    let header = &execution.header;
    assert_eq!((header.height, header.commit_index), (1, 1));
    assert_eq!((execution.entries.len(), execution.excluded.len()), (0, 1));
    assert_eq!(execution.writes.accounts, []);
    let tree_nodes = |state: &kaldrix_ledger::MemoryState| state.tree_nodes().count();
    assert_eq!(tree_nodes(&before), tree_nodes(&ledger.state));
    assert_eq!(header.state_root, kaldrix_ledger::StateReader::tip(&before).unwrap().state_root);
}

#[test]
fn a_commit_without_transactions_makes_no_block() {
    let (mut ledger, _, _) = ready();
    let commit = ledger.commit(&[(0, &[]), (1, &[])]);
    assert_eq!(execute(&ledger.state, &ledger.rules, &commit, &AnyWitness), Ok(None));
}

#[test]
fn a_commit_of_another_epoch_or_executed_before_is_an_error() {
    let (mut ledger, alice, body) = ready();
    let mut commit = ledger.commit(&[(0, &[signed(body)])]);
    commit.epoch = 1;
    let executed = execute(&ledger.state, &ledger.rules, &commit, &AnyWitness);
    assert_eq!(executed, Err(LedgerError::Epoch { commit: 1, rules: 0 }));
    commit.epoch = 0;
    let execution = execute(&ledger.state, &ledger.rules, &commit, &AnyWitness).unwrap().unwrap();
    ledger.state.apply(&execution.writes);
    let executed = execute(&ledger.state, &ledger.rules, &commit, &AnyWitness);
    assert_eq!(executed, Err(LedgerError::CommitOrder { commit: 1, tip: 1 }));
    assert_eq!(ledger.balance(&alice), SUPPLY.0 - FEE.0 - 1);
}

#[test]
fn an_author_outside_the_committee_is_an_error() {
    let (mut ledger, _, body) = ready();
    let commit = ledger.commit(&[(4, &[signed(body)])]);
    let executed = execute(&ledger.state, &ledger.rules, &commit, &AnyWitness);
    let author = kaldrix_types::AuthorityIndex(4);
    assert_eq!(executed, Err(LedgerError::UnknownAuthor { author, committee_size: 4 }));
}
