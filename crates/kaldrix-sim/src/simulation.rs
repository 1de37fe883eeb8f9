//! The event loop of a simulated network.
//!
//! It hands events to nodes, carries out what they want, and lets [`Checks`] see every step. First
//! faults happen; then they stop and progress is demanded ([`settle`]).

mod delivery;
mod injection;
mod settle;

use std::collections::BTreeMap;
use std::sync::Arc;

use kaldrix_consensus::{Event, Replica, Snapshot};
use kaldrix_types::{AuthorityIndex, Genesis, TransactionId};

use crate::agenda::{Agenda, Next};
use crate::bounds::Bounds;
use crate::byzantine::Byzantine;
use crate::checks::Checks;
use crate::clock::Clock;
use crate::disk_fault::DiskFault;
use crate::effect::{Effect, Lane, Work};
use crate::host::Host;
use crate::network::Network;
use crate::nodes::{Node, Nodes};
use crate::parcel::Parcel;
use crate::report::Report;
use crate::scenario::{Scenario, Submission};
use crate::signatures::Signatures;
use crate::violation::{Broken, Rule, Violation, hold};
use crate::world;
use settle::Stage;

type Done = Result<(), Broken>;

/// What an undisturbed node takes at most for a piece of work.
const WORK_MS_MAX: u64 = 3;
/// How often a Byzantine node speaks unasked.
const BYZANTINE_TICK_MS: u64 = 50;
/// A network of ten that works for minutes takes a fifth of it.
const EVENTS_MAX: u64 = 3_000_000;
/// Ticks without an effect that a node may ask for in a row.
const IDLE_TICKS_MAX: u32 = 20;

#[derive(Debug)]
enum Happening {
    Event {
        node: Node,
        life: u64,
        event: Event,
    },
    Deliver {
        from: Node,
        to: Node,
        life: u64,
        connection: u32,
        parcel: Parcel,
    },
    Work {
        node: Node,
        life: u64,
        work: Work,
    },
    Start {
        node: Node,
    },
    Connect {
        one: Node,
        other: Node,
    },
    Submit(Submission),
    /// A fault of the schedule, by its place.
    Fault(usize),
    ByzantineTick {
        node: Node,
    },
    Heal,
}

impl Happening {
    /// How many messages or blocks it holds in memory.
    fn weight(&self) -> usize {
        match self {
            Self::Deliver { parcel, .. } => parcel.weight(),
            Self::Work { work, .. } => work.weight(),
            _ => 1,
        }
    }
}

/// A node and what surrounds it.
#[derive(Debug)]
struct Station {
    host: Host,
    clock: Clock,
    byzantine: Option<Byzantine>,
    /// When the last piece of work of each lane begins and ends: a lane works in order, and what
    /// waits for it is one piece, as writes that wait share one sync.
    busy: BTreeMap<Lane, (u64, u64)>,
    /// A piece of work takes up to this long, until a moment.
    slow: Option<(u64, u64)>,
    /// How the node crashes, and for how long, when next an own block is durable.
    doom: Option<(Vec<DiskFault>, u64)>,
    /// Ticks in a row after which the node wanted the next one at once.
    idle_ticks: u32,
}

/// A network of validators and followers in virtual time.
#[derive(Debug)]
pub struct Simulation {
    scenario: Scenario,
    random: fastrand::Rng,
    time_ms: u64,
    agenda: Agenda<Happening>,
    bounds: Bounds,
    network: Network,
    stations: Vec<Station>,
    genesis: Arc<Genesis>,
    byzantine: Nodes,
    signatures: Signatures,
    checks: Checks,
    /// What must become final, and when it was first submitted.
    submitted: BTreeMap<TransactionId, u64>,
    /// How many transactions each client has submitted.
    sequences: Vec<u64>,
    stage: Stage,
    report: Report,
}

impl Simulation {
    pub fn new(scenario: Scenario) -> Self {
        let nodes = scenario.nodes();
        let genesis = Arc::new(world::genesis(&scenario.stakes, scenario.protocol.clone()));
        let byzantine = scenario.byzantine();
        let signatures = Signatures::default();
        let station = |node: Node| {
            let authority = u16::try_from(node).ok().filter(|_| node < scenario.stakes.len());
            let host = Host::new(
                world::peer(node),
                authority.map(AuthorityIndex),
                genesis.clone(),
                scenario.parameters.clone(),
                signatures.clone(),
            );
            let (clock, busy) = (Clock::default(), BTreeMap::new());
            Station { host, clock, byzantine: None, busy, slow: None, doom: None, idle_ticks: 0 }
        };
        let mut simulation = Self {
            random: fastrand::Rng::with_seed(scenario.seed),
            time_ms: 0,
            agenda: Agenda::new(nodes, Happening::weight),
            bounds: Bounds::of(&scenario),
            network: Network::new(nodes, scenario.delay_ms_max),
            stations: (0..nodes).map(station).collect(),
            checks: Checks::new(&genesis, nodes, byzantine, signatures.clone()),
            genesis,
            byzantine,
            signatures,
            submitted: BTreeMap::new(),
            sequences: vec![0; world::CLIENTS],
            stage: Stage::Faults,
            report: Report { nodes, ..Report::default() },
            scenario,
        };
        simulation.plan();
        simulation
    }

