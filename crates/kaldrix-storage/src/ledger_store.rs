//! The ledger's store: blocks, receipts, certificates, checkpoints and the state, on any engine.
//!
//! A ledger block and the state it leads to are one batch: both are there or neither is. Heights
//! are consecutive, each block names its parent, and nothing lies above the tip; opening checks
//! that for the recent blocks, [`LedgerStore::check`] for all.

mod history;
mod layout;
mod notarisations;
mod recovery;

use std::ops::Bound;
use std::sync::Arc;

use kaldrix_ledger::{Entry, Execution, LedgerBlock, StateError, StateReader, Tip, Writes};
use kaldrix_types::encoding::{self, Bounded, Canonical};
use kaldrix_types::{
    Account, Address, Certificate, Genesis, Height, LedgerBlockId, LedgerHeader, PublicKey,
    Receipt, TransactionId,
};
use parking_lot::{Mutex, RwLock};

use crate::error::StoreError;
use crate::key_value::{Batch, Durability, KeyValue, Record, Scan};
use crate::records::{Audit, Records};
use crate::table::Table;
pub use layout::Place;
use layout::{EntryRecord, KeyRecord, height_key, parse_height_key};

/// The tables of a ledger's store.
pub const LEDGER_TABLES: &[Table] = &[
    Table::Meta,
    Table::Header,
    Table::HeightById,
    Table::Entry,
    Table::Receipt,
    Table::Place,
    Table::Certificate,
    Table::Checkpoint,
    Table::Account,
    Table::PublicKey,
    Table::TreeNode,
    Table::History,
    Table::Notarisation,
];
/// Latest heights whose certificates are all kept.
pub const CERTIFICATES_RECENT: u64 = 1024;
/// Of older heights, the multiples of this keep their certificate.
pub const CERTIFICATE_INTERVAL: u64 = 256;
/// Latest heights whose checkpoints are kept.
pub const CHECKPOINTS_RECENT: u64 = 256;

/// An executed ledger block with all that is stored along with it.
#[derive(Debug, Clone, Copy)]
pub struct BlockCommit<'a> {
    pub header: &'a LedgerHeader,
    pub entries: &'a [Entry],
    /// One for each entry, at the same place.
    pub receipts: &'a [Receipt],
    pub writes: &'a Writes,
    /// The replica's state after this block's commit, as `header.checkpoint` names it.
    pub checkpoint: Option<&'a [u8]>,
}

impl<'a> BlockCommit<'a> {
    pub fn new(execution: &'a Execution, checkpoint: Option<&'a [u8]>) -> Self {
        let Execution { header, entries, receipts, writes, .. } = execution;
        Self { header, entries, receipts, writes, checkpoint }
    }
}

/// A transaction where the ledger has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecutedTransaction {
    pub height: Height,
    /// Its place in the block, from 0.
    pub index: u32,
    pub entry: Entry,
    pub receipt: Receipt,
}

/// The ledger on disk or in memory.
#[derive(Debug)]
pub struct LedgerStore {
    records: Records,
    /// Held while blocks are committed, so that each is checked against the one before.
    committing: Mutex<()>,
    /// Moves on once a block is written: other reads may see the block a moment earlier.
    tip: RwLock<Tip>,
    genesis_block: LedgerBlockId,
}

impl LedgerStore {
    /// Opens the store. A fresh one gets the genesis state; one of another chain is refused.
    /// The work is bounded, however long the chain is.
    pub fn open(store: Arc<dyn KeyValue>, genesis: &Genesis) -> Result<Self, StoreError> {
        let records = Records::open(store)?;
        let genesis_block = genesis.ledger_block_id();
        let tip = recovery::recover(&records, genesis)?;
        let (committing, tip) = (Mutex::new(()), RwLock::new(tip));
        Ok(Self { records, committing, tip, genesis_block })
    }

    /// The directory, or what else names the store in an error.
    pub fn location(&self) -> &str {
        self.records.location()
    }

