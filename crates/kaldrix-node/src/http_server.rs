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
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

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
/// Dropping the future ends all connections at once.
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
    let mut connections = JoinSet::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let (stream, permit) = tokio::select! {
            () = &mut shutdown => break,
            accepted = accept(&listener, &permits) => accepted,
            Some(_) = connections.join_next() => continue,
        };
        let (http, router, watcher) = (http.clone(), router.clone(), graceful.watcher());
        let entered = open.enter();
        connections.spawn(async move {
            serve_connection(&http, router, stream, watcher).await;
            drop((permit, entered));
        });
    }
    drop(listener);
    let farewell = Duration::from_millis(limits.farewell_ms_max);
    if tokio::time::timeout(farewell, graceful.shutdown()).await.is_err() {
        tracing::warn!(open = open.count(), "connections are closed before their requests ended");
    }
    connections.shutdown().await;
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
) -> (TcpStream, Option<OwnedSemaphorePermit>) {
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

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::{Notify, oneshot};
    use tokio::task::JoinHandle;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(30);

    struct Server {
        address: SocketAddr,
        open: OpenConnections,
        /// Dropped to stop the server.
        stop: oneshot::Sender<()>,
        task: JoinHandle<()>,
    }

    async fn start(router: Router, limits: Limits) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let open = OpenConnections::default();
        let shutdown = async { drop(stopped.await) };
        let task = tokio::spawn(serve(router, listener, limits, open.clone(), shutdown));
        Server { address, open, stop, task }
    }

    async fn ask(stream: &mut TcpStream) -> String {
        stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let mut answer = [0; 15];
        let read = tokio::time::timeout(PATIENCE, stream.read_exact(&mut answer)).await;
        read.expect("an answer").unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn hello() -> Router {
        Router::new().route("/", get(|| async { "hello" }))
    }

    #[tokio::test]
    async fn connections_above_the_limit_wait_for_a_place() {
        let server = start(hello(), Limits { connections_max: 1, ..Limits::default() }).await;
        let mut first = TcpStream::connect(server.address).await.unwrap();
        assert_eq!(ask(&mut first).await, "HTTP/1.1 200 OK");
        let mut second = TcpStream::connect(server.address).await.unwrap();
        second.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let waited = tokio::time::timeout(Duration::from_millis(200), second.read_u8()).await;
        assert!(waited.is_err() && server.open.count() == 1);
        drop(first);
        let served = tokio::time::timeout(PATIENCE, second.read_u8()).await;
        assert_eq!(served.unwrap().unwrap(), b'H');
        drop(server.stop);
        server.task.await.unwrap();
        assert_eq!(server.open.count(), 0);
    }

    #[tokio::test]
    async fn a_head_that_does_not_come_ends_the_connection() {
        let server = start(hello(), Limits { head_ms_max: 50, ..Limits::default() }).await;
        let mut slow = TcpStream::connect(server.address).await.unwrap();
        slow.write_all(b"GET / HT").await.unwrap();
        let mut answer = Vec::new();
        let ended = tokio::time::timeout(PATIENCE, slow.read_to_end(&mut answer)).await;
        ended.expect("the connection stays open").unwrap();
        assert!(!String::from_utf8_lossy(&answer).contains("200"));
        drop(server.stop);
        server.task.await.unwrap();
    }

    #[tokio::test]
    async fn stopping_waits_for_a_request_and_no_longer_than_it_may() {
        let (entered, release) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (told, waits) = (entered.clone(), release.clone());
        let slow = move || async move {
            told.notify_one();
            waits.notified().await;
            "done"
        };
        let router = Router::new().route("/", get(slow));
        let server = start(router.clone(), Limits::default()).await;
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let asking = tokio::spawn(async move { ask(&mut stream).await });
        entered.notified().await;
        drop(server.stop);
        release.notify_one();
        assert_eq!(asking.await.unwrap(), "HTTP/1.1 200 OK");
        server.task.await.unwrap();

        let server = start(router, Limits { farewell_ms_max: 50, ..Limits::default() }).await;
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        entered.notified().await;
        drop(server.stop);
        tokio::time::timeout(PATIENCE, server.task).await.expect("it waits for ever").unwrap();
        assert_eq!(server.open.count(), 0);
    }
}
