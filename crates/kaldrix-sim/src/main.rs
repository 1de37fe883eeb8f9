//! `kaldrix-sim`: runs simulated networks, one a seed, until a rule breaks.
//!
//! Exit code 1 means that a seed broke a rule; its last line is the command that repeats it.

use std::ops::Range;
use std::process::ExitCode;

use clap::Parser;
use kaldrix_sim::{Violation, run_seed};

/// Simulated networks under faults, each drawn from one seed.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask sim", version)]
struct Arguments {
    /// The seeds to run, the first included and the last not.
    #[arg(long, value_name = "A..B", default_value = "0..1000", value_parser = seeds)]
    seeds: Range<u64>,
    /// One seed.
    #[arg(long, value_name = "N", conflicts_with = "seeds")]
    seed: Option<u64>,
    /// Threads that share the seeds.
    #[arg(long, default_value_t = 1)]
    threads: usize,
}

fn seeds(text: &str) -> Result<Range<u64>, String> {
    let (first, last) = text.split_once("..").ok_or("seeds are given as A..B, such as 0..1000")?;
    let number = |text: &str| text.parse::<u64>().map_err(|_| format!("`{text}` is no number"));
    Ok(number(first)?..number(last)?)
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let seeds = arguments.seed.map_or(arguments.seeds, |seed| seed..seed.saturating_add(1));
    for seed in seeds {
        if let Err(Violation { time_ms, what, .. }) = run_seed(seed) {
            println!("seed {seed}, {time_ms} ms: {what}\ncargo xtask sim --seed {seed}");
            return ExitCode::from(1);
        }
    }
    ExitCode::SUCCESS
}
