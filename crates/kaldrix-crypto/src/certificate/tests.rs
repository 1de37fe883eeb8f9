use kaldrix_types::encoding::Bounded;
use kaldrix_types::{AuthorityIndex, Certificate, ChainId, Digest, Scheme, SignedVote};

use super::{CertificateError, verify_certificate};
use crate::fixtures::{CHAIN, EPOCH, author_key, block, committee, key, vote};
use crate::purpose::Purpose;
use crate::signer::Signer;
use crate::verifier::VerifyError;

/// Votes of `authors` for height 5, which is the second vote of their blocks.
fn votes(authors: &[u16]) -> Vec<SignedVote> {
    authors.iter().map(|author| SignedVote::of(&block(*author), 1).unwrap()).collect()
}

fn check(votes: Vec<SignedVote>) -> Result<(), CertificateError> {
    let certificate = Certificate { vote: vote(5), votes: Bounded::new(votes).unwrap() };
    verify_certificate(&certificate, CHAIN, &committee(4))
}

/// A quorum's certificate with its second vote changed.
fn changed(change: impl FnOnce(&mut SignedVote)) -> Result<(), CertificateError> {
    let mut votes = votes(&[0, 1, 3]);
    change(&mut votes[1]);
    check(votes)
}

const AUTHOR: AuthorityIndex = AuthorityIndex(1);

#[test]
fn a_quorum_certifies() {
    assert_eq!(check(votes(&[0, 1, 3])), Ok(()));
    assert_eq!(check(votes(&[0, 1, 2, 3])), Ok(()));
}

#[test]
fn fewer_than_a_quorum_do_not_certify() {
    assert_eq!(check(votes(&[0, 2])), Err(CertificateError::Quorum { stake: 20, quorum: 27 }));
    assert_eq!(check(vec![]), Err(CertificateError::Quorum { stake: 0, quorum: 27 }));
}

#[test]
fn nobody_votes_twice() {
    let order = |author, previous| CertificateError::Order {
        author: AuthorityIndex(author),
        previous: AuthorityIndex(previous),
    };
    assert_eq!(check(votes(&[0, 1, 1])), Err(order(1, 1)));
    assert_eq!(check(votes(&[0, 3, 1])), Err(order(1, 3)));
}

#[test]
fn another_chain_or_epoch_is_refused() {
    let found = ChainId(Digest([8; 32]));
    assert_eq!(
        changed(|vote| vote.root.chain_id = found),
        Err(CertificateError::Chain { author: AUTHOR, found, expected: CHAIN })
    );
    assert_eq!(
        changed(|vote| vote.root.epoch = EPOCH - 1),
        Err(CertificateError::Epoch { author: AUTHOR, found: EPOCH - 1, expected: EPOCH })
    );
}

#[test]
fn an_unknown_author_is_refused_even_beside_a_quorum() {
    let author = AuthorityIndex(9);
    let mut votes = votes(&[0, 1, 2, 3]);
    votes[3].root.author = author;
    assert_eq!(check(votes), Err(CertificateError::Author { author, committee_size: 4 }));
}

#[test]
fn a_vote_for_another_block_is_refused() {
    let path = Err(CertificateError::Path { author: AUTHOR });
    assert_eq!(changed(|vote| *vote = SignedVote::of(&block(1), 2).unwrap()), path);
    assert_eq!(changed(|vote| vote.path.index = 0), path);
    assert_eq!(changed(|vote| vote.path.leaf_count = 0), path);
    assert_eq!(changed(|vote| vote.path.path = Bounded::default()), path);
    assert_eq!(changed(|vote| vote.root.votes_root = Digest::ZERO), path);
}

#[test]
fn a_bad_signature_is_refused_even_beside_a_quorum() {
    let scheme = Scheme::MlDsa65;
    let invalid = VerifyError::Invalid { scheme, purpose: Purpose::DagBlock };
    let refused = |error| Err(CertificateError::Signature { author: AUTHOR, error });
    assert_eq!(changed(|vote| vote.root.timestamp_ms += 1), refused(invalid));
    assert_eq!(changed(|vote| vote.root.payload_root = Digest::ZERO), refused(invalid));
    assert_eq!(
        changed(|vote| {
            let id = vote.root.id();
            vote.signature = author_key(2).sign(Purpose::DagBlock, id.as_bytes()).unwrap();
        }),
        refused(invalid)
    );
    assert_eq!(
        changed(|vote| {
            let id = vote.root.id();
            vote.signature = author_key(1).sign(Purpose::Transaction, id.as_bytes()).unwrap();
        }),
        refused(invalid)
    );
    let mut all = votes(&[0, 1, 2, 3]);
    all[1].root.round += 1;
    assert_eq!(check(all), refused(invalid));
}

#[test]
fn another_scheme_is_refused() {
    let error = VerifyError::Scheme { key: Scheme::MlDsa65, signature: Scheme::MlDsa44 };
    assert_eq!(
        changed(|vote| {
            let other = key(Scheme::MlDsa44, 1);
            let id = vote.root.id();
            vote.signature = other.sign(Purpose::DagBlock, id.as_bytes()).unwrap();
        }),
        Err(CertificateError::Signature { author: AUTHOR, error })
    );
}
