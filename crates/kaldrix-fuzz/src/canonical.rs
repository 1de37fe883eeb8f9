//! Values in the canonical encoding: bytes that are accepted are the bytes that would be written.

use std::fmt::Debug;

use kaldrix_consensus::Checkpoint;
use kaldrix_ledger::LedgerBlock;
use kaldrix_node::wire::WireMessage;
use kaldrix_types::encoding::{Canonical, from_bytes, to_bytes};
use kaldrix_types::{Block, Certificate, Transaction, TransactionBody};

/// The decoded value, if the bytes are one: written again it gives the same bytes, which are read
/// as the same value.
fn only_form<T: Canonical + PartialEq + Debug>(bytes: &[u8]) -> Option<T> {
    let value = from_bytes::<T>(bytes).ok()?;
    let written = to_bytes(&value);
    assert_eq!(written, bytes, "a {} has a second form", T::NAME);
    assert!(written.len() <= T::ENCODED_BYTES_MAX);
    assert_eq!(from_bytes::<T>(&written).as_ref(), Ok(&value));
    Some(value)
}

pub(crate) fn transaction(bytes: &[u8]) {
    only_form::<TransactionBody>(bytes);
    if let Some(transaction) = only_form::<Transaction>(bytes) {
        assert_eq!(transaction.id(), transaction.body.id());
        only_form::<TransactionBody>(&to_bytes(&transaction.body));
    }
}

pub(crate) fn block(bytes: &[u8]) {
    if let Some(block) = only_form::<Block>(bytes) {
        let root = block.signed_root();
        assert_eq!(root, block.header.signed_root(&block.transactions));
        for (index, vote) in block.header.votes.iter().enumerate() {
            let path = block.header.vote_path(index).expect("a path for every vote");
            assert!(path.verify::<kaldrix_types::merkle::Blake3>(&vote.leaf(), &root.votes_root));
        }
    }
}

pub(crate) fn certificate(bytes: &[u8]) {
    if let Some(certificate) = only_form::<Certificate>(bytes) {
        crate::specimens::judge(&certificate);
    }
}

pub(crate) fn ledger_block(bytes: &[u8]) {
    if let Some(block) = only_form::<LedgerBlock>(bytes) {
        assert_eq!(block.header.vote().block, block.header.id());
    }
}

pub(crate) fn checkpoint(bytes: &[u8]) {
    if let Some(checkpoint) = only_form::<Checkpoint>(bytes) {
        assert_eq!(checkpoint.digest(), Checkpoint::digest_of(bytes));
    }
}

pub(crate) fn message(bytes: &[u8]) {
    only_form::<WireMessage>(bytes);
}
