//! The event loop of a simulated network, and what is checked at every step.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kaldrix_consensus::{Event, Message, Parameters, Recipients};
use kaldrix_storage::StoreName;
use kaldrix_types::amount::SUPPLY;
use kaldrix_types::encoding::Bounded;
use kaldrix_types::{
    Address, Amount, AuthorityIndex, Block, BlockId, Committee, Digest, Genesis, Height,
    LedgerBlockId, LedgerHeader, Member, PeerId, Protocol, PublicKey, Round, Scheme, TransactionId,
};

use crate::disk_fault::DiskFault;
use crate::faults::{Crash, Faults};
use crate::host::{Effect, Host, Lane, Work, repeated};
use crate::workload;

/// A rule that a run broke, with the seed that repeats it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    pub seed: u64,
    pub time_ms: u64,
    pub what: String,
}

/// What a run did.
#[derive(Debug, Clone, Default)]
pub struct Report {
    pub height: Height,
    pub transactions: usize,
    pub highest_round: Round,
    pub crashes: u64,
    pub partitions: u64,
    pub messages: u64,
    /// Of all transactions, the least time from submission to the timestamp of the ledger block.
    pub stamped_after_ms_min: i64,
    /// From the end of all faults to everything final everywhere.
    pub recovered_ms: u64,
}

#[derive(Debug)]
enum Happening {
    Event { node: usize, life: u64, event: Event },
    Deliver { from: usize, to: usize, life: u64, message: Message },
    Work { node: usize, life: u64, work: Work },
    Start { node: usize },
    Submit { node: usize, client: u64, sequence: u64 },
    Faults,
}

/// A network of validators and followers in virtual time.
#[derive(Debug)]
pub struct Simulation {
    seed: u64,
    random: fastrand::Rng,
    faults: Faults,
    time_ms: u64,
    next: u64,
    agenda: BTreeMap<(u64, u64), Happening>,
    wakes: BTreeMap<usize, u64>,
    /// When the last piece of work of each node's lanes ends: a lane works in order.
    busy: BTreeMap<(usize, Lane), u64>,
    hosts: Vec<Host>,
    genesis: Arc<Genesis>,
    /// One side of a partition, and when it heals.
    cut: Option<(BTreeSet<usize>, u64)>,
    ledger: BTreeMap<Height, LedgerBlockId>,
    signed: BTreeMap<(AuthorityIndex, Round), BlockId>,
    /// What is submitted, and when.
    submitted: BTreeMap<TransactionId, u64>,
    report: Report,
}

fn network_key(index: usize, purpose: u8) -> PublicKey {
    let mut bytes = vec![0; Scheme::MlDsa65.public_key_bytes()];
    bytes[0] = u8::try_from(index).unwrap_or(u8::MAX);
    bytes[1] = purpose;
    PublicKey::new(Scheme::MlDsa65, &bytes).expect("the length is the scheme's")
}

fn genesis(validators: usize, clients: u64, protocol: Protocol) -> Genesis {
    let member = |index| Member {
        name: Bounded::default(),
        stake: 1,
        consensus_key: network_key(index, 1),
        network_key: network_key(index, 2),
        reward_address: Address(Digest([1; 32])),
    };
    let members = (0..validators).map(member).collect();
    let share = SUPPLY.0 / clients;
    let rest = Amount(SUPPLY.0 - share * (clients - 1));
    let fund = |client| {
        let amount = if client == 0 { rest } else { Amount(share) };
        (Address::of(&workload::key(client)), amount)
    };
    let accounts = (0..clients).map(fund).collect();
    Genesis::new("simulation", 1_000_000, protocol, members, accounts)
        .expect("the simulation's genesis is sound")
}

