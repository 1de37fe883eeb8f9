//! `cargo xtask bench catalog`: a desk with a year of tickets, and what its users wait for, over HTTP
//! on this machine, on both backends, each number beside its bound.
//!
//! Server, database and clients share the machine. Rows are written straight into the tables, since
//! a year is not made through an API in minutes; what clocks show of them is counted by the catalog
//! itself before anything is measured.
//!
//! Results go to standard output as Markdown tables, progress to standard error.

mod desk;
mod fill;
mod measure;
mod words;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use clap::{Parser, ValueEnum};
use suite_testkit::Backend;
use tokio::runtime::Runtime;

use desk::Desk;

/// As the product has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures the service desk: queues, search, ticket pages, analytics, recounting and requests.
#[derive(Debug, Parser)]
struct Arguments {
    /// A tenth of the tickets and shorter rounds: a few minutes, and less to rely on.
    #[arg(long)]
    quick: bool,
    /// On this alone.
    #[arg(long)]
    backend: Option<Which>,
    /// Parts to measure.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Part::value_variants().to_vec())]
    parts: Vec<Part>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Which {
    Embedded,
    Servers,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    Queues,
    Search,
    Pages,
    Analytics,
    Recount,
    Requests,
}

impl Arguments {
    fn tickets(&self) -> u64 {
        if self.quick { 100_000 } else { 1_000_000 }
    }

    fn slice(&self) -> Duration {
        Duration::from_millis(if self.quick { 1_000 } else { 4_000 })
    }

    fn has(&self, part: Part) -> bool {
        self.parts.contains(&part)
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let arguments = Arguments::parse();
    suite_testkit::start_large_servers();
    let backends = [(Which::Embedded, Backend::Embedded), (Which::Servers, Backend::Servers)];
    for (which, backend) in backends {
        if arguments.backend.is_none_or(|chosen| chosen == which) {
            on_one(&runtime, (which, backend), &arguments)?;
        }
    }
    Ok(())
}

fn on_one(
    runtime: &Runtime,
    (which, backend): (Which, Backend),
    arguments: &Arguments,
) -> Result<()> {
    let mut desk = runtime.block_on(async { Desk::start(backend.place().await).await })?;
    let filled = runtime.block_on(fill::fill(&desk, arguments.tickets()))?;
    head(which, &filled);
    // Also what makes the rows true before anything else is measured.
    runtime.block_on(fill::analyse(&desk))?;
    measure::recount(runtime, &mut desk, measure::Revision::First)?;
    runtime.block_on(fill::analyse(&desk))?;
    if arguments.has(Part::Queues) {
        measure::queues(runtime, &mut desk, arguments.slice())?;
    }
    if arguments.has(Part::Search) {
        measure::search(runtime, &mut desk, arguments.slice())?;
    }
    if arguments.has(Part::Pages) {
        measure::pages(runtime, &mut desk, (&filled, arguments.slice()))?;
    }
    if arguments.has(Part::Analytics) {
        measure::analytics(runtime, &mut desk, arguments.slice())?;
    }
    // Before what changes 100,000 tickets, which the database then tidies up for minutes.
    if arguments.has(Part::Requests) {
        measure::requests(runtime, &mut desk, arguments.slice())?;
    }
    if arguments.has(Part::Recount) {
        measure::recounts(runtime, &mut desk, &filled)?;
    }
    runtime.block_on(desk.app.stop());
    println!();
    Ok(())
}

fn head(which: Which, filled: &fill::Filled) {
    let what = match which {
        Which::Embedded => "SQLite, the rest in-process",
        Which::Servers => "PostgreSQL (fsync off, 4 GB shared) and Redis on this machine",
    };
    let fill::Filled { tickets, open, events, .. } = filled;
    println!("| {what}: {tickets} tickets, {open} open, {events} events | measured | bound |");
    println!("|---|---|---|");
}

fn row(what: &str, measured: &str, bound: &str) {
    println!("| {what} | {measured} | {bound} |");
}
