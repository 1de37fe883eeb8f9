//! What proofs are verified against: the genesis file, or a checkpoint that was pinned.

use std::path::PathBuf;

use clap::Args;
use kaldrix_client::proof::{CHECKPOINT_TEXT_BYTES_MAX, Checkpoint, Trust};
use kaldrix_client::{ChainId, Client, Genesis};

use super::failure::Failure;
use super::files;
use crate::localnet;

/// The files that a proof is verified against.
#[derive(Debug, Args)]
pub(super) struct TrustFiles {
    /// The network's genesis file, from a source that you trust.
    #[arg(long, value_name = "FILE")]
    genesis: Option<PathBuf>,
    /// A checkpoint that you pinned: no key of an older committee is trusted then.
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
}

/// What those files hold.
pub(super) enum Trusted {
    Genesis(Box<Genesis>),
    Checkpoint(Box<Checkpoint>),
}

impl TrustFiles {
    /// What was given, or the genesis that the node shows, of which the user is told.
    pub(super) async fn read_or_ask(&self, client: &Client) -> Result<Trusted, Failure> {
        match self.read()? {
            Some(trusted) => Ok(trusted),
            None => ask(client).await,
        }
    }

    /// The checkpoint, if one is given: it is the more recent trust. Genesis given with it must be
    /// of the same network.
    pub(super) fn read(&self) -> Result<Option<Trusted>, Failure> {
        let genesis = self.genesis.as_deref().map(localnet::read_genesis).transpose()?;
        let Some(path) = &self.checkpoint else {
            return Ok(genesis.map(|genesis| Trusted::Genesis(Box::new(genesis))));
        };
        let in_file = |reason: String| Failure::Other(format!("{}: {reason}", path.display()));
        let text = files::text(path, CHECKPOINT_TEXT_BYTES_MAX)?;
        let checkpoint =
            Checkpoint::from_json(&text).map_err(|error| in_file(error.to_string()))?;
        let expected = genesis.map_or(checkpoint.chain_id, |genesis| genesis.chain_id());
        if checkpoint.chain_id != expected {
            let found = checkpoint.chain_id;
            return Err(in_file(format!(
                "it is a checkpoint of chain {found}, the genesis file is of chain {expected}"
            )));
        }
        Ok(Some(Trusted::Checkpoint(Box::new(checkpoint))))
    }
}

/// The genesis that a node shows.
pub(super) async fn ask(client: &Client) -> Result<Trusted, Failure> {
    let genesis = client.genesis().await?;
    eprintln!(
        "note: verified against the genesis that the node shows; pass --genesis FILE to verify \
         against the one that you trust"
    );
    Ok(Trusted::Genesis(Box::new(genesis)))
}

impl Trusted {
    pub(super) fn trust(&self) -> Trust<'_> {
        match self {
            Self::Genesis(genesis) => Trust::Genesis(genesis),
            Self::Checkpoint(checkpoint) => Trust::Checkpoint(checkpoint),
        }
    }

    pub(super) fn chain_id(&self) -> ChainId {
        self.trust().chain_id()
    }

    /// For people.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Genesis(genesis) => format!("genesis of {}", genesis.name()),
            Self::Checkpoint(checkpoint) => format!("checkpoint at height {}", checkpoint.height),
        }
    }
}
