//! One node, put together: opens its stores, starts its parts, and stops them in order.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self as std_mpsc};
use std::thread::JoinHandle as Thread;
use std::time::{Duration, SystemTime};

use kaldrix_consensus::{Action, Parameters, Replica};
use kaldrix_crypto::Signer;
use kaldrix_ledger::Rules;
use kaldrix_network::{Network, PinnedPeer};
use kaldrix_types::{AuthorityIndex, Genesis, PublicKey, committee};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::error::NodeError;
use crate::handle::{ExpectedPeer, NodeHandle, NodeInfo, Parts, Role};
use crate::mempool::{self, Mempool, Surroundings};
use crate::recovery::{self, DataDirectory, Found};
use crate::runtime::answers::{Answers, Backlog};
use crate::runtime::board::{Board, ReplicaView};
use crate::runtime::driver::{BlockLimits, Clock, Driver, Inbox};
use crate::runtime::executor::Executor;
use crate::runtime::finality::Finality;
use crate::runtime::forward::Forwarder;
use crate::runtime::ingest::Ingest;
use crate::runtime::persister::Persister;
use crate::runtime::serve::Server;
use crate::wire::FRAME_BYTES_MAX;
use crate::witnesses::Witnesses;
use crate::workers::Workers;

/// Verified events of peers that wait for the driver.
const PEER_EVENTS_MAX: usize = 256;
/// Questions about the DAG that wait for the driver.
const QUERIES_MAX: usize = 16;
/// How long stopping waits for the threads that write.
const STOP_MAX: Duration = Duration::from_secs(10);

/// A peer by the key that it must prove to hold.
#[derive(Debug, Clone)]
pub struct PeerSettings {
    pub name: String,
    pub public_key: PublicKey,
    /// `host:port`; without one it is awaited.
    pub address: Option<String>,
}

/// All that a node is started with.
#[derive(Debug, Clone)]
pub struct Settings {
    pub name: String,
    pub data_dir: PathBuf,
    pub genesis: Arc<Genesis>,
    pub network_key: Arc<dyn Signer>,
    /// Set for a validator: the key that genesis names.
    pub consensus_key: Option<Arc<dyn Signer>>,
    pub listen: SocketAddr,
    pub peers: Vec<PeerSettings>,
    pub parameters: Parameters,
    pub network: kaldrix_network::Limits,
    pub mempool: mempool::Limits,
    pub block: BlockLimits,
    /// Memory for what was read of each store.
    pub cache_bytes_max: u64,
    /// Added to the wall clock, for tests.
    pub clock_offset_ms: i64,
}

impl Settings {
    /// This node's place in the committee, by its consensus key.
    pub fn authority(&self) -> Result<Option<AuthorityIndex>, NodeError> {
        let Some(key) = &self.consensus_key else { return Ok(None) };
        let mut members = self.genesis.committee.members();
        let found = members.find(|(_, member)| member.consensus_key == *key.public_key());
        let Some((authority, member)) = found else {
            return Err(NodeError::NotInGenesis { chain_id: self.genesis.chain_id() });
        };
        if member.network_key != *self.network_key.public_key() {
            return Err(NodeError::NetworkKey { validator: member.name() });
        }
        Ok(Some(authority))
    }

    fn expected_peers(&self) -> Vec<ExpectedPeer> {
        let expected = |peer: &PeerSettings| {
            let peer_id = committee::peer_id(&peer.public_key);
            ExpectedPeer {
                name: peer.name.clone(),
                peer_id,
                address: peer.address.clone(),
                authority: self.genesis.committee.authority_of_peer(&peer_id),
            }
        };
        self.peers.iter().map(expected).collect()
    }
}

/// A running node.
#[derive(Debug)]
pub struct Node {
    handle: NodeHandle,
    network: Arc<Network>,
    stop: watch::Sender<bool>,
    driver: JoinHandle<Result<(), NodeError>>,
    tasks: Vec<JoinHandle<()>>,
    threads: Vec<Thread<()>>,
}

