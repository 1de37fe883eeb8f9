//! The network and this node in it.

use kaldrix_types::{Address, Amount, ChainId, LedgerBlockId, PeerId, Protocol, Scheme};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::text;
use super::timestamp::Timestamp;

/// What a node does for the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Proposes blocks and votes.
    Validator,
    /// Follows, executes and serves.
    Full,
}

impl Role {
    pub fn name(self) -> &'static str {
        match self {
            Self::Validator => "validator",
            Self::Full => "full",
        }
    }
}

/// A node and the network as it sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NetworkStatus {
    /// The network's name for people.
    pub network: String,
    #[serde(with = "text")]
    #[schema(value_type = text::Id)]
    pub chain_id: ChainId,
    /// This node's name.
    pub node: String,
    pub role: Role,
    /// The version of this node's program.
    pub version: String,
    #[serde(with = "text")]
    #[schema(value_type = text::Id)]
    pub peer_id: PeerId,
    /// The last block that this node executed; at first that of genesis, height 0.
    pub latest_block: BlockTip,
    /// The last height that a quorum certified and this node executed.
    pub final_height: u64,
    pub epoch: u64,
    /// The round of the DAG that the next proposals are for.
    pub round: u64,
    /// Commits of this epoch, those without transactions too.
    pub commit_index: u64,
    /// Whether this node is behind its peers and fetches what it misses.
    pub catching_up: bool,
    pub validators: u64,
    /// Of the stake, the share whose validators took part in the last committed rounds, 0 to 1.
    pub participation: f64,
    pub peers_connected: u64,
    /// Peers that this node is configured to know.
    pub peers_expected: u64,
    pub mempool: MempoolView,
    /// Transactions that this node executed since it started.
    pub transactions_executed: u64,
    pub fees: Fees,
    /// A transaction's expiry height may lie this far above the height it executes at.
    pub expiry_heights_max: u64,
    pub started_at: Timestamp,
    /// What an operator should look at: clocks that differ, stores that were rebuilt.
    pub warnings: Vec<String>,
}

/// The end of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BlockTip {
    pub height: u64,
    #[serde(with = "text")]
    #[schema(value_type = text::Id)]
    pub id: LedgerBlockId,
    pub timestamp: Timestamp,
}

/// Transactions that wait for a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MempoolView {
    pub transactions: u64,
    pub bytes: u64,
}

/// What a transaction costs at least: `base + per_byte × bytes` of its body and signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Fees {
    /// In base units.
    #[serde(with = "text")]
    #[schema(value_type = text::AmountText)]
    pub base: Amount,
    /// In base units.
    #[serde(with = "text")]
    #[schema(value_type = text::AmountText)]
    pub per_byte: Amount,
}

impl From<&Protocol> for Fees {
    fn from(protocol: &Protocol) -> Self {
        Self { base: protocol.fee_base, per_byte: protocol.fee_per_byte }
    }
}

/// The committee.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ValidatorList {
    pub epoch: u64,
    pub total_stake: u64,
    /// The least stake of a quorum.
    pub quorum_stake: u64,
    /// Of the stake, the share whose validators took part in the last committed rounds, 0 to 1.
    pub participation: f64,
    /// By index.
    pub validators: Vec<ValidatorView>,
}

/// A member of the committee.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ValidatorView {
    /// Its place in the genesis file, from 0.
    pub index: u16,
    pub name: String,
    pub stake: u64,
    #[serde(with = "text")]
    #[schema(value_type = text::AddressText)]
    pub reward_address: Address,
    #[serde(with = "text")]
    #[schema(value_type = text::Id)]
    pub peer_id: PeerId,
    /// Of the last committed rounds, the share with a block of this validator, 0 to 1.
    pub participation: f64,
    pub rounds_committed: u64,
    /// The committed rounds that were looked at.
    pub rounds: u64,
    /// The last round of which this node has a block of this validator.
    pub last_round: u64,
    /// Whether it leads no rounds for now, for its lack of participation.
    pub excluded_from_leading: bool,
    /// Whether this node is connected to it, or is it.
    pub connected: bool,
}

/// The nodes that this node knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PeerList {
    pub connected: u64,
    /// Peers that this node is configured to know.
    pub expected: u64,
    pub peers: Vec<PeerView>,
}

/// Another node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PeerView {
    #[serde(with = "text")]
    #[schema(value_type = text::Id)]
    pub peer_id: PeerId,
    /// Its name as a validator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its index as a validator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validator: Option<u16>,
    /// Configured by its key, or merely met.
    pub pinned: bool,
    pub connected: bool,
    /// `host:port`, of the connection or else as configured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Who opened the connection: `inbound` or `outbound`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connected_since: Option<Timestamp>,
    /// Milliseconds of the latest ping.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round_trip_ms: Option<u64>,
    /// What TLS agreed on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_exchange: Option<String>,
    pub bytes_in: u64,
    pub bytes_out: u64,
    /// Frames that found the queue to it full.
    pub frames_dropped: u64,
    /// Why it could not be reached, for one that is not connected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl Fees {
    /// The least fee for a body of `body_bytes` canonical bytes, signed under `scheme`.
    pub fn minimum(&self, body_bytes: usize, scheme: Scheme) -> Amount {
        let bytes = body_bytes.saturating_add(scheme.signature_bytes());
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        Amount(self.base.0.saturating_add(self.per_byte.0.saturating_mul(bytes)))
    }
}
