//! From a failing schedule to a small one that breaks the same rule.
//!
//! Delta debugging (Zeller and Hildebrandt, 2002): leave out parts of the list, first large ones,
//! then ever smaller ones, as long as the run still fails the same way.

use crate::report::Report;
use crate::scenario::{Kept, Scenario};
use crate::violation::{Rule, Violation};

/// Runs that shrinking may take.
const RUNS_MAX: usize = 2_000;

/// A smaller scenario, what is kept of the first, and how it fails.
#[derive(Debug)]
pub struct Shrunk {
    pub scenario: Scenario,
    pub kept: Kept,
    pub violation: Violation,
    pub runs: usize,
}

/// Shrinks a scenario whose run breaks a rule; `None` if it breaks none.
pub fn shrink(
    scenario: &Scenario,
    run: impl Fn(Scenario) -> Result<Report, Violation>,
) -> Option<Shrunk> {
    let violation = run(scenario.clone()).err()?;
    let faults: Vec<usize> = (0..scenario.faults.len()).collect();
    let kept = Kept {
        faults: Some(faults.clone()),
        submissions: Some(scenario.submissions.len()),
        followers: Some(scenario.followers),
    };
    let mut search = Search { scenario, rule: violation.rule, run, kept, violation, runs: 1 };
    search.drop_followers();
    search.drop_submissions();
    search.drop_faults(faults);
    search.drop_submissions();
    let Search { kept, violation, runs, .. } = search;
    Some(Shrunk { scenario: scenario.clone().keep(&kept), kept, violation, runs })
}

struct Search<'a, R> {
    scenario: &'a Scenario,
    rule: Rule,
    run: R,
    /// The smallest that failed so far, and how.
    kept: Kept,
    violation: Violation,
    runs: usize,
}

impl<R: Fn(Scenario) -> Result<Report, Violation>> Search<'_, R> {
    /// Takes up what still fails the same way.
    fn accepts(&mut self, kept: Kept) -> bool {
        if self.runs >= RUNS_MAX {
            return false;
        }
        self.runs += 1;
        match (self.run)(self.scenario.clone().keep(&kept)) {
            Err(violation) if violation.rule == self.rule => {
                (self.kept, self.violation) = (kept, violation);
                true
            }
            _ => false,
        }
    }

    fn drop_followers(&mut self) {
        while let Some(fewer) = self.kept.followers.and_then(|count| count.checked_sub(1)) {
            if !self.accepts(Kept { followers: Some(fewer), ..self.kept.clone() }) {
                break;
            }
        }
    }

    /// The shortest prefix, by halving.
    fn drop_submissions(&mut self) {
        let (mut passes, mut fails) = (0, self.kept.submissions.unwrap_or(0));
        while passes < fails {
            let half = passes + (fails - passes) / 2;
            if self.accepts(Kept { submissions: Some(half), ..self.kept.clone() }) {
                fails = half;
            } else {
                passes = half + 1;
            }
        }
    }

    fn drop_faults(&mut self, mut faults: Vec<usize>) {
        let mut size = faults.len().div_ceil(2);
        while size > 0 && !faults.is_empty() {
            let mut dropped = false;
            let mut first = 0;
            while first < faults.len() {
                let end = (first + size).min(faults.len());
                let rest: Vec<usize> = [&faults[..first], &faults[end..]].concat();
                if self.accepts(Kept { faults: Some(rest.clone()), ..self.kept.clone() }) {
                    faults = rest;
                    dropped = true;
                } else {
                    first = end;
                }
            }
            if size > 1 {
                size = size.div_ceil(2);
            } else if !dropped {
                break;
            }
        }
    }
}
