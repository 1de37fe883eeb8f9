//! A block's own view of the state: what it read and wrote so far, over what is stored.

use std::collections::BTreeMap;

use kaldrix_types::account::key_digest;
use kaldrix_types::{Account, Address, Amount, Digest, PublicKey};

use crate::error::{LedgerError, StateError};
use crate::state::StateReader;

pub(crate) struct Overlay<'a, S: ?Sized> {
    state: &'a S,
    accounts: BTreeMap<Address, Cached>,
    /// Registered by this block.
    public_keys: BTreeMap<Address, PublicKey>,
}

/// An account as it stands now.
#[derive(Clone, Copy)]
struct Cached {
    account: Option<Account>,
    written: bool,
}

/// What a block leaves to be written, each in rising order of address.
pub(crate) struct Changes {
    pub accounts: Vec<(Address, Account)>,
    pub public_keys: Vec<(Address, PublicKey)>,
}

impl<'a, S: StateReader + ?Sized> Overlay<'a, S> {
    pub fn new(state: &'a S) -> Self {
        Self { state, accounts: BTreeMap::new(), public_keys: BTreeMap::new() }
    }

    pub fn account(&mut self, address: &Address) -> Result<Option<Account>, StateError> {
        if let Some(cached) = self.accounts.get(address) {
            return Ok(cached.account);
        }
        let account = self.state.account(address)?;
        self.accounts.insert(*address, Cached { account, written: false });
        Ok(account)
    }

    pub fn put_account(&mut self, address: Address, account: Account) {
        self.accounts.insert(address, Cached { account: Some(account), written: true });
    }

    /// The key whose digest `account` carries, checked against it.
    pub fn public_key(&self, address: &Address, digest: Digest) -> Result<PublicKey, StateError> {
        let damaged = |reason| StateError::Damaged { what: "registered public key", reason };
        let key = match self.public_keys.get(address) {
            Some(key) => Some(key.clone()),
            None => self.state.public_key(address)?,
        };
        let key = key.ok_or_else(|| damaged(format!("account {address} lacks its key")))?;
        if key_digest(&key) != digest {
            return Err(damaged(format!("account {address} has the digest of another key")));
        }
        Ok(key)
    }

    pub fn register(&mut self, address: Address, key: PublicKey) {
        self.public_keys.insert(address, key);
    }

    /// Adds to an account, which comes to be if it is not there.
    pub fn credit(&mut self, address: &Address, amount: Amount) -> Result<(), LedgerError> {
        let mut account = self.account(address)?.unwrap_or_default();
        account.balance = account
            .balance
            .checked_add(amount)
            .ok_or(LedgerError::AccountOverflow { field: "balance", address: *address })?;
        self.put_account(*address, account);
        Ok(())
    }

    /// Moves an amount, or says `false` and moves nothing when the balance does not cover it.
    pub fn transfer(
        &mut self,
        from: &Address,
        to: &Address,
        amount: Amount,
    ) -> Result<bool, LedgerError> {
        let mut sender = self.account(from)?.unwrap_or_default();
        let Some(rest) = sender.balance.checked_sub(amount) else { return Ok(false) };
        sender.balance = rest;
        self.put_account(*from, sender);
        self.credit(to, amount)?;
        Ok(true)
    }

    pub fn into_changes(self) -> Changes {
        let written = |(address, cached): (Address, Cached)| {
            cached.account.filter(|_| cached.written).map(|account| (address, account))
        };
        Changes {
            accounts: self.accounts.into_iter().filter_map(written).collect(),
            public_keys: self.public_keys.into_iter().collect(),
        }
    }
}
