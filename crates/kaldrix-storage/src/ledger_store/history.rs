//! The Merkle tree over all ledger block ids, genesis first, of which each header binds the root.
//!
//! Each perfect subtree is stored once, in the batch of the block that completes it: two records a
//! block on average. From them the way from any block to any later block's history root takes at
//! most 128 reads, however long the chain is.

use kaldrix_types::merkle::{self, Blake3, Frontier, InclusionProof, Subtree};
use kaldrix_types::{Digest, Height, LedgerBlockId, LedgerHeader};

use super::LedgerStore;
use super::layout::height_key;
use crate::error::StoreError;
use crate::key_value::Batch;
use crate::table::Table;

/// The height of the block that completes a subtree, so that the order of keys is that of the
/// chain, and its level.
fn subtree_key(Subtree { level, index }: Subtree) -> Vec<u8> {
    let completed_at = (index << level) | ((1 << level) - 1);
    let mut key = height_key(completed_at);
    key.push(level);
    key
}

/// Appends the next block's id to `history`, and puts the subtrees that it completes.
pub(super) fn put_block_id(batch: &mut Batch, history: &mut Frontier, block: &LedgerBlockId) {
    history.push_noting::<Blake3>(block.as_bytes(), |subtree, root| {
        batch.put(Table::History, subtree_key(subtree), root.as_bytes().as_slice());
    });
}

impl LedgerStore {
    /// The way from the id of the block at `height` to the history root that the block at `later`
    /// binds; none if that is no later block, or not there.
    pub fn history_path(
        &self,
        height: Height,
        later: Height,
    ) -> Result<Option<InclusionProof>, StoreError> {
        let (Some(id), Some(header)) = (self.block_id(height)?, self.header(later)?) else {
            return Ok(None);
        };
        let read = |subtree| self.subtree_root(subtree);
        let Some(path) = merkle::prove_from::<Blake3, _>(height, later, read)? else {
            return Ok(None);
        };
        if path.verify::<Blake3>(id.as_bytes(), &header.history_root) {
            return Ok(Some(path));
        }
        let reason = format!("its history root is not the one that block {height} leads to");
        Err(self.records.damaged(Table::Header, &height_key(later), reason))
    }

    /// The id of the block at `height`, genesis included.
    pub fn block_id(&self, height: Height) -> Result<Option<LedgerBlockId>, StoreError> {
        if height == 0 {
            return Ok(Some(self.genesis_block));
        }
        Ok(self.header(height)?.map(|header| header.id()))
    }

    fn subtree_root(&self, subtree: Subtree) -> Result<Digest, StoreError> {
        let key = subtree_key(subtree);
        let damaged = |reason: &str| self.records.damaged(Table::History, &key, reason.to_owned());
        let bytes = self.records.get(Table::History, &key)?.ok_or_else(|| damaged("missing"))?;
        let root = bytes.try_into().map_err(|_| damaged("not a digest"))?;
        Ok(Digest(root))
    }

    /// Appends the next block's id to `history`, and compares the subtrees that it completes with
    /// those stored.
    pub(super) fn check_history(
        &self,
        history: &mut Frontier,
        block: &LedgerBlockId,
    ) -> Result<(), StoreError> {
        let mut checked = Ok(());
        history.push_noting::<Blake3>(block.as_bytes(), |subtree, root| {
            if checked.is_ok() {
                checked = self.check_subtree(subtree, root);
            }
        });
        checked
    }

    fn check_subtree(&self, subtree: Subtree, root: Digest) -> Result<(), StoreError> {
        if self.subtree_root(subtree)? == root {
            return Ok(());
        }
        let reason = "not the root over the block ids below it".to_owned();
        Err(self.records.damaged(Table::History, &subtree_key(subtree), reason))
    }

    /// `history` holds the ids of all blocks below this one's.
    pub(super) fn check_history_root(
        &self,
        history: &Frontier,
        header: &LedgerHeader,
    ) -> Result<(), StoreError> {
        if history.root::<Blake3>() == header.history_root {
            return Ok(());
        }
        let reason = "its history root is not that of the blocks below".to_owned();
        Err(self.records.damaged(Table::Header, &height_key(header.height), reason))
    }
}
