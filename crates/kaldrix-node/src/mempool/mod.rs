//! The mempool: what waits to be executed, its rules, and the journal that keeps promises.
//!
//! A transaction is accepted once it keeps all rules against the state, its witness verifies, and
//! it is durable here. It is proposed until it is executed or can execute no more, across
//! restarts; the ledger sees to it that none executes twice.

#[cfg(test)]
pub(crate) mod fixtures;
pub mod journal;
pub mod pool;
mod rejected;
mod rules;
mod sender;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use kaldrix_ledger::{Excluded, Rules, StateError, StateReader, WitnessCheck};
use kaldrix_storage::{LedgerStore, StoreError};
use kaldrix_types::{
    Address, Height, PublicKey, Transaction, TransactionId, VerifiedBlock, encoding,
};
use parking_lot::Mutex;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use tokio::sync::{Notify, watch};

use self::journal::Journal;
use self::pool::{Admitted, Candidate, Pool, Settled, Source};
use self::rules::Site;
use crate::error::NodeError;
use crate::handle::{MempoolFill, SubmitError};
use crate::runtime::answers::Answers;
use crate::witnesses::Witnesses;
use crate::workers::Workers;

pub use self::pool::Limits;

/// What a mempool stands on.
#[derive(Debug)]
pub struct Surroundings {
    pub ledger: Arc<LedgerStore>,
    pub rules: Arc<Rules>,
    pub witnesses: Arc<Witnesses>,
    pub workers: Workers,
    pub journal: Journal,
    /// Hears of damage that a read of the ledger meets.
    pub answers: Answers,
}

impl Surroundings {
    fn unreadable_state(&self, error: &StateError) -> SubmitError {
        self.answers.report_state(error);
        SubmitError::Unavailable { reason: error.to_string() }
    }

    fn unreadable(&self, error: &StoreError) -> SubmitError {
        self.answers.report_store(error);
        SubmitError::Unavailable { reason: error.to_string() }
    }
}

/// What became of transactions that asked for admission.
#[derive(Debug, Default)]
struct Admissions {
    /// In their order.
    results: Vec<Result<TransactionId, SubmitError>>,
    /// What the journal is to hold.
    records: Vec<(TransactionId, Vec<u8>)>,
    /// How many were not known before.
    new: u64,
}

/// The mempool of a running node.
#[derive(Debug)]
pub struct Mempool {
    pool: Mutex<Pool>,
    around: Surroundings,
    /// Whether a block proposed now would carry a transaction.
    proposable: watch::Sender<bool>,
    /// Something new is to be forwarded.
    pub(crate) forward: Notify,
    accepted: AtomicU64,
    from_peers: AtomicU64,
    refused: AtomicU64,
}

impl Mempool {
    /// `forwards_at_once`: this node does not propose, so others must.
    pub fn new(limits: Limits, forwards_at_once: bool, around: Surroundings) -> Self {
        Self {
            pool: Mutex::new(Pool::new(limits, forwards_at_once)),
            around,
            proposable: watch::Sender::new(false),
            forward: Notify::new(),
            accepted: AtomicU64::new(0),
            from_peers: AtomicU64::new(0),
            refused: AtomicU64::new(0),
        }
    }

    /// Takes in what the journal holds and the ledger does not; says how many that is.
    pub fn restore(&self, transactions: Vec<Transaction>) -> Result<usize, NodeError> {
        let (now, mut settled, mut restored) = (Instant::now(), Vec::new(), 0);
        for transaction in transactions {
            let candidate = prepare(transaction, Source::Journal);
            let id = candidate.id;
            let sender = candidate.transaction.body.sender;
            let base = self.around.ledger.account(&sender)?.map_or(0, |account| account.sequence);
            let mut pool = self.pool.lock();
            pool.restore(candidate, base, now);
            if pool.contains(&id) {
                restored += 1;
            } else {
                settled.push(id);
            }
        }
        self.around.journal.settle(settled);
        self.signal(&self.pool.lock());
        Ok(restored)
    }

    /// Tells whether there is something to propose; changes are to be watched.
    pub fn proposable(&self) -> watch::Receiver<bool> {
        self.proposable.subscribe()
    }

    fn signal(&self, pool: &Pool) {
        let proposable = pool.has_proposable();
        self.proposable
            .send_if_modified(|known| std::mem::replace(known, proposable) != proposable);
    }