impl Simulation {
    /// `followers` are nodes without a place in the committee.
    pub fn new(seed: u64, validators: usize, followers: usize, faults: Faults) -> Self {
        let protocol =
            Protocol { gc_depth_rounds: 20, schedule_commits: 20, ..Protocol::default() };
        let genesis = Arc::new(genesis(validators, 8, protocol));
        let mut random = fastrand::Rng::with_seed(seed);
        let host = |index: usize| {
            let id = kaldrix_types::committee::peer_id(&network_key(index, 2));
            let authority =
                (index < validators).then(|| AuthorityIndex(u16::try_from(index).unwrap_or(0)));
            Host::new(id, authority, genesis.clone(), Parameters::default())
        };
        let mut hosts: Vec<Host> = (0..validators + followers).map(host).collect();
        for host in &mut hosts {
            let limit = i64::try_from(faults.clock_offset_ms_max).unwrap_or(i64::MAX);
            host.clock_offset_ms = random.i64(-limit..=limit);
        }
        let mut simulation = Self {
            seed,
            random,
            faults,
            time_ms: 0,
            next: 0,
            agenda: BTreeMap::new(),
            wakes: BTreeMap::new(),
            busy: BTreeMap::new(),
            hosts,
            genesis,
            cut: None,
            ledger: BTreeMap::new(),
            signed: BTreeMap::new(),
            submitted: BTreeMap::new(),
            report: Report::default(),
        };
        for node in 0..simulation.hosts.len() {
            simulation.at(0, Happening::Start { node });
        }
        simulation.at(100, Happening::Faults);
        simulation
    }

    /// Plans `count` transfers of each of eight clients, every `interval_ms`. A client stays with
    /// one validator.
    pub fn submit(&mut self, count: u64, interval_ms: u64) {
        let validators = self.genesis.committee.size();
        for client in 0..8 {
            let node = usize::try_from(client).unwrap_or(0) % validators;
            for sequence in 0..count {
                let time = 50 + sequence * interval_ms + client;
                self.at(time, Happening::Submit { node, client, sequence });
                let id = workload::transfer(self.genesis.chain_id(), client, sequence).id();
                self.submitted.insert(id, time);
            }
        }
    }

    fn at(&mut self, time_ms: u64, happening: Happening) {
        self.next += 1;
        self.agenda.insert((time_ms.max(self.time_ms), self.next), happening);
    }

    /// Runs until everything submitted is final on every node and the network is quiet. Fails if a
    /// safety rule breaks, or if that takes longer than `limit_ms` after the last fault and
    /// submission.
    pub fn run(mut self, limit_ms: u64) -> Result<Report, Violation> {
        let last = self.submitted.values().copied().max().unwrap_or(0);
        let deadline = self.faults.until_ms.max(last).saturating_add(limit_ms);
        loop {
            let wake = self.wakes.iter().map(|(node, at)| (*at, *node)).min();
            let planned = self.agenda.keys().next().copied();
            let next = planned.map(|(time, _)| time).unwrap_or(u64::MAX);
            let step = match wake {
                Some((at, node)) if at < next => {
                    self.time_ms = at.max(self.time_ms);
                    self.wakes.remove(&node);
                    self.step(node, Event::Tick)
                }
                _ => match self.agenda.pop_first() {
                    Some(((time, _), happening)) => {
                        self.time_ms = time;
                        self.happen(happening)
                    }
                    None => Err("nothing is left to happen".into()),
                },
            };
            step.map_err(|what| self.violation(what))?;
            if self.time_ms >= self.faults.until_ms && self.is_settled() {
                return self.finish();
            }
            if self.time_ms > deadline {
                return Err(self.violation(self.describe_stall()));
            }
        }
    }

    fn violation(&self, what: String) -> Violation {
        Violation { seed: self.seed, time_ms: self.time_ms, what }
    }

    fn describe_stall(&self) -> String {
        let describe = |host: &Host| {
            let snapshot = host.replica.as_ref().map(kaldrix_consensus::Replica::snapshot);
            format!("{} {snapshot:?}", host.describe_journal())
        };
        let nodes: Vec<String> = self.hosts.iter().map(describe).collect();
        format!("not settled in time:\n{}", nodes.join("\n"))
    }

