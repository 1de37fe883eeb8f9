//! Accounts as the state tree binds them.

use borsh::{BorshDeserialize, BorshSerialize};

use crate::address::Address;
use crate::amount::Amount;
use crate::encoding::Canonical;
use crate::id::Digest;
use crate::key::PublicKey;

/// An account. The state tree's leaf is exactly its canonical encoding.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Account {
    pub balance: Amount,
    /// Transactions of this sender that were executed; the next one's sequence number.
    pub sequence: u64,
    /// See [`key_digest`]; none before the account's first own transaction.
    pub key: Option<Digest>,
}

impl Canonical for Account {
    const NAME: &'static str = "account";
    const ENCODED_BYTES_MAX: usize = 64;
}

/// How an account names its registered public key.
pub fn key_digest(key: &PublicKey) -> Digest {
    let context = "kaldrix 2026 account key digest v1";
    Digest::derive(context, &[&[key.scheme().tag()], key.bytes()])
}

/// Where an account stands in the state tree. Hashed anew, so that nobody can choose addresses that
/// share a long path.
pub fn account_key(address: &Address) -> Digest {
    Digest::derive("kaldrix 2026 state tree account key v1", &[address.as_bytes()])
}
