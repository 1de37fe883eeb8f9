//! A simulated node: performs its replica's actions on a virtual disk.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kaldrix_consensus::{
    Action, Checkpoint, Event, LedgerReply, Message, Now, Parameters, Recipients, Recovered,
    Replayed, Replica, SignedRound,
};
use kaldrix_ledger::{
    Execution, LedgerBlock, MemoryState, Rules, StateReader, WitnessCheck, execute, genesis_state,
    replay,
};
use kaldrix_types::encoding::{self, Bounded};
use kaldrix_types::{
    AuthorityIndex, Block, BlockRef, Certificate, Commit, Genesis, LedgerHeader, PeerId, PublicKey,
    Round, Scheme, Signature, Transaction, TransactionId, VerifiedBlock, Witness,
};

use crate::disk::{Disk, StoredBlock};
use crate::disk_fault::DiskFault;

/// Transactions in one proposal.
const PROPOSAL_TRANSACTIONS_MAX: usize = 20;
/// Ledger blocks in one answer: few, so that catching up takes several.
const REPLY_BLOCKS_MAX: usize = 8;

struct AnyWitness;

impl WitnessCheck for AnyWitness {
    fn check(&self, _: &TransactionId, _: &Witness, _: &PublicKey) -> bool {
        true
    }
}

/// What a node wants of the world.
#[derive(Debug)]
pub enum Effect {
    Send {
        to: Recipients,
        message: Message,
    },
    /// Hand this event to the node after a delay that stands for work or a disk.
    Later(Event),
    /// The own block may leave; the simulation checks that no other was signed for its round.
    Signed(BlockRef),
    /// To be handed to [`Host::work`] some time later, in the order of its lane.
    Work(Work),
    /// A ledger block was executed, or replayed, and is durable.
    Executed(Box<Execution>),
    /// A certificate is stored; its block was executed before.
    Certified(Certificate),
    /// Damage was found while the node ran: it went down, and is to be started again.
    Stopped(String),
    Halted(String),
}

/// What a part of the node does beside its replica.
#[derive(Debug)]
pub enum Work {
    Persist { token: u64, blocks: Vec<VerifiedBlock>, own: Option<BlockRef> },
    Prune { below: Round },
    Execute { commit: Commit, checkpoint: Arc<[u8]> },
    Certified(Certificate),
    Replay { from: PeerId, reply: Box<LedgerReply> },
}

/// The parts of a node that work side by side, each in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    Persister,
    Executor,
}

impl Work {
    pub fn lane(&self) -> Lane {
        match self {
            Self::Persist { .. } | Self::Prune { .. } => Lane::Persister,
            Self::Execute { .. } | Self::Certified(_) | Self::Replay { .. } => Lane::Executor,
        }
    }
}

#[derive(Debug)]
pub struct Host {
    pub id: PeerId,
    pub authority: Option<AuthorityIndex>,
    pub disk: Disk,
    /// `None` while the node is down.
    pub replica: Option<Replica>,
    /// Counts the starts, so that what was meant for an earlier life is dropped.
    pub life: u64,
    /// The clock's error.
    pub clock_offset_ms: i64,
    /// Own proposed transactions whose block is not committed.
    in_flight: BTreeMap<TransactionId, Round>,
    genesis: Arc<Genesis>,
    rules: Rules,
    parameters: Parameters,
}

impl Host {
    pub fn new(
        id: PeerId,
        authority: Option<AuthorityIndex>,
        genesis: Arc<Genesis>,
        parameters: Parameters,
    ) -> Self {
        Self {
            id,
            authority,
            disk: empty_disk(&genesis),
            replica: None,
            life: 0,
            clock_offset_ms: 0,
            in_flight: BTreeMap::new(),
            rules: Rules::new(&genesis),
            genesis,
            parameters,
        }
    }

    fn now(&self, time_ms: u64) -> Now {
        let genesis = self.genesis.timestamp_ms.saturating_add(time_ms);
        Now { monotonic_ms: time_ms, wall_ms: genesis.saturating_add_signed(self.clock_offset_ms) }
    }

    pub fn start(&mut self, time_ms: u64) -> Vec<Effect> {
        self.life += 1;
        self.in_flight.clear();
        let checkpoint = self
            .disk
            .ledger
            .last()
            .and_then(|stored| encoding::from_bytes::<Checkpoint>(&stored.checkpoint).ok());
        let recovered = Recovered {
            checkpoint,
            blocks: self.disk.blocks.values().cloned().collect(),
            signed_round: self.disk.signed_round.map_or(SignedRound::Lost, SignedRound::Known),
            tip: self.disk.tip(),
            certified_height: self.disk.certified_height(),
        };
        let (replica, actions) = Replica::new(
            &self.genesis,
            self.authority,
            self.parameters.clone(),
            recovered,
            self.now(time_ms),
        );
        self.replica = Some(replica);
        let mut effects = self.perform(actions);
        effects.extend(self.announce_payload(time_ms));
        effects
    }

