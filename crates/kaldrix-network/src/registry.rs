//! Who is pinned, who is connected, and which of two connections of a pair stays.
//!
//! Both nodes of a pair may dial at once, and one may notice a dead connection before the other.
//! The node with the lower id decides: it admits a connection, or refuses it as a duplicate, and
//! the other follows. So both keep the same one, and none is torn down for a draw.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use kaldrix_types::PeerId;
use parking_lot::{Mutex, RwLock};
use tokio::sync::watch;

use crate::config::{Config, PinnedPeer};
use crate::error::{ConnectError, DisconnectReason};
use crate::link::Link;

#[derive(Debug)]
pub(crate) struct Registry {
    local: PeerId,
    pinned: HashMap<PeerId, Pinned>,
    links: RwLock<Links>,
    unknown: Arc<UnknownSlots>,
    stable: Duration,
}

#[derive(Debug, Default)]
struct Links {
    by_peer: HashMap<PeerId, Arc<Link>>,
    stopping: bool,
}

/// What is remembered of a pinned peer from one connection to the next.
#[derive(Debug)]
pub(crate) struct Pinned {
    pub(crate) peer: PinnedPeer,
    /// Whether a connection lives.
    pub(crate) up: watch::Sender<bool>,
    /// Dials since the last stable connection.
    pub(crate) attempts: AtomicU32,
    pub(crate) error: Mutex<Option<String>>,
    /// Connections that ended, told in the hello.
    lost: AtomicU64,
}

impl Registry {
    pub(crate) fn new(local: PeerId, config: &Config) -> Self {
        let pinned = config.pinned.iter().map(|peer| {
            let pinned = Pinned {
                peer: peer.clone(),
                up: watch::Sender::new(false),
                attempts: AtomicU32::new(0),
                error: Mutex::new(None),
                lost: AtomicU64::new(0),
            };
            (peer.peer_id(), pinned)
        });
        let peers_max = config.limits.peers_unknown_max;
        Self {
            local,
            pinned: pinned.collect(),
            links: RwLock::default(),
            unknown: Arc::new(UnknownSlots { peers_max, held: Mutex::default() }),
            stable: Duration::from_millis(config.limits.stable_ms_min),
        }
    }

    pub(crate) fn pinned(&self, peer: &PeerId) -> Option<&Pinned> {
        self.pinned.get(peer)
    }

    pub(crate) fn all_pinned(&self) -> impl Iterator<Item = (&PeerId, &Pinned)> {
        self.pinned.iter()
    }

    pub(crate) fn link(&self, peer: &PeerId) -> Option<Arc<Link>> {
        self.links.read().by_peer.get(peer).cloned()
    }

    pub(crate) fn links(&self) -> Vec<Arc<Link>> {
        self.links.read().by_peer.values().cloned().collect()
    }

    /// How many connections with `peer` this node has seen end; 0 for peers it never dials.
    pub(crate) fn lost(&self, peer: &PeerId) -> u64 {
        self.pinned(peer).map_or(0, |pinned| pinned.lost.load(Ordering::Acquire))
    }

    /// Whether this node decides which connection with `peer` stays.
    pub(crate) fn decides(&self, peer: &PeerId) -> bool {
        self.local < *peer
    }

    /// Makes `link` the one connection with its peer, and gives the one that it replaces.
    pub(crate) fn admit(&self, link: &Arc<Link>) -> Result<Option<Arc<Link>>, ConnectError> {
        let mut links = self.links.write();
        if links.stopping {
            return Err(ConnectError::Stopping);
        }
        if let Some(old) = links.by_peer.get(&link.peer) {
            let replaces = match self.decides(&link.peer) {
                true => supersedes(link, old),
                false => link.remote.instance != old.remote.instance || link.number > old.number,
            };
            if !replaces {
                return Err(ConnectError::Duplicate);
            }
        }
        let old = links.by_peer.insert(link.peer, Arc::clone(link));
        if let Some(pinned) = self.pinned(&link.peer) {
            *pinned.error.lock() = None;
            pinned.up.send_replace(true);
        }
        Ok(old)
    }

    /// Forgets a connection that ended.
    pub(crate) fn remove(&self, link: &Arc<Link>) {
        let mut links = self.links.write();
        let is_current = links.by_peer.get(&link.peer).is_some_and(|held| Arc::ptr_eq(held, link));
        if is_current {
            links.by_peer.remove(&link.peer);
        }
        let Some(pinned) = self.pinned(&link.peer) else { return };
        pinned.lost.fetch_add(1, Ordering::AcqRel);
        if link.started.elapsed() >= self.stable {
            pinned.attempts.store(0, Ordering::Release);
        }
        if is_current {
            pinned.up.send_replace(false);
        }
    }

    /// Closes every connection, and admits no more.
    pub(crate) fn stop(&self) {
        let mut links = self.links.write();
        links.stopping = true;
        for link in links.by_peer.values() {
            link.close(DisconnectReason::Stopping);
        }
    }

    /// Reserves a place for an inbound peer that is not pinned.
    pub(crate) fn unknown_slot(&self, peer: PeerId) -> Result<UnknownSlot, ConnectError> {
        let mut held = self.unknown.held.lock();
        let peers_max = self.unknown.peers_max;
        if !held.contains_key(&peer) && held.len() >= peers_max {
            return Err(ConnectError::TooManyUnknown { peers_max });
        }
        *held.entry(peer).or_insert(0) += 1;
        Ok(UnknownSlot { peer, slots: Arc::clone(&self.unknown) })
    }
}

/// Whether the node that decides should let `new` take the place of `old`, which seems alive.
/// It should when the peer can no longer have `old`: the peer restarted, or says that it lost a
/// connection since, or the side that dialled `old` dialled again. Otherwise both dialled at once.
fn supersedes(new: &Link, old: &Link) -> bool {
    new.remote.instance != old.remote.instance
        || new.remote.lost > old.remote.lost
        || new.direction == old.direction
}

/// Places for peers that are not pinned: one an identity, however many connections it opens.
#[derive(Debug)]
struct UnknownSlots {
    peers_max: usize,
    held: Mutex<HashMap<PeerId, usize>>,
}

/// A place, given back when dropped.
#[derive(Debug)]
pub(crate) struct UnknownSlot {
    peer: PeerId,
    slots: Arc<UnknownSlots>,
}

impl Drop for UnknownSlot {
    fn drop(&mut self) {
        let mut held = self.slots.held.lock();
        if let Some(count) = held.get_mut(&self.peer) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.peer);
            }
        }
    }
}

#[cfg(test)]
#[path = "registry_tests.rs"]
mod tests;
