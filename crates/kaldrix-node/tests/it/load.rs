//! Clients that submit all the time, whatever happens to the nodes, and remember what they were
//! promised; and what must have become of it in the end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use kaldrix_client::Client;
use kaldrix_client::api::{BLOCK_TRANSACTIONS_LIMIT_MAX, BLOCKS_LIMIT_MAX};
use kaldrix_types::{Address, BlockId, Genesis, LedgerBlockId, TransactionId};
use tokio::task::JoinHandle;

use crate::fixture::{PATIENCE, Wallet};
use crate::processes::{Processes, eventually};

/// Between two transfers of a client, and before one that failed is submitted again.
const PAUSE: Duration = Duration::from_millis(100);
/// Rounds of the DAG that are compared at a time; more than are made between two comparisons.
const ROUNDS_COMPARED: u64 = 200;

/// Running clients.
pub struct Load {
    receiver: Address,
    stop: Arc<AtomicBool>,
    acknowledged: Arc<AtomicU64>,
    clients: Vec<JoinHandle<Vec<TransactionId>>>,
}

impl Load {
    /// One client for each list of nodes: it submits to one of them until that fails, then to the
    /// next one. Each transfer moves one unit to one and the same account.
    pub async fn start(network: &Processes, nodes: &[&[usize]]) -> Self {
        let wallets = network.wallets(u8::try_from(nodes.len()).unwrap()).await;
        let receiver = Wallet::new(200).address();
        let (stop, acknowledged) = (Arc::<AtomicBool>::default(), Arc::<AtomicU64>::default());
        let client = |(wallet, nodes): (Wallet, &&[usize])| {
            let submitter = Submitter {
                nodes: nodes.iter().map(|node| network.clients[*node].clone()).collect(),
                wallet,
                genesis: Arc::clone(&network.genesis),
                receiver,
                stop: Arc::clone(&stop),
                acknowledged: Arc::clone(&acknowledged),
            };
            tokio::spawn(submitter.run())
        };
        let clients = wallets.into_iter().zip(nodes).map(client).collect();
        Self { receiver, stop, acknowledged, clients }
    }

    /// Transfers that were acknowledged so far.
    pub fn acknowledged(&self) -> u64 {
        self.acknowledged.load(Ordering::Relaxed)
    }

    /// Waits until so many more transfers are acknowledged and as many executed on a node.
    pub async fn goes_on(&self, network: &Processes, node: usize, transfers: u64) {
        let target = network.balance(node, &self.receiver).await.0 + transfers;
        let what = format!("node {node} executes {transfers} more transfers");
        eventually(&what, async || network.balance(node, &self.receiver).await.0 >= target).await;
    }

    /// Ends the clients, each with an acknowledgement of its last transfer.
    pub async fn stop(self) -> Promises {
        self.stop.store(true, Ordering::Relaxed);
        let mut transactions = BTreeSet::new();
        for client in self.clients {
            for id in client.await.unwrap() {
                assert!(transactions.insert(id), "{id} was acknowledged to two clients");
            }
        }
        Promises { receiver: self.receiver, transactions }
    }
}

struct Submitter {
    nodes: Vec<Client>,
    wallet: Wallet,
    genesis: Arc<Genesis>,
    receiver: Address,
    stop: Arc<AtomicBool>,
    acknowledged: Arc<AtomicU64>,
}

impl Submitter {
    async fn run(mut self) -> Vec<TransactionId> {
        let mut promised = Vec::new();
        while !self.stop.load(Ordering::Relaxed) {
            promised.push(self.submit().await);
            self.acknowledged.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(PAUSE).await;
        }
        promised
    }

