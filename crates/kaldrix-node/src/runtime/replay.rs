//! Following the network by ranges of its ledger: each is checked against a quorum's certificate
//! before any of it is executed, and each block must lead to exactly its certified header.

use kaldrix_consensus::{Checkpoint, LedgerReply, Replayed};
use kaldrix_crypto::CertificateError;
use kaldrix_ledger::{LedgerBlock, ReplayError, replay};
use kaldrix_storage::{BlockCommit, Durability};
use kaldrix_types::encoding::{self, DecodeError};
use kaldrix_types::{Height, LedgerBlockId, LedgerHeader, PeerId, Vote};

use super::executor::{Executor, broken};
use crate::error::NodeError;

/// Why a range is not a certified continuation of this ledger.
#[derive(Debug, thiserror::Error)]
enum RangeError {
    #[error(transparent)]
    Decode(#[from] DecodeError),
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    #[error("it begins after height {found}, this ledger is at {expected}")]
    Start { found: Height, expected: Height },
    #[error("the header of height {height} does not follow the one before")]
    Chain { height: Height },
    #[error("it ends with block {found} at height {height}, the certificate names {certified}")]
    End { height: Height, found: LedgerBlockId, certified: LedgerBlockId },
}

impl Executor {
    /// Executes a range that a peer sent; none where the peer is at fault.
    pub(super) fn replay(
        &self,
        from: &PeerId,
        reply: &LedgerReply,
    ) -> Result<Option<Replayed>, NodeError> {
        let blocks = match self.check_range(reply) {
            Ok(blocks) => blocks,
            Err(error) => {
                tracing::warn!(peer = %from, %error, "refused a range of the ledger");
                return Ok(None);
            }
        };
        let mut executions = Vec::with_capacity(blocks.len());
        for block in &blocks {
            let is_last = block.header.height == reply.after.saturating_add(blocks.len() as u64);
            let checkpoint = is_last.then_some(&*reply.checkpoint).filter(|c| !c.is_empty());
            let bound = |c: &&[u8]| Checkpoint::digest_of(c) == block.header.checkpoint;
            match replay(&*self.ledger, &self.rules, &block.header, &block.entries) {
                Ok(execution) => {
                    let commit = BlockCommit::new(&execution, checkpoint.filter(bound));
                    self.ledger.commit(&[commit], Durability::Buffered)?;
                    executions.push(execution);
                }
                Err(ReplayError::Ledger(error)) => return Err(broken(error)),
                Err(error) => {
                    tracing::warn!(peer = %from, %error, "refused a block of the ledger");
                    break;
                }
            }
        }
        if executions.is_empty() && !blocks.is_empty() {
            return Ok(None);
        }
        self.ledger.sync()?;
        executions.iter().for_each(|execution| self.announce(execution));
        self.finish_range(reply, executions.len() == blocks.len()).map(Some)
    }

    fn finish_range(&self, reply: &LedgerReply, is_whole: bool) -> Result<Replayed, NodeError> {
        let tip = self.ledger.latest();
        self.ledger.put_certificate(&reply.certificate)?;
        self.finality.certified(tip.height);
        // Own blocks may have fallen behind what is committed now, unseen by the replica.
        self.mempool.reclaim_all();
        let header = self.ledger.header(tip.height)?.filter(|_| is_whole);
        let bound =
            |header: &LedgerHeader| Checkpoint::digest_of(&reply.checkpoint) == header.checkpoint;
        let checkpoint = header.filter(bound);
        let checkpoint = checkpoint.and_then(|_| encoding::from_bytes(&reply.checkpoint).ok());
        tracing::info!(
            height = tip.height,
            blocks = tip.height - reply.after,
            can_follow = checkpoint.is_some(),
            "caught up by a range of the ledger"
        );
        let certified_height = tip.height;
        let tip = Vote { height: tip.height, block: tip.block };
        Ok(Replayed { tip, certified_height, checkpoint })
    }

    /// The range's blocks, if a quorum certified that they follow this ledger's tip.
    fn check_range(&self, reply: &LedgerReply) -> Result<Vec<LedgerBlock>, RangeError> {
        let tip = self.ledger.latest();
        if reply.after != tip.height {
            return Err(RangeError::Start { found: reply.after, expected: tip.height });
        }
        kaldrix_crypto::verify_certificate(&reply.certificate, self.chain_id, &self.committee)?;
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
}
