//! One connection of a pair of nodes, from admission to farewell.
//!
//! A link reads and writes in one task: neither waits for the other, and when one ends, so does
//! the link. It never closes within a frame if it can still say why it closes.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use kaldrix_types::{PeerId, PublicKey};
use parking_lot::Mutex;
use tokio::io::{ReadHalf, WriteHalf};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{sleep, sleep_until, timeout};
use tokio_rustls::TlsStream;

use crate::config::Limits;
use crate::error::{DisconnectReason, SendError};
use crate::frame::{Frame, FrameError, FrameReader, FrameWriter, Goodbye, Hello};
use crate::peer::{ConnectionInfo, Direction, Event, Session};
use crate::queue::{Fill, Outgoing, SendQueue};
use crate::rate::RateLimit;
use crate::registry::UnknownSlot;
use crate::shared::{Counts, Shared};

/// TLS over a buffered socket: the TLS library reads 4 KiB at a time, the buffer spares it the
/// system calls.
pub(crate) type Stream = TlsStream<tokio::io::BufReader<TcpStream>>;
pub(crate) type Reader = FrameReader<ReadHalf<Stream>>;
pub(crate) type Writer = FrameWriter<WriteHalf<Stream>>;

/// What the handshake found out.
#[derive(Debug)]
pub(crate) struct Proven {
    pub(crate) public_key: PublicKey,
    pub(crate) address: SocketAddr,
    pub(crate) direction: Direction,
    pub(crate) session: Session,
    pub(crate) remote: Hello,
    /// Of a peer that is not pinned.
    pub(crate) slot: Option<UnknownSlot>,
}

#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) peer: PeerId,
    pub(crate) public_key: PublicKey,
    pub(crate) direction: Direction,
    pub(crate) remote: Hello,
    /// Given by the node with the lower id; of two, the higher number is the newer link.
    pub(crate) number: u64,
    pub(crate) started: Instant,
    address: SocketAddr,
    session: Session,
    since: SystemTime,
    queue: SendQueue,
    counts: Counts,
    ping: Mutex<Ping>,
    closing: watch::Sender<Option<DisconnectReason>>,
    finished: watch::Sender<bool>,
    frame_bytes_max: usize,
    _slot: Option<UnknownSlot>,
}

#[derive(Debug, Default)]
struct Ping {
    nonce: u64,
    sent: Option<Instant>,
    round_trip: Option<Duration>,
}

impl Link {
    pub(crate) fn new(proven: Proven, number: u64, limits: &Limits) -> Self {
        let theirs = usize::try_from(proven.remote.frame_bytes_max).unwrap_or(usize::MAX);
        Self {
            peer: kaldrix_types::committee::peer_id(&proven.public_key),
            public_key: proven.public_key,
            direction: proven.direction,
            remote: proven.remote,
            number,
            started: Instant::now(),
            address: proven.address,
            session: proven.session,
            since: SystemTime::now(),
            queue: SendQueue::new(limits),
            counts: Counts::default(),
            ping: Mutex::default(),
            closing: watch::Sender::new(None),
            finished: watch::Sender::new(false),
            frame_bytes_max: theirs.min(limits.frame_bytes_max),
            _slot: proven.slot,
        }
    }

    /// Queues a frame without waiting.
    pub(crate) fn send(&self, frame: Bytes) -> Result<(), SendError> {
        let (peer, bytes, bytes_max) = (self.peer, frame.len(), self.frame_bytes_max);
        if bytes > bytes_max {
            return Err(SendError::FrameTooLarge { peer, bytes, bytes_max });
        }
        self.queue.push(frame).map_err(|Fill { frames, bytes }| {
            self.counts.dropped();
            SendError::QueueFull { peer, frames, bytes }
        })
    }

    /// Asks the link to end. The first reason stands.
    pub(crate) fn close(&self, reason: DisconnectReason) {
        self.closing.send_if_modified(|closing| {
            let first = closing.is_none();
            closing.get_or_insert(reason);
            first
        });
    }