    /// Accepts transactions of a client: an `Ok` is durable here.
    pub async fn submit(
        self: &Arc<Self>,
        transactions: Vec<Transaction>,
    ) -> Vec<Result<TransactionId, SubmitError>> {
        let accepted_at = Instant::now();
        let length = transactions.len();
        let mempool = Arc::clone(self);
        let admitted = self.around.workers.run(move || {
            let candidates = mempool.verify(transactions, Source::Client);
            mempool.admit(candidates, accepted_at)
        });
        let Some(Admissions { mut results, records, .. }) = admitted.await else {
            let reason = "its workers failed".to_owned();
            return vec![Err(SubmitError::Unavailable { reason }); length];
        };
        self.forward.notify_one();
        if let Err(reason) = self.journal(records).await {
            for result in results.iter_mut().filter(|result| result.is_ok()) {
                *result = Err(SubmitError::Unavailable { reason: reason.clone() });
            }
        }
        let accepted = results.iter().filter(|result| result.is_ok()).count() as u64;
        self.accepted.fetch_add(accepted, Ordering::Relaxed);
        self.refused.fetch_add(length as u64 - accepted, Ordering::Relaxed);
        results
    }

    /// Returns once all records are durable.
    async fn journal(&self, records: Vec<(TransactionId, Vec<u8>)>) -> Result<(), String> {
        if records.is_empty() {
            return Ok(());
        }
        let ids: Vec<TransactionId> = records.iter().map(|(id, _)| *id).collect();
        self.around.journal.append(records).await?;
        // What was executed before its record was written would be kept for ever.
        let settled: Vec<TransactionId> = {
            let pool = self.pool.lock();
            ids.into_iter().filter(|id| !pool.contains(id)).collect()
        };
        if !settled.is_empty() {
            self.around.journal.settle_late(settled).await;
        }
        Ok(())
    }

    /// Ends the journal: nothing more is accepted. Blocks.
    pub fn close(&self) {
        self.around.journal.close();
    }

    /// Takes in what a peer forwards. Runs on a worker.
    pub fn take_forwarded(&self, transactions: Vec<Transaction>) {
        let candidates = self.verify(transactions, Source::Peer);
        let Admissions { results, new, .. } = self.admit(candidates, Instant::now());
        let refused = results.iter().filter(|result| result.is_err()).count() as u64;
        self.from_peers.fetch_add(new, Ordering::Relaxed);
        self.refused.fetch_add(refused, Ordering::Relaxed);
        self.forward.notify_one();
    }

    /// Verifies the witnesses of all that is not here yet, on all workers.
    fn verify(&self, transactions: Vec<Transaction>, source: Source) -> Vec<Candidate> {
        let brought: HashMap<Address, PublicKey> = transactions
            .iter()
            .filter_map(|t| Some((t.body.sender, t.body.public_key.clone()?)))
            .collect();
        let verify = |transaction| {
            let mut candidate = prepare(transaction, source);
            let Transaction { body, witness } = &candidate.transaction;
            let right_chain = body.chain_id == self.around.rules.chain_id();
            if right_chain && !self.pool.lock().contains(&candidate.id) {
                let key = self.key_of(&candidate.transaction);
                let key = key.or_else(|| brought.get(&body.sender).cloned());
                let check = |key| self.around.witnesses.check(&candidate.id, witness, &key);
                candidate.witness_holds = key.is_some_and(check);
            }
            candidate
        };
        transactions.into_par_iter().map(verify).collect()
    }

    /// The key that verifies a transaction, where it is known ahead of execution.
    pub fn key_of(&self, transaction: &Transaction) -> Option<PublicKey> {
        let body = &transaction.body;
        if let Some(key) = &body.public_key {
            return (Address::of(key) == body.sender).then(|| key.clone());
        }
        // An unreadable key is reported by the execution that needs it.
        let registered = self.around.ledger.public_key(&body.sender).ok().flatten();
        registered.or_else(|| self.pool.lock().pending_key(&body.sender).cloned())
    }

    /// Checks the rules one after the other.
    fn admit(&self, candidates: Vec<Candidate>, now: Instant) -> Admissions {
        let mut done = Admissions::default();
        for candidate in candidates {
            let id = candidate.id;
            // A known one is written again: its first record may still be on its way.
            let record = (candidate.source == Source::Client)
                .then(|| (id, encoding::to_bytes(&candidate.transaction)));
            let admitted = self.admit_one(candidate, now);
            if let Ok(Some(admitted)) = admitted {
                done.records.extend(record);
                done.new += u64::from(admitted == Admitted::New);
            }
            done.results.push(admitted.map(|_| id));
        }
        self.signal(&self.pool.lock());
        done
    }