    pub fn step(&mut self, time_ms: u64, event: Event) -> Vec<Effect> {
        let now = self.now(time_ms);
        let Some(replica) = &mut self.replica else { return Vec::new() };
        let actions = replica.step(now, event);
        self.perform(actions)
    }

    pub fn submit(&mut self, time_ms: u64, transaction: Transaction) -> Vec<Effect> {
        self.disk.journal.push(transaction);
        self.announce_payload(time_ms)
    }

    fn announce_payload(&mut self, time_ms: u64) -> Vec<Effect> {
        let pending = !self.proposable().is_empty();
        self.step(time_ms, Event::Payload { pending })
    }

    fn proposable(&self) -> Vec<Transaction> {
        let fresh = |transaction: &&Transaction| !self.in_flight.contains_key(&transaction.id());
        self.disk.journal.iter().filter(fresh).take(PROPOSAL_TRANSACTIONS_MAX).cloned().collect()
    }

    fn perform(&mut self, actions: Vec<Action>) -> Vec<Effect> {
        let mut effects = Vec::new();
        for action in actions {
            match action {
                Action::Sign(draft) => {
                    let mut transactions = self.proposable();
                    if !draft.carries_transactions {
                        transactions.clear();
                    }
                    let round = draft.header.round;
                    self.in_flight.extend(transactions.iter().map(|tx| (tx.id(), round)));
                    let block = seal(draft.header, transactions);
                    effects.push(Effect::Later(Event::OwnBlock(block)));
                    let pending = !self.proposable().is_empty();
                    effects.push(Effect::Later(Event::Payload { pending }));
                }
                Action::Persist { token, blocks, own } => {
                    effects.push(Effect::Work(Work::Persist { token, blocks, own }));
                }
                Action::Send { to, message } => effects.push(Effect::Send { to, message }),
                Action::Execute { commit, checkpoint } => {
                    effects.push(Effect::Work(Work::Execute { commit, checkpoint }));
                }
                Action::Certified(certificate) => {
                    effects.push(Effect::Work(Work::Certified(certificate)));
                }
                Action::Reclaim(blocks) => {
                    let lost = blocks.iter().flat_map(|block| block.transactions.iter());
                    for transaction in lost {
                        self.in_flight.remove(&transaction.id());
                    }
                    effects.push(Effect::Later(Event::Payload { pending: true }));
                }
                Action::ServeLedger(range) => {
                    if let Some(reply) = self.ledger_reply(range.after) {
                        let to = Recipients::One(range.to);
                        let message = Message::Ledger(Box::new(reply));
                        effects.push(Effect::Send { to, message });
                    }
                }
                Action::Replay { from, reply } => {
                    effects.push(Effect::Work(Work::Replay { from, reply }));
                }
                Action::Prune { below } => {
                    effects.push(Effect::Work(Work::Prune { below }));
                }
                Action::Halt(halt) => effects.push(Effect::Halted(halt.to_string())),
                Action::Equivocation { .. }
                | Action::Refused { .. }
                | Action::ClockOffset { .. } => {}
            }
        }
        effects
    }

    /// Hears a peer's message; blocks are verified first.
    pub fn receive(&mut self, time_ms: u64, from: PeerId, message: Message) -> Vec<Effect> {
        let event = match message {
            Message::Blocks(blocks) => {
                let verify = |block: Block| {
                    let root = block.signed_root();
                    VerifiedBlock::assume_verified(block, root)
                };
                let blocks = blocks.into_inner().into_iter().map(verify).collect();
                Event::Blocks { from, blocks }
            }
            message => Event::Message { from, message },
        };
        self.step(time_ms, event)
    }

