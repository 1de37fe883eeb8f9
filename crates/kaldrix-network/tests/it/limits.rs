//! Every limit holds: frames, queues, rates, silence.

use std::time::{Duration, Instant};

use bytes::Bytes;
use kaldrix_network::{DisconnectReason, Event, FrameError, Limits, SendError};

use crate::nodes::{DEADLINE, Node, chain, config, key, limits, pair_with, until};
use crate::stranger::{DATA, HELLO, Stranger, StrangerKey, hello};

const MIB: usize = 1024 * 1024;

async fn disconnect_reason(node: &mut Node) -> DisconnectReason {
    node.wait(|event| match event {
        Event::Disconnected { reason, .. } => Some(reason),
        _ => None,
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_longest_frame_passes_and_a_longer_one_is_not_sent() {
    let (node, mut peer) = pair_with(limits()).await;
    let longest: Bytes = (0..8 * MIB).map(|at| u8::try_from(at % 251).unwrap()).collect();
    node.network.send(&peer.id(), longest.clone()).unwrap();
    assert_eq!(peer.wait_frame().await.1, longest);
    let refused = node.network.send(&peer.id(), Bytes::from(vec![0; 8 * MIB + 1]));
    let (bytes, bytes_max) = (8 * MIB + 1, 8 * MIB);
    assert_eq!(refused, Err(SendError::FrameTooLarge { peer: peer.id(), bytes, bytes_max }));
}

#[tokio::test]
async fn a_peers_own_frame_limit_is_respected() {
    let node = Node::start(config(&key(), vec![])).await;
    let stranger = StrangerKey::ordered(node.id(), true);
    let peer = crate::nodes::id(&stranger.own);
    let _stranger = Stranger::enter(node.network.address(), &stranger, &hello(chain(), 1, 0)).await;
    until("it is connected", || !node.network.peers().is_empty()).await;
    let refused = node.network.send(&peer, Bytes::from(vec![0; 1_000_001]));
    let (bytes, bytes_max) = (1_000_001, 1_000_000);
    assert_eq!(refused, Err(SendError::FrameTooLarge { peer, bytes, bytes_max }));
}

#[tokio::test]
async fn frames_that_break_the_rules_end_the_connection_with_the_reason() {
    let mut node = Node::start(config(&key(), vec![])).await;
    let stranger = StrangerKey::ordered(node.id(), true);
    let too_large = FrameError::TooLarge { bytes: 8 * MIB + 1, bytes_max: 8 * MIB };
    let header = u32::try_from(8 * MIB + 1).unwrap().to_be_bytes();
    for (bytes, reason) in [
        ([&header[..], &[DATA]].concat(), too_large.into()),
        (vec![0, 0, 0, 0, 77], FrameError::UnknownKind { kind: 77 }.into()),
        (vec![0, 0, 0, 0, 4], {
            let reason = "0 bytes, expected 8".to_owned();
            FrameError::Malformed { kind: "ping", reason }.into()
        }),
        (
            crate::stranger::frame(HELLO, &hello(chain(), 1, 0)),
            DisconnectReason::OutOfTurn { found: "hello" },
        ),
    ] {
        let at = node.network.address();
        let mut peer = Stranger::enter(at, &stranger, &hello(chain(), 1, 0)).await.unwrap();
        peer.write(&bytes).await;
        assert_eq!(peer.farewell().await, Some(7), "{reason}");
        assert_eq!(disconnect_reason(&mut node).await, reason);
    }
}

#[tokio::test]
async fn a_connection_cut_within_a_frame_is_told_from_one_that_closed() {
    let mut node = Node::start(config(&key(), vec![])).await;
    let stranger = StrangerKey::ordered(node.id(), true);
    for (bytes, error) in [
        (&[][..], FrameError::Closed),
        (&[0, 0][..], FrameError::Truncated),
        (&[0, 0, 0, 9, DATA, 1, 2][..], FrameError::Truncated),
    ] {
        let at = node.network.address();
        let mut peer = Stranger::enter(at, &stranger, &hello(chain(), 1, 0)).await.unwrap();
        peer.write(bytes).await;
        drop(peer);
        assert_eq!(disconnect_reason(&mut node).await, DisconnectReason::Frame(error));
    }
}

#[tokio::test]
async fn a_full_queue_drops_counts_and_keeps_what_it_took() {
    let limits = Limits {
        queue_frames_max: 64,
        events_max: 1,
        events_bytes_max: 2 * MIB,
        frame_bytes_max: MIB,
        ..limits()
    };
    let (node, mut peer) = pair_with(limits).await;
    let frame = Bytes::from(vec![7; 64 * 1024]);
    let mut taken = 0_u64;
    // The peer takes no events, so its socket fills, then the queue.
    let full = loop {
        match node.network.send(&peer.id(), frame.clone()) {
            Ok(()) => taken += 1,
            Err(error) if node.info(peer.id()).connection.unwrap().bytes_out > 0 => break error,
            Err(_) => tokio::task::yield_now().await,
        }
    };
    assert!(matches!(full, SendError::QueueFull { frames: 64, .. }), "{full}");
    let dropped = node.info(peer.id()).connection.unwrap().frames_dropped;
    assert!(dropped >= 1);
    assert_eq!(node.network.totals().frames_dropped, dropped);
    for _ in 0..taken {
        assert_eq!(peer.wait_frame().await.1.len(), frame.len());
    }
    assert_eq!(peer.network.totals().frames_in, taken, "back-pressure loses nothing");
}

#[tokio::test]
async fn a_peer_above_its_rate_is_slowed_and_loses_nothing() {
    let limits = Limits { receive_frames_per_s: 1_000, ..limits() };
    let (node, mut peer) = pair_with(limits).await;
    let start = Instant::now();
    for _ in 0..1_500 {
        node.network.send(&peer.id(), Bytes::from_static(b"frame")).unwrap();
    }
    for _ in 0..1_500 {
        peer.wait_frame().await;
    }
    // A second's worth passes at once, the other 500 frames take half a second.
    assert!(start.elapsed() >= Duration::from_millis(450), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_silent_peer_is_dropped_and_told() {
    let mut config = config(&key(), vec![]);
    (config.limits.keepalive_ms, config.limits.idle_ms_max) = (50, 300);
    let mut node = Node::start(config).await;
    let stranger = StrangerKey::ordered(node.id(), true);
    let hello = hello(chain(), 1, 0);
    let mut peer = Stranger::enter(node.network.address(), &stranger, &hello).await.unwrap();
    assert_eq!(peer.farewell().await, Some(8), "it answers no ping");
    let idle = DisconnectReason::Frame(FrameError::Idle { after_ms: 300 });
    assert_eq!(disconnect_reason(&mut node).await, idle);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pings_keep_a_quiet_connection() {
    let limits = Limits { keepalive_ms: 100, idle_ms_max: 1_500, ..limits() };
    let (mut node, peer) = pair_with(limits).await;
    let quiet = tokio::time::timeout(Duration::from_secs(3), node.events.recv()).await;
    assert!(quiet.is_err(), "twice the idle limit, and nothing happened: {quiet:?}");
    let connection = node.info(peer.id()).connection.unwrap();
    assert!(connection.round_trip.unwrap() < DEADLINE);
    assert_eq!((connection.frames_in, connection.bytes_in), (0, 0), "pings are not frames");
}
