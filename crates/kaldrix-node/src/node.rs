//! One node, put together: opens its stores, starts its parts, and stops them in order.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self as std_mpsc};
use std::thread::JoinHandle as Thread;
use std::time::{Duration, SystemTime};

use kaldrix_consensus::{Parameters, Replica};
use kaldrix_crypto::Signer;
use kaldrix_ledger::Rules;
use kaldrix_network::{Events, Network, PinnedPeer};
use kaldrix_storage::{BlockWriter, LedgerStore, LedgerWriter, Syncs};
use kaldrix_types::{AuthorityIndex, Genesis, PublicKey, Transaction, committee};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::error::NodeError;
use crate::handle::{ExpectedPeer, NodeHandle, NodeInfo, Parts, Role};
use crate::mempool::{self, Mempool, Surroundings};
use crate::recovery::{self, DataDirectory, Found, Recovery};
use crate::runtime::answers::{Answer, Answers, Backlog};
use crate::runtime::board::{Board, ReplicaView};
use crate::runtime::clocks::Clocks;
use crate::runtime::driver::{BlockLimits, Clock, DagQuery, Driver, Inbox};
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
    /// Stores up to this size are read whole before the node starts.
    pub check_bytes_max: u64,
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
    mempool: Arc<Mempool>,
    journal: Thread<()>,
}

