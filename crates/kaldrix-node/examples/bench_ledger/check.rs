//! Afterwards: every transaction is looked up in the ledger, on every node.

use std::collections::HashMap;

use anyhow::{Context, Result, ensure};
use kaldrix_client::api::BLOCK_TRANSACTIONS_LIMIT_MAX;
use kaldrix_client::{Client, TransactionId};

use crate::load::Sent;
use crate::network::Network;
use crate::senders::Senders;

pub struct Checked {
    /// Acknowledged and in no block.
    pub lost: usize,
    /// In more than one place of the ledger.
    pub twice: usize,
    /// Ledger blocks at the end.
    pub blocks: u64,
}

/// Counts each transaction in the ledger and compares the nodes.
pub async fn ledger(network: &Network, senders: &Senders, sent: &Sent) -> Result<Checked> {
    let client = &network.clients[0];
    let blocks = client.status().await?.latest_block.height;
    let mut executions: HashMap<TransactionId, u32> = HashMap::new();
    for height in 1..=blocks {
        for id in transactions(client, height).await? {
            *executions.entry(id).or_default() += 1;
        }
    }
    let lost = sent.ids.iter().filter(|id| !executions.contains_key(id)).count();
    let twice = executions.values().filter(|count| **count > 1).count();
    for other in &network.clients[1..] {
        let theirs = other.block(blocks).await?;
        let theirs = theirs.with_context(|| format!("{} lacks {blocks}", other.url()))?;
        let ours = client.block(blocks).await?.context("the last block is gone")?;
        ensure!(theirs.id == ours.id, "{} has another block {blocks}", other.url());
    }
    // Each executed transaction used up one sequence number, the first one included.
    let mut sequences = 0;
    for address in senders.addresses() {
        let account = client.account(&address).await?.context("a sender is gone")?;
        sequences += usize::try_from(account.sequence)?;
    }
    let expected = sent.ids.len() + senders.count();
    ensure!(sequences == expected, "{sequences} sequence numbers were used, not {expected}");
    ensure!(lost == 0 && twice == 0, "{lost} transactions lost, {twice} executed twice");
    Ok(Checked { lost, twice, blocks })
}

async fn transactions(client: &Client, height: u64) -> Result<Vec<TransactionId>> {
    let mut ids = Vec::new();
    loop {
        let block = client.block_part(height, ids.len(), BLOCK_TRANSACTIONS_LIMIT_MAX).await?;
        let block = block.with_context(|| format!("block {height} is gone"))?;
        ids.extend(block.transactions.iter().map(|view| view.id));
        if ids.len() >= block.transactions_total {
            return Ok(ids);
        }
    }
}
