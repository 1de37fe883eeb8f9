//! One sender's pending transactions, in the order of their sequence numbers.

use std::collections::BTreeMap;
use std::time::Instant;

use kaldrix_types::{Payload, PublicKey, Transaction, TransactionBody, TransactionId};

use super::pool::Source;

/// A transaction that waits for its execution.
#[derive(Debug)]
pub(super) struct Pooled {
    pub id: TransactionId,
    pub transaction: Transaction,
    /// Encoded length.
    pub bytes: usize,
    pub source: Source,
    pub accepted_at: Instant,
    /// Proposed in an own block that is not committed, since then.
    pub in_flight_since: Option<Instant>,
    /// An own block carried it in vain.
    pub missed: bool,
    /// When it is sent to another validator next, and how often it was.
    pub forward_at: Instant,
    pub forwards: usize,
}

/// What the sender pays at most: the fee and what the payload moves.
pub(super) fn cost(body: &TransactionBody) -> u128 {
    let amount = match &body.payload {
        Payload::Transfer { amount, .. } => u128::from(amount.0),
        Payload::Notarise(_) => 0,
        Payload::RotateKey(never)
        | Payload::CreateMultisig(never)
        | Payload::RegisterValidator(never)
        | Payload::ChangeStake(never)
        | Payload::RotateValidatorKey(never)
        | Payload::ExitValidator(never) => match *never {},
    };
    u128::from(body.fee.0).saturating_add(amount)
}

/// A sender with at least one pending transaction.
#[derive(Debug, Default)]
pub(super) struct Sender {
    pub transactions: BTreeMap<u64, Pooled>,
    /// What the pending transactions cost together.
    pub cost: u128,
    /// The sequence number that executes next, as far as the pool was told.
    pub base: u64,
    /// All from `base` up to here are in flight, this one is not.
    next: u64,
    /// Its place in the pool's queue of senders that can propose.
    pub ticket: Option<u64>,
}

impl Sender {
    pub fn insert(&mut self, sequence: u64, pooled: Pooled) {
        self.cost = self.cost.saturating_add(cost(&pooled.transaction.body));
        self.transactions.insert(sequence, pooled);
        self.settle();
    }

    pub fn remove(&mut self, sequence: u64) -> Option<Pooled> {
        let pooled = self.transactions.remove(&sequence)?;
        self.cost = self.cost.saturating_sub(cost(&pooled.transaction.body));
        self.next = self.next.min(sequence);
        self.settle();
        Some(pooled)
    }

    /// Removes all below `base`, which now executes next.
    pub fn advance(&mut self, base: u64) -> Vec<Pooled> {
        self.base = self.base.max(base);
        let rest = self.transactions.split_off(&self.base);
        let passed = std::mem::replace(&mut self.transactions, rest);
        for pooled in passed.values() {
            self.cost = self.cost.saturating_sub(cost(&pooled.transaction.body));
        }
        self.settle();
        passed.into_values().collect()
    }

    /// No longer in flight: it may be proposed again.
    pub fn land(&mut self, sequence: u64) {
        if let Some(pooled) = self.transactions.get_mut(&sequence) {
            pooled.missed |= pooled.in_flight_since.take().is_some();
            self.next = self.next.min(sequence);
            self.settle();
        }
    }

    /// Restores what `next` says.
    fn settle(&mut self) {
        self.next = self.next.max(self.base);
        while self.transactions.get(&self.next).is_some_and(|p| p.in_flight_since.is_some()) {
            self.next += 1;
        }
    }

    /// The transaction to propose next, if it is here and all before it are executed or in flight.
    pub fn proposable(&self) -> Option<&Pooled> {
        self.transactions.get(&self.next)
    }

    /// Marks the proposable transaction as proposed.
    pub fn take_off(&mut self, now: Instant) {
        if let Some(pooled) = self.transactions.get_mut(&self.next) {
            pooled.in_flight_since = Some(now);
            self.settle();
        }
    }

    /// The key that the pending first transaction of a new account registers.
    pub fn pending_key(&self) -> Option<&PublicKey> {
        let (_, first) = self.transactions.first_key_value()?;
        first.transaction.body.public_key.as_ref()
    }

    /// The first free sequence number from `base` up, `base` being the account's.
    pub fn next_sequence(&self, base: u64) -> u64 {
        let mut next = base;
        while self.transactions.contains_key(&next) {
            next += 1;
        }
        next
    }
}
