//! Which ledger blocks are final here, and how long their transactions took to get there.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use kaldrix_types::Height;
use parking_lot::Mutex;
use tokio::sync::watch;

use crate::histogram::{Histogram, HistogramSnapshot};

/// Final = executed, durable here, and certified by a quorum.
#[derive(Debug)]
pub struct Finality {
    height: watch::Sender<Height>,
    /// When clients submitted what was executed here and is not final.
    waiting: Mutex<VecDeque<(Height, Vec<Instant>)>>,
    seconds: Histogram,
    executed: AtomicU64,
}

impl Finality {
    /// Everything up to `height` was final when the node started.
    pub fn new(height: Height) -> Self {
        Self {
            height: watch::Sender::new(height),
            waiting: Mutex::default(),
            seconds: Histogram::default(),
            executed: AtomicU64::new(0),
        }
    }

    /// The highest final height.
    pub fn height(&self) -> Height {
        *self.height.borrow()
    }

    /// Changes with every executed block and every certificate.
    pub fn changes(&self) -> watch::Receiver<Height> {
        self.height.subscribe()
    }

    /// Transactions executed since the start.
    pub fn executed_transactions(&self) -> u64 {
        self.executed.load(Ordering::Relaxed)
    }

    /// Seconds from acceptance to final.
    pub fn seconds(&self) -> HistogramSnapshot {
        self.seconds.snapshot()
    }

    /// A block of so many transactions was executed and is durable.
    pub fn executed(&self, height: Height, transactions: usize, submitted_at: Vec<Instant>) {
        self.executed.fetch_add(transactions as u64, Ordering::Relaxed);
        if !submitted_at.is_empty() {
            self.waiting.lock().push_back((height, submitted_at));
        }
        self.height.send_modify(|_| ());
    }

    /// A quorum certified the block at `height`, which was executed before, and so its ancestors.
    pub fn certified(&self, height: Height) {
        let mut waiting = self.waiting.lock();
        while let Some((executed, submitted_at)) = waiting.pop_front_if(|(h, _)| *h <= height) {
            debug_assert!(executed <= height);
            submitted_at.iter().for_each(|at| self.seconds.record(at.elapsed()));
        }
        drop(waiting);
        self.height.send_modify(|known| *known = height.max(*known));
    }
}