impl Node {
    /// Opens the stores and starts all parts.
    pub async fn start(settings: Settings, workers: Workers) -> Result<Self, NodeError> {
        let authority = settings.authority()?;
        let directory = DataDirectory::new(&settings.data_dir);
        let found = {
            let (genesis, workers) = (Arc::clone(&settings.genesis), workers.clone());
            let cache_bytes_max = settings.cache_bytes_max;
            let open = move || {
                recovery::open(&directory, &genesis, authority.is_some(), cache_bytes_max, &workers)
            };
            blocking(open).await??
        };
        let network = kaldrix_network::Config {
            identity: Arc::clone(&settings.network_key),
            chain_id: settings.genesis.chain_id(),
            listen: settings.listen,
            pinned: settings.peers.iter().map(pinned).collect(),
            limits: kaldrix_network::Limits {
                frame_bytes_max: FRAME_BYTES_MAX,
                ..settings.network.clone()
            },
        };
        let (network, events) = Network::start(network).await?;
        Assembly { settings, authority, workers, network: Arc::new(network) }
            .start(found, events)
            .await
    }

    pub fn handle(&self) -> &NodeHandle {
        &self.handle
    }

    /// Returns when the node cannot go on, with the reason. Cancel-safe.
    pub async fn failed(&mut self) -> NodeError {
        match (&mut self.driver).await {
            Ok(Err(error)) => error,
            Ok(Ok(())) => NodeError::Internal("the driver stopped".to_owned()),
            Err(error) => NodeError::Internal(format!("the driver failed: {error}")),
        }
    }

    /// Stops all parts in order and leaves everything synced.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if !self.driver.is_finished() {
            // It says nothing new: whoever waited for a failure has heard of it.
            let _ = self.driver.await;
        }
        self.network.stop().await;
        self.tasks.iter().for_each(JoinHandle::abort);
        let threads = self.threads;
        let join = blocking(move || threads.into_iter().for_each(|thread| drop(thread.join())));
        if tokio::time::timeout(STOP_MAX, join).await.is_err() {
            tracing::error!("the stores were not synced in time while stopping");
        }
    }
}

fn pinned(peer: &PeerSettings) -> PinnedPeer {
    PinnedPeer { public_key: peer.public_key.clone(), address: peer.address.clone() }
}

/// Runs what blocks beside the tasks.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, NodeError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| NodeError::Internal(error.to_string()))
}

/// The parts of a node while they are put together.
struct Assembly {
    settings: Settings,
    authority: Option<AuthorityIndex>,
    workers: Workers,
    network: Arc<Network>,
}

