//! A flipped bit in any file of a stopped node: it starts, names what it noticed, and is as the
//! others again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use kaldrix_node::node::Node;

use crate::fixture::{TestNetwork, Wallet, all_final, submit};

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

/// Flips a bit in the middle of what was written; some files are longer than that.
fn flip(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let at = bytes.iter().rposition(|byte| *byte != 0).unwrap_or(0) / 2;
    bytes[at] ^= 4;
    fs::write(path, &bytes).unwrap();
}

/// A path without its numbers.
fn kind(path: &Path) -> String {
    path.display().to_string().chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// Stores that were moved aside are evidence, and not looked at again.
fn remove_quarantined(data_dir: &Path) {
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
        eprintln!("{}: {damages:?}", path.display());
        assert_eq!(network.handle(0).status().counters.equivocations, 0);
        network.stop(3).await;
    }
    // The rest is what the engine can do without, or one of two copies.
    let all: usize = tried.values().map(BTreeSet::len).sum();
    assert!(named * 2 > all, "{named} of {all} were named");
    for kind in ["/dag/.jnl", "/ledger/.jnl", "/mempool/journal-", "/signed-round"] {
        assert!(tried.keys().any(|tried| tried.ends_with(kind)), "{kind} is not in {tried:?}");
    }
    network.stop_all().await;
}
