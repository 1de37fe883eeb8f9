//! The task that owns the replica: feeds it what happens, and performs what it asks for.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::Sender as JobSender;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use kaldrix_consensus::{Action, Draft, Event, Message, Moment, Now, Recipients, Replica};
use kaldrix_crypto::{Signer, seal_block};
use kaldrix_network::Network;
use kaldrix_types::block::{BLOCK_BYTES_MAX, BLOCK_TRANSACTIONS_MAX};
use kaldrix_types::encoding::{Bounded, Canonical};
use kaldrix_types::{AuthorityIndex, PeerId, Round, Transaction};
use tokio::sync::{mpsc, oneshot, watch};

use super::answers::{Answer, Answers, Backlog};
use super::board::{Board, ReplicaView};
use super::clocks::{Clocks, Judgement};
use super::serve::Server;
use super::{executor, persister};
use crate::error::NodeError;
use crate::handle::DagBlock;
use crate::mempool::Mempool;
use crate::wire::WireMessage;

/// A replica that asks to be woken at once, again and again, is woken this often.
const TICK_MS_MIN: u64 = 2;
/// A while, for moments beyond what the clock can name.
const FAR_OFF: Duration = Duration::from_secs(3600);
/// How often the node's status is renewed at most.
const PUBLISH_INTERVAL: Duration = Duration::from_millis(100);
/// How often the driver looks whether disk and execution have caught up.
const BACKLOG_INTERVAL_MS: u64 = 10;

/// The node's clocks.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    start: Instant,
    /// Added to the wall clock; 0 outside tests.
    wall_offset_ms: i64,
}

impl Clock {
    pub fn new(wall_offset_ms: i64) -> Self {
        Self { start: Instant::now(), wall_offset_ms }
    }

    pub fn now(&self) -> Now {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let wall_ms = u64::try_from(wall.as_millis()).unwrap_or(u64::MAX);
        Now {
            monotonic_ms: u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX),
            wall_ms: wall_ms.saturating_add_signed(self.wall_offset_ms),
        }
    }

    /// When a moment comes; one that is too far off for the clock comes in a while.
    fn instant(&self, moment: Moment) -> Instant {
        let instant = self.start.checked_add(Duration::from_millis(moment));
        instant.unwrap_or_else(|| Instant::now() + FAR_OFF)
    }
}

/// Someone wants to see a part of the DAG.
#[derive(Debug)]
pub struct DagQuery {
    /// None: the latest rounds.
    pub from: Option<Round>,
    pub rounds_max: u64,
    pub answer: oneshot::Sender<Vec<DagBlock>>,
}

/// What the driver listens to.
#[derive(Debug)]
pub struct Inbox {
    pub answers: mpsc::UnboundedReceiver<Answer>,
    pub peers: mpsc::Receiver<Event>,
    pub queries: mpsc::Receiver<DagQuery>,
    pub proposable: watch::Receiver<bool>,
    pub stop: watch::Receiver<bool>,
}

/// What the driver performs actions with.
#[derive(Debug)]
pub struct Driver {
    pub replica: Replica,
    pub clock: Clock,
    pub network: Arc<Network>,
    pub mempool: Arc<Mempool>,
    pub board: Arc<Board>,
    pub server: Server,
    /// None for a node that does not validate.
    pub signer: Option<Arc<dyn Signer>>,
    pub block_limits: BlockLimits,
    pub persister: JobSender<persister::Job>,
    pub executor: JobSender<executor::Job>,
    pub answers: Answers,
    pub backlog: Backlog,
    /// Connected peers and their places in the committee.
    pub peers: BTreeMap<PeerId, Option<AuthorityIndex>>,
    pub clocks: Clocks,
}

/// What one own block carries at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockLimits {
    pub transactions_max: usize,
    pub payload_bytes_max: usize,
}

impl Default for BlockLimits {
    fn default() -> Self {
        Self { transactions_max: 2048, payload_bytes_max: 2 * 1024 * 1024 }
    }
}

