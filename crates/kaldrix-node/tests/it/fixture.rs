//! Networks of nodes in this process, over the real transport, each with a data directory.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use kaldrix_consensus::Parameters;
use kaldrix_crypto::{KeyPair, Signer, sign_transaction};
use kaldrix_node::NodeHandle;
use kaldrix_node::handle::TransactionStatus;
use kaldrix_node::init::Ports;
use kaldrix_node::mempool::Limits;
use kaldrix_node::node::{Node, PeerSettings, Settings};
use kaldrix_node::recovery::{DataDirectory, mark_never_signed};
use kaldrix_node::runtime::driver::BlockLimits;
use kaldrix_node::workers::Workers;
use kaldrix_types::amount::SUPPLY;
use kaldrix_types::encoding::Bounded;
use kaldrix_types::{
    Address, Amount, AuthorityIndex, Digest, Genesis, Height, Member, Notarisation, Payload,
    Protocol, PublicKey, Scheme, Transaction, TransactionBody, TransactionId,
};

/// How long anything may take before a test fails.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A key that tests make anew each time.
pub fn key(scheme: Scheme, name: u8, purpose: u8) -> KeyPair {
    let mut seed = [name; 32];
    seed[0] = purpose;
    KeyPair::from_seed(scheme, &seed).unwrap()
}

/// An account and its next sequence number.
#[derive(Debug)]
pub struct Wallet {
    pub key: KeyPair,
    pub next: u64,
}

impl Wallet {
    pub fn new(name: u8) -> Self {
        Self { key: key(Scheme::MlDsa44, name, 9), next: 0 }
    }

    pub fn address(&self) -> Address {
        Address::of(self.key.public_key())
    }

    pub fn transfer(&mut self, genesis: &Genesis, to: Address, amount: u64) -> Transaction {
        self.sign(genesis, Payload::Transfer { to, amount: Amount(amount) })
    }

    pub fn notarise(&mut self, genesis: &Genesis, digest: Digest) -> Transaction {
        let digests = Bounded::new(vec![digest]).unwrap();
        self.sign(genesis, Payload::Notarise(Notarisation { tag: Bounded::default(), digests }))
    }

    fn sign(&mut self, genesis: &Genesis, payload: Payload) -> Transaction {
        let body = TransactionBody {
            chain_id: genesis.chain_id(),
            sender: self.address(),
            sequence: self.next,
            fee: Amount(1_000_000),
            expiry_height: 50_000,
            public_key: (self.next == 0).then(|| self.key.public_key().clone()),
            payload,
        };
        self.next += 1;
        sign_transaction(body, &self.key).unwrap()
    }
}

/// A network that is described, and nodes of it that run.
#[derive(Debug)]
pub struct TestNetwork {
    pub genesis: Arc<Genesis>,
    pub directory: tempfile::TempDir,
    pub workers: Workers,
    pub addresses: Vec<SocketAddr>,
    validators: usize,
    pub nodes: Vec<Option<Node>>,
}

impl TestNetwork {
    /// `validators` that validate and `full` that follow; the supply is spread over the wallets 0
    /// to `wallets`. Nothing runs yet.
    pub fn new(validators: u8, full: u8, wallets: u8) -> Self {
        let member = |name: u8| Member {
            name: Bounded::new(format!("validator-{name}").into_bytes()).unwrap(),
            stake: 1,
            consensus_key: key(Scheme::MlDsa65, name, 1).public_key().clone(),
            network_key: key(Scheme::MlDsa65, name, 2).public_key().clone(),
            reward_address: Address::of(key(Scheme::MlDsa44, name, 3).public_key()),
        };
        let share = SUPPLY.0 / u64::from(wallets);
        let mut accounts: Vec<_> =
            (0..wallets).map(|name| (Wallet::new(name).address(), Amount(share))).collect();
        accounts[0].1 = Amount(SUPPLY.0 - share * u64::from(wallets - 1));
        let members = (0..validators).map(member).collect();
        let genesis =
            Genesis::new("test", 1_700_000_000_000, Protocol::default(), members, accounts);
        let nodes = validators + full;
        Self {
            genesis: Arc::new(genesis.unwrap()),
            directory: tempfile::tempdir().unwrap(),
            workers: Workers::new().unwrap(),
            addresses: free_addresses(u16::from(nodes)),
            validators: usize::from(validators),
            nodes: (0..nodes).map(|_| None).collect(),
        }
    }

    pub fn data_dir(&self, node: usize) -> std::path::PathBuf {
        self.directory.path().join(format!("node{node}"))
    }