    fn plan(&mut self) {
        for place in 0..self.scenario.faults.len() {
            self.agenda.plan(self.scenario.faults[place].at_ms, Happening::Fault(place));
        }
        for node in 0..self.stations.len() {
            self.agenda.plan(0, Happening::Start { node });
        }
        for submission in self.scenario.submissions.clone() {
            self.agenda.plan(submission.at_ms, Happening::Submit(submission));
        }
        for node in self.byzantine.iter() {
            self.agenda.plan(BYZANTINE_TICK_MS, Happening::ByzantineTick { node });
        }
        self.agenda.plan(self.scenario.end_ms, Happening::Heal);
    }

    /// Runs until everything submitted is final on every honest node, the network is quiet, and
    /// has woken and gone quiet once more.
    pub fn run(mut self) -> Result<Report, Violation> {
        match self.run_stages() {
            Ok(()) => Ok(self.finish()),
            Err((rule, what)) => {
                Err(Violation { seed: self.scenario.seed, time_ms: self.time_ms, rule, what })
            }
        }
    }

    fn run_stages(&mut self) -> Done {
        while self.stage != Stage::Done {
            let next = self.agenda.pop();
            self.report.events += 1;
            let events = self.report.events;
            hold!(events < EVENTS_MAX, Busy, "{events} events:\n{}", self.describe());
            let queued = self.agenda.weight();
            self.report.queued_max = self.report.queued_max.max(queued as u64);
            let bound = self.bounds.queued;
            hold!(queued <= bound, Busy, "{queued} things wait to happen:\n{}", self.describe());
            match next {
                Some(Next::Tick(time_ms, node)) => {
                    self.time_ms = time_ms.max(self.time_ms);
                    self.tick(node)?;
                }
                Some(Next::Planned(time_ms, happening)) => {
                    self.time_ms = time_ms.max(self.time_ms);
                    self.happen(happening)?;
                }
                None => hold!(false, Liveness, "nothing is left to happen"),
            }
            self.advance_stage()?;
        }
        self.check_states()
    }

    fn happen(&mut self, happening: Happening) -> Done {
        match happening {
            Happening::Start { node } => self.start(node),
            Happening::Event { node, life, event } if self.lives(node, life) => {
                self.step(node, event)
            }
            Happening::Deliver { from, to, life, connection, parcel }
                if self.lives(to, life) && self.network.connection(from, to) == connection =>
            {
                self.deliver(from, to, &parcel)
            }
            Happening::Work { node, life, work } if self.lives(node, life) => {
                let now_ms = self.now(node);
                let effects = self.stations[node].host.work(now_ms, work);
                self.follow(node, effects)
            }
            Happening::Connect { one, other } => self.connect(one, other),
            Happening::Submit(submission) => self.submit(submission),
            Happening::Fault(place) => self.inject(place),
            Happening::ByzantineTick { node } => self.byzantine_tick(node),
            Happening::Heal => self.heal(),
            Happening::Event { .. } | Happening::Deliver { .. } | Happening::Work { .. } => Ok(()),
        }
    }

    fn lives(&self, node: Node, life: u64) -> bool {
        let host = &self.stations[node].host;
        host.replica.is_some() && host.life == life
    }

    fn is_up(&self, node: Node) -> bool {
        self.stations[node].host.replica.is_some()
    }

    /// Whether a node never plays a Byzantine strategy.
    fn is_honest(&self, node: Node) -> bool {
        !self.byzantine.contains(node)
    }

    fn honest(&self) -> impl Iterator<Item = (Node, &Host)> {
        let stations = self.stations.iter().enumerate();
        stations.filter(|(node, _)| self.is_honest(*node)).map(|(node, at)| (node, &at.host))
    }

    /// What a node's monotonic clock shows; its wall clock is set to go with it.
    fn now(&mut self, node: Node) -> u64 {
        let station = &mut self.stations[node];
        station.host.clock_offset_ms = station.clock.offset_ms;
        station.clock.monotonic_ms(self.time_ms)
    }

    fn start(&mut self, node: Node) -> Done {
        if self.is_up(node) || self.stage.has_stopped(node, self) {
            return Ok(());
        }
        let now_ms = self.now(node);
        let station = &mut self.stations[node];
        station.busy.clear();
        let effects = station.host.start(now_ms);
        if let Some(replica) = &station.host.replica
            && !self.byzantine.contains(node)
        {
            self.checks.restarted(node, replica.snapshot().executed_height)?;
        }
        self.follow(node, effects)?;
        (0..self.stations.len()).try_for_each(|other| self.connect(node, other))
    }

    fn connect(&mut self, one: Node, other: Node) -> Done {
        if one == other || !self.is_up(one) || !self.is_up(other) {
            return Ok(());
        }
        let (id, other_id) = (self.stations[one].host.id, self.stations[other].host.id);
        self.step(one, Event::Connected(other_id))?;
        self.step(other, Event::Connected(id))
    }

