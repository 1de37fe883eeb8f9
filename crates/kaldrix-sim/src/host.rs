//! A simulated node: performs its replica's actions on a virtual disk, through the same recovery
//! and the same writers as a real node.

use std::sync::Arc;

use kaldrix_consensus::{
    Action, Draft, Event, LedgerRange, LedgerReply, Message, Now, Parameters, Recipients, Replica,
};
use kaldrix_crypto::{CertificateError, seal_block, verify_certificate_with, verify_witness_with};
use kaldrix_ledger::{Execution, Rules, StateError, StateReader, WitnessCheck};
use kaldrix_storage::recovery::{mark_never_signed, rebuilt};
use kaldrix_storage::{
    BlockWriter, Followed, Found, GrowthError, LedgerWriter, MemoryVolume, RangeLimits, StoreError,
    StoreName, Syncs, Volume, range, recover,
};
use kaldrix_types::encoding::Bounded;
use kaldrix_types::{
    Account, Address, AuthorityIndex, Block, BlockRef, Certificate, Commit, Genesis, PeerId,
    PublicKey, Transaction, TransactionId, VerifiedBlock, Witness,
};

use crate::disk_fault::DiskFault;
use crate::effect::{Effect, Work};
use crate::journal::Journal;
use crate::parcel::Parcel;
use crate::signatures::{IdealSigner, Signatures};

/// What one answer to a peer that catches up holds: little, so that it takes several.
const REPLY_LIMITS: RangeLimits = RangeLimits { blocks_max: 8, bytes_max: 256 * 1024 };

/// One node, up or down.
#[derive(Debug)]
pub struct Host {
    pub id: PeerId,
    pub authority: Option<AuthorityIndex>,
    /// Signs for the validator; `None` for a follower.
    pub signer: Option<IdealSigner>,
    pub disk: MemoryVolume,
    pub journal: Journal,
    /// `None` while the node is down.
    pub replica: Option<Replica>,
    /// Counts the starts, so that what was meant for an earlier life is dropped.
    pub life: u64,
    /// The clock's error.
    pub clock_offset_ms: i64,
    /// What was found damaged so far, and what was done about it.
    pub damages: Vec<String>,
    writers: Option<Writers>,
    genesis: Arc<Genesis>,
    rules: Arc<Rules>,
    parameters: Parameters,
    signatures: Signatures,
}

/// What a running node writes with.
#[derive(Debug)]
struct Writers {
    blocks: BlockWriter,
    ledger: LedgerWriter,
    /// Executed and written, and not yet synced, with the index of their commit.
    unsynced: Vec<(u64, Arc<Execution>)>,
}

impl Host {
    pub fn new(
        id: PeerId,
        authority: Option<AuthorityIndex>,
        genesis: Arc<Genesis>,
        parameters: Parameters,
        signatures: Signatures,
    ) -> Self {
        // Of some nodes the stores count as too large to be read whole at a start.
        let mut disk = MemoryVolume::new();
        disk.is_large = authority.is_some_and(|authority| authority.0 % 3 == 2);
        if let Some(authority) = authority {
            mark_never_signed(disk.signed_round(), &genesis, authority)
                .expect("a fresh slot takes what was never signed");
        }
        let member = authority.and_then(|authority| genesis.committee.member(authority));
        let signer = member.map(|member| signatures.signer(member.consensus_key.clone()));
        Self {
            id,
            authority,
            signer,
            disk,
            journal: Journal::default(),
            replica: None,
            life: 0,
            clock_offset_ms: 0,
            damages: Vec::new(),
            writers: None,
            rules: Arc::new(Rules::new(&genesis)),
            genesis,
            parameters,
            signatures,
        }
    }

    fn now(&self, time_ms: u64) -> Now {
        let genesis = self.genesis.timestamp_ms.saturating_add(time_ms);
        Now { monotonic_ms: time_ms, wall_ms: genesis.saturating_add_signed(self.clock_offset_ms) }
    }