    fn happen(&mut self, happening: Happening) -> Result<(), String> {
        match happening {
            Happening::Start { node } => self.start(node),
            Happening::Event { node, life, event } if self.hosts[node].life == life => {
                self.step(node, event)
            }
            Happening::Deliver { from, to, life, message } if self.hosts[to].life == life => {
                self.deliver(from, to, message)
            }
            Happening::Work { node, life, work } if self.hosts[node].life == life => {
                let effects = self.hosts[node].work(self.time_ms, work);
                self.follow(node, effects)
            }
            Happening::Submit { node, client, sequence } => {
                let transaction = workload::transfer(self.genesis.chain_id(), client, sequence);
                let effects = self.hosts[node].submit(self.time_ms, transaction);
                self.apply(node, effects)
            }
            Happening::Faults => self.inject(),
            _ => Ok(()),
        }
    }

    fn start(&mut self, node: usize) -> Result<(), String> {
        let effects = self.hosts[node].start(self.time_ms);
        self.busy.retain(|(other, _), _| *other != node);
        self.apply(node, effects)?;
        for other in 0..self.hosts.len() {
            if other != node && self.hosts[other].replica.is_some() {
                let (id, other_id) = (self.hosts[node].id, self.hosts[other].id);
                self.step(node, Event::Connected(other_id))?;
                self.step(other, Event::Connected(id))?;
            }
        }
        Ok(())
    }

    fn step(&mut self, node: usize, event: Event) -> Result<(), String> {
        let effects = self.hosts[node].step(self.time_ms, event);
        self.follow(node, effects)
    }

    /// Does what a node wants, and plans its next tick.
    fn follow(&mut self, node: usize, effects: Vec<Effect>) -> Result<(), String> {
        self.apply(node, effects)?;
        match &self.hosts[node].replica {
            Some(replica) => {
                // At least a millisecond on: a wake in the past would never end.
                let at = replica.wake_at().max(self.time_ms + 1);
                self.wakes.insert(node, at);
            }
            None => drop(self.wakes.remove(&node)),
        }
        Ok(())
    }

    fn apply(&mut self, node: usize, effects: Vec<Effect>) -> Result<(), String> {
        let life = self.hosts[node].life;
        for effect in effects {
            match effect {
                Effect::Send { to: Recipients::All, message: Message::Blocks(blocks) }
                    if self.is_byzantine(node) =>
                {
                    self.equivocate(node, &blocks);
                }
                Effect::Send { to, message } => self.send(node, to, &message),
                Effect::Later(event) => {
                    let at = self.time_ms + self.random.u64(0..=2);
                    self.at(at, Happening::Event { node, life, event });
                }
                Effect::Work(work) => {
                    let busy = self.busy.entry((node, work.lane())).or_default();
                    *busy = self.time_ms.max(*busy) + self.random.u64(0..=3);
                    let end = *busy;
                    self.at(end, Happening::Work { node, life, work });
                }
                Effect::Executed(execution) => self.check_ledger(node, &execution.header)?,
                Effect::Certified(_) => {}
                Effect::Stopped(_) => {
                    self.wakes.remove(&node);
                    self.at(self.time_ms + 1, Happening::Start { node });
                }
                Effect::Signed(own) => {
                    let first = *self.signed.entry((own.author, own.round)).or_insert(own.id);
                    if first != own.id {
                        return Err(format!("{} signed two blocks for a round", own.author));
                    }
                }
                Effect::Halted(why) => return Err(format!("node {node} halted: {why}")),
            }
        }
        Ok(())
    }

    fn check_ledger(&mut self, node: usize, header: &LedgerHeader) -> Result<(), String> {
        let (height, id) = (header.height, header.id());
        let first = *self.ledger.entry(height).or_insert(id);
        if first != id {
            return Err(format!("fork at height {height}: node {node} has {id:?}"));
        }
        Ok(())
    }

