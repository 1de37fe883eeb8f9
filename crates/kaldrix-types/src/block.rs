//! Blocks of the DAG: what a validator proposes each round.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use borsh::{BorshDeserialize, BorshSerialize};

use crate::committee::COMMITTEE_SIZE_MAX;
use crate::encoding::{self, Bounded, Canonical};
use crate::id::{AuthorityIndex, BlockId, ChainId, Digest, Epoch, Height, LedgerBlockId, Round};
use crate::key::Signature;
use crate::merkle::{self, Blake3, InclusionProof};
use crate::transaction::Transaction;

/// Transactions in one block.
pub const BLOCK_TRANSACTIONS_MAX: usize = 4096;
/// Encoded length of one block, its transactions included.
pub const BLOCK_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Votes in one block.
pub const BLOCK_VOTES_MAX: usize = 64;

/// Names a block and says where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct BlockRef {
    pub round: Round,
    pub author: AuthorityIndex,
    pub id: BlockId,
}

impl BlockRef {
    /// The implicit block of round 0 that every author starts from. It exists on no wire.
    pub fn genesis(chain_id: ChainId, epoch: Epoch, author: AuthorityIndex) -> Self {
        let parts: [&[u8]; 3] =
            [chain_id.as_bytes(), &epoch.to_le_bytes(), &author.0.to_le_bytes()];
        let id = BlockId(Digest::derive("kaldrix 2026 genesis block id v1", &parts));
        Self { round: 0, author, id }
    }
}

impl fmt::Debug for BlockRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}:{:?}", self.author, self.round, self.id)
    }
}

impl fmt::Display for BlockRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// A validator's word that it executed a ledger block; it implies the block's ancestors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub struct Vote {
    pub height: Height,
    pub block: LedgerBlockId,
}

impl Vote {
    /// The leaf of the votes root.
    pub fn leaf(&self) -> [u8; 40] {
        let mut leaf = [0; 40];
        leaf[..8].copy_from_slice(&self.height.to_le_bytes());
        leaf[8..].copy_from_slice(self.block.as_bytes());
        leaf
    }
}

/// A block's references, votes and place, all but its transactions.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct BlockHeader {
    pub chain_id: ChainId,
    pub epoch: Epoch,
    pub round: Round,
    pub author: AuthorityIndex,
    /// The author's clock in milliseconds since 1970, not trusted by anyone.
    pub timestamp_ms: u64,
    /// The author's own last block first, then one block at most of each other author.
    pub parents: Bounded<BlockRef, COMMITTEE_SIZE_MAX>,
    /// Ledger blocks that the author executed since its last block, in rising height.
    pub votes: Bounded<Vote, BLOCK_VOTES_MAX>,
}

/// What an author signs: small, so that a certificate carries neither parents nor payload.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct SignedRoot {
    pub chain_id: ChainId,
    pub epoch: Epoch,
    pub round: Round,
    pub author: AuthorityIndex,
    pub timestamp_ms: u64,
    pub parents_root: Digest,
    pub votes_root: Digest,
    pub payload_root: Digest,
}

impl Canonical for SignedRoot {
    const NAME: &'static str = "signed root";
    const ENCODED_BYTES_MAX: usize = 1 + 32 + 8 + 8 + 2 + 8 + 3 * 32;
}

impl SignedRoot {
    /// The block's id, and the message that its author signs.
    pub fn id(&self) -> BlockId {
        BlockId(Digest::derive("kaldrix 2026 block id v1", &[&encoding::to_bytes(self)]))
    }
}

/// A block as it travels.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Block {
    pub header: BlockHeader,
    pub transactions: Bounded<Transaction, BLOCK_TRANSACTIONS_MAX>,
    pub signature: Signature,
}

impl Canonical for Block {
    const NAME: &'static str = "block";
    const ENCODED_BYTES_MAX: usize = BLOCK_BYTES_MAX;
}

impl BlockHeader {
    pub fn signed_root(&self, transactions: &[Transaction]) -> SignedRoot {
        let payload: Vec<_> = transactions.iter().map(Transaction::payload_leaf).collect();
        SignedRoot {
            chain_id: self.chain_id,
            epoch: self.epoch,
            round: self.round,
            author: self.author,
            timestamp_ms: self.timestamp_ms,
            parents_root: merkle::root::<Blake3, _>(self.parents.iter().map(parent_leaf)),
            votes_root: merkle::root::<Blake3, _>(self.votes.iter().map(Vote::leaf)),
            payload_root: merkle::root::<Blake3, _>(payload),
        }
    }

    /// The path from the vote at `index` to the votes root.
    pub fn vote_path(&self, index: usize) -> Option<InclusionProof> {
        let leaves: Vec<_> = self.votes.iter().map(Vote::leaf).collect();
        merkle::prove::<Blake3, _>(&leaves, index)
    }
}

fn parent_leaf(parent: &BlockRef) -> [u8; 42] {
    let mut leaf = [0; 42];
    leaf[..8].copy_from_slice(&parent.round.to_le_bytes());
    leaf[8..10].copy_from_slice(&parent.author.0.to_le_bytes());
    leaf[10..].copy_from_slice(parent.id.as_bytes());
    leaf
}

impl Block {
    /// Computed anew at every call: hold a [`VerifiedBlock`] where it is needed often.
    pub fn signed_root(&self) -> SignedRoot {
        self.header.signed_root(&self.transactions)
    }
}

/// A block whose author is a member of its committee and signed it. Cheap to clone.
///
/// Structure, parents and epoch are not yet checked: the replica does that at acceptance.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifiedBlock(Arc<Inner>);

#[derive(PartialEq, Eq)]
struct Inner {
    block: Block,
    root: SignedRoot,
    reference: BlockRef,
}

impl VerifiedBlock {
    /// Says that the signature was checked. Only `kaldrix-crypto`, which checks it, may call this;
    /// `cargo xtask tidy` holds that.
    /// `root` is the block's own signed root, passed so that it is computed once.
    pub fn assume_verified(block: Block, root: SignedRoot) -> Self {
        let BlockHeader { round, author, .. } = block.header;
        let reference = BlockRef { round, author, id: root.id() };
        Self(Arc::new(Inner { block, root, reference }))
    }

    pub fn reference(&self) -> BlockRef {
        self.0.reference
    }

    pub fn root(&self) -> &SignedRoot {
        &self.0.root
    }

    pub fn round(&self) -> Round {
        self.0.reference.round
    }

    pub fn author(&self) -> AuthorityIndex {
        self.0.reference.author
    }

    pub fn parents(&self) -> &[BlockRef] {
        &self.0.block.header.parents
    }

    pub fn votes(&self) -> &[Vote] {
        &self.0.block.header.votes
    }
}

impl Deref for VerifiedBlock {
    type Target = Block;
    fn deref(&self) -> &Block {
        &self.0.block
    }
}

impl fmt::Debug for VerifiedBlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}->{:?}", self.reference(), self.parents())
    }
}
