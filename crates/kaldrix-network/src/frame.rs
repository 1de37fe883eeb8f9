//! Frames on a proven connection: a 4-byte big-endian payload length, a kind byte, the payload.
//!
//! A length is checked before anything is allocated for it. Every wait is bounded by progress:
//! a peer may be slow, never silent.

use std::io;
use std::time::Duration;

use borsh::{BorshDeserialize, BorshSerialize};
use bytes::{BufMut, Bytes, BytesMut};
use kaldrix_types::ChainId;
use kaldrix_types::encoding::{Canonical, from_bytes, to_bytes};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, BufWriter};
use tokio::time::timeout;

/// Of the length and the kind.
pub(crate) const HEADER_BYTES: usize = 5;
/// Small frames are gathered up to this much for one write, and cut from one read.
pub(crate) const BUFFER_BYTES: usize = 64 * 1024;

const HELLO: u8 = 1;
const ACCEPT: u8 = 2;
const DATA: u8 = 3;
const PING: u8 = 4;
const PONG: u8 = 5;
const GOODBYE: u8 = 6;

/// Why reading or writing frames ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    #[error("the peer closed the connection")]
    Closed,
    #[error("the connection closed within a frame")]
    Truncated,
    #[error("a frame of {bytes} bytes exceeds the limit of {bytes_max}")]
    TooLarge { bytes: usize, bytes_max: usize },
    #[error("frame kind {kind} is unknown")]
    UnknownKind { kind: u8 },
    #[error("a {kind} frame is malformed: {reason}")]
    Malformed { kind: &'static str, reason: String },
    #[error("the peer did not move for {after_ms} ms")]
    Idle { after_ms: u64 },
    #[error("the connection broke: {reason}")]
    Io { reason: String },
}

impl FrameError {
    /// What to tell the peer, if it may still listen.
    pub(crate) fn farewell(&self) -> Option<Goodbye> {
        match self {
            Self::TooLarge { .. } | Self::UnknownKind { .. } | Self::Malformed { .. } => {
                Some(Goodbye::Protocol)
            }
            Self::Idle { .. } => Some(Goodbye::Idle),
            Self::Closed | Self::Truncated | Self::Io { .. } => None,
        }
    }
}

/// Why a node closes a connection, as told to its peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Goodbye {
    #[error("it is stopping")]
    Stopping,
    #[error("it is on another chain; compare the genesis files")]
    WrongChain,
    #[error("the two nodes are connected already")]
    Duplicate,
    #[error("a newer connection took over")]
    Replaced,
    #[error("it has no room for more unknown peers; ask its operator to pin this node's key")]
    TooManyUnknown,
    #[error("it has the same key as this node; give each node its own network key")]
    Itself,
    #[error("it received a frame that breaks the protocol; compare versions and limits")]
    Protocol,
    #[error("this node did not move for too long")]
    Idle,
    #[error("for a reason of a later version ({0})")]
    Other(u8),
}

impl Goodbye {
    const CODES: [(u8, Self); 8] = [
        (1, Self::Stopping),
        (2, Self::WrongChain),
        (3, Self::Duplicate),
        (4, Self::Replaced),
        (5, Self::TooManyUnknown),
        (6, Self::Itself),
        (7, Self::Protocol),
        (8, Self::Idle),
    ];

    fn code(self) -> u8 {
        if let Self::Other(code) = self {
            return code;
        }
        Self::CODES.iter().find(|(_, known)| *known == self).map_or(0, |(code, _)| *code)
    }

    fn from_code(code: u8) -> Self {
        Self::CODES.iter().find(|(known, _)| *known == code).map_or(Self::Other(code), |(_, g)| *g)
    }
}

/// The first frame of both sides.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Hello {
    pub chain_id: ChainId,
    /// Random at each start of the node, so that a restart shows.
    pub instance: u64,
    /// How many connections with this peer the sender has seen end.
    pub lost: u64,
    /// The longest frame the sender takes.
    pub frame_bytes_max: u32,
}

