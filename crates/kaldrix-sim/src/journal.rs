//! A node's mempool on its virtual disk: what clients submitted, until the ledger has it.

use std::collections::{BTreeMap, BTreeSet};

use kaldrix_ledger::{Excluded, Execution};
use kaldrix_types::{Address, Round, Transaction, TransactionId, VerifiedBlock};

/// Transactions in one proposal.
const PROPOSAL_TRANSACTIONS_MAX: usize = 20;

/// Every transaction in it is durable: its client was told so.
#[derive(Debug, Default)]
pub struct Journal {
    waiting: Vec<(TransactionId, Transaction)>,
    /// In an own block of some round that is not committed; forgotten when the node stops.
    in_flight: BTreeMap<TransactionId, Round>,
}

impl Journal {
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub fn add(&mut self, transaction: Transaction) {
        let id = transaction.id();
        if self.waiting.iter().all(|(known, _)| *known != id) {
            self.waiting.push((id, transaction));
        }
    }

    pub fn has_proposable(&self) -> bool {
        self.waiting.iter().any(|(id, _)| !self.in_flight.contains_key(id))
    }

    /// The next transactions for an own block of `round`.
    pub fn take(&mut self, round: Round) -> Vec<Transaction> {
        let fresh = self.waiting.iter().filter(|(id, _)| !self.in_flight.contains_key(id));
        let taken: Vec<_> = fresh.take(PROPOSAL_TRANSACTIONS_MAX).cloned().collect();
        self.in_flight.extend(taken.iter().map(|(id, _)| (*id, round)));
        taken.into_iter().map(|(_, transaction)| transaction).collect()
    }

    /// What these own blocks carry may be proposed again.
    pub fn reclaim(&mut self, blocks: &[VerifiedBlock]) {
        for transaction in blocks.iter().flat_map(|block| block.transactions.iter()) {
            self.in_flight.remove(&transaction.id());
        }
    }

    /// All of it may be proposed again.
    pub fn reclaim_all(&mut self) {
        self.in_flight.clear();
    }

    /// After a durable block: drops what the ledger has, or can have no more. What was left out of
    /// the block and can pass later may be proposed again.
    pub fn settle(&mut self, execution: &Execution) {
        for Excluded { id, witness, reason } in &execution.excluded {
            self.in_flight.remove(id);
            self.waiting.retain(|(known, transaction)| {
                known != id || reason.may_pass_later() || transaction.witness.digest() != *witness
            });
        }
        let accounts = &execution.writes.accounts;
        let sequence_of = |sender: &Address| {
            let found = accounts.binary_search_by_key(&sender, |(address, _)| address);
            found.ok().and_then(|at| accounts.get(at)).map_or(0, |(_, account)| account.sequence)
        };
        let waits = |t: &Transaction| t.body.sequence >= sequence_of(&t.body.sender);
        self.waiting.retain(|(_, transaction)| waits(transaction));
        let waiting: BTreeSet<_> = self.waiting.iter().map(|(id, _)| *id).collect();
        self.in_flight.retain(|id, _| waiting.contains(id));
    }

    /// What waits, and since which rounds it is in flight.
    pub fn describe(&self) -> String {
        let rounds: BTreeSet<Round> = self.in_flight.values().copied().collect();
        let first = self.waiting.first().map(|(_, transaction)| transaction.body.sequence);
        format!("journal {} from {first:?}, in flight {rounds:?}", self.waiting.len())
    }
}
