//! Ranges of the ledger for peers that catch up, read beside the driver.
//!
//! One answer a peer at a time, and a bounded number of bytes a second for each.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use kaldrix_consensus::{LEDGER_REPLY_BLOCKS_MAX, LedgerRange, LedgerReply, Message};
use kaldrix_network::Network;
use kaldrix_storage::{LedgerStore, StoreError};
use kaldrix_types::encoding::{self, Bounded};
use kaldrix_types::{Height, PeerId};
use parking_lot::Mutex;

use super::answers::Answers;
use crate::wire::WireMessage;

/// Bytes of blocks in one answer, unless one block alone is longer.
const REPLY_BYTES_MAX: usize = 4 * 1024 * 1024;
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
            let read = tokio::task::spawn_blocking(move || reply(&ledger, after));
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

/// The blocks after a height, as many as fit, and the proof that a quorum certified them.
fn reply(ledger: &LedgerStore, after: Height) -> Result<Option<LedgerReply>, StoreError> {
    let Some(latest) = ledger.latest_certificate()? else { return Ok(None) };
    let certified = latest.vote.height.min(ledger.latest().height);
    if after > certified {
        return Ok(None);
    }
    let (mut blocks, mut bytes, mut last) = (Vec::new(), 0, after);
    while last < certified && blocks.len() < LEDGER_REPLY_BLOCKS_MAX {
        let Some(block) = ledger.block(last + 1)? else { break };
        let block = encoding::to_bytes(&block);
        bytes += block.len();
        if bytes > REPLY_BYTES_MAX && !blocks.is_empty() {
            break;
        }
        blocks.push(block);
        last += 1;
    }
    let Some(certificate) = ledger.certificate_from(last.max(1))? else { return Ok(None) };
    let mut headers = Vec::new();
    for height in last + 1..=certificate.vote.height {
        let Some(header) = ledger.header(height)? else { return Ok(None) };
        headers.push(encoding::to_bytes(&header));
    }
    let checkpoint = if last == 0 { None } else { ledger.checkpoint(last)? };
    let (Ok(blocks), Ok(headers)) = (Bounded::new(blocks), Bounded::new(headers)) else {
        return Ok(None);
    };
    let checkpoint = checkpoint.unwrap_or_default();
    Ok(Some(LedgerReply { after, blocks, headers, certificate, checkpoint }))
}