    pub fn start(&mut self, time_ms: u64) -> Vec<Effect> {
        self.life += 1;
        let is_validator = self.authority.is_some();
        let found = recover(&self.disk, &self.genesis, is_validator, |blocks| self.verify(&blocks));
        let Found { ledger, dag, signed_round, recovered, damages } = match found {
            Ok(found) => found,
            Err(error) => return vec![Effect::Halted(error.to_string())],
        };
        self.damages.extend(damages);
        self.journal.resume(|sender| Some(ledger.account(sender).ok()??.sequence));
        let epoch = self.genesis.committee.epoch();
        self.writers = Some(Writers {
            blocks: BlockWriter { dag, signed_round, epoch, syncs: Syncs::InTurn },
            ledger: LedgerWriter { store: ledger, rules: self.rules.clone() },
            unsynced: Vec::new(),
        });
        let (parameters, now) = (self.parameters.clone(), self.now(time_ms));
        let (replica, actions) =
            Replica::new(&self.genesis, self.authority, parameters, recovered, now);
        self.replica = Some(replica);
        let mut effects = self.perform(actions);
        effects.extend(self.announce_payload(time_ms));
        effects
    }

    pub fn step(&mut self, time_ms: u64, event: Event) -> Vec<Effect> {
        let now = self.now(time_ms);
        let Some(replica) = &mut self.replica else { return Vec::new() };
        // What was true when it was planned may be told after what came later.
        let event = match event {
            Event::Payload { .. } => Event::Payload { pending: self.journal.has_proposable() },
            event => event,
        };
        let actions = replica.step(now, event);
        self.perform(actions)
    }

    /// Hears a peer's message; blocks are verified first.
    pub fn receive(&mut self, time_ms: u64, from: PeerId, parcel: &Parcel) -> Vec<Effect> {
        let event = match parcel.message() {
            Message::Blocks(blocks) => {
                Event::Blocks { from, blocks: parcel.verified(|| self.verify(blocks)) }
            }
            message => Event::Message { from, message: message.clone() },
        };
        self.step(time_ms, event)
    }

    /// Takes a client's transaction, which is durable then.
    pub fn submit(&mut self, time_ms: u64, transaction: Transaction) -> Vec<Effect> {
        let next = self.next_sequence(&transaction.body.sender);
        self.journal.add(transaction, next);
        self.announce_payload(time_ms)
    }

    fn next_sequence(&self, sender: &Address) -> Option<u64> {
        Some(self.account(sender).ok()??.sequence)
    }

    /// What waits, and since which rounds it is in flight.
    pub fn describe_journal(&self) -> String {
        self.journal.describe()
    }

    /// An account as the node's ledger has it; nothing while the node is down.
    pub fn account(&self, address: &Address) -> Result<Option<Account>, StateError> {
        let Some(writers) = &self.writers else { return Ok(None) };
        writers.ledger.store.account(address)
    }

    /// Drops the running node and what a crash takes from the disk.
    pub fn crash(&mut self, faults: &[DiskFault]) {
        (self.replica, self.writers) = (None, None);
        self.life += 1;
        for fault in faults {
            fault.strike(&self.disk).expect("a store in memory takes every fault");
        }
    }

    /// The blocks that their authors signed.
    fn verify(&self, blocks: &[Block]) -> Vec<VerifiedBlock> {
        let (chain_id, committee) = (self.rules.chain_id(), &self.genesis.committee);
        let verify = |block| self.signatures.verify_block(block, chain_id, committee);
        blocks.iter().filter_map(verify).collect()
    }

    fn announce_payload(&mut self, time_ms: u64) -> Vec<Effect> {
        let pending = self.journal.has_proposable();
        self.step(time_ms, Event::Payload { pending })
    }