    /// Submits one transfer until a node says that it holds it durably.
    async fn submit(&mut self) -> TransactionId {
        let transfer = self.wallet.transfer(&self.genesis, self.receiver, 1);
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.nodes[0].submit(&transfer).await {
                Ok(id) => return id,
                Err(error) => assert!(Instant::now() < deadline, "{error}"),
            }
            self.nodes.rotate_left(1);
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// The transfers that clients were told are durable.
pub struct Promises {
    receiver: Address,
    pub transactions: BTreeSet<TransactionId>,
}

impl Promises {
    /// Every transfer is final on every node exactly once, in the same blocks.
    pub async fn were_kept(&self, network: &Processes) {
        let transfers = self.transactions.len() as u64;
        let mut height = 0;
        for node in network.nodes() {
            let what = format!("node {node} executes {transfers} transfers");
            let balance = async || network.balance(node, &self.receiver).await.0;
            eventually(&what, async || balance().await >= transfers).await;
            assert_eq!(balance().await, transfers, "node {node} executed a transfer twice");
            height = network.clients[node].status().await.unwrap().latest_block.height.max(height);
        }
        let first = chain(network, 0, height).await;
        for node in network.nodes().skip(1) {
            assert_eq!(chain(network, node, height).await, first, "node {node} has a fork");
        }
        let executed = executed(&network.clients[0], height).await;
        let lost: Vec<_> = self.transactions.difference(&executed).collect();
        assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    }
}

/// What the blocks up to a height executed, each transaction once.
async fn executed(client: &Client, height: u64) -> BTreeSet<TransactionId> {
    let mut executed = BTreeSet::new();
    for height in 1..=height {
        let block = client.block_part(height, 0, BLOCK_TRANSACTIONS_LIMIT_MAX).await;
        let block = block.unwrap().unwrap();
        assert_eq!(block.transactions.len(), block.transactions_total);
        for transaction in block.transactions {
            assert!(executed.insert(transaction.id), "{} executed twice", transaction.id);
        }
    }
    executed
}

/// The ids of a node's blocks up to a height, once they are final there.
async fn chain(network: &Processes, node: usize, height: u64) -> Vec<LedgerBlockId> {
    let client = &network.clients[node];
    let what = format!("height {height} is final on node {node}");
    let final_height = async || client.status().await.map_or(0, |status| status.final_height);
    eventually(&what, async || final_height().await >= height).await;
    let (mut ids, mut before) = (Vec::new(), Some(height + 1));
    while before.is_some() {
        let page = client.blocks(before, BLOCKS_LIMIT_MAX).await.unwrap();
        assert!(page.blocks.iter().all(|block| block.is_final));
        ids.extend(page.blocks.iter().map(|block| block.id));
        before = page.next_before;
    }
    assert_eq!(ids.len() as u64, height, "node {node} lacks a block");
    ids
}

/// Blocks of the DAG that validators showed, by round and author.
#[derive(Default)]
pub struct Signed(BTreeMap<(u64, u16), BlockId>);

impl Signed {
    /// Compares what all nodes have of the latest rounds: no author has two blocks in one.
    pub async fn compare(&mut self, network: &Processes) {
        for client in &network.clients {
            for block in client.dag(None, ROUNDS_COMPARED).await.unwrap().blocks {
                let reference = block.reference;
                let place = (reference.round, reference.author);
                let seen = *self.0.entry(place).or_insert(reference.id);
                assert_eq!(seen, reference.id, "two blocks of (round, author) {place:?}");
            }
        }
    }
}

/// No node met a fault of the protocol, of the program, or of a store.
pub async fn no_fault_was_seen(network: &Processes) {
    for node in network.nodes() {
        let log = network.log(node);
        for fault in ["panicked", "refused a block", "rebuilt from peers"] {
            assert!(!log.contains(fault), "node {node}: {fault}");
        }
    }
    no_author_equivocated(network).await;
}

/// No node ever said, nor has counted since it started, that it saw two blocks for one round.
pub async fn no_author_equivocated(network: &Processes) {
    for node in network.nodes() {
        assert!(!network.log(node).contains("two blocks for one round"), "node {node}");
        let url = format!("http://{}/metrics", network.addresses(node)[2]);
        let metrics = reqwest::get(url).await.unwrap().text().await.unwrap();
        let seen = metrics.lines().find(|line| line.starts_with("kaldrix_equivocations_seen_"));
        assert_eq!(seen, Some("kaldrix_equivocations_seen_total 0"), "node {node}");
    }
}
