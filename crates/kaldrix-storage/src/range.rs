//! Ranges of the ledger: read for a peer that catches up, and checked before they are executed.

use std::fmt::Display;

use kaldrix_consensus::{LEDGER_REPLY_BLOCKS_MAX, LedgerReply};
use kaldrix_ledger::{LedgerBlock, ReplayError, Tip};
use kaldrix_types::encoding::{self, Bounded, DecodeError};
use kaldrix_types::{Certificate, Height, LedgerBlockId, LedgerHeader};

use crate::error::StoreError;
use crate::ledger_store::LedgerStore;

/// What one answer holds at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RangeLimits {
    pub blocks_max: usize,
    /// Of blocks, unless one block alone is longer.
    pub bytes_max: usize,
}

impl Default for RangeLimits {
    fn default() -> Self {
        Self { blocks_max: LEDGER_REPLY_BLOCKS_MAX, bytes_max: 4 * 1024 * 1024 }
    }
}

/// Why a range is not a certified continuation of this ledger.
#[derive(Debug, thiserror::Error)]
pub enum RangeError {
    #[error(transparent)]
    Decode(#[from] DecodeError),
    #[error("its certificate: {reason}")]
    Certificate { reason: String },
    #[error("it begins after height {found}, this ledger is at {expected}")]
    Start { found: Height, expected: Height },
    #[error("the header of height {height} does not follow the one before")]
    Chain { height: Height },
    #[error("it ends with block {found} at height {height}, the certificate names {certified}")]
    End { height: Height, found: LedgerBlockId, certified: LedgerBlockId },
    #[error(transparent)]
    Replay(#[from] ReplayError),
}

/// The blocks after a height, as many as fit, and the proof that a quorum certified them. `None`
/// where nothing above it is certified here.
pub fn read(
    ledger: &LedgerStore,
    after: Height,
    limits: RangeLimits,
) -> Result<Option<LedgerReply>, StoreError> {
    let Some(latest) = ledger.latest_certificate()? else { return Ok(None) };
    let certified = latest.vote.height.min(ledger.latest().height);
    if after > certified {
        return Ok(None);
    }
    let (mut blocks, mut bytes, mut last) = (Vec::new(), 0_usize, after);
    while last < certified && blocks.len() < limits.blocks_max {
        let Some(block) = ledger.block(last.saturating_add(1))? else { break };
        let block = encoding::to_bytes(&block);
        bytes = bytes.saturating_add(block.len());
        if bytes > limits.bytes_max && !blocks.is_empty() {
            break;
        }
        blocks.push(block);
        last = last.saturating_add(1);
    }
    let Some(certificate) = ledger.certificate_from(last.max(1))? else { return Ok(None) };
    let mut headers = Vec::new();
    for height in last.saturating_add(1)..=certificate.vote.height {
        let Some(header) = ledger.header(height)? else { return Ok(None) };
        headers.push(encoding::to_bytes(&header));
    }
    let checkpoint = if last == 0 { None } else { ledger.checkpoint(last)? };
    let (Ok(blocks), Ok(headers)) = (Bounded::new(blocks), Bounded::new(headers)) else {
        return Ok(None);
    };
    let checkpoint = checkpoint.unwrap_or_default();
    Ok(Some(LedgerReply { after, blocks, headers, certificate, checkpoint }))
}

/// The range's blocks, if a quorum certified that they follow `tip`. `verify` says whether a
/// certificate holds.
pub fn check<E: Display>(
    reply: &LedgerReply,
    tip: &Tip,
    verify: impl FnOnce(&Certificate) -> Result<(), E>,
) -> Result<Vec<LedgerBlock>, RangeError> {
    if reply.after != tip.height {
        return Err(RangeError::Start { found: reply.after, expected: tip.height });
    }
    verify(&reply.certificate)
        .map_err(|error| RangeError::Certificate { reason: error.to_string() })?;
    let blocks = reply.blocks.iter().map(|bytes| encoding::from_bytes::<LedgerBlock>(bytes));
    let blocks = blocks.collect::<Result<Vec<_>, _>>()?;
    let headers = reply.headers.iter().map(|bytes| encoding::from_bytes::<LedgerHeader>(bytes));
    let headers = headers.collect::<Result<Vec<_>, _>>()?;
    let (mut height, mut id) = (tip.height, tip.block);
    for header in blocks.iter().map(|block| &block.header).chain(&headers) {
        height = height.saturating_add(1);
        if header.height != height || header.parent != id {
            return Err(RangeError::Chain { height });
        }
        id = header.id();
    }
    let certified = reply.certificate.vote;
    if (certified.height, certified.block) != (height, id) {
        return Err(RangeError::End { height, found: id, certified: certified.block });
    }
    Ok(blocks)
}
