//! Nodes that are asked to stop under load.

use std::time::{Duration, Instant};

use crate::load::{Load, no_fault_was_seen};
use crate::processes::Processes;

/// For requests that are being served, peers' farewells and the last sync.
const STOP_MAX: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_asked_to_stop_leaves_all_in_order() {
    let mut network = Processes::new(4);
    network.start_all();
    network.ready(network.nodes()).await;
    let load = Load::start(&network, &[&[0, 1], &[3], &[3, 2]]).await;
    for round in 0..5 {
        load.goes_on(&network, 3, 10).await;
        // The last time all of them, at once.
        let nodes: Vec<usize> = if round == 4 { network.nodes().collect() } else { vec![3] };
        let asked = Instant::now();
        for (node, status) in network.terminate(&nodes) {
            assert!(status.success(), "node {node}: {status}");
        }
        assert!(asked.elapsed() < STOP_MAX, "stopped after {:?}", asked.elapsed());
        nodes.iter().for_each(|node| network.start(*node));
        network.ready(nodes).await;
    }
    load.goes_on(&network, 3, 10).await;
    for node in network.nodes() {
        let warnings = network.clients[node].status().await.unwrap().warnings;
        assert_eq!(warnings, Vec::<String>::new(), "node {node}");
    }
    load.stop().await.were_kept(&network).await;
    no_fault_was_seen(&network).await;
}
