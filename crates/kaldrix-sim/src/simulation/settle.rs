//! When faults have stopped, progress is demanded, then quiet, then that the network wakes.

use kaldrix_consensus::Message;
use kaldrix_ledger::StateError;
use kaldrix_types::Amount;

use super::{Done, Happening, Simulation};
use crate::host::Host;
use crate::nodes::Node;
use crate::report::Report;
use crate::scenario::Submission;
use crate::violation::hold;
use crate::workload;

/// Nothing else may be said while each node tells its status this often.
const QUIET_STATUSES: u64 = 3;
/// A quiet network is then left alone for this long.
const QUIET_HOUR_MS: u64 = 3_600_000;

/// What is demanded at present.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stage {
    /// Faults happen: safety alone.
    Faults,
    /// Everything submitted gets final by then.
    Recovery {
        until_ms: u64,
    },
    /// Byzantine nodes are gone; by then the network is quiet.
    Calming {
        until_ms: u64,
    },
    /// Nothing but status was said since then.
    Quiet {
        since_ms: u64,
        until_ms: u64,
        said: Option<String>,
    },
    /// New transactions get final by then.
    Waking {
        since_ms: u64,
    },
    Done,
}

impl Stage {
    /// Whether a Byzantine node is gone for good.
    pub(super) fn has_stopped(&self, node: Node, simulation: &Simulation) -> bool {
        let over = !matches!(self, Self::Faults | Self::Recovery { .. });
        over && !simulation.is_honest(node)
    }

    pub(super) fn note_traffic(&mut self, from: Node, message: &Message) {
        if let Self::Quiet { said, .. } = self {
            said.get_or_insert_with(|| format!("node {from}: {message:?}"));
        }
    }
}

impl Simulation {
    pub(super) fn advance_stage(&mut self) -> Done {
        let now_ms = self.time_ms;
        match self.stage {
            Stage::Faults if now_ms >= self.scenario.end_ms => {
                let until_ms = now_ms + self.bounds.recovery_ms;
                self.stage = Stage::Recovery { until_ms };
            }
            Stage::Recovery { until_ms } => {
                if self.is_final() {
                    self.report.recovered_ms = now_ms - self.scenario.end_ms;
                    self.stop_byzantine()?;
                    self.stage = Stage::Calming { until_ms: now_ms + self.bounds.quiet_ms };
                }
                hold!(now_ms <= until_ms, Liveness, "not final in time:\n{}", self.describe());
            }
            Stage::Calming { until_ms } => {
                if self.is_final() && self.is_quiet() {
                    self.stage = Stage::Quiet { since_ms: now_ms, until_ms, said: None };
                }
                hold!(now_ms <= until_ms, Quiet, "not quiet in time:\n{}", self.describe());
            }
            Stage::Quiet { until_ms, said: Some(ref said), .. } => {
                hold!(now_ms <= until_ms, Quiet, "still said: {said:.300}\n{}", self.describe());
                self.stage = Stage::Calming { until_ms };
            }
            Stage::Quiet { since_ms, .. } => {
                let status_ms = self.scenario.parameters.status_interval_ms;
                if now_ms > since_ms + QUIET_STATUSES * status_ms {
                    self.time_ms = now_ms + QUIET_HOUR_MS;
                    self.stage = Stage::Waking { since_ms: self.time_ms };
                    self.wake();
                }
            }
            Stage::Waking { since_ms } => {
                if self.is_final() && self.is_quiet() {
                    self.report.woken_ms = now_ms - since_ms;
                    self.stage = Stage::Done;
                }
                let late = now_ms > since_ms + self.bounds.wake_ms;
                hold!(!late, Wake, "not final in time:\n{}", self.describe());
            }
            Stage::Faults | Stage::Done => {}
        }
        Ok(())
    }