impl Canonical for Hello {
    const NAME: &'static str = "hello";
    const ENCODED_BYTES_MAX: usize = 1 + 32 + 8 + 8 + 4;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    Hello(Hello),
    /// The node with the lower id takes this connection as the pair's one, and numbers it.
    Accept(u64),
    Data(Bytes),
    Ping(u64),
    Pong(u64),
    Goodbye(Goodbye),
}

impl Frame {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Hello(_) => "hello",
            Self::Accept(_) => "accept",
            Self::Data(_) => "data",
            Self::Ping(_) => "ping",
            Self::Pong(_) => "pong",
            Self::Goodbye(_) => "goodbye",
        }
    }

    fn kind(&self) -> u8 {
        match self {
            Self::Hello(_) => HELLO,
            Self::Accept(_) => ACCEPT,
            Self::Data(_) => DATA,
            Self::Ping(_) => PING,
            Self::Pong(_) => PONG,
            Self::Goodbye(_) => GOODBYE,
        }
    }

    fn payload(&self) -> Bytes {
        match self {
            Self::Hello(hello) => to_bytes(hello).into(),
            Self::Data(bytes) => bytes.clone(),
            Self::Accept(n) | Self::Ping(n) | Self::Pong(n) => {
                Bytes::copy_from_slice(&n.to_be_bytes())
            }
            Self::Goodbye(goodbye) => Bytes::copy_from_slice(&[goodbye.code()]),
        }
    }

    fn decode(kind: u8, payload: Bytes) -> Result<Self, FrameError> {
        Ok(match kind {
            HELLO => Self::Hello(from_bytes(&payload).map_err(|error| FrameError::Malformed {
                kind: "hello",
                reason: error.to_string(),
            })?),
            ACCEPT => Self::Accept(u64::from_be_bytes(fixed("accept", &payload)?)),
            DATA => Self::Data(payload),
            PING => Self::Ping(u64::from_be_bytes(fixed("ping", &payload)?)),
            PONG => Self::Pong(u64::from_be_bytes(fixed("pong", &payload)?)),
            GOODBYE => {
                let [code] = fixed("goodbye", &payload)?;
                Self::Goodbye(Goodbye::from_code(code))
            }
            _ => return Err(FrameError::UnknownKind { kind }),
        })
    }
}

fn fixed<const N: usize>(kind: &'static str, payload: &[u8]) -> Result<[u8; N], FrameError> {
    payload.try_into().map_err(|_| FrameError::Malformed {
        kind,
        reason: format!("{} bytes, expected {N}", payload.len()),
    })
}

fn io_error(error: &io::Error) -> FrameError {
    FrameError::Io { reason: error.to_string() }
}

/// Reads frames. Not cancel-safe: a dropped read leaves the stream within a frame.
#[derive(Debug)]
pub struct FrameReader<R> {
    inner: BufReader<R>,
    frame_bytes_max: usize,
    idle_ms_max: u64,
}

impl<R: AsyncRead + Unpin> FrameReader<R> {
    pub fn new(inner: R, frame_bytes_max: usize, idle_ms_max: u64) -> Self {
        let inner = BufReader::with_capacity(BUFFER_BYTES, inner);
        Self { inner, frame_bytes_max, idle_ms_max }
    }

    pub(crate) fn set_frame_bytes_max(&mut self, frame_bytes_max: usize) {
        self.frame_bytes_max = frame_bytes_max;
    }

