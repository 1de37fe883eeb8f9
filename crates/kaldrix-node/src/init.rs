//! Makes a new network: keys, genesis, and a configuration for each node.
//!
//! ```text
//! DIR/genesis.json          the same file on every node
//! DIR/treasury.json         the key of the account that holds the whole supply
//! DIR/node0/node.toml       one directory a node: copy it to its host and edit the addresses
//! DIR/node0/keys/*.json     consensus, network and reward keys
//! DIR/node0/data/           what the node stores
//! ```

use std::fmt::{self, Write};
use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use kaldrix_crypto::{KeyPair, Signer, keystore};
use kaldrix_types::amount::SUPPLY;
use kaldrix_types::committee::COMMITTEE_SIZE_MAX;
use kaldrix_types::encoding::Bounded;
use kaldrix_types::{
    Address, AuthorityIndex, Genesis, Member, Protocol, PublicKey, Scheme, genesis_file,
};
use zeroize::Zeroizing;

use crate::error::NodeError;
use crate::recovery::{DataDirectory, mark_never_signed};

/// Full nodes beside the validators.
pub const FULL_NODES_MAX: u16 = 64;
/// The genesis file of a network's directory.
pub const GENESIS_FILE: &str = "genesis.json";

/// How the keystores are protected.
#[derive(Clone)]
pub enum Protection {
    Password {
        password: Zeroizing<String>,
        /// How the nodes get it.
        source: PasswordSource,
    },
    /// Whoever reads the files has the keys. For development.
    None,
}

/// Says nothing of the password.
impl fmt::Debug for Protection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Password { source, .. } => write!(f, "Password from {source:?}"),
            Self::None => f.write_str("None"),
        }
    }
}

/// Where a node finds the password of its keystores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordSource {
    File(PathBuf),
    Environment(String),
}

/// The first port of each kind; node i listens i above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ports {
    pub api: u16,
    pub p2p: u16,
    pub metrics: u16,
}

impl Default for Ports {
    fn default() -> Self {
        Self { api: 18_080, p2p: 18_443, metrics: 19_090 }
    }
}

impl Ports {
    /// The ports of one node, on the loopback address.
    pub fn of(&self, node: u16) -> [SocketAddr; 3] {
        let address = |first: u16| {
            SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), first.saturating_add(node))
        };
        [address(self.api), address(self.p2p), address(self.metrics)]
    }
}

/// What network to make.
#[derive(Debug, Clone)]
pub struct InitOptions {
    pub directory: PathBuf,
    /// A name for people.
    pub network: String,
    pub validators: u16,
    pub full_nodes: u16,
    pub protection: Protection,
    pub ports: Ports,
    /// The name of the funded account's keystore, without its ending.
    pub funded: &'static str,
}

/// What was made.
#[derive(Debug, Clone)]
pub struct Initialised {
    pub genesis: Genesis,
    /// The configuration of each node, validators first.
    pub configs: Vec<PathBuf>,
    /// The account that holds the whole supply.
    pub funded: Address,
    pub funded_key: PathBuf,
}

/// Makes a network in a directory that holds none. The genesis file comes last: without it what is
/// there is not whole.
pub fn init(options: &InitOptions) -> Result<Initialised, NodeError> {
    let InitOptions { directory, validators, full_nodes, .. } = options;
    check_counts(*validators, *full_nodes)?;
    let first = node_directory(directory, 0);
    for taken in [directory.join(GENESIS_FILE), first] {
        if taken.exists() {
            let reason = "it exists: choose another directory, or remove the network in this one";
            return Err(NodeError::File { path: taken, reason: reason.to_owned() });
        }
    }
    let mut members = Vec::new();
    for index in 0..*validators {
        members.push(make_validator(options, index)?);
    }
    let funded_key = directory.join(format!("{}.json", options.funded));
    let funded = Address::of(&make_key(&funded_key, Scheme::MlDsa44, &options.protection)?);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let genesis = Genesis::new(
        &options.network,
        u64::try_from(now.as_millis()).unwrap_or(0),
        Protocol::default(),
        members,
        vec![(funded, SUPPLY)],
    );
    let genesis = genesis.map_err(|error| NodeError::Internal(error.to_string()))?;
    let mut configs = Vec::new();
    for index in 0..*validators {
        let data = node_directory(directory, index).join("data");
        let (data, authority) = (DataDirectory::new(&data), AuthorityIndex(index));
        mark_never_signed(&data, &genesis, authority)?;
        configs.push(write_config(options, &genesis, index)?);
    }
    for index in *validators..validators.saturating_add(*full_nodes) {
        configs.push(add_full_node(options, &genesis, index)?);
    }
    write(&directory.join(GENESIS_FILE), &genesis_file::write(&genesis))?;
    Ok(Initialised { genesis, configs, funded, funded_key })
}

/// Makes the key and the configuration of a node that follows an existing network.
pub fn add_full_node(
    options: &InitOptions,
    genesis: &Genesis,
    index: u16,
) -> Result<PathBuf, NodeError> {
    let keys = node_directory(&options.directory, index).join("keys");
    make_key(&keys.join("network.json"), Scheme::MlDsa65, &options.protection)?;
    write_config(options, genesis, index)
}

