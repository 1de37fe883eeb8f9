//! The state: accounts, registered keys, tree nodes and the tip, and how the ledger reads them.

use std::collections::BTreeMap;

use borsh::{BorshDeserialize, BorshSerialize};
use kaldrix_types::encoding::Canonical;
use kaldrix_types::merkle::Frontier;
use kaldrix_types::{Account, Address, Digest, Epoch, Height, LedgerBlockId, PublicKey};

use crate::error::StateError;

/// The last executed ledger block and what the next one builds on.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Tip {
    pub height: Height,
    pub block: LedgerBlockId,
    pub timestamp_ms: u64,
    /// The commit that this block is; 0 at genesis. Later commits without transactions leave it.
    pub commit_index: u64,
    pub epoch: Epoch,
    pub state_root: Digest,
    /// Over the ids of all ledger blocks up to and with this one, genesis first: its root is the
    /// next block's history root.
    pub history: Frontier,
}

impl Canonical for Tip {
    const NAME: &'static str = "tip";
    const ENCODED_BYTES_MAX: usize = 4096;
}

/// All that the ledger reads. An implementation shows the state after the tip's block, whole, and
/// returns either what was written or an error: damage that it lets through stops the node with a
/// state root that differs from the certified one.
pub trait StateReader {
    fn account(&self, address: &Address) -> Result<Option<Account>, StateError>;

    /// The registered public key of an account whose `key` is set.
    fn public_key(&self, address: &Address) -> Result<Option<PublicKey>, StateError>;

    /// A node of the state tree; keys are at most [`TREE_KEY_BYTES_MAX`] long.
    ///
    /// [`TREE_KEY_BYTES_MAX`]: crate::tree::TREE_KEY_BYTES_MAX
    fn tree_node(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError>;

    /// [`StateError::Empty`] before the genesis state is written.
    fn tip(&self) -> Result<Tip, StateError>;
}

/// What one block changes. A store applies all of it or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Writes {
    /// In rising order of address.
    pub accounts: Vec<(Address, Account)>,
    /// In rising order of address.
    pub public_keys: Vec<(Address, PublicKey)>,
    /// New nodes of the state tree, in rising order of key. No key is ever written twice.
    pub tree_nodes: Vec<(Vec<u8>, Vec<u8>)>,
    /// Keys of nodes to delete: the tree of the new tip does not reach them.
    pub tree_nodes_stale: Vec<Vec<u8>>,
    pub tip: Tip,
}

/// The state in memory: what tests run on, and the twin that a store is compared with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemoryState {
    accounts: BTreeMap<Address, Account>,
    public_keys: BTreeMap<Address, PublicKey>,
    tree_nodes: BTreeMap<Vec<u8>, Vec<u8>>,
    tip: Option<Tip>,
}

impl MemoryState {
    pub fn apply(&mut self, writes: &Writes) {
        self.accounts.extend(writes.accounts.iter().copied());
        self.public_keys.extend(writes.public_keys.iter().cloned());
        for key in &writes.tree_nodes_stale {
            self.tree_nodes.remove(key);
        }
        self.tree_nodes.extend(writes.tree_nodes.iter().cloned());
        self.tip = Some(writes.tip.clone());
    }

    /// In rising order of address.
    pub fn accounts(&self) -> impl Iterator<Item = (&Address, &Account)> {
        self.accounts.iter()
    }

    pub fn tree_nodes(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.tree_nodes.iter().map(|(key, node)| (key.as_slice(), node.as_slice()))
    }
}

impl StateReader for MemoryState {
    fn account(&self, address: &Address) -> Result<Option<Account>, StateError> {
        Ok(self.accounts.get(address).copied())
    }

    fn public_key(&self, address: &Address) -> Result<Option<PublicKey>, StateError> {
        Ok(self.public_keys.get(address).cloned())
    }

    fn tree_node(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        Ok(self.tree_nodes.get(key).cloned())
    }

    fn tip(&self) -> Result<Tip, StateError> {
        self.tip.clone().ok_or(StateError::Empty)
    }
}