    pub async fn next(&mut self) -> Result<Frame, FrameError> {
        let mut header = [0; HEADER_BYTES];
        let mut unread = &mut header[..];
        while !unread.is_empty() {
            if self.read_some(&mut unread).await? == 0 {
                let nothing_read = unread.len() == HEADER_BYTES;
                return Err(if nothing_read { FrameError::Closed } else { FrameError::Truncated });
            }
        }
        let [a, b, c, d, kind] = header;
        let bytes = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX);
        if bytes > self.frame_bytes_max {
            return Err(FrameError::TooLarge { bytes, bytes_max: self.frame_bytes_max });
        }
        let mut payload = BytesMut::with_capacity(bytes);
        while payload.len() < bytes {
            let missing = bytes - payload.len();
            if self.read_some(&mut (&mut payload).limit(missing)).await? == 0 {
                return Err(FrameError::Truncated);
            }
        }
        Frame::decode(kind, payload.freeze())
    }

    /// Reads what there is; 0 at the end of the stream.
    async fn read_some<B: BufMut>(&mut self, into: &mut B) -> Result<usize, FrameError> {
        let limit = Duration::from_millis(self.idle_ms_max);
        match timeout(limit, self.inner.read_buf(into)).await {
            Err(_) => Err(FrameError::Idle { after_ms: self.idle_ms_max }),
            Ok(Ok(count)) => Ok(count),
            // TCP ended without TLS saying so: a crash, or an attacker who cut the line.
            Ok(Err(error)) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(0),
            Ok(Err(error)) => Err(io_error(&error)),
        }
    }

    /// Reads and forgets until the peer closes, so that closing this end does not reset the
    /// connection under a farewell still in flight. The caller bounds the time.
    pub(crate) async fn drain(&mut self) {
        let mut sink = [0; 4096];
        while matches!(self.inner.read(&mut sink).await, Ok(count) if count > 0) {}
    }
}

/// Gathers frames and writes them.
#[derive(Debug)]
pub struct FrameWriter<W> {
    inner: BufWriter<W>,
    idle_ms_max: u64,
}

impl<W: AsyncWrite + Unpin> FrameWriter<W> {
    pub fn new(inner: W, idle_ms_max: u64) -> Self {
        Self { inner: BufWriter::with_capacity(BUFFER_BYTES, inner), idle_ms_max }
    }

    /// Buffers a frame; [`FrameWriter::flush`] sends it.
    pub async fn write(&mut self, frame: &Frame) -> Result<(), FrameError> {
        let payload = frame.payload();
        let Ok(length) = u32::try_from(payload.len()) else {
            return Err(FrameError::TooLarge {
                bytes: payload.len(),
                bytes_max: u32::MAX as usize,
            });
        };
        let [a, b, c, d] = length.to_be_bytes();
        self.write_all(&[a, b, c, d, frame.kind()]).await?;
        self.write_all(&payload).await
    }

    async fn write_all(&mut self, mut bytes: &[u8]) -> Result<(), FrameError> {
        let limit = Duration::from_millis(self.idle_ms_max);
        while !bytes.is_empty() {
            let written = timeout(limit, self.inner.write(bytes)).await;
            match written.map_err(|_| FrameError::Idle { after_ms: self.idle_ms_max })? {
                Ok(0) => return Err(FrameError::Closed),
                Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
                Err(error) => return Err(io_error(&error)),
            }
        }
        Ok(())
    }

    pub async fn flush(&mut self) -> Result<(), FrameError> {
        let limit = Duration::from_millis(self.idle_ms_max);
        let flushed = timeout(limit, self.inner.flush()).await;
        let flushed = flushed.map_err(|_| FrameError::Idle { after_ms: self.idle_ms_max })?;
        flushed.map_err(|error| io_error(&error))
    }

    pub(crate) async fn send(&mut self, frame: &Frame) -> Result<(), FrameError> {
        self.write(frame).await?;
        self.flush().await
    }

    /// Sends what is gathered and says, within TLS and TCP, that nothing follows.
    pub(crate) async fn shutdown(&mut self) -> Result<(), FrameError> {
        self.inner.shutdown().await.map_err(|error| io_error(&error))
    }
}

#[cfg(test)]
#[path = "frame_tests.rs"]
mod tests;
