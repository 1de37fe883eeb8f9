//! The mempool's content and its rules, without any IO.
//!
//! A sender's transactions are proposed in the order of their sequence numbers; one after a gap
//! waits. A proposed one stays, in flight, until it is executed, excluded or reclaimed.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::{Duration, Instant};

use kaldrix_ledger::{Excluded, Exclusion};
use kaldrix_types::{Address, Height, PublicKey, Transaction, TransactionId};

use super::rejected::Rejected;
use super::rules::{self, Site};
use super::sender::{Pooled, Sender};
use crate::handle::{MempoolFill, SubmitError};

/// The pause between two forwards doubles so often.
const FORWARD_DOUBLINGS_MAX: usize = 5;

/// Bounds of the mempool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    pub transactions_max: usize,
    pub bytes_max: usize,
    /// Pending transactions of one sender, and how far ahead its sequence numbers may run.
    pub sender_transactions_max: usize,
    /// A transaction that no committed block carried after this long is proposed again.
    pub flight_ms_max: u64,
    /// A transaction goes to another validator after this long without inclusion; a node that
    /// does not validate itself sends it to the first one at once.
    pub forward_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            transactions_max: 200_000,
            bytes_max: 1024 * 1024 * 1024,
            sender_transactions_max: 16_384,
            flight_ms_max: 15_000,
            forward_ms: 3_000,
        }
    }
}

/// Where a transaction came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Submitted here: it is in the journal, and its finality is timed.
    Client,
    Peer,
    /// Read back from the journal.
    Journal,
}

/// A transaction that asks for admission.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub id: TransactionId,
    pub transaction: Transaction,
    /// Encoded lengths, of the whole and of the body.
    pub bytes: usize,
    pub body_bytes: usize,
    /// The witness verifies under the key that the sender has or is about to register.
    pub witness_holds: bool,
    pub source: Source,
}

/// What a pool made of a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admitted {
    New,
    /// It was here.
    Known,
}

/// What happened to a pending transaction when a ledger block was executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    pub id: TransactionId,
    /// When a client submitted it here, if one did and it executed.
    pub executed_of: Option<Instant>,
}

#[derive(Debug)]
pub struct Pool {
    limits: Limits,
    /// Whether the first forward is due at once.
    forwards_at_once: bool,
    senders: HashMap<Address, Sender>,
    places: HashMap<TransactionId, (Address, u64)>,
    bytes: usize,
    /// Senders with a proposable transaction, each once, by the ticket that gives their turn.
    proposable: BTreeMap<u64, Address>,
    next_ticket: u64,
    expiries: BTreeSet<(Height, TransactionId)>,
    forwards: BTreeSet<(Instant, TransactionId)>,
    /// When an own block last took transactions.
    taken_at: Option<Instant>,
    rejected: Rejected,
}

impl Pool {
    pub fn new(limits: Limits, forwards_at_once: bool) -> Self {
        Self {
            limits,
            forwards_at_once,
            senders: HashMap::new(),
            places: HashMap::new(),
            bytes: 0,
            proposable: BTreeMap::new(),
            next_ticket: 0,
            expiries: BTreeSet::new(),
            forwards: BTreeSet::new(),
            taken_at: None,
            rejected: Rejected::default(),
        }
    }

    pub fn fill(&self) -> MempoolFill {
        MempoolFill {
            transactions: self.places.len(),
            bytes: self.bytes,
            senders: self.senders.len(),
        }
    }

    /// Whether a block proposed now would carry a transaction.
    pub fn has_proposable(&self) -> bool {
        !self.proposable.is_empty()
    }

    pub fn get(&self, id: &TransactionId) -> Option<(&Transaction, Instant)> {
        let (sender, sequence) = self.places.get(id)?;
        let pooled = self.senders.get(sender)?.transactions.get(sequence)?;
        Some((&pooled.transaction, pooled.accepted_at))
    }

    pub fn contains(&self, id: &TransactionId) -> bool {
        self.places.contains_key(id)
    }

    pub fn rejection(&self, id: &TransactionId) -> Option<&String> {
        self.rejected.get(id)
    }

    pub fn pending_key(&self, sender: &Address) -> Option<&PublicKey> {
        self.senders.get(sender)?.pending_key()
    }

    /// The first free sequence number from the account's up, and how many wait.
    pub fn sender(&self, sender: &Address, base: u64) -> (u64, usize) {
        let pending = self.senders.get(sender);
        pending.map_or((base, 0), |s| (s.next_sequence(base), s.transactions.len()))
    }

    /// Takes a transaction in if all rules hold.
    pub fn admit(
        &mut self,
        candidate: Candidate,
        site: Site<'_>,
        now: Instant,
    ) -> Result<Admitted, SubmitError> {
        if let Some((sender, sequence)) = self.places.get(&candidate.id).copied() {
            self.note_again(&sender, sequence, candidate.source);
            return Ok(Admitted::Known);
        }
        let sender = self.senders.get(&candidate.transaction.body.sender);
        rules::check(&candidate, site, sender, &self.limits)?;
        let full = self.places.len() >= self.limits.transactions_max
            || self.bytes + candidate.bytes > self.limits.bytes_max;
        if full {
            return Err(SubmitError::Full);
        }
        self.insert(candidate, site.account.map_or(0, |account| account.sequence), now);
        Ok(Admitted::New)
    }