    pub fn settings(&self, node: usize) -> Settings {
        let name = u8::try_from(node).unwrap();
        let is_validator = node < self.validators;
        let data_dir = self.data_dir(node);
        if is_validator && !Path::new(&data_dir).exists() {
            let authority = AuthorityIndex(u16::from(name));
            let directory = DataDirectory::new(&data_dir);
            mark_never_signed(&directory, &self.genesis, authority).unwrap();
        }
        let peer = |other: usize| PeerSettings {
            name: format!("node-{other}"),
            public_key: network_key(other),
            address: Some(self.addresses[other].to_string()),
        };
        // Every node dials the validators; full nodes are unknown to them.
        let peers = (0..self.validators).filter(|other| *other != node).map(peer).collect();
        Settings {
            name: format!("node-{node}"),
            data_dir,
            genesis: Arc::clone(&self.genesis),
            network_key: Arc::new(key(Scheme::MlDsa65, name, 2)),
            consensus_key: is_validator
                .then(|| Arc::new(key(Scheme::MlDsa65, name, 1)) as Arc<dyn Signer>),
            listen: self.addresses[node],
            peers,
            parameters: Parameters::default(),
            network: kaldrix_network::Limits::default(),
            mempool: Limits::default(),
            block: BlockLimits::default(),
            cache_bytes_max: 16 * 1024 * 1024,
            check_bytes_max: 256 * 1024 * 1024,
            clock_offset_ms: 0,
        }
    }

    pub async fn start(&mut self, node: usize) {
        self.start_with(self.settings(node), node).await;
    }

    pub async fn start_with(&mut self, settings: Settings, node: usize) {
        let started = Node::start(settings, self.workers.clone()).await;
        self.nodes[node] = Some(started.unwrap());
    }

    pub async fn start_all(&mut self) {
        for node in 0..self.nodes.len() {
            self.start(node).await;
        }
    }

    pub async fn stop(&mut self, node: usize) {
        if let Some(node) = self.nodes[node].take() {
            node.stop().await;
        }
    }

    pub async fn stop_all(&mut self) {
        for node in 0..self.nodes.len() {
            self.stop(node).await;
        }
    }

    pub fn handle(&self, node: usize) -> &NodeHandle {
        self.nodes[node].as_ref().unwrap().handle()
    }

    /// Waits until these nodes have the same final ledger block at `height` or above.
    pub async fn agree(&self, nodes: &[usize], height: Height) {
        for node in nodes {
            let mut heights = self.handle(*node).final_height();
            let reached = heights.wait_for(|reached| *reached >= height);
            let reached = tokio::time::timeout(PATIENCE, reached).await;
            assert!(reached.is_ok(), "node {node} is stuck: {:#?}", self.handle(*node).status());
        }
        let id = |node: &usize| self.handle(*node).ledger().header(height).unwrap().unwrap().id();
        let first = id(&nodes[0]);
        for node in nodes {
            assert_eq!(id(node), first, "node {node} has another block at height {height}");
        }
    }
}

pub fn network_key(node: usize) -> PublicKey {
    key(Scheme::MlDsa65, u8::try_from(node).unwrap(), 2).public_key().clone()
}

/// Submits and expects to be accepted.
pub async fn submit(handle: &NodeHandle, transactions: Vec<Transaction>) -> Vec<TransactionId> {
    let results = handle.submit(transactions).await;
    results.into_iter().map(|result| result.unwrap()).collect()
}

/// Waits until all are final, and says at which height the last one is.
pub async fn all_final(handle: &NodeHandle, ids: &[TransactionId]) -> Height {
    let mut height = 0;
    for id in ids {
        match handle.wait_final(id, PATIENCE).await.unwrap() {
            Some(TransactionStatus::Executed(executed)) if executed.is_final => {
                height = executed.height.max(height);
            }
            status => panic!("{id} is not final: {status:?} {:#?}", handle.status()),
        }
    }
    height
}

/// The first of so many ports in a row that were free a moment ago. They lie below those that the
/// system gives to outgoing connections, so that none is taken while a node is down.
fn free_range(count: u16) -> u16 {
    const RANGE: std::ops::Range<u32> = 20_000..32_000;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        // Other test processes begin elsewhere.
        let step = NEXT.fetch_add(u32::from(count), Ordering::Relaxed);
        let offset = (std::process::id().wrapping_mul(97) + step) % (RANGE.end - RANGE.start);
        let first = u16::try_from(RANGE.start + offset).unwrap();
        let held =
            (first..first + count).map(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)));
        if held.collect::<Result<Vec<_>, _>>().is_ok() {
            return first;
        }
    }
}

/// Ports for so many nodes.
pub fn free_ports(nodes: u16) -> Ports {
    let first = free_range(3 * nodes);
    Ports { api: first, p2p: first + nodes, metrics: first + 2 * nodes }
}

fn free_addresses(count: u16) -> Vec<SocketAddr> {
    let first = free_range(count);
    (first..first + count).map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port))).collect()
}

/// Waits until a condition holds; what a node shows of itself may be a moment old.
pub async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let holding = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(
        tokio::time::timeout(PATIENCE, holding).await.is_ok(),
        "{what}: this did not come true"
    );
}