    /// Does a piece of work on the disk, and lets the replica hear of it.
    pub fn work(&mut self, time_ms: u64, work: Work) -> Vec<Effect> {
        if self.replica.is_none() {
            return Vec::new();
        }
        let (mut effects, event) = match work {
            Work::Persist { token, blocks, own } => self.persist(token, blocks, own),
            Work::Prune { below } => {
                self.disk.blocks.retain(|reference, _| reference.round >= below);
                (Vec::new(), None)
            }
            Work::Execute { commit, checkpoint } => self.execute(&commit, checkpoint),
            Work::Certified(certificate) => {
                self.disk.certificates.insert(certificate.vote.height, certificate.clone());
                (vec![Effect::Certified(certificate)], None)
            }
            Work::Replay { from, reply } => {
                let (effects, result) = self.replay(&reply);
                (effects, Some(Event::Replayed { from, result }))
            }
        };
        if let Some(event) = event {
            effects.extend(self.step(time_ms, event));
        }
        effects
    }

    /// Writes blocks and, for an own block, syncs everything and the last signed round.
    fn persist(
        &mut self,
        token: u64,
        blocks: Vec<VerifiedBlock>,
        own: Option<BlockRef>,
    ) -> (Vec<Effect>, Option<Event>) {
        for block in blocks {
            self.disk.unsynced.push(block.reference());
            self.disk.blocks.insert(block.reference(), block);
        }
        let Some(own) = own else { return (Vec::new(), None) };
        self.disk.unsynced.clear();
        self.disk.signed_round = Some(own.round);
        (vec![Effect::Signed(own)], Some(Event::Persisted { token }))
    }

    /// Executes a commit and makes the result durable in one go.
    fn execute(&mut self, commit: &Commit, checkpoint: Arc<[u8]>) -> (Vec<Effect>, Option<Event>) {
        let done = execute(&self.disk.state, &self.rules, commit, &AnyWitness)
            .expect("the state in memory is sound");
        let vote = done.as_ref().map(|execution| execution.header.vote());
        let mut effects = Vec::new();
        if let Some(execution) = done {
            self.disk.state.apply(&execution.writes);
            let entries = Bounded::new(execution.entries.clone()).expect("execution keeps it");
            let block = LedgerBlock { header: execution.header.clone(), entries };
            self.disk.ledger.push(StoredBlock { block, checkpoint });
            effects.push(Effect::Executed(Box::new(execution)));
        }
        self.settle(commit);
        (effects, Some(Event::Executed { commit_index: commit.index, vote }))
    }

    /// Executed transactions leave the journal; others of own committed blocks may go again.
    fn settle(&mut self, commit: &Commit) {
        let own = commit.blocks.iter().filter(|block| Some(block.author()) == self.authority);
        for transaction in own.flat_map(|block| block.transactions.iter()) {
            self.in_flight.remove(&transaction.id());
        }
        let state = &self.disk.state;
        self.disk.journal.retain(|transaction| {
            let account = state.account(&transaction.body.sender).ok().flatten();
            account.is_none_or(|account| account.sequence <= transaction.body.sequence)
        });
    }

    fn ledger_reply(&self, after: u64) -> Option<LedgerReply> {
        let first = after + u64::from(self.disk.height() > after);
        let last = self.disk.height().min(after + REPLY_BLOCKS_MAX as u64);
        let (&certified, certificate) = self.disk.certificates.range(first.max(1)..).next()?;
        let blocks: Vec<Vec<u8>> = (after + 1..=last)
            .filter_map(|height| Some(encoding::to_bytes(&self.disk.at(height)?.block)))
            .collect();
        // The range may end before the certificate or, at the first one, beyond it.
        let (last, certified, certificate) =
            match self.disk.certificates.range(last.max(1)..).next() {
                Some((height, certificate)) => (last, *height, certificate),
                None => (certified, certified, certificate),
            };
        let keep = usize::try_from(last.saturating_sub(after)).unwrap_or(usize::MAX);
        let headers: Vec<Vec<u8>> = (last + 1..=certified)
            .filter_map(|height| Some(encoding::to_bytes(&self.disk.at(height)?.block.header)))
            .collect();
        let checkpoint = self.disk.at(last).map(|stored| stored.checkpoint.to_vec());
        Some(LedgerReply {
            after,
            blocks: Bounded::new(blocks.into_iter().take(keep).collect()).ok()?,
            headers: Bounded::new(headers).ok()?,
            certificate: certificate.clone(),
            checkpoint: checkpoint.unwrap_or_default(),
        })
    }

    fn replay(&mut self, reply: &LedgerReply) -> (Vec<Effect>, Option<Replayed>) {
        let mut effects = Vec::new();
        let replayed = self.try_replay(reply, &mut effects);
        (effects, replayed)
    }