    /// Stores consecutive blocks, the first of which follows the tip, in one atomic batch.
    pub fn commit(
        &self,
        blocks: &[BlockCommit<'_>],
        durability: Durability,
    ) -> Result<(), StoreError> {
        let _committing = self.committing.lock();
        let mut next = self.latest();
        let mut batch = Batch::default();
        for block in blocks {
            check_follows(&next, block)?;
            history::put_block_id(&mut batch, &mut next.history, &block.writes.tip.block);
            check_history(&next, block)?;
            layout::put_block(&mut batch, block)?;
            layout::put_state(&mut batch, block.writes);
            layout::remove_expired(&mut batch, block.header.height);
            next = block.writes.tip.clone();
        }
        self.records.write(batch, durability)?;
        *self.tip.write() = next;
        Ok(())
    }

    /// Makes everything stored so far survive the loss of power.
    pub fn sync(&self) -> Result<(), StoreError> {
        self.records.write(Batch::default(), Durability::Synced)
    }

    /// The last committed block and what the next one builds on. At genesis its height is 0.
    pub fn latest(&self) -> Tip {
        self.tip.read().clone()
    }

    /// Reads while no block is being committed, so that the state is that of the tip and whole.
    /// Commits wait meanwhile.
    pub fn at_rest<T>(&self, read: impl FnOnce(&Tip) -> T) -> T {
        let _committing = self.committing.lock();
        read(&self.latest())
    }

    pub fn header(&self, height: Height) -> Result<Option<LedgerHeader>, StoreError> {
        self.records.value(Table::Header, &height_key(height))
    }

    /// The whole block, if its entries are the ones that its header binds.
    pub fn block(&self, height: Height) -> Result<Option<LedgerBlock>, StoreError> {
        let Some(header) = self.header(height)? else { return Ok(None) };
        let entries: Vec<EntryRecord> = self.of_height(Table::Entry, height)?;
        let entries: Vec<Entry> = entries.into_iter().map(|EntryRecord(entry)| entry).collect();
        let root = layout::transactions_root(&entries);
        self.check_root(&header, "transactions", root == header.transactions_root)?;
        let entries = Bounded::new(entries).map_err(|error| {
            self.records.damaged(Table::Entry, &height_key(height), error.to_string())
        })?;
        Ok(Some(LedgerBlock { header, entries }))
    }

    /// The block's receipts, if they are the ones that its header binds.
    pub fn receipts(&self, height: Height) -> Result<Option<Vec<Receipt>>, StoreError> {
        let Some(header) = self.header(height)? else { return Ok(None) };
        let receipts: Vec<Receipt> = self.of_height(Table::Receipt, height)?;
        let root = layout::receipts_root(&receipts);
        self.check_root(&header, "receipts", root == header.receipts_root)?;
        Ok(Some(receipts))
    }

    pub fn height_of(&self, id: &LedgerBlockId) -> Result<Option<Height>, StoreError> {
        let Some(bytes) = self.records.get(Table::HeightById, id.as_bytes())? else {
            return Ok(None);
        };
        let malformed = || {
            let reason = "not a height".to_owned();
            self.records.damaged(Table::HeightById, id.as_bytes(), reason)
        };
        parse_height_key(&bytes).ok_or_else(malformed).map(Some)
    }

    pub fn transaction(
        &self,
        id: &TransactionId,
    ) -> Result<Option<ExecutedTransaction>, StoreError> {
        let Some(place) = self.records.value::<Place>(Table::Place, id.as_bytes())? else {
            return Ok(None);
        };
        self.executed_at(place).map(Some)
    }

    fn executed_at(&self, place: Place) -> Result<ExecutedTransaction, StoreError> {
        let EntryRecord(entry) = self.at_place(Table::Entry, place)?;
        let receipt = self.at_place(Table::Receipt, place)?;
        let Place { height, index } = place;
        Ok(ExecutedTransaction { height, index, entry, receipt })
    }

    /// Stores a certificate, unless its height is one whose certificate is no longer kept.
    pub fn put_certificate(&self, certificate: &Certificate) -> Result<(), StoreError> {
        let height = certificate.vote.height;
        if layout::certificate_expired(height, self.tip.read().height) {
            return Ok(());
        }
        let mut batch = Batch::default();
        batch.put(Table::Certificate, height_key(height), encoding::to_bytes(certificate));
        self.records.write(batch, Durability::Buffered)
    }

    /// The certificate of exactly this height.
    pub fn certificate(&self, height: Height) -> Result<Option<Certificate>, StoreError> {
        self.records.value(Table::Certificate, &height_key(height))
    }

    /// The certificate of the greatest height.
    pub fn latest_certificate(&self) -> Result<Option<Certificate>, StoreError> {
        self.first_certificate(Scan::all(1).descending())
    }

    /// The lowest certificate at `height` or above: its block's history root covers `height`.
    pub fn certificate_from(&self, height: Height) -> Result<Option<Certificate>, StoreError> {
        self.first_certificate(Scan::all(1).from(Bound::Included(height_key(height))))
    }

    fn first_certificate(&self, scan: Scan) -> Result<Option<Certificate>, StoreError> {
        let Some(Record { key, value }) = self.records.first(Table::Certificate, scan)? else {
            return Ok(None);
        };
        self.records.decode(Table::Certificate, &key, &value).map(Some)
    }

    /// The latest checkpoint and the height whose commit it follows.
    pub fn latest_checkpoint(&self) -> Result<Option<(Height, Vec<u8>)>, StoreError> {
        let latest = self.records.first(Table::Checkpoint, Scan::all(1).descending())?;
        let Some(Record { key, value }) = latest else { return Ok(None) };
        let height = parse_height_key(&key).ok_or_else(|| {
            self.records.damaged(Table::Checkpoint, &key, "its key is no height".to_owned())
        })?;
        Ok(Some((height, value)))
    }

    /// The checkpoint after `height`, one of the latest [`CHECKPOINTS_RECENT`].
    pub fn checkpoint(&self, height: Height) -> Result<Option<Vec<u8>>, StoreError> {
        self.records.get(Table::Checkpoint, &height_key(height))
    }

    /// Reads everything and names what is damaged, missing, or does not follow its parent.
    pub fn check(&self) -> Audit {
        let mut audit = self.records.audit();
        recovery::check_chain(self, &mut audit);
        audit
    }

    /// All records of a table at one height, in their order in the block.
    fn of_height<T: Canonical>(&self, table: Table, height: Height) -> Result<Vec<T>, StoreError> {
        let scan = Scan::prefix(&height_key(height), usize::MAX);
        let decode = |record: Result<Record, StoreError>| {
            let Record { key, value } = record?;
            self.records.decode(table, &key, &value)
        };
        self.records.scan(table, &scan)?.into_iter().map(decode).collect()
    }

    /// What another record says is there.
    fn at_place<T: Canonical>(&self, table: Table, place: Place) -> Result<T, StoreError> {
        let found = self.records.value(table, &place.key())?;
        found.ok_or_else(|| self.records.damaged(table, &place.key(), "missing".to_owned()))
    }

    fn check_root(
        &self,
        header: &LedgerHeader,
        what: &str,
        matches: bool,
    ) -> Result<(), StoreError> {
        if matches {
            return Ok(());
        }
        let reason = format!("its {what} are not those that it binds: some are missing");
        Err(self.records.damaged(Table::Header, &height_key(header.height), reason))
    }
}

fn check_follows(tip: &Tip, block: &BlockCommit<'_>) -> Result<(), StoreError> {
    let BlockCommit { header, entries, receipts, writes, .. } = *block;
    let expected = tip.height.saturating_add(1);
    if header.height != expected {
        return Err(StoreError::Height { expected, found: header.height });
    }
    let mismatch = |reason: String| StoreError::Mismatch { height: header.height, reason };
    if header.parent != tip.block {
        return Err(mismatch(format!("its parent is {}, the tip is {}", header.parent, tip.block)));
    }
    if entries.len() != receipts.len() {
        let (entries, receipts) = (entries.len(), receipts.len());
        return Err(mismatch(format!("{entries} transactions have {receipts} receipts")));
    }
    if writes.tip.height != header.height || writes.tip.block != header.id() {
        return Err(mismatch(format!("its writes lead to block {}", writes.tip.block)));
    }
    Ok(())
}

/// `tip` holds the history with the block's id appended.
fn check_history(tip: &Tip, block: &BlockCommit<'_>) -> Result<(), StoreError> {
    if tip.history == block.writes.tip.history {
        return Ok(());
    }
    let reason = "its writes lead to another history of block ids".to_owned();
    Err(StoreError::Mismatch { height: block.header.height, reason })
}

impl StateReader for LedgerStore {
    fn account(&self, address: &Address) -> Result<Option<Account>, StateError> {
        let account = self.records.value(Table::Account, address.as_bytes());
        account.map_err(|error| state_error("account", &error))
    }

