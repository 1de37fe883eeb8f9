//! What opening a ledger's store checks, and the check of the whole chain.
//!
//! An engine may lose its newest batches as a whole, unseen: then the tip is older and consistent,
//! and the node catches up. It may not lose a batch among them: heights would have a gap.

use std::ops::Bound;

use kaldrix_ledger::{StateError, Tip, genesis_state};
use kaldrix_types::merkle::Frontier;
use kaldrix_types::{Genesis, Height, LedgerBlockId, LedgerHeader};

use super::layout::{Place, TIP_KEY, height_key, parse_height_key, put_state};
use super::{LedgerStore, history};
use crate::error::StoreError;
use crate::identity;
use crate::key_value::{Batch, Durability, Scan};
use crate::records::{Audit, Records};
use crate::table::Table;

/// Blocks below the tip that opening checks.
pub const HEADERS_CHECKED_MAX: u64 = 16_384;
/// Headers that one step holds in memory.
const PAGE_HEADERS_MAX: usize = 256;

/// The tip of a sound store. A fresh store gets the genesis state.
pub fn recover(records: &Records, genesis: &Genesis) -> Result<Tip, StoreError> {
    if identity::is_fresh(records, genesis.chain_id())? {
        return write_genesis(records, genesis);
    }
    let tip: Option<Tip> = records.value(Table::Meta, TIP_KEY)?;
    let missing = || records.damaged(Table::Meta, TIP_KEY, "missing".to_owned());
    let tip = tip.ok_or_else(missing)?;
    check_nothing_above(records, tip.height)?;
    check_recent(records, &tip, genesis.ledger_block_id())?;
    // What a node reads first: it must not fail over it at every start.
    records.get(Table::Checkpoint, &height_key(tip.height))?;
    records.first(Table::Certificate, Scan::all(1).descending())?;
    Ok(tip)
}

fn write_genesis(records: &Records, genesis: &Genesis) -> Result<Tip, StoreError> {
    let writes = genesis_state(genesis).map_err(|error: StateError| StoreError::Mismatch {
        height: 0,
        reason: format!("the genesis state cannot be made: {error}"),
    })?;
    let mut batch = Batch::default();
    identity::mark(&mut batch, genesis.chain_id());
    put_state(&mut batch, &writes);
    history::put_block_id(&mut batch, &mut Frontier::default(), &writes.tip.block);
    records.write(batch, Durability::Synced)?;
    Ok(writes.tip)
}

/// The tables whose keys begin with a height that is never above the tip's.
const ORDERED_BY_HEIGHT: [Table; 5] =
    [Table::Header, Table::Entry, Table::Receipt, Table::Checkpoint, Table::History];

/// No table that is ordered by height reaches above the tip. Certificates may: peers send them.
fn check_nothing_above(records: &Records, tip_height: Height) -> Result<(), StoreError> {
    for table in ORDERED_BY_HEIGHT {
        let last = records.keys(table, &Scan::all(1).descending())?;
        let Some(key) = last.first() else { continue };
        let height = key.get(..8).and_then(parse_height_key);
        if height.is_none_or(|height| height > tip_height) {
            let reason = format!("it lies above the tip at height {tip_height}");
            return Err(records.damaged(table, key, reason));
        }
    }
    Ok(())
}

/// Follows the headers down from the tip: no height is missing, each is the next one's parent.
fn check_recent(records: &Records, tip: &Tip, genesis: LedgerBlockId) -> Result<(), StoreError> {
    let mut expected = (tip.height, tip.block);
    let lowest = tip.height.saturating_sub(HEADERS_CHECKED_MAX);
    let mut below = Bound::Unbounded;
    while expected.0 > lowest {
        let scan = Scan::all(PAGE_HEADERS_MAX).to(below).descending();
        let page = records.scan(Table::Header, &scan)?;
        if page.is_empty() {
            let key = height_key(expected.0);
            return Err(records.damaged(Table::Header, &key, "missing".to_owned()));
        }
        for record in page {
            let record = record?;
            let header = records.decode(Table::Header, &record.key, &record.value)?;
            check_header(records, &header, expected)?;
            expected = (expected.0.saturating_sub(1), header.parent);
        }
        below = Bound::Excluded(height_key(expected.0.saturating_add(1)));
    }
    if expected.0 == 0 && expected.1 != genesis {
        let reason = format!("the chain begins with block {}, not with genesis", expected.1);
        return Err(records.damaged(Table::Header, &height_key(1), reason));
    }
    Ok(())
}

fn check_header(
    records: &Records,
    header: &LedgerHeader,
    (height, id): (Height, LedgerBlockId),
) -> Result<(), StoreError> {
    let key = height_key(height);
    if header.height != height {
        return Err(records.damaged(Table::Header, &key, "missing".to_owned()));
    }
    if header.id() != id {
        let reason = format!("its id is {}, the block above names {id}", header.id());
        return Err(records.damaged(Table::Header, &key, reason));
    }
    Ok(())
}

/// Walks the whole chain upward and reports each block that is missing, does not follow what is
/// below it, or lacks transactions, receipts, or the ways to find them.
pub fn check_chain(store: &LedgerStore, audit: &mut Audit) {
    let (mut parent, mut history) = (Some(store.genesis_block), Some(Frontier::default()));
    check_history(store, audit, history.as_mut(), &store.genesis_block);
    for height in 1..=store.latest().height {
        let Some(header) = report(audit, header_at(store, height)) else {
            (parent, history) = (None, None);
            continue;
        };
        let id = header.id();
        report(audit, check_parent(store, &header, parent));
        if let Some(history) = &history {
            report(audit, store.check_history_root(history, &header));
        }
        check_history(store, audit, history.as_mut(), &id);
        report(audit, check_content(store, height));
        parent = Some(id);
    }
}

/// Notes damage, unless it was reported before: what is damaged in itself was.
fn report<T>(audit: &mut Audit, result: Result<T, StoreError>) -> Option<T> {
    result
        .map_err(|error| match error {
            StoreError::Damaged(damage) if !audit.damages.contains(&damage) => {
                audit.report(*damage);
            }
            _ => {}
        })
        .ok()
}

fn header_at(store: &LedgerStore, height: Height) -> Result<LedgerHeader, StoreError> {
    let missing =
        || store.records.damaged(Table::Header, &height_key(height), "missing".to_owned());
    store.header(height)?.ok_or_else(missing)
}

fn check_parent(
    store: &LedgerStore,
    header: &LedgerHeader,
    parent: Option<LedgerBlockId>,
) -> Result<(), StoreError> {
    match parent {
        Some(parent) if header.parent != parent => {
            let reason = format!("its parent is {}, below it is {parent}", header.parent);
            Err(store.records.damaged(Table::Header, &height_key(header.height), reason))
        }
        _ => Ok(()),
    }
}

/// Without the blocks below it nothing can be said of a subtree.
fn check_history(
    store: &LedgerStore,
    audit: &mut Audit,
    history: Option<&mut Frontier>,
    block: &LedgerBlockId,
) {
    if let Some(history) = history {
        report(audit, store.check_history(history, block));
    }
}

fn check_content(store: &LedgerStore, height: Height) -> Result<(), StoreError> {
    let block = store.block(height)?;
    let receipts = store.receipts(height)?.unwrap_or_default();
    let entries = block.iter().flat_map(|block| &block.entries);
    for (index, (entry, receipt)) in (0..).zip(entries.zip(&receipts)) {
        store.check_notarised(Place { height, index }, entry, receipt)?;
    }
    Ok(())
}
