//! Faults happen.

use kaldrix_consensus::Event;

use super::{Done, Happening, Simulation};
use crate::byzantine::Byzantine;
use crate::disk_fault::DiskFault;
use crate::fault::FaultKind;
use crate::nodes::Node;

impl Simulation {
    pub(super) fn inject(&mut self, place: usize) -> Done {
        let kind = self.scenario.faults[place].kind.clone();
        self.report.tally.count(kind.name());
        let end_ms = self.scenario.end_ms;
        let until = |for_ms: u64, now_ms: u64| now_ms.saturating_add(for_ms).min(end_ms);
        let now_ms = self.time_ms;
        match kind {
            FaultKind::Network { disturbance, for_ms } => {
                self.network.disturb(until(for_ms, now_ms), disturbance);
            }
            FaultKind::Reset { nodes: (one, other), down_ms } => {
                self.disconnect(one, other)?;
                self.agenda.plan(until(down_ms, now_ms), Happening::Connect { one, other });
            }
            FaultKind::SlowNode { node, work_ms_max, for_ms } => {
                self.stations[node].slow = Some((until(for_ms, now_ms), work_ms_max));
            }
            FaultKind::Crash { node, disk, down_ms } => {
                self.go_down(node, &disk)?;
                self.agenda.plan(until(down_ms, now_ms), Happening::Start { node });
            }
            FaultKind::CrashOnceSigned { node, disk, down_ms } => {
                self.stations[node].doom = Some((disk, down_ms));
            }
            FaultKind::ClockJump { node, by_ms } => self.stations[node].clock.jump(by_ms),
            FaultKind::ClockDrift { node, ppm } => self.stations[node].clock.drift(now_ms, ppm),
            FaultKind::Byzantine { node, strategy } => self.turn(node, strategy),
        }
        Ok(())
    }

    /// The crash that was to come once the node has signed.
    pub(super) fn meet_doom(&mut self, node: Node) -> Done {
        if let Some((disk, down_ms)) = self.stations[node].doom.take() {
            self.go_down(node, &disk)?;
            let at_ms = self.time_ms.saturating_add(down_ms).min(self.scenario.end_ms);
            self.agenda.plan(at_ms, Happening::Start { node });
        }
        Ok(())
    }

    fn turn(&mut self, node: Node, strategy: crate::byzantine::Strategy) {
        let peers = (0..self.stations.len()).filter(|other| *other != node);
        let peers = peers.map(|other| self.stations[other].host.id).collect();
        let station = &mut self.stations[node];
        let Some((own, signer)) = station.host.authority.zip(station.host.signer.clone()) else {
            return;
        };
        let (genesis, seed) = (self.genesis.clone(), self.scenario.seed);
        station
            .byzantine
            .get_or_insert_with(|| Byzantine::new((own, signer), peers, genesis, strategy, seed))
            .play(strategy);
    }

    /// The process ends, and the disk suffers what it suffers.
    pub(super) fn go_down(&mut self, node: Node, disk: &[DiskFault]) -> Done {
        if !disk.iter().all(DiskFault::is_power_loss) {
            self.checks.damaged(node);
        }
        self.checks.struck(node, disk.iter().map(slot_faults).sum());
        for fault in disk {
            self.report.tally.count(fault.name());
        }
        let was_up = self.is_up(node);
        self.stations[node].host.crash(disk);
        self.agenda.no_tick(node);
        if !was_up {
            return Ok(());
        }
        let id = self.stations[node].host.id;
        (0..self.stations.len())
            .filter(|other| *other != node)
            .try_for_each(|other| self.step(other, Event::Disconnected(id)))
    }

    /// No fault happens from now on, and every node is up.
    pub(super) fn heal(&mut self) -> Done {
        self.network.heal();
        for node in 0..self.stations.len() {
            (self.stations[node].slow, self.stations[node].doom) = (None, None);
            self.stations[node].clock.drift(self.time_ms, 0);
            self.start(node)?;
        }
        for one in 0..self.stations.len() {
            for other in one + 1..self.stations.len() {
                self.connect(one, other)?;
            }
        }
        Ok(())
    }
}

/// How often a fault strikes the slots of the last-signed-round file; all are two.
fn slot_faults(fault: &DiskFault) -> usize {
    match fault {
        DiskFault::TearsSlot { .. } | DiskFault::FlipsSlotBit { .. } => 1,
        DiskFault::LosesSignedRound | DiskFault::LosesAll => 2,
        _ => 0,
    }
}
