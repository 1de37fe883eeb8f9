//! Drawing the faults of a network: which, when, where and how strong.

mod focus;

use kaldrix_storage::{DAG_TABLES, LEDGER_TABLES, Slot, StoreName, Table};

use crate::byzantine::Strategy;
use crate::disk_fault::DiskFault;
use crate::fault::{Fault, FaultKind};
use crate::network::Disturbance;
use crate::nodes::{Node, Nodes};
use crate::scenario::Scenario;
pub use focus::{Focus, draw_focused};

/// What may go wrong in a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Loss,
    Duplication,
    Reordering,
    SlowNetwork,
    SlowLinks,
    SlowNodes,
    Partitions,
    Flapping,
    OneWay,
    Resets,
    Crashes,
    PowerLoss,
    RestartOfAll,
    Damage,
    LostDisk,
    ClockSkew,
    ClockDrift,
    ClockJumps,
    Byzantine,
}

impl Kind {
    pub const ALL: &[Self] = &[
        Self::Loss,
        Self::Duplication,
        Self::Reordering,
        Self::SlowNetwork,
        Self::SlowLinks,
        Self::SlowNodes,
        Self::Partitions,
        Self::Flapping,
        Self::OneWay,
        Self::Resets,
        Self::Crashes,
        Self::PowerLoss,
        Self::RestartOfAll,
        Self::Damage,
        Self::LostDisk,
        Self::ClockSkew,
        Self::ClockDrift,
        Self::ClockJumps,
        Self::Byzantine,
    ];
}

/// Faults of these kinds, in the order of time.
pub fn draw(random: &mut fastrand::Rng, scenario: &Scenario, kinds: &[Kind]) -> Vec<Fault> {
    let faulty = scenario.draw_faulty(random);
    let byzantine: Nodes = if kinds.contains(&Kind::Byzantine) {
        let both = kinds.contains(&Kind::Damage) || kinds.contains(&Kind::LostDisk);
        faulty.iter().filter(|_| !both || random.bool()).collect()
    } else {
        Nodes::default()
    };
    let validators = scenario.stakes.len();
    let followers = validators..scenario.nodes();
    let damaged =
        faulty.iter().filter(|node| !byzantine.contains(*node)).chain(followers).collect();
    let mut drawing = Drawing { random, scenario, byzantine, damaged, faults: Vec::new() };
    kinds.iter().for_each(|kind| drawing.draw(*kind));
    let mut faults = drawing.faults;
    faults.sort_by_key(|fault| fault.at_ms);
    faults
}

struct Drawing<'a> {
    random: &'a mut fastrand::Rng,
    scenario: &'a Scenario,
    byzantine: Nodes,
    /// Nodes whose disk may lose what was synced.
    damaged: Nodes,
    faults: Vec<Fault>,
}

