//! An HTTP/1.1 server with a bound on everything: connections, header size and time, farewell.
//!
//! The API and the metrics are served through this. It knows nothing of what it serves.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// Bounds of a server.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Open connections. Further ones wait in the system's backlog.
    pub connections_max: usize,
    /// Length of a request's head.
    pub head_bytes_max: usize,
    /// For a request's head to arrive, and for an idle connection to be used again.
    pub head_ms_max: u64,
    /// After the order to stop, for requests that are being served.
    pub farewell_ms_max: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_max: 4_096,
            head_bytes_max: 16 * 1024,
            head_ms_max: 30_000,
            farewell_ms_max: 5_000,
        }
    }
}

/// The connections that a server has open.
#[derive(Debug, Clone, Default)]
pub struct OpenConnections(Arc<AtomicUsize>);

impl OpenConnections {
    pub fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    fn enter(&self) -> Entered {
        self.0.fetch_add(1, Ordering::Relaxed);
        Entered(self.clone())
    }
}

/// One open connection; counted until dropped.
struct Entered(OpenConnections);

impl Drop for Entered {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Serves `router` until `shutdown` resolves, then lets requests that are being served finish.
pub async fn serve(
    router: Router,
    listener: TcpListener,
    limits: Limits,
    open: OpenConnections,
    shutdown: impl Future<Output = ()> + Send,
) {
    let permits = Arc::new(Semaphore::new(limits.connections_max));
    let graceful = GracefulShutdown::new();
    let http = protocol(limits);
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let (stream, permit) = tokio::select! {
            () = &mut shutdown => break,
            accepted = accept(&listener, &permits) => accepted,
        };
        let (http, router, watcher) = (http.clone(), router.clone(), graceful.watcher());
        let entered = open.enter();
        tokio::spawn(async move {
            serve_connection(&http, router, stream, watcher).await;
            drop((permit, entered));
        });
    }
    drop(listener);
    let farewell = Duration::from_millis(limits.farewell_ms_max);
    if tokio::time::timeout(farewell, graceful.shutdown()).await.is_err() {
        tracing::warn!("http requests were still being served when the server stopped");
    }
}

fn protocol(limits: Limits) -> http1::Builder {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(Duration::from_millis(limits.head_ms_max))
        .max_header_size(limits.head_bytes_max);
    http
}

async fn accept(
    listener: &TcpListener,
    permits: &Arc<Semaphore>,
) -> (TcpStream, Option<tokio::sync::OwnedSemaphorePermit>) {
    // Before accepting: what waits in the backlog costs this process nothing. The semaphore is
    // never closed, so there always is a permit.
    let permit = permits.clone().acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return (stream, permit),
            Err(error) => {
                // Often too many open files; without a pause this loop would burn a core.
                tracing::warn!(%error, "cannot accept an http connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn serve_connection(
    http: &http1::Builder,
    router: Router,
    stream: TcpStream,
    watcher: Watcher,
) {
    // Answers are small and written whole: waiting to fill a segment only delays them.
    let _ = stream.set_nodelay(true);
    let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "an http connection broke");
    }
}
