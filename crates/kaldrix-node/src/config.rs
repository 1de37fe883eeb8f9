//! A node's configuration, `node.toml`. Every error names the file, the line and the key.

mod file;

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use kaldrix_consensus::Parameters;
use kaldrix_crypto::{KeyPair, Signer, keystore};
use kaldrix_types::committee::Member;
use kaldrix_types::{Genesis, PublicKey, Scheme, genesis_file};
use zeroize::Zeroizing;

use self::file::{File, Lines, RoleName, Wrong};
use crate::mempool;
use crate::node::{PeerSettings, Settings};
use crate::runtime::driver::BlockLimits;

/// Length of a password's file.
const PASSWORD_BYTES_MAX: usize = 1024;
/// Memory for what was read of a store, unless the configuration says otherwise.
const CACHE_BYTES_DEFAULT: u64 = 64 * 1024 * 1024;
/// What is logged, unless the configuration says otherwise.
const LOG_FILTER_DEFAULT: &str = "info,fjall=warn,lsm_tree=warn";
/// Stores up to this size are read whole at start, unless the configuration says otherwise.
const CHECK_BYTES_DEFAULT: u64 = 256 * 1024 * 1024;

/// What is wrong with a configuration, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    pub path: PathBuf,
    pub line: Option<usize>,
    /// Empty for the file as a whole.
    pub key: String,
    pub reason: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// How a node writes its log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogConfig {
    /// In the language of `RUST_LOG`, which takes precedence.
    pub filter: String,
    pub json: bool,
}

/// A configuration whose text was read. Files that it names are read by [`Config::settings`].
#[derive(Debug)]
pub struct Config {
    path: PathBuf,
    lines: Lines,
    file: File,
    pub data_dir: PathBuf,
    pub genesis: PathBuf,
    pub p2p: SocketAddr,
    pub api: SocketAddr,
    pub metrics: SocketAddr,
    pub log: LogConfig,
}

