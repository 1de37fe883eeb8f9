//! Which transactions notarised a digest: the way from a document to its certified date.
//!
//! A record a digest and transaction, with nothing in it: the key says where the transaction is.
//! What a transaction may notarise is bounded, and so are its records.

use std::ops::Bound;

use kaldrix_ledger::Entry;
use kaldrix_types::{Digest, Outcome, Payload, Receipt};

use super::layout::{Place, parse_height_key};
use super::{ExecutedTransaction, LedgerStore};
use crate::error::StoreError;
use crate::key_value::{Batch, Scan};
use crate::table::Table;

/// The digests that an executed transaction notarised.
fn notarised<'a>(entry: &'a Entry, receipt: &Receipt) -> &'a [Digest] {
    match (&entry.transaction.body.payload, receipt.outcome) {
        (Payload::Notarise(notarisation), Outcome::Applied) => &notarisation.digests,
        _ => &[],
    }
}

/// In the order of the chain, for one digest.
fn key(digest: &Digest, place: Place) -> Vec<u8> {
    [digest.as_bytes().as_slice(), &place.key()].concat()
}

pub(super) fn put_notarised(batch: &mut Batch, place: Place, entry: &Entry, receipt: &Receipt) {
    for digest in notarised(entry, receipt) {
        batch.put(Table::Notarisation, key(digest, place), []);
    }
}

impl LedgerStore {
    /// The transactions that notarised `digest`, the earliest first, from those after `after`.
    pub fn notarisations(
        &self,
        digest: &Digest,
        after: Option<Place>,
        transactions_max: usize,
    ) -> Result<Vec<ExecutedTransaction>, StoreError> {
        let mut scan = Scan::prefix(digest.as_bytes(), transactions_max);
        if let Some(after) = after {
            scan = scan.from(Bound::Excluded(key(digest, after)));
        }
        let mut found = Vec::new();
        for record in self.records.scan(Table::Notarisation, &scan)? {
            let key = record?.key;
            let damaged =
                |reason: &str| self.records.damaged(Table::Notarisation, &key, reason.to_owned());
            let place = parse_place(&key).ok_or_else(|| damaged("its key names no place"))?;
            let executed = self.executed_at(place)?;
            if !notarised(&executed.entry, &executed.receipt).contains(digest) {
                return Err(damaged("the transaction there did not notarise the digest"));
            }
            found.push(executed);
        }
        Ok(found)
    }

    /// Each digest that the transaction at `place` notarised leads back to it.
    pub(super) fn check_notarised(
        &self,
        place: Place,
        entry: &Entry,
        receipt: &Receipt,
    ) -> Result<(), StoreError> {
        for digest in notarised(entry, receipt) {
            let key = key(digest, place);
            if self.records.get(Table::Notarisation, &key)?.is_none() {
                return Err(self.records.damaged(Table::Notarisation, &key, "missing".to_owned()));
            }
        }
        Ok(())
    }
}

fn parse_place(key: &[u8]) -> Option<Place> {
    let (height, index) = key.get(32..)?.split_at_checked(8)?;
    Some(Place {
        height: parse_height_key(height)?,
        index: u32::from_be_bytes(index.try_into().ok()?),
    })
}
