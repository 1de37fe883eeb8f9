//! Whoever does not speak the protocol exactly does not get in, and harms no one who does.

use std::io::ErrorKind;

use kaldrix_crypto::Signer;
use kaldrix_types::PublicKey;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::nodes::{DEADLINE, Node, chain, config, key, pin, until};
use crate::stranger::{CLASSICAL, GOODBYE, HELLO, Knock, POST_QUANTUM, StrangerKey};

/// Sends raw bytes and gives the answer up to the close.
async fn answer_to(node: &Node, bytes: &[u8]) -> Vec<u8> {
    let mut tcp = TcpStream::connect(node.network.address()).await.unwrap();
    tcp.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    let read = timeout(DEADLINE, tcp.read_to_end(&mut answer)).await.expect("the node closes");
    if let Err(error) = read {
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    }
    answer
}

/// The node refused `count` so far, and holds nothing of them.
async fn assert_unharmed(node: &mut Node, count: u64) {
    until("the refusal is counted", || node.network.totals().inbound_refused == count).await;
    assert!(node.events.try_recv().is_none(), "intruders cause no event");
    assert!(node.network.peers().is_empty());
}

/// An honest peer gets in.
async fn assert_serves(node: &mut Node, server_key: &PublicKey) {
    let honest = Node::start(config(&key(), vec![pin(server_key, node.network.address())])).await;
    node.wait_connected(honest.id()).await;
}

#[tokio::test]
async fn bytes_that_are_not_tls_are_refused() {
    let identity = key();
    let mut node = Node::start(config(&identity, vec![])).await;
    answer_to(&node, &[0xa5; 4096]).await;
    answer_to(&node, b"GET / HTTP/1.1\r\nhost: node\r\n\r\n").await;
    // A record header that announces more than TLS allows, and one cut short.
    answer_to(&node, &[0x16, 3, 1, 0xff, 0xff, 1]).await;
    let mut cut = TcpStream::connect(node.network.address()).await.unwrap();
    cut.write_all(&[0x16, 3, 1, 0, 200, 1]).await.unwrap();
    drop(cut);
    assert_unharmed(&mut node, 4).await;
    assert_serves(&mut node, identity.public_key()).await;
}

/// A TLS 1.2 hello: no supported_versions extension. Written by hand, as this build of the TLS
/// library cannot speak 1.2 either.
fn tls12_hello() -> Vec<u8> {
    let mut body = vec![3, 3];
    body.extend([0x11; 32]);
    body.push(0);
    body.extend([0, 4, 0xc0, 0x2b, 0xc0, 0x2f]);
    body.extend([1, 0]);
    let extensions = [
        // supported_groups: x25519; signature_algorithms: ecdsa_secp256r1_sha256, rsa_pss_sha256.
        &[0, 10, 0, 4, 0, 2, 0, 29][..],
        &[0, 13, 0, 6, 0, 4, 4, 3, 8, 4][..],
    ]
    .concat();
    body.extend(u16::try_from(extensions.len()).unwrap().to_be_bytes());
    body.extend(extensions);
    let length = u16::try_from(body.len()).unwrap();
    let handshake = [&[1, 0][..], &length.to_be_bytes(), &body].concat();
    let length = u16::try_from(handshake.len()).unwrap();
    [&[0x16, 3, 1][..], &length.to_be_bytes(), &handshake].concat()
}

#[tokio::test]
async fn tls_12_is_refused_with_protocol_version() {
    let mut node = Node::start(config(&key(), vec![])).await;
    let answer = answer_to(&node, &tls12_hello()).await;
    assert_eq!(answer, [21, 3, 3, 0, 2, 2, 70], "a fatal alert, protocol_version");
    assert_unharmed(&mut node, 1).await;
}

