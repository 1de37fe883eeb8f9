//! From a TLS connection to an admitted link: who is there, on which chain, and is there room.
//!
//! Both sides send a hello. Then the node with the lower id accepts the connection as the pair's
//! one, or says why not; the other waits for its word.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use kaldrix_types::{PublicKey, committee};
use tokio::io::BufReader;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};

use crate::error::ConnectError;
use crate::frame::{BUFFER_BYTES, Frame, FrameError, FrameReader, FrameWriter, Goodbye, Hello};
use crate::link::{Admitted, Link, Proven, Reader, Stream, Writer};
use crate::peer::Direction;
use crate::registry::UnknownSlot;
use crate::shared::Shared;
use crate::tls;

/// Proves identities over a fresh TCP connection that a peer opened.
pub(crate) async fn accept(
    shared: &Shared,
    tcp: TcpStream,
    address: SocketAddr,
) -> Result<Admitted, ConnectError> {
    let deadline = Deadline::start(shared);
    let handshake = shared.tls.acceptor().accept(buffered(tcp));
    let stream = deadline.tls(handshake).await?;
    greet(shared, stream.into(), (address, Direction::Inbound), &deadline).await
}

/// Proves identities over a fresh TCP connection to the peer that holds `expected`.
pub(crate) async fn connect(
    shared: &Shared,
    tcp: TcpStream,
    address: SocketAddr,
    expected: &PublicKey,
) -> Result<Admitted, ConnectError> {
    let deadline = Deadline::start(shared);
    let connector = shared.tls.connector(expected.clone());
    let connector = connector.map_err(|error| ConnectError::Tls { reason: error.to_string() })?;
    let handshake = connector.connect(tls::server_name(), buffered(tcp));
    let stream = deadline.tls(handshake).await?;
    greet(shared, stream.into(), (address, Direction::Outbound), &deadline).await
}

fn buffered(tcp: TcpStream) -> BufReader<TcpStream> {
    // Small frames must leave at once; they are gathered before they reach the socket. On failure
    // the connection works, only slower.
    let _ = tcp.set_nodelay(true);
    BufReader::with_capacity(BUFFER_BYTES, tcp)
}

/// One time limit for the whole handshake.
struct Deadline {
    at: Instant,
    after_ms: u64,
}

impl Deadline {
    fn start(shared: &Shared) -> Self {
        let after_ms = shared.limits.handshake_ms_max;
        Self { at: Instant::now() + Duration::from_millis(after_ms), after_ms }
    }

    async fn limit<T>(&self, step: impl Future<Output = T>) -> Result<T, ConnectError> {
        let after_ms = self.after_ms;
        timeout_at(self.at, step).await.map_err(|_| ConnectError::TimedOut { after_ms })
    }

    async fn tls<T>(
        &self,
        handshake: impl Future<Output = std::io::Result<T>>,
    ) -> Result<T, ConnectError> {
        self.limit(handshake).await?.map_err(|error| tls::handshake_error(&error))
    }
}

async fn greet(
    shared: &Shared,
    stream: Stream,
    origin: (SocketAddr, Direction),
    deadline: &Deadline,
) -> Result<Admitted, ConnectError> {
    let (public_key, session) = tls::inspect(stream.get_ref().1)?;
    let (address, direction) = origin;
    let (read_half, write_half) = tokio::io::split(stream);
    let limits = &shared.limits;
    let mut greeting = Greeting {
        shared,
        deadline,
        reader: FrameReader::new(read_half, HANDSHAKE_FRAME_BYTES_MAX, limits.idle_ms_max),
        writer: FrameWriter::new(write_half, limits.idle_ms_max),
    };
    let remote = greeting.exchange_hellos(&public_key).await?;
    let slot = match greeting.check(&public_key, &remote) {
        Ok(slot) => slot,
        Err(error) => return Err(greeting.refuse(error).await),
    };
    greeting.settle(Proven { public_key, address, direction, session, remote, slot }).await
}

