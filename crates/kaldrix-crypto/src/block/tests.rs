use kaldrix_types::encoding::Bounded;
use kaldrix_types::{
    Amount, AuthorityIndex, Block, ChainId, Digest, Scheme, Signature, VerifiedBlock, Witness,
};

use super::{BlockError, seal_block, verify_block};
use crate::fixtures::{self, CHAIN, EPOCH, author_key, block, committee, header};
use crate::purpose::Purpose;
use crate::signer::Signer;
use crate::verifier::VerifyError;

fn check(block: Block) -> Result<VerifiedBlock, BlockError> {
    verify_block(block, CHAIN, &committee(4))
}

fn changed(change: impl FnOnce(&mut Block)) -> Result<VerifiedBlock, BlockError> {
    let mut block = Block::clone(&block(2));
    change(&mut block);
    check(block)
}

#[test]
fn a_sealed_block_verifies() {
    let sealed = block(2);
    let verified = check(Block::clone(&sealed)).unwrap();
    assert_eq!(verified, sealed);
    assert_eq!(verified.reference(), sealed.reference());
    assert_eq!(verified.author(), AuthorityIndex(2));
}

#[test]
fn two_seals_are_one_block() {
    let seal = || seal_block(header(1), Bounded::default(), &author_key(1)).unwrap();
    let (first, second) = (seal(), seal());
    assert_ne!(first.signature, second.signature, "signing is hedged");
    assert_eq!(first.reference(), second.reference(), "no id covers a signature");
}

#[test]
fn another_chain_is_refused() {
    let other = ChainId(Digest([8; 32]));
    assert_eq!(
        changed(|block| block.header.chain_id = other).unwrap_err(),
        BlockError::Chain { found: other, expected: CHAIN }
    );
}

#[test]
fn another_epoch_is_refused() {
    assert_eq!(
        changed(|block| block.header.epoch = EPOCH + 1).unwrap_err(),
        BlockError::Epoch { found: EPOCH + 1, expected: EPOCH }
    );
}

#[test]
fn an_unknown_author_is_refused() {
    let author = AuthorityIndex(4);
    assert_eq!(
        changed(|block| block.header.author = author).unwrap_err(),
        BlockError::Author { author, committee_size: 4 }
    );
}

#[test]
fn another_scheme_is_refused() {
    let other = fixtures::key(Scheme::MlDsa87, 2);
    let sealed = seal_block(header(2), Bounded::default(), &other).unwrap();
    let error = VerifyError::Scheme { key: Scheme::MlDsa65, signature: Scheme::MlDsa87 };
    assert_eq!(
        check(Block::clone(&sealed)).unwrap_err(),
        BlockError::Signature { block: sealed.reference(), error }
    );
}

fn assert_invalid(result: Result<VerifiedBlock, BlockError>) {
    let scheme = Scheme::MlDsa65;
    match result.unwrap_err() {
        BlockError::Signature { error, .. } => {
            assert_eq!(error, VerifyError::Invalid { scheme, purpose: Purpose::DagBlock });
        }
        other => panic!("{other}"),
    }
}

#[test]
fn another_members_signature_is_refused() {
    assert_invalid(check(Block::clone(
        &seal_block(header(2), Bounded::default(), &author_key(1)).unwrap(),
    )));
}

#[test]
fn a_signature_for_another_purpose_is_refused() {
    assert_invalid(changed(|block| {
        let id = block.signed_root().id();
        block.signature = author_key(2).sign(Purpose::TlsHandshake, id.as_bytes()).unwrap();
    }));
}

#[test]
fn every_part_of_a_block_is_signed() {
    let changes: [fn(&mut Block); 9] = [
        |block| block.header.round += 1,
        |block| block.header.author = AuthorityIndex(1),
        |block| block.header.timestamp_ms += 1,
        |block| block.header.parents = Bounded::default(),
        |block| block.header.votes = Bounded::default(),
        |block| block.transactions = Bounded::default(),
        |block| change_transactions(block, |transaction| transaction.body.fee = Amount(1)),
        |block| {
            change_transactions(block, |transaction| {
                let bytes = [3; 2420];
                let signature = Signature::new(Scheme::MlDsa44, &bytes).unwrap();
                transaction.witness = Witness::Signature(signature);
            });
        },
        |block| {
            let mut bytes = block.signature.bytes().to_vec();
            bytes[100] ^= 1;
            block.signature = Signature::new(Scheme::MlDsa65, &bytes).unwrap();
        },
    ];
    for change in changes {
        assert_invalid(changed(change));
    }
}

fn change_transactions(block: &mut Block, change: fn(&mut kaldrix_types::Transaction)) {
    let mut transactions = block.transactions.to_vec();
    transactions.iter_mut().for_each(change);
    block.transactions = Bounded::new(transactions).unwrap();
}
