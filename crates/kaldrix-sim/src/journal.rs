//! A node's mempool on its virtual disk: what clients submitted, until the ledger has it.

use std::collections::{BTreeMap, BTreeSet};

use kaldrix_ledger::{Excluded, Execution};
use kaldrix_types::{Address, Round, Transaction, TransactionId, VerifiedBlock};

/// Transactions in one proposal.
const PROPOSAL_TRANSACTIONS_MAX: usize = 20;

/// Every transaction in it is durable: its client was told so.
#[derive(Debug, Default)]
pub struct Journal {
    /// By sender and sequence number.
    waiting: BTreeMap<(Address, u64), (TransactionId, Transaction)>,
    /// Of each sender, the sequence number that executes next.
    bases: BTreeMap<Address, u64>,
    /// In an own block of some round that is not committed; forgotten when the node stops.
    in_flight: BTreeMap<TransactionId, Round>,
}

impl Journal {
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Takes what the ledger does not have yet; `next` is the sender's next sequence number there.
    pub fn add(&mut self, transaction: Transaction, next: Option<u64>) {
        let place = (transaction.body.sender, transaction.body.sequence);
        if let Some(next) = next {
            self.bases.insert(place.0, next);
        }
        if self.bases.get(&place.0).is_some_and(|base| place.1 < *base) {
            return;
        }
        self.waiting.entry(place).or_insert_with(|| (transaction.id(), transaction));
    }

    pub fn has_proposable(&self) -> bool {
        self.proposable().next().is_some()
    }

    /// The next transactions for an own block of `round`.
    pub fn take(&mut self, round: Round) -> Vec<Transaction> {
        let taken: Vec<_> = self.proposable().take(PROPOSAL_TRANSACTIONS_MAX).cloned().collect();
        self.in_flight.extend(taken.iter().map(|(id, _)| (*id, round)));
        taken.into_iter().map(|(_, transaction)| transaction).collect()
    }

    /// What is not in flight, and would execute after what is: one that must wait for another
    /// would be left out of its block, again and again.
    fn proposable(&self) -> impl Iterator<Item = &(TransactionId, Transaction)> {
        let mut next = self.bases.clone();
        let mut follows = move |(sender, sequence): &(Address, u64)| {
            let next = next.entry(*sender).or_default();
            let follows = next == sequence;
            *next += u64::from(follows);
            follows
        };
        let in_order = self.waiting.iter().filter(move |(place, _)| follows(place));
        let waiting = in_order.map(|(_, waiting)| waiting);
        waiting.filter(|(id, _)| !self.in_flight.contains_key(id))
    }

    /// What these own blocks carry may be proposed again.
    pub fn reclaim(&mut self, blocks: &[VerifiedBlock]) {
        for transaction in blocks.iter().flat_map(|block| block.transactions.iter()) {
            self.in_flight.remove(&transaction.id());
        }
    }

    /// After a start: drops what the ledger has, whose last blocks the journal may not have heard
    /// of, and forgets what was in flight.
    pub fn resume(&mut self, sequence_of: impl Fn(&Address) -> Option<u64>) {
        let waiting = self.waiting.keys().map(|(sender, _)| *sender);
        let senders: BTreeSet<Address> = waiting.chain(self.bases.keys().copied()).collect();
        for sender in senders {
            if let Some(sequence) = sequence_of(&sender) {
                self.bases.insert(sender, sequence);
            }
        }
        self.drop_executed();
        self.reclaim_all();
    }

    fn drop_executed(&mut self) {
        let bases = &self.bases;
        self.waiting
            .retain(|(sender, sequence), _| bases.get(sender).is_none_or(|base| sequence >= base));
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
            self.waiting.retain(|_, (known, transaction)| {
                known != id || reason.may_pass_later() || transaction.witness.digest() != *witness
            });
        }
        for (address, account) in &execution.writes.accounts {
            self.bases.insert(*address, account.sequence);
        }
        self.drop_executed();
        let waiting: BTreeSet<_> = self.waiting.values().map(|(id, _)| *id).collect();
        self.in_flight.retain(|id, _| waiting.contains(id));
    }

    /// What waits, and since which rounds it is in flight.
    pub fn describe(&self) -> String {
        let rounds: BTreeSet<Round> = self.in_flight.values().copied().collect();
        let first = self.waiting.keys().next().map(|(_, sequence)| sequence);
        format!("journal {} from {first:?}, in flight {rounds:?}", self.waiting.len())
    }
}
