//! Wrong identity, wrong chain, wrong configuration: refused, and each side told why.

use std::sync::Arc;

use kaldrix_crypto::{KeyPair, Signer};
use kaldrix_network::{ConnectError, Error, Event, Goodbye, PinnedPeer};
use kaldrix_types::{ChainId, Scheme};

use crate::nodes::{Node, chain, config, free_address, id, key, ordered_keys, pin, until};

async fn dial_error(node: &mut Node) -> ConnectError {
    node.wait(|event| match event {
        Event::DialFailed { error, .. } => Some(error),
        _ => None,
    })
    .await
}

#[tokio::test]
async fn a_peer_with_another_key_than_the_pinned_one_is_refused() {
    let (expected, actual) = (key(), key());
    let mut impostor = Node::start(config(&actual, vec![])).await;
    let pinned = vec![pin(expected.public_key(), impostor.network.address())];
    let mut node = Node::start(config(&key(), pinned)).await;
    match dial_error(&mut node).await {
        ConnectError::WrongIdentity { expected: wanted, found } => {
            assert_eq!((wanted, found), (id(&expected), id(&actual)));
        }
        error => panic!("{error}"),
    }
    let info = node.info(id(&expected));
    assert!(info.connection.is_none());
    assert!(info.dial_error.unwrap().contains("correct its key or its address"));
    until("the other side counts it", || impostor.network.totals().inbound_refused > 0).await;
    assert!(impostor.events.try_recv().is_none());
}

#[tokio::test]
async fn another_chain_is_refused_and_both_sides_say_so() {
    let (first, second) = (key(), key());
    let (first_at, second_at) = (free_address(), free_address());
    let mut here = config(&first, vec![pin(second.public_key(), second_at)]);
    here.listen = first_at;
    let mut there = config(&second, vec![pin(first.public_key(), first_at)]);
    there.listen = second_at;
    there.chain_id = ChainId::from([8; 32]);
    let (mut here, mut there) = (Node::start(here).await, Node::start(there).await);
    for (node, ours, theirs) in [
        (&mut here, chain(), ChainId::from([8; 32])),
        (&mut there, ChainId::from([8; 32]), chain()),
    ] {
        let wrong = node
            .wait(|event| match event {
                Event::DialFailed { error: ConnectError::WrongChain { ours, theirs }, .. } => {
                    Some((ours, theirs))
                }
                Event::Connected { .. } => panic!("connected across chains"),
                _ => None,
            })
            .await;
        assert_eq!(wrong, (ours, theirs));
    }
}

#[tokio::test]
async fn unknown_peers_beyond_the_limit_are_refused_until_there_is_room() {
    // Once where the refused peer would decide which connection of the pair stays, once not.
    for decides in [true, false] {
        let (identity, other) = match (decides, ordered_keys()) {
            (true, (lower, higher)) => (higher, lower),
            (false, (lower, higher)) => (lower, higher),
        };
        let mut crowded = config(&identity, vec![]);
        crowded.limits.peers_unknown_max = 1;
        let mut crowded = Node::start(crowded).await;
        let pinned = vec![pin(identity.public_key(), crowded.network.address())];
        let mut first = Node::start(config(&key(), pinned.clone())).await;
        first.wait_connected(crowded.id()).await;
        let mut second = Node::start(config(&other, pinned)).await;
        let error = dial_error(&mut second).await;
        assert!(matches!(error, ConnectError::Refused(Goodbye::TooManyUnknown)), "{error}");
        assert_eq!(second.network.totals().connections, 0);
        first.network.stop().await;
        second.wait_connected(crowded.id()).await;
        crowded.wait_connected(second.id()).await;
        let peers = crowded.network.peers();
        assert!(peers.iter().all(|info| !info.pinned && info.dial_address.is_none()));
    }
}

#[tokio::test]
async fn a_pinned_peer_needs_no_place_among_the_unknown() {
    let (identity, known) = (key(), key());
    let pinned = PinnedPeer { public_key: known.public_key().clone(), address: None };
    let mut closed = config(&identity, vec![pinned]);
    closed.limits.peers_unknown_max = 0;
    let closed = Node::start(closed).await;
    let pinned = vec![pin(identity.public_key(), closed.network.address())];
    let mut known = Node::start(config(&known, pinned)).await;
    known.wait_connected(closed.id()).await;
}

#[tokio::test]
async fn a_port_in_use_is_named_with_the_way_out() {
    let node = Node::start(config(&key(), vec![])).await;
    let mut second = config(&key(), vec![]);
    second.listen = node.network.address();
    let error = Node::try_start(second).await.err().unwrap();
    assert!(matches!(error, Error::Bind { .. }));
    let text = error.to_string();
    assert!(text.contains(&node.network.address().to_string()), "{text}");
    assert!(text.contains("choose another listen address"), "{text}");
}

#[tokio::test]
async fn a_configuration_that_cannot_work_is_refused_by_name() {
    let (own, other) = ordered_keys();
    let at = free_address();
    let start = async |config| Node::try_start(config).await.err().expect("refused");
    let itself = config(&own, vec![pin(own.public_key(), at)]);
    assert!(matches!(start(itself).await, Error::PinnedItself { peer } if peer == id(&own)));
    let twice = config(&own, vec![pin(other.public_key(), at), pin(other.public_key(), at)]);
    assert!(matches!(start(twice).await, Error::PinnedTwice { peer } if peer == id(&other)));
    let small = Arc::new(KeyPair::generate(Scheme::MlDsa44).unwrap());
    let scheme = start(config(&small, vec![])).await;
    assert!(matches!(scheme, Error::IdentityScheme { scheme: Scheme::MlDsa44 }));
    let scheme = start(config(&own, vec![pin(small.public_key(), at)])).await;
    assert!(matches!(scheme, Error::PinnedScheme { scheme: Scheme::MlDsa44, .. }));
    let mut limit = config(&own, vec![]);
    limit.limits.idle_ms_max = limit.limits.keepalive_ms;
    let limit = start(limit).await.to_string();
    assert_eq!(limit, "the limit idle_ms_max is wrong: it must exceed keepalive_ms");
}

#[tokio::test]
async fn an_address_that_cannot_be_reached_is_reported_and_tried_again() {
    let absent = key();
    // Bound but not listening: no one else takes the port, and it refuses connections.
    let closed = tokio::net::TcpSocket::new_v4().unwrap();
    closed.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let at = closed.local_addr().unwrap();
    let mut node = Node::start(config(&key(), vec![pin(absent.public_key(), at)])).await;
    for _ in 0..3 {
        let error = dial_error(&mut node).await;
        assert!(matches!(error, ConnectError::Unreachable { address, .. } if address == at));
    }
    assert!(node.info(id(&absent)).dial_attempts >= 3);
    let nameless =
        PinnedPeer { public_key: key().public_key().clone(), address: Some("no port here".into()) };
    let mut node = Node::start(config(&key(), vec![nameless])).await;
    assert!(matches!(dial_error(&mut node).await, ConnectError::Resolve { .. }));
}