    fn is_byzantine(&self, node: usize) -> bool {
        let last = self.genesis.committee.size().saturating_sub(1);
        self.faults.equivocates && node == last && self.time_ms < self.faults.until_ms
    }

    /// Sends each node one of two blocks for the same round, or one that breaks a rule.
    fn equivocate(&mut self, from: usize, blocks: &[Block]) {
        let mut twins: Vec<Block> = blocks.to_vec();
        let mut faulty: Vec<Block> = blocks.to_vec();
        for twin in &mut twins {
            twin.header.timestamp_ms = twin.header.timestamp_ms.wrapping_add(1);
        }
        for block in &mut faulty {
            let parents = block.header.parents.iter().skip(1).copied().collect();
            block.header.parents = Bounded::new(parents).unwrap_or_default();
            block.header.round = block.header.round.saturating_add(self.random.u64(0..3));
        }
        for to in 0..self.hosts.len() {
            if to == from || self.hosts[to].replica.is_none() {
                continue;
            }
            let chosen = match self.random.u32(0..8) {
                0 => &faulty,
                choice if choice % 2 == 0 => &twins,
                _ => &blocks.to_vec(),
            };
            let message = Message::Blocks(Bounded::new(chosen.clone()).unwrap_or_default());
            self.transmit(from, to, &message);
        }
    }

    fn send(&mut self, from: usize, to: Recipients, message: &Message) {
        let committee = self.genesis.committee.size();
        for node in 0..self.hosts.len() {
            let meant = match to {
                Recipients::All => true,
                Recipients::Committee => node < committee,
                Recipients::One(id) => self.hosts[node].id == id,
            };
            if meant && node != from && self.hosts[node].replica.is_some() {
                self.transmit(from, node, message);
            }
        }
    }

    fn transmit(&mut self, from: usize, to: usize, message: &Message) {
        self.report.messages += 1;
        let faulty = self.time_ms < self.faults.until_ms;
        let chance =
            |random: &mut fastrand::Rng, permille| faulty && random.u32(0..1000) < permille;
        let split =
            self.cut.as_ref().is_some_and(|(side, _)| side.contains(&from) != side.contains(&to));
        if split || chance(&mut self.random, self.faults.loss_permille) {
            return;
        }
        let copies = 1 + u32::from(chance(&mut self.random, self.faults.duplicate_permille));
        for _ in 0..copies {
            let mut delay = self.random.u64(self.faults.delay_ms_min..=self.faults.delay_ms_max);
            if chance(&mut self.random, self.faults.reorder_permille) {
                delay += self.random.u64(0..1000);
            }
            let life = self.hosts[to].life;
            let happening = Happening::Deliver { from, to, life, message: message.clone() };
            self.at(self.time_ms + delay, happening);
        }
    }

    fn deliver(&mut self, from: usize, to: usize, message: Message) -> Result<(), String> {
        let from: PeerId = self.hosts[from].id;
        let effects = self.hosts[to].receive(self.time_ms, from, message);
        self.follow(to, effects)
    }

    fn inject(&mut self) -> Result<(), String> {
        if self.cut.as_ref().is_some_and(|(_, until)| *until <= self.time_ms) {
            self.cut = None;
        }
        if self.time_ms >= self.faults.until_ms {
            self.cut = None;
            return Ok(());
        }
        if self.cut.is_none() && self.random.u32(0..10_000) < self.faults.partition_permille {
            let side = (0..self.hosts.len()).filter(|_| self.random.bool()).collect();
            let until = self.time_ms + self.random.u64(0..=self.faults.partition_ms_max);
            self.cut = Some((side, until));
            self.report.partitions += 1;
        }
        for node in 0..self.hosts.len() {
            let up = self.hosts[node].replica.is_some();
            if up && self.random.u32(0..1000) < self.faults.crash_permille {
                self.crash(node)?;
            }
        }
        self.at(self.time_ms + 100, Happening::Faults);
        Ok(())
    }