impl BlockLimits {
    /// Room for a header of the largest committee.
    const HEADER_BYTES_MAX: usize = 16 * 1024;

    /// The limit under which no valid block could be made, and why.
    pub fn wrong(&self) -> Option<(&'static str, String)> {
        let bytes_max = BLOCK_BYTES_MAX - Self::HEADER_BYTES_MAX;
        let bytes_min = Transaction::ENCODED_BYTES_MAX;
        if !(1..=BLOCK_TRANSACTIONS_MAX).contains(&self.transactions_max) {
            let reason = format!("must be 1 to {BLOCK_TRANSACTIONS_MAX}");
            return Some(("transactions_max", reason));
        }
        if !(bytes_min..=bytes_max).contains(&self.payload_bytes_max) {
            return Some(("payload_bytes_max", format!("must be {bytes_min} to {bytes_max}")));
        }
        None
    }
}

impl Driver {
    /// Runs until the node stops, or cannot go on.
    pub async fn run(mut self, mut inbox: Inbox, first: Vec<Action>) -> Result<(), NodeError> {
        self.perform(first)?;
        let mut published = Instant::now();
        let mut ticked: Moment = 0;
        loop {
            let wake = self.wake_at(ticked);
            tokio::select! {
                biased;
                stopped = inbox.stop.wait_for(|stop| *stop) => {
                    drop(stopped);
                    return Ok(());
                }
                Some(answer) = inbox.answers.recv() => match answer {
                    Answer::Event(event) => self.step(event)?,
                    Answer::Failed(error) => return Err(error),
                },
                Ok(()) = inbox.proposable.changed() => {
                    let pending = *inbox.proposable.borrow_and_update();
                    self.step(Event::Payload { pending })?;
                }
                () = tokio::time::sleep_until(self.clock.instant(wake).into()) => {
                    ticked = self.clock.now().monotonic_ms;
                    self.step(Event::Tick)?;
                }
                Some(query) = inbox.queries.recv() => self.answer(query),
                Some(event) = inbox.peers.recv(), if !self.backlog.is_full() => self.step(event)?,
            }
            if published.elapsed() >= PUBLISH_INTERVAL {
                published = Instant::now();
                self.publish(published);
            }
        }
    }

    /// Renews what is shown.
    fn publish(&mut self, now: Instant) {
        self.board.publish(ReplicaView::of(&self.replica));
        match self.clocks.judge(now) {
            None => {}
            Some(Judgement::Others(offsets)) => {
                for (author, offset_ms) in offsets {
                    tracing::warn!(%author, offset_ms, "a validator's clock is far off");
                }
            }
            Some(Judgement::Ours { behind_ms }) => {
                tracing::warn!(behind_ms, "this machine's clock is far behind: synchronise it");
            }
        }
        self.board.publish_clock_offsets(self.clocks.offsets(now));
    }

    fn wake_at(&self, ticked: Moment) -> Moment {
        let wake = self.replica.wake_at().max(ticked.saturating_add(TICK_MS_MIN));
        if self.backlog.is_full() {
            let soon = self.clock.now().monotonic_ms.saturating_add(BACKLOG_INTERVAL_MS);
            return wake.min(soon);
        }
        wake
    }

    fn step(&mut self, event: Event) -> Result<(), NodeError> {
        match &event {
            Event::Connected(peer) => {
                let authority = self.replica.committee().authority_of_peer(peer);
                self.peers.insert(*peer, authority);
            }
            Event::Disconnected(peer) => {
                self.peers.remove(peer);
            }
            _ => {}
        }
        let actions = self.replica.step(self.clock.now(), event);
        self.perform(actions)
    }

