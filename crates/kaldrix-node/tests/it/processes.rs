//! Networks of nodes that are processes of their own, as an operator runs them.
//!
//! Whatever becomes of a test, its processes end with it.

use std::fs::File;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use kaldrix_client::api::CheckStatus;
use kaldrix_client::{Client, Options};
use kaldrix_crypto::keystore;
use kaldrix_node::init::{InitOptions, Ports, Protection, init, node_directory};
use kaldrix_types::{Address, Amount, Genesis};
use rustix::process::{Pid, Signal, kill_process};

use crate::fixture::{PATIENCE, Wallet, free_ports};

/// A node that was killed is noticed soon.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);
/// Between two looks at what is waited for.
const LOOK_INTERVAL: Duration = Duration::from_millis(25);
/// What each wallet begins with.
const FUNDS: u64 = 1_000_000_000_000_000;

/// Validators, all of them on this machine.
pub struct Processes {
    pub genesis: Arc<Genesis>,
    pub clients: Vec<Client>,
    directory: tempfile::TempDir,
    ports: Ports,
    treasury: PathBuf,
    running: Vec<Option<Running>>,
}

struct Running {
    child: Child,
    /// Copies what the node says to its log, if anyone hears it.
    log: Option<JoinHandle<()>>,
}

impl Running {
    /// Waits for the process and for the last of its log.
    fn end(mut self) -> ExitStatus {
        let status = self.child.wait().unwrap();
        self.log.into_iter().for_each(|log| log.join().unwrap());
        status
    }
}