    fn crash(&mut self, node: usize) -> Result<(), String> {
        self.report.crashes += 1;
        // One disk at a time: a network that lost more than a third of them is beyond repair.
        let others_sound = self.hosts.iter().all(|host| host.disk.signed_round.is_some());
        let loses = |store| DiskFault::LosesUnsynced { store, batches_kept: 0 };
        let faults = match self.faults.crash {
            Crash::KeepsDisk => Vec::new(),
            Crash::MayLoseDisk if others_sound && self.random.u32(0..4) == 0 => {
                vec![DiskFault::LosesAll]
            }
            _ => vec![loses(StoreName::Dag), loses(StoreName::Ledger)],
        };
        self.hosts[node].crash(&faults);
        self.wakes.remove(&node);
        let back = self.time_ms + self.random.u64(0..=self.faults.down_ms_max);
        self.at(back, Happening::Start { node });
        let id = self.hosts[node].id;
        for other in 0..self.hosts.len() {
            if other != node && self.hosts[other].replica.is_some() {
                self.step(other, Event::Disconnected(id))?;
            }
        }
        Ok(())
    }

    /// Whether all nodes are up, equal, certified and quiet, and nothing is left to submit.
    fn is_settled(&self) -> bool {
        let submitting =
            self.agenda.values().any(|happening| matches!(happening, Happening::Submit { .. }));
        let highest = self.ledger.keys().next_back().copied().unwrap_or(0);
        let settled = |host: &Host| {
            let snapshot = host.replica.as_ref().map(kaldrix_consensus::Replica::snapshot);
            snapshot.is_some_and(|s| {
                let done = s.executed_height == highest && s.certified_height == highest;
                // A follower may hold a block that nobody references.
                let quiet = s.quiet || host.authority.is_none();
                done && quiet && !s.catching_up && host.disk.journal.is_empty()
            })
        };
        !submitting && self.hosts.iter().all(settled)
    }

    fn finish(mut self) -> Result<Report, Violation> {
        for (node, host) in self.hosts.iter().enumerate() {
            if let Some(id) = repeated(host.executed()) {
                return Err(self.violation(format!("node {node} executed {id} twice")));
            }
            let executed: BTreeSet<TransactionId> = host.executed().collect();
            if !executed.iter().eq(self.submitted.keys()) {
                let missing = self.submitted.keys().filter(|id| !executed.contains(id)).count();
                return Err(self.violation(format!("node {node} misses {missing} transactions")));
            }
            let supply: u64 =
                host.disk.state.accounts().map(|(_, account)| account.balance.0).sum();
            if supply != SUPPLY.0 {
                return Err(self.violation(format!("node {node} holds a supply of {supply}")));
            }
        }
        let stamped: Vec<i64> =
            self.hosts[0].executed_at().map(|(id, at)| self.delay(&id, at)).collect();
        self.report.stamped_after_ms_min = stamped.into_iter().min().unwrap_or(0);
        self.report.height = self.ledger.keys().next_back().copied().unwrap_or(0);
        self.report.transactions = self.submitted.len();
        self.report.highest_round = self.signed.keys().map(|(_, round)| *round).max().unwrap_or(0);
        self.report.recovered_ms = self.time_ms.saturating_sub(self.faults.until_ms);
        Ok(self.report)
    }

    /// From a transaction's submission to the timestamp of its ledger block.
    fn delay(&self, id: &TransactionId, timestamp_ms: u64) -> i64 {
        let submitted = self.genesis.timestamp_ms + self.submitted.get(id).copied().unwrap_or(0);
        let distance = i64::try_from(timestamp_ms.abs_diff(submitted)).unwrap_or(i64::MAX);
        if timestamp_ms >= submitted { distance } else { -distance }
    }

    /// The committee that all nodes share.
    pub fn committee(&self) -> &Committee {
        &self.genesis.committee
    }
}