    fn perform(&mut self, actions: Vec<Action>) -> Result<(), NodeError> {
        for action in actions {
            match action {
                Action::Sign(draft) => self.sign(draft),
                Action::Persist { token, blocks, own } => {
                    self.persist(persister::Job::Store { token, blocks, own });
                }
                Action::Prune { below } => self.persist(persister::Job::Prune { below }),
                Action::Send { to, message } => self.send(to, message),
                Action::Execute { commit, checkpoint } => {
                    self.execute(executor::Job::Execute { commit, checkpoint });
                }
                Action::Certified(certificate) => {
                    self.execute(executor::Job::Certified(certificate));
                }
                Action::Replay { from, reply } => {
                    self.execute(executor::Job::Replay { from, reply });
                }
                Action::Reclaim(blocks) => self.mempool.reclaim(&blocks),
                Action::ServeLedger(range) => self.server.serve(range),
                Action::Equivocation { first, second } => {
                    let (one, other) = (first.reference(), second.reference());
                    tracing::warn!(%one, %other, "an author signed two blocks for one round");
                    self.board.keep_evidence(first, second);
                }
                Action::Refused { from, block, refusal } => {
                    self.board.note_refused_block(refusal.reason());
                    if refusal.is_fault() {
                        tracing::warn!(peer = %from, %block, reason = %refusal, "refused a block");
                    }
                }
                Action::ClockOffset { author, offset_ms } => {
                    self.clocks.report(author, offset_ms, Instant::now());
                }
                Action::Halt(halt) => return Err(NodeError::Halted(halt)),
            }
        }
        Ok(())
    }

    /// A thread that is gone has said why, or the node is stopping.
    fn persist(&self, job: persister::Job) {
        self.backlog.add();
        let _ = self.persister.send(job);
    }

    fn execute(&self, job: executor::Job) {
        self.backlog.add();
        let _ = self.executor.send(job);
    }

    /// Fills and signs an own block beside this task.
    fn sign(&self, draft: Draft) {
        let Some(signer) = self.signer.clone() else {
            return self.answers.send(Event::SignFailed);
        };
        let (mempool, answers) = (Arc::clone(&self.mempool), self.answers.clone());
        let BlockLimits { transactions_max, payload_bytes_max } = self.block_limits;
        tokio::task::spawn_blocking(move || {
            let transactions_max = if draft.carries_transactions { transactions_max } else { 0 };
            let taken = mempool.take(transactions_max, payload_bytes_max);
            let transactions = Bounded::new(taken).unwrap_or_default();
            match seal_block(draft.header, transactions.clone(), &*signer) {
                Ok(block) => answers.send(Event::OwnBlock(block)),
                Err(error) => {
                    tracing::error!(%error, "a block was not signed");
                    mempool.reclaim_transactions(transactions.iter());
                    answers.send(Event::SignFailed);
                }
            }
        });
    }

    /// A frame that finds its queue full is lost; the network counts it.
    fn send(&self, to: Recipients, message: Message) {
        let peers: Vec<PeerId> = match to {
            Recipients::One(peer) => vec![peer],
            Recipients::All => self.peers.keys().copied().collect(),
            Recipients::Committee => {
                let members = self.peers.iter().filter(|(_, authority)| authority.is_some());
                members.map(|(peer, _)| *peer).collect()
            }
        };
        if peers.is_empty() {
            return;
        }
        let frame = WireMessage::Consensus(message).to_frame();
        for peer in peers {
            if let Err(error) = self.network.send(&peer, frame.clone()) {
                tracing::debug!(%error, "a message was not sent");
            }
        }
    }

    fn answer(&self, query: DagQuery) {
        let rounds = query.rounds_max.max(1);
        let latest = self.replica.snapshot().round.saturating_sub(rounds);
        let from = query.from.unwrap_or(latest);
        let blocks = self.replica.blocks_from(from);
        let blocks = blocks.take_while(|block| block.round() < from.saturating_add(rounds));
        let blocks = blocks.map(|block| DagBlock {
            reference: block.reference(),
            timestamp_ms: block.header.timestamp_ms,
            parents: block.parents().to_vec(),
            transactions: block.transactions.len(),
            votes: block.votes().to_vec(),
            committed: self.replica.is_committed(&block.reference()),
        });
        // Whoever asked may be gone.
        let _ = query.answer.send(blocks.collect());
    }
}
