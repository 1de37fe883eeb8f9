//! `kaldrix-sim`: runs simulated networks, one a seed, until a rule breaks.
//!
//! It prints a table of all that happened. Exit code 1 means that a seed broke a rule; the last
//! line is then the command that repeats it.

use std::ops::Range;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use kaldrix_sim::{Kept, Scenario, Violation, run, run_seeds, shrink};

/// A run is one allocation after the other, and the C library's are slow.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Seeds between two lines of progress.
const PROGRESS_SEEDS: u64 = 1_000;

/// Simulated networks under faults, each drawn from one seed.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask sim", version)]
struct Arguments {
    /// The seeds to run, the first included and the last not.
    #[arg(long, value_name = "A..B", default_value = "0..1000", value_parser = seeds)]
    seeds: Range<u64>,
    /// One seed, with its schedule of faults.
    #[arg(long, value_name = "N", conflicts_with = "seeds")]
    seed: Option<u64>,
    /// Of the seed's faults, only those at these places of its schedule.
    #[arg(long, value_name = "I,J,…", requires = "seed")]
    keep: Option<String>,
    /// Only this many of the seed's transactions.
    #[arg(long, value_name = "N", requires = "seed")]
    submissions: Option<usize>,
    /// At most this many followers.
    #[arg(long, value_name = "N", requires = "seed")]
    followers: Option<usize>,
    /// Looks for a small schedule that breaks the same rule.
    #[arg(long)]
    shrink: bool,
    /// Threads that share the seeds.
    #[arg(long, value_name = "N", default_value_t = 1)]
    threads: usize,
}

fn seeds(text: &str) -> Result<Range<u64>, String> {
    let (first, last) = text.split_once("..").ok_or("seeds are given as A..B, such as 0..1000")?;
    let number = |text: &str| text.parse::<u64>().map_err(|_| format!("`{text}` is no number"));
    Ok(number(first)?..number(last)?)
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let violation = match arguments.seed {
        Some(seed) => run_one(&arguments, seed),
        None => run_many(&arguments),
    };
    let Some(violation) = violation else { return ExitCode::SUCCESS };
    println!("{violation}");
    match arguments.shrink {
        true => print_shrunk(&scenario(&arguments, violation.seed)),
        false => println!("cargo xtask sim --seed {}", violation.seed),
    }
    ExitCode::from(1)
}

fn run_many(arguments: &Arguments) -> Option<Violation> {
    let start = Instant::now();
    let progress = |runs: u64| {
        if runs.is_multiple_of(PROGRESS_SEEDS) {
            let rate = runs as f64 / start.elapsed().as_secs_f64();
            eprintln!("{runs} seeds, {rate:.0} a second");
        }
    };
    let (summary, violation) = run_seeds(arguments.seeds.clone(), arguments.threads, progress);
    let (runs, took) = (summary.runs, start.elapsed().as_secs_f64());
    println!("{summary}\n{runs} seeds in {took:.1} s, {:.1} ms each", took * 1e3 / runs as f64);
    violation
}

fn scenario(arguments: &Arguments, seed: u64) -> Scenario {
    let place = |place: &str| place.trim().parse::<usize>().ok();
    let faults = arguments.keep.as_ref().map(|keep| keep.split(',').filter_map(place).collect());
    let (submissions, followers) = (arguments.submissions, arguments.followers);
    Scenario::draw(seed).keep(&Kept { faults, submissions, followers })
}

fn run_one(arguments: &Arguments, seed: u64) -> Option<Violation> {
    let scenario = scenario(arguments, seed);
    print!("{scenario}");
    match run(scenario) {
        Ok(report) => {
            println!("{report:#?}");
            None
        }
        Err(violation) => Some(violation),
    }
}

fn print_shrunk(scenario: &Scenario) {
    let Some(shrunk) = shrink(scenario, run) else { return };
    println!("\nshrunk in {} runs:\n{}{}", shrunk.runs, shrunk.scenario, shrunk.violation);
    println!("cargo xtask sim {}", shrunk.kept.arguments(shrunk.scenario.seed));
}