impl Node {
    /// Opens the stores and starts all parts.
    pub async fn start(settings: Settings, workers: Workers) -> Result<Self, NodeError> {
        let authority = settings.authority()?;
        let directory = DataDirectory::new(&settings.data_dir);
        let found = {
            let (genesis, workers) = (Arc::clone(&settings.genesis), workers.clone());
            let limits = recovery::Limits {
                cache_bytes_max: settings.cache_bytes_max,
                check_bytes_max: settings.check_bytes_max,
            };
            let is_validator = authority.is_some();
            let recovery = Recovery { directory, genesis, is_validator, limits, workers };
            blocking(move || recovery.open()).await??
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
        Assembly::new(settings, authority, workers, network, &found).launch(found, events).await
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
        let (threads, journal, mempool) = (self.threads, self.journal, self.mempool);
        let join = blocking(move || {
            // A panic was told of when it happened.
            threads.into_iter().for_each(|thread| drop(thread.join()));
            mempool.close();
            drop(journal.join());
        });
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

/// What the parts of a node share.
struct Assembly {
    settings: Settings,
    authority: Option<AuthorityIndex>,
    workers: Workers,
    network: Arc<Network>,
    rules: Arc<Rules>,
    ledger: Arc<LedgerStore>,
    mempool: Arc<Mempool>,
    witnesses: Arc<Witnesses>,
    finality: Arc<Finality>,
    answers: Answers,
    answers_inbox: mpsc::UnboundedReceiver<Answer>,
    backlog: Backlog,
}

impl Assembly {
    fn new(
        settings: Settings,
        authority: Option<AuthorityIndex>,
        workers: Workers,
        network: Network,
        found: &Found,
    ) -> Self {
        let rules = Arc::new(Rules::new(&settings.genesis));
        let witnesses = Arc::new(Witnesses::new(workers.clone()));
        let (answers, answers_inbox) = Answers::channel();
        let around = Surroundings {
            ledger: Arc::clone(&found.stores.ledger),
            rules: Arc::clone(&rules),
            witnesses: Arc::clone(&witnesses),
            workers: workers.clone(),
            journal: found.journal.clone(),
            answers: answers.clone(),
        };
        let forwards_at_once = authority.is_none();
        let mempool = Mempool::new(settings.mempool.clone(), forwards_at_once, around);
        Self {
            settings,
            authority,
            workers,
            network: Arc::new(network),
            rules,
            ledger: Arc::clone(&found.stores.ledger),
            mempool: Arc::new(mempool),
            witnesses,
            finality: Arc::new(Finality::new(found.stores.recovered.certified_height)),
            answers,
            answers_inbox,
            backlog: Backlog::default(),
        }
    }

    /// Starts threads and tasks.
    async fn launch(self, found: Found, events: Events) -> Result<Node, NodeError> {
        let Found { stores, pending, journal_thread, .. } = found;
        let kaldrix_storage::Found { dag, signed_round, recovered, damages, .. } = stores;
        self.restore(pending).await?;
        let clock = Clock::new(self.settings.clock_offset_ms);
        let (genesis, parameters) = (&self.settings.genesis, self.settings.parameters.clone());
        let (replica, first) =
            Replica::new(genesis, self.authority, parameters, recovered, clock.now());
        let board = Arc::new(Board::new(ReplicaView::of(&replica), damages));
        let epoch = genesis.committee.epoch();
        let persister = Persister {
            writer: BlockWriter { dag, signed_round, epoch, syncs: Syncs::SideBySide },
            answers: self.answers.clone(),
            backlog: self.backlog.clone(),
        };
        let executor = self.executor();
        let (persister_jobs, jobs) = std_mpsc::channel();
        let persister = spawn_thread("persister", &self.answers, move || persister.run(&jobs))?;
        let (executor_jobs, jobs) = std_mpsc::channel();
        let executor = spawn_thread("executor", &self.answers, move || executor.run(&jobs))?;
        let (peers, peers_inbox) = mpsc::channel(PEER_EVENTS_MAX);
        let (queries, queries_inbox) = mpsc::channel(QUERIES_MAX);
        let (stop, stop_inbox) = watch::channel(false);
        let ingest = self.ingest(&board, peers);
        let forwarder = self.forwarder();
        let driver = Driver {
            replica,
            clock,
            network: Arc::clone(&self.network),
            mempool: Arc::clone(&self.mempool),
            board: Arc::clone(&board),
            server: self.server(),
            signer: self.settings.consensus_key.clone(),
            block_limits: self.settings.block,
            persister: persister_jobs,
            executor: executor_jobs,
            answers: self.answers.clone(),
            backlog: self.backlog.clone(),
            peers: BTreeMap::new(),
            clocks: Clocks::new(genesis.committee.size()),
        };
        let (network, handle) = (Arc::clone(&self.network), self.handle(board, queries));
        let mut proposable = self.mempool.proposable();
        // What the journal brought back counts as new.
        proposable.mark_changed();
        let inbox = Inbox {
            answers: self.answers_inbox,
            peers: peers_inbox,
            queries: queries_inbox,
            proposable,
            stop: stop_inbox,
        };
        Ok(Node {
            handle,
            network,
            stop,
            driver: tokio::spawn(driver.run(inbox, first)),
            tasks: vec![tokio::spawn(ingest.run(events)), tokio::spawn(forwarder.run())],
            threads: vec![persister, executor],
            mempool: self.mempool,
            journal: journal_thread,
        })
    }

    async fn restore(&self, pending: Vec<Transaction>) -> Result<(), NodeError> {
        let mempool = Arc::clone(&self.mempool);
        let restored = blocking(move || mempool.restore(pending)).await??;
        if restored > 0 {
            tracing::info!(transactions = restored, "the journal holds pending transactions");
        }
        Ok(())
    }

    fn executor(&self) -> Executor {
        Executor {
            chain_id: self.rules.chain_id(),
            committee: self.settings.genesis.committee.clone(),
            ledger: LedgerWriter {
                store: Arc::clone(&self.ledger),
                rules: Arc::clone(&self.rules),
            },
            mempool: Arc::clone(&self.mempool),
            witnesses: Arc::clone(&self.witnesses),
            finality: Arc::clone(&self.finality),
            answers: self.answers.clone(),
            backlog: self.backlog.clone(),
        }
    }

    fn ingest(&self, board: &Arc<Board>, driver: mpsc::Sender<kaldrix_consensus::Event>) -> Ingest {
        Ingest {
            chain_id: self.rules.chain_id(),
            committee: self.settings.genesis.committee.clone(),
            workers: self.workers.clone(),
            witnesses: Arc::clone(&self.witnesses),
            mempool: Arc::clone(&self.mempool),
            board: Arc::clone(board),
            driver,
        }
    }

    fn server(&self) -> Server {
        let (ledger, network) = (Arc::clone(&self.ledger), Arc::clone(&self.network));
        Server::new(ledger, network, self.answers.clone())
    }

    fn forwarder(&self) -> Forwarder {
        let committee = &self.settings.genesis.committee;
        Forwarder {
            mempool: Arc::clone(&self.mempool),
            network: Arc::clone(&self.network),
            validators: Forwarder::order(self.network.peer_id(), committee),
        }
    }

    fn handle(&self, board: Arc<Board>, queries: mpsc::Sender<DagQuery>) -> NodeHandle {
        NodeHandle::new(Parts {
            info: self.info(),
            expected_peers: self.settings.expected_peers(),
            genesis: Arc::clone(&self.settings.genesis),
            rules: Arc::clone(&self.rules),
            ledger: Arc::clone(&self.ledger),
            mempool: Arc::clone(&self.mempool),
            witnesses: Arc::clone(&self.witnesses),
            network: Arc::clone(&self.network),
            board,
            finality: Arc::clone(&self.finality),
            queries,
            answers: self.answers.clone(),
        })
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
