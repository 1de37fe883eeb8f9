//! Peers that send nonsense, lies, or too much.

use std::time::Duration;

use bytes::Bytes;
use kaldrix_consensus::Message;
use kaldrix_crypto::{KeyPair, Signer, seal_block};
use kaldrix_network::{Config, Event, Events, Limits, Network, PinnedPeer};
use kaldrix_node::wire::WireMessage;
use kaldrix_types::encoding::Bounded;
use kaldrix_types::{AuthorityIndex, Block, BlockHeader, BlockRef, PeerId, Scheme, Transaction};

use crate::fixture::{
    PATIENCE, TestNetwork, Wallet, all_final, eventually, key, network_key, submit,
};

/// A connection to node 0 that says what it wants.
struct Peer {
    network: Network,
    node: PeerId,
    _events: Events,
}

impl Peer {
    async fn connect(to: &TestNetwork, identity: KeyPair) -> Self {
        let node =
            PinnedPeer { public_key: network_key(0), address: Some(to.addresses[0].to_string()) };
        let peer_id = node.peer_id();
        let config = Config {
            identity: std::sync::Arc::new(identity),
            chain_id: to.genesis.chain_id(),
            listen: "127.0.0.1:0".parse().unwrap(),
            pinned: vec![node],
            limits: Limits::default(),
        };
        let (network, mut events) = Network::start(config).await.unwrap();
        let connected =
            async { while !matches!(events.recv().await.unwrap(), Event::Connected { .. }) {} };
        tokio::time::timeout(PATIENCE, connected).await.unwrap();
        Self { network, node: peer_id, _events: events }
    }

    fn send(&self, frame: impl Into<Bytes>) {
        self.network.send(&self.node, frame.into()).unwrap();
    }

    fn say(&self, message: &WireMessage) {
        self.send(message.to_frame());
    }

    fn send_blocks(&self, blocks: Vec<Block>) {
        self.say(&WireMessage::Consensus(Message::Blocks(Bounded::new(blocks).unwrap())));
    }

    fn forward(&self, transactions: Vec<Transaction>) {
        self.say(&WireMessage::Transactions(Bounded::new(transactions).unwrap()));
    }
}

/// A block of round 1 of validator 3.
fn block(network: &TestNetwork, timestamp_ms: u64) -> Block {
    let (chain_id, own) = (network.genesis.chain_id(), 3);
    let genesis = |author| BlockRef::genesis(chain_id, 0, AuthorityIndex(author));
    let header = BlockHeader {
        chain_id,
        epoch: 0,
        round: 1,
        author: AuthorityIndex(own),
        timestamp_ms,
        parents: Bounded::new([own, 0, 1, 2].map(genesis).to_vec()).unwrap(),
        votes: Bounded::default(),
    };
    let signed = seal_block(header, Bounded::default(), &key(Scheme::MlDsa65, 3, 1)).unwrap();
    (*signed).clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn nonsense_is_counted_and_harms_nothing() {
    let mut network = TestNetwork::new(4, 0, 2);
    network.start_all().await;
    let peer = Peer::connect(&network, key(Scheme::MlDsa65, 250, 2)).await;
    let good = WireMessage::Consensus(Message::Nudge { round: 7 }).to_frame();
    let mut nonsense = vec![Bytes::from_static(b"\x01"), Bytes::from(vec![1; 100_000])];
    nonsense.push(good.slice(..good.len() - 1));
    nonsense.push([&good[..], b"more"].concat().into());
    nonsense.push(Bytes::from_static(&[1, 0, 0, 255, 255, 255, 255]));
    let count = nonsense.len() as u64;
    nonsense.into_iter().for_each(|frame| peer.send(frame));

    let sound = block(&network, 1);
    let mut forged = sound.clone();
    forged.header.timestamp_ms = 2;
    let mut foreign = sound.clone();
    foreign.header.chain_id = kaldrix_types::ChainId::from([9; 32]);
    let mut unknown = sound;
    unknown.header.author = AuthorityIndex(77);
    peer.send_blocks(vec![forged, foreign, unknown]);
    (0..1_000)
        .for_each(|_| peer.say(&WireMessage::Consensus(Message::FetchAbove(Bounded::default()))));

    let work = || network.handle(0).status().work;
    eventually("nonsense is counted", || work().frames_malformed == count).await;
    let refused = vec![("bad_signature", 1), ("unknown_author", 1), ("wrong_chain", 1)];
    eventually("lies are counted", || work().blocks_refused == refused).await;
    let transfer = Wallet::new(0).transfer(&network.genesis, Wallet::new(1).address(), 1);
    let ids = submit(network.handle(0), vec![transfer]).await;
    let height = all_final(network.handle(0), &ids).await;
    network.agree(&[0, 1, 2, 3], height).await;
    network.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_witness_beside_the_good_one_changes_nothing() {
    let mut network = TestNetwork::new(4, 0, 2);
    network.start_all().await;
    let peer = Peer::connect(&network, key(Scheme::MlDsa65, 250, 2)).await;
    let good = Wallet::new(0).transfer(&network.genesis, Wallet::new(1).address(), 1);
    let mut bad = good.clone();
    let stranger = Wallet::new(7).key;
    bad.witness = kaldrix_crypto::sign_transaction(bad.body.clone(), &stranger).unwrap().witness;
    assert_eq!(bad.id(), good.id());
    peer.forward(vec![bad]);
    let refused = || network.handle(0).status().work.transactions_refused;
    eventually("the bad one is refused", || refused() == 1).await;
    peer.forward(vec![good.clone()]);
    all_final(network.handle(1), &submit(network.handle(1), vec![good.clone()]).await).await;
    let again = submit(network.handle(0), vec![good.clone(), good]).await;
    let height = all_final(network.handle(0), &again).await;
    network.agree(&[0, 1, 2, 3], height).await;
    let executed = (0..4).map(|node| network.handle(node).status().work.transactions_executed);
    assert_eq!(executed.collect::<Vec<_>>(), [1; 4], "it executed once");
    network.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_equivocating_validator_is_convicted_and_the_others_go_on() {
    let mut network = TestNetwork::new(4, 0, 1);
    for node in 0..3 {
        network.start(node).await;
    }
    let liar = Peer::connect(&network, key(Scheme::MlDsa65, 3, 2)).await;
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or(Duration::ZERO);
    let now = u64::try_from(now.as_millis()).unwrap();
    liar.send_blocks(vec![block(&network, now), block(&network, now + 1)]);
    let kept = || network.handle(0).status().work.equivocations_kept;
    eventually("the evidence is kept", || kept() == 1).await;
    let mut wallet = Wallet::new(0);
    let to = wallet.address();
    let transfers = (0..5).map(|_| wallet.transfer(&network.genesis, to, 1)).collect();
    let ids = submit(network.handle(0), transfers).await;
    let height = all_final(network.handle(0), &ids).await;
    network.agree(&[0, 1, 2], height).await;
    network.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_a_validator_and_of_a_node_are_not_exchanged() {
    let network = TestNetwork::new(4, 0, 1);
    let mut settings = network.settings(0);
    let other: std::sync::Arc<dyn Signer> = std::sync::Arc::new(key(Scheme::MlDsa65, 9, 2));
    settings.network_key = other;
    let error = settings.authority().unwrap_err().to_string();
    assert!(error.contains("validator-0") && error.contains("network key"), "{error}");
    settings.consensus_key = Some(std::sync::Arc::new(key(Scheme::MlDsa65, 9, 1)));
    let error = settings.authority().unwrap_err().to_string();
    assert!(error.contains(&network.genesis.chain_id().to_string()), "{error}");
}
