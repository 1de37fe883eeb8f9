//! What happened in one run, and in many.

use std::collections::BTreeMap;
use std::fmt;

use kaldrix_types::{Height, Round};

/// How often each thing happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally(BTreeMap<&'static str, u64>);

impl Tally {
    pub fn count(&mut self, what: &'static str) {
        self.add(what, 1);
    }

    pub fn add(&mut self, what: &'static str, times: u64) {
        *self.0.entry(what).or_default() += times;
    }

    pub fn of(&self, what: &str) -> u64 {
        self.0.get(what).copied().unwrap_or(0)
    }
}

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub nodes: usize,
    pub height: Height,
    pub transactions: usize,
    pub highest_round: Round,
    pub messages: u64,
    pub events: u64,
    /// Messages and blocks that waited to happen, and commits that waited for one node's
    /// execution, and blocks in one node's DAG, at most.
    pub queued_max: u64,
    pub executing_max: u64,
    pub dag_max: u64,
    /// Faults that happened and what they did, by name.
    pub tally: Tally,
    /// Of all transactions, the least time from submission to the timestamp of the ledger block.
    pub stamped_after_ms_min: i64,
    /// From the end of all faults to everything final on every honest node.
    pub recovered_ms: u64,
    /// From a transaction in a quiet network to its finality on every honest node.
    pub woken_ms: u64,
    /// A digest of all that happened, in order: equal for equal runs.
    pub trace: u64,
}

/// Many runs.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    pub runs: u64,
    totals: BTreeMap<&'static str, Total>,
}

/// In how many runs something happened, how often in all, and how often at most in one.
#[derive(Debug, Clone, Copy, Default)]
struct Total {
    runs: u64,
    sum: u64,
    max: u64,
}

impl Total {
    fn add(&mut self, count: u64) {
        self.runs += u64::from(count > 0);
        self.sum += count;
        self.max = self.max.max(count);
    }
}

impl Summary {
    pub fn add(&mut self, report: &Report) {
        self.runs += 1;
        let own = [
            ("= ledger blocks", report.height),
            ("= transactions", report.transactions as u64),
            ("= rounds", report.highest_round),
            ("= messages", report.messages),
            ("= events", report.events),
            ("= waiting messages and blocks", report.queued_max),
            ("= commits that wait for execution", report.executing_max),
            ("= blocks in one DAG", report.dag_max),
            ("= ms until everything is final", report.recovered_ms),
            ("= ms until a quiet network is done", report.woken_ms),
        ];
        let tallied = report.tally.0.iter().map(|(what, count)| (*what, *count));
        for (what, count) in own.into_iter().chain(tallied) {
            self.totals.entry(what).or_default().add(count);
        }
    }

    pub fn merge(&mut self, other: &Self) {
        self.runs += other.runs;
        for (what, total) in &other.totals {
            let own = self.totals.entry(what).or_default();
            own.runs += total.runs;
            own.sum += total.sum;
            own.max = own.max.max(total.max);
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| what | seeds with it | in all | most in one seed |")?;
        writeln!(f, "|---|---:|---:|---:|")?;
        for (what, Total { runs, sum, max }) in &self.totals {
            writeln!(f, "| {} | {runs} | {sum} | {max} |", what.trim_start_matches("= "))?;
        }
        Ok(())
    }
}
