//! How long a new full node takes to join a network that has a history.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use kaldrix_client::{Amount, Payload, Signer, Wallet, sign_transaction};
use std::sync::Arc;

use crate::network::{Network, VALIDATORS};

/// Between two transactions, so that most get a block of their own.
const PAUSE: Duration = Duration::from_millis(25);
const PROGRESS: Duration = Duration::from_secs(30);
const JOIN_MAX: Duration = Duration::from_secs(600);

/// Makes `blocks` ledger blocks, then starts a full node with nothing and times it.
pub async fn measure(blocks: u64) -> Result<()> {
    let mut network = Network::start(0).await?;
    make_history(&network, blocks).await?;
    let height = network.clients[0].status().await?.latest_block.height;
    // The full node is new: the validators have never met it and its directory is empty.
    network.stop_process().await?;
    network.restart(1).await?;
    let client = kaldrix_client::Client::new(&format!("http://127.0.0.1:{}", 18_080 + VALIDATORS))?;
    let start = Instant::now();
    let mut behind = None;
    let joined = loop {
        ensure!(start.elapsed() < JOIN_MAX, "not at height {height} in time, last {behind:?}");
        if let Ok(status) = client.status().await {
            let at = start.elapsed();
            if status.final_height >= height {
                break at;
            }
            behind = Some(status.latest_block.height);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let theirs = client.block(height).await?.context("the new node lacks the last block")?;
    let ours = network.clients[0].block(height).await?.context("the last block is gone")?;
    ensure!(theirs.id == ours.id, "the new node has another block {height}");
    network.stop().await?;
    let seconds = joined.as_secs_f64();
    println!("| a new full node joins | |\n|---|---|");
    println!("| ledger blocks | {height} |");
    println!("| at the head after | {seconds:.1} s (start of all five nodes included) |");
    println!("| blocks a second | {:.0} |", height as f64 / seconds);
    Ok(())
}

async fn make_history(network: &Network, blocks: u64) -> Result<()> {
    let faucet = Arc::new(network.faucet()?);
    let client = &network.clients[0];
    let wallet = Wallet::open(client.clone(), faucet.clone(), None).await?;
    let account = wallet.account().await?.context("the faucet has no funds")?;
    let to = wallet.address();
    let mut height = account.height;
    let mut shown = Instant::now();
    for sequence in account.next_sequence.. {
        let payload = Payload::Transfer { to, amount: Amount(1) };
        let body = wallet.body(sequence, height, payload);
        client.submit(&sign_transaction(body, faucet.as_ref() as &dyn Signer)?).await?;
        tokio::time::sleep(PAUSE).await;
        if sequence % 40 == 0 {
            height = client.status().await?.latest_block.height;
        }
        if height >= blocks {
            return Ok(());
        }
        if shown.elapsed() > PROGRESS {
            eprintln!("{height} of {blocks} blocks");
            shown = Instant::now();
        }
    }
    Ok(())
}
