//! Real processes that are killed under load.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use kaldrix_client::Client;
use kaldrix_client::api::CheckStatus;
use kaldrix_crypto::keystore;
use kaldrix_node::init::{InitOptions, Initialised, Protection, init};
use kaldrix_types::{Address, Genesis, Transaction, TransactionId};

use crate::fixture::{PATIENCE, Wallet, free_ports};

/// How long load runs between two blows.
const LOAD: Duration = Duration::from_secs(2);

/// Four nodes, each a process of its own.
struct Processes {
    configs: Vec<PathBuf>,
    running: Vec<Option<Child>>,
    clients: Vec<Client>,
}

impl Processes {
    fn start(&mut self, node: usize) {
        let log = File::options().append(true).create(true).open(self.log(node)).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_kaldrix-node"))
            .args(["run", "--config"])
            .arg(&self.configs[node])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        self.running[node] = Some(child.unwrap());
    }

    fn log(&self, node: usize) -> PathBuf {
        self.configs[node].with_file_name("log")
    }

    /// Like the loss of power for the process: it gets no chance to write anything.
    fn kill(&mut self, node: usize) {
        if let Some(mut child) = self.running[node].take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    async fn all_ready(&self) {
        for client in &self.clients {
            eventually("a node is ready", async || {
                client.health().await.is_ok_and(|health| health.status == CheckStatus::Ok)
            })
            .await;
        }
    }

    fn logs(&self) -> String {
        let logs = (0..4).map(|node| std::fs::read_to_string(self.log(node)).unwrap_or_default());
        logs.collect()
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        (0..self.running.len()).for_each(|node| self.kill(node));
    }
}

async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds().await {
        assert!(Instant::now() < deadline, "{what} did not come true");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn make_network(directory: &Path) -> (Initialised, Processes) {
    let options = InitOptions {
        directory: directory.join("network"),
        network: "crash".to_owned(),
        validators: 4,
        full_nodes: 0,
        protection: Protection::None,
        ports: free_ports(4),
        funded: "treasury",
    };
    let made = init(&options).unwrap();
    let client = |node| Client::new(&format!("http://{}", options.ports.of(node)[0])).unwrap();
    let processes = Processes {
        configs: made.configs.clone(),
        running: (0..4).map(|_| None).collect(),
        clients: (0..4).map(client).collect(),
    };
    (made, processes)
}

/// Submits until the node says that it holds the transaction durably.
async fn submit(client: &Client, transaction: &Transaction) -> TransactionId {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match client.submit(transaction).await {
            Ok(id) => return id,
            Err(error) => assert!(Instant::now() < deadline, "{error}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Gives each of four wallets funds of its own.
async fn fund(made: &Initialised, client: &Client) -> Vec<Wallet> {
    let text = keystore::read(&made.funded_key).unwrap();
    let mut treasury = Wallet { key: keystore::open_unprotected(&text).unwrap(), next: 0 };
    let wallets: Vec<Wallet> = (0..4).map(Wallet::new).collect();
    for wallet in &wallets {
        let transfer = treasury.transfer(&made.genesis, wallet.address(), 1_000_000_000_000);
        let id = submit(client, &transfer).await;
        client.wait_final(&id, PATIENCE).await.unwrap();
    }
    wallets
}

/// One transfer after the other through one node, whatever happens to it.
async fn load(
    client: Client,
    mut wallet: Wallet,
    genesis: Arc<Genesis>,
    to: Address,
    stop: Arc<AtomicBool>,
) -> Vec<TransactionId> {
    let mut acknowledged = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let transfer = wallet.transfer(&genesis, to, 1);
        acknowledged.push(submit(&client, &transfer).await);
    }
    acknowledged
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_nodes_lose_nothing_that_was_acknowledged() {
    let directory = tempfile::tempdir().unwrap();
    let (made, mut network) = make_network(directory.path());
    (0..4).for_each(|node| network.start(node));
    network.all_ready().await;
    let wallets = fund(&made, &network.clients[0]).await;
    let (stranger, genesis) = (Wallet::new(200).address(), Arc::new(made.genesis.clone()));
    let stop = Arc::new(AtomicBool::new(false));
    let loads: Vec<_> = network
        .clients
        .iter()
        .zip(wallets)
        .map(|(client, wallet)| {
            let (genesis, stop) = (Arc::clone(&genesis), Arc::clone(&stop));
            tokio::spawn(load(client.clone(), wallet, genesis, stranger, stop))
        })
        .collect();

    tokio::time::sleep(LOAD).await;
    network.kill(2);
    tokio::time::sleep(LOAD).await;
    network.start(2);
    network.all_ready().await;
    tokio::time::sleep(LOAD).await;
    (0..4).for_each(|node| network.kill(node));
    (0..4).for_each(|node| network.start(node));
    network.all_ready().await;
    tokio::time::sleep(LOAD).await;
    stop.store(true, Ordering::Relaxed);

    let mut acknowledged = 0;
    let mut places = BTreeMap::new();
    for (node, load) in loads.into_iter().enumerate() {
        let client = &network.clients[node];
        for id in load.await.unwrap() {
            acknowledged += 1;
            let view = client.wait_final(&id, PATIENCE).await;
            let view = view.unwrap_or_else(|error| panic!("{error}\n{}", network.logs()));
            assert!(places.insert((view.height, view.index), id).is_none());
        }
    }
    assert!(acknowledged > 100, "only {acknowledged} transfers: that was no load");
    one_history(&network.clients, stranger, acknowledged).await;
    let logs = network.logs();
    assert!(!logs.contains("two blocks for one round") && !logs.contains("panicked"), "{logs}");
}

/// All nodes have the same blocks, and each transfer took effect once.
async fn one_history(clients: &[Client], stranger: Address, transfers: u64) {
    let height = clients[0].blocks(None, 1).await.unwrap().blocks[0].height;
    for client in clients {
        eventually("a node has all blocks", async || {
            let page = client.blocks(None, 1).await.unwrap();
            page.blocks.first().is_some_and(|block| block.height >= height)
        })
        .await;
        let id = async |client: &Client| client.block(height).await.unwrap().unwrap().id;
        assert_eq!(id(client).await, id(&clients[0]).await, "a fork");
        let account = client.account(&stranger).await.unwrap().unwrap();
        assert_eq!(account.balance.0, transfers);
    }
}
