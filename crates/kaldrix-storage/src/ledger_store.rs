//! The ledger's store: blocks, receipts, certificates, checkpoints and the state, on any engine.
//!
//! A ledger block and the state it leads to are one batch: both are there or neither is.

use std::sync::Arc;

use kaldrix_ledger::{Account, Entry, LedgerBlock, Receipt, StateError, StateReader, Tip, Writes};
use kaldrix_types::{
    Address, Certificate, Genesis, Height, LedgerBlockId, LedgerHeader, PublicKey, TransactionId,
};

use crate::error::StoreError;
use crate::key_value::{Durability, KeyValue};
use crate::records::{Audit, Records};

/// An executed ledger block with all that is stored along with it.
#[derive(Debug, Clone, Copy)]
pub struct BlockCommit<'a> {
    pub header: &'a LedgerHeader,
    pub entries: &'a [Entry],
    pub receipts: &'a [Receipt],
    pub writes: &'a Writes,
    /// The replica's state after this block's commit, as `header.checkpoint` names it.
    pub checkpoint: Option<&'a [u8]>,
}

/// A transaction where the ledger has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecutedTransaction {
    pub height: Height,
    pub index: u32,
    pub entry: Entry,
    pub receipt: Receipt,
}

/// The ledger on disk or in memory.
#[derive(Debug)]
pub struct LedgerStore {
    records: Records,
}

impl LedgerStore {
    /// Opens the store. A fresh one gets the genesis state; one of another chain is refused.
    /// The work is bounded, however long the chain is.
    pub fn open(store: Arc<dyn KeyValue>, genesis: &Genesis) -> Result<Self, StoreError> {
        let _ = genesis;
        Ok(Self { records: Records::open(store)? })
    }

    /// Stores consecutive blocks, the first of which follows the tip, in one atomic batch.
    pub fn commit(&self, blocks: &[BlockCommit<'_>], d: Durability) -> Result<(), StoreError> {
        let _ = (blocks, d);
        unimplemented!()
    }

    /// The latest tip. At genesis its height is 0.
    pub fn latest(&self) -> Result<Tip, StoreError> {
        unimplemented!()
    }

    pub fn header(&self, height: Height) -> Result<Option<LedgerHeader>, StoreError> {
        let _ = height;
        unimplemented!()
    }

    pub fn block(&self, height: Height) -> Result<Option<LedgerBlock>, StoreError> {
        let _ = height;
        unimplemented!()
    }

    pub fn receipts(&self, height: Height) -> Result<Option<Vec<Receipt>>, StoreError> {
        let _ = height;
        unimplemented!()
    }

    pub fn height_of(&self, id: &LedgerBlockId) -> Result<Option<Height>, StoreError> {
        let _ = id;
        unimplemented!()
    }

    pub fn transaction(
        &self,
        id: &TransactionId,
    ) -> Result<Option<ExecutedTransaction>, StoreError> {
        let _ = id;
        unimplemented!()
    }

    /// Stores a certificate; one that retention would drop at once is not stored.
    pub fn put_certificate(&self, certificate: &Certificate) -> Result<(), StoreError> {
        let _ = certificate;
        unimplemented!()
    }

    pub fn certificate(&self, height: Height) -> Result<Option<Certificate>, StoreError> {
        let _ = height;
        unimplemented!()
    }

    /// The certificate of the greatest height.
    pub fn latest_certificate(&self) -> Result<Option<Certificate>, StoreError> {
        unimplemented!()
    }

    /// The lowest certificate at `height` or above: with its history root it proves `height`.
    pub fn certificate_from(&self, height: Height) -> Result<Option<Certificate>, StoreError> {
        let _ = height;
        unimplemented!()
    }

    /// Certificates in retention: the latest [`CERTIFICATES_RECENT`] heights and every
    /// [`CERTIFICATE_INTERVAL`]th older one. Returns how many were removed; the work is bounded.
    pub fn prune_certificates(&self) -> Result<u64, StoreError> {
        unimplemented!()
    }

    /// The latest checkpoint and the height whose commit it follows.
    pub fn latest_checkpoint(&self) -> Result<Option<(Height, Vec<u8>)>, StoreError> {
        unimplemented!()
    }

    pub fn checkpoint(&self, height: Height) -> Result<Option<Vec<u8>>, StoreError> {
        let _ = height;
        unimplemented!()
    }

    /// Reads everything and names what is damaged.
    pub fn check(&self) -> Audit {
        self.records.audit()
    }
}

impl StateReader for LedgerStore {
    fn account(&self, address: &Address) -> Result<Option<Account>, StateError> {
        let _ = address;
        unimplemented!()
    }

    fn public_key(&self, address: &Address) -> Result<Option<PublicKey>, StateError> {
        let _ = address;
        unimplemented!()
    }

    fn tree_node(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        let _ = key;
        unimplemented!()
    }

    fn tip(&self) -> Result<Tip, StateError> {
        unimplemented!()
    }
}