impl Assembly {
    async fn start(self, found: Found, events: kaldrix_network::Events) -> Result<Node, NodeError> {
        let Found { ledger, dag, signed_round, recovered, journal, pending, damages } = found;
        let genesis = Arc::clone(&self.settings.genesis);
        let rules = Arc::new(Rules::new(&genesis));
        let witnesses = Arc::new(Witnesses::new(self.workers.clone()));
        let around = Surroundings {
            ledger: Arc::clone(&ledger),
            rules: Arc::clone(&rules),
            witnesses: Arc::clone(&witnesses),
            workers: self.workers.clone(),
            journal,
        };
        let forwards_at_once = self.authority.is_none();
        let limits = self.settings.mempool.clone();
        let mempool = Arc::new(Mempool::new(limits, forwards_at_once, around));
        self.restore(&mempool, pending).await?;

        let clock = Clock::new(self.settings.clock_offset_ms);
        let finality = Arc::new(Finality::new(recovered.certified_height));
        let parameters = self.settings.parameters.clone();
        let (replica, first) =
            Replica::new(&genesis, self.authority, parameters, recovered, clock.now());
        let board = Arc::new(Board::new(ReplicaView::of(&replica), damages));
        let (answers, answers_inbox) = Answers::channel();
        let backlog = Backlog::default();
        let (peers, peers_inbox) = mpsc::channel(PEER_EVENTS_MAX);
        let (queries, queries_inbox) = mpsc::channel(QUERIES_MAX);
        let (stop, stop_inbox) = watch::channel(false);

        let persister = Persister {
            dag,
            signed_round,
            epoch: genesis.committee.epoch(),
            answers: answers.clone(),
            backlog: backlog.clone(),
        };
        let executor = Executor {
            chain_id: genesis.chain_id(),
            committee: genesis.committee.clone(),
            rules: Arc::clone(&rules),
            ledger: Arc::clone(&ledger),
            mempool: Arc::clone(&mempool),
            witnesses: Arc::clone(&witnesses),
            finality: Arc::clone(&finality),
            answers: answers.clone(),
            backlog: backlog.clone(),
        };
        let (persister_jobs, jobs) = std_mpsc::channel();
        let persister = spawn_thread("persister", &answers, move || persister.run(&jobs))?;
        let (executor_jobs, jobs) = std_mpsc::channel();
        let executor = spawn_thread("executor", &answers, move || executor.run(&jobs))?;
        let ingest = Ingest {
            chain_id: genesis.chain_id(),
            committee: genesis.committee.clone(),
            workers: self.workers.clone(),
            witnesses: Arc::clone(&witnesses),
            mempool: Arc::clone(&mempool),
            board: Arc::clone(&board),
            driver: peers,
        };
        let forwarder = Forwarder {
            mempool: Arc::clone(&mempool),
            network: Arc::clone(&self.network),
            validators: Forwarder::order(self.network.peer_id(), &genesis.committee),
        };
        let driver = Driver {
            replica,
            clock,
            network: Arc::clone(&self.network),
            mempool: Arc::clone(&mempool),
            board: Arc::clone(&board),
            server: Server::new(Arc::clone(&ledger), Arc::clone(&self.network)),
            signer: self.settings.consensus_key.clone(),
            block_limits: self.settings.block,
            persister: persister_jobs,
            executor: executor_jobs,
            answers: answers.clone(),
            backlog,
            peers: BTreeMap::new(),
        };
        let inbox = Inbox {
            answers: answers_inbox,
            peers: peers_inbox,
            queries: queries_inbox,
            proposable: mempool.proposable(),
            stop: stop_inbox,
        };
        let handle = NodeHandle::new(Parts {
            info: self.info(),
            expected_peers: self.settings.expected_peers(),
            genesis,
            rules,
            ledger,
            mempool,
            witnesses,
            network: Arc::clone(&self.network),
            board,
            finality,
            queries,
            answers,
        });
        Ok(Node {
            handle,
            network: self.network,
            stop,
            driver: tokio::spawn(start_driver(driver, inbox, first)),
            tasks: vec![tokio::spawn(ingest.run(events)), tokio::spawn(forwarder.run())],
            threads: vec![persister, executor],
        })
    }

    async fn restore(
        &self,
        mempool: &Arc<Mempool>,
        pending: Vec<kaldrix_types::Transaction>,
    ) -> Result<(), NodeError> {
        let mempool = Arc::clone(mempool);
        let restored = blocking(move || mempool.restore(pending)).await??;
        if restored > 0 {
            tracing::info!(transactions = restored, "the journal holds pending transactions");
        }
        Ok(())
    }

    fn info(&self) -> NodeInfo {
        NodeInfo {
            name: self.settings.name.clone(),
            role: self.authority.map_or(Role::Full, |authority| Role::Validator { authority }),
            peer_id: self.network.peer_id(),
            version: env!("CARGO_PKG_VERSION"),
            started_at: SystemTime::now(),
            p2p_address: self.network.address(),
        }
    }
}

async fn start_driver(
    driver: Driver,
    mut inbox: Inbox,
    first: Vec<Action>,
) -> Result<(), NodeError> {
    // What the journal brought back counts as new.
    inbox.proposable.mark_changed();
    driver.run(inbox, first).await
}

/// Starts a thread whose panic stops the node instead of leaving it without an answer.
fn spawn_thread(
    name: &str,
    answers: &Answers,
    run: impl FnOnce() + Send + 'static,
) -> Result<Thread<()>, NodeError> {
    let (answers, thread_name) = (answers.clone(), name.to_owned());
    let guarded = move || {
        if std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err() {
            answers.fail(NodeError::Internal(format!("the {thread_name} panicked")));
        }
    };
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(guarded)
        .map_err(|error| NodeError::Internal(format!("no thread for the {name}: {error}")))
}