    /// None for a transaction that the ledger has.
    fn admit_one(
        &self,
        candidate: Candidate,
        now: Instant,
    ) -> Result<Option<Admitted>, SubmitError> {
        let id = candidate.id;
        let Surroundings { ledger, rules, .. } = &self.around;
        let unreadable = |error| self.around.unreadable_state(&error);
        let sender = candidate.transaction.body.sender;
        // The state is read with the pool held: a block executed meanwhile is told to the pool
        // after this, and removes what it made void.
        let mut pool = self.pool.lock();
        let account = ledger.account(&sender).map_err(unreadable)?;
        let key = match account {
            Some(account) if account.key.is_some() => ledger.public_key(&sender),
            _ => Ok(None),
        };
        let key = key.map_err(unreadable)?;
        let height = ledger.latest().height.saturating_add(1);
        let site = Site { rules, height, account, registered_key: key.as_ref() };
        let is_past = account.is_some_and(|a| candidate.transaction.body.sequence < a.sequence);
        let admitted = pool.admit(candidate, site, now);
        drop(pool);
        if admitted.is_err() && is_past {
            // What was executed is accepted again, whatever would be said of it now.
            let executed = ledger.transaction(&id).map_err(|e| self.around.unreadable(&e))?;
            if executed.is_some() {
                return Ok(None);
            }
        }
        admitted.map(Some)
    }

    /// Takes transactions for an own block.
    pub fn take(&self, transactions_max: usize, bytes_max: usize) -> Vec<Transaction> {
        let mut pool = self.pool.lock();
        let taken = pool.take(transactions_max, bytes_max, Instant::now());
        self.signal(&pool);
        taken
    }

    /// Own blocks that will not be committed: their transactions may be proposed again.
    pub fn reclaim(&self, blocks: &[VerifiedBlock]) {
        let transactions = blocks.iter().flat_map(|block| block.transactions.iter());
        self.reclaim_transactions(transactions);
    }

    pub fn reclaim_transactions<'a>(&self, transactions: impl Iterator<Item = &'a Transaction>) {
        let ids: Vec<TransactionId> = transactions.map(Transaction::id).collect();
        let mut pool = self.pool.lock();
        pool.reclaim(&ids);
        self.signal(&pool);
    }

    /// All that is in flight may be proposed again.
    pub fn reclaim_all(&self) {
        let mut pool = self.pool.lock();
        pool.reclaim_older(Instant::now());
        self.signal(&pool);
    }

    /// What has been in flight for long may be proposed again.
    pub fn reclaim_stale(&self) {
        let mut pool = self.pool.lock();
        pool.reclaim_stale(Instant::now());
        self.signal(&pool);
    }

    /// Takes note of an executed ledger block, which is durable. Gives the times at which clients
    /// submitted its transactions here. Runs on a thread that may wait.
    pub fn executed<'a>(
        &self,
        height: Height,
        executed: impl IntoIterator<Item = (TransactionId, &'a Transaction)>,
        excluded: &[Excluded],
    ) -> Vec<Instant> {
        let settled = {
            let mut pool = self.pool.lock();
            let settled = pool.executed(height, executed, excluded);
            self.signal(&pool);
            settled
        };
        let times = settled.iter().filter_map(|Settled { executed_of, .. }| *executed_of).collect();
        if !settled.is_empty() {
            self.around.journal.settle(settled.into_iter().map(|settled| settled.id).collect());
        }
        times
    }

    /// When [`Self::take_forwards`] has something next.
    pub fn forward_at(&self) -> Option<Instant> {
        self.pool.lock().forward_at()
    }

    /// Transactions that another validator should have, each with the number of times that one
    /// was told before.
    pub fn take_forwards(&self, transactions_max: usize) -> Vec<(usize, Transaction)> {
        self.pool.lock().take_forwards(Instant::now(), transactions_max)
    }

    /// A pending transaction and when it was accepted.
    pub fn get(&self, id: &TransactionId) -> Option<(Transaction, Instant)> {
        self.pool.lock().get(id).map(|(transaction, at)| (transaction.clone(), at))
    }

    /// Why a transaction that was accepted once will not execute.
    pub fn rejection(&self, id: &TransactionId) -> Option<String> {
        self.pool.lock().rejection(id).cloned()
    }

    /// The sender's first free sequence number from `base` up, and its pending transactions.
    pub fn sender(&self, sender: &Address, base: u64) -> (u64, usize) {
        self.pool.lock().sender(sender, base)
    }

    pub fn fill(&self) -> MempoolFill {
        self.pool.lock().fill()
    }

    /// Transactions accepted from clients, from peers, and refused.
    pub fn counts(&self) -> [u64; 3] {
        [&self.accepted, &self.from_peers, &self.refused].map(|n| n.load(Ordering::Relaxed))
    }
}

fn prepare(transaction: Transaction, source: Source) -> Candidate {
    let body_bytes = encoding::to_bytes(&transaction.body).len();
    let bytes = body_bytes + encoding::to_bytes(&transaction.witness).len() - 1;
    let id = transaction.id();
    Candidate { id, transaction, bytes, body_bytes, witness_holds: false, source }
}
