//! A proof as a value: its parts, and how they hang together.

use kaldrix_types::committee::COMMITTEE_SIZE_MAX;
use kaldrix_types::encoding::Bounded;
use kaldrix_types::merkle::InclusionProof;
use kaldrix_types::{
    Account, Address, Committee, Digest, LedgerHeader, Receipt, SignedVote, StateProof,
    TransactionBody,
};

use crate::error::FormatError;
use crate::json;

/// The longest text that is read as a proof.
pub const PROOF_TEXT_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Committee changes in one proof. A checkpoint pinned since then makes a longer one short.
pub const COMMITTEE_CHANGES_MAX: usize = 1024;

/// What leads from a claim to what a verifier trusts. It shows nothing before [`verify()`] has
/// checked it.
///
/// [`verify()`]: crate::verify()
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    pub claim: Claim,
    /// Of the ledger block that the claim is about.
    pub header: LedgerHeader,
    /// Present unless `header` is itself final by what follows.
    pub later: Option<LaterBlock>,
    /// Of the last header: `later`'s where there is one, else `header`.
    pub finality: Finality,
}

/// What a proof shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// The block exists.
    Block,
    /// The block holds a transaction, executed as its receipt says.
    Transaction(ExecutedTransaction),
    /// The block holds a transaction that notarised `digest`, applied.
    Notarisation { digest: Digest, transaction: ExecutedTransaction },
    /// What the state after the block says of an account; `None`: that there is none.
    Account { address: Address, account: Option<Account>, proof: StateProof },
}

/// A transaction's body, and the receipt that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecutedTransaction {
    pub body: TransactionBody,
    pub receipt: Receipt,
    /// From the receipt to the block's receipts root. The receipt names the transaction, so this
    /// path shows both that it was executed and with what outcome.
    pub receipt_path: InclusionProof,
}

/// A block that has the claim's in its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaterBlock {
    pub header: LedgerHeader,
    /// From the id of the claim's block to this header's history root.
    pub history_path: InclusionProof,
}

/// The votes of a certificate, in rising order of author.
pub type Votes = Bounded<SignedVote, COMMITTEE_SIZE_MAX>;

/// Why a block is final.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finality {
    /// A quorum voted for it.
    Certified {
        /// From the trusted committee to the one that voted, in order.
        committee_changes: Bounded<CommitteeChange, COMMITTEE_CHANGES_MAX>,
        votes: Votes,
        /// In a proof since a pinned checkpoint: from that block's id to the history root of the
        /// certified header.
        checkpoint_path: Option<InclusionProof>,
    },
    /// It is the pinned checkpoint's block.
    Pinned,
}

/// The last block of an epoch, which names the committee of the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitteeChange {
    pub header: LedgerHeader,
    /// Of the committee that ends with this block.
    pub votes: Votes,
    /// The next committee.
    pub committee: Committee,
}

impl Proof {
    /// Reads a proof's text.
    ///
    /// # Errors
    /// Says what in the text is not as `docs/spec/proofs.md` demands, and where.
    pub fn from_json(text: &str) -> Result<Self, FormatError> {
        json::proof::read(text)
    }

    /// Writes the proof as text that [`Self::from_json`] reads.
    pub fn to_json(&self) -> String {
        json::proof::write(self)
    }

    /// The header that the finality is of.
    pub fn last_header(&self) -> &LedgerHeader {
        self.later.as_ref().map_or(&self.header, |later| &later.header)
    }
}
