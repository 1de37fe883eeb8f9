//! From frames to events: decodes and verifies what peers send, in order for each peer, peers side
//! by side, and all of it off the threads that serve sockets.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use kaldrix_consensus::{Event, Message};
use kaldrix_crypto::BlockError;
use kaldrix_ledger::WitnessCheck;
use kaldrix_network::{Event as NetworkEvent, Events};
use kaldrix_types::encoding::{self, DecodeError};
use kaldrix_types::{Block, ChainId, Committee, PeerId, Transaction, VerifiedBlock};
use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::JoinHandle;

use super::board::Board;
use crate::mempool::Mempool;
use crate::wire::{FRAME_BYTES_MAX, WireMessage};
use crate::witnesses::Witnesses;
use crate::workers::Workers;

/// Frames of one peer that wait to be verified; more are dropped, and asked for again if needed.
const PEER_FRAMES_MAX: usize = 512;
/// Their bytes.
const PEER_BYTES_MAX: usize = FRAME_BYTES_MAX + 8 * 1024 * 1024;
/// Transactions that one peer may forward in a second, on average and at once.
const FORWARDED_PER_S_MAX: f64 = 20_000.0;
/// Requests that one peer may make in a second: each may be answered with megabytes.
const REQUESTS_PER_S_MAX: f64 = 100.0;
/// Lines that the log takes about one peer's faults in a second.
const COMPLAINTS_PER_S_MAX: f64 = 1.0;

/// What verification needs.
#[derive(Debug)]
pub struct Ingest {
    pub chain_id: ChainId,
    pub committee: Committee,
    pub workers: Workers,
    pub witnesses: Arc<Witnesses>,
    pub mempool: Arc<Mempool>,
    pub board: Arc<Board>,
    /// To the driver, bounded: when it is full, peers are read more slowly.
    pub driver: mpsc::Sender<Event>,
}

enum FromPeer {
    Connected,
    /// With its places in the queue, given back once it is worked off.
    Frame(Bytes, [OwnedSemaphorePermit; 2]),
    Disconnected,
}

/// A peer's queue and the task that empties it.
struct Lane {
    queue: mpsc::UnboundedSender<FromPeer>,
    frames: Arc<Semaphore>,
    bytes: Arc<Semaphore>,
    task: JoinHandle<()>,
}

impl Ingest {
    /// Runs until the network stops.
    pub async fn run(self, mut events: Events) {
        let ingest = Arc::new(self);
        let mut lanes: HashMap<PeerId, Lane> = HashMap::new();
        // Peers that are gone, with frames that are still being worked on.
        let mut closing: HashMap<PeerId, JoinHandle<()>> = HashMap::new();
        while let Some(event) = events.recv().await {
            match event {
                NetworkEvent::Connected { peer, address, direction, .. } => {
                    tracing::debug!(%peer, %address, direction = direction.name(), "connected");
                    closing.retain(|_, task| !task.is_finished());
                    let before = closing.remove(&peer);
                    lanes.insert(peer, ingest.open_lane(peer, before));
                }
                NetworkEvent::Frame { peer, bytes } => {
                    if let Some(lane) = lanes.get(&peer) {
                        lane.offer(&peer, bytes);
                    }
                }
                NetworkEvent::Disconnected { peer, reason } => {
                    tracing::debug!(%peer, %reason, "disconnected");
                    if let Some(lane) = lanes.remove(&peer) {
                        let _ = lane.queue.send(FromPeer::Disconnected);
                        closing.insert(peer, lane.task);
                    }
                }
                NetworkEvent::DialFailed { peer, address, error } => {
                    tracing::debug!(%peer, %address, %error, "cannot reach a peer");
                }
            }
        }
    }

    fn open_lane(self: &Arc<Self>, peer: PeerId, before: Option<JoinHandle<()>>) -> Lane {
        let (queue, mut receiver) = mpsc::unbounded_channel();
        let _ = queue.send(FromPeer::Connected);
        let ingest = Arc::clone(self);
        let task = tokio::spawn(async move {
            if let Some(before) = before {
                // It fails only if the runtime stops.
                let _ = before.await;
            }
            let mut rates = Rates::new();
            while let Some(received) = receiver.recv().await {
                let open = match received {
                    FromPeer::Connected => ingest.tell(Event::Connected(peer)).await,
                    FromPeer::Disconnected => ingest.tell(Event::Disconnected(peer)).await,
                    FromPeer::Frame(bytes, _held) => ingest.frame(peer, bytes, &mut rates).await,
                };
                if !open {
                    return;
                }
            }
        });
        let frames = Arc::new(Semaphore::new(PEER_FRAMES_MAX));
        let bytes = Arc::new(Semaphore::new(PEER_BYTES_MAX));
        Lane { queue, frames, bytes, task }
    }

    /// False once the driver is gone.
    async fn tell(&self, event: Event) -> bool {
        self.driver.send(event).await.is_ok()
    }

