//! What valid proofs show, through every kind of chain of links.

use kaldrix_proof::{Claim, Confirmation, Finality, Proof, Trust, Verified, verify};
use kaldrix_types::{Amount, AuthorityIndex, Failure, Outcome};

use crate::chain::{address, digest, story};

/// Verifies what was written and read again, and that writing it again gives the same text.
fn verified(proof: &Proof, trust: Trust<'_>) -> Verified {
    let text = proof.to_json();
    let read = Proof::from_json(&text).unwrap();
    assert_eq!(read.to_json(), text);
    let verified = verify(&read, trust).unwrap();
    assert_eq!((verified.block, verified.height), (proof.header.id(), proof.header.height));
    assert_eq!(verified.timestamp_ms, proof.header.timestamp_ms);
    assert_eq!(verified.epoch, proof.header.epoch);
    verify(proof, trust).unwrap();
    verified
}

#[test]
fn every_transaction_of_a_block_is_shown_with_its_outcome() {
    let chain = story("claims");
    let failed = Outcome::Failed;
    let outcomes = [
        Outcome::Applied,
        failed(Failure::ZeroAmount),
        Outcome::Applied,
        failed(Failure::NoDigests),
        Outcome::Applied,
    ];
    for (index, outcome) in outcomes.into_iter().enumerate() {
        for certified in 2..=chain.height() {
            let transaction = chain.transaction(2, index);
            assert_eq!(transaction.receipt.outcome, outcome);
            let proof = chain.proof(Claim::Transaction(transaction.clone()), 2, certified);
            let verified = verified(&proof, chain.trust());
            let Claim::Transaction(shown) = &verified.claim else { panic!("{verified:?}") };
            assert_eq!((&shown.body, shown.receipt), (&transaction.body, transaction.receipt));
        }
    }
}

#[test]
fn a_certificate_is_shown_with_its_signers() {
    let chain = story("claims");
    let proof = chain.proof(Claim::Block, 2, 4);
    let Confirmation::Certificate { height, block, committee, signers, stake, changes } =
        verified(&proof, chain.trust()).confirmation
    else {
        panic!("a certificate");
    };
    assert_eq!((height, block), (4, chain.header(4).id()));
    assert_eq!(committee, chain.genesis.committee);
    assert_eq!(signers, [0, 1, 2].map(AuthorityIndex));
    assert_eq!((stake, changes), (30, 0));
}

#[test]
fn a_notarisation_is_of_its_own_digest() {
    let chain = story("claims");
    let transaction = chain.transaction(2, 2);
    let claim = Claim::Notarisation { digest: digest(51), transaction: transaction.clone() };
    let claimed = verified(&chain.proof(claim, 2, 3), chain.trust());
    claimed.notarises(&digest(51)).unwrap();
    let error = claimed.notarises(&digest(50)).unwrap_err();
    assert_eq!((error.link.code(), error.fault.code()), ("claim", "digest"));

    let all = verified(&chain.proof(Claim::Transaction(transaction), 2, 3), chain.trust());
    all.notarises(&digest(50)).unwrap();
    all.notarises(&digest(51)).unwrap();
    assert_eq!(all.notarises(&digest(52)).unwrap_err().fault.code(), "digest");
}

#[test]
fn what_is_no_applied_notarisation_notarises_nothing() {
    let chain = story("claims");
    let of = |claim| verified(&chain.proof(claim, 2, 2), chain.trust());
    let account = chain.account(2, address(1));
    for (claim, code) in [
        (Claim::Block, "payload"),
        (account, "payload"),
        (Claim::Transaction(chain.transaction(2, 0)), "payload"),
        (Claim::Transaction(chain.transaction(2, 3)), "digest"),
    ] {
        assert_eq!(of(claim).notarises(&digest(1)).unwrap_err().fault.code(), code);
    }
}

#[test]
fn accounts_are_shown_present_and_absent() {
    let chain = story("claims");
    let (mut empty, mut neighbours) = (0, 0);
    for height in [2, chain.height()] {
        for holder in [chain.sender(), address(1), address(2)] {
            let proof = chain.proof(chain.account(height, holder), height, chain.height());
            let Claim::Account { account, .. } = verified(&proof, chain.trust()).claim else {
                panic!("an account");
            };
            let account = account.unwrap();
            assert!(holder != address(1) || account.balance == Amount(7));
            assert_eq!(account.key.is_some(), holder == chain.sender());
        }
        for byte in 100..140 {
            let claim = chain.account(height, address(byte));
            let Claim::Account { account: None, proof, .. } = &claim else { panic!("none") };
            if proof.leaf.is_none() {
                empty += 1;
            } else {
                neighbours += 1;
            }
            verified(&chain.proof(claim, height, height), chain.trust());
        }
    }
    assert!(empty > 0 && neighbours > 0, "{empty} empty places, {neighbours} neighbours");
}

#[test]
fn proofs_lead_through_committee_changes() {
    let chain = story("claims");
    for height in 1..=chain.height() {
        for certified in height..=chain.height() {
            let proof = chain.proof(Claim::Block, height, certified);
            let Confirmation::Certificate { committee, changes, .. } =
                verified(&proof, chain.trust()).confirmation
            else {
                panic!("a certificate");
            };
            let epoch = chain.header(certified).epoch;
            assert_eq!((committee.epoch(), changes as u64), (epoch, epoch));
        }
    }
}

#[test]
fn proofs_start_at_any_pinned_block_and_go_either_way() {
    let chain = story("claims");
    let last = chain.height();
    for pinned in 1..=last {
        let checkpoint = chain.checkpoint(pinned);
        let trust = Trust::Checkpoint(&checkpoint);
        for height in 1..=pinned {
            let proof = chain.proof_since(pinned, Claim::Block, height, pinned);
            let confirmation = verified(&proof, trust).confirmation;
            let block = chain.header(pinned).id();
            assert_eq!(confirmation, Confirmation::Checkpoint { height: pinned, block });
        }
        for height in pinned..last {
            let proof = chain.proof_since(pinned, Claim::Block, height, last);
            verified(&proof, trust);
        }
    }
}

#[test]
fn a_verified_proof_gives_a_checkpoint() {
    let chain = story("claims");
    let shown = verified(&chain.proof(Claim::Block, 2, 5), chain.trust());
    assert_eq!(shown.checkpoint(), Some(chain.checkpoint(5)));
    let checkpoint = chain.checkpoint(5);
    let proof = chain.proof_since(5, Claim::Block, 2, 5);
    assert_eq!(verified(&proof, Trust::Checkpoint(&checkpoint)).checkpoint(), None);
}

#[test]
fn more_than_a_quorum_may_sign() {
    let chain = story("claims");
    let mut proof = chain.proof(Claim::Block, 3, 3);
    for authors in [&[0, 1, 2, 3][..], &[0, 1, 3], &[1, 2, 3]] {
        proof.finality = match proof.finality {
            Finality::Certified { committee_changes, checkpoint_path, .. } => {
                let votes = chain.votes_of(3, authors);
                Finality::Certified { committee_changes, votes, checkpoint_path }
            }
            pinned => pinned,
        };
        let Confirmation::Certificate { signers, stake, .. } =
            verified(&proof, chain.trust()).confirmation
        else {
            panic!("a certificate");
        };
        assert_eq!(signers.len(), authors.len());
        assert_eq!(stake, 10 * authors.len() as u64);
    }
}