async fn refusal(node: &Node, knock: Knock<'_>) -> String {
    match knock.tls(node.network.address()).await {
        Ok(stranger) => panic!("let in with {:?}", stranger.first),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn a_classical_key_exchange_is_refused() {
    let mut node = Node::start(config(&key(), vec![])).await;
    let stranger = StrangerKey::from_seed([1; 32]);
    let knock = Knock { groups: vec![CLASSICAL], ..Knock::properly(&stranger) };
    let error = refusal(&node, knock).await;
    assert!(error.contains("HandshakeFailure"), "{error}");
    assert_unharmed(&mut node, 1).await;
}

#[tokio::test]
async fn a_client_that_prefers_classical_gets_the_hybrid() {
    let node = Node::start(config(&key(), vec![])).await;
    let stranger = StrangerKey::from_seed([1; 32]);
    let knock = Knock { groups: vec![CLASSICAL, POST_QUANTUM], ..Knock::properly(&stranger) };
    let stranger = knock.tls(node.network.address()).await.unwrap();
    let group = stranger.stream.get_ref().1.negotiated_key_exchange_group().unwrap();
    assert_eq!(group.name(), POST_QUANTUM.name());
}

#[tokio::test]
async fn a_client_without_a_key_is_refused() {
    let mut node = Node::start(config(&key(), vec![])).await;
    let knock = Knock { key: None, groups: vec![POST_QUANTUM], alpn: Some("kaldrix/1") };
    let error = refusal(&node, knock).await;
    assert!(error.contains("CertificateRequired"), "{error}");
    assert_unharmed(&mut node, 1).await;
}

#[tokio::test]
async fn another_protocol_over_the_same_tls_is_refused() {
    let mut node = Node::start(config(&key(), vec![])).await;
    let stranger = StrangerKey::from_seed([1; 32]);
    let error = refusal(&node, Knock { alpn: Some("h2"), ..Knock::properly(&stranger) }).await;
    assert!(error.contains("NoApplicationProtocol"), "{error}");
    refusal(&node, Knock { alpn: None, ..Knock::properly(&stranger) }).await;
    assert_unharmed(&mut node, 2).await;
}

#[tokio::test]
async fn an_independent_client_proves_itself_and_checks_the_node() {
    let identity = key();
    let node = Node::start(config(&identity, vec![])).await;
    let stranger = StrangerKey::from_seed([1; 32]);
    let stranger = Knock::properly(&stranger).tls(node.network.address()).await.unwrap();
    assert!(stranger.server_spki.ends_with(identity.public_key().bytes()));
    let (kind, payload) = stranger.first.unwrap();
    assert_eq!(kind, HELLO);
    assert_eq!(payload[..33], [&[1][..], chain().as_bytes()].concat());
}

#[tokio::test]
async fn a_handshake_that_never_moves_times_out_and_makes_room() {
    let identity = key();
    let mut config = config(&identity, vec![]);
    config.limits.handshakes_inbound_max = 1;
    config.limits.handshake_ms_max = 200;
    let mut node = Node::start(config).await;
    let mut silent = TcpStream::connect(node.network.address()).await.unwrap();
    // After TLS, silence instead of a hello.
    let stranger = StrangerKey::from_seed([1; 32]);
    let mut mute = Knock::properly(&stranger).tls(node.network.address()).await.unwrap();
    let mut rest = Vec::new();
    timeout(DEADLINE, silent.read_to_end(&mut rest)).await.expect("the node hangs up").unwrap();
    assert!(rest.is_empty());
    assert_eq!(mute.farewell().await, None);
    assert_unharmed(&mut node, 2).await;
    assert_serves(&mut node, identity.public_key()).await;
}

#[tokio::test]
async fn the_handshake_is_read_in_turn_and_in_small_frames() {
    let node = Node::start(config(&key(), vec![])).await;
    let stranger = StrangerKey::ordered(node.id(), true);
    for (name, bytes) in [
        ("data before hello", crate::stranger::frame(3, b"data")),
        ("unknown kind", crate::stranger::frame(99, b"")),
        ("hello cut short", crate::stranger::frame(HELLO, &[1, 2, 3])),
        ("large before admission", [&[0, 1, 0, 0][..], &[HELLO]].concat()),
    ] {
        let mut peer = Knock::properly(&stranger).tls(node.network.address()).await.unwrap();
        peer.write(&bytes).await;
        let code = peer.farewell().await;
        assert_eq!(code, Some(7), "{name}: the protocol is broken");
    }
    until("all are counted", || node.network.totals().inbound_refused == 4).await;
}

#[tokio::test]
async fn the_nodes_own_key_is_refused() {
    let twin = StrangerKey::from_seed([9; 32]);
    let identity = kaldrix_crypto::KeyPair::from_seed(kaldrix_types::Scheme::MlDsa65, &[9; 32]);
    let mut node = Node::start(config(&identity.unwrap().into(), vec![])).await;
    let mut peer = Knock::properly(&twin).tls(node.network.address()).await.unwrap();
    assert_eq!(peer.first, Some((GOODBYE, vec![6])), "the same key");
    assert_eq!(peer.farewell().await, None, "closed");
    assert_unharmed(&mut node, 1).await;
}
