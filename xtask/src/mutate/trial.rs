//! What became of a mutation, and the tables that show it.

use std::fmt;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::mutation::Mutation;

/// The exit code of `timeout` for a program that it had to end.
const TIMED_OUT: i32 = 124;
/// The exit code of a Rust program that panicked, and of `cargo test` with a failing test.
const PANICKED: i32 = 101;
/// Characters of a violation that a table shows.
const SHOWN_MAX: usize = 90;

/// Whether somebody noticed the mutation, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The simulator's words, with the seed that showed it if it could still say so.
    Caught {
        seed: Option<u64>,
        violation: String,
    },
    /// The named test fails.
    Tested {
        test: String,
    },
    Survived,
    /// It could not be tried: it does not build, or its seed fails without it too.
    Failed {
        reason: String,
    },
}

/// One mutation, tried.
#[derive(Debug)]
pub struct Trial<'a> {
    pub mutation: &'a Mutation,
    pub outcome: Outcome,
    pub took: Duration,
}

impl Outcome {
    pub fn is_noticed(&self) -> bool {
        matches!(self, Self::Caught { .. } | Self::Tested { .. })
    }

    /// Of a run of the simulator.
    pub fn of_seeds(mut run: Command) -> Result<Self> {
        let output = run.output().context("could not start the simulator")?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (said, complaint) = (text(&output.stdout), text(&output.stderr));
        Self::of_simulator(output.status.code(), &said, &complaint)
    }

    fn of_simulator(code: Option<i32>, said: &str, complaint: &str) -> Result<Self> {
        let caught = |seed, violation: &str| {
            let violation = violation.lines().next().unwrap_or_default().trim().to_owned();
            Ok(Self::Caught { seed, violation })
        };
        match code {
            Some(0) => Ok(Self::Survived),
            Some(1) => match said.lines().find_map(violation) {
                Some((seed, violation)) => caught(Some(seed), violation),
                None => bail!("the simulator failed without a violation: {said}{complaint}"),
            },
            Some(TIMED_OUT) => caught(None, "a run does not end"),
            Some(PANICKED) => {
                let mut lines = complaint.lines().skip_while(|line| !line.contains("panicked at"));
                caught(None, &format!("panic: {}", lines.nth(1).unwrap_or_default()))
            }
            code => bail!("the simulator ended with {code:?}: {complaint}"),
        }
    }

    /// Of a run of `cargo test`, whose binary was built before.
    pub fn of_test(mut test: Command) -> Result<Self> {
        let output = test.output().context("could not start cargo test")?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        Self::of_tests(output.status.code(), &said)
    }

    fn of_tests(code: Option<i32>, said: &str) -> Result<Self> {
        let failed = said.lines().find_map(|line| {
            let name = line.strip_prefix("---- ")?;
            name.strip_suffix(" stdout ----")
        });
        match (code, failed) {
            (Some(0), _) => Ok(Self::Survived),
            (Some(PANICKED), Some(test)) => Ok(Self::Tested { test: test.to_owned() }),
            (code, _) => bail!("cargo test ended with {code:?} and no failing test: {said}"),
        }
    }
}

/// Takes `seed 7, 1200 ms: fork` apart.
fn violation(line: &str) -> Option<(u64, &str)> {
    let (seed, rest) = line.strip_prefix("seed ")?.split_once(',')?;
    let (_, what) = rest.split_once(": ")?;
    Some((seed.parse().ok()?, what))
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Caught { seed: Some(seed), violation } => {
                write!(f, "seed {seed}: {}", shortened(violation))
            }
            Self::Caught { seed: None, violation } => f.write_str(shortened(violation)),
            Self::Tested { test } => write!(f, "test {test}"),
            Self::Survived => f.write_str("SURVIVED"),
            Self::Failed { reason } => write!(f, "NOT TRIED: {reason}"),
        }
    }
}

impl fmt::Display for Trial<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { mutation, outcome, took } = self;
        write!(f, "{:<36} {:>5.1} s  {outcome}", mutation.name, took.as_secs_f32())
    }
}

fn shortened(text: &str) -> &str {
    text.char_indices().nth(SHOWN_MAX).map_or(text, |(end, _)| &text[..end])
}

