//! Accounts that send: funded by the faucet, their keys registered, all signed ahead.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use kaldrix_client::api::{BATCH_TRANSACTIONS_MAX, BatchResponse};
use kaldrix_client::{
    Address, Amount, KeyPair, Payload, Scheme, Signer, Transaction, TransactionId, Wallet,
    sign_transaction,
};

use crate::network::Network;

const WAIT: Duration = Duration::from_secs(120);
/// What each sender gets: enough for a million transfers.
const FUNDS: Amount = Amount(100_000 * 1_000_000_000);
/// Transactions must not expire during the measurement.
const EXPIRY_HEIGHTS: u64 = 90_000;

pub struct Senders {
    wallets: Vec<Wallet>,
    keys: Vec<Arc<KeyPair>>,
    height: u64,
}

impl Senders {
    /// Makes `count` accounts, funds them, and has each register its key with a first transaction.
    pub async fn fund(network: &Network, count: usize) -> Result<Self> {
        eprintln!("funding {count} senders");
        let client = &network.clients[0];
        let faucet = Arc::new(network.faucet()?);
        let bank = open(client, faucet.clone()).await?;
        let keys: Result<Vec<_>, _> =
            (0..count).map(|_| KeyPair::generate(Scheme::MlDsa44).map(Arc::new)).collect();
        let keys = keys?;
        let account = bank.account().await?.context("the faucet has no funds")?;
        let mut transfers = Vec::new();
        for (sequence, key) in (account.next_sequence..).zip(&keys) {
            let to = Address::of(key.public_key());
            let payload = Payload::Transfer { to, amount: FUNDS };
            let body = bank.body(sequence, account.height, payload);
            transfers.push(sign_transaction(body, faucet.as_ref())?);
        }
        settle(network, transfers).await?;

        let mut wallets = Vec::new();
        let mut first = Vec::new();
        for key in &keys {
            let wallet = open(client, key.clone()).await?;
            first.push(sign_transaction(wallet.body(0, account.height, own(&wallet)), &**key)?);
            wallets.push(wallet);
        }
        settle(network, first).await?;
        let height = client.status().await?.latest_block.height;
        Ok(Self { wallets, keys, height })
    }

    pub fn count(&self) -> usize {
        self.keys.len()
    }

    pub fn addresses(&self) -> impl Iterator<Item = Address> {
        self.wallets.iter().map(Wallet::address)
    }

    /// Signs `count` transfers on all cores. One list a sender, in the order of its sequence.
    pub fn sign(&self, count: usize) -> Result<Vec<Vec<Transaction>>> {
        let cores = std::thread::available_parallelism()?.get();
        let senders: Vec<usize> = (0..self.count()).collect();
        let of_sender = |sender: usize| -> Result<Vec<Transaction>> {
            let share = count / self.count() + usize::from(sender < count % self.count());
            let (wallet, key) = (&self.wallets[sender], &self.keys[sender]);
            let to = self.wallets[(sender + 1) % self.count()].address();
            // The first transaction registered the key.
            let sequences = (1..).take(share);
            let sign = |sequence| {
                let payload = Payload::Transfer { to, amount: Amount(1) };
                Ok(sign_transaction(wallet.body(sequence, self.height, payload), &**key)?)
            };
            sequences.map(sign).collect()
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = senders
                .chunks(senders.len().div_ceil(cores))
                .map(|chunk| scope.spawn(move || chunk.iter().map(|one| of_sender(*one)).collect()))
                .collect();
            let mut signed = Vec::new();
            for thread in threads {
                let chunk: Result<Vec<_>> =
                    thread.join().map_err(|_| anyhow::anyhow!("a signing thread panicked"))?;
                signed.extend(chunk?);
            }
            Ok(signed)
        })
    }
}

async fn open(client: &kaldrix_client::Client, key: Arc<KeyPair>) -> Result<Wallet> {
    let wallet = Wallet::open(client.clone(), key, None).await?;
    Ok(wallet.with_expiry_heights(EXPIRY_HEIGHTS))
}

/// A transfer to oneself, which changes nothing but registers the key.
fn own(wallet: &Wallet) -> Payload {
    Payload::Transfer { to: wallet.address(), amount: Amount(1) }
}

/// Submits transactions and waits until all are final.
async fn settle(network: &Network, transactions: Vec<Transaction>) -> Result<()> {
    let client = &network.clients[0];
    let ids: Vec<TransactionId> = transactions.iter().map(Transaction::id).collect();
    for chunk in transactions.chunks(BATCH_TRANSACTIONS_MAX) {
        let BatchResponse { refused, results, .. } = client.submit_batch(chunk.to_vec()).await?;
        let problem = results.iter().find_map(|item| item.problem.as_ref());
        ensure!(refused == 0, "{refused} transactions were refused, one because {problem:?}");
    }
    for id in ids {
        client.wait_final(&id, WAIT).await?;
    }
    Ok(())
}