    /// A client that submits what a peer forwarded before gets the same promise as any other.
    fn note_again(&mut self, sender: &Address, sequence: u64, source: Source) {
        let pooled = self.senders.get_mut(sender).and_then(|s| s.transactions.get_mut(&sequence));
        if let Some(pooled) = pooled
            && pooled.source == Source::Peer
        {
            pooled.source = source;
        }
    }

    /// Takes in a transaction of the journal: it was accepted before, by whatever state there was.
    pub fn restore(&mut self, candidate: Candidate, base: u64, now: Instant) {
        let body = &candidate.transaction.body;
        let taken = self.senders.get(&body.sender);
        let taken = taken.is_some_and(|s| s.transactions.contains_key(&body.sequence));
        if body.sequence >= base && !taken && !self.places.contains_key(&candidate.id) {
            self.insert(candidate, base, now);
        }
    }

    fn insert(&mut self, candidate: Candidate, base: u64, now: Instant) {
        let Candidate { id, transaction, bytes, source, .. } = candidate;
        let (address, sequence) = (transaction.body.sender, transaction.body.sequence);
        let delay = if self.forwards_at_once { 0 } else { self.limits.forward_ms };
        let forward_at = now + Duration::from_millis(delay);
        self.rejected.remove(&id);
        self.places.insert(id, (address, sequence));
        self.bytes += bytes;
        self.expiries.insert((transaction.body.expiry_height, id));
        self.forwards.insert((forward_at, id));
        let sender = self.senders.entry(address).or_default();
        sender.base = sender.base.max(base);
        let pooled = Pooled {
            id,
            transaction,
            bytes,
            source,
            accepted_at: now,
            in_flight_since: None,
            missed: false,
            forward_at,
            forwards: 0,
        };
        sender.insert(sequence, pooled);
        self.queue(address);
    }

    /// Puts a sender with a proposable transaction into the queue.
    fn queue(&mut self, address: Address) {
        if let Some(sender) = self.senders.get_mut(&address)
            && sender.ticket.is_none()
            && sender.proposable().is_some()
        {
            sender.ticket = Some(self.next_ticket);
            self.proposable.insert(self.next_ticket, address);
            self.next_ticket += 1;
        }
    }

    /// Takes transactions for a block, and marks them in flight.
    pub fn take(
        &mut self,
        transactions_max: usize,
        bytes_max: usize,
        now: Instant,
    ) -> Vec<Transaction> {
        /// So that no sender fills a block while others wait.
        const TURN_TRANSACTIONS_MAX: usize = 64;
        let (mut taken, mut bytes, mut full) = (Vec::new(), 0, false);
        while !full && let Some((_, address)) = self.proposable.pop_first() {
            let Some(sender) = self.senders.get_mut(&address) else { continue };
            sender.ticket = None;
            for _ in 0..TURN_TRANSACTIONS_MAX {
                let Some(pooled) = sender.proposable() else { break };
                full = taken.len() >= transactions_max || bytes + pooled.bytes > bytes_max;
                if full {
                    break;
                }
                bytes += pooled.bytes;
                taken.push(pooled.transaction.clone());
                sender.take_off(now);
            }
            self.queue(address);
        }
        if !taken.is_empty() {
            self.taken_at = Some(now);
        }
        taken
    }

