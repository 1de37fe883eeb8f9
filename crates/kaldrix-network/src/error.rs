//! Everything that can go wrong, with its evidence and what to do next.

use std::io;
use std::net::SocketAddr;

use kaldrix_types::{ChainId, PeerId, Scheme};

use crate::frame::{FrameError, Goodbye};

/// Why the transport did not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "cannot listen on {address}: {source}; stop the program that uses it (`ss -ltnp` lists \
         them) or choose another listen address"
    )]
    Bind { address: SocketAddr, source: io::Error },
    #[error("the limit {limit} is wrong: {reason}")]
    Limit { limit: &'static str, reason: &'static str },
    #[error("the network key is of scheme {scheme}, but nodes prove themselves with ml-dsa-65")]
    IdentityScheme { scheme: Scheme },
    #[error(
        "the pinned peer {peer} has a key of scheme {scheme}, but nodes prove themselves with \
         ml-dsa-65; correct its key"
    )]
    PinnedScheme { peer: PeerId, scheme: Scheme },
    #[error("the pinned peer {peer} is this node itself; remove it from the pinned peers")]
    PinnedItself { peer: PeerId },
    #[error("the peer {peer} is pinned twice; keep one entry")]
    PinnedTwice { peer: PeerId },
    #[error("the random number generator failed; check the operating system")]
    Random(#[from] kaldrix_crypto::RandomError),
    #[error("tls cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
}

/// Why a frame was not queued. The frame is gone; the caller decides whether it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    #[error("peer {peer} is not connected")]
    NotConnected { peer: PeerId },
    #[error("the queue to peer {peer} is full: {frames} frames, {bytes} bytes; frame dropped")]
    QueueFull { peer: PeerId, frames: usize, bytes: usize },
    #[error("a frame of {bytes} bytes exceeds the limit of {bytes_max} with peer {peer}")]
    FrameTooLarge { peer: PeerId, bytes: usize, bytes_max: usize },
}

/// Why a connection did not come about.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error("cannot resolve {address}: {source}; check the name and the port")]
    Resolve { address: String, source: io::Error },
    #[error("{address} resolves to no address; check the name")]
    NoAddress { address: String },
    #[error("cannot reach {address}: {source}; check that the node runs and is not firewalled")]
    Unreachable { address: SocketAddr, source: io::Error },
    #[error("the handshake did not finish within {after_ms} ms")]
    TimedOut { after_ms: u64 },
    #[error("the tls handshake failed: {reason}; check that the address is a node of this network")]
    Tls { reason: String },
    #[error(
        "the peer proved to be {found}, not the pinned {expected}; correct its key or its address"
    )]
    WrongIdentity { expected: PeerId, found: PeerId },
    #[error("tls agreed on {found}, but {expected} is required; upgrade the peer")]
    Negotiated { expected: &'static str, found: String },
    #[error("the peer is on chain {theirs}, this node on {ours}; compare the genesis files")]
    WrongChain { ours: ChainId, theirs: ChainId },
    #[error("the peer has this node's own key; give each node its own network key")]
    Itself,
    #[error("{peers_max} unknown peers are connected already; raise peers_unknown_max or pin it")]
    TooManyUnknown { peers_max: usize },
    #[error("the pair of nodes is connected already")]
    Duplicate,
    #[error("the peer refused: {0}")]
    Refused(Goodbye),
    #[error("the peer sent {found} where the handshake expects {expected}")]
    OutOfTurn { expected: &'static str, found: &'static str },
    #[error("the connection was lost in the handshake: {0}")]
    Lost(#[from] FrameError),
    #[error("this node is stopping")]
    Stopping,
}

/// Why a connection ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DisconnectReason {
    #[error("the peer said goodbye: {0}")]
    Goodbye(Goodbye),
    #[error(transparent)]
    Frame(#[from] FrameError),
    #[error("the peer sent a {found} frame, which belongs to the handshake")]
    OutOfTurn { found: &'static str },
    #[error(
        "a newer connection of the same identity took over; if this repeats, two nodes share a key"
    )]
    Replaced,
    #[error("this node is stopping")]
    Stopping,
}
