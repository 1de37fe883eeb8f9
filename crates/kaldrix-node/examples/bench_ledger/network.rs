//! The network that is measured: `localnet` in a process of its own.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use kaldrix_client::api::CheckStatus;
use kaldrix_client::{Client, KeyPair, keystore};
use tempfile::TempDir;

use crate::machine::cpu_time;

pub const VALIDATORS: u16 = 4;
const API_PORT: u16 = 18_080;
const START_MAX: Duration = Duration::from_secs(60);
const STOP_MAX: Duration = Duration::from_secs(60);

/// A localnet and the clients of its nodes, validators first.
pub struct Network {
    process: Child,
    pub directory: TempDir,
    pub clients: Vec<Client>,
}

impl Network {
    /// Starts four validators and `full_nodes` in a fresh directory, and waits until all are ready.
    pub async fn start(full_nodes: u16) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let process = spawn(directory.path(), full_nodes)?;
        let url = |node: u16| format!("http://127.0.0.1:{}", API_PORT + node);
        let clients: Result<_, _> =
            (0..VALIDATORS + full_nodes).map(|node| Client::new(&url(node))).collect();
        let mut network = Self { process, directory, clients: clients? };
        network.wait_ready().await?;
        Ok(network)
    }

    /// Starts it again after [`Self::stop_process`].
    pub async fn restart(&mut self, full_nodes: u16) -> Result<()> {
        self.process = spawn(self.directory.path(), full_nodes)?;
        Ok(())
    }

    async fn wait_ready(&mut self) -> Result<()> {
        let start = Instant::now();
        for client in &self.clients {
            loop {
                if is_ready(client, self.directory.path()).await {
                    break;
                }
                if let Some(status) = self.process.try_wait()? {
                    bail!("the network ended with {status}");
                }
                ensure!(start.elapsed() < START_MAX, "{} is not ready", client.url());
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        Ok(())
    }

    pub fn cpu_time(&self) -> Result<Duration> {
        cpu_time(self.process.id())
    }

    /// CPU time over `window`, as a share of one core.
    pub async fn cpu_share(&self, window: Duration) -> Result<f64> {
        let (start, before) = (Instant::now(), self.cpu_time()?);
        tokio::time::sleep(window).await;
        let used = self.cpu_time()? - before;
        Ok(used.as_secs_f64() / start.elapsed().as_secs_f64())
    }

    /// The key of the account that holds the money.
    pub fn faucet(&self) -> Result<KeyPair> {
        let path = self.directory.path().join("faucet.json");
        let text = keystore::read(&path).with_context(|| path.display().to_string())?;
        Ok(keystore::open_unprotected(&text)?)
    }

    pub async fn stop(mut self) -> Result<()> {
        self.stop_process().await
    }

    /// Asks the process to stop, as an operator does, and waits for it.
    pub async fn stop_process(&mut self) -> Result<()> {
        let process = self.process.id().to_string();
        Command::new("kill").args(["-TERM", &process]).status().context("kill")?;
        let start = Instant::now();
        while start.elapsed() < STOP_MAX {
            if let Some(status) = self.process.try_wait()? {
                ensure!(status.success(), "the network ended with {status}");
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("the network does not stop")
    }
}

/// Whether this network's node answers there, and not one of another network on the same port.
async fn is_ready(client: &Client, directory: &Path) -> bool {
    let (Ok(health), Ok(status)) = (client.health().await, client.status().await) else {
        return false;
    };
    let ours = std::fs::read_to_string(directory.join("genesis.json"))
        .is_ok_and(|genesis| genesis.contains(&status.chain_id.to_string()));
    ours && health.status == CheckStatus::Ok
}

fn spawn(directory: &Path, full_nodes: u16) -> Result<Child> {
    let program = std::env::current_exe()?;
    let mut command = Command::new(program);
    command.args([crate::NETWORK_PROCESS, "localnet", "--data-dir"]).arg(directory);
    command.args(["--validators", &VALIDATORS.to_string()]);
    command.args(["--full-nodes", &full_nodes.to_string()]);
    // What it prints is for people; the table alone belongs on standard output.
    Ok(command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?)
}

/// A bench that fails leaves no network behind.
impl Drop for Network {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
