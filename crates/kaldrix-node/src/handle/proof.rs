//! Builds the proofs that `kaldrix-proof` verifies, from the ledger's store.
//!
//! A proof is given whole or not at all: what is not final yet is waited for, and what this node
//! does not have is said to be missing.

use std::time::Duration;

use kaldrix_ledger::tree::{JellyfishTree, StateTree};
use kaldrix_ledger::{StateError, StateReader, Tip};
use kaldrix_proof::{Checkpoint, Claim, ExecutedTransaction, Finality, LaterBlock, Proof};
use kaldrix_storage::StoreError;
use kaldrix_types::account::account_key;
use kaldrix_types::encoding::{self, Bounded};
use kaldrix_types::merkle::{self, Blake3, InclusionProof};
use kaldrix_types::{Address, Certificate, Digest, Height, LedgerHeader, TransactionId};
use tokio::time::{Instant, timeout_at};

use super::{NodeHandle, TransactionStatus};
use crate::error::NodeError;

/// What a proof is asked for.
#[derive(Debug, Clone, Copy)]
pub enum Subject {
    Transaction(TransactionId),
    /// The earliest transaction that notarised a digest.
    Notarisation(Digest),
    /// An account as the last block leaves it.
    Account(Address),
    /// The last final block.
    LatestBlock,
}

/// Why there is no proof.
#[derive(Debug, thiserror::Error)]
pub enum NoProof {
    /// There is nothing to prove, as far as this node knows.
    #[error("{0}")]
    Unknown(String),
    /// There is nothing to prove yet.
    #[error("{0}")]
    NotFinal(String),
    #[error(transparent)]
    Node(#[from] NodeError),
}

impl From<StoreError> for NoProof {
    fn from(error: StoreError) -> Self {
        Self::Node(error.into())
    }
}

/// A claim and the header of its block, which may not be final yet.
#[derive(Debug, Clone)]
struct Claimed {
    claim: Claim,
    header: LedgerHeader,
}

impl NodeHandle {
    /// Proves `subject` to whoever trusts genesis, or the final block at the height `pinned`.
    /// Waits at most `patience` until it is final.
    pub async fn prove(
        &self,
        subject: Subject,
        pinned: Option<Height>,
        patience: Duration,
    ) -> Result<Proof, NoProof> {
        let deadline = Instant::now() + patience;
        let claimed = self.once_final(deadline, move |node| node.claim(subject)).await?;
        // An account changes with every block: what waits for its certificate is one state of it.
        let Claimed { claim, header } = claimed;
        let height = header.height;
        let (later, finality) =
            self.once_final(deadline, move |node| node.finality_of(height, pinned)).await?;
        Ok(Proof { claim, header, later, finality })
    }

    /// The certified block that `proof` ends with, to be pinned by who verifies the proof.
    pub fn checkpoint_of(&self, proof: &Proof) -> Checkpoint {
        let header = proof.last_header();
        Checkpoint {
            chain_id: self.chain_id(),
            height: header.height,
            block: header.id(),
            committee: self.genesis().committee.clone(),
        }
    }

    /// Reads again with each block that becomes final, until there is something or time is up.
    async fn once_final<T: Send + 'static>(
        &self,
        deadline: Instant,
        read: impl Fn(&Self) -> Result<T, NoProof> + Clone + Send + 'static,
    ) -> Result<T, NoProof> {
        let mut changes = self.0.finality.changes();
        loop {
            changes.mark_unchanged();
            let (node, read_now) = (self.clone(), read.clone());
            let done = tokio::task::spawn_blocking(move || read_now(&node)).await;
            let result = done.map_err(|error| NodeError::Internal(error.to_string()))?;
            let is_early = matches!(result, Err(NoProof::NotFinal(_)));
            if !is_early || timeout_at(deadline, changes.changed()).await.is_err() {
                return result;
            }
        }
    }

    fn claim(&self, subject: Subject) -> Result<Claimed, NoProof> {
        match subject {
            Subject::Transaction(id) => self.transaction_claim(&id),
            Subject::Notarisation(digest) => self.notarisation_claim(&digest),
            Subject::Account(address) => self.account_claim(&address),
            Subject::LatestBlock => {
                let height = self.0.finality.height();
                if height == 0 {
                    return Err(no_block_yet());
                }
                Ok(Claimed { claim: Claim::Block, header: self.header_at(height)? })
            }
        }
    }

    fn transaction_claim(&self, id: &TransactionId) -> Result<Claimed, NoProof> {
        if let Some(found) = self.ledger().transaction(id)? {
            let (transaction, header) = self.executed_transaction(&found)?;
            return Ok(Claimed { claim: Claim::Transaction(transaction), header });
        }
        match self.transaction(id)? {
            // Executed: by a block that came between the two reads.
            Some(TransactionStatus::Pending { .. } | TransactionStatus::Executed(_)) => {
                Err(NoProof::NotFinal(format!("transaction {id} waits for a block")))
            }
            Some(TransactionStatus::Rejected { reason }) => {
                Err(NoProof::Unknown(format!("transaction {id} was rejected: {reason}")))
            }
            None => Err(NoProof::Unknown(format!("this node knows no transaction {id}"))),
        }
    }