    /// These may be proposed again.
    pub fn reclaim<'a>(&mut self, ids: impl IntoIterator<Item = &'a TransactionId>) {
        for id in ids {
            let Some((address, sequence)) = self.places.get(id).copied() else { continue };
            if let Some(sender) = self.senders.get_mut(&address) {
                sender.land(sequence);
            }
            self.queue(address);
        }
    }

    /// Everything in flight since before `before` may be proposed again.
    pub fn reclaim_older(&mut self, before: Instant) {
        let late = self.senders.values().flat_map(|sender| sender.transactions.values());
        let late = late.filter(|pooled| pooled.in_flight_since.is_some_and(|at| at < before));
        let late: Vec<TransactionId> = late.map(|pooled| pooled.id).collect();
        self.reclaim(&late);
    }

    /// What [`Limits::flight_ms_max`] makes proposable again.
    pub fn reclaim_stale(&mut self, now: Instant) {
        if let Some(before) = now.checked_sub(Duration::from_millis(self.limits.flight_ms_max)) {
            self.reclaim_older(before);
        }
    }

    /// Removes what a ledger block executed or made impossible.
    pub fn executed<'a>(
        &mut self,
        height: Height,
        executed: impl IntoIterator<Item = (TransactionId, &'a Transaction)>,
        excluded: &[Excluded],
    ) -> Vec<Settled> {
        let mut settled = Vec::new();
        for (id, transaction) in executed {
            let body = &transaction.body;
            self.advance(body.sender, body.sequence.saturating_add(1), id, &mut settled);
        }
        for excluded in excluded {
            self.exclude(excluded, &mut settled);
        }
        self.expire(height.saturating_add(1), &mut settled);
        settled
    }

    fn advance(
        &mut self,
        address: Address,
        base: u64,
        executed: TransactionId,
        settled: &mut Vec<Settled>,
    ) {
        let Some(sender) = self.senders.get_mut(&address) else { return };
        for pooled in sender.advance(base) {
            self.forget(&pooled);
            let mut executed_of = None;
            if pooled.id == executed {
                executed_of = (pooled.source == Source::Client).then_some(pooled.accepted_at);
            } else {
                let sequence = pooled.transaction.body.sequence;
                let exclusion = Exclusion::SequenceTooLow { found: sequence, expected: base };
                self.rejected.insert(pooled.id, exclusion.to_string());
            }
            settled.push(Settled { id: pooled.id, executed_of });
        }
        self.tidy(address);
    }

    fn exclude(&mut self, excluded: &Excluded, settled: &mut Vec<Settled>) {
        let id = excluded.id;
        let Some((transaction, _)) = self.get(&id) else { return };
        match excluded.reason {
            // It executed before, in another block, or it waits for the one before it.
            Exclusion::BlockFull | Exclusion::SequenceTooHigh { .. } => self.reclaim([&id]),
            // Someone put another witness to it.
            Exclusion::BadWitness if transaction.witness.digest() != excluded.witness => {}
            reason => self.reject(&id, reason.to_string(), settled),
        }
    }

    fn expire(&mut self, height: Height, settled: &mut Vec<Settled>) {
        while let Some((expiry_height, id)) = self.expiries.first().copied()
            && expiry_height < height
        {
            let exclusion = Exclusion::Expired { expiry_height, height };
            self.reject(&id, exclusion.to_string(), settled);
            self.expiries.remove(&(expiry_height, id));
        }
    }

    fn reject(&mut self, id: &TransactionId, reason: String, settled: &mut Vec<Settled>) {
        let Some((address, sequence)) = self.places.get(id).copied() else { return };
        let pooled = self.senders.get_mut(&address).and_then(|sender| sender.remove(sequence));
        if let Some(pooled) = pooled {
            self.forget(&pooled);
            self.rejected.insert(*id, reason);
            settled.push(Settled { id: *id, executed_of: None });
        }
        self.tidy(address);
    }

    fn forget(&mut self, pooled: &Pooled) {
        self.places.remove(&pooled.id);
        self.bytes = self.bytes.saturating_sub(pooled.bytes);
        self.expiries.remove(&(pooled.transaction.body.expiry_height, pooled.id));
        self.forwards.remove(&(pooled.forward_at, pooled.id));
    }

    /// Drops a sender without transactions; of another, sees what it can propose now.
    fn tidy(&mut self, address: Address) {
        let Some(sender) = self.senders.get_mut(&address) else { return };
        if sender.proposable().is_none()
            && let Some(ticket) = sender.ticket.take()
        {
            self.proposable.remove(&ticket);
        }
        if sender.transactions.is_empty() {
            self.senders.remove(&address);
        } else {
            self.queue(address);
        }
    }

    /// When the next transaction is to be forwarded.
    pub fn forward_at(&self) -> Option<Instant> {
        self.forwards.first().map(|(at, _)| *at)
    }

    /// Transactions to forward now, each with the number of times that it was before. A node that
    /// proposes keeps its own, unless a block carried them in vain: others are as busy as it is.
    pub fn take_forwards(
        &mut self,
        now: Instant,
        transactions_max: usize,
    ) -> Vec<(usize, Transaction)> {
        let pause = Duration::from_millis(self.limits.forward_ms);
        let proposes = self.taken_at.is_some_and(|at| now.duration_since(at) < pause);
        let mut due = Vec::new();
        for _ in 0..transactions_max {
            let Some((at, id)) = self.forwards.first().copied().filter(|(at, _)| *at <= now) else {
                break;
            };
            self.forwards.remove(&(at, id));
            let Some((address, sequence)) = self.places.get(&id).copied() else { continue };
            let sender = self.senders.get_mut(&address);
            let pooled = sender.and_then(|sender| sender.transactions.get_mut(&sequence));
            let Some(pooled) = pooled else { continue };
            let in_good_hands = proposes || pooled.in_flight_since.is_some();
            if in_good_hands && !pooled.missed && !self.forwards_at_once {
                pooled.forward_at = now + pause;
            } else {
                due.push((pooled.forwards, pooled.transaction.clone()));
                pooled.forwards += 1;
                let doublings = pooled.forwards.min(FORWARD_DOUBLINGS_MAX) - 1;
                pooled.forward_at = now + pause * (1 << doublings);
            }
            self.forwards.insert((pooled.forward_at, id));
        }
        due
    }
}

#[cfg(test)]
#[path = "pool_tests.rs"]
mod tests;