impl Processes {
    /// Makes the files of a network. Nothing runs yet.
    pub fn new(nodes: u16) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let ports = free_ports(nodes);
        let options = InitOptions {
            directory: directory.path().to_owned(),
            network: "processes".to_owned(),
            validators: nodes,
            full_nodes: 0,
            protection: Protection::None,
            ports,
            funded: "treasury",
        };
        let made = init(&options).unwrap();
        let patience = Options {
            request_timeout: REQUEST_TIMEOUT,
            connect_timeout: REQUEST_TIMEOUT,
            retry: false,
        };
        let url = |node| format!("http://{}", ports.of(node)[0]);
        let client = |node| Client::with_options(&url(node), patience).unwrap();
        Self {
            genesis: Arc::new(made.genesis),
            clients: (0..nodes).map(client).collect(),
            directory,
            ports,
            treasury: made.funded_key,
            running: (0..nodes).map(|_| None).collect(),
        }
    }

    pub fn nodes(&self) -> std::ops::Range<usize> {
        0..self.running.len()
    }

    /// The addresses of a node's API, for its peers, and of its metrics.
    pub fn addresses(&self, node: usize) -> [SocketAddr; 3] {
        self.ports.of(u16::try_from(node).unwrap())
    }

    fn node_directory(&self, node: usize) -> PathBuf {
        node_directory(self.directory.path(), u16::try_from(node).unwrap())
    }

    pub fn config(&self, node: usize) -> PathBuf {
        self.node_directory(node).join("node.toml")
    }

    pub fn data_dir(&self, node: usize) -> PathBuf {
        self.node_directory(node).join("data")
    }

    /// Changes a node's configuration, which it reads when it starts.
    pub fn configure(&self, node: usize, change: impl FnOnce(String) -> String) {
        let path = self.config(node);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, change(text)).unwrap();
    }

    fn command(&self, node: usize) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kaldrix-node"));
        command.args(["run", "--config"]).arg(self.config(node)).stdout(Stdio::null());
        command
    }

    pub fn start(&mut self, node: usize) {
        let running = spawn(self.command(node).stderr(Stdio::piped()), &self.log_file(node));
        self.running[node] = Some(running);
    }

    /// Starts a node whose log goes to a full disk.
    pub fn start_unheard(&mut self, node: usize) {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let child = self.command(node).stderr(full).spawn().unwrap();
        self.running[node] = Some(Running { child, log: None });
    }

    pub fn start_all(&mut self) {
        self.nodes().for_each(|node| self.start(node));
    }

    /// Like the loss of power for the process: it gets no chance to write anything.
    pub fn kill(&mut self, nodes: impl IntoIterator<Item = usize>) {
        let mut killed = Vec::new();
        for node in nodes {
            if let Some(mut running) = self.running[node].take() {
                running.child.kill().unwrap();
                killed.push(running);
            }
        }
        for running in killed {
            running.end();
        }
    }

    /// Asks nodes to stop, as a service manager does, and waits until they did.
    pub fn terminate(&mut self, nodes: &[usize]) -> Vec<(usize, ExitStatus)> {
        nodes.iter().for_each(|node| kill_process(self.pid(*node), Signal::TERM).unwrap());
        let end = |node: &usize| (*node, self.running[*node].take().unwrap().end());
        nodes.iter().map(end).collect()
    }

    /// Waits until a node stops by itself.
    pub async fn stopped(&mut self, node: usize) -> ExitStatus {
        let child = &mut self.running[node].as_mut().unwrap().child;
        eventually("the node stops by itself", async || child.try_wait().unwrap().is_some()).await;
        self.running[node].take().unwrap().end()
    }

    pub fn pid(&self, node: usize) -> Pid {
        let running = self.running[node].as_ref().unwrap();
        Pid::from_raw(i32::try_from(running.child.id()).unwrap()).unwrap()
    }

    /// Waits until these nodes follow the network and may propose.
    pub async fn ready(&self, nodes: impl IntoIterator<Item = usize>) {
        for node in nodes {
            let client = &self.clients[node];
            let is_ready =
                async || client.health().await.is_ok_and(|health| health.status == CheckStatus::Ok);
            eventually(&format!("node {node} is ready"), is_ready).await;
        }
    }

    fn log_file(&self, node: usize) -> PathBuf {
        self.node_directory(node).join("log")
    }

    /// All that a node said since it was made.
    pub fn log(&self, node: usize) -> String {
        std::fs::read_to_string(self.log_file(node)).unwrap_or_default()
    }

    /// Gives so many wallets funds of their own, by way of node 0.
    pub async fn wallets(&self, count: u8) -> Vec<Wallet> {
        let text = keystore::read(&self.treasury).unwrap();
        let mut treasury = Wallet { key: keystore::open_unprotected(&text).unwrap(), next: 0 };
        let wallets: Vec<Wallet> = (0..count).map(Wallet::new).collect();
        for wallet in &wallets {
            let transfer = treasury.transfer(&self.genesis, wallet.address(), FUNDS);
            let id = self.clients[0].submit(&transfer).await.unwrap();
            self.clients[0].wait_final(&id, PATIENCE).await.unwrap();
        }
        wallets
    }

    /// What an account has as a node sees it; nothing if the node does not know it.
    pub async fn balance(&self, node: usize, address: &Address) -> Amount {
        let account = self.clients[node].account(address).await.ok().flatten();
        account.map_or(Amount(0), |account| account.balance)
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        self.kill(self.nodes());
        if std::thread::panicking() {
            for node in self.nodes() {
                eprintln!("--- node {node}\n{}", self.log(node));
            }
        }
    }
}

fn spawn(command: &mut Command, log: &Path) -> Running {
    let mut log = File::options().append(true).create(true).open(log).unwrap();
    let mut child = command.spawn().unwrap();
    let mut said = child.stderr.take().unwrap();
    let copy = move || {
        io::copy(&mut said, &mut log).unwrap();
    };
    Running { child, log: Some(std::thread::spawn(copy)) }
}

/// Waits until a condition holds.
pub async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds().await {
        assert!(Instant::now() < deadline, "{what}: this did not come true");
        tokio::time::sleep(LOOK_INTERVAL).await;
    }
}
