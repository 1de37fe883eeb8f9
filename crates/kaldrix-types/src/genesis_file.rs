//! `genesis.json`: genesis as people read, review and pass it on.

use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::amount::Amount;
use crate::committee::{Member, Stake};
use crate::encoding::Bounded;
use crate::genesis::{Genesis, GenesisError, Protocol};
use crate::key::{PublicKey, Scheme};

/// The format that this code writes and reads.
const FORMAT: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GenesisFile {
    format: u32,
    name: String,
    /// Stated for people and checked; it follows from all the rest.
    chain_id: String,
    timestamp_ms: u64,
    protocol: ProtocolFile,
    validators: Vec<ValidatorFile>,
    accounts: Vec<AccountFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProtocolFile {
    leaders_per_round: u16,
    gc_depth_rounds: u64,
    schedule_commits: u64,
    fee_base: String,
    fee_per_byte: String,
    expiry_heights_max: u64,
    epoch_length_s: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ValidatorFile {
    name: String,
    stake: Stake,
    consensus_key: KeyFile,
    network_key: KeyFile,
    reward_address: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    scheme: String,
    public_key: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountFile {
    address: String,
    amount: String,
}

/// Why a text is not a genesis, and where.
#[derive(Debug, thiserror::Error)]
pub enum GenesisFileError {
    #[error("not a genesis file: {0}")]
    Json(#[from] serde_json::Error),
    #[error("format {found} is not supported, expected {FORMAT}")]
    Format { found: u32 },
    #[error("{field}: {reason}")]
    Field { field: String, reason: String },
    #[error(transparent)]
    Genesis(#[from] GenesisError),
    #[error("the file states chain id {stated}, its content has {found}: it was changed")]
    ChainId { stated: String, found: String },
}

fn field<T, E: ToString>(
    name: impl Into<String>,
    value: Result<T, E>,
) -> Result<T, GenesisFileError> {
    value.map_err(|error| GenesisFileError::Field { field: name.into(), reason: error.to_string() })
}

impl KeyFile {
    fn new(key: &PublicKey) -> Self {
        Self { scheme: key.scheme().name().to_owned(), public_key: hex::encode(key.bytes()) }
    }

    fn read(&self, name: &str) -> Result<PublicKey, GenesisFileError> {
        let unknown = format!("unknown scheme {:?}", self.scheme);
        let scheme =
            field(format!("{name}.scheme"), Scheme::from_name(&self.scheme).ok_or(unknown))?;
        let bytes = field(format!("{name}.public_key"), hex::decode(&self.public_key))?;
        field(format!("{name}.public_key"), PublicKey::new(scheme, &bytes))
    }
}

/// Writes `genesis.json`.
pub fn write(genesis: &Genesis) -> String {
    let protocol = &genesis.protocol;
    let file = GenesisFile {
        format: FORMAT,
        name: genesis.name(),
        chain_id: genesis.chain_id().to_string(),
        timestamp_ms: genesis.timestamp_ms,
        protocol: ProtocolFile {
            leaders_per_round: protocol.leaders_per_round,
            gc_depth_rounds: protocol.gc_depth_rounds,
            schedule_commits: protocol.schedule_commits,
            fee_base: protocol.fee_base.to_string(),
            fee_per_byte: protocol.fee_per_byte.to_string(),
            expiry_heights_max: protocol.expiry_heights_max,
            epoch_length_s: protocol.epoch_length_s,
        },
        validators: genesis
            .committee
            .members()
            .map(|(_, member)| ValidatorFile {
                name: member.name(),
                stake: member.stake,
                consensus_key: KeyFile::new(&member.consensus_key),
                network_key: KeyFile::new(&member.network_key),
                reward_address: member.reward_address.to_string(),
            })
            .collect(),
        accounts: genesis
            .accounts
            .iter()
            .map(|(address, amount)| AccountFile {
                address: address.to_string(),
                amount: amount.to_string(),
            })
            .collect(),
    };
    serde_json::to_string_pretty(&file).unwrap_or_default() + "\n"
}

/// Reads and checks `genesis.json`.
pub fn read(text: &str) -> Result<Genesis, GenesisFileError> {
    let file: GenesisFile = serde_json::from_str(text)?;
    if file.format != FORMAT {
        return Err(GenesisFileError::Format { found: file.format });
    }
    let mut members = Vec::with_capacity(file.validators.len());
    for (index, validator) in file.validators.iter().enumerate() {
        let at = |name: &str| format!("validators[{index}].{name}");
        members.push(Member {
            name: field(at("name"), Bounded::new(validator.name.clone().into_bytes()))?,
            stake: validator.stake,
            consensus_key: validator.consensus_key.read(&at("consensus_key"))?,
            network_key: validator.network_key.read(&at("network_key"))?,
            reward_address: field(at("reward_address"), validator.reward_address.parse())?,
        });
    }
    let mut accounts: Vec<(Address, Amount)> = Vec::with_capacity(file.accounts.len());
    for (index, account) in file.accounts.iter().enumerate() {
        let address = field(format!("accounts[{index}].address"), account.address.parse())?;
        let amount = field(format!("accounts[{index}].amount"), account.amount.parse())?;
        accounts.push((address, amount));
    }
    let protocol = Protocol {
        leaders_per_round: file.protocol.leaders_per_round,
        gc_depth_rounds: file.protocol.gc_depth_rounds,
        schedule_commits: file.protocol.schedule_commits,
        fee_base: field("protocol.fee_base", file.protocol.fee_base.parse())?,
        fee_per_byte: field("protocol.fee_per_byte", file.protocol.fee_per_byte.parse())?,
        expiry_heights_max: file.protocol.expiry_heights_max,
        epoch_length_s: file.protocol.epoch_length_s,
    };
    let genesis = Genesis::new(&file.name, file.timestamp_ms, protocol, members, accounts)?;
    let found = genesis.chain_id().to_string();
    if found != file.chain_id {
        return Err(GenesisFileError::ChainId { stated: file.chain_id, found });
    }
    Ok(genesis)
}
