//! What the transport tells the node about its peers: events, and a view for people and metrics.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use kaldrix_types::{PeerId, PublicKey};

use crate::error::{ConnectError, DisconnectReason};

/// What happened on the network. Of one peer's connection, `Connected` comes first, its frames in
/// the order sent, `Disconnected` last, and only then the next `Connected`.
#[derive(Debug)]
pub enum Event {
    /// The peer proved its identity and is on this chain. Frames may be sent to it.
    Connected { peer: PeerId, public_key: PublicKey, address: SocketAddr, direction: Direction },
    /// The connection is gone, with it all frames that were not yet delivered.
    Disconnected { peer: PeerId, reason: DisconnectReason },
    /// A frame, its meaning unknown to the transport.
    Frame { peer: PeerId, bytes: Bytes },
    /// A pinned peer was dialled in vain; the next dial follows by itself.
    DialFailed { peer: PeerId, address: String, error: ConnectError },
}

/// Who opened the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    Inbound,
    Outbound,
}

impl Direction {
    pub fn name(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
        }
    }
}

/// What TLS agreed on, in the names of the TLS library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Always `TLSv1_3`.
    pub protocol: String,
    /// Always `X25519MLKEM768`.
    pub key_exchange: String,
    pub cipher_suite: String,
}

/// A peer that is pinned, connected, or both.
#[derive(Debug, Clone)]
pub struct PeerInfo {
    pub peer: PeerId,
    pub public_key: PublicKey,
    pub pinned: bool,
    /// Where a pinned peer is dialled, `host:port`.
    pub dial_address: Option<String>,
    /// Dials since the last stable connection.
    pub dial_attempts: u32,
    /// Why the last dial failed; none once connected.
    pub dial_error: Option<String>,
    pub connection: Option<ConnectionInfo>,
}

/// A living connection. Counts are of this connection and of frames' payloads.
#[derive(Debug, Clone)]
pub struct ConnectionInfo {
    pub address: SocketAddr,
    pub direction: Direction,
    pub session: Session,
    pub connected_since: SystemTime,
    /// Of the latest ping; none before the first answer.
    pub round_trip: Option<Duration>,
    pub bytes_in: u64,
    pub bytes_out: u64,
    pub frames_in: u64,
    pub frames_out: u64,
    /// Frames that found the queue full.
    pub frames_dropped: u64,
    pub queue_frames: usize,
    pub queue_bytes: usize,
}

/// Counts since the start, over all connections there were; they only rise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    pub bytes_in: u64,
    pub bytes_out: u64,
    pub frames_in: u64,
    pub frames_out: u64,
    pub frames_dropped: u64,
    pub connections: u64,
    /// Inbound connections that did not get through the handshake.
    pub inbound_refused: u64,
    pub dials_failed: u64,
}
