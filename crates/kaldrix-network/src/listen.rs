//! Accepts connections, proves who is there, and runs those that are admitted.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::ConnectError;
use crate::shared::{Alive, Shared};
use crate::{handshake, link};

/// After a failed accept, most likely for want of file descriptors, which time may free.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
const REFUSAL_LOG_PAUSE: Duration = Duration::from_secs(1);

/// Accepts until the network stops.
pub(crate) async fn accept_connections(shared: Arc<Shared>, listener: TcpListener, alive: Alive) {
    tokio::select! {
        () = accept_repeatedly(&shared, &listener, &alive) => {}
        () = shared.stopped() => {}
    }
}

async fn accept_repeatedly(shared: &Arc<Shared>, listener: &TcpListener, alive: &Alive) {
    let handshakes = Arc::new(Semaphore::new(shared.limits.handshakes_inbound_max));
    loop {
        let Ok(permit) = Arc::clone(&handshakes).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((tcp, address)) => {
                let (shared, alive) = (Arc::clone(shared), alive.clone());
                tokio::spawn(async move {
                    admit_and_run(&shared, tcp, address, permit).await;
                    drop(alive);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection; check the open file limit");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn admit_and_run(
    shared: &Shared,
    tcp: TcpStream,
    address: SocketAddr,
    permit: OwnedSemaphorePermit,
) {
    let greeted = tokio::select! {
        greeted = handshake::accept(shared, tcp, address) => greeted,
        () = shared.stopped() => return,
    };
    drop(permit);
    match greeted {
        Ok(admitted) => link::run(shared, admitted).await,
        Err(ConnectError::Duplicate) => {
            tracing::debug!(%address, "the other connection of the pair was kept");
        }
        Err(error) => {
            shared.counts.inbound_refused.fetch_add(1, Ordering::Relaxed);
            log_refusal(shared, address, &error);
        }
    }
}

/// One line a second at most: whoever knocks must not fill the log.
fn log_refusal(shared: &Shared, address: SocketAddr, error: &ConnectError) {
    let now = Instant::now();
    let mut logged_at = shared.refusal_logged_at.lock();
    if logged_at.is_some_and(|at| now.duration_since(at) < REFUSAL_LOG_PAUSE) {
        tracing::debug!(%address, %error, "inbound connection refused");
    } else {
        *logged_at = Some(now);
        tracing::info!(%address, %error, "inbound connection refused");
    }
}
