//! Ranges of the ledger for peers that catch up, read beside the driver.
//!
//! One answer a peer at a time, and a bounded number of bytes a second for each.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use kaldrix_consensus::{LedgerRange, LedgerReply, Message};
use kaldrix_network::Network;
use kaldrix_storage::{LedgerStore, RangeLimits, range};
use kaldrix_types::PeerId;
use parking_lot::Mutex;

use super::answers::Answers;
use crate::wire::WireMessage;

/// What one peer gets in a second.
const PEER_BYTES_PER_S: u64 = 64 * 1024 * 1024;
/// Peers that are served at the same time.
const PEERS_SERVED_MAX: usize = 8;

#[derive(Debug, Clone)]
pub struct Server {
    ledger: Arc<LedgerStore>,
    network: Arc<Network>,
    answers: Answers,
    serving: Arc<Mutex<HashSet<PeerId>>>,
}

impl Server {
    pub fn new(ledger: Arc<LedgerStore>, network: Arc<Network>, answers: Answers) -> Self {
        Self { ledger, network, answers, serving: Arc::default() }
    }

    /// Answers a peer some time, unless it or too many others are being served.
    pub fn serve(&self, LedgerRange { to, after }: LedgerRange) {
        {
            let mut serving = self.serving.lock();
            if serving.len() >= PEERS_SERVED_MAX || !serving.insert(to) {
                return;
            }
        }
        let server = self.clone();
        tokio::spawn(async move {
            let ledger = Arc::clone(&server.ledger);
            let read = move || range::read(&ledger, after, RangeLimits::default());
            let read = tokio::task::spawn_blocking(read);
            match read.await {
                Ok(Ok(Some(reply))) => server.send(&to, reply).await,
                Ok(Ok(None)) => {}
                Ok(Err(error)) => server.answers.fail(error.into()),
                Err(error) => tracing::error!(%error, "serving a range of the ledger failed"),
            }
            server.serving.lock().remove(&to);
        });
    }

    async fn send(&self, to: &PeerId, reply: LedgerReply) {
        let message = Message::Ledger(Box::new(reply));
        let frame = WireMessage::Consensus(message).to_frame();
        let pause = Duration::from_secs_f64(frame.len() as f64 / PEER_BYTES_PER_S as f64);
        if let Err(error) = self.network.send(to, frame) {
            tracing::debug!(%error, "a range of the ledger was not sent");
        }
        tokio::time::sleep(pause).await;
    }
}