    fn public_key(&self, address: &Address) -> Result<Option<PublicKey>, StateError> {
        let key = self.records.value::<KeyRecord>(Table::PublicKey, address.as_bytes());
        let key = key.map_err(|error| state_error("public key", &error))?;
        Ok(key.map(|KeyRecord(key)| key))
    }

    fn tree_node(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        let node = self.records.get(Table::TreeNode, key);
        node.map_err(|error| state_error("tree node", &error))
    }

    fn tip(&self) -> Result<Tip, StateError> {
        Ok(self.latest())
    }
}

fn state_error(what: &'static str, error: &StoreError) -> StateError {
    let reason = error.to_string();
    match error {
        StoreError::Damaged(_) => StateError::Damaged { what, reason },
        _ => StateError::Unavailable { what, reason },
    }
}

#[cfg(test)]
mod tests {
    use super::layout::{certificate_expired, expired_certificate};
    use super::*;

    /// Removing one certificate at every commit leaves exactly those that are not expired.
    #[test]
    fn each_commit_removes_the_certificate_that_expires_with_it() {
        let tip = 3 * CERTIFICATES_RECENT;
        let removed: Vec<_> = (1..=tip).filter_map(expired_certificate).collect();
        for height in 1..=tip {
            assert_eq!(removed.contains(&height), certificate_expired(height, tip), "{height}");
        }
        assert!(!certificate_expired(tip - CERTIFICATES_RECENT + 1, tip));
        assert!(certificate_expired(tip - CERTIFICATES_RECENT - 1, tip));
        assert!(!certificate_expired(CERTIFICATE_INTERVAL, tip));
    }
}
