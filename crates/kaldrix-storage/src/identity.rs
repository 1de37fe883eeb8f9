//! Which chain a store belongs to, and in which format it is written.

use kaldrix_types::ChainId;

use crate::error::StoreError;
use crate::key_value::Batch;
use crate::records::Records;
use crate::table::Table;

/// Rises with every change of what tables, keys or values mean.
pub const FORMAT_VERSION: u8 = 2;

const IDENTITY_KEY: &[u8] = b"identity";

/// Whether the store is fresh. One of another chain or format is an error.
pub(crate) fn is_fresh(records: &Records, expected: ChainId) -> Result<bool, StoreError> {
    let Some(identity) = records.get(Table::Meta, IDENTITY_KEY)? else {
        if records.is_empty() {
            return Ok(true);
        }
        let reason = "the store has records and no identity";
        return Err(StoreError::damaged(records.location(), reason));
    };
    let malformed = || records.damaged(Table::Meta, IDENTITY_KEY, "malformed identity".to_owned());
    let (&found, chain_id) = identity.split_first().ok_or_else(malformed)?;
    let store = records.location().to_owned();
    if found != FORMAT_VERSION {
        return Err(StoreError::Format { store, found, expected: FORMAT_VERSION });
    }
    let found = ChainId::from(<[u8; 32]>::try_from(chain_id).map_err(|_| malformed())?);
    if found != expected {
        return Err(StoreError::WrongChain { store, found, expected });
    }
    Ok(false)
}

/// Marks a fresh store.
pub(crate) fn mark(batch: &mut Batch, chain_id: ChainId) {
    let identity = [&[FORMAT_VERSION], chain_id.as_bytes().as_slice()].concat();
    batch.put(Table::Meta, IDENTITY_KEY, identity);
}
