//! A ledger block that would grow past its limits leaves the rest out.

use kaldrix_ledger::ledger_block::{
    LEDGER_BLOCK_TRANSACTIONS_BYTES_MAX, LEDGER_BLOCK_TRANSACTIONS_MAX,
};
use kaldrix_ledger::{Entry, Exclusion, LedgerBlock, Tip};
use kaldrix_types::encoding::{Bounded, Canonical, to_bytes};
use kaldrix_types::merkle::Blake3;
use kaldrix_types::{Account, Digest, LedgerHeader, Outcome, Receipt, Transaction};

use crate::network::{Carried, Fate, Ledger, Wallet, notarise, signed};

#[test]
fn bytes_are_counted_and_the_block_encodes_within_its_bound() {
    let alice = Wallet::new(1);
    let mut ledger = Ledger::new(&[&alice]);
    let large = |pending| signed(alice.after(&ledger, pending, notarise(vec![Digest::ZERO; 256])));
    let transactions: Vec<Transaction> = (0..3_400).map(large).collect();
    let length = |transaction: &Transaction| to_bytes(transaction).len();
    let mut total = 0;
    let fitting = transactions.iter().take_while(|transaction| {
        total += length(transaction);
        total <= LEDGER_BLOCK_TRANSACTIONS_BYTES_MAX
    });
    let fitting = fitting.count();
    assert!(fitting < transactions.len(), "the test fills a block");

    let blocks: Vec<Carried<'_>> = transactions.chunks(400).map(|chunk| (0, chunk)).collect();
    let execution = ledger.run(&blocks);
    assert_eq!(execution.receipts.len(), fitting);
    let full = execution.excluded.iter().all(|excluded| excluded.reason == Exclusion::BlockFull);
    assert!(full && Exclusion::BlockFull.may_pass_later());
    let entries = Bounded::new(execution.entries).unwrap();
    let block = LedgerBlock { header: execution.header, entries };
    assert!(to_bytes(&block).len() <= LedgerBlock::ENCODED_BYTES_MAX);

    let next = [transactions[fitting].clone()];
    let later = ledger.run(&[(0, &next)]);
    assert_eq!(Fate::of(&later, 0), Fate::Included(Outcome::Applied), "it fits the next block");
}

/// The smallest transactions reach the bound of bytes before that of their number, so a list of
/// entries is never too long for the block that stores it.
#[test]
fn the_number_of_transactions_cannot_be_reached_before_their_bytes() {
    let alice = Wallet::new(1);
    let ledger = Ledger::new(&[&alice]);
    let mut body = alice.next(&ledger, notarise(Vec::new()));
    body.public_key = None;
    let least = to_bytes(&signed(body)).len();
    assert!(LEDGER_BLOCK_TRANSACTIONS_BYTES_MAX / least < LEDGER_BLOCK_TRANSACTIONS_MAX);
}

#[test]
fn records_fit_their_bounds() {
    let alice = Wallet::new(1);
    let mut ledger = Ledger::new(&[&alice]);
    let transaction = signed(alice.next(&ledger, notarise(vec![Digest::ZERO; 256])));
    let execution = ledger.run(&[(0, &[transaction])]);
    let Entry { transaction, .. } = &execution.entries[0];
    assert!(to_bytes(transaction).len() <= Transaction::ENCODED_BYTES_MAX);
    assert!(to_bytes(&execution.receipts[0]).len() <= Receipt::ENCODED_BYTES_MAX);
    assert!(to_bytes(&execution.header).len() <= LedgerHeader::ENCODED_BYTES_MAX);
    let account = ledger.account(&alice.address);
    assert!(account.key.is_some() && to_bytes(&account).len() <= Account::ENCODED_BYTES_MAX);
    let mut tip = execution.writes.tip;
    while tip.history.leaf_count() < 1_023 {
        tip.history.push::<Blake3>(tip.block.as_bytes());
    }
    let subtree_bytes = 32;
    let longest = to_bytes(&tip).len() + (64 - 10) * subtree_bytes;
    assert!(longest <= Tip::ENCODED_BYTES_MAX, "with a frontier of 2^64 - 1 leaves");
}