    fn perform(&mut self, actions: Vec<Action>) -> Vec<Effect> {
        let mut effects = Vec::new();
        for action in actions {
            let work = match action {
                Action::Persist { token, blocks, own } => Work::Persist { token, blocks, own },
                Action::Prune { below } => Work::Prune { below },
                Action::Execute { commit, checkpoint } => Work::Execute { commit, checkpoint },
                Action::Certified(certificate) => Work::Certified(certificate),
                Action::Replay { from, reply } => Work::Replay { from, reply },
                action => {
                    effects.extend(self.perform_at_once(action));
                    continue;
                }
            };
            effects.push(Effect::Work(work));
        }
        effects
    }

    fn perform_at_once(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Sign(draft) => self.sign(draft),
            Action::Send { to, message } => vec![Effect::Send { to, message }],
            Action::Reclaim(blocks) => {
                self.journal.reclaim(&blocks);
                let pending = self.journal.has_proposable();
                vec![Effect::Later(Event::Payload { pending })]
            }
            Action::ServeLedger(range) => self.serve(range),
            Action::Halt(halt) => vec![Effect::Halted(halt.to_string())],
            _ => Vec::new(),
        }
    }

    fn sign(&mut self, draft: Draft) -> Vec<Effect> {
        let Some(signer) = &self.signer else { return vec![Effect::Later(Event::SignFailed)] };
        let round = draft.header.round;
        let taken = if draft.carries_transactions { self.journal.take(round) } else { Vec::new() };
        let transactions = Bounded::new(taken).expect("a proposal keeps the bound");
        let block = seal_block(draft.header, transactions, signer);
        let block = block.expect("an ideal signer always signs");
        let pending = self.journal.has_proposable();
        vec![Effect::Later(Event::OwnBlock(block)), Effect::Later(Event::Payload { pending })]
    }

    fn serve(&mut self, LedgerRange { to, after }: LedgerRange) -> Vec<Effect> {
        let Some(writers) = &self.writers else { return Vec::new() };
        match range::read(&writers.ledger.store, after, REPLY_LIMITS) {
            Ok(Some(reply)) => {
                let message = Message::Ledger(Box::new(reply));
                vec![Effect::Send { to: Recipients::One(to), message }]
            }
            Ok(None) => Vec::new(),
            Err(error) => self.stop(&error.into()),
        }
    }

    /// Does a piece of work on the disk, and lets the replica hear of it.
    pub fn work(&mut self, time_ms: u64, work: Work) -> Vec<Effect> {
        let Some(writers) = &mut self.writers else { return Vec::new() };
        let witnesses = Witnesses(&self.signatures);
        let done = match work {
            Work::Persist { token, blocks, own } => writers.persist(token, &blocks, own),
            Work::Prune { below } => writers
                .blocks
                .prune_below(below)
                .map(|_| Done::default())
                .map_err(GrowthError::from),
            Work::Execute { commit, checkpoint } => {
                writers.execute(&commit, &checkpoint, &witnesses)
            }
            Work::SyncLedger => writers.sync(),
            Work::Certified(certificate) => writers.certify(certificate),
            Work::Replay { from, reply } => {
                let (chain_id, committee) = (self.rules.chain_id(), &self.genesis.committee);
                writers.replay(from, &reply, |certificate| {
                    verify_certificate_with(&self.signatures, certificate, chain_id, committee)
                })
            }
        };
        let Done { mut effects, events } = match done {
            Ok(done) => done,
            Err(error) => return self.stop(&error),
        };
        let executed = effects.iter().filter_map(|effect| match effect {
            Effect::Executed(execution) => Some(execution),
            _ => None,
        });
        executed.for_each(|execution| self.journal.settle(execution));
        for event in events {
            if matches!(event, Event::Replayed { result: Some(_), .. }) {
                // Own blocks may have fallen behind what is committed now, unseen by the replica.
                self.journal.reclaim_all();
            }
            effects.extend(self.step(time_ms, event));
            effects.extend(self.announce_payload(time_ms));
        }
        effects
    }

    /// What a node does that cannot go on: it sets a damaged store aside, to start again.
    fn stop(&mut self, error: &GrowthError) -> Vec<Effect> {
        let GrowthError::Store(StoreError::Damaged(damage)) = error else {
            return vec![Effect::Halted(error.to_string())];
        };
        let mut names = StoreName::ALL.into_iter();
        let Some(store) = names.find(|name| name.to_string() == damage.store) else {
            return vec![Effect::Halted(format!("{error}, which is no store of this node"))];
        };
        (self.replica, self.writers) = (None, None);
        match self.disk.set_aside(store, damage) {
            Ok(moved_to) => {
                self.damages.push(rebuilt(&damage.to_string(), &moved_to));
                vec![Effect::Stopped]
            }
            Err(error) => vec![Effect::Halted(error.to_string())],
        }
    }
}

