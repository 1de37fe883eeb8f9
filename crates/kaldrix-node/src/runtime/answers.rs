//! How the parts of a node answer its driver.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kaldrix_consensus::Event;
use kaldrix_ledger::StateError;
use kaldrix_storage::StoreError;
use tokio::sync::mpsc;

use crate::error::NodeError;

/// Jobs of disk and execution that may wait before the driver stops listening to peers.
const BACKLOG_JOBS_MAX: usize = 1024;

/// What the driver hears from its own parts.
#[derive(Debug)]
pub enum Answer {
    Event(Event),
    /// The node cannot go on.
    Failed(NodeError),
}

/// The way to the driver. It is never full: every answer has an action of the replica behind it,
/// and [`Backlog`] bounds those.
#[derive(Debug, Clone)]
pub struct Answers(mpsc::UnboundedSender<Answer>);

impl Answers {
    pub fn channel() -> (Self, mpsc::UnboundedReceiver<Answer>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self(sender), receiver)
    }

    /// A driver that is gone needs no answer.
    pub fn send(&self, event: Event) {
        let _ = self.0.send(Answer::Event(event));
    }

    pub fn fail(&self, error: NodeError) {
        let _ = self.0.send(Answer::Failed(error));
    }

    /// Ends the node if a read of a store met damage: the store is rebuilt from peers. Other errors
    /// are the reader's alone.
    pub fn report_store(&self, error: &StoreError) {
        if let Some(damage) = error.damage() {
            self.fail(NodeError::Store(StoreError::Damaged(Box::new(damage.clone()))));
        }
    }

    /// As [`Self::report_store`], for a read of the state.
    pub fn report_state(&self, error: &StateError) {
        if let StateError::Damaged { .. } = error {
            self.fail(NodeError::State(error.clone()));
        }
    }
}

/// Counts the jobs that wait for disk and execution.
#[derive(Debug, Clone, Default)]
pub struct Backlog(Arc<AtomicUsize>);

impl Backlog {
    pub fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub fn remove(&self, jobs: usize) {
        self.0.fetch_sub(jobs, Ordering::Relaxed);
    }

    pub fn is_full(&self) -> bool {
        self.0.load(Ordering::Relaxed) >= BACKLOG_JOBS_MAX
    }
}
