//! Witnesses, each verified once: when a transaction arrives, ahead of its execution.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use kaldrix_ledger::WitnessCheck;
use kaldrix_types::account::key_digest;
use kaldrix_types::{Commit, Digest, PublicKey, Transaction, TransactionId, Witness};
use parking_lot::Mutex;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::workers::Workers;

/// Results in one of the cache's two generations.
const GENERATION_RESULTS_MAX: usize = 131_072;

/// Verifies witnesses and remembers the results by transaction, witness and key.
#[derive(Debug)]
pub struct Witnesses {
    results: Mutex<Generations>,
    workers: Workers,
    verified: AtomicU64,
}

/// What was asked for lately is in `young` or `old`; the rest is forgotten a generation at a time.
#[derive(Debug, Default)]
struct Generations {
    young: HashMap<Digest, bool>,
    old: HashMap<Digest, bool>,
}

impl Generations {
    fn get(&mut self, key: &Digest) -> Option<bool> {
        if let Some(result) = self.young.get(key) {
            return Some(*result);
        }
        let result = *self.old.get(key)?;
        self.insert(*key, result);
        Some(result)
    }

    fn insert(&mut self, key: Digest, result: bool) {
        if self.young.len() >= GENERATION_RESULTS_MAX {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, result);
    }
}

impl Witnesses {
    pub fn new(workers: Workers) -> Self {
        Self { results: Mutex::default(), workers, verified: AtomicU64::new(0) }
    }

    /// Signatures verified since the start.
    pub fn verified(&self) -> u64 {
        self.verified.load(Ordering::Relaxed)
    }

    /// Verifies the transactions of a commit that are not known yet, on all workers.
    ///
    /// `key_of` gives a transaction's key where it is known before execution.
    pub fn prepare(
        &self,
        commit: &Commit,
        key_of: impl Fn(&Transaction) -> Option<PublicKey> + Sync,
    ) {
        let transactions: Vec<&Transaction> =
            commit.blocks.iter().flat_map(|block| block.transactions.iter()).collect();
        self.workers.install(|| {
            transactions.par_iter().for_each(|transaction| {
                if let Some(key) = key_of(transaction) {
                    self.check(&transaction.id(), &transaction.witness, &key);
                }
            });
        });
    }
}

impl WitnessCheck for Witnesses {
    fn check(&self, id: &TransactionId, witness: &Witness, key: &PublicKey) -> bool {
        let (witness_digest, key_digest) = (witness.digest(), key_digest(key));
        let parts: [&[u8]; 3] = [id.as_bytes(), witness_digest.as_bytes(), key_digest.as_bytes()];
        let cache_key = Digest::derive("kaldrix 2026 witness cache key v1", &parts);
        if let Some(result) = self.results.lock().get(&cache_key) {
            return result;
        }
        let result = kaldrix_crypto::verify_witness(id, witness, key).is_ok();
        self.verified.fetch_add(1, Ordering::Relaxed);
        self.results.lock().insert(cache_key, result);
        result
    }
}

#[cfg(test)]
mod tests {
    use kaldrix_crypto::{KeyPair, Signer, sign_transaction};
    use kaldrix_ledger::WitnessCheck;
    use kaldrix_types::{Address, Amount, ChainId, Payload, Scheme, TransactionBody};

    use super::Witnesses;
    use crate::workers::Workers;

    #[test]
    fn a_bad_witness_does_not_poison_the_good_one() {
        let key = KeyPair::from_seed(Scheme::MlDsa44, &[1; 32]).unwrap();
        let stranger = KeyPair::from_seed(Scheme::MlDsa44, &[2; 32]).unwrap();
        let sender = Address::of(key.public_key());
        let body = TransactionBody {
            chain_id: ChainId::from([0; 32]),
            sender,
            sequence: 0,
            fee: Amount(1),
            expiry_height: 1,
            public_key: None,
            payload: Payload::Transfer { to: sender, amount: Amount(1) },
        };
        let good = sign_transaction(body.clone(), &key).unwrap();
        let bad = sign_transaction(body, &stranger).unwrap();
        let witnesses = Witnesses::new(Workers::new().unwrap());
        let check = |transaction: &kaldrix_types::Transaction| {
            witnesses.check(&transaction.id(), &transaction.witness, key.public_key())
        };
        assert_eq!(good.id(), bad.id());
        for _ in 0..3 {
            assert!(!check(&bad));
            assert!(check(&good));
        }
        assert_eq!(witnesses.verified(), 2, "each is verified once");
    }
}