    /// Why it was asked to end, if it was.
    pub(crate) fn closing(&self) -> Option<DisconnectReason> {
        self.closing.borrow().clone()
    }

    /// Returns once the link has ended and said so.
    pub(crate) async fn finished(&self) {
        let mut finished = self.finished.subscribe();
        let _ = finished.wait_for(|finished| *finished).await;
    }

    pub(crate) fn info(&self) -> ConnectionInfo {
        let fill = self.queue.fill();
        let totals = self.counts.totals();
        ConnectionInfo {
            address: self.address,
            direction: self.direction,
            session: self.session.clone(),
            connected_since: self.since,
            round_trip: self.ping.lock().round_trip,
            bytes_in: totals.bytes_in,
            bytes_out: totals.bytes_out,
            frames_in: totals.frames_in,
            frames_out: totals.frames_out,
            frames_dropped: totals.frames_dropped,
            queue_frames: fill.frames,
            queue_bytes: fill.bytes,
        }
    }

    fn next_ping(&self) -> Frame {
        let mut ping = self.ping.lock();
        ping.nonce = ping.nonce.wrapping_add(1);
        ping.sent = Some(Instant::now());
        Frame::Ping(ping.nonce)
    }

    fn note_pong(&self, nonce: u64) {
        let mut ping = self.ping.lock();
        if ping.nonce == nonce
            && let Some(sent) = ping.sent.take()
        {
            ping.round_trip = Some(sent.elapsed());
        }
    }
}

/// A link that was admitted but does not run yet.
#[derive(Debug)]
pub(crate) struct Admitted {
    pub(crate) link: Arc<Link>,
    pub(crate) reader: Reader,
    pub(crate) writer: Writer,
    /// The link that this one takes over from.
    pub(crate) replaced: Option<Arc<Link>>,
}

/// Runs a link to its end.
pub(crate) async fn run(shared: &Shared, admitted: Admitted) {
    let Admitted { link, mut reader, mut writer, replaced } = admitted;
    if let Some(old) = replaced {
        old.close(DisconnectReason::Replaced);
        old.finished().await;
    }
    shared.counts.connections.fetch_add(1, Ordering::Relaxed);
    let (peer, address, direction) = (link.peer, link.address, link.direction);
    log_connected(shared, &link);
    let public_key = link.public_key.clone();
    shared.emit(Event::Connected { peer, public_key, address, direction }).await;
    let reason = serve(shared, &link, &mut reader, &mut writer).await;
    shared.registry.remove(&link);
    log_disconnected(shared, &link, &reason);
    shared.emit(Event::Disconnected { peer, reason: reason.clone() }).await;
    link.finished.send_replace(true);
    if farewell_of(&reason).is_some() {
        let _ = timeout(Duration::from_millis(shared.limits.close_ms_max), reader.drain()).await;
    }
}

/// Strangers come and go as they like, so they are not worth a line of a production log.
fn log_connected(shared: &Shared, link: &Link) {
    let (peer, address, direction) = (link.peer, link.address, link.direction.name());
    if shared.registry.pinned(&peer).is_some() {
        tracing::info!(%peer, %address, direction, "peer connected");
    } else {
        tracing::debug!(%peer, %address, direction, "unknown peer connected");
    }
}

fn log_disconnected(shared: &Shared, link: &Link, reason: &DisconnectReason) {
    let (peer, address) = (link.peer, link.address);
    if shared.registry.pinned(&peer).is_some() {
        tracing::info!(%peer, %address, %reason, "peer disconnected");
    } else {
        tracing::debug!(%peer, %address, %reason, "unknown peer disconnected");
    }
}

/// Reads and writes until one ends or the link is told to close.
async fn serve(
    shared: &Shared,
    link: &Link,
    reader: &mut Reader,
    writer: &mut Writer,
) -> DisconnectReason {
    let mut writing = pin!(write_frames(shared, link, writer));
    let (reason, wrote) = tokio::select! {
        reason = read_frames(shared, link, reader) => (reason, false),
        ended = &mut writing => (ended, true),
    };
    link.close(reason.clone());
    if !wrote {
        let _ = timeout(Duration::from_millis(shared.limits.close_ms_max), writing).await;
    }
    link.closing().unwrap_or(reason)
}

