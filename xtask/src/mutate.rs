//! `cargo xtask mutate`: breaks each safety rule on purpose, one at a time, and shows that the
//! simulator, or else the named test, notices.
//!
//! Mutations are data in `crates/kaldrix-sim/mutations`. They are made in a copy of the sources with
//! a target directory of its own, so that the checkout stays as it is and builds are incremental.

mod mutation;
mod scratch;
mod trial;

use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};

use crate::environment;
use mutation::Mutation;
use scratch::Scratch;
use trial::{Outcome, Trial};

/// Seeds within which the simulator must find every mutation that it can see.
const SEEDS: u64 = 2_000;

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
struct Options {
    /// Mutations whose name contains one of these; all if there are none.
    only: Vec<String>,
    seeds: u64,
    /// Threads that share the seeds.
    threads: usize,
    /// Print the table as the one that stands in `docs/spec/simulation.md`.
    markdown: bool,
}

pub fn run(arguments: &[String]) -> Result<()> {
    let options = Options::parse(arguments)?;
    let mutations = mutation::read_all(environment::root())?;
    let is_chosen = |mutation: &&Mutation| {
        options.only.is_empty() || options.only.iter().any(|part| mutation.name.contains(part))
    };
    let chosen: Vec<&Mutation> = mutations.iter().filter(is_chosen).collect();
    ensure!(!chosen.is_empty(), "no mutation has that name: see crates/kaldrix-sim/mutations");

    let scratch = Scratch::prepare()?;
    let mut trials = Vec::new();
    for (place, mutation) in (1..).zip(&chosen) {
        let started = Instant::now();
        let outcome = try_mutation(&scratch, mutation, &options)
            .unwrap_or_else(|error| Outcome::Failed { reason: format!("{error:#}") });
        let trial = Trial { mutation, outcome, took: started.elapsed() };
        eprintln!("{place:>3} of {}  {trial}", chosen.len());
        trials.push(trial);
    }
    print!("{}", if options.markdown { trial::markdown(&trials) } else { trial::table(&trials) });
    let unnoticed = trials.iter().filter(|trial| !trial.outcome.is_noticed()).count();
    if unnoticed > 0 {
        bail!("{unnoticed} of {} mutations went unnoticed", trials.len());
    }
    Ok(())
}

fn try_mutation(scratch: &Scratch, mutation: &Mutation, options: &Options) -> Result<Outcome> {
    let mutated = scratch.mutate(mutation)?;
    let outcome = match &mutation.unseen {
        Some(unseen) => scratch.run_test(&unseen.test),
        None => scratch.run_seeds(options.seeds, options.threads),
    };
    mutated.undo()?;
    outcome
}

impl Options {
    fn parse(arguments: &[String]) -> Result<Self> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let mut options = Self { only: Vec::new(), seeds: SEEDS, threads, markdown: false };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--markdown" => options.markdown = true,
                "--only" => {
                    let name = arguments.next().context("--only needs a part of a name")?;
                    options.only.push(name.clone());
                }
                "--seeds" => {
                    let seeds = arguments.next().and_then(|seeds| seeds.parse().ok());
                    options.seeds = seeds.context("--seeds needs a number")?;
                }
                "--threads" => {
                    let threads = arguments.next().and_then(|threads| threads.parse().ok());
                    options.threads = threads.context("--threads needs a number")?;
                }
                other => bail!(
                    "mutate takes --only NAME, --seeds N, --threads N and --markdown, not `{other}`"
                ),
            }
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Options> {
        let arguments: Vec<String> = arguments.iter().map(|text| (*text).to_owned()).collect();
        Options::parse(&arguments)
    }

    #[test]
    fn the_command_line_is_understood_or_refused() {
        let all = parse(&[]).unwrap();
        assert_eq!((all.only.len(), all.seeds, all.markdown), (0, SEEDS, false));
        let only = vec!["quorum".to_owned(), "range".to_owned()];
        let some = Options { only, seeds: 7, threads: 1, markdown: true };
        let line = "--only quorum --only range --markdown --seeds 7 --threads 1";
        assert_eq!(parse(&line.split(' ').collect::<Vec<_>>()).unwrap(), some);
        for refused in
            [&["--seeds"][..], &["--seeds", "many"], &["--only"], &["--threads"], &["quorum"]]
        {
            assert!(parse(refused).is_err(), "{refused:?}");
        }
    }
}
