//! Accounts.

use kaldrix_types::{Address, Amount};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::text;
use super::transaction::Key;

/// An account as the node's latest executed block leaves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountView {
    #[serde(with = "text")]
    #[schema(value_type = text::AddressText)]
    pub address: Address,
    /// In base units.
    #[serde(with = "text")]
    #[schema(value_type = text::AmountText)]
    pub balance: Amount,
    /// Transactions of this account that were executed.
    pub sequence: u64,
    /// The sequence number that its next transaction takes, after those that this node holds as
    /// pending.
    pub next_sequence: u64,
    /// Registered by the account's first own transaction, the one with sequence number 0, which
    /// must carry it; no later one may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key: Option<Key>,
    /// The height that this is the state after.
    pub height: u64,
}

impl AccountView {
    /// Whether the next transaction must carry the account's public key.
    pub fn needs_key(&self) -> bool {
        self.next_sequence == 0
    }
}
