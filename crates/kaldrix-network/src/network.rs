//! The handle that the node holds: start, send, look, stop.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use kaldrix_types::{PeerId, PublicKey, Scheme, committee};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc, watch};

use crate::config::Config;
use crate::error::{Error, SendError};
use crate::events::{self, Events};
use crate::peer::{PeerInfo, Totals};
use crate::registry::{Pinned, Registry};
use crate::shared::{Alive, Counts, Shared};
use crate::tls::Tls;
use crate::{dial, listen};

/// A running transport. Dropping it stops it without waiting.
#[derive(Debug)]
pub struct Network {
    shared: Arc<Shared>,
    address: SocketAddr,
    /// Ends when the last task did.
    tasks: Mutex<mpsc::Receiver<std::convert::Infallible>>,
}

impl Network {
    /// Listens, dials the pinned peers, and gives the events. Needs a tokio runtime.
    pub async fn start(config: Config) -> Result<(Self, Events), Error> {
        config.limits.check()?;
        let local = check_identities(config.identity.public_key(), &config)?;
        let mut instance = [0; 8];
        kaldrix_crypto::random::fill(&mut instance)?;
        let (sender, events) = events::channel(&config.limits);
        let bind = |source| Error::Bind { address: config.listen, source };
        let listener = TcpListener::bind(config.listen).await.map_err(bind)?;
        let address = listener.local_addr().map_err(bind)?;
        let shared = Arc::new(Shared {
            local,
            chain_id: config.chain_id,
            instance: u64::from_le_bytes(instance),
            tls: Tls::new(Arc::clone(&config.identity))?,
            registry: Registry::new(local, &config),
            limits: config.limits,
            events: sender,
            counts: Counts::default(),
            stop: watch::Sender::new(false),
            link_numbers: AtomicU64::new(1),
            refusal_logged_at: parking_lot::Mutex::default(),
        });
        let (alive, tasks) = mpsc::channel(1);
        spawn_tasks(&shared, listener, &alive);
        tracing::info!(%address, peer = %local, "network started");
        Ok((Self { shared, address, tasks: Mutex::new(tasks) }, events))
    }

    /// The address listened on, its port chosen.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// This node's own id.
    pub fn peer_id(&self) -> PeerId {
        self.shared.local
    }

    /// Queues `frame` for `peer` and returns at once. Ok means queued: a frame is lost when its
    /// connection is. Clones of one `Bytes` share its memory, so a broadcast costs no copy.
    pub fn send(&self, peer: &PeerId, frame: Bytes) -> Result<(), SendError> {
        let link = self.shared.registry.link(peer);
        let sent = link.ok_or(SendError::NotConnected { peer: *peer })?.send(frame);
        if let Err(SendError::QueueFull { .. }) = sent {
            self.shared.counts.dropped();
        }
        sent
    }

    /// Every pinned or connected peer, by id.
    pub fn peers(&self) -> Vec<PeerInfo> {
        let registry = &self.shared.registry;
        let pinned = registry.all_pinned().map(|(id, pinned)| self.pinned_info(*id, pinned));
        let unpinned = registry.links().into_iter().filter_map(|link| {
            registry.pinned(&link.peer).is_none().then(|| PeerInfo {
                peer: link.peer,
                public_key: link.public_key.clone(),
                pinned: false,
                dial_address: None,
                dial_attempts: 0,
                dial_error: None,
                connection: Some(link.info()),
            })
        });
        let mut peers: Vec<PeerInfo> = pinned.chain(unpinned).collect();
        peers.sort_by_key(|info| info.peer);
        peers
    }

    fn pinned_info(&self, peer: PeerId, pinned: &Pinned) -> PeerInfo {
        PeerInfo {
            peer,
            public_key: pinned.peer.public_key.clone(),
            pinned: true,
            dial_address: pinned.peer.address.clone(),
            dial_attempts: pinned.attempts.load(Ordering::Relaxed),
            dial_error: pinned.error.lock().clone(),
            connection: self.shared.registry.link(&peer).map(|link| link.info()),
        }
    }

    /// Counts since the start.
    pub fn totals(&self) -> Totals {
        self.shared.counts.totals()
    }

    /// Stops: sends what is queued and a farewell, closes every connection, and waits until all
    /// is done, at most some `close_ms_max`. The events end after it. May be called twice.
    pub async fn stop(&self) {
        self.shared.begin_stop();
        while self.tasks.lock().await.recv().await.is_some() {}
        self.shared.events.end();
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        self.shared.begin_stop();
    }
}

fn check_identities(own: &PublicKey, config: &Config) -> Result<PeerId, Error> {
    if own.scheme() != Scheme::MlDsa65 {
        return Err(Error::IdentityScheme { scheme: own.scheme() });
    }
    let local = committee::peer_id(own);
    let mut seen = HashSet::new();
    for pinned in &config.pinned {
        let (peer, scheme) = (pinned.peer_id(), pinned.public_key.scheme());
        if scheme != Scheme::MlDsa65 {
            return Err(Error::PinnedScheme { peer, scheme });
        }
        if peer == local {
            return Err(Error::PinnedItself { peer });
        }
        if !seen.insert(peer) {
            return Err(Error::PinnedTwice { peer });
        }
    }
    Ok(local)
}

fn spawn_tasks(shared: &Arc<Shared>, listener: TcpListener, alive: &Alive) {
    tokio::spawn(listen::accept_connections(Arc::clone(shared), listener, alive.clone()));
    for (peer, pinned) in shared.registry.all_pinned() {
        if pinned.peer.address.is_some() {
            tokio::spawn(dial::keep_connected(Arc::clone(shared), *peer, alive.clone()));
        }
    }
}
