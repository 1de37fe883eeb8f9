//! A whole network in one process on loopback, over the real transport, with a funded faucet.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use kaldrix_types::{Genesis, genesis_file};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::config::{Config, LogConfig};
use crate::error::NodeError;
use crate::handle::NodeHandle;
use crate::init::{self, GENESIS_FILE, InitOptions, Ports, Protection};
use crate::logging;
use crate::service::Service;
use crate::workers::Workers;

const LOG_FILTER: &str = "warn";

/// What to run, and where its files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalnetOptions {
    pub directory: PathBuf,
    pub validators: u16,
    /// Nodes that follow without validating.
    pub full_nodes: u16,
    pub ports: Ports,
}

impl LocalnetOptions {
    fn init_options(&self) -> InitOptions {
        InitOptions {
            directory: self.directory.clone(),
            network: "localnet".to_owned(),
            validators: self.validators,
            full_nodes: self.full_nodes,
            protection: Protection::None,
            ports: self.ports,
            funded: "faucet",
        }
    }

    /// The numbers of the nodes, validators first.
    pub fn nodes(&self) -> impl Iterator<Item = u16> {
        0..self.validators.saturating_add(self.full_nodes)
    }
}

/// Runs a network until `shutdown` resolves; `started` gets the nodes once all answer. A network
/// that is in the directory goes on where it stopped.
pub async fn localnet(
    options: &LocalnetOptions,
    shutdown: impl Future<Output = ()>,
    started: impl FnOnce(&[NodeHandle]),
) -> Result<(), NodeError> {
    logging::start(&LogConfig { filter: LOG_FILTER.to_owned(), json: false });
    require_free_ports(options)?;
    prepare(options)?;
    let workers = Workers::new()?;
    let (stop, stopped) = watch::channel(false);
    let (announce, mut announced) = tokio::sync::mpsc::unbounded_channel();
    let mut services = JoinSet::new();
    for node in options.nodes() {
        let path = init::node_directory(&options.directory, node).join("node.toml");
        let service = Service::new(&Config::load(&path)?, workers.clone())?;
        let (stopped, announce) = (stopped.clone(), announce.clone());
        services.spawn(async move {
            service.run(stopped, move |handle| drop(announce.send((node, handle)))).await
        });
    }
    drop(announce);
    let mut shutdown = std::pin::pin!(shutdown);
    let all_started = async {
        let mut handles = Vec::new();
        while let Some(handle) = announced.recv().await {
            handles.push(handle);
            if handles.len() == options.nodes().count() {
                break;
            }
        }
        handles.sort_by_key(|(node, _)| *node);
        handles.into_iter().map(|(_, handle)| handle).collect::<Vec<_>>()
    };
    let ended = tokio::select! {
        ended = services.join_next() => ended,
        () = &mut shutdown => None,
        handles = all_started => {
            started(&handles);
            drop(handles);
            tokio::select! {
                ended = services.join_next() => ended,
                () = &mut shutdown => None,
            }
        }
    };
    stop.send_replace(true);
    let mut result = ended.map_or(Ok(()), joined);
    while let Some(ended) = services.join_next().await {
        result = result.and(joined(ended));
    }
    result
}

fn joined(ended: Result<Result<(), NodeError>, tokio::task::JoinError>) -> Result<(), NodeError> {
    ended.unwrap_or_else(|error| Err(NodeError::Internal(error.to_string())))
}

/// What to try with a network that runs, in commands that work as they are.
pub fn what_to_try(options: &LocalnetOptions, nodes: &[NodeHandle]) -> String {
    let directory = options.directory.display();
    let chain_id = nodes.first().map_or_else(String::new, |node| node.chain_id().to_string());
    let reward = nodes.first().and_then(|node| {
        let mut members = node.genesis().committee.members();
        members.next().map(|(_, member)| member.reward_address.to_string())
    });
    let mut text = format!("chain {chain_id}\n\n");
    for node in options.nodes() {
        let [api, p2p, metrics] = options.ports.of(node);
        let role = if node < options.validators { "validator" } else { "full node" };
        text += &format!(
            "  node {node} ({role}): API http://{api}  metrics http://{metrics}/metrics  P2P {p2p}\n"
        );
    }
    let [api, ..] = options.ports.of(0);
    // As it was called, so that the lines can be pasted.
    let program = std::env::args().next().unwrap_or_else(|| "kaldrix-node".to_owned());
    text += &format!(
        "\nTry, in another terminal:\n\
         \n  export KALDRIX_API=http://{api}\n\
         \n  {program} status\n\
         \n  {program} keys generate --unprotected --out alice.json\n\
         \n  {program} tx transfer --key {directory}/faucet.json --to {} --amount 10\n\
         \n  {program} validator-participation\n\
         \nAll data is in {directory}; the network goes on from there. Ctrl-C stops it.\n",
        reward.unwrap_or_else(|| "kald1…".to_owned()),
    );
    text
}

/// Checks before anything is made that every port is free.
fn require_free_ports(options: &LocalnetOptions) -> Result<(), NodeError> {
    for node in options.nodes() {
        let kinds = ["the API", "P2P", "the metrics"];
        for (service, address) in kinds.into_iter().zip(options.ports.of(node)) {
            require_free(service, node, address)?;
        }
    }
    Ok(())
}

fn require_free(service: &'static str, node: u16, address: SocketAddr) -> Result<(), NodeError> {
    let Err(error) = TcpListener::bind(address) else { return Ok(()) };
    let port = address.port();
    let reason = format!(
        "{error} (node {node}); is another localnet running? `ss -ltnp 'sport = :{port}'` names \
         the program that uses port {port}: stop it and try again"
    );
    Err(NodeError::Listen { service, address: address.to_string(), reason })
}

/// Makes the network, or checks that the one in the directory is the one that is asked for.
fn prepare(options: &LocalnetOptions) -> Result<(), NodeError> {
    let path = options.directory.join(GENESIS_FILE);
    if !path.exists() {
        init::init(&options.init_options())?;
        return Ok(());
    }
    let genesis = read_genesis(&path)?;
    let found = genesis.committee.size();
    if found != usize::from(options.validators) {
        let validators = options.validators;
        let reason = format!(
            "it is a network of {found} validators, not {validators}: run it with --validators \
             {found}, or choose another directory"
        );
        return Err(NodeError::File { path, reason });
    }
    for node in options.nodes().skip(found) {
        let config = init::node_directory(&options.directory, node).join("node.toml");
        if !config.exists() {
            init::add_full_node(&options.init_options(), &genesis, node)?;
        }
    }
    Ok(())
}

/// Reads a genesis file; an error names it.
pub(crate) fn read_genesis(path: &Path) -> Result<Genesis, NodeError> {
    let text = fs::read_to_string(path).map_err(|error| NodeError::file(path, "read", &error))?;
    genesis_file::read(&text)
        .map_err(|error| NodeError::File { path: path.to_owned(), reason: error.to_string() })
}