    fn disconnect(&mut self, one: Node, other: Node) -> Done {
        self.network.reset(one, other);
        let (id, other_id) = (self.stations[one].host.id, self.stations[other].host.id);
        self.step(one, Event::Disconnected(other_id))?;
        self.step(other, Event::Disconnected(id))
    }

    /// A node whose time-outs do not move on would keep a processor busy for nothing.
    fn tick(&mut self, node: Node) -> Done {
        let now_ms = self.now(node);
        let effects = self.stations[node].host.step(now_ms, Event::Tick);
        let idle = effects.is_empty();
        self.follow(node, effects)?;
        let station = &mut self.stations[node];
        let wants = station.host.replica.as_ref().map(Replica::wake_at);
        let at_once = idle && wants.is_some_and(|at_ms| at_ms <= now_ms);
        station.idle_ticks = if at_once { station.idle_ticks + 1 } else { 0 };
        hold!(
            station.idle_ticks < IDLE_TICKS_MAX,
            Busy,
            "node {node} wants a tick at {wants:?}, and it is {now_ms}:\n{}",
            self.describe()
        );
        Ok(())
    }

    fn step(&mut self, node: Node, event: Event) -> Done {
        let now_ms = self.now(node);
        let effects = self.stations[node].host.step(now_ms, event);
        self.follow(node, effects)
    }

    /// Does what a node wants, looks at it, and plans its next tick.
    fn follow(&mut self, node: Node, effects: Vec<Effect>) -> Done {
        let life = self.stations[node].host.life;
        for effect in effects {
            // What the node wanted when it crashed does not happen.
            if self.stations[node].host.life == life {
                self.perform(node, life, effect)?;
            }
        }
        let station = &self.stations[node];
        let Some(replica) = &station.host.replica else {
            self.agenda.no_tick(node);
            return Ok(());
        };
        // At least a millisecond on: a wake in the past would never end.
        let at_ms = station.clock.time_of(replica.wake_at()).max(self.time_ms + 1);
        self.agenda.tick_at(node, at_ms);
        if self.is_honest(node) {
            let snapshot = replica.snapshot();
            self.checks.memory(node, &snapshot, &self.scenario)?;
            let executing = snapshot.executing_commits as u64;
            self.report.executing_max = self.report.executing_max.max(executing);
            self.report.dag_max = self.report.dag_max.max(snapshot.dag_blocks as u64);
        }
        Ok(())
    }

    fn perform(&mut self, node: Node, life: u64, effect: Effect) -> Done {
        let honest = self.is_honest(node);
        match effect {
            Effect::Send { to, message } => self.send(node, to, message)?,
            Effect::Later(event) => {
                let at_ms = self.time_ms + self.random.u64(0..=2);
                self.agenda.plan(at_ms, Happening::Event { node, life, event });
            }
            Effect::Work(work) => {
                if let Work::Execute { commit, checkpoint } = &work
                    && honest
                {
                    self.checks.committed(node, commit, checkpoint)?;
                }
                if let Work::Persist { blocks, .. } = &work
                    && honest
                {
                    self.checks.accepted(node, blocks)?;
                }
                self.queue(node, life, work);
            }
            Effect::Signed(own) if honest => {
                self.checks.signed(own)?;
                self.meet_doom(node)?;
            }
            Effect::Written(execution) if honest => self.checks.written_by(node, &execution)?,
            Effect::Executed(execution) if honest => self.checks.executed_by(node, &execution)?,
            Effect::Certified(certificate) if honest => {
                self.checks.certified(node, &certificate)?;
            }
            Effect::Signed(_) | Effect::Written(_) | Effect::Executed(_) | Effect::Certified(_) => {
            }
            Effect::Stopped => {
                self.checks.damaged(node);
                self.report.tally.count("stopped at damage");
                self.go_down(node, &[])?;
                self.agenda.plan(self.time_ms + 1, Happening::Start { node });
            }
            Effect::Halted(why) if honest => return Err((Rule::Halt, format!("{node}: {why}"))),
            Effect::Halted(_) => self.go_down(node, &[])?,
        }
        Ok(())
    }

    /// Disk and execution take their time, each in order.
    fn queue(&mut self, node: Node, life: u64, work: Work) {
        let station = &mut self.stations[node];
        let slow = station.slow.filter(|(until_ms, _)| *until_ms > self.time_ms);
        let work_ms_max = slow.map_or(WORK_MS_MAX, |(_, work_ms_max)| work_ms_max);
        let (begins_ms, ends_ms) = station.busy.entry(work.lane()).or_default();
        if self.time_ms >= *begins_ms {
            *begins_ms = self.time_ms.max(*ends_ms);
            *ends_ms = *begins_ms + self.random.u64(0..=work_ms_max);
        }
        self.agenda.plan(*ends_ms, Happening::Work { node, life, work });
    }

    fn snapshot(host: &Host) -> Option<Snapshot> {
        host.replica.as_ref().map(Replica::snapshot)
    }
}
