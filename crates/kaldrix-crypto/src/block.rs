//! Blocks of the DAG: their author signs the small root that stands for all of the block.

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;

use kaldrix_types::block::BLOCK_TRANSACTIONS_MAX;
use kaldrix_types::encoding::Bounded;
use kaldrix_types::{
    AuthorityIndex, Block, BlockHeader, BlockRef, ChainId, Committee, Epoch, Transaction,
    VerifiedBlock,
};

use crate::purpose::Purpose;
use crate::signer::{SignError, Signer};
use crate::verifier::{MlDsaVerifier, Verifier, VerifyError};

/// Why a block is not one that a member of the committee signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BlockError {
    #[error("the block is of chain {found}, this node is on {expected}")]
    Chain { found: ChainId, expected: ChainId },
    #[error("the block is of epoch {found}, the committee of epoch {expected}")]
    Epoch { found: Epoch, expected: Epoch },
    #[error("author {author} is not one of the committee's {committee_size} members")]
    Author { author: AuthorityIndex, committee_size: usize },
    #[error("block {block:?}: {error}")]
    Signature { block: BlockRef, error: VerifyError },
}

/// Signs the author's own block.
///
/// The caller answers for the header: that it names the signer as its author, and that the author
/// never signs two blocks of one round.
pub fn seal_block(
    header: BlockHeader,
    transactions: Bounded<Transaction, BLOCK_TRANSACTIONS_MAX>,
    signer: &dyn Signer,
) -> Result<VerifiedBlock, SignError> {
    let root = header.signed_root(&transactions);
    let signature = signer.sign(Purpose::DagBlock, root.id().as_bytes())?;
    Ok(VerifiedBlock::assume_verified(Block { header, transactions, signature }, root))
}

/// Checks that a member of `committee` signed `block`; what is cheap to check comes first.
///
/// Structure, parents and transactions are not looked at: the replica and the ledger do that.
pub fn verify_block(
    block: Block,
    chain_id: ChainId,
    committee: &Committee,
) -> Result<VerifiedBlock, BlockError> {
    verify_block_with(&MlDsaVerifier, block, chain_id, committee)
}

/// As [`verify_block`], where `verifier` judges the signature.
pub fn verify_block_with(
    verifier: &dyn Verifier,
    block: Block,
    chain_id: ChainId,
    committee: &Committee,
) -> Result<VerifiedBlock, BlockError> {
    let BlockHeader { chain_id: found, epoch, round, author, .. } = block.header;
    if found != chain_id {
        return Err(BlockError::Chain { found, expected: chain_id });
    }
    if epoch != committee.epoch() {
        return Err(BlockError::Epoch { found: epoch, expected: committee.epoch() });
    }
    let Some(member) = committee.member(author) else {
        return Err(BlockError::Author { author, committee_size: committee.size() });
    };
    let root = block.signed_root();
    let id = root.id();
    verifier
        .verify(&member.consensus_key, Purpose::DagBlock, id.as_bytes(), &block.signature)
        .map_err(|error| BlockError::Signature { block: BlockRef { round, author, id }, error })?;
    Ok(VerifiedBlock::assume_verified(block, root))
}
