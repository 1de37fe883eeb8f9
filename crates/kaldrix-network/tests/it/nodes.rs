//! Nodes for tests: start one, wait for what it reports.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use kaldrix_crypto::{KeyPair, Signer};
use kaldrix_network::{Config, Error, Event, Events, Limits, Network, PeerInfo, PinnedPeer};
use kaldrix_types::{ChainId, PeerId, PublicKey, Scheme, committee};

/// Far beyond what any step takes on a loaded machine.
pub const DEADLINE: Duration = Duration::from_secs(20);

pub fn chain() -> ChainId {
    ChainId::from([7; 32])
}

pub fn key() -> Arc<KeyPair> {
    Arc::new(KeyPair::generate(Scheme::MlDsa65).unwrap())
}

pub fn id(key: &KeyPair) -> PeerId {
    committee::peer_id(key.public_key())
}

/// Two keys, the lower peer id first.
pub fn ordered_keys() -> (Arc<KeyPair>, Arc<KeyPair>) {
    let (a, b) = (key(), key());
    if id(&a) < id(&b) { (a, b) } else { (b, a) }
}

/// Quick to reconnect, so that tests are quick.
pub fn limits() -> Limits {
    Limits { reconnect_ms_min: 20, reconnect_ms_max: 200, ..Limits::default() }
}

pub fn pin(key: &PublicKey, address: SocketAddr) -> PinnedPeer {
    PinnedPeer { public_key: key.clone(), address: Some(address.to_string()) }
}

pub fn config(identity: &Arc<KeyPair>, pinned: Vec<PinnedPeer>) -> Config {
    Config {
        identity: identity.clone(),
        chain_id: chain(),
        listen: "127.0.0.1:0".parse().unwrap(),
        pinned,
        limits: limits(),
    }
}

/// A port that nothing uses, below those the system hands out, so that it stays free until a node
/// takes it.
pub fn free_address() -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Test processes that run at once start far apart.
    let start = u16::try_from(u64::from(std::process::id()) * 97 % 10_000).unwrap();
    loop {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = 20_000 + (start + step) % 10_000;
        if let Ok(listener) = std::net::TcpListener::bind(("127.0.0.1", port)) {
            return listener.local_addr().unwrap();
        }
    }
}

pub struct Node {
    pub network: Network,
    pub events: Events,
}

impl Node {
    pub async fn start(config: Config) -> Self {
        Self::try_start(config).await.unwrap()
    }

    pub async fn try_start(config: Config) -> Result<Self, Error> {
        let (network, events) = Network::start(config).await?;
        Ok(Self { network, events })
    }

    pub fn id(&self) -> PeerId {
        self.network.peer_id()
    }

    /// Skips events until `pick` takes one.
    pub async fn wait<T>(&mut self, mut pick: impl FnMut(Event) -> Option<T>) -> T {
        let waiting = async {
            loop {
                if let Some(picked) = pick(self.events.recv().await.expect("the network runs")) {
                    return picked;
                }
            }
        };
        tokio::time::timeout(DEADLINE, waiting).await.expect("the event before the deadline")
    }

    pub async fn wait_connected(&mut self, peer: PeerId) {
        self.wait(|event| {
            matches!(event, Event::Connected { peer: found, .. } if found == peer).then_some(())
        })
        .await;
    }

    pub async fn wait_frame(&mut self) -> (PeerId, bytes::Bytes) {
        self.wait(|event| match event {
            Event::Frame { peer, bytes } => Some((peer, bytes)),
            _ => None,
        })
        .await
    }

    pub fn info(&self, peer: PeerId) -> PeerInfo {
        self.network.peers().into_iter().find(|info| info.peer == peer).expect("a known peer")
    }
}

/// Waits for a state that no event announces.
pub async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < DEADLINE, "not before the deadline: {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Two nodes that pin each other; the first dials the second.
pub async fn pair() -> (Node, Node) {
    pair_with(limits()).await
}

pub async fn pair_with(limits: Limits) -> (Node, Node) {
    let (first, second) = (key(), key());
    let mut awaited = config(&second, vec![]);
    awaited.limits = limits.clone();
    awaited.pinned = vec![PinnedPeer { public_key: first.public_key().clone(), address: None }];
    let mut awaited = Node::start(awaited).await;
    let mut dialling = config(&first, vec![pin(second.public_key(), awaited.network.address())]);
    dialling.limits = limits;
    let mut dialling = Node::start(dialling).await;
    awaited.wait_connected(dialling.id()).await;
    dialling.wait_connected(awaited.id()).await;
    (dialling, awaited)
}
