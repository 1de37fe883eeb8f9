//! Networks in which one subject is tried hard: some rules only show their worth when several
//! faults meet, which swarm testing brings about too rarely.

use std::ops::Range;

use kaldrix_storage::{Slot, StoreName};

use super::{Drawing, Kind};
use crate::byzantine::Strategy;
use crate::disk_fault::DiskFault;
use crate::fault::{Fault, FaultKind};
use crate::network::Disturbance;
use crate::nodes::{Node, Nodes};
use crate::scenario::Scenario;

/// What is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Focus {
    /// Nodes that catch up, and lose power meanwhile, among liars who send them false ranges.
    FalseRanges,
    /// Validators that forget what they signed just after they did, among liars about rounds.
    ForgottenRounds,
    /// Blocks, transactions and votes that break a rule or were never signed.
    InvalidBlocks,
    /// Equivocators on slow links.
    Equivocation,
}

impl Focus {
    pub const ALL: &[Self] =
        &[Self::FalseRanges, Self::ForgottenRounds, Self::InvalidBlocks, Self::Equivocation];
}

/// Each of these is there in one of so many networks.
const BACKGROUND_EVERY: u32 = 5;
const BACKGROUND: &[Kind] =
    &[Kind::Loss, Kind::Duplication, Kind::Reordering, Kind::SlowLinks, Kind::Partitions];
/// Long enough to fall out of the reach of the DAG.
const LONG_DOWN_MS: Range<u64> = 1_000..3_000;
const INVALID: &[Strategy] = &[
    Strategy::InvalidBlocks,
    Strategy::InvalidBlocks,
    Strategy::StolenTransactions,
    Strategy::FalseVotes,
];
const EQUIVOCATING: &[Strategy] = &[
    Strategy::StingyParents,
    Strategy::TwinChains,
    Strategy::ManyChains,
    Strategy::TwinBlocks,
    Strategy::UnsentBlocks,
    Strategy::FewRecipients,
];

/// Faults around one subject, in the order of time.
pub fn draw_focused(random: &mut fastrand::Rng, scenario: &Scenario, focus: Focus) -> Vec<Fault> {
    let faulty = scenario.draw_faulty(random);
    let forgetful: Nodes = if focus == Focus::ForgottenRounds {
        let first = faulty.iter().next();
        faulty.iter().filter(|node| Some(*node) == first || random.bool()).collect()
    } else {
        Nodes::default()
    };
    let byzantine = faulty.iter().filter(|node| !forgetful.contains(*node)).collect();
    let followers = scenario.stakes.len()..scenario.nodes();
    let damaged = forgetful.iter().chain(followers).collect();
    let mut drawing = Drawing { random, scenario, byzantine, damaged, faults: Vec::new() };
    for kind in BACKGROUND {
        if drawing.random.u32(0..BACKGROUND_EVERY) == 0 {
            drawing.draw(*kind);
        }
    }
    drawing.focus(focus, forgetful);
    let mut faults = drawing.faults;
    faults.sort_by_key(|fault| fault.at_ms);
    faults
}

impl Drawing<'_> {
    fn focus(&mut self, focus: Focus, forgetful: Nodes) {
        match focus {
            Focus::FalseRanges => {
                self.play(&[Strategy::FalseRanges]);
                self.repeatedly(5, Self::fall_behind);
            }
            Focus::ForgottenRounds => {
                self.play(&[Strategy::FalseOwnRounds, Strategy::FalseOwnRounds, Strategy::Floods]);
                for node in forgetful.iter() {
                    self.repeatedly(4, |drawing| drawing.forget(node));
                }
            }
            Focus::InvalidBlocks => self.play(INVALID),
            Focus::Equivocation if self.random.bool() => self.show_two_faces(),
            Focus::Equivocation => {
                self.play(EQUIVOCATING);
                self.repeatedly(3, |drawing| drawing.draw(Kind::SlowLinks));
                self.draw(Kind::Reordering);
            }
        }
    }

    /// Every Byzantine validator plays one of these all the time.
    fn play(&mut self, strategies: &[Strategy]) {
        for node in self.byzantine.iter() {
            let strategy = strategies[self.random.usize(0..strategies.len())];
            self.push(0, FaultKind::Byzantine { node, strategy });
        }
    }

    /// Whom the Byzantine ones ignore is late to be heard by all others, as a leader's block that is
    /// waited for is, and later ones are not.
    fn show_two_faces(&mut self) {
        self.play(&[Strategy::TwoFaces]);
        let ignored = usize::from(self.byzantine.contains(0));
        let (from, by_ms) = (std::iter::once(ignored).collect(), self.random.u64(30..240));
        let disturbance =
            Disturbance::SlowLinks { from, to: (0..self.scenario.nodes()).collect(), by_ms };
        self.push(0, FaultKind::Network { disturbance, for_ms: self.scenario.end_ms });
    }

    /// One of the first `count` nodes that is not Byzantine.
    fn honest(&mut self, count: usize) -> Node {
        let honest: Vec<Node> = (0..count).filter(|node| !self.byzantine.contains(*node)).collect();
        honest[self.random.usize(0..honest.len())]
    }

    /// A node is down for long, and loses power again and again while it catches up.
    fn fall_behind(&mut self) {
        let node = self.honest(self.scenario.nodes());
        let is_lost = self.damaged.contains(node) && self.random.bool();
        let disk = if is_lost { vec![DiskFault::LosesAll] } else { Vec::new() };
        let down_ms = self.random.u64(LONG_DOWN_MS);
        let mut at_ms = self.random.u64(0..self.scenario.end_ms / 2);
        self.push(at_ms, FaultKind::Crash { node, disk, down_ms });
        at_ms += down_ms;
        for _ in 0..self.random.u32(0..6) {
            at_ms += self.random.u64(20..400);
            let disk = self.lost_tails();
            self.push(at_ms, FaultKind::Crash { node, disk, down_ms: 0 });
        }
    }

    /// A validator loses what says that it signed, when its block has not left, and is soon back.
    /// Others are down or cut off meanwhile, so that the rest may wait for that very block.
    fn forget(&mut self, node: Node) {
        let (at_ms, disk) = (self.moment(), self.forgotten());
        let down_ms = self.random.u64(0..60);
        self.push(at_ms, FaultKind::CrashOnceSigned { node, disk, down_ms });
        let validators = self.scenario.stakes.len();
        for _ in 0..self.random.usize(0..=validators.div_ceil(3)) {
            let other = self.honest(validators);
            let early_ms = self.random.u64(0..100);
            let (at_ms, down_ms) = (at_ms.saturating_sub(early_ms), self.random.u64(100..2_000));
            if other != node {
                self.push(at_ms, FaultKind::Crash { node: other, disk: Vec::new(), down_ms });
            }
        }
        if self.random.bool() {
            let to = std::iter::once(node).collect();
            let disturbance = Disturbance::OneWay { from: self.some_nodes(), to };
            let for_ms = self.random.u64(50..600);
            self.push(at_ms, FaultKind::Network { disturbance, for_ms });
        }
    }

    fn forgotten(&mut self) -> Vec<DiskFault> {
        let dag = DiskFault::LosesStore { store: StoreName::Dag };
        let bytes_kept = self.random.u64(0..120);
        match self.random.u32(0..5) {
            0 => vec![DiskFault::LosesAll],
            1 => vec![DiskFault::LosesSignedRound, dag],
            2 => vec![DiskFault::LosesUnsyncedSlot, dag],
            3 => vec![dag],
            _ => vec![DiskFault::TearsSlot { slot: Slot::First, bytes_kept }, dag],
        }
    }
}
