//! One connection a pair, whatever dials, restarts and dies.

use std::sync::Arc;

use bytes::Bytes;
use kaldrix_crypto::{KeyPair, Signer};
use kaldrix_network::{DisconnectReason, Event, Goodbye, SendError};

use crate::nodes::{Node, chain, config, free_address, key, pair, pin, until};
use crate::stranger::{Stranger, StrangerKey, hello};

async fn disconnect_reason(node: &mut Node) -> DisconnectReason {
    node.wait(|event| match event {
        Event::Disconnected { reason, .. } => Some(reason),
        _ => None,
    })
    .await
}

/// Two nodes that dial each other from the start.
async fn mutual(first: &Arc<KeyPair>, second: &Arc<KeyPair>) -> (Node, Node) {
    let (first_at, second_at) = (free_address(), free_address());
    let mut here = config(first, vec![pin(second.public_key(), second_at)]);
    here.listen = first_at;
    let mut there = config(second, vec![pin(first.public_key(), first_at)]);
    there.listen = second_at;
    tokio::join!(Node::start(here), Node::start(there))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn simultaneous_dials_end_in_one_connection() {
    let mut crossings = 0;
    for _ in 0..20 {
        let (mut here, mut there) = mutual(&key(), &key()).await;
        here.wait_connected(there.id()).await;
        there.wait_connected(here.id()).await;
        let up = |from: &Node, to: &Node| from.info(to.id()).connection.unwrap();
        assert_ne!(up(&here, &there).direction, up(&there, &here).direction);
        // Both still speak over it after the other dial has been settled.
        here.network.send(&there.id(), Bytes::from_static(b"to")).unwrap();
        assert_eq!(there.wait_frame().await.1, "to");
        there.network.send(&here.id(), Bytes::from_static(b"fro")).unwrap();
        assert_eq!(here.wait_frame().await.1, "fro");
        let dialled = |from: &Node, to: &Node| from.info(to.id()).dial_attempts > 0;
        crossings += u32::from(dialled(&here, &there) && dialled(&there, &here));
        assert_eq!(here.network.totals().connections, 1, "no connection gave way to another");
        assert_eq!(there.network.totals().connections, 1);
    }
    assert!(crossings > 0, "both sides dialled in one round at least");
}

#[tokio::test]
async fn a_peer_that_restarts_on_its_port_is_connected_again() {
    let (dialler, restarting) = (key(), key());
    let mut server = config(&restarting, vec![]);
    server.listen = free_address();
    let mut first_life = Node::start(server.clone()).await;
    let pinned = vec![pin(restarting.public_key(), server.listen)];
    let mut node = Node::start(config(&dialler, pinned)).await;
    node.wait_connected(first_life.id()).await;
    first_life.wait_connected(node.id()).await;
    first_life.network.stop().await;
    let reason = disconnect_reason(&mut node).await;
    assert_eq!(reason, DisconnectReason::Goodbye(Goodbye::Stopping));
    let gone = node.network.send(&first_life.id(), Bytes::from_static(b"lost"));
    assert_eq!(gone, Err(SendError::NotConnected { peer: first_life.id() }));
    drop(first_life);
    let mut second_life = Node::start(server).await;
    node.wait_connected(second_life.id()).await;
    node.network.send(&second_life.id(), Bytes::from_static(b"back")).unwrap();
    assert_eq!(second_life.wait_frame().await.1, "back");
}

#[tokio::test]
async fn a_host_name_is_dialled() {
    let identity = key();
    let server = Node::start(config(&identity, vec![])).await;
    let mut pinned = pin(identity.public_key(), server.network.address());
    pinned.address = Some(format!("localhost:{}", server.network.address().port()));
    let mut node = Node::start(config(&key(), vec![pinned])).await;
    node.wait_connected(server.id()).await;
}

#[tokio::test]
async fn a_restarted_peer_takes_over_from_its_silent_old_connection() {
    let mut node = Node::start(config(&key(), vec![])).await;
    let key = StrangerKey::ordered(node.id(), true);
    let at = node.network.address();
    let mut before = Stranger::enter(at, &key, &hello(chain(), 1, 0)).await.unwrap();
    let mut after = Stranger::enter(at, &key, &hello(chain(), 2, 0)).await.unwrap();
    assert_eq!(before.farewell().await, Some(4), "replaced");
    assert_eq!(disconnect_reason(&mut node).await, DisconnectReason::Replaced);
    node.wait(|event| matches!(event, Event::Connected { .. }).then_some(())).await;
    after.write_frame(crate::stranger::DATA, b"alive").await;
    assert_eq!(node.wait_frame().await.1, "alive");
}

#[tokio::test]
async fn stopping_sends_what_is_queued_then_says_goodbye() {
    let (node, mut peer) = pair().await;
    for number in 0..1_000_u32 {
        node.network.send(&peer.id(), Bytes::from(number.to_be_bytes().to_vec())).unwrap();
    }
    node.network.stop().await;
    node.network.stop().await;
    for number in 0..1_000_u32 {
        assert_eq!(peer.wait_frame().await.1, number.to_be_bytes()[..]);
    }
    let reason = disconnect_reason(&mut peer).await;
    assert_eq!(reason, DisconnectReason::Goodbye(Goodbye::Stopping));
}

#[tokio::test]
async fn events_end_after_the_stop() {
    let (mut node, peer) = pair().await;
    node.network.stop().await;
    let stopped = disconnect_reason(&mut node).await;
    assert_eq!(stopped, DisconnectReason::Stopping);
    assert!(node.events.recv().await.is_none());
    assert!(node.network.peers().iter().all(|info| info.connection.is_none()));
    drop(peer);
}

#[tokio::test]
async fn dropping_the_handle_stops_too() {
    let (node, mut peer) = pair().await;
    drop(node.network);
    let reason = disconnect_reason(&mut peer).await;
    assert_eq!(reason, DisconnectReason::Goodbye(Goodbye::Stopping));
}

#[tokio::test]
async fn a_node_that_stops_listening_to_events_leaves() {
    let (node, mut peer) = pair().await;
    drop(node.events);
    let reason = disconnect_reason(&mut peer).await;
    assert_eq!(reason, DisconnectReason::Goodbye(Goodbye::Stopping));
    until("the registry is empty", || {
        node.network.peers().iter().all(|info| info.connection.is_none())
    })
    .await;
}
