//! Four validators in a process of their own, which ends with this one.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};

use anyhow::{Context, Result, ensure};
use kaldrix_node::init::Ports;
use kaldrix_node::localnet::LocalnetOptions;
use suite_kit::config::Config;

/// The first argument of the process that is the network; its folder and first port follow.
pub const PROCESS: &str = "network-process";
const VALIDATORS: u16 = 4;
/// Of a validator: API, peers, metrics.
const PORTS_EACH: u16 = 3;
/// Below those that the system gives to outgoing connections.
const PORTS: std::ops::Range<u16> = 20_000..32_000;
const READY: &str = "ready";

pub struct Network {
    process: Child,
    folder: tempfile::TempDir,
    ports: Ports,
}

impl Network {
    /// Starts one of its own, and waits until all its nodes answer.
    pub fn start() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("kaldrix-").tempdir()?;
        let first = free_ports()?;
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(PROCESS).arg(folder.path().join("net")).arg(first.to_string());
        let process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut network = Self { process, folder, ports: ports(first) };
        let stdout = network.process.stdout.take().context("a pipe")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        ensure!(line.trim() == READY, "the network has ended before it was ready");
        Ok(network)
    }

    /// Has audit records anchored on it.
    pub fn configure(&self, config: &mut Config) {
        let [api, ..] = self.ports.of(0);
        let file = |name: &str| -> PathBuf { self.folder.path().join("net").join(name) };
        config.ledger_url = Some(format!("http://{api}"));
        config.ledger_key = Some(file("faucet.json"));
        config.ledger_genesis = Some(file("genesis.json"));
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Is the network, until standard input ends.
pub fn run(arguments: &[String]) -> ExitCode {
    match serve(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: the network: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn serve(arguments: &[String]) -> Result<()> {
    let [directory, first] = arguments else { anyhow::bail!("a folder and a port") };
    let options = LocalnetOptions {
        directory: directory.into(),
        validators: VALIDATORS,
        full_nodes: 0,
        ports: ports(first.parse()?),
    };
    let shutdown = async {
        let ended = || std::io::stdin().read_to_end(&mut Vec::new());
        let _ = tokio::task::spawn_blocking(ended).await;
    };
    let started = |_: &[_]| {
        let mut stdout = std::io::stdout();
        let _ = writeln!(stdout, "{READY}").and_then(|()| stdout.flush());
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    Ok(runtime.block_on(kaldrix_node::localnet(&options, shutdown, started))?)
}

fn ports(first: u16) -> Ports {
    Ports { api: first, p2p: first + VALIDATORS, metrics: first + 2 * VALIDATORS }
}

fn free_ports() -> Result<u16> {
    let needed = VALIDATORS * PORTS_EACH;
    let is_free = |port: u16| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
    let mut blocks = PORTS.step_by(needed.into());
    let block = blocks.find(|first| (*first..first + needed).all(is_free));
    block.context("no free ports for the network")
}
