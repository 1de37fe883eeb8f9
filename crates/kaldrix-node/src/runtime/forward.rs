//! Sends transactions to the validators that should propose them.
//!
//! A node that does not validate sends each at once to one validator; any node sends what is not
//! included after a while to the next one.

use std::sync::Arc;
use std::time::{Duration, Instant};

use kaldrix_network::Network;
use kaldrix_types::encoding::Bounded;
use kaldrix_types::{Committee, PeerId, Transaction};

use crate::mempool::Mempool;
use crate::wire::{FORWARD_TRANSACTIONS_MAX, WireMessage};

/// Bytes of one frame of transactions.
const FORWARD_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Pause between two looks while transactions are due: they leave in groups.
const FORWARD_INTERVAL: Duration = Duration::from_millis(5);
/// How often what is long in flight is looked for while anything waits.
const STALE_INTERVAL: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub struct Forwarder {
    pub mempool: Arc<Mempool>,
    pub network: Arc<Network>,
    /// The other members of the committee; where this node starts among them is its own.
    pub validators: Vec<PeerId>,
}

impl Forwarder {
    /// Which validators a node with this id forwards to, the first one first.
    pub fn order(own: PeerId, committee: &Committee) -> Vec<PeerId> {
        let mut validators: Vec<PeerId> =
            committee.members().map(|(_, m)| m.peer_id()).filter(|id| *id != own).collect();
        if !validators.is_empty() {
            let start = usize::from(own.as_bytes()[0]) % validators.len();
            validators.rotate_left(start);
        }
        validators
    }

    /// Runs until it is dropped.
    pub async fn run(self) {
        let mut stale_at = Instant::now();
        loop {
            match self.mempool.forward_at() {
                None => self.mempool.forward.notified().await,
                Some(at) => {
                    let next = at.max(Instant::now() + FORWARD_INTERVAL);
                    let next = next.min(Instant::now() + STALE_INTERVAL);
                    tokio::select! {
                        () = tokio::time::sleep_until(next.into()) => {}
                        () = self.mempool.forward.notified(), if at > next => {}
                    }
                    if stale_at <= Instant::now() {
                        self.mempool.reclaim_stale();
                        stale_at = Instant::now() + STALE_INTERVAL;
                    }
                    self.forward();
                }
            }
        }
    }

    fn forward(&self) {
        let connected: Vec<PeerId> = {
            let peers = self.network.peers();
            let connected = |id: &&PeerId| {
                peers.iter().any(|info| info.peer == **id && info.connection.is_some())
            };
            self.validators.iter().filter(connected).copied().collect()
        };
        if connected.is_empty() {
            return;
        }
        let mut due: Vec<Vec<Transaction>> = vec![Vec::new(); connected.len()];
        for (attempts, transaction) in self.mempool.take_forwards(FORWARD_TRANSACTIONS_MAX) {
            due[attempts % connected.len()].push(transaction);
        }
        for (peer, transactions) in connected.iter().zip(due) {
            self.send(peer, &transactions);
        }
    }

    fn send(&self, peer: &PeerId, transactions: &[Transaction]) {
        /// More than the longest transaction leaves no frame over its limit.
        const CHUNK: usize = FORWARD_BYTES_MAX / (20 * 1024);
        for chunk in transactions.chunks(CHUNK) {
            let Ok(chunk) = Bounded::new(chunk.to_vec()) else { continue };
            let frame = WireMessage::Transactions(chunk).to_frame();
            if let Err(error) = self.network.send(peer, frame) {
                tracing::debug!(%error, "transactions were not forwarded");
            }
        }
    }
}
