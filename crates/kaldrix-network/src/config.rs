//! What a node tells its transport: who it is, where it listens, whom it dials, and every limit.

use std::net::SocketAddr;
use std::sync::Arc;

use kaldrix_crypto::Signer;
use kaldrix_types::{ChainId, PeerId, PublicKey};

use crate::error::Error;

/// Everything [`Network::start`](crate::Network::start) needs.
#[derive(Debug, Clone)]
pub struct Config {
    /// The node's network key, ML-DSA-65.
    pub identity: Arc<dyn Signer>,
    /// A peer on another chain is refused.
    pub chain_id: ChainId,
    /// Port 0 lets the system choose; [`Network::address`](crate::Network::address) tells.
    pub listen: SocketAddr,
    /// The peers to know by key, each at most once, this node not among them.
    pub pinned: Vec<PinnedPeer>,
    pub limits: Limits,
}

/// A peer known by its key before it connects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinnedPeer {
    /// The ML-DSA-65 key it must prove to hold.
    pub public_key: PublicKey,
    /// `host:port`, resolved anew at each dial. Without one the peer is awaited, not dialled.
    pub address: Option<String>,
}

impl PinnedPeer {
    pub fn peer_id(&self) -> PeerId {
        kaldrix_types::committee::peer_id(&self.public_key)
    }
}

/// Every bound of the transport. Times are milliseconds, rates are per peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The longest frame that is sent or received.
    pub frame_bytes_max: usize,
    /// Identities connected inbound that are not pinned.
    pub peers_unknown_max: usize,
    /// Inbound connections that have not yet proven who they are. Further ones wait in the
    /// system's backlog.
    pub handshakes_inbound_max: usize,
    /// Frames waiting to be sent to one peer. A full queue drops the new frame.
    pub queue_frames_max: usize,
    /// Bytes waiting to be sent to one peer.
    pub queue_bytes_max: usize,
    /// Events waiting for the node. When full, sockets are not read.
    pub events_max: usize,
    /// Bytes of received frames waiting for the node, all peers together.
    pub events_bytes_max: usize,
    /// From the TCP connection to the last frame of the handshake.
    pub handshake_ms_max: u64,
    /// Between pings.
    pub keepalive_ms: u64,
    /// A peer from which no byte came, or which took no byte of a pending frame, is dropped.
    pub idle_ms_max: u64,
    /// Farewells when closing: what is queued, the reason, the peer's own close.
    pub close_ms_max: u64,
    /// Above this, a peer is read more slowly (nothing is dropped).
    pub receive_bytes_per_s: u64,
    /// Above this, a peer is read more slowly (nothing is dropped).
    pub receive_frames_per_s: u64,
    /// Before the first repeated dial; doubles with each failure, with jitter.
    pub reconnect_ms_min: u64,
    /// The longest pause between dials.
    pub reconnect_ms_max: u64,
    /// A connection that lived this long resets the back-off.
    pub stable_ms_min: u64,
}

impl Default for Limits {
    fn default() -> Self {
        const MIB: usize = 1024 * 1024;
        Self {
            frame_bytes_max: 8 * MIB,
            peers_unknown_max: 64,
            handshakes_inbound_max: 64,
            queue_frames_max: 16_384,
            queue_bytes_max: 64 * MIB,
            events_max: 4_096,
            events_bytes_max: 64 * MIB,
            handshake_ms_max: 5_000,
            keepalive_ms: 5_000,
            idle_ms_max: 20_000,
            close_ms_max: 1_000,
            receive_bytes_per_s: 128 * MIB as u64,
            receive_frames_per_s: 50_000,
            reconnect_ms_min: 100,
            reconnect_ms_max: 10_000,
            stable_ms_min: 5_000,
        }
    }
}

impl Limits {
    /// Refuses limits under which nothing could work, naming the one that is wrong.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let wrong = |limit, reason| Err(Error::Limit { limit, reason });
        for (limit, value) in [
            ("handshakes_inbound_max", self.handshakes_inbound_max as u64),
            ("queue_frames_max", self.queue_frames_max as u64),
            ("events_max", self.events_max as u64),
            ("handshake_ms_max", self.handshake_ms_max),
            ("keepalive_ms", self.keepalive_ms),
            ("close_ms_max", self.close_ms_max),
            ("receive_frames_per_s", self.receive_frames_per_s),
            ("reconnect_ms_min", self.reconnect_ms_min),
        ] {
            if value == 0 {
                return wrong(limit, "it must be at least 1");
            }
        }
        if self.frame_bytes_max < FRAME_BYTES_MAX_MIN || self.frame_bytes_max > FRAME_BYTES_MAX_MAX
        {
            return wrong("frame_bytes_max", "it must be from 1 KiB to 256 MiB");
        }
        if self.queue_bytes_max < self.frame_bytes_max {
            return wrong("queue_bytes_max", "it must be at least frame_bytes_max");
        }
        if self.events_bytes_max < self.frame_bytes_max {
            return wrong("events_bytes_max", "it must be at least frame_bytes_max");
        }
        if self.receive_bytes_per_s < self.frame_bytes_max as u64 {
            return wrong("receive_bytes_per_s", "it must be at least frame_bytes_max");
        }
        if self.idle_ms_max <= self.keepalive_ms {
            return wrong("idle_ms_max", "it must exceed keepalive_ms");
        }
        if self.reconnect_ms_max < self.reconnect_ms_min {
            return wrong("reconnect_ms_max", "it must be at least reconnect_ms_min");
        }
        Ok(())
    }
}

/// A frame of the handshake must fit.
const FRAME_BYTES_MAX_MIN: usize = 1024;
const FRAME_BYTES_MAX_MAX: usize = 256 * 1024 * 1024;
