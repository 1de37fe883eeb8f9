//! The post-quantum transport between nodes: opaque frames between proven identities.
//!
//! TCP, TLS 1.3 with X25519MLKEM768 alone, both sides proving themselves by ML-DSA-65 raw public
//! keys (RFC 7250). Pinned peers are dialled again and again; a bounded number of unknown ones may
//! connect. [`Network::send`] never waits: a frame that finds its queue full is dropped and
//! counted. A node slow to take [`Events`] slows its peers down and loses nothing.
//!
//! The crate knows nothing of blocks, votes or committees, never falls back to classical
//! cryptography, and holds no bound without a name in [`Limits`].

mod config;
mod dial;
mod error;
mod events;
pub mod frame;
mod handshake;
mod link;
mod listen;
mod network;
mod peer;
mod queue;
mod rate;
mod registry;
mod shared;
mod spki;
mod tls;

pub use config::{Config, Limits, PinnedPeer};
pub use error::{ConnectError, DisconnectReason, Error, SendError};
pub use events::Events;
pub use frame::{FrameError, Goodbye};
pub use network::Network;
pub use peer::{ConnectionInfo, Direction, Event, PeerInfo, Session, Totals};