    fn stop_byzantine(&mut self) -> Done {
        for node in self.byzantine.iter() {
            if let Some(byzantine) = &self.stations[node].byzantine {
                for (strategy, count) in byzantine.counts().clone() {
                    self.report.tally.add(strategy.name(), count);
                }
            }
            self.go_down(node, &[])?;
        }
        Ok(())
    }

    /// A new transaction of one client at each honest validator.
    fn wake(&mut self) {
        let honest: Vec<Node> =
            (0..self.scenario.stakes.len()).filter(|node| self.is_honest(*node)).collect();
        for (client, node) in honest.into_iter().enumerate().take(self.sequences.len()) {
            let sequence = self.sequences[client];
            let (client, at_ms) = (client as u64, self.time_ms);
            let submission = Submission { at_ms, node, client, sequence };
            let id = workload::body(self.checks.chain_id(), client, sequence).id();
            self.submitted.insert(id, at_ms);
            self.agenda.plan(at_ms, Happening::Submit(submission));
        }
    }

    /// Whether all honest nodes hold the same ledger, certified, with all that was submitted.
    fn is_final(&self) -> bool {
        let highest = self.checks.height();
        let final_on = |host: &Host| {
            Self::snapshot(host).is_some_and(|snapshot| {
                let (executed, certified) = (snapshot.executed_height, snapshot.certified_height);
                let done = executed == highest && certified == highest;
                let able = host.authority.is_none() || snapshot.may_sign;
                done && able && !snapshot.catching_up && host.journal.is_empty()
            })
        };
        self.checks.executed().len() >= self.submitted.len()
            && self.submitted.keys().all(|id| self.checks.executed().contains_key(id))
            && self.honest().all(|(_, host)| final_on(host))
    }

    /// A follower may hold a block that nobody references.
    fn is_quiet(&self) -> bool {
        self.honest().all(|(_, host)| {
            host.authority.is_none() || Self::snapshot(host).is_some_and(|state| state.quiet)
        })
    }

    pub(super) fn describe(&self) -> String {
        let missing: Vec<_> = self
            .submitted
            .iter()
            .filter(|(id, _)| !self.checks.executed().contains_key(id))
            .map(|(id, at_ms)| format!("{id} of {at_ms} ms"))
            .collect();
        let describe = |(node, host): (Node, &Host)| {
            format!("  node {node}, {}: {:?}", host.describe_journal(), Self::snapshot(host))
        };
        let nodes: Vec<String> = self.honest().map(describe).collect();
        let height = self.checks.height();
        format!("height {height}, missing {missing:?}\n{}", nodes.join("\n"))
    }

    /// Equal states on all honest nodes, and nothing executed but what was submitted.
    pub(super) fn check_states(&mut self) -> Done {
        for id in self.checks.executed().keys() {
            hold!(self.submitted.contains_key(id), State, "{id} executed and was never submitted");
        }
        for (node, host) in self.honest() {
            for (address, balance) in self.checks.balances() {
                let account = match host.account(address) {
                    // Damage that nobody read so far; it is named, and not served.
                    Err(StateError::Damaged { .. }) => continue,
                    account => account,
                };
                let held = account.map_err(|error| error.to_string());
                let held = held.map(|held| held.map_or(Amount(0), |account| account.balance));
                let right = held == Ok(Amount(*balance));
                hold!(right, State, "node {node}: {address} has {held:?}, not {balance}");
            }
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Report {
        let mut report = self.report;
        let stamped = self.checks.executed().iter().filter_map(|(id, height)| {
            let submitted = self.genesis.timestamp_ms + self.submitted.get(id)?;
            let stamp = i64::try_from(self.checks.timestamp_ms(*height)?).ok()?;
            stamp.checked_sub(i64::try_from(submitted).ok()?)
        });
        report.stamped_after_ms_min = stamped.min().unwrap_or(0);
        report.height = self.checks.height();
        report.transactions = self.checks.executed().len();
        report.highest_round = self.checks.highest_round();
        report
    }
}
