//! `check-bootstrap-nodes`: connects to each configured peer as a node would.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use kaldrix_client::{ChainId, KeyPair, Scheme};
use kaldrix_network::{Event, Network, PinnedPeer};
use kaldrix_types::{PeerId, committee};
use serde::Serialize;

use super::failure::Failure;
use super::output::Output;
use crate::node::PeerSettings;

#[derive(Debug, Args)]
pub(super) struct Check {
    /// The node's configuration, whose peers are checked.
    #[arg(long, value_name = "FILE", default_value_os_t = super::config_default())]
    config: PathBuf,
    /// Wait at most this long for each answer, in seconds.
    #[arg(long, default_value_t = 10, value_name = "SECONDS")]
    timeout: u64,
}

/// What a peer did.
#[derive(Debug, Serialize)]
struct Answer {
    name: String,
    address: String,
    answers: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    after_ms: Option<u128>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

pub(super) async fn check(check: &Check, output: Output) -> Result<(), Failure> {
    let (_, settings) = super::operate::read_settings(&check.config)?;
    let chain_id = settings.genesis.chain_id();
    let timeout = Duration::from_secs(check.timeout);
    let answers = dial(chain_id, &settings.peers, timeout).await?;
    output.result(&answers, |answers| answers.iter().map(line).collect())?;
    let silent = answers.iter().filter(|answer| !answer.answers).count();
    if answers.is_empty() {
        let file = check.config.display();
        return Err(Failure::Other(format!("{file} names no peer with an address")));
    }
    if silent > 0 {
        let total = answers.len();
        return Err(Failure::Other(format!("{silent} of {total} nodes do not answer")));
    }
    Ok(())
}

fn line(answer: &Answer) -> String {
    let Answer { name, address, after_ms, error, .. } = answer;
    match after_ms {
        Some(ms) => format!("ok {name} {address} {ms}ms\n"),
        None => format!("FAILED {name} {address}: {}\n", error.as_deref().unwrap_or("no answer")),
    }
}

/// Dials each peer that has an address once, under an identity of its own, and says which proved
/// the key that it is configured with, on this chain.
async fn dial(
    chain_id: ChainId,
    peers: &[PeerSettings],
    timeout: Duration,
) -> Result<Vec<Answer>, Failure> {
    let dialled: Vec<_> = peers.iter().filter(|peer| peer.address.is_some()).collect();
    let other = |error: &dyn std::error::Error| Failure::Other(error.to_string());
    let identity = KeyPair::generate(Scheme::MlDsa65).map_err(|error| other(&error))?;
    let pinned = |peer: &&PeerSettings| PinnedPeer {
        public_key: peer.public_key.clone(),
        address: peer.address.clone(),
    };
    let config = kaldrix_network::Config {
        identity: Arc::new(identity),
        chain_id,
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        pinned: dialled.iter().map(pinned).collect(),
        limits: kaldrix_network::Limits::default(),
    };
    let start = Instant::now();
    let (network, mut events) = Network::start(config).await.map_err(|error| other(&error))?;
    let mut found: BTreeMap<PeerId, Result<u128, String>> = BTreeMap::new();
    let listen = async {
        while found.len() < dialled.len() {
            match events.recv().await {
                Some(Event::Connected { peer, .. }) => {
                    found.entry(peer).or_insert(Ok(start.elapsed().as_millis()));
                }
                Some(Event::DialFailed { peer, error, .. }) => {
                    found.entry(peer).or_insert(Err(error.to_string()));
                }
                Some(_) => {}
                None => break,
            }
        }
    };
    // Whoever said nothing by then has not answered.
    let _ = tokio::time::timeout(timeout, listen).await;
    network.stop().await;
    let answer = |peer: &PeerSettings| {
        let result = found.remove(&committee::peer_id(&peer.public_key));
        let silence = format!("no answer within {} s", timeout.as_secs());
        let (after_ms, error) = match result.unwrap_or(Err(silence)) {
            Ok(ms) => (Some(ms), None),
            Err(error) => (None, Some(error)),
        };
        let address = peer.address.clone().unwrap_or_default();
        Answer { name: peer.name.clone(), address, answers: after_ms.is_some(), after_ms, error }
    };
    Ok(dialled.into_iter().map(answer).collect())
}