/// What came of a piece of work.
#[derive(Default)]
struct Done {
    effects: Vec<Effect>,
    events: Vec<Event>,
}

impl Writers {
    fn persist(
        &mut self,
        token: u64,
        blocks: &[VerifiedBlock],
        own: Option<BlockRef>,
    ) -> Result<Done, GrowthError> {
        self.blocks.store(blocks, own)?;
        let Some(own) = own else { return Ok(Done::default()) };
        Ok(Done { effects: vec![Effect::Signed(own)], events: vec![Event::Persisted { token }] })
    }

    fn execute(
        &mut self,
        commit: &Commit,
        checkpoint: &[u8],
        witnesses: &dyn WitnessCheck,
    ) -> Result<Done, GrowthError> {
        let commit_index = commit.index;
        let Some(execution) = self.ledger.execute(commit, checkpoint, witnesses)? else {
            let events = vec![Event::Executed { commit_index, vote: None }];
            return Ok(Done { effects: Vec::new(), events });
        };
        let execution = Arc::new(execution);
        let mut effects = vec![Effect::Written(execution.clone())];
        if self.unsynced.is_empty() {
            effects.push(Effect::Work(Work::SyncLedger));
        }
        self.unsynced.push((commit_index, execution));
        Ok(Done { effects, events: Vec::new() })
    }

    fn sync(&mut self) -> Result<Done, GrowthError> {
        let mut done = Done::default();
        if self.unsynced.is_empty() {
            return Ok(done);
        }
        self.ledger.sync()?;
        for (commit_index, execution) in self.unsynced.drain(..) {
            let vote = Some(execution.header.vote());
            done.effects.push(Effect::Executed(execution));
            done.events.push(Event::Executed { commit_index, vote });
        }
        Ok(done)
    }

    fn certify(&mut self, certificate: Certificate) -> Result<Done, GrowthError> {
        let mut done = self.sync()?;
        self.ledger.store.put_certificate(&certificate)?;
        done.effects.push(Effect::Certified(certificate));
        Ok(done)
    }

    fn replay(
        &mut self,
        from: PeerId,
        reply: &LedgerReply,
        verify: impl FnOnce(&Certificate) -> Result<(), CertificateError>,
    ) -> Result<Done, GrowthError> {
        let mut done = self.sync()?;
        let Followed { executions, replayed, .. } = self.ledger.follow(reply, verify)?;
        let executed =
            executions.into_iter().map(|execution| Effect::Executed(Arc::new(execution)));
        done.effects.extend(executed);
        if replayed.is_some() {
            done.effects.push(Effect::Certified(reply.certificate.clone()));
        }
        done.events.push(Event::Replayed { from, result: replayed });
        Ok(done)
    }
}

/// Witnesses by who signed.
struct Witnesses<'a>(&'a Signatures);

impl WitnessCheck for Witnesses<'_> {
    fn check(&self, id: &TransactionId, witness: &Witness, key: &PublicKey) -> bool {
        verify_witness_with(self.0, id, witness, key).is_ok()
    }
}
