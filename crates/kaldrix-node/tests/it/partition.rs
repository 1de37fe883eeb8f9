//! Networks that are taken apart between real processes, and heal.

use std::time::{Duration, Instant};

use fastrand::Rng;
use kaldrix_client::api::CheckStatus;
use kaldrix_network::Limits;

use crate::crash::seed;
use crate::fixture::PATIENCE;
use crate::load::{Load, no_fault_was_seen};
use crate::processes::{Processes, eventually};
use crate::proxy::Links;

/// A network counts as halted once no height has grown for so long.
const STILL: Duration = Duration::from_secs(2);
/// Pauses of a link that stutters.
const STUTTER_MS_MAX: u64 = 400;

async fn start() -> (Processes, Links) {
    let mut network = Processes::new(4);
    let links = Links::of(&network).await;
    network.start_all();
    network.ready(network.nodes()).await;
    (network, links)
}

async fn heights(network: &Processes) -> Vec<u64> {
    let mut heights = Vec::new();
    for client in &network.clients {
        heights.push(client.status().await.unwrap().latest_block.height);
    }
    heights
}

/// Waits until no height grows any more.
async fn halted(network: &Processes) -> Vec<u64> {
    let (deadline, mut since) = (Instant::now() + PATIENCE, Instant::now());
    let mut known = heights(network).await;
    while since.elapsed() < STILL {
        assert!(Instant::now() < deadline, "the heights still grow: {known:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
        let now = heights(network).await;
        if now != known {
            (known, since) = (now, Instant::now());
        }
    }
    known
}

/// Whether a node counts another one among its connected peers.
async fn connected(network: &Processes, node: usize, to: usize) -> bool {
    let peers = network.clients[node].peers().await.unwrap().peers;
    let to = u16::try_from(to).unwrap();
    peers.iter().any(|peer| peer.validator == Some(to) && peer.connected)
}

/// Waits until a node has noticed that it hears nothing of others, and says how long that took
/// at most.
async fn notices(network: &Processes, node: usize, others: &[usize], since: Instant) {
    let Limits { idle_ms_max, keepalive_ms, .. } = Limits::default();
    for other in others {
        let what = format!("node {node} notices that node {other} is gone");
        eventually(&what, async || !connected(network, node, *other).await).await;
    }
    let bound = Duration::from_millis(idle_ms_max + keepalive_ms);
    assert!(since.elapsed() < bound, "noticed after {:?}", since.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_halves_halt_and_go_on_together() {
    let (network, links) = start().await;
    let load = Load::start(&network, &[&[0], &[3]]).await;
    load.goes_on(&network, 0, 10).await;
    links.part(&[0, 1], &[2, 3]);
    let heights_halted = halted(&network).await;
    // Both halves go on accepting, and hold what they accept.
    let target = load.acknowledged() + 20;
    eventually("clients are served", async || load.acknowledged() >= target).await;
    assert_eq!(heights(&network).await, heights_halted, "a half without a quorum made a block");
    links.heal();
    for node in network.nodes() {
        load.goes_on(&network, node, 10).await;
    }
    load.stop().await.were_kept(&network).await;
    no_fault_was_seen(&network).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn three_go_on_and_the_fourth_comes_back() {
    let (network, links) = start().await;
    let load = Load::start(&network, &[&[0], &[1], &[3]]).await;
    load.goes_on(&network, 3, 10).await;
    let since = Instant::now();
    links.part(&[0, 1, 2], &[3]);
    load.goes_on(&network, 0, 50).await;
    notices(&network, 0, &[3], since).await;
    notices(&network, 3, &[0, 1, 2], since).await;
    // Alone it says so, and serves what it has.
    let alone = &network.clients[3];
    let health = alone.health().await.unwrap();
    assert_eq!(health.status, CheckStatus::Failing, "{health:?}");
    let height = alone.status().await.unwrap().final_height;
    let (own, others) = (alone.block(height).await, network.clients[0].block(height).await);
    assert_eq!(own.unwrap().unwrap().header, others.unwrap().unwrap().header);
    load.goes_on(&network, 0, 50).await;
    let height_alone = alone.status().await.unwrap().latest_block.height;
    let height_others = network.clients[0].status().await.unwrap().latest_block.height;
    assert!(height_alone < height_others, "{height_alone} of {height_others}");
    links.heal();
    network.ready([3]).await;
    load.goes_on(&network, 3, 10).await;
    load.stop().await.were_kept(&network).await;
    no_fault_was_seen(&network).await;
}

/// One link carries one way alone, the links of another node stutter: every client is served.
#[tokio::test(flavor = "multi_thread")]
async fn a_one_way_link_and_stuttering_ones_stop_nobody() {
    let (network, links) = start().await;
    let load = Load::start(&network, &[&[0], &[1], &[3]]).await;
    load.goes_on(&network, 0, 10).await;
    let since = Instant::now();
    links.hold(0, 1);
    let mut random = Rng::with_seed(seed(2));
    for _ in 0..20 {
        let other = random.usize(..3);
        links.part(&[other], &[3]);
        tokio::time::sleep(Duration::from_millis(random.u64(..STUTTER_MS_MAX))).await;
        [(other, 3), (3, other)].into_iter().for_each(|(from, to)| links.release(from, to));
    }
    for node in network.nodes() {
        load.goes_on(&network, node, 10).await;
    }
    notices(&network, 1, &[0], since).await;
    for node in network.nodes() {
        load.goes_on(&network, node, 10).await;
    }
    links.heal();
    network.ready(network.nodes()).await;
    eventually("the link is there again", async || connected(&network, 1, 0).await).await;
    load.stop().await.were_kept(&network).await;
    no_fault_was_seen(&network).await;
}