    fn notarisation_claim(&self, digest: &Digest) -> Result<Claimed, NoProof> {
        let found = self.ledger().notarisations(digest, None, 1)?;
        let first = found.first().ok_or_else(|| {
            NoProof::Unknown(format!("this node knows no notarisation of {digest}"))
        })?;
        let (transaction, header) = self.executed_transaction(first)?;
        Ok(Claimed { claim: Claim::Notarisation { digest: *digest, transaction }, header })
    }

    fn executed_transaction(
        &self,
        found: &kaldrix_storage::ExecutedTransaction,
    ) -> Result<(ExecutedTransaction, LedgerHeader), NoProof> {
        let header = self.header_at(found.height)?;
        let receipts = self.ledger().receipts(found.height)?.unwrap_or_default();
        let leaves: Vec<_> = receipts.iter().map(encoding::to_bytes).collect();
        let index = usize::try_from(found.index).unwrap_or(usize::MAX);
        let missing = || internal(format!("block {} lacks transaction {index}", found.height));
        let receipt_path = merkle::prove::<Blake3, _>(&leaves, index).ok_or_else(missing)?;
        let body = found.entry.transaction.body.clone();
        Ok((ExecutedTransaction { body, receipt: found.receipt, receipt_path }, header))
    }

    fn account_claim(&self, address: &Address) -> Result<Claimed, NoProof> {
        let tip = self.ledger().latest();
        if tip.height == 0 {
            return Err(no_block_yet());
        }
        // A block that is committed meanwhile leaves half an old state and half a new one, which
        // lead to no root; then commits are held off for a moment.
        if let Ok(Some(claimed)) = self.account_at(address, &tip) {
            return Ok(claimed);
        }
        let at_rest = self.ledger().at_rest(|tip| self.account_at(address, tip))?;
        at_rest.ok_or_else(|| {
            let reason = format!("{address} does not lead to the root of its block");
            NodeError::State(StateError::Damaged { what: "state tree", reason }).into()
        })
    }

    /// None if what was read does not lead to the tip's state root.
    fn account_at(&self, address: &Address, tip: &Tip) -> Result<Option<Claimed>, NodeError> {
        let account = self.ledger().account(address)?;
        let key = account_key(address);
        let proof = JellyfishTree::prove(self.ledger(), tip.height, &key)?;
        let value = account.as_ref().map(encoding::to_bytes);
        if !proof.verify(&tip.state_root, &key, value.as_deref()) {
            return Ok(None);
        }
        let header = self.ledger().header(tip.height)?;
        let claim = Claim::Account { address: *address, account, proof };
        Ok(header.map(|header| Claimed { claim, header }))
    }

    /// What makes the block at `height` final, for who trusts genesis or the block at `pinned`.
    fn finality_of(
        &self,
        height: Height,
        pinned: Option<Height>,
    ) -> Result<(Option<LaterBlock>, Finality), NoProof> {
        if let Some(pinned) = pinned.filter(|pinned| height <= *pinned) {
            if pinned > self.0.finality.height() {
                let what = format!("the checkpoint's block {pinned} is not final on this node");
                return Err(NoProof::NotFinal(what));
            }
            return Ok((self.later_block(height, pinned)?, Finality::Pinned));
        }
        let Certificate { vote, votes } = self.certificate_of(height)?;
        let later = self.later_block(height, vote.height)?;
        let path = |pinned| self.history_path(pinned, vote.height);
        let checkpoint_path = pinned.map(path).transpose()?;
        // The genesis committee serves for good: no epoch has ended.
        let committee_changes = Bounded::default();
        Ok((later, Finality::Certified { committee_changes, votes, checkpoint_path }))
    }

    /// The lowest certificate of a block at `height` or above that this node has executed.
    fn certificate_of(&self, height: Height) -> Result<Certificate, NoProof> {
        let certificate = self.ledger().certificate_from(height)?;
        let executed = self.ledger().latest().height;
        let certificate = certificate.filter(|found| found.vote.height <= executed);
        let early = || NoProof::NotFinal(format!("no quorum has certified block {height} yet"));
        let certificate = certificate.ok_or_else(early)?;
        let certified = certificate.vote.height;
        if self.header_at(certified)?.id() != certificate.vote.block {
            return Err(internal(format!("a quorum certified another block {certified}")));
        }
        Ok(certificate)
    }

    fn later_block(&self, height: Height, later: Height) -> Result<Option<LaterBlock>, NoProof> {
        if height == later {
            return Ok(None);
        }
        let history_path = self.history_path(height, later)?;
        Ok(Some(LaterBlock { header: self.header_at(later)?, history_path }))
    }

    fn history_path(&self, height: Height, later: Height) -> Result<InclusionProof, NoProof> {
        let path = self.ledger().history_path(height, later)?;
        path.ok_or_else(|| NoProof::Unknown(format!("this node has no block {height} or {later}")))
    }

    fn header_at(&self, height: Height) -> Result<LedgerHeader, NoProof> {
        let header = self.ledger().header(height)?;
        header.ok_or_else(|| NoProof::Unknown(format!("this node has no block {height}")))
    }
}

fn no_block_yet() -> NoProof {
    let what = "the ledger has no final block yet: its first transaction makes one";
    NoProof::NotFinal(what.to_owned())
}

fn internal(what: String) -> NoProof {
    NodeError::Internal(what).into()
}