    fn try_replay(&mut self, reply: &LedgerReply, effects: &mut Vec<Effect>) -> Option<Replayed> {
        let blocks: Vec<LedgerBlock> = reply
            .blocks
            .iter()
            .map(|bytes| encoding::from_bytes(bytes).ok())
            .collect::<Option<_>>()?;
        let headers: Vec<LedgerHeader> = reply
            .headers
            .iter()
            .map(|bytes| encoding::from_bytes(bytes).ok())
            .collect::<Option<_>>()?;
        let own_tip = self.disk.ledger.last().map(|stored| stored.block.header.clone());
        let chain: Vec<LedgerHeader> = own_tip
            .into_iter()
            .chain(blocks.iter().map(|block| block.header.clone()))
            .chain(headers)
            .collect();
        let linked = chain.windows(2).all(|pair| pair[1].parent == pair[0].id());
        if !linked || chain.last()?.vote() != reply.certificate.vote {
            return None;
        }
        for block in blocks {
            let execution =
                replay(&self.disk.state, &self.rules, &block.header, &block.entries).ok()?;
            self.disk.state.apply(&execution.writes);
            self.disk.ledger.push(StoredBlock { block, checkpoint: Arc::default() });
            effects.push(Effect::Executed(Box::new(execution)));
        }
        let tip = self.disk.ledger.last_mut()?;
        let fits = Checkpoint::digest_of(&reply.checkpoint) == tip.block.header.checkpoint;
        let checkpoint = encoding::from_bytes(&reply.checkpoint).ok().filter(|_| fits);
        if checkpoint.is_some() {
            tip.checkpoint = reply.checkpoint.clone().into();
        }
        let tip = tip.block.header.vote();
        let certified_height = reply.certificate.vote.height;
        if certified_height == tip.height {
            self.disk.certificates.insert(certified_height, reply.certificate.clone());
        }
        let held = self.disk.certified_height();
        Some(Replayed { tip, certified_height: held, checkpoint })
    }

    /// What waits, and since which rounds it is in flight.
    pub fn describe_journal(&self) -> String {
        let rounds: BTreeSet<Round> = self.in_flight.values().copied().collect();
        let first = self.disk.journal.first().map(|transaction| transaction.body.sequence);
        format!("journal {} from {first:?}, in flight {rounds:?}", self.disk.journal.len())
    }

    /// Ids of all executed transactions, in order, with the timestamp of their block.
    pub fn executed_at(&self) -> impl Iterator<Item = (TransactionId, u64)> {
        self.disk.ledger.iter().flat_map(|stored| {
            let timestamp_ms = stored.block.header.timestamp_ms;
            stored.block.entries.iter().map(move |entry| (entry.transaction.id(), timestamp_ms))
        })
    }

    /// Ids of all executed transactions, in order.
    pub fn executed(&self) -> impl Iterator<Item = TransactionId> {
        self.executed_at().map(|(id, _)| id)
    }

    /// Drops the running node and what a crash takes from the disk.
    pub fn crash(&mut self, faults: &[DiskFault]) {
        self.replica = None;
        self.life += 1;
        for fault in faults {
            match fault {
                DiskFault::LosesUnsynced { .. } => self.disk.lose_unsynced(),
                DiskFault::LosesSignedRound => self.disk.signed_round = None,
                DiskFault::LosesAll => {
                    let journal = std::mem::take(&mut self.disk.journal);
                    self.disk = Disk { signed_round: None, journal, ..empty_disk(&self.genesis) };
                }
                DiskFault::FlipsBit { .. }
                | DiskFault::TearsRecord { .. }
                | DiskFault::TearsSlot { .. }
                | DiskFault::FlipsSlotBit { .. } => {}
            }
        }
    }
}

fn empty_disk(genesis: &Genesis) -> Disk {
    let mut state = MemoryState::default();
    state.apply(&genesis_state(genesis).expect("the genesis state is computed in memory"));
    Disk::new(state)
}

pub fn seal(header: kaldrix_types::BlockHeader, transactions: Vec<Transaction>) -> VerifiedBlock {
    let signature = vec![0; Scheme::MlDsa44.signature_bytes()];
    let block = Block {
        header,
        transactions: Bounded::new(transactions).expect("a proposal keeps the bound"),
        signature: Signature::new(Scheme::MlDsa44, &signature).expect("the scheme's length"),
    };
    let root = block.signed_root();
    VerifiedBlock::assume_verified(block, root)
}

/// Two executed sequences where no id stands twice.
pub fn repeated(ids: impl Iterator<Item = TransactionId>) -> Option<TransactionId> {
    let mut seen = BTreeSet::new();
    let mut ids = ids;
    ids.find(|id| !seen.insert(*id))
}
