//! What a verified proof shows.

use kaldrix_types::{
    AuthorityIndex, ChainId, Committee, Digest, Epoch, Height, LedgerBlockId, Outcome, Payload,
    Stake,
};

use crate::checkpoint::Checkpoint;
use crate::error::{Fault, Link, ProofError};
use crate::proof::{Claim, ExecutedTransaction};

/// A claim that holds. Only [`verify()`] makes one.
///
/// [`verify()`]: crate::verify()
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    pub chain_id: ChainId,
    pub claim: Claim,
    /// The ledger block that the claim is about.
    pub block: LedgerBlockId,
    pub height: Height,
    pub epoch: Epoch,
    /// The block's, in milliseconds since 1970.
    pub timestamp_ms: u64,
    pub confirmation: Confirmation,
}

/// What shows that the block is final.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirmation {
    /// A quorum of `committee` signed a vote for the block at `height`, which is the claim's block
    /// or has it in its history.
    Certificate {
        height: Height,
        block: LedgerBlockId,
        committee: Committee,
        /// In rising order.
        signers: Vec<AuthorityIndex>,
        /// The signers' together.
        stake: Stake,
        /// Committee changes since the trusted one.
        changes: usize,
    },
    /// The pinned checkpoint is the claim's block or has it in its history.
    Checkpoint { height: Height, block: LedgerBlockId },
}

impl Verified {
    /// The certified block, to be pinned: later proofs then need not trust any older committee.
    /// There is none where the proof already rests on a pinned block.
    pub fn checkpoint(&self) -> Option<Checkpoint> {
        match &self.confirmation {
            Confirmation::Certificate { height, block, committee, .. } => Some(Checkpoint {
                chain_id: self.chain_id,
                height: *height,
                block: *block,
                committee: committee.clone(),
            }),
            Confirmation::Checkpoint { .. } => None,
        }
    }

    /// Says whether `digest` is what was notarised: in the claim of a notarisation its digest, in
    /// that of a transaction one of those that it lists.
    ///
    /// # Errors
    /// Says why the claim does not show that.
    pub fn notarises(&self, digest: &Digest) -> Result<(), ProofError> {
        let checked = match &self.claim {
            Claim::Notarisation { digest: claimed, transaction } if claimed != digest => {
                Err(Fault::Digest { digest: *digest, transaction: transaction.receipt.id })
            }
            Claim::Notarisation { transaction, .. } | Claim::Transaction(transaction) => {
                check_notarisation(transaction, digest)
            }
            Claim::Block | Claim::Account { .. } => Err(Fault::NoNotarisation),
        };
        checked.map_err(|fault| ProofError { link: Link::Claim, fault })
    }
}

/// Whether the transaction lists the digest and was applied.
pub(crate) fn check_notarisation(
    transaction: &ExecutedTransaction,
    digest: &Digest,
) -> Result<(), Fault> {
    let id = transaction.receipt.id;
    let Payload::Notarise(notarisation) = &transaction.body.payload else {
        return Err(Fault::Payload(id));
    };
    if !notarisation.digests.contains(digest) {
        return Err(Fault::Digest { digest: *digest, transaction: id });
    }
    match transaction.receipt.outcome {
        Outcome::Applied => Ok(()),
        Outcome::Failed(failure) => Err(Fault::Outcome(failure)),
    }
}
