//! What keeps a node from starting is said clearly, and networks start and go on.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use kaldrix_client::Client;
use kaldrix_node::config::Config;
use kaldrix_node::init::{GENESIS_FILE, InitOptions, Initialised, Protection, init};
use kaldrix_node::localnet::{LocalnetOptions, localnet, what_to_try};
use kaldrix_node::node::Node;
use kaldrix_node::service::run;
use kaldrix_node::workers::Workers;
use kaldrix_node::{NodeError, NodeHandle};
use tokio::sync::oneshot;

use crate::fixture::{PATIENCE, TestNetwork, Wallet, all_final, eventually, free_ports, submit};

fn network(directory: &Path, validators: u16) -> Initialised {
    let options = InitOptions {
        directory: directory.to_owned(),
        network: "startup".to_owned(),
        validators,
        full_nodes: 0,
        protection: Protection::None,
        ports: free_ports(validators),
        funded: "treasury",
    };
    init(&options).unwrap()
}

/// Why the node of this configuration does not start.
async fn refusal(config: &Path) -> String {
    let config = match Config::load(config) {
        Ok(config) => config,
        Err(error) => return error.to_string(),
    };
    let ended = tokio::time::timeout(PATIENCE, run(config, std::future::pending()));
    ended.await.expect("the node runs").unwrap_err().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_in_use_is_named_with_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let made = network(directory.path(), 1);
    let config = Config::load(&made.configs[0]).unwrap();
    for (address, key) in
        [(config.api, "listen.api"), (config.metrics, "listen.metrics"), (config.p2p, "listen")]
    {
        let _taken = TcpListener::bind(address).unwrap();
        let refusal = refusal(&made.configs[0]).await;
        let named = refusal.contains(&address.to_string()) && refusal.contains("ss -ltnp");
        assert!(named && refusal.contains(key), "{refusal}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_or_foreign_genesis_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let (ours, theirs) = (directory.path().join("ours"), directory.path().join("theirs"));
    let (made, other) = (network(&ours, 1), network(&theirs, 1));
    let config = &made.configs[0];
    let foreign = fs::read_to_string(theirs.join(GENESIS_FILE)).unwrap();
    let own = fs::read_to_string(ours.join(GENESIS_FILE)).unwrap();

    fs::remove_file(ours.join(GENESIS_FILE)).unwrap();
    let missing = refusal(config).await;
    assert!(missing.contains("node.toml:7: genesis: cannot read"), "{missing}");
    fs::write(ours.join(GENESIS_FILE), own.replace("\"stake\": 1", "\"stake\": 2")).unwrap();
    let changed = refusal(config).await;
    assert!(changed.contains("it was changed"), "{changed}");
    fs::write(ours.join(GENESIS_FILE), &foreign).unwrap();
    let stranger = refusal(config).await;
    let chain_id = other.genesis.chain_id().to_string();
    assert!(stranger.contains("keys.consensus") && stranger.contains(&chain_id), "{stranger}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_directory_of_another_chain_is_left_alone() {
    let mut network = TestNetwork::new(1, 0, 1);
    network.start_all().await;
    network.stop_all().await;
    let other = TestNetwork::new(1, 0, 2);
    let mut settings = other.settings(0);
    settings.data_dir = network.data_dir(0);
    let error = Node::start(settings, Workers::new().unwrap()).await.unwrap_err().to_string();
    for chain_id in [network.genesis.chain_id(), other.genesis.chain_id()] {
        assert!(error.contains(&chain_id.to_string()), "{error}");
    }
    assert!(error.contains("check the genesis file and the data directory"), "{error}");
    network.start_all().await;
    assert_eq!(network.handle(0).status().damages, Vec::<String>::new());
    network.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_signed_round_file_is_said_and_a_quorum_asked() {
    let mut network = TestNetwork::new(4, 0, 1);
    network.start_all().await;
    network.stop(3).await;
    fs::remove_file(network.data_dir(3).join("signed-round")).unwrap();
    network.start(3).await;
    let damages = network.handle(3).status().damages;
    assert!(damages.iter().any(|line| line.contains("a quorum is asked")), "{damages:?}");
    let transfer = Wallet::new(0).transfer(&network.genesis, Wallet::new(1).address(), 1);
    let ids = submit(network.handle(3), vec![transfer]).await;
    all_final(network.handle(3), &ids).await;
    let may_sign = || network.handle(3).status().snapshot.may_sign;
    eventually("a quorum answers", may_sign).await;
    network.stop_all().await;
}

/// Runs a localnet, looks at it with `look`, and stops it.
async fn with_localnet<T: Send + 'static>(
    options: &LocalnetOptions,
    look: impl FnOnce(&[NodeHandle]) -> T,
) -> Result<T, NodeError> {
    let (stop, stopped) = oneshot::channel();
    let mut looked = None;
    let running = localnet(
        options,
        async {
            let _ = stopped.await;
        },
        |nodes| {
            looked = Some(look(nodes));
            let _ = stop.send(());
        },
    );
    tokio::time::timeout(PATIENCE, running).await.expect("it stops in time")?;
    Ok(looked.expect("it started"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_localnet_goes_on_and_grows() {
    let directory = tempfile::tempdir().unwrap();
    let mut options = LocalnetOptions {
        directory: directory.path().join("net"),
        validators: 2,
        full_nodes: 0,
        ports: free_ports(4),
    };
    let chain_id = with_localnet(&options, |nodes| nodes[0].chain_id()).await.unwrap();
    options.full_nodes = 1;
    let (chain, count, text) = with_localnet(&options, |nodes| {
        (nodes[0].chain_id(), nodes.len(), what_to_try(&options, nodes))
    })
    .await
    .unwrap();
    assert_eq!((chain, count), (chain_id, 3));
    let [api, ..] = options.ports.of(2);
    assert!(text.contains(&format!("http://{api}")) && text.contains("tx transfer"), "{text}");

    let other = LocalnetOptions { validators: 3, ..options.clone() };
    let error = with_localnet(&other, |_| ()).await.unwrap_err().to_string();
    assert!(error.contains("a network of 2 validators") && error.contains("--validators 2"));
    let [_, p2p, _] = options.ports.of(1);
    let _taken = TcpListener::bind(p2p).unwrap();
    let error = with_localnet(&options, |_| ()).await.unwrap_err().to_string();
    assert!(error.contains(&p2p.to_string()) && error.contains("another localnet"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_service_answers_no_more() {
    let directory = tempfile::tempdir().unwrap();
    let made = network(directory.path(), 1);
    let config = Config::load(&made.configs[0]).unwrap();
    let client = Client::new(&format!("http://{}", config.api)).unwrap();
    let (stop, stopped) = oneshot::channel();
    let running = tokio::spawn(run(config, async {
        let _ = stopped.await;
    }));
    let genesis = async {
        loop {
            if let Ok(genesis) = client.genesis().await {
                break genesis;
            }
            tokio::task::yield_now().await;
        }
    };
    let genesis = tokio::time::timeout(PATIENCE, genesis).await.unwrap();
    assert_eq!(genesis.chain_id(), made.genesis.chain_id());
    stop.send(()).unwrap();
    let ended = tokio::time::timeout(PATIENCE, running).await.unwrap();
    ended.unwrap().unwrap();
    assert!(client.genesis().await.is_err());
}