/// Of the frames before a link is admitted: strangers get no larger buffer.
const HANDSHAKE_FRAME_BYTES_MAX: usize = 256;

struct Greeting<'a> {
    shared: &'a Shared,
    deadline: &'a Deadline,
    reader: Reader,
    writer: Writer,
}

impl Greeting<'_> {
    async fn exchange_hellos(&mut self, public_key: &PublicKey) -> Result<Hello, ConnectError> {
        let hello = Frame::Hello(self.shared.hello(&committee::peer_id(public_key)));
        self.deadline.limit(self.writer.send(&hello)).await??;
        match self.deadline.limit(self.reader.next()).await?? {
            Frame::Hello(hello) => Ok(hello),
            Frame::Goodbye(goodbye) => Err(ConnectError::Refused(goodbye)),
            frame => {
                let found = frame.name();
                Err(self.refuse(ConnectError::OutOfTurn { expected: "hello", found }).await)
            }
        }
    }

    fn check(
        &self,
        public_key: &PublicKey,
        remote: &Hello,
    ) -> Result<Option<UnknownSlot>, ConnectError> {
        let peer = committee::peer_id(public_key);
        if peer == self.shared.local {
            return Err(ConnectError::Itself);
        }
        let (ours, theirs) = (self.shared.chain_id, remote.chain_id);
        if ours != theirs {
            return Err(ConnectError::WrongChain { ours, theirs });
        }
        if self.shared.registry.pinned(&peer).is_some() {
            return Ok(None);
        }
        self.shared.registry.unknown_slot(peer).map(Some)
    }

    /// Agrees with the peer that this connection is the pair's one.
    async fn settle(mut self, proven: Proven) -> Result<Admitted, ConnectError> {
        let shared = self.shared;
        let peer = committee::peer_id(&proven.public_key);
        let decides = shared.registry.decides(&peer);
        let number = match decides {
            true => shared.link_numbers.fetch_add(1, Ordering::Relaxed),
            false => self.await_acceptance().await?,
        };
        let link = Arc::new(Link::new(proven, number, &shared.limits));
        let replaced = match shared.registry.admit(&link) {
            Ok(replaced) => replaced,
            Err(error) => return Err(self.refuse(error).await),
        };
        if decides {
            // A failure here meets the running link again, which reports it.
            let _ = self.deadline.limit(self.writer.send(&Frame::Accept(number))).await;
        }
        self.reader.set_frame_bytes_max(shared.limits.frame_bytes_max);
        Ok(Admitted { link, reader: self.reader, writer: self.writer, replaced })
    }

    async fn await_acceptance(&mut self) -> Result<u64, ConnectError> {
        match self.deadline.limit(self.reader.next()).await?? {
            Frame::Accept(number) => Ok(number),
            Frame::Goodbye(goodbye) => Err(ConnectError::Refused(goodbye)),
            frame => {
                let found = frame.name();
                Err(self.refuse(ConnectError::OutOfTurn { expected: "accept", found }).await)
            }
        }
    }

    /// Tells the peer why this connection will not be, and gives the reason back.
    async fn refuse(&mut self, error: ConnectError) -> ConnectError {
        let goodbye = match &error {
            ConnectError::WrongChain { .. } => Goodbye::WrongChain,
            ConnectError::Itself => Goodbye::Itself,
            ConnectError::TooManyUnknown { .. } => Goodbye::TooManyUnknown,
            ConnectError::Duplicate => Goodbye::Duplicate,
            ConnectError::Stopping => Goodbye::Stopping,
            _ => Goodbye::Protocol,
        };
        let farewell = async {
            self.writer.send(&Frame::Goodbye(goodbye)).await?;
            self.writer.shutdown().await?;
            self.reader.drain().await;
            Ok::<(), FrameError>(())
        };
        // The peer may be gone already; then there is no one to tell.
        let _ = timeout(Duration::from_millis(self.shared.limits.close_ms_max), farewell).await;
        error
    }
}
