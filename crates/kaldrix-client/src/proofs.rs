//! Proofs, taken from a node that nobody has to trust: each is verified before it is returned.

use kaldrix_proof::{Checkpoint, Claim, Proof, Trust, Verified, verify};
use kaldrix_types::{Address, Digest, TransactionId};
use reqwest::Method;

use crate::api::{NotarisationPage, ProvenCheckpoint};
use crate::client::{Answer, Client, Request};
use crate::error::ClientError;

/// A proof that holds, to be kept and shown to others, and what it shows.
#[derive(Debug, Clone)]
pub struct Proven {
    pub proof: Proof,
    pub verified: Verified,
}

impl Client {
    /// The proof that a transaction was executed; `None` if the node does not know it.
    pub async fn prove_transaction(
        &self,
        id: &TransactionId,
        trust: Trust<'_>,
    ) -> Result<Option<Proven>, ClientError> {
        let is_asked = |claim: &Claim| matches!(claim, Claim::Transaction(executed) if executed.receipt.id == *id);
        self.prove(&["transactions", &id.to_string(), "proof"], trust, is_asked).await
    }

    /// The proof that a digest was notarised, by the first transaction that did; `None` if the node
    /// knows none. A node can keep an earlier one to itself, but not make one up.
    pub async fn prove_notarisation(
        &self,
        digest: &Digest,
        trust: Trust<'_>,
    ) -> Result<Option<Proven>, ClientError> {
        let is_asked = |claim: &Claim| matches!(claim, Claim::Notarisation { digest: proven, .. } if proven == digest);
        self.prove(&["notarisations", &digest.to_string(), "proof"], trust, is_asked).await
    }

    /// The proof of an account's state, or of its absence, at a height that the node chose.
    pub async fn prove_account(
        &self,
        address: &Address,
        trust: Trust<'_>,
    ) -> Result<Proven, ClientError> {
        let is_asked = |claim: &Claim| matches!(claim, Claim::Account { address: proven, .. } if proven == address);
        let request = self.proof_request(&["accounts", &address.to_string(), "proof"], trust);
        let answer = self.answer(request).await?;
        answer.required()?;
        answer.proven(answer.text()?, trust, is_asked)
    }

    /// The last final block that the node shows, as a checkpoint to pin.
    pub async fn checkpoint(&self, trust: Trust<'_>) -> Result<(Checkpoint, Proven), ClientError> {
        let answer = self.answer(self.proof_request(&["checkpoint"], trust)).await?;
        let both: ProvenCheckpoint = answer.json()?;
        let checkpoint = Checkpoint::from_json(both.checkpoint.get());
        let checkpoint = checkpoint.map_err(|error| answer.unlike_a_node(&error))?;
        let is_block = |claim: &Claim| matches!(claim, Claim::Block);
        let proven = answer.proven(both.proof.get(), trust, is_block)?;
        let shown = match (proven.verified.checkpoint(), trust) {
            // No later block is final: the proof rests on the pinned one.
            (None, Trust::Checkpoint(pinned)) => Some(pinned.clone()),
            (shown, _) => shown,
        };
        if shown.as_ref() != Some(&checkpoint) {
            return Err(answer.refuted(&"the checkpoint is not the block that the proof shows"));
        }
        Ok((checkpoint, proven))
    }

    /// Who notarised a digest and when, the earliest first; `None` if the node knows of nobody.
    /// This is the node's word alone: take the proof of a transaction that matters.
    pub async fn notarisations(
        &self,
        digest: &Digest,
        after: Option<TransactionId>,
        limit: u64,
    ) -> Result<Option<NotarisationPage>, ClientError> {
        let mut query = vec![("limit", limit.to_string())];
        query.extend(after.map(|id| ("after", id.to_string())));
        self.find(&["notarisations", &digest.to_string()], &query).await
    }

    async fn prove(
        &self,
        path: &[&str],
        trust: Trust<'_>,
        is_asked: impl Fn(&Claim) -> bool,
    ) -> Result<Option<Proven>, ClientError> {
        let answer = self.answer(self.proof_request(path, trust)).await?;
        if answer.is_not_found() {
            return Ok(None);
        }
        answer.proven(answer.text()?, trust, is_asked).map(Some)
    }
}

impl Client {
    /// A proof to whoever has pinned a checkpoint leads to that block, else to genesis.
    fn proof_request(&self, path: &[&str], trust: Trust<'_>) -> Request {
        let query = match trust {
            Trust::Genesis(_) => Vec::new(),
            Trust::Checkpoint(pinned) => vec![("checkpoint_height", pinned.height.to_string())],
        };
        self.request(Method::GET, path, &query)
    }
}

impl Answer {
    /// The proof in this answer, if it holds and is the one that was asked for.
    fn proven(
        &self,
        text: &str,
        trust: Trust<'_>,
        is_asked: impl Fn(&Claim) -> bool,
    ) -> Result<Proven, ClientError> {
        let proof = Proof::from_json(text).map_err(|error| self.unlike_a_node(&error))?;
        let verified = verify(&proof, trust).map_err(|error| self.refuted(&error))?;
        if is_asked(&verified.claim) {
            return Ok(Proven { proof, verified });
        }
        Err(self.refuted(&"it is of something else than was asked for"))
    }

    fn refuted(&self, reason: &impl ToString) -> ClientError {
        ClientError::Refuted { url: self.url.clone(), reason: reason.to_string() }
    }
}
