//! Nodes that are killed at random moments under load: one, then as many as may fail, then all.
//!
//! `KALDRIX_TEST_SEED=N cargo test -p kaldrix-node killed` chooses the nodes and the moments.

use std::time::Duration;

use fastrand::Rng;

use crate::load::{Load, Signed, no_fault_was_seen};
use crate::processes::Processes;

/// Seven validators of equal stake go on without any two of them.
const NODES: u16 = 7;
const FAULTY_MAX: usize = 2;
const ROUNDS: usize = 20;
/// The nodes that each client submits to. What a node holds durably and is killed with comes back
/// with it, and until then the client's later transfers wait for that one: so there is one client
/// more than nodes may fail, and each has nodes of its own.
const CLIENTS: [&[usize]; FAULTY_MAX + 1] = [&[0, 1], &[2, 3], &[4, 5, 6]];
/// Slower than usual: all validators share this machine.
const ROUND_INTERVAL_MS: u64 = 150;
/// Between a node's being ready and the blow.
const CALM_MS_MAX: u64 = 200;
/// A node that starts is killed again within this time.
const START_MS_MAX: u64 = 400;

/// The seed in `KALDRIX_TEST_SEED`, else the test's own. It is printed.
pub fn seed(own: u64) -> u64 {
    let given = std::env::var("KALDRIX_TEST_SEED").ok();
    let seed = given.map_or(own, |seed| seed.parse().expect("KALDRIX_TEST_SEED is a number"));
    println!("seed {seed}: set KALDRIX_TEST_SEED to run another");
    seed
}

struct Blows {
    network: Processes,
    load: Load,
    signed: Signed,
    random: Rng,
}

impl Blows {
    async fn moment(&mut self, ms_max: u64) {
        let ms = self.random.u64(..ms_max);
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }

    /// Once all is well, kills some nodes at a random moment.
    async fn kill(&mut self, nodes: &[usize]) {
        self.network.ready(self.network.nodes()).await;
        self.moment(CALM_MS_MAX).await;
        self.network.kill(nodes.iter().copied());
    }

    /// The others go on without them, and they come back.
    async fn kill_some(&mut self, count: usize) {
        let mut nodes: Vec<usize> = self.network.nodes().collect();
        self.random.shuffle(&mut nodes);
        let (killed, others) = nodes.split_at(count);
        self.kill(killed).await;
        self.load.goes_on(&self.network, others[0], 5).await;
        killed.iter().for_each(|node| self.network.start(*node));
    }

    /// All at once, and again while they start.
    async fn kill_all(&mut self) {
        let nodes: Vec<usize> = self.network.nodes().collect();
        self.network.ready(self.network.nodes()).await;
        self.signed.compare(&self.network).await;
        self.kill(&nodes).await;
        self.network.start_all();
        self.moment(START_MS_MAX).await;
        self.network.kill(nodes);
        self.network.start_all();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_nodes_lose_nothing_that_was_acknowledged() {
    let mut network = Processes::new(NODES);
    for node in network.nodes() {
        let pace = format!("[pace]\nround_interval_ms_min = {ROUND_INTERVAL_MS}\n");
        // Starts are many, and the tests of damage look at what reading a store whole finds.
        let storage = "[storage]\ncheck_bytes_max = 0\n";
        network.configure(node, |text| format!("{text}\n{pace}{storage}"));
    }
    network.start_all();
    network.ready(network.nodes()).await;
    let load = Load::start(&network, &CLIENTS).await;
    let random = Rng::with_seed(seed(1));
    let mut blows = Blows { network, load, signed: Signed::default(), random };
    for _ in 0..ROUNDS {
        blows.kill_some(1).await;
        blows.kill_some(FAULTY_MAX).await;
        blows.kill_all().await;
    }
    let Blows { network, load, mut signed, .. } = blows;
    network.ready(network.nodes()).await;
    let promises = load.stop().await;
    assert!(promises.transactions.len() > 20 * ROUNDS, "that was no load");
    promises.were_kept(&network).await;
    signed.compare(&network).await;
    no_fault_was_seen(&network).await;
}
