//! Real ML-DSA signatures, good and bad.

use kaldrix_crypto::{KeyPair, Signer, sign_transaction};
use kaldrix_ledger::{Exclusion, VerifyWitnesses};
use kaldrix_types::{Outcome, Scheme, Transaction, Witness};

use crate::network::{Ledger, Wallet, reasons, signature, transfer};

struct Owner {
    pair: KeyPair,
    wallet: Wallet,
}

impl Owner {
    fn new(scheme: Scheme, seed: u8) -> Self {
        let pair = KeyPair::from_seed(scheme, &[seed; 32]).unwrap();
        let wallet = Wallet::of(pair.public_key().clone());
        Self { pair, wallet }
    }

    fn pay(&self, ledger: &Ledger, to: &Wallet) -> Transaction {
        sign_transaction(self.wallet.next(ledger, transfer(to, 1)), &self.pair).unwrap()
    }
}

#[test]
fn every_scheme_signs_first_and_later_transactions() {
    let bob = Wallet::new(2);
    for scheme in Scheme::ALL {
        let owner = Owner::new(scheme, 1);
        let mut ledger = Ledger::new(&[&owner.wallet]);
        for sent in 1..=2 {
            let transaction = [owner.pay(&ledger, &bob)];
            let execution = ledger.run_checked(&[(0, &transaction)], &VerifyWitnesses);
            assert_eq!(execution.excluded, [], "{scheme}");
            assert_eq!(ledger.balance(&bob), sent);
        }
    }
}

#[test]
fn a_bad_witness_does_not_harm_a_good_one_for_the_same_body() {
    let (owner, bob) = (Owner::new(Scheme::MlDsa44, 1), Wallet::new(2));
    let mut ledger = Ledger::new(&[&owner.wallet]);
    let good = owner.pay(&ledger, &bob);
    let witness = Witness::Signature(signature(Scheme::MlDsa44, 3));
    let bad = Transaction { body: good.body.clone(), witness };
    let blocks = [bad.clone(), good.clone(), bad.clone()];
    let execution = ledger.run_checked(&[(1, &blocks)], &VerifyWitnesses);

    assert_eq!(execution.receipts.len(), 1);
    assert_eq!(execution.receipts[0].outcome, Outcome::Applied);
    assert_eq!(execution.entries[0].transaction, good);
    let used = Exclusion::SequenceTooLow { found: 0, expected: 1 };
    assert_eq!(reasons(&execution), [Exclusion::BadWitness, used]);
    for excluded in &execution.excluded {
        assert_eq!(excluded.id, good.id(), "the id is the same: only the witness tells them apart");
        assert_eq!(excluded.witness, bad.witness.digest());
        assert_ne!(excluded.witness, good.witness.digest());
    }
}

#[test]
fn two_signatures_of_one_body_are_one_transaction() {
    let (owner, bob) = (Owner::new(Scheme::MlDsa44, 1), Wallet::new(2));
    let mut ledger = Ledger::new(&[&owner.wallet]);
    let (first, second) = (owner.pay(&ledger, &bob), owner.pay(&ledger, &bob));
    assert_ne!(first.witness, second.witness, "signing is hedged");
    let execution = ledger.run_checked(&[(0, &[first]), (1, &[second])], &VerifyWitnesses);
    assert_eq!((execution.receipts.len(), execution.excluded.len()), (1, 1));
    assert_eq!(ledger.balance(&bob), 1);
}

#[test]
fn only_the_senders_own_signature_of_this_body_counts() {
    let (owner, other) = (Owner::new(Scheme::MlDsa44, 1), Owner::new(Scheme::MlDsa44, 2));
    let mut ledger = Ledger::new(&[&owner.wallet, &other.wallet]);
    let good = owner.pay(&ledger, &other.wallet);
    let by_other = sign_transaction(good.body.clone(), &other.pair).unwrap();
    let mut changed = good.clone();
    changed.body.fee.0 += 1;
    let larger = Owner::new(Scheme::MlDsa65, 1);
    let other_scheme = sign_transaction(good.body.clone(), &larger.pair).unwrap();
    let execution =
        ledger.run_checked(&[(0, &[by_other, changed, other_scheme])], &VerifyWitnesses);
    assert_eq!(reasons(&execution), [Exclusion::BadWitness; 3]);
    assert_eq!(execution.receipts, []);
}
