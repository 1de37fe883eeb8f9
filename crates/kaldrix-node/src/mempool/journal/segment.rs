//! One file of the journal: records one after the other, each with its length and a checksum.
//!
//! A record that was cut short or damaged is skipped: the next one is found by its mark.

use std::fs::File;
use std::io;
use std::path::Path;

use kaldrix_types::encoding::{self, Canonical};
use kaldrix_types::{ChainId, Digest, Transaction};

/// Begins every record.
const MARK: [u8; 4] = *b"KTX1";
const CHECKSUM_BYTES: usize = 16;
const LENGTH_AT: usize = MARK.len();
const CHECKSUM_AT: usize = LENGTH_AT + 4;
const PAYLOAD_AT: usize = CHECKSUM_AT + CHECKSUM_BYTES;

/// What a segment holds.
#[derive(Debug, Default)]
pub struct Content {
    pub transactions: Vec<Transaction>,
    /// Bytes in the middle that hold no whole record.
    pub bytes_damaged: usize,
    /// Bytes at the end that hold no whole record: a write that was cut short.
    pub bytes_torn: usize,
}

/// Appends a transaction's record.
pub fn append(bytes: &mut Vec<u8>, chain_id: &ChainId, transaction: &[u8]) {
    let length = u32::try_from(transaction.len()).unwrap_or(u32::MAX).to_le_bytes();
    bytes.extend_from_slice(&MARK);
    bytes.extend_from_slice(&length);
    bytes.extend_from_slice(&checksum(chain_id, length, transaction));
    bytes.extend_from_slice(transaction);
}

/// The chain is part of the checksum: a journal of another network holds no record.
fn checksum(chain_id: &ChainId, length: [u8; 4], payload: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let parts: [&[u8]; 3] = [chain_id.as_bytes(), &length, payload];
    let digest = Digest::derive("kaldrix 2026 mempool journal checksum v1", &parts);
    let mut checksum = [0; CHECKSUM_BYTES];
    checksum.copy_from_slice(&digest.as_bytes()[..CHECKSUM_BYTES]);
    checksum
}

/// Reads a segment; whatever is in it, what is whole is found.
pub fn read(path: &Path, chain_id: &ChainId) -> io::Result<Content> {
    let bytes = std::fs::read(path)?;
    Ok(parse(&bytes, chain_id))
}

fn parse(bytes: &[u8], chain_id: &ChainId) -> Content {
    let mut content = Content::default();
    let (mut at, mut unread) = (0, 0);
    while at < bytes.len() {
        if let Some((transaction, length)) = record_at(&bytes[at..], chain_id) {
            content.transactions.push(transaction);
            content.bytes_damaged += unread;
            unread = 0;
            at += length;
        } else {
            at += 1;
            unread += 1;
        }
    }
    content.bytes_torn = unread;
    content
}

/// The record at the beginning of `bytes` and its length, if there is a whole one.
fn record_at(bytes: &[u8], chain_id: &ChainId) -> Option<(Transaction, usize)> {
    if !bytes.starts_with(&MARK) {
        return None;
    }
    let length: [u8; 4] = bytes.get(LENGTH_AT..CHECKSUM_AT)?.try_into().ok()?;
    let payload_bytes = usize::try_from(u32::from_le_bytes(length)).ok()?;
    if payload_bytes > Transaction::ENCODED_BYTES_MAX {
        return None;
    }
    let end = PAYLOAD_AT + payload_bytes;
    let payload = bytes.get(PAYLOAD_AT..end)?;
    if bytes[CHECKSUM_AT..PAYLOAD_AT] != checksum(chain_id, length, payload) {
        return None;
    }
    Some((encoding::from_bytes(payload).ok()?, end))
}

/// Makes a directory's new and removed files durable.
pub fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

#[cfg(test)]
mod tests {
    use kaldrix_types::{ChainId, Transaction, encoding};

    use super::{append, parse};
    use crate::mempool::fixtures::transfer;

    fn segment() -> (Vec<Transaction>, Vec<u8>) {
        let transactions: Vec<_> = (1..4).map(|sequence| transfer(1, sequence)).collect();
        let mut bytes = Vec::new();
        for transaction in &transactions {
            append(&mut bytes, &ChainId::from([7; 32]), &encoding::to_bytes(transaction));
        }
        (transactions, bytes)
    }

    /// Every byte of the last write: the file ends there, or zeros or what the disk held follow.
    #[test]
    fn a_write_torn_at_any_byte_costs_its_own_record_alone() {
        let (transactions, bytes) = segment();
        let record_bytes = bytes.len() / 3;
        for kept in 0..record_bytes {
            let cut = 2 * record_bytes + kept;
            for tail in [&[][..], &[0; 600], &[0xa5; 600]] {
                let torn = [&bytes[..cut], tail].concat();
                let content = parse(&torn, &ChainId::from([7; 32]));
                assert_eq!(content.transactions, transactions[..2], "cut at {cut}");
                let unread = (content.bytes_damaged, content.bytes_torn);
                assert_eq!(unread, (0, kept + tail.len()), "cut at {cut}");
            }
        }
    }

    /// Disks write in any order: what lies behind a sector that was not written is found.
    #[test]
    fn a_hole_costs_the_records_that_it_touches() {
        let (transactions, bytes) = segment();
        let record_bytes = bytes.len() / 3;
        for start in (0..bytes.len()).step_by(61) {
            let end = bytes.len().min(start + 512);
            let mut holed = bytes.clone();
            holed[start..end].fill(0xa5);
            let is_whole = |number: &usize| {
                let (first, behind) = (number * record_bytes, (number + 1) * record_bytes);
                behind <= start || end <= first
            };
            let whole = (0..3).filter(is_whole).map(|number| transactions[number].clone());
            let content = parse(&holed, &ChainId::from([7; 32]));
            assert!(whole.eq(content.transactions.iter().cloned()), "hole at {start}");
            let read = content.transactions.len() * record_bytes;
            assert_eq!(read + content.bytes_damaged + content.bytes_torn, bytes.len());
        }
    }

    #[test]
    fn a_flipped_bit_costs_one_record() {
        let (transactions, bytes) = segment();
        let record_bytes = bytes.len() / 3;
        for bit in (0..record_bytes * 8).step_by(97) {
            let mut damaged = bytes.clone();
            damaged[record_bytes + bit / 8] ^= 1 << (bit % 8);
            let content = parse(&damaged, &ChainId::from([7; 32]));
            let sound = [transactions[0].clone(), transactions[2].clone()];
            assert_eq!(content.transactions, sound, "bit {bit}");
            assert_eq!((content.bytes_damaged, content.bytes_torn), (record_bytes, 0));
        }
    }

    #[test]
    fn another_chains_records_are_none() {
        let (_, bytes) = segment();
        assert!(parse(&bytes, &ChainId::from([8; 32])).transactions.is_empty());
    }
}