impl Drawing<'_> {
    fn draw(&mut self, kind: Kind) {
        match kind {
            Kind::Loss => {
                let permille = self.random.u32(1..=200);
                self.disturb(Disturbance::Loss { permille });
            }
            Kind::Duplication => {
                let permille = self.random.u32(1..=200);
                self.disturb(Disturbance::Duplication { permille });
            }
            Kind::Reordering => {
                let (permille, by_ms_max) = (self.random.u32(1..=200), self.random.u64(50..2000));
                self.disturb(Disturbance::Reordering { permille, by_ms_max });
            }
            Kind::SlowNetwork => {
                let by_ms = self.random.u64(50..400);
                self.disturb(Disturbance::Delay { by_ms });
            }
            Kind::SlowLinks => {
                let (from, to) = (self.some_nodes(), self.some_nodes());
                let by_ms = self.random.u64(50..800);
                self.disturb(Disturbance::SlowLinks { from, to, by_ms });
            }
            Kind::SlowNodes => self.repeatedly(2, Self::slow_node),
            Kind::Partitions => self.repeatedly(3, Self::partition),
            Kind::Flapping => self.flap(),
            Kind::OneWay => self.repeatedly(3, Self::one_way),
            Kind::Resets => self.repeatedly(8, Self::reset),
            Kind::Crashes => self.repeatedly(5, |drawing| drawing.crash(&[])),
            Kind::PowerLoss => self.repeatedly(5, Self::power_loss),
            Kind::RestartOfAll => self.restart_all(),
            Kind::Damage => self.repeatedly(4, Self::damage),
            Kind::LostDisk => self.repeatedly(2, Self::lose_disk),
            Kind::ClockSkew => self.skew(),
            Kind::ClockDrift => self.repeatedly(4, Self::drift),
            Kind::ClockJumps => self.repeatedly(4, Self::jump),
            Kind::Byzantine => self.play_strategies(),
        }
    }

    fn repeatedly(&mut self, times_max: u32, draw: impl Fn(&mut Self)) {
        (0..self.random.u32(1..=times_max)).for_each(|_| draw(self));
    }

    fn push(&mut self, at_ms: u64, kind: FaultKind) {
        self.faults.push(Fault { at_ms, kind });
    }

    fn moment(&mut self) -> u64 {
        self.random.u64(0..self.scenario.end_ms.max(1))
    }

    /// Between a moment and at most some seconds, stretched as the scenario is.
    fn duration(&mut self, ms_max: u64) -> u64 {
        self.random.u64(1..=ms_max) * self.scenario.stretch
    }

    fn node(&mut self) -> Node {
        self.random.usize(0..self.scenario.nodes())
    }

    fn some_nodes(&mut self) -> Nodes {
        let mut nodes: Nodes = (0..self.scenario.nodes()).filter(|_| self.random.bool()).collect();
        nodes.insert(self.node());
        nodes
    }

    /// From the start to the end, or for a while.
    fn disturb(&mut self, disturbance: Disturbance) {
        let whole = self.random.bool();
        let at_ms = if whole { 0 } else { self.moment() };
        let for_ms = if whole { self.scenario.end_ms } else { self.duration(4_000) };
        self.push(at_ms, FaultKind::Network { disturbance, for_ms });
    }

    fn slow_node(&mut self) {
        let (at_ms, node, for_ms) = (self.moment(), self.node(), self.duration(4_000));
        let work_ms_max = self.random.u64(10..500);
        self.push(at_ms, FaultKind::SlowNode { node, work_ms_max, for_ms });
    }

    fn partition(&mut self) {
        let (at_ms, side, for_ms) = (self.moment(), self.some_nodes(), self.duration(3_000));
        self.push(
            at_ms,
            FaultKind::Network { disturbance: Disturbance::Partition { side }, for_ms },
        );
    }

    /// A partition that comes and goes.
    fn flap(&mut self) {
        let side = self.some_nodes();
        let mut at_ms = self.moment();
        for _ in 0..self.random.u32(3..10) {
            let for_ms = self.duration(200);
            let disturbance = Disturbance::Partition { side };
            self.push(at_ms, FaultKind::Network { disturbance, for_ms });
            at_ms += for_ms + self.duration(300);
        }
    }

    fn one_way(&mut self) {
        let (at_ms, for_ms) = (self.moment(), self.duration(3_000));
        let disturbance = Disturbance::OneWay { from: self.some_nodes(), to: self.some_nodes() };
        self.push(at_ms, FaultKind::Network { disturbance, for_ms });
    }

    fn reset(&mut self) {
        let (at_ms, nodes, down_ms) =
            (self.moment(), (self.node(), self.node()), self.random.u64(0..1_000));
        if nodes.0 != nodes.1 {
            self.push(at_ms, FaultKind::Reset { nodes, down_ms });
        }
    }

    fn crash(&mut self, disk: &[DiskFault]) {
        let node = self.node();
        self.crash_node(node, disk.to_vec());
    }

    fn crash_node(&mut self, node: Node, disk: Vec<DiskFault>) {
        let at_ms = self.moment();
        let down_ms =
            if self.random.bool() { self.random.u64(0..50) } else { self.duration(3_000) };
        self.push(at_ms, FaultKind::Crash { node, disk, down_ms });
    }

    fn lost_tails(&mut self) -> Vec<DiskFault> {
        let [dag, ledger] = [StoreName::Dag, StoreName::Ledger]
            .map(|store| DiskFault::LosesUnsynced { store, batches_kept: self.random.u32(0..4) });
        vec![dag, ledger, DiskFault::LosesUnsyncedSlot]
    }

    fn power_loss(&mut self) {
        let disk = self.lost_tails();
        self.crash(&disk);
    }

    /// All nodes within moments of each other, with or without the tails of their disks.
    fn restart_all(&mut self) {
        let at_ms = self.moment();
        let power_loss = self.random.bool();
        for node in 0..self.scenario.nodes() {
            let disk = if power_loss { self.lost_tails() } else { Vec::new() };
            let (late_ms, down_ms) = (self.random.u64(0..20), self.random.u64(0..500));
            self.push(at_ms + late_ms, FaultKind::Crash { node, disk, down_ms });
        }
    }

    fn damaged_node(&mut self) -> Option<Node> {
        let nodes: Vec<Node> = self.damaged.iter().collect();
        self.random.choice(nodes)
    }

    fn damage(&mut self) {
        let Some(node) = self.damaged_node() else { return };
        let mut disk = if self.random.bool() { self.lost_tails() } else { Vec::new() };
        for _ in 0..self.random.u32(1..=2) {
            let fault = self.disk_fault();
            disk.push(fault);
        }
        self.crash_node(node, disk);
    }

    fn disk_fault(&mut self) -> DiskFault {
        let random = &mut self.random;
        let (store, tables): (StoreName, &[Table]) = match random.bool() {
            true => (StoreName::Dag, DAG_TABLES),
            false => (StoreName::Ledger, LEDGER_TABLES),
        };
        let table = tables[random.usize(0..tables.len())];
        let slot = if random.bool() { Slot::First } else { Slot::Second };
        let record = random.u64(..);
        match random.u32(0..9) {
            0..3 => DiskFault::FlipsBit { store, table, record, bit: random.u64(..) },
            3..6 => DiskFault::TearsRecord { store, table, record, bytes_kept: random.u64(0..200) },
            6 => DiskFault::TearsSlot { slot, bytes_kept: random.u64(0..120) },
            7 => DiskFault::FlipsSlotBit { slot, bit: random.u64(..) },
            _ => DiskFault::LosesSignedRound,
        }
    }

    fn lose_disk(&mut self) {
        if let Some(node) = self.damaged_node() {
            self.crash_node(node, vec![DiskFault::LosesAll]);
        }
    }

    fn skew(&mut self) {
        let by_ms_max = [100, 5_000, 600_000][self.random.usize(0..3)];
        for node in 0..self.scenario.nodes() {
            let by_ms = self.random.i64(-by_ms_max..=by_ms_max);
            self.push(0, FaultKind::ClockJump { node, by_ms });
        }
    }

    fn jump(&mut self) {
        let by_ms_max = [100, 5_000, 90_000_000][self.random.usize(0..3)];
        let (at_ms, node) = (self.moment(), self.node());
        let by_ms = self.random.i64(-by_ms_max..=by_ms_max);
        self.push(at_ms, FaultKind::ClockJump { node, by_ms });
    }

    fn drift(&mut self) {
        let (at_ms, node) = (self.moment(), self.node());
        let ppm = self.random.i64(-100_000..=100_000);
        self.push(at_ms, FaultKind::ClockDrift { node, ppm });
    }

    /// Each Byzantine node has a strategy from the start, and may change it.
    fn play_strategies(&mut self) {
        for node in self.byzantine.iter() {
            let mut at_ms = 0;
            for _ in 0..self.random.u32(1..=3) {
                let strategy = Strategy::ALL[self.random.usize(0..Strategy::ALL.len())];
                self.push(at_ms, FaultKind::Byzantine { node, strategy });
                at_ms = self.moment();
            }
        }
    }
}