pub fn table(trials: &[Trial<'_>]) -> String {
    trials.iter().map(|trial| format!("{trial}\n")).collect()
}

/// The table of `docs/spec/simulation.md`. What the simulator cannot see comes last.
pub fn markdown(trials: &[Trial<'_>]) -> String {
    let (unseen, seen): (Vec<&Trial>, Vec<&Trial>) =
        trials.iter().partition(|trial| trial.mutation.unseen.is_some());
    let mut lines = vec![
        "| mutation | rule that it breaks | file | caught at seed | violation |".to_owned(),
        "|---|---|---|---|---|".to_owned(),
    ];
    lines.extend(seen.into_iter().map(seen_row));
    if !unseen.is_empty() {
        lines.push(String::new());
        lines.push("| mutation | rule | file | why the simulator cannot see it | test |".into());
        lines.push("|---|---|---|---|---|".to_owned());
        lines.extend(unseen.into_iter().map(unseen_row));
    }
    lines.join("\n") + "\n"
}

fn seen_row(Trial { mutation, outcome, .. }: &Trial<'_>) -> String {
    let (seed, violation) = match outcome {
        Outcome::Caught { seed, violation } => {
            (seed.map_or("–".to_owned(), |seed| seed.to_string()), shortened(violation))
        }
        Outcome::Tested { test } => ("–".to_owned(), test.as_str()),
        Outcome::Survived => ("**none**".to_owned(), "survived"),
        Outcome::Failed { reason } => ("**not tried**".to_owned(), shortened(reason)),
    };
    let Mutation { name, rule, .. } = mutation;
    format!("| {name} | {rule} | {} | {seed} | {} |", place(mutation), violation.replace('|', "/"))
}

fn unseen_row(Trial { mutation, outcome, .. }: &Trial<'_>) -> String {
    let Mutation { name, rule, unseen, .. } = mutation;
    let reason = unseen.as_ref().map_or("", |unseen| unseen.reason.as_str());
    let test = match outcome {
        Outcome::Tested { test } => format!("`{test}`"),
        other => other.to_string(),
    };
    format!("| {name} | {rule} | {} | {reason} | {test} |", place(mutation))
}

/// `kaldrix-types/committee.rs`, of `crates/kaldrix-types/src/committee.rs`.
fn place(mutation: &Mutation) -> String {
    format!("`{}`", mutation.file.trim_start_matches("crates/").replace("/src/", "/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mutation(unseen: bool) -> Mutation {
        let unseen = unseen.then(|| super::super::mutation::Unseen {
            reason: "no network shows it".into(),
            test: vec!["-p".into(), "kaldrix-types".into()],
        });
        Mutation {
            name: "small-quorum".into(),
            rule: "quorums intersect".into(),
            file: "crates/kaldrix-types/src/committee.rs".into(),
            text: "2".into(),
            replacement: "1".into(),
            unseen,
        }
    }

    #[test]
    fn what_the_simulator_says_is_understood() {
        let said = "0..2000\nseed 12, 3400 ms: fork at height 3\nnode 1\nrepeat it\n";
        let caught = Outcome::of_simulator(Some(1), said, "").unwrap();
        let violation = "fork at height 3".to_owned();
        assert_eq!(caught, Outcome::Caught { seed: Some(12), violation });
        assert_eq!(Outcome::of_simulator(Some(0), "", "").unwrap(), Outcome::Survived);
        let panic = "thread 'main' panicked at a.rs:1:2:\nindex out of bounds\nnote: run with";
        let outcome = Outcome::of_simulator(Some(101), "", panic).unwrap().to_string();
        assert_eq!(outcome, "panic: index out of bounds");
        let endless = Outcome::of_simulator(Some(124), "", "").unwrap().to_string();
        assert_eq!(endless, "a run does not end");
    }

    /// Nothing but a violation, a panic or an endless run may pass for a catch.
    #[test]
    fn a_simulator_that_cannot_run_catches_nothing() {
        assert!(Outcome::of_simulator(Some(1), "", "no such file").is_err());
        assert!(Outcome::of_simulator(Some(2), "", "unknown argument").is_err());
        assert!(Outcome::of_simulator(None, "", "killed").is_err());
        assert!(!Outcome::Failed { reason: "it does not build".into() }.is_noticed());
        assert!(!Outcome::Survived.is_noticed());
    }

    #[test]
    fn a_test_catches_by_failing_and_not_by_missing() {
        let said = "failures:\n\n---- tests::a_rule_holds stdout ----\n\nthread panicked\n";
        let tested = Outcome::of_tests(Some(101), said).unwrap();
        assert_eq!(tested, Outcome::Tested { test: "tests::a_rule_holds".into() });
        assert_eq!(Outcome::of_tests(Some(0), "0 passed").unwrap(), Outcome::Survived);
        assert!(Outcome::of_tests(Some(101), "could not compile").is_err());
    }

    #[test]
    fn the_table_keeps_apart_what_only_a_test_can_see() {
        let (seen, unseen) = (mutation(false), mutation(true));
        let caught = Outcome::Caught { seed: Some(3), violation: "a | b".into() };
        let tested = Outcome::Tested { test: "tests::it".into() };
        let took = Duration::from_secs(1);
        let table = markdown(&[
            Trial { mutation: &unseen, outcome: tested, took },
            Trial { mutation: &seen, outcome: caught, took },
        ]);
        let place = "`kaldrix-types/committee.rs`";
        let first = format!("| small-quorum | quorums intersect | {place} | 3 | a / b |");
        let reason = "no network shows it";
        let second =
            format!("| small-quorum | quorums intersect | {place} | {reason} | `tests::it` |");
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!((lines[2], lines[6]), (first.as_str(), second.as_str()));
    }
}
