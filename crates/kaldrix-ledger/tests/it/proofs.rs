//! Proofs about accounts, against the state root of a header.

use kaldrix_ledger::StateReader;
use kaldrix_ledger::tree::{JellyfishTree, StateTree};
use kaldrix_types::account::account_key;
use kaldrix_types::encoding::{Bounded, from_bytes, to_bytes};
use kaldrix_types::{Digest, StateProof};

use crate::network::{Ledger, Wallet, signed, transfer};

fn ready() -> (Ledger, Wallet, StateProof, Digest) {
    let alice = Wallet::new(1);
    let mut ledger = Ledger::new(&[&alice]);
    for seed in 2..40 {
        let body = alice.next(&ledger, transfer(&Wallet::new(seed), 1));
        ledger.run(&[(0, &[signed(body)])]);
    }
    let tip = ledger.state.tip().unwrap();
    let key = account_key(&alice.address);
    let proof = JellyfishTree::prove(&ledger.state, tip.height, &key).unwrap();
    (ledger, alice, proof, tip.state_root)
}

#[test]
fn an_account_is_proved_by_its_exact_encoding() {
    let (ledger, alice, proof, root) = ready();
    let key = account_key(&alice.address);
    let account = ledger.account(&alice.address);
    assert!(proof.verify(&root, &key, Some(&to_bytes(&account))));
    let mut richer = account;
    richer.balance.0 += 1;
    assert!(!proof.verify(&root, &key, Some(&to_bytes(&richer))));
    assert!(!proof.verify(&Digest::ZERO, &key, Some(&to_bytes(&account))));
    assert_eq!(from_bytes::<StateProof>(&to_bytes(&proof)), Ok(proof));
}

#[test]
fn a_proof_for_one_account_is_none_for_another() {
    let (ledger, alice, proof, root) = ready();
    let bob = Wallet::new(2);
    let value = to_bytes(&ledger.account(&alice.address));
    assert!(!proof.verify(&root, &account_key(&bob.address), Some(&value)));
    assert!(!proof.verify(&root, &account_key(&bob.address), None), "bob has an account");
}

#[test]
fn a_changed_proof_proves_nothing() {
    let (ledger, alice, proof, root) = ready();
    let key = account_key(&alice.address);
    let value = to_bytes(&ledger.account(&alice.address));
    let verify = |siblings: Vec<Digest>| {
        let changed = StateProof { leaf: proof.leaf, siblings: Bounded::new(siblings).unwrap() };
        changed.verify(&root, &key, Some(&value))
    };
    let siblings = proof.siblings.to_vec();
    assert!(siblings.len() > 3 && verify(siblings.clone()));
    for index in 0..siblings.len() {
        let mut changed = siblings.clone();
        changed[index].0[31] ^= 1;
        assert!(!verify(changed));
        let mut shorter = siblings.clone();
        shorter.remove(index);
        assert!(!verify(shorter));
    }
    let longer = [siblings, vec![Digest::ZERO]].concat();
    assert!(!verify(longer));
    let leafless = StateProof { leaf: None, ..proof };
    assert!(!leafless.verify(&root, &key, None));
}

#[test]
fn an_account_that_is_not_there_is_proved_absent() {
    let (ledger, _, _, root) = ready();
    let height = ledger.height();
    for seed in 50..90 {
        let key = account_key(&Wallet::new(seed).address);
        let proof = JellyfishTree::prove(&ledger.state, height, &key).unwrap();
        assert!(proof.verify(&root, &key, None));
        assert!(!proof.verify(&root, &key, Some(&[])));
    }
}
