//! `proof …` and `checkpoint`: proofs are taken from a node and verified before they are written.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use kaldrix_client::proof::Checkpoint;
use kaldrix_client::{Address, Client, Digest, Proven, TransactionId};
use serde::Serialize;

use super::Api;
use super::failure::Failure;
use super::files;
use super::output::Output;
use super::shown::Shown;
use super::trust::{TrustFiles, Trusted};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// That a transaction was executed, and with what outcome.
    Transaction {
        /// The transaction's id.
        id: TransactionId,
        #[command(flatten)]
        terms: Terms,
    },
    /// That a digest was notarised, by the first transaction that did.
    Notarisation {
        #[command(flatten)]
        what: Notarised,
        #[command(flatten)]
        terms: Terms,
    },
    /// An account's state after the last block, or that it has none.
    Account {
        /// The account's address (kald1…).
        address: Address,
        #[command(flatten)]
        terms: Terms,
    },
}

/// From whom a proof is taken, what it is verified against, and where it goes.
#[derive(Debug, Args)]
pub(super) struct Terms {
    #[command(flatten)]
    api: Api,
    #[command(flatten)]
    trust: TrustFiles,
    /// Where to write it. Without this it goes to standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(super) struct Notarised {
    /// The notarised digest: 32 bytes in lowercase hex.
    #[arg(long, value_name = "HEX")]
    digest: Option<Digest>,
    /// The file that was notarised; - reads standard input.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

/// What was written, and what it shows.
#[derive(Debug, Serialize)]
struct Written {
    out: PathBuf,
    #[serde(flatten)]
    shown: Shown,
}

pub(super) async fn execute(command: Command, output: Output) -> Result<(), Failure> {
    let (Command::Transaction { terms, .. }
    | Command::Notarisation { terms, .. }
    | Command::Account { terms, .. }) = &command;
    let client = terms.api.client()?;
    let trusted = terms.trust.read_or_ask(&client).await?;
    let (proven, digest) = take(&command, &client, &trusted).await?;
    let shown = Shown::new(&proven.verified, digest, trusted.name());
    deliver(&proven.proof.to_json(), shown, terms.out.as_deref(), output)
}

/// Takes a transaction's proof, for who has just sent it.
pub(super) async fn write_transaction(
    client: &Client,
    id: &TransactionId,
    trusted: &Trusted,
    out: &Path,
) -> Result<(), Failure> {
    let missing = || Failure::NotFound(format!("this node knows no transaction {id}"));
    let proven = client.prove_transaction(id, trusted.trust()).await?.ok_or_else(missing)?;
    files::write(out, &proven.proof.to_json())
}

async fn take(
    command: &Command,
    client: &Client,
    trusted: &Trusted,
) -> Result<(Proven, Option<Digest>), Failure> {
    let trust = trusted.trust();
    match command {
        Command::Transaction { id, .. } => {
            let missing = || Failure::NotFound(format!("this node knows no transaction {id}"));
            let proven = client.prove_transaction(id, trust).await?;
            Ok((proven.ok_or_else(missing)?, None))
        }
        Command::Notarisation { what, .. } => {
            let digest = what.digest()?;
            let missing =
                || Failure::NotFound(format!("this node knows no notarisation of {digest}"));
            let proven = client.prove_notarisation(&digest, trust).await?;
            Ok((proven.ok_or_else(missing)?, Some(digest)))
        }
        Command::Account { address, .. } => Ok((client.prove_account(address, trust).await?, None)),
    }
}

impl Notarised {
    fn digest(&self) -> Result<Digest, Failure> {
        match (&self.file, self.digest) {
            (Some(path), _) => files::digest(path),
            // The argument parser lets through exactly one of the two.
            (None, digest) => Ok(digest.unwrap_or(Digest::ZERO)),
        }
    }
}

/// Takes the last final block as a checkpoint.
pub(super) async fn checkpoint(terms: &Terms, output: Output) -> Result<(), Failure> {
    let client = terms.api.client()?;
    let trusted = terms.trust.read_or_ask(&client).await?;
    let (checkpoint, proven): (Checkpoint, Proven) = client.checkpoint(trusted.trust()).await?;
    let shown = Shown::new(&proven.verified, None, trusted.name());
    deliver(&checkpoint.to_json(), shown, terms.out.as_deref(), output)
}

/// Writes `text` to its file and tells what it shows; without a file the text is the result.
fn deliver(text: &str, shown: Shown, out: Option<&Path>, output: Output) -> Result<(), Failure> {
    let Some(out) = out else {
        return output.text(&format!("{}\n", text.trim_end()));
    };
    files::write(out, text)?;
    let written = Written { out: out.to_owned(), shown };
    output.result(&written, |written| {
        written.shown.lines().add("written", written.out.display()).done()
    })
}