impl Config {
    /// Reads a configuration. Relative paths in it start at its own directory.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|error| ConfigError {
            path: path.to_owned(),
            line: None,
            key: String::new(),
            reason: format!("cannot read it: {error}; `kaldrix-node init` writes one"),
        })?;
        Self::parse(path, &text)
    }

    fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let (file, lines) = file::parse(text).map_err(|Wrong { key, line, reason }| {
            ConfigError { path: path.to_owned(), line, key, reason }
        })?;
        let fail = |key: &str, reason: String| ConfigError {
            path: path.to_owned(),
            line: lines.get(key).copied(),
            key: key.to_owned(),
            reason,
        };
        let address = |key: &str, text: &str| {
            let wrong = |_| format!("{text:?} is not an IP address and a port, like 0.0.0.0:8443");
            SocketAddr::from_str(text).map_err(wrong).map_err(|reason| fail(key, reason))
        };
        let format = file.log.format.as_deref().unwrap_or("text");
        if !["text", "json"].contains(&format) {
            return Err(fail("log.format", format!("{format:?} is neither \"text\" nor \"json\"")));
        }
        let log = LogConfig {
            filter: file.log.filter.clone().unwrap_or_else(|| LOG_FILTER_DEFAULT.to_owned()),
            json: format == "json",
        };
        let directory = path.parent().unwrap_or(Path::new("."));
        let (p2p, api) = (address("listen.p2p", &file.listen.p2p)?, &file.listen.api);
        let (api, metrics) = (address("listen.api", api)?, &file.listen.metrics);
        let metrics = address("listen.metrics", metrics)?;
        Ok(Self {
            data_dir: directory.join(&file.data_dir),
            genesis: directory.join(&file.genesis),
            path: path.to_owned(),
            lines,
            file,
            p2p,
            api,
            metrics,
            log,
        })
    }

    pub fn name(&self) -> &str {
        &self.file.name
    }

    pub fn is_validator(&self) -> bool {
        self.file.role == RoleName::Validator
    }

    fn fail(&self, key: &str, reason: impl Into<String>) -> ConfigError {
        ConfigError {
            path: self.path.clone(),
            line: self.lines.get(key).copied(),
            key: key.to_owned(),
            reason: reason.into(),
        }
    }

    fn beside(&self, path: &str) -> PathBuf {
        self.path.parent().unwrap_or(Path::new(".")).join(path)
    }

    /// Reads genesis and keys, and checks that all fits together.
    pub fn settings(&self) -> Result<Settings, ConfigError> {
        let genesis = Arc::new(self.read_genesis()?);
        let password = self.password()?;
        let open = |key: &str, path: &str| self.open_key(key, path, password.as_deref());
        let network_key = open("keys.network", &self.file.keys.network)?;
        let consensus_key = match (&self.file.keys.consensus, self.is_validator()) {
            (Some(path), true) => Some(open("keys.consensus", path)?),
            (None, false) => None,
            (None, true) => {
                return Err(self.fail("keys", "a validator needs `consensus`, its second key"));
            }
            (Some(_), false) => {
                let reason = "a full node signs no blocks: remove it, or set role = \"validator\"";
                return Err(self.fail("keys.consensus", reason));
            }
        };
        let settings = Settings {
            name: self.file.name.clone(),
            data_dir: self.data_dir.clone(),
            peers: self.peers(&genesis, network_key.public_key())?,
            genesis,
            network_key: Arc::new(network_key),
            consensus_key: consensus_key.map(|key| Arc::new(key) as Arc<dyn Signer>),
            listen: self.p2p,
            parameters: self.parameters()?,
            network: self.network_limits(),
            mempool: self.mempool_limits(),
            block: self.block_limits()?,
            cache_bytes_max: self.file.storage.cache_bytes_max.unwrap_or(CACHE_BYTES_DEFAULT),
            check_bytes_max: self.file.storage.check_bytes_max.unwrap_or(CHECK_BYTES_DEFAULT),
            clock_offset_ms: self.file.test.clock_offset_ms,
        };
        let key = if self.is_validator() { "keys.consensus" } else { "keys.network" };
        settings.authority().map_err(|error| self.fail(key, error.to_string()))?;
        Ok(settings)
    }

    fn read_genesis(&self) -> Result<Genesis, ConfigError> {
        let path = self.genesis.display();
        let text = std::fs::read_to_string(&self.genesis).map_err(|error| {
            let hint = "copy the network's genesis.json there, the same file on every node";
            self.fail("genesis", format!("cannot read {path}: {error}; {hint}"))
        })?;
        let genesis = genesis_file::read(&text);
        genesis.map_err(|error| self.fail("genesis", format!("{path}: {error}")))
    }

    fn password(&self) -> Result<Option<Zeroizing<String>>, ConfigError> {
        match (&self.file.keys.password_file, &self.file.keys.password_env) {
            (None, None) => Ok(None),
            (Some(_), Some(_)) => {
                let reason = "give the password in `password_file` or `password_env`, not both";
                Err(self.fail("keys.password_env", reason))
            }
            (Some(path), None) => {
                let path = self.beside(path);
                let text = std::fs::read_to_string(&path).map(Zeroizing::new).map_err(|error| {
                    let reason = format!("cannot read {}: {error}", path.display());
                    self.fail("keys.password_file", reason)
                })?;
                if text.len() > PASSWORD_BYTES_MAX {
                    let reason = format!("{} is too long for a password", path.display());
                    return Err(self.fail("keys.password_file", reason));
                }
                let line = text.strip_suffix('\n').unwrap_or(&text);
                let line = line.strip_suffix('\r').unwrap_or(line);
                Ok(Some(Zeroizing::new(line.to_owned())))
            }
            (None, Some(variable)) => {
                let unset = || format!("the environment variable {variable} is not set");
                let value = std::env::var(variable).map(Zeroizing::new);
                value.map(Some).map_err(|_| self.fail("keys.password_env", unset()))
            }
        }
    }

    fn open_key(
        &self,
        key: &str,
        path: &str,
        password: Option<&String>,
    ) -> Result<KeyPair, ConfigError> {
        let path = self.beside(path);
        let fail = |reason: String| self.fail(key, format!("{}: {reason}", path.display()));
        let text = keystore::read(&path).map_err(|error| fail(error.to_string()))?;
        let is_protected =
            keystore::is_protected(&text).map_err(|error| fail(error.to_string()))?;
        let opened = match (is_protected, password) {
            (false, _) => keystore::open_unprotected(&text),
            (true, Some(password)) => keystore::open(&text, password.as_bytes()),
            (true, None) => {
                let hint = "set keys.password_file or keys.password_env";
                return Err(fail(format!("the keystore is protected by a password: {hint}")));
            }
        };
        let opened = opened.map_err(|error| fail(error.to_string()))?;
        if opened.scheme() != Scheme::MlDsa65 {
            let scheme = opened.scheme();
            return Err(fail(format!("a node's keys are of ml-dsa-65, this is one of {scheme}")));
        }
        Ok(opened)
    }

    fn peers(&self, genesis: &Genesis, own: &PublicKey) -> Result<Vec<PeerSettings>, ConfigError> {
        let mut peers = Vec::with_capacity(self.file.peers.len());
        for (index, peer) in self.file.peers.iter().enumerate() {
            let key = |name: &str| format!("peers[{index}].{name}");
            let (name, public_key) = match (&peer.validator, &peer.public_key) {
                (Some(name), None) => {
                    let unknown = || self.unknown_validator(&key("validator"), name, genesis);
                    let member = find_member(genesis, name).ok_or_else(unknown)?;
                    (name.clone(), member.network_key.clone())
                }
                (None, Some(text)) => {
                    let public_key = parse_key(text);
                    let public_key =
                        public_key.map_err(|reason| self.fail(&key("public_key"), reason))?;
                    (peer.name.clone().unwrap_or_else(|| format!("peer-{index}")), public_key)
                }
                _ => {
                    let reason = "give either `validator`, its name in genesis, or `public_key`";
                    return Err(self.fail(&format!("peers[{index}]"), reason));
                }
            };
            if public_key == *own {
                let reason = "this is the node itself: remove the entry";
                return Err(self.fail(&format!("peers[{index}]"), reason));
            }
            peers.push(PeerSettings { name, public_key, address: peer.address.clone() });
        }
        Ok(peers)
    }

    fn unknown_validator(&self, key: &str, name: &str, genesis: &Genesis) -> ConfigError {
        let names: Vec<String> = genesis.committee.members().map(|(_, m)| m.name()).collect();
        let names = names.join(", ");
        self.fail(key, format!("genesis has no validator {name:?}; it has {names}"))
    }

    fn parameters(&self) -> Result<Parameters, ConfigError> {
        let defaults = Parameters::default();
        let pace = &self.file.pace;
        let round_interval_ms_min =
            pace.round_interval_ms_min.unwrap_or(defaults.round_interval_ms_min);
        let round_interval_ms_max =
            pace.round_interval_ms_max.unwrap_or(defaults.round_interval_ms_max);
        if round_interval_ms_min == 0 || round_interval_ms_max < round_interval_ms_min {
            let reason = "must be at least 1, and at most round_interval_ms_max";
            return Err(self.fail("pace.round_interval_ms_min", reason));
        }
        let leader_timeout_ms = pace.leader_timeout_ms.unwrap_or(defaults.leader_timeout_ms);
        Ok(Parameters {
            round_interval_ms_min,
            round_interval_ms_max,
            leader_timeout_ms,
            ..defaults
        })
    }

    fn network_limits(&self) -> kaldrix_network::Limits {
        let (defaults, file) = (kaldrix_network::Limits::default(), &self.file.network);
        kaldrix_network::Limits {
            peers_unknown_max: file.peers_unknown_max.unwrap_or(defaults.peers_unknown_max),
            queue_bytes_max: file.queue_bytes_max.unwrap_or(defaults.queue_bytes_max),
            receive_bytes_per_s: file.receive_bytes_per_s.unwrap_or(defaults.receive_bytes_per_s),
            ..defaults
        }
    }

    fn mempool_limits(&self) -> mempool::Limits {
        let (defaults, file) = (mempool::Limits::default(), &self.file.mempool);
        let of_sender = file.sender_transactions_max;
        mempool::Limits {
            transactions_max: file.transactions_max.unwrap_or(defaults.transactions_max),
            bytes_max: file.bytes_max.unwrap_or(defaults.bytes_max),
            sender_transactions_max: of_sender.unwrap_or(defaults.sender_transactions_max).max(1),
            forward_ms: file.forward_ms.unwrap_or(defaults.forward_ms),
            ..defaults
        }
    }

    fn block_limits(&self) -> Result<BlockLimits, ConfigError> {
        let (defaults, file) = (BlockLimits::default(), &self.file.block);
        let limits = BlockLimits {
            transactions_max: file.transactions_max.unwrap_or(defaults.transactions_max),
            payload_bytes_max: file.payload_bytes_max.unwrap_or(defaults.payload_bytes_max),
        };
        match limits.wrong() {
            None => Ok(limits),
            Some((name, reason)) => Err(self.fail(&format!("block.{name}"), reason)),
        }
    }
}

fn find_member<'a>(genesis: &'a Genesis, name: &str) -> Option<&'a Member> {
    let mut members = genesis.committee.members();
    members.find(|(_, member)| member.name() == name).map(|(_, member)| member)
}

/// Reads a network key as `kaldrix-node init` writes it: hexadecimal digits.
fn parse_key(text: &str) -> Result<PublicKey, String> {
    let bytes = hex::decode(text).map_err(|error| format!("not hexadecimal digits: {error}"))?;
    PublicKey::new(Scheme::MlDsa65, &bytes).map_err(|error| error.to_string())
}
