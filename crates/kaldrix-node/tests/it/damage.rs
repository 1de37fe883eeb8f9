//! A flipped bit in any file of a stopped node: it starts, names what it noticed, and is as the
//! others again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use fastrand::Rng;
use kaldrix_node::config::Config;
use kaldrix_node::init::{InitOptions, Protection, init};
use kaldrix_node::node::{Node, Settings};

use crate::crash::seed;
use crate::fixture::{TestNetwork, Wallet, all_final, free_ports, submit};

/// Damage is tried on so many files of each kind.
const FILES_OF_KIND_MAX: usize = 2;

/// The files of a directory and below that hold something.
fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let (path, metadata) = entry.map(|e| (e.path(), e.metadata().unwrap())).unwrap();
        match metadata.is_dir() {
            true => found.extend(files(&path)),
            false if metadata.len() > 0 => found.push(path),
            false => {}
        }
    }
    found.sort();
    found
}

/// Flips a bit in the middle of what was written; some files hold more than that.
fn flip(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let written: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] != 0).collect();
    let at = written.get(written.len() / 2).copied().unwrap_or(0);
    bytes[at] ^= 4;
    fs::write(path, &bytes).unwrap();
}

/// A path without its numbers.
fn kind(path: &Path) -> String {
    path.display().to_string().chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// Stores that were moved aside are evidence, and not looked at again.
pub fn remove_quarantined(data_dir: &Path) {
    for entry in fs::read_dir(data_dir).unwrap() {
        let path = entry.unwrap().path();
        if path.to_string_lossy().contains(".damaged-") {
            fs::remove_dir_all(path).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_bit_in_any_file_is_survived() {
    let mut network = TestNetwork::new(4, 0, 1);
    network.start_all().await;
    let mut wallet = Wallet::new(0);
    let stranger = Wallet::new(200).address();
    for _ in 0..10 {
        let transfers = (0..4).map(|_| wallet.transfer(&network.genesis, stranger, 1)).collect();
        let ids = submit(network.handle(0), transfers).await;
        all_final(network.handle(0), &ids).await;
    }
    let height = network.handle(0).status().final_height;
    network.agree(&[0, 1, 2, 3], height).await;
    network.stop(3).await;

    // A copy of the directory is never put back: that would take the validator back in time.
    let data_dir = network.data_dir(3);
    let (mut tried, mut named): (BTreeMap<String, BTreeSet<PathBuf>>, usize) = Default::default();
    loop {
        remove_quarantined(&data_dir);
        let untried = files(&data_dir).into_iter().find(|path| {
            let of_kind = tried.get(&kind(path));
            of_kind.is_none_or(|of| of.len() < FILES_OF_KIND_MAX && !of.contains(path))
        });
        let Some(path) = untried else { break };
        flip(&path);
        tried.entry(kind(&path)).or_default().insert(path.clone());

        let node = Node::start(network.settings(3), network.workers.clone()).await;
        let node = node.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        network.nodes[3] = Some(node);
        network.agree(&[0, 3], height).await;
        let transfer = wallet.transfer(&network.genesis, stranger, 1);
        let ids = submit(network.handle(3), vec![transfer]).await;
        let reached = all_final(network.handle(3), &ids).await;
        network.agree(&[0, 3], reached).await;
        let damages = network.handle(3).status().damages;
        named += usize::from(!damages.is_empty());
        assert!(!damages.is_empty() || !path.ends_with("signed-round"));
        eprintln!("{}: {damages:?}", path.display());
        assert_eq!(network.handle(0).status().counters.equivocations, 0);
        network.stop(3).await;
    }
    // The rest is what the engine can do without.
    let all: usize = tried.values().map(BTreeSet::len).sum();
    assert!(named * 2 > all, "{named} of {all} were named");
    for kind in ["/dag/.jnl", "/ledger/.jnl", "/mempool/journal-", "/signed-round"] {
        assert!(tried.keys().any(|tried| tried.ends_with(kind)), "{kind} is not in {tried:?}");
    }
    network.stop_all().await;
}

/// The files that only the operator has: whatever bit is flipped, the node refuses to start and
/// names the file, or the bit meant nothing.
#[test]
fn a_flipped_bit_in_keys_genesis_or_configuration_is_refused() {
    const FLIPS: usize = 300;
    let directory = tempfile::tempdir().unwrap();
    let options = InitOptions {
        directory: directory.path().to_owned(),
        network: "files".to_owned(),
        validators: 1,
        full_nodes: 0,
        protection: Protection::None,
        ports: free_ports(1),
        funded: "treasury",
    };
    let config = init(&options).unwrap().configs.remove(0);
    let read = || Config::load(&config).and_then(|config| config.settings());
    let meaning = |settings: Settings| {
        let consensus_key = settings.consensus_key.unwrap().public_key().clone();
        (settings.genesis, settings.network_key.public_key().clone(), consensus_key)
    };
    let sound = meaning(read().unwrap());
    let mut random = Rng::with_seed(seed(4));
    for file in ["genesis.json", "node0/keys/consensus.json", "node0/keys/network.json"] {
        let path = directory.path().join(file);
        let bytes = fs::read(&path).unwrap();
        let mut refused = 0;
        for _ in 0..FLIPS {
            let mut flipped = bytes.clone();
            let (at, bit) = (random.usize(..bytes.len()), random.u8(..8));
            flipped[at] ^= 1 << bit;
            fs::write(&path, flipped).unwrap();
            match read() {
                Ok(settings) => assert!(meaning(settings) == sound, "{file} byte {at} bit {bit}"),
                Err(error) => {
                    refused += 1;
                    let error = error.to_string();
                    assert!(error.contains(file.trim_start_matches("node0/")), "{error}");
                }
            }
        }
        // The case of a hexadecimal digit means nothing.
        assert!(refused * 4 > FLIPS * 3, "{file}: {refused} of {FLIPS} were refused");
        fs::write(&path, bytes).unwrap();
    }
    let text = fs::read(&config).unwrap();
    for _ in 0..FLIPS {
        let mut flipped = text.clone();
        let (at, bit) = (random.usize(..text.len()), random.u8(..8));
        flipped[at] ^= 1 << bit;
        fs::write(&config, flipped).unwrap();
        // A digit of a port may become another one: that is a configuration like any other.
        if let Err(error) = read() {
            assert!(error.to_string().contains("node.toml"), "{error}");
        }
    }
}