    async fn frame(self: &Arc<Self>, peer: PeerId, bytes: Bytes, rates: &mut Rates) -> bool {
        /// Shorter frames hold nothing that takes long to check.
        const SHORT_BYTES_MAX: usize = 1024;
        let checked = if bytes.len() <= SHORT_BYTES_MAX {
            Some(self.check(&bytes))
        } else {
            let ingest = Arc::clone(self);
            self.workers.run(move || ingest.check(&bytes)).await
        };
        match checked {
            None => true,
            Some(Err(error)) => {
                self.board.note_malformed_frame();
                if rates.complaints.take(1) {
                    tracing::warn!(%peer, %error, "a frame holds no message");
                }
                true
            }
            Some(Ok(Checked::Message(message))) => {
                if is_request(&message) && !rates.requests.take(1) {
                    tracing::debug!(%peer, "a peer asks for more than allowed");
                    return true;
                }
                self.tell(Event::Message { from: peer, message }).await
            }
            Some(Ok(Checked::Blocks(blocks))) => self.blocks(peer, blocks, rates).await,
            Some(Ok(Checked::Transactions(transactions))) => {
                self.transactions(peer, transactions, rates);
                true
            }
        }
    }

    fn check(&self, bytes: &[u8]) -> Result<Checked, DecodeError> {
        Ok(match encoding::from_bytes::<WireMessage>(bytes)? {
            WireMessage::Consensus(Message::Blocks(blocks)) => {
                let verify = |block: Block| {
                    kaldrix_crypto::verify_block(block, self.chain_id, &self.committee)
                };
                Checked::Blocks(blocks.into_inner().into_par_iter().map(verify).collect())
            }
            WireMessage::Consensus(message) => Checked::Message(message),
            WireMessage::Transactions(transactions) => {
                Checked::Transactions(transactions.into_inner())
            }
        })
    }

    async fn blocks(
        self: &Arc<Self>,
        from: PeerId,
        blocks: Vec<Result<VerifiedBlock, BlockError>>,
        rates: &mut Rates,
    ) -> bool {
        let mut verified = Vec::with_capacity(blocks.len());
        for block in blocks {
            match block {
                Ok(block) => verified.push(block),
                Err(error) => {
                    self.board.note_refused_block(reason(&error));
                    if rates.complaints.take(1) {
                        tracing::warn!(peer = %from, %error, "refused a block");
                    }
                }
            }
        }
        let ahead: Vec<VerifiedBlock> =
            verified.iter().filter(|block| !block.transactions.is_empty()).cloned().collect();
        let open = self.tell(Event::Blocks { from, blocks: verified }).await;
        if !ahead.is_empty() {
            // By the time that the blocks are committed, their witnesses are verified.
            let ingest = Arc::clone(self);
            self.workers.spawn(move || ingest.verify_ahead(&ahead));
        }
        open
    }

    fn verify_ahead(&self, blocks: &[VerifiedBlock]) {
        let transactions: Vec<&Transaction> =
            blocks.iter().flat_map(|block| block.transactions.iter()).collect();
        transactions.par_iter().for_each(|transaction| {
            if let Some(key) = self.mempool.key_of(transaction) {
                self.witnesses.check(&transaction.id(), &transaction.witness, &key);
            }
        });
    }

    fn transactions(
        self: &Arc<Self>,
        peer: PeerId,
        transactions: Vec<Transaction>,
        rates: &mut Rates,
    ) {
        if !rates.forwarded.take(transactions.len()) {
            tracing::debug!(%peer, "a peer forwards more transactions than allowed");
            return;
        }
        let mempool = Arc::clone(&self.mempool);
        self.workers.spawn(move || mempool.take_forwarded(transactions));
    }
}

impl Lane {
    /// Queues a frame if there is room.
    fn offer(&self, peer: &PeerId, bytes: Bytes) {
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let frame = Arc::clone(&self.frames).try_acquire_owned();
        let room = Arc::clone(&self.bytes).try_acquire_many_owned(length);
        match (frame, room) {
            (Ok(frame), Ok(room)) => {
                let _ = self.queue.send(FromPeer::Frame(bytes, [frame, room]));
            }
            _ => tracing::debug!(%peer, "a peer sends faster than its blocks can be verified"),
        }
    }
}

/// What a frame holds.
enum Checked {
    Message(Message),
    Blocks(Vec<Result<VerifiedBlock, BlockError>>),
    Transactions(Vec<Transaction>),
}

/// Whether answering takes more than asking.
fn is_request(message: &Message) -> bool {
    matches!(
        message,
        Message::FetchBlocks(_)
            | Message::FetchAbove(_)
            | Message::FetchLedger { .. }
            | Message::OwnRoundQuery
    )
}

/// What one peer may do in a second.
struct Rates {
    forwarded: Rate,
    requests: Rate,
    complaints: Rate,
}

impl Rates {
    fn new() -> Self {
        Self {
            forwarded: Rate::new(FORWARDED_PER_S_MAX),
            requests: Rate::new(REQUESTS_PER_S_MAX),
            complaints: Rate::new(COMPLAINTS_PER_S_MAX),
        }
    }
}

/// A bucket of tokens that holds one second's.
struct Rate {
    per_s: f64,
    tokens: f64,
    at: Instant,
}

impl Rate {
    fn new(per_s: f64) -> Self {
        Self { per_s, tokens: per_s, at: Instant::now() }
    }

    fn take(&mut self, count: usize) -> bool {
        let earned = self.at.elapsed().as_secs_f64() * self.per_s;
        self.tokens = (self.tokens + earned).min(self.per_s);
        self.at = Instant::now();
        let taken = self.tokens >= count as f64;
        if taken {
            self.tokens -= count as f64;
        }
        taken
    }
}

/// A short word for metrics.
fn reason(error: &BlockError) -> &'static str {
    match error {
        BlockError::Chain { .. } => "wrong_chain",
        BlockError::Epoch { .. } => "wrong_epoch",
        BlockError::Author { .. } => "unknown_author",
        BlockError::Signature { .. } => "bad_signature",
    }
}
