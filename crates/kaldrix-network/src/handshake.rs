//! From a TLS connection to an admitted link: who is there, on which chain, and is there room.
//!
//! Both sides send a hello. Then the node with the lower id accepts the connection as the pair's
//! one, or says why not; the other waits for its word.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use kaldrix_types::{PeerId, PublicKey, committee};
use tokio::io::BufReader;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};

use crate::error::ConnectError;
use crate::frame::{BUFFER_BYTES, Frame, FrameError, FrameReader, FrameWriter, Goodbye};
use crate::link::{Admitted, Link, Proven, Reader, Stream, Writer};
use crate::peer::{Direction, Session};
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
    let (read_half, write_half) = tokio::io::split(stream);
    let idle_ms_max = shared.limits.idle_ms_max;
    let mut greeting = Greeting {
        shared,
        deadline,
        peer: committee::peer_id(&public_key),
        reader: FrameReader::new(read_half, HANDSHAKE_FRAME_BYTES_MAX, idle_ms_max),
        writer: FrameWriter::new(write_half, idle_ms_max),
    };
    match greeting.agree(public_key, session, origin).await {
        Ok((link, replaced)) => {
            let Greeting { mut reader, writer, .. } = greeting;
            reader.set_frame_bytes_max(shared.limits.frame_bytes_max);
            Ok(Admitted { link, reader, writer, replaced })
        }
        Err(error) => {
            greeting.say_why(&error).await;
            Err(error)
        }
    }
}

/// Of the frames before a link is admitted: strangers get no larger buffer.
const HANDSHAKE_FRAME_BYTES_MAX: usize = 256;

struct Greeting<'a> {
    shared: &'a Shared,
    deadline: &'a Deadline,
    peer: PeerId,
    reader: Reader,
    writer: Writer,
}

impl Greeting<'_> {
    /// The admitted link, and the one that it replaces.
    async fn agree(
        &mut self,
        public_key: PublicKey,
        session: Session,
        (address, direction): (SocketAddr, Direction),
    ) -> Result<(Arc<Link>, Option<Arc<Link>>), ConnectError> {
        // Before the hello: to a peer that decides, our hello means that it may come in.
        let slot = self.take_place()?;
        let hello = Frame::Hello(self.shared.hello(&self.peer));
        self.deadline.limit(self.writer.send(&hello)).await??;
        let remote = match self.read().await? {
            Frame::Hello(hello) => hello,
            frame => return Err(out_of_turn("hello", &frame)),
        };
        let (ours, theirs) = (self.shared.chain_id, remote.chain_id);
        if ours != theirs {
            return Err(ConnectError::WrongChain { ours, theirs });
        }
        let decides = self.shared.registry.decides(&self.peer);
        let number = if decides {
            self.shared.link_numbers.fetch_add(1, Ordering::Relaxed)
        } else {
            match self.read().await? {
                Frame::Accept(number) => number,
                frame => return Err(out_of_turn("accept", &frame)),
            }
        };
        let proven = Proven { public_key, address, direction, session, remote, slot };
        let link = Arc::new(Link::new(proven, number, &self.shared.limits));
        let replaced = self.shared.registry.admit(&link)?;
        if decides {
            // A failure here meets the running link again, which reports it.
            let _ = self.deadline.limit(self.writer.send(&Frame::Accept(number))).await;
        }
        Ok((link, replaced))
    }

    /// The next frame, unless it is a refusal.
    async fn read(&mut self) -> Result<Frame, ConnectError> {
        match self.deadline.limit(self.reader.next()).await?? {
            Frame::Goodbye(goodbye) => Err(ConnectError::Refused(goodbye)),
            frame => Ok(frame),
        }
    }

    /// Whether this identity may enter, and the place that it takes if it is not pinned.
    fn take_place(&self) -> Result<Option<UnknownSlot>, ConnectError> {
        if self.peer == self.shared.local {
            return Err(ConnectError::Itself);
        }
        if self.shared.registry.pinned(&self.peer).is_some() {
            return Ok(None);
        }
        self.shared.registry.unknown_slot(self.peer).map(Some)
    }

    /// Tells the peer why this connection will not be, if there is something to tell.
    async fn say_why(&mut self, error: &ConnectError) {
        let Some(goodbye) = farewell_of(error) else { return };
        let farewell = async {
            self.writer.send(&Frame::Goodbye(goodbye)).await?;
            self.writer.shutdown().await?;
            self.reader.drain().await;
            Ok::<(), FrameError>(())
        };
        // The peer may be gone already; then there is no one to tell.
        let _ = timeout(Duration::from_millis(self.shared.limits.close_ms_max), farewell).await;
    }
}

fn out_of_turn(expected: &'static str, found: &Frame) -> ConnectError {
    ConnectError::OutOfTurn { expected, found: found.name() }
}

fn farewell_of(error: &ConnectError) -> Option<Goodbye> {
    match error {
        ConnectError::WrongChain { .. } => Some(Goodbye::WrongChain),
        ConnectError::Itself => Some(Goodbye::Itself),
        ConnectError::TooManyUnknown { .. } => Some(Goodbye::TooManyUnknown),
        ConnectError::Duplicate => Some(Goodbye::Duplicate),
        ConnectError::Stopping => Some(Goodbye::Stopping),
        ConnectError::OutOfTurn { .. } => Some(Goodbye::Protocol),
        ConnectError::Lost(error) => error.farewell(),
        _ => None,
    }
}
