//! Bytes that may never change while the protocol stays the same; `docs/spec/ledger.md` lists them.
//! The state root was computed from that page alone, by another program in another language.

use kaldrix_ledger::MemoryState;
use kaldrix_ledger::tree::{JellyfishTree, StateTree};
use kaldrix_types::account::account_key;
use kaldrix_types::encoding::{Canonical, to_bytes};
use kaldrix_types::{
    Account, Address, Amount, AuthorityIndex, Digest, Failure, Outcome, Receipt, TransactionId,
};

const FIRST: Account = Account { balance: Amount(5), sequence: 0, key: None };
const SECOND: Account = Account { balance: Amount(7), sequence: 3, key: Some(Digest([9; 32])) };

fn hex<T: Canonical>(value: &T) -> String {
    to_bytes(value).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn accounts() {
    assert_eq!(hex(&FIRST), "010500000000000000000000000000000000");
    let second = format!("010700000000000000030000000000000001{}", "09".repeat(32));
    assert_eq!(hex(&SECOND), second);
}

#[test]
fn the_state_root() {
    let leaf = |byte, account| (account_key(&Address(Digest([byte; 32]))), to_bytes(account));
    let leaves = vec![leaf(1, &FIRST), leaf(2, &SECOND)];
    let update = JellyfishTree::update(&MemoryState::default(), 0, leaves.clone()).unwrap();
    assert_eq!(
        leaves[0].0.to_string(),
        "fb576afb8fb34f2964f84c1233de2bb144a423a529101b787fbf7d0c53275ae9"
    );
    assert_eq!(
        leaves[1].0.to_string(),
        "9ed5bb8cccd754e2c55108ef6abba2902c75a9e0e06ffd6381de7351e7f8ac9f"
    );
    assert_eq!(
        update.root.to_string(),
        "b7e65b3f4fd2b3598e4e89aa798230f8cb790a7dc67ed108952f75048290700c"
    );
}

#[test]
fn receipts() {
    let receipt = |outcome| Receipt {
        id: TransactionId::from([1; 32]),
        author: AuthorityIndex(2),
        fee: Amount(3),
        outcome,
    };
    let head = format!("01{}02000300000000000000", "01".repeat(32));
    assert_eq!(hex(&receipt(Outcome::Applied)), format!("{head}00"));
    let failures = [Failure::InsufficientBalance, Failure::ZeroAmount, Failure::NoDigests];
    for (tag, failure) in failures.into_iter().enumerate() {
        assert_eq!(hex(&receipt(Outcome::Failed(failure))), format!("{head}01{tag:02x}"));
    }
}
