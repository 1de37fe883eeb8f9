//! Threads for signatures and hashes, shared by all nodes of a process, so that no such work runs
//! on a thread that serves sockets.

use std::fmt;
use std::sync::Arc;

use crate::error::NodeError;

/// A pool of as many threads as there are cores.
#[derive(Clone)]
pub struct Workers(Arc<rayon::ThreadPool>);

impl Workers {
    pub fn new() -> Result<Self, NodeError> {
        let pool = rayon::ThreadPoolBuilder::new()
            .thread_name(|index| format!("worker-{index}"))
            // Whoever waits for the result sees that none comes.
            .panic_handler(|_| tracing::error!("a worker failed; its result is missing"))
            .build()
            .map_err(|error| NodeError::Internal(format!("no worker threads: {error}")))?;
        Ok(Self(Arc::new(pool)))
    }

    /// Runs `work` on the pool; none if it failed.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        self.0.spawn_fifo(move || {
            // Nobody waits any more when the node stops.
            let _ = sender.send(work());
        });
        receiver.await.ok()
    }

    /// Runs `work` on the pool some time.
    pub fn spawn(&self, work: impl FnOnce() + Send + 'static) {
        self.0.spawn_fifo(work);
    }

    /// Runs `work` on the pool, where it may be split, and waits for it. Not for async tasks.
    pub fn install<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        self.0.install(work)
    }
}

impl fmt::Debug for Workers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Workers({})", self.0.current_num_threads())
    }
}
