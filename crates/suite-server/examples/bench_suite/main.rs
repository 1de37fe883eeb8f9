//! `cargo xtask bench suite`: Hub over HTTP on this machine, on both backends, each number beside
//! what bounds it or what it is compared with, measured in the same run.
//!
//! Server, database and clients share the machine, so absolute numbers are those of all of
//! them together; what counts are ratios of rounds that follow each other.
//!
//! Results go to standard output as Markdown tables, progress to standard error.

mod anchoring;
mod bare;
mod hub;
mod idle;
mod machine;
mod mutations;
mod network;
mod reads;
mod table;
mod tokens;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use clap::{Parser, ValueEnum};
use suite_contracts::TenantId;
use suite_kit::config::Config;
use suite_kit::telemetry::Telemetry;
use suite_testkit::Backend;
use tokio::runtime::Runtime;

use hub::Hub;

/// As the product has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures the suite: reads, logins, mutations, anchoring, start and memory.
#[derive(Debug, Parser)]
struct Arguments {
    /// Shorter rounds, and fewer: about two minutes, and less to rely on.
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
    Reads,
    Flood,
    Mutations,
    Anchoring,
    Idle,
}

impl Arguments {
    /// How long one side of a round is measured.
    fn slice(&self) -> Duration {
        Duration::from_millis(if self.quick { 500 } else { 3_000 })
    }

    fn rounds(&self) -> usize {
        if self.quick { 3 } else { 9 }
    }

    fn idle_seconds(&self) -> u64 {
        if self.quick { 3 } else { 10 }
    }

    fn has(&self, part: Part) -> bool {
        self.parts.contains(&part)
    }
}

fn main() -> ExitCode {
    let given: Vec<String> = std::env::args().skip(1).collect();
    if let [first, network @ ..] = given.as_slice()
        && first == network::PROCESS
    {
        return network::run(network);
    }
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
    // As the binary has it: a request's span costs something.
    let _telemetry = Telemetry::start(&Config::default())?;
    let backends = [(Which::Embedded, Backend::Embedded), (Which::Servers, Backend::Servers)];
    for (which, backend) in backends {
        if arguments.backend.is_none_or(|chosen| chosen == which) {
            measure(&runtime, which, backend, &arguments)?;
        }
    }
    Ok(())
}

fn measure(runtime: &Runtime, which: Which, backend: Backend, arguments: &Arguments) -> Result<()> {
    table::head(which, arguments);
    let mut hub = runtime.block_on(async { Hub::start(backend.place().await).await })?;
    let key = runtime.block_on(hub.make_key())?;
    if arguments.has(Part::Reads) {
        eprintln!("reads");
        let TenantId(tenant) = hub.tenant.parse()?;
        let bare = runtime.block_on(bare::start(hub.database()?, tenant))?;
        table::reads(&reads::measure(&hub, bare, &key, arguments)?);
        table::tokens(&runtime.block_on(tokens::measure())?);
    }
    if arguments.has(Part::Flood) {
        eprintln!("a flood of logins");
        runtime.block_on(hub.sign_in())?;
        table::flooded(&reads::flooded(&hub, &key, arguments)?);
    }
    if arguments.has(Part::Mutations) {
        eprintln!("mutations");
        runtime.block_on(hub.sign_in())?;
        table::mutations(&mutations::measure(runtime, &hub, arguments)?);
    }
    runtime.block_on(hub.app.stop());
    if arguments.has(Part::Anchoring) {
        eprintln!("anchoring");
        table::anchoring(&anchoring::measure(runtime, backend, arguments)?);
    }
    if arguments.has(Part::Idle) {
        eprintln!("an idle process");
        let place = runtime.block_on(backend.place());
        table::idle(&idle::measure(&place, arguments.idle_seconds())?);
    }
    println!();
    Ok(())
}