async fn read_frames(shared: &Shared, link: &Link, reader: &mut Reader) -> DisconnectReason {
    let peer = link.peer;
    let mut rate = RateLimit::new(&shared.limits, Instant::now());
    loop {
        let frame = match reader.next().await {
            Ok(frame) => frame,
            Err(error) => return error.into(),
        };
        let mut payload_bytes = 0;
        match frame {
            Frame::Data(bytes) => {
                payload_bytes = bytes.len();
                link.counts.received(payload_bytes);
                shared.counts.received(payload_bytes);
                shared.emit(Event::Frame { peer, bytes }).await;
            }
            Frame::Ping(nonce) => link.queue.push_pong(nonce),
            Frame::Pong(nonce) => link.note_pong(nonce),
            Frame::Goodbye(goodbye) => return DisconnectReason::Goodbye(goodbye),
            Frame::Hello(_) | Frame::Accept(_) => {
                return DisconnectReason::OutOfTurn { found: frame.name() };
            }
        }
        if let Some(pause) = rate.charge(Instant::now(), payload_bytes) {
            sleep(pause).await;
        }
    }
}

async fn write_frames(shared: &Shared, link: &Link, writer: &mut Writer) -> DisconnectReason {
    let keepalive = Duration::from_millis(shared.limits.keepalive_ms);
    let mut ping_at = tokio::time::Instant::now();
    let mut closing = link.closing.subscribe();
    loop {
        let close = closing.borrow_and_update().clone();
        if let Some(reason) = close {
            let farewell = say_farewell(shared, link, writer, &reason);
            let limit = Duration::from_millis(shared.limits.close_ms_max);
            let _ = timeout(limit, farewell).await;
            return reason;
        }
        let written = if tokio::time::Instant::now() >= ping_at {
            ping_at = tokio::time::Instant::now() + keepalive;
            writer.write(&link.next_ping()).await
        } else if let Some(outgoing) = link.queue.pop() {
            write_outgoing(shared, link, writer, outgoing).await
        } else {
            let flushed = writer.flush().await;
            if flushed.is_ok() {
                tokio::select! {
                    () = link.queue.pushed() => {}
                    () = sleep_until(ping_at) => {}
                    _ = closing.changed() => {}
                }
            }
            flushed
        };
        if let Err(error) = written {
            return error.into();
        }
    }
}

async fn write_outgoing(
    shared: &Shared,
    link: &Link,
    writer: &mut Writer,
    outgoing: Outgoing,
) -> Result<(), FrameError> {
    match outgoing {
        Outgoing::Pong(nonce) => writer.write(&Frame::Pong(nonce)).await,
        Outgoing::Data(bytes) => {
            link.counts.sent(bytes.len());
            shared.counts.sent(bytes.len());
            writer.write(&Frame::Data(bytes)).await
        }
    }
}

/// Says why, if there is something to say to a peer that still listens. A node that stops sends
/// what is queued first.
async fn say_farewell(
    shared: &Shared,
    link: &Link,
    writer: &mut Writer,
    reason: &DisconnectReason,
) -> Result<(), FrameError> {
    if let Some(goodbye) = farewell_of(reason) {
        if *reason == DisconnectReason::Stopping {
            while let Some(outgoing) = link.queue.pop() {
                write_outgoing(shared, link, writer, outgoing).await?;
            }
        }
        writer.write(&Frame::Goodbye(goodbye)).await?;
    }
    writer.shutdown().await
}

fn farewell_of(reason: &DisconnectReason) -> Option<Goodbye> {
    match reason {
        DisconnectReason::Stopping => Some(Goodbye::Stopping),
        DisconnectReason::Replaced => Some(Goodbye::Replaced),
        DisconnectReason::OutOfTurn { .. } => Some(Goodbye::Protocol),
        DisconnectReason::Goodbye(_) => None,
        DisconnectReason::Frame(error) => error.farewell(),
    }
}
