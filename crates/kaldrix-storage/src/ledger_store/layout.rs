//! What is stored under which key, and for how long.
//!
//! Heights and indexes are big-endian, so that the order of keys is the order of the chain.

use borsh::{BorshDeserialize, BorshSerialize};
use kaldrix_ledger::{Entry, Tip, Writes};
use kaldrix_types::encoding::{self, Canonical};
use kaldrix_types::merkle::{self, Blake3};
use kaldrix_types::{Digest, Height, PublicKey, Receipt, Transaction};

use super::notarisations::put_notarised;
use super::{BlockCommit, CERTIFICATE_INTERVAL, CERTIFICATES_RECENT, CHECKPOINTS_RECENT};
use crate::error::StoreError;
use crate::key_value::Batch;
use crate::table::Table;

/// The key of the tip among the metadata.
pub const TIP_KEY: &[u8] = b"tip";

/// Where a transaction is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Place {
    pub height: Height,
    pub index: u32,
}

impl Canonical for Place {
    const NAME: &'static str = "place of a transaction";
    const ENCODED_BYTES_MAX: usize = 1 + 8 + 4;
}

impl Place {
    /// The key of its entry and of its receipt.
    pub fn key(self) -> Vec<u8> {
        [self.height.to_be_bytes().as_slice(), &self.index.to_be_bytes()].concat()
    }
}

/// An executed transaction and its carrier.
#[derive(Debug, BorshSerialize, BorshDeserialize)]
pub struct EntryRecord(pub Entry);

impl Canonical for EntryRecord {
    const NAME: &'static str = "ledger entry";
    const ENCODED_BYTES_MAX: usize = 2 + Transaction::ENCODED_BYTES_MAX;
}

/// A registered public key.
#[derive(Debug, BorshSerialize, BorshDeserialize)]
pub struct KeyRecord(pub PublicKey);

impl Canonical for KeyRecord {
    const NAME: &'static str = "public key";
    const ENCODED_BYTES_MAX: usize = 4096;
}

pub fn height_key(height: Height) -> Vec<u8> {
    height.to_be_bytes().to_vec()
}

pub fn parse_height_key(key: &[u8]) -> Option<Height> {
    Some(Height::from_be_bytes(key.try_into().ok()?))
}

pub fn transactions_root(entries: &[Entry]) -> Digest {
    let ids = entries.iter().map(|entry| *entry.transaction.id().as_bytes());
    merkle::root::<Blake3, _>(ids)
}

pub fn receipts_root(receipts: &[Receipt]) -> Digest {
    merkle::root::<Blake3, _>(receipts.iter().map(encoding::to_bytes))
}

/// The block itself, with its receipts, the ways to find it, and its checkpoint.
pub fn put_block(batch: &mut Batch, block: &BlockCommit<'_>) -> Result<(), StoreError> {
    let BlockCommit { header, entries, receipts, checkpoint, .. } = *block;
    let height = header.height;
    batch.put(Table::Header, height_key(height), encoding::to_bytes(header));
    batch.put(Table::HeightById, header.id().as_bytes(), height_key(height));
    for (index, (entry, receipt)) in entries.iter().zip(receipts).enumerate() {
        let index = u32::try_from(index).map_err(|_| {
            let reason = format!("{} transactions are too many", entries.len());
            StoreError::Mismatch { height, reason }
        })?;
        let place = Place { height, index };
        batch.put(Table::Entry, place.key(), encoding::to_bytes(&EntryRecord(entry.clone())));
        batch.put(Table::Receipt, place.key(), encoding::to_bytes(receipt));
        batch.put(Table::Place, receipt.id.as_bytes(), encoding::to_bytes(&place));
        put_notarised(batch, place, entry, receipt);
    }
    if let Some(checkpoint) = checkpoint {
        batch.put(Table::Checkpoint, height_key(height), checkpoint);
    }
    Ok(())
}

/// The state after a block, its tip with it.
pub fn put_state(batch: &mut Batch, writes: &Writes) {
    for (address, account) in &writes.accounts {
        batch.put(Table::Account, address.as_bytes(), encoding::to_bytes(account));
    }
    for (address, key) in &writes.public_keys {
        let record = encoding::to_bytes(&KeyRecord(key.clone()));
        batch.put(Table::PublicKey, address.as_bytes(), record);
    }
    for key in &writes.tree_nodes_stale {
        batch.remove(Table::TreeNode, key.as_slice());
    }
    for (key, node) in &writes.tree_nodes {
        batch.put(Table::TreeNode, key.as_slice(), node.as_slice());
    }
    batch.put(Table::Meta, TIP_KEY, encoding::to_bytes::<Tip>(&writes.tip));
}

/// Removes what is no longer kept once `height` is committed.
pub fn remove_expired(batch: &mut Batch, height: Height) {
    if let Some(expired) = expired_certificate(height) {
        batch.remove(Table::Certificate, height_key(expired));
    }
    if let Some(expired) = height.checked_sub(CHECKPOINTS_RECENT) {
        batch.remove(Table::Checkpoint, height_key(expired));
    }
}

/// The height whose certificate expires when `height` is committed.
pub fn expired_certificate(height: Height) -> Option<Height> {
    let expired = height.checked_sub(CERTIFICATES_RECENT)?;
    (!expired.is_multiple_of(CERTIFICATE_INTERVAL)).then_some(expired)
}

/// Whether a certificate of `height` is no longer kept when the tip is at `tip_height`.
pub fn certificate_expired(height: Height, tip_height: Height) -> bool {
    let recent = height.saturating_add(CERTIFICATES_RECENT) > tip_height;
    !recent && !height.is_multiple_of(CERTIFICATE_INTERVAL)
}
