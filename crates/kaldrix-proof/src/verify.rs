//! The verification of a proof, link by link: hashes first, signatures last.

use kaldrix_crypto::verify_certificate;
use kaldrix_types::account::account_key;
use kaldrix_types::merkle::{Blake3, InclusionProof};
use kaldrix_types::{
    Certificate, ChainId, Committee, Epoch, Genesis, Height, LedgerHeader, Stake, encoding,
};

use crate::checkpoint::Checkpoint;
use crate::error::{Fault, Link, ProofError};
use crate::proof::{Claim, CommitteeChange, ExecutedTransaction, Finality, Proof, Votes};
use crate::verified::{Confirmation, Verified, check_notarisation};

/// What the verifier trusts to begin with.
#[derive(Debug, Clone, Copy)]
pub enum Trust<'a> {
    Genesis(&'a Genesis),
    Checkpoint(&'a Checkpoint),
}

impl Trust<'_> {
    pub fn chain_id(&self) -> ChainId {
        match self {
            Self::Genesis(genesis) => genesis.chain_id(),
            Self::Checkpoint(checkpoint) => checkpoint.chain_id,
        }
    }

    fn committee(&self) -> &Committee {
        match self {
            Self::Genesis(genesis) => &genesis.committee,
            Self::Checkpoint(checkpoint) => &checkpoint.committee,
        }
    }

    fn height(&self) -> Height {
        match self {
            Self::Genesis(_) => 0,
            Self::Checkpoint(checkpoint) => checkpoint.height,
        }
    }
}

/// Checks every link from the proof's claim to `trust`.
///
/// # Errors
/// The first link that fails, in the order that `docs/spec/proofs.md` gives, and why.
pub fn verify(proof: &Proof, trust: Trust<'_>) -> Result<Verified, ProofError> {
    let chain_id = trust.chain_id();
    check_claim(&proof.claim, &proof.header).map_err(at(Link::Claim))?;
    check_chain(&proof.header, chain_id).map_err(at(Link::Header))?;
    check_history(proof, chain_id).map_err(at(Link::History))?;
    let confirmation = check_finality(proof, trust, chain_id)?;
    Ok(Verified {
        chain_id,
        claim: proof.claim.clone(),
        block: proof.header.id(),
        height: proof.header.height,
        epoch: proof.header.epoch,
        timestamp_ms: proof.header.timestamp_ms,
        confirmation,
    })
}

fn at(link: Link) -> impl Fn(Fault) -> ProofError {
    move |fault| ProofError { link, fault }
}

fn check_claim(claim: &Claim, header: &LedgerHeader) -> Result<(), Fault> {
    match claim {
        Claim::Block => Ok(()),
        Claim::Transaction(transaction) => check_transaction(transaction, header),
        Claim::Notarisation { digest, transaction } => {
            check_transaction(transaction, header)?;
            check_notarisation(transaction, digest)
        }
        Claim::Account { address, account, proof } => {
            let value = account.as_ref().map(encoding::to_bytes);
            let key = account_key(address);
            if proof.verify(&header.state_root, &key, value.as_deref()) {
                return Ok(());
            }
            let leaf = if value.is_some() { "the account" } else { "the account's absence" };
            Err(Fault::Path { leaf, root: "state root" })
        }
    }
}

fn check_transaction(
    transaction: &ExecutedTransaction,
    header: &LedgerHeader,
) -> Result<(), Fault> {
    let ExecutedTransaction { body, receipt, receipt_path } = transaction;
    let expected = body.id();
    if receipt.id != expected {
        return Err(Fault::Receipt { found: receipt.id, expected });
    }
    if !receipt_path.verify::<Blake3>(&encoding::to_bytes(receipt), &header.receipts_root) {
        return Err(Fault::Path { leaf: "the receipt", root: "receipts root" });
    }
    Ok(())
}

fn check_chain(header: &LedgerHeader, expected: ChainId) -> Result<(), Fault> {
    if header.chain_id != expected {
        return Err(Fault::Chain { found: header.chain_id, expected });
    }
    Ok(())
}

fn check_height(header: &LedgerHeader, height_min: Height) -> Result<(), Fault> {
    if header.height < height_min {
        return Err(Fault::Height { found: header.height, height_min });
    }
    Ok(())
}

fn check_epoch(found: Epoch, expected: Epoch) -> Result<(), Fault> {
    if found != expected {
        return Err(Fault::Epoch { found, expected });
    }
    Ok(())
}

