//! Certificates: a quorum's signed votes for one ledger block.

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;

use kaldrix_types::merkle::Blake3;
use kaldrix_types::{AuthorityIndex, Certificate, ChainId, Committee, Epoch, SignedVote, Stake};

use crate::purpose::Purpose;
use crate::verifier::{MlDsaVerifier, Verifier, VerifyError};

/// Why a certificate does not show that a quorum voted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    #[error("the vote of {author} is of chain {found}, expected {expected}")]
    Chain { author: AuthorityIndex, found: ChainId, expected: ChainId },
    #[error("the vote of {author} is of epoch {found}, the committee of epoch {expected}")]
    Epoch { author: AuthorityIndex, found: Epoch, expected: Epoch },
    #[error("author {author} is not one of the committee's {committee_size} members")]
    Author { author: AuthorityIndex, committee_size: usize },
    #[error("author {author} follows {previous}: authors must rise, each votes once")]
    Order { author: AuthorityIndex, previous: AuthorityIndex },
    #[error("what {author} signed does not contain the certificate's vote")]
    Path { author: AuthorityIndex },
    #[error("the votes carry a stake of {stake}, a quorum needs {quorum}")]
    Quorum { stake: Stake, quorum: Stake },
    #[error("the vote of {author}: {error}")]
    Signature { author: AuthorityIndex, error: VerifyError },
}

/// Checks that a quorum of `committee` signed the certificate's vote.
///
/// No signature is checked before all the rest holds, so a bad certificate is refused cheaply.
pub fn verify_certificate(
    certificate: &Certificate,
    chain_id: ChainId,
    committee: &Committee,
) -> Result<(), CertificateError> {
    verify_certificate_with(&MlDsaVerifier, certificate, chain_id, committee)
}

/// As [`verify_certificate`], where `verifier` judges the signatures.
pub fn verify_certificate_with(
    verifier: &dyn Verifier,
    certificate: &Certificate,
    chain_id: ChainId,
    committee: &Committee,
) -> Result<(), CertificateError> {
    let leaf = certificate.vote.leaf();
    let mut previous = None;
    let mut stake: Stake = 0;
    for vote in &certificate.votes {
        let author = vote.root.author;
        if let Some(previous) = previous.filter(|previous| author <= *previous) {
            return Err(CertificateError::Order { author, previous });
        }
        previous = Some(author);
        check_root(vote, chain_id, committee)?;
        // The path's index and length are the voter's own word, but a leaf hashes unlike a node,
        // so a path that verifies shows that the vote is one of the leaves.
        if !vote.path.verify::<Blake3>(&leaf, &vote.root.votes_root) {
            return Err(CertificateError::Path { author });
        }
        // Distinct members: the sum is at most the committee's, which fits.
        stake = stake.saturating_add(committee.stake(author));
    }
    if !committee.is_quorum(stake) {
        return Err(CertificateError::Quorum { stake, quorum: committee.quorum_stake() });
    }
    certificate.votes.iter().try_for_each(|vote| check_signature(verifier, vote, committee))
}

fn check_root(
    vote: &SignedVote,
    chain_id: ChainId,
    committee: &Committee,
) -> Result<(), CertificateError> {
    let author = vote.root.author;
    if vote.root.chain_id != chain_id {
        let found = vote.root.chain_id;
        return Err(CertificateError::Chain { author, found, expected: chain_id });
    }
    if vote.root.epoch != committee.epoch() {
        let (found, expected) = (vote.root.epoch, committee.epoch());
        return Err(CertificateError::Epoch { author, found, expected });
    }
    Ok(())
}

fn check_signature(
    verifier: &dyn Verifier,
    vote: &SignedVote,
    committee: &Committee,
) -> Result<(), CertificateError> {
    let author = vote.root.author;
    let Some(member) = committee.member(author) else {
        return Err(CertificateError::Author { author, committee_size: committee.size() });
    };
    let id = vote.root.id();
    verifier
        .verify(&member.consensus_key, Purpose::DagBlock, id.as_bytes(), &vote.signature)
        .map_err(|error| CertificateError::Signature { author, error })
}