/// Where a node's files are.
pub fn node_directory(directory: &Path, index: u16) -> PathBuf {
    directory.join(format!("node{index}"))
}

fn check_counts(validators: u16, full_nodes: u16) -> Result<(), NodeError> {
    let validators_max = u16::try_from(COMMITTEE_SIZE_MAX).unwrap_or(u16::MAX);
    if !(1..=validators_max).contains(&validators) {
        return Err(NodeError::Argument(format!("validators must be 1 to {validators_max}")));
    }
    if full_nodes > FULL_NODES_MAX {
        return Err(NodeError::Argument(format!("full nodes must be at most {FULL_NODES_MAX}")));
    }
    Ok(())
}

fn make_validator(options: &InitOptions, index: u16) -> Result<Member, NodeError> {
    let keys = node_directory(&options.directory, index).join("keys");
    let make = |name: &str, scheme| make_key(&keys.join(name), scheme, &options.protection);
    Ok(Member {
        name: Bounded::new(validator_name(index).into_bytes()).unwrap_or_default(),
        stake: 1,
        consensus_key: make("consensus.json", Scheme::MlDsa65)?,
        network_key: make("network.json", Scheme::MlDsa65)?,
        reward_address: Address::of(&make("reward.json", Scheme::MlDsa44)?),
    })
}

fn validator_name(index: u16) -> String {
    format!("validator-{index}")
}

fn make_key(path: &Path, scheme: Scheme, protection: &Protection) -> Result<PublicKey, NodeError> {
    let fail = |reason: String| NodeError::File { path: path.to_owned(), reason };
    create_directory(path.parent().unwrap_or(Path::new(".")))?;
    let key = KeyPair::generate(scheme).map_err(|error| fail(error.to_string()))?;
    let text = match protection {
        Protection::Password { password, .. } => {
            keystore::seal(&key, password.as_bytes()).map_err(|error| fail(error.to_string()))?
        }
        Protection::None => keystore::store_unprotected(&key),
    };
    keystore::write_new(path, &text).map_err(|error| fail(error.to_string()))?;
    Ok(key.public_key().clone())
}

fn create_directory(path: &Path) -> Result<(), NodeError> {
    fs::create_dir_all(path).map_err(|error| NodeError::file(path, "create", &error))
}

fn write(path: &Path, text: &str) -> Result<(), NodeError> {
    fs::write(path, text).map_err(|error| NodeError::file(path, "write", &error))
}

fn write_config(
    options: &InitOptions,
    genesis: &Genesis,
    index: u16,
) -> Result<PathBuf, NodeError> {
    let directory = node_directory(&options.directory, index);
    let path = directory.join("node.toml");
    create_directory(&directory)?;
    write(&path, &config_text(options, genesis, index)?)?;
    Ok(path)
}

/// A configuration with which all nodes run on this machine as they are.
fn config_text(options: &InitOptions, genesis: &Genesis, index: u16) -> Result<String, NodeError> {
    let is_validator = index < options.validators;
    let [api, p2p, metrics] = options.ports.of(index);
    let (name, role) = match is_validator {
        true => (validator_name(index), "validator"),
        false => (format!("full-{}", index.saturating_sub(options.validators)), "full"),
    };
    let consensus = if is_validator { "consensus = \"keys/consensus.json\"\n" } else { "" };
    let password = match &options.protection {
        Protection::None => "# The keystores are not protected by a password.\n".to_owned(),
        Protection::Password { source: PasswordSource::Environment(variable), .. } => {
            format!("password_env = {variable:?}\n")
        }
        Protection::Password { source: PasswordSource::File(path), .. } => {
            let absolute = fs::canonicalize(path);
            let absolute = absolute.map_err(|error| NodeError::file(path, "find", &error))?;
            format!("password_file = {:?}\n", absolute.display().to_string())
        }
    };
    let mut text = format!(
        "# A node of the network {network:?}, chain {chain_id}.\n\
         # Paths are relative to this file. On a host of its own, listen on 0.0.0.0:8443 for\n\
         # peers, and give each peer's public address below.\n\
         name = {name:?}\n\
         role = {role:?}\n\
         data_dir = \"data\"\n\
         genesis = \"../{GENESIS_FILE}\"\n\
         \n\
         [keys]\n\
         network = \"keys/network.json\"\n\
         {consensus}{password}\
         \n\
         [listen]\n\
         p2p = \"{p2p}\"\n\
         api = \"{api}\"\n\
         metrics = \"{metrics}\"\n",
        network = genesis.name(),
        chain_id = genesis.chain_id(),
    );
    for peer in (0..options.validators).filter(|peer| *peer != index) {
        let [_, address, _] = options.ports.of(peer);
        let name = validator_name(peer);
        // Writing to a string does not fail.
        let _ = write!(text, "\n[[peers]]\nvalidator = {name:?}\naddress = \"{address}\"\n");
    }
    Ok(text)
}