fn check_history(proof: &Proof, chain_id: ChainId) -> Result<(), Fault> {
    let Some(later) = &proof.later else { return Ok(()) };
    check_chain(&later.header, chain_id)?;
    check_height(&later.header, proof.header.height.saturating_add(1))?;
    let id = proof.header.id();
    if !later.history_path.verify::<Blake3>(id.as_bytes(), &later.header.history_root) {
        return Err(Fault::Path { leaf: "the claim's block", root: "history root" });
    }
    Ok(())
}

fn check_finality(
    proof: &Proof,
    trust: Trust<'_>,
    chain_id: ChainId,
) -> Result<Confirmation, ProofError> {
    let last = proof.last_header();
    match &proof.finality {
        Finality::Pinned => check_pinned(last, trust).map_err(at(Link::Checkpoint)),
        Finality::Certified { committee_changes, votes, checkpoint_path } => {
            check_start(proof, trust, checkpoint_path.as_ref()).map_err(at(Link::Checkpoint))?;
            let mut term = Term {
                chain_id,
                committee: trust.committee(),
                // A pinned block may itself end its epoch, and then be the first change's.
                height_min: trust.height(),
            };
            for (index, change) in committee_changes.iter().enumerate() {
                term = term.next(change).map_err(at(Link::CommitteeChange(index)))?;
            }
            term.check(last, votes).map_err(at(Link::Certificate))?;
            Ok(term.confirmation(last, votes, committee_changes.len()))
        }
    }
}

fn check_pinned(last: &LedgerHeader, trust: Trust<'_>) -> Result<Confirmation, Fault> {
    let Trust::Checkpoint(checkpoint) = trust else { return Err(Fault::NotPinned) };
    let block = last.id();
    if block != checkpoint.block {
        return Err(Fault::Block { found: block, pinned: checkpoint.block });
    }
    Ok(Confirmation::Checkpoint { height: last.height, block })
}

/// That the certified block comes after what is pinned, and is of the same history.
fn check_start(
    proof: &Proof,
    trust: Trust<'_>,
    checkpoint_path: Option<&InclusionProof>,
) -> Result<(), Fault> {
    let (checkpoint, path) = match (trust, checkpoint_path) {
        // Every header names the chain, and with it genesis.
        (Trust::Genesis(_), None) => return Ok(()),
        (Trust::Genesis(_), Some(_)) => return Err(Fault::NotPinned),
        (Trust::Checkpoint(_), None) => return Err(Fault::Unlinked),
        (Trust::Checkpoint(checkpoint), Some(path)) => (checkpoint, path),
    };
    let last = proof.last_header();
    check_height(last, checkpoint.height.saturating_add(1))?;
    let (found, pinned) = (proof.header.height, checkpoint.height);
    if found < pinned {
        return Err(Fault::BelowCheckpoint { found, pinned });
    }
    if !path.verify::<Blake3>(checkpoint.block.as_bytes(), &last.history_root) {
        return Err(Fault::Path { leaf: "the pinned block", root: "history root" });
    }
    Ok(())
}

/// A committee, trusted from a height on.
struct Term<'a> {
    chain_id: ChainId,
    committee: &'a Committee,
    height_min: Height,
}

impl<'a> Term<'a> {
    /// That the committee certified the block.
    fn check(&self, header: &LedgerHeader, votes: &Votes) -> Result<(), Fault> {
        check_chain(header, self.chain_id)?;
        check_epoch(header.epoch, self.committee.epoch())?;
        check_height(header, self.height_min)?;
        let certificate = Certificate { vote: header.vote(), votes: votes.clone() };
        verify_certificate(&certificate, self.chain_id, self.committee).map_err(Fault::Certificate)
    }

    /// The term after the one that `change` ends.
    fn next(self, change: &'a CommitteeChange) -> Result<Self, Fault> {
        let CommitteeChange { header, votes, committee } = change;
        self.check(header, votes)?;
        let given = committee.id();
        if header.next_committee != Some(given) {
            return Err(Fault::Committee { found: header.next_committee, given });
        }
        check_epoch(committee.epoch(), header.epoch.saturating_add(1))?;
        Ok(Self { committee, height_min: header.height.saturating_add(1), ..self })
    }

    fn confirmation(&self, block: &LedgerHeader, votes: &Votes, changes: usize) -> Confirmation {
        let signers: Vec<_> = votes.iter().map(|vote| vote.root.author).collect();
        // Distinct members: at most the committee's stake, which fits.
        let stakes = signers.iter().map(|author| self.committee.stake(*author));
        Confirmation::Certificate {
            height: block.height,
            block: block.id(),
            committee: self.committee.clone(),
            stake: stakes.fold(0, Stake::saturating_add),
            signers,
            changes,
        }
    }
}
