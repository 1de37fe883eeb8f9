//! `cargo xtask bench ledger`: four validators on this machine, over HTTP and real transport.
//!
//! A localnet runs in a process of its own, so that its CPU time is measured apart from that of the
//! load. Transactions are signed before the measurement. Afterwards every one of them is looked up
//! in the ledger: none may be lost, none executed twice, and all nodes must have the same blocks.
//!
//! Results go to standard output as a Markdown table, progress to standard error.

mod catch_up;
mod check;
mod load;
mod machine;
mod network;
mod senders;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use clap::Parser;
use kaldrix_node::cli;

use load::Plan;
use network::Network;
use senders::Senders;

/// The first argument of the process that is the network.
const NETWORK_PROCESS: &str = "network-process";

/// Measures a localnet: throughput, finality, CPU; or, with --catch-up, how fast a new node joins.
#[derive(Debug, Parser)]
struct Arguments {
    /// Transactions a second; 0 sends as fast as the network accepts.
    #[arg(long, default_value_t = 1_000)]
    rate: u64,
    /// The same as --rate 0.
    #[arg(long)]
    max: bool,
    /// How long to send, in seconds.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// With --max: transactions to sign for each second.
    #[arg(long, default_value_t = 3_000)]
    signed_per_second: u64,
    /// Accounts that send.
    #[arg(long, default_value_t = 256)]
    senders: usize,
    /// Connections that send.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Transactions in one request; 1 sends each by itself.
    #[arg(long, default_value_t = 1)]
    batch: usize,
    /// How long to watch the idle network, in seconds.
    #[arg(long, default_value_t = 10)]
    idle_seconds: u64,
    /// Measure instead how long a new full node takes to join a network with so many ledger blocks.
    #[arg(long, value_name = "BLOCKS")]
    catch_up: Option<u64>,
}

fn main() -> ExitCode {
    let mut arguments = std::env::args();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    if arguments.nth(1).as_deref() == Some(NETWORK_PROCESS) {
        let command = cli::Arguments::parse_from(std::env::args().skip(1));
        return match runtime.block_on(cli::execute(command)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => failed(&error.into()),
        };
    }
    let arguments = Arguments::parse();
    let measured = runtime.block_on(async {
        match arguments.catch_up {
            Some(blocks) => catch_up::measure(blocks).await,
            None => measure(&arguments).await,
        }
    });
    match measured {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("error: {error:#}");
    ExitCode::FAILURE
}

async fn measure(arguments: &Arguments) -> Result<()> {
    let cores = std::thread::available_parallelism()?.get();
    let verify = machine::verify_time()?;
    eprintln!("one ML-DSA-44 verification takes {:.1} µs", verify.as_secs_f64() * 1e6);

    let network = Network::start(0).await?;
    eprintln!("watching the idle network for {} s", arguments.idle_seconds);
    let idle = network.cpu_share(Duration::from_secs(arguments.idle_seconds)).await?;

    let senders = Senders::fund(&network, arguments.senders).await?;
    let plan = Plan::new(arguments, &senders);
    eprintln!("signing {} transactions", plan.transactions);
    let signed = senders.sign(plan.transactions)?;
    eprintln!("sending");
    let sent = load::send(&network, &plan, signed).await?;
    eprintln!("checking every transaction in the ledger");
    let checked = check::ledger(&network, &senders, &sent).await?;
    network.stop().await?;

    let bound = cores as f64 / (4.0 * verify.as_secs_f64());
    println!("{}", sent.table(&plan, &checked, idle, bound));
    Ok(())
}
