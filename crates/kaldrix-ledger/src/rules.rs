//! What genesis fixes for execution, and the state that it starts from.

use kaldrix_types::account::account_key;
use kaldrix_types::encoding;
use kaldrix_types::merkle::{Blake3, Frontier};
use kaldrix_types::{
    Account, Address, Amount, AuthorityIndex, ChainId, Digest, Epoch, Genesis, Height, Protocol,
    Scheme, TransactionBody,
};

use crate::error::{LedgerError, StateError};
use crate::state::{MemoryState, Tip, Writes};
use crate::tree::{JellyfishTree, StateTree, TreeUpdate};

/// Everything that execution takes from genesis.
#[derive(Debug, Clone)]
pub struct Rules {
    chain_id: ChainId,
    protocol: Protocol,
    epoch: Epoch,
    /// By authority.
    reward_addresses: Vec<Address>,
}

impl Rules {
    pub fn new(genesis: &Genesis) -> Self {
        let members = genesis.committee.members();
        Self {
            chain_id: genesis.chain_id(),
            protocol: genesis.protocol.clone(),
            epoch: genesis.committee.epoch(),
            reward_addresses: members.map(|(_, member)| member.reward_address).collect(),
        }
    }

    pub fn chain_id(&self) -> ChainId {
        self.chain_id
    }

    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    pub fn protocol(&self) -> &Protocol {
        &self.protocol
    }

    /// The least fee for a body of `body_bytes` canonical bytes and a signature of `scheme`, in
    /// base units: a base, and so much a byte of both.
    pub fn minimum_fee(&self, body_bytes: usize, scheme: Scheme) -> Amount {
        let bytes = body_bytes.saturating_add(scheme.signature_bytes());
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let size_fee = self.protocol.fee_per_byte.0.saturating_mul(bytes);
        Amount(self.protocol.fee_base.0.saturating_add(size_fee))
    }

    /// [`Self::minimum_fee`] for a body at hand, signed under `scheme`.
    pub fn minimum_fee_of(&self, body: &TransactionBody, scheme: Scheme) -> Amount {
        self.minimum_fee(encoding::to_bytes(body).len(), scheme)
    }

    /// The highest expiry height that a transaction may have at `height`.
    pub fn expiry_height_max(&self, height: Height) -> Height {
        height.saturating_add(self.protocol.expiry_heights_max)
    }

    pub(crate) fn reward_address(&self, author: AuthorityIndex) -> Result<Address, LedgerError> {
        let committee_size = self.reward_addresses.len();
        let address = self.reward_addresses.get(usize::from(author.0)).copied();
        address.ok_or(LedgerError::UnknownAuthor { author, committee_size })
    }
}

/// The state at height 0: the accounts that genesis funds.
pub fn genesis_state(genesis: &Genesis) -> Result<Writes, StateError> {
    let accounts: Vec<_> = genesis
        .accounts
        .iter()
        .map(|&(address, balance)| (address, Account { balance, ..Account::default() }))
        .collect();
    let TreeUpdate { root, nodes, nodes_stale } =
        JellyfishTree::update(&MemoryState::default(), 0, account_changes(&accounts))?;
    let block = genesis.ledger_block_id();
    let mut history = Frontier::default();
    history.push::<Blake3>(block.as_bytes());
    let tip = Tip {
        height: 0,
        block,
        timestamp_ms: genesis.timestamp_ms,
        commit_index: 0,
        epoch: genesis.committee.epoch(),
        state_root: root,
        history,
    };
    Ok(Writes {
        accounts,
        public_keys: Vec::new(),
        tree_nodes: nodes,
        tree_nodes_stale: nodes_stale,
        tip,
    })
}

/// The leaves of the state tree for `accounts`.
pub(crate) fn account_changes(accounts: &[(Address, Account)]) -> Vec<(Digest, Vec<u8>)> {
    let leaf = |account: &Account| encoding::to_bytes(account);
    accounts.iter().map(|(address, account)| (account_key(address), leaf(account))).collect()
}
