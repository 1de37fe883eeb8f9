//! `tx …`: a wallet.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::{Args, Subcommand};
use kaldrix_client::api::{Outcome, TransactionView};
use kaldrix_client::{Address, Amount, Digest, Notarisation, Payload, TransactionId, Wallet};
use kaldrix_types::encoding::Bounded;
use serde::Serialize;

use super::failure::Failure;
use super::output::{Lines, Output};
use super::password::{PasswordSource, open_key};
use super::trust::{self, TrustFiles, Trusted};
use super::{Api, files, proof, query};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Send KALD to an address.
    Transfer {
        #[command(flatten)]
        sender: Sender,
        /// The recipient's address (kald1…).
        #[arg(long, value_name = "ADDRESS")]
        to: Address,
        #[command(flatten)]
        amount: AmountChoice,
    },
    /// Have digests certified: of files, or your own.
    Notarise {
        #[command(flatten)]
        sender: Sender,
        #[command(flatten)]
        what: Notarised,
        /// A short mark, at most 64 bytes.
        #[arg(long, default_value = "", value_name = "TEXT")]
        tag: String,
    },
    /// Show a transaction.
    Status {
        #[command(flatten)]
        api: Api,
        /// The transaction's id.
        id: TransactionId,
    },
}

/// Who sends, through which node, and for how long to wait.
#[derive(Debug, Args)]
pub(super) struct Sender {
    #[command(flatten)]
    api: Api,
    /// The sender's keystore.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    #[command(flatten)]
    passwords: PasswordSource,
    /// Wait until the transaction is final. This is what happens unless --no-wait is given.
    #[arg(long, conflicts_with = "no_wait")]
    wait: bool,
    /// Return as soon as the node holds the transaction durably.
    #[arg(long)]
    no_wait: bool,
    /// Wait at most this long, in seconds.
    #[arg(long, default_value_t = 30, value_name = "SECONDS")]
    timeout: u64,
    /// Write the transaction's proof to this file once it is final.
    #[arg(long, value_name = "FILE", conflicts_with = "no_wait")]
    proof: Option<PathBuf>,
    #[command(flatten)]
    trust: TrustFiles,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(super) struct AmountChoice {
    /// The amount in KALD, with at most 9 decimals.
    #[arg(long, value_name = "KALD", value_parser = Amount::from_kald)]
    amount: Option<Amount>,
    /// The amount in base units (0.000000001 KALD).
    #[arg(long, value_name = "NUMBER")]
    units: Option<Amount>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(super) struct Notarised {
    /// A file whose BLAKE3 digest is notarised, - for standard input; may be given more than once.
    #[arg(long = "file", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// A digest of 32 bytes in lowercase hex; may be given more than once.
    #[arg(long = "digest", value_name = "HEX")]
    digests: Vec<Digest>,
}

/// A transaction that was sent, and what became of it.
#[derive(Debug, Serialize)]
struct Sent {
    id: String,
    /// From before the wallet asked the node what it needs, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    final_after_ms: Option<u128>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    digests: Vec<NamedDigest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction: Option<TransactionView>,
    /// Where its proof was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    proof: Option<PathBuf>,
}

#[derive(Debug, Serialize)]
struct NamedDigest {
    digest: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<PathBuf>,
}

pub(super) async fn execute(command: Command, output: Output) -> Result<(), Failure> {
    match command {
        Command::Transfer { sender, to, amount } => {
            // The argument parser lets through exactly one of the two.
            let amount = amount.amount.or(amount.units).unwrap_or_default();
            send(&sender, Payload::Transfer { to, amount }, Vec::new(), output).await
        }
        Command::Notarise { sender, what, tag } => {
            let (digests, named) = what.digests()?;
            let tag = Bounded::new(tag.into_bytes()).map_err(|error| too_long("tag", error))?;
            let digests = Bounded::new(digests).map_err(|error| too_long("digests", error))?;
            let payload = Payload::Notarise(Notarisation { tag, digests });
            send(&sender, payload, named, output).await
        }
        Command::Status { api, id } => query::transaction(&api.client()?, &id, output).await,
    }
}

fn too_long(what: &str, error: kaldrix_types::encoding::TooMany) -> Failure {
    Failure::Other(format!("the {what}: {error}"))
}

async fn send(
    sender: &Sender,
    payload: Payload,
    digests: Vec<NamedDigest>,
    output: Output,
) -> Result<(), Failure> {
    let key = open_key(&sender.key, &sender.passwords)?;
    let start = Instant::now();
    let trusted = sender.trust.read()?;
    let chain_id = trusted.as_ref().map(Trusted::chain_id);
    let wallet = Wallet::open(sender.api.client()?, Arc::new(key), chain_id).await?;
    let id = wallet.send(payload).await?;
    let mut sent = Sent {
        id: id.to_string(),
        final_after_ms: None,
        digests,
        transaction: None,
        proof: sender.proof.clone(),
    };
    if !sender.no_wait {
        let view = wallet.wait_final(&id, Duration::from_secs(sender.timeout)).await?;
        sent.final_after_ms = Some(start.elapsed().as_millis());
        sent.transaction = Some(view);
    }
    if let Some(path) = &sender.proof {
        let trusted = match trusted {
            Some(trusted) => trusted,
            None => trust::ask(wallet.client()).await?,
        };
        proof::write_transaction(wallet.client(), &id, &trusted, path).await?;
    } else if !output.json && !sent.digests.is_empty() {
        eprintln!("take its proof with `kaldrix-node proof transaction {id} --out proof.json`");
    }
    output.result(&sent, lines)?;
    changed_something(id, sent.transaction.as_ref())
}

fn lines(sent: &Sent) -> String {
    let lines = match &sent.transaction {
        Some(view) => query::transaction_lines(view),
        None => Lines::default().add("transaction", &sent.id).add("status", "pending"),
    };
    let lines = sent.digests.iter().fold(lines, |lines, named| match &named.file {
        Some(file) => lines.add("digest", format!("{} {}", named.digest, file.display())),
        None => lines.add("digest", &named.digest),
    });
    let proof = sent.proof.as_ref().map(|path| path.display());
    lines.add_some("final_after_ms", sent.final_after_ms).add_some("proof", proof).done()
}

/// A transaction that executed and changed nothing is not what the caller wanted.
fn changed_something(id: TransactionId, view: Option<&TransactionView>) -> Result<(), Failure> {
    let receipt = view.and_then(|view| view.receipt.as_ref());
    match receipt {
        Some(receipt) if receipt.outcome == Outcome::Failed => {
            let reason = receipt.failure.map_or("it failed", |failure| failure.text());
            Err(Failure::Executed { id, reason: reason.to_owned() })
        }
        _ => Ok(()),
    }
}

impl Notarised {
    /// The digests, and what they are of.
    fn digests(&self) -> Result<(Vec<Digest>, Vec<NamedDigest>), Failure> {
        let mut digests = Vec::new();
        let mut named = Vec::new();
        for path in &self.files {
            let digest = files::digest(path)?;
            digests.push(digest);
            named.push(NamedDigest { digest: digest.to_string(), file: Some(path.clone()) });
        }
        for digest in &self.digests {
            digests.push(*digest);
            named.push(NamedDigest { digest: digest.to_string(), file: None });
        }
        Ok((digests, named))
    }
}
