//! The ledger that audit records are anchored on: a node of it, the account that pays, and the
//! genesis that is trusted.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use kaldrix_client::{
    Address, ChainId, Client, ClientError, Genesis, KeyPair, KeystoreError, Options, Signer,
    Wallet, genesis_file, keystore,
};
use parking_lot::Mutex;

use crate::config::Config;
use crate::health::{Check, Checked};

const REQUEST_MS_MAX: u64 = 10_000;
/// Below the time that a check of health has.
const PROBE_MS_MAX: u64 = 1_500;

/// Why a configured ledger cannot be used: what is wrong, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    #[error("LEDGER_URL is set and {0} is missing: set it, or remove LEDGER_URL")]
    Missing(&'static str),
    #[error("LEDGER_URL: {0}")]
    Url(ClientError),
    #[error("{path}: {reason}")]
    File { path: PathBuf, reason: String },
    #[error("{path}: {error}; is LEDGER_KEY_PASSWORD the one it was sealed with?")]
    Keystore { path: PathBuf, error: KeystoreError },
}

/// A ledger to anchor on. Cheap to clone: services of one process share an account through clones
/// of one, so that they do not take each other's sequence numbers.
#[derive(Debug, Clone)]
pub struct Ledger {
    pub(super) wallet: Wallet,
    pub(super) genesis: Arc<Genesis>,
    probe: Client,
    /// The last height that a check has seen final, and when.
    seen: Arc<Mutex<Option<(u64, Instant)>>>,
}

impl Ledger {
    /// The ledger of the configuration; none if it names none. Connects to nothing yet.
    pub fn open(config: &Config) -> Result<Option<Self>, LedgerError> {
        let Some(url) = &config.ledger_url else { return Ok(None) };
        let genesis = config.ledger_genesis.as_deref();
        let genesis = read_genesis(genesis.ok_or(LedgerError::Missing("LEDGER_GENESIS"))?)?;
        let path = config.ledger_key.as_deref().ok_or(LedgerError::Missing("LEDGER_KEY"))?;
        let text = read(path)?;
        let key = match &config.ledger_key_password {
            Some(password) => keystore::open(&text, password.expose().as_bytes()),
            None => keystore::open_unprotected(&text),
        };
        let key: KeyPair =
            key.map_err(|error| LedgerError::Keystore { path: path.to_owned(), error })?;
        Self::new(url, Arc::new(key), Arc::new(genesis)).map(Some)
    }

    /// The network of `genesis`, by its node at `url`; `signer`'s account pays.
    pub fn new(
        url: &str,
        signer: Arc<dyn Signer>,
        genesis: Arc<Genesis>,
    ) -> Result<Self, LedgerError> {
        let request_timeout = Duration::from_millis(REQUEST_MS_MAX);
        let options = Options { request_timeout, ..Options::default() };
        let client = Client::with_options(url, options).map_err(LedgerError::Url)?;
        let limit = Duration::from_millis(PROBE_MS_MAX);
        let options = Options { request_timeout: limit, connect_timeout: limit, retry: false };
        let probe = Client::with_options(url, options).map_err(LedgerError::Url)?;
        let wallet = Wallet::for_genesis(client, signer, &genesis);
        Ok(Self { wallet, genesis, probe, seen: Arc::default() })
    }

    /// The account that notarises: whoever verifies a proof should know it.
    pub fn notary(&self) -> Address {
        self.wallet.address()
    }

    pub fn chain_id(&self) -> ChainId {
        self.wallet.chain_id()
    }

    pub fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    /// The height up to which the ledger was final when its health was checked last, some seconds
    /// ago where a service runs, and how long ago; none if no check has reached it yet.
    pub fn height(&self) -> Option<(u64, Duration)> {
        self.seen.lock().map(|(height, at)| (height, at.elapsed()))
    }

    pub(super) fn client(&self) -> &Client {
        self.wallet.client()
    }
}

/// Reads a genesis file, whose chain id must be the one that it states.
pub fn read_genesis(path: &Path) -> Result<Genesis, LedgerError> {
    let malformed = |reason: String| LedgerError::File { path: path.to_owned(), reason };
    genesis_file::read(&read(path)?).map_err(|error| malformed(error.to_string()))
}

fn read(path: &Path) -> Result<String, LedgerError> {
    fs::read_to_string(path)
        .map_err(|error| LedgerError::File { path: path.to_owned(), reason: error.to_string() })
}

/// Whether the ledger answers and is the trusted one. Without it, anchors wait.
#[derive(Debug)]
pub struct LedgerCheck(pub Option<Ledger>);

#[async_trait]
impl Check for LedgerCheck {
    fn name(&self) -> &'static str {
        "ledger"
    }

    fn is_vital(&self) -> bool {
        false
    }

    async fn check(&self) -> Checked {
        let Some(ledger) = &self.0 else {
            return Checked::not_configured(
                "audit records are not anchored: LEDGER_URL is not set",
            );
        };
        match ledger.probe.status().await {
            Err(error) => Checked::down(error.to_string()),
            Ok(status) if status.chain_id != ledger.chain_id() => {
                let (found, expected) = (status.chain_id, ledger.chain_id());
                Checked::down(format!("the node is on chain {found}, LEDGER_GENESIS is {expected}"))
            }
            Ok(status) => {
                *ledger.seen.lock() = Some((status.final_height, Instant::now()));
                if status.catching_up {
                    return Checked::degraded("the node is catching up");
                }
                Checked::ok()
            }
        }
    }
}
