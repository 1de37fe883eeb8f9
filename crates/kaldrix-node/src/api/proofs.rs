//! Proofs of what the ledger holds, in the one form that `docs/spec/proofs.md` gives them.

use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use kaldrix_client::api::text::Id;
use kaldrix_client::api::{ProblemKind, ProvenCheckpoint, WAIT_MS_MAX};
use kaldrix_proof::Proof;
use kaldrix_types::{Address, Digest, TransactionId};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Api;
use super::error::{self, ApiError};
use super::input::{self, Parameters, Segment};
use crate::handle::{NoProof, NodeHandle, Subject};

#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Terms {
    /// The height of a checkpoint that the verifier has pinned: the proof then leads to that
    /// block. Without it the proof leads to genesis.
    checkpoint_height: Option<u64>,
    /// Wait so long, in milliseconds, until what is asked for is final; at most 30000.
    #[serde(default = "wait_ms_default")]
    #[param(default = 5000)]
    wait_ms: u64,
}

fn wait_ms_default() -> u64 {
    5_000
}

/// A proof on its way out.
#[derive(Debug)]
pub(super) struct ProofText(Proof);

impl IntoResponse for ProofText {
    fn into_response(self) -> Response {
        let text = Bytes::from(self.0.to_json());
        ([(CONTENT_TYPE, "application/json")], text).into_response()
    }
}

async fn prove(api: &Api, subject: Subject, terms: Terms) -> Result<Proof, ApiError> {
    let wait_ms = input::within("wait_ms", terms.wait_ms, 0, WAIT_MS_MAX)?;
    if let Some(height) = terms.checkpoint_height {
        input::within("checkpoint_height", height, 1, u64::MAX)?;
    }
    let patience = Duration::from_millis(wait_ms);
    let proven = api.node.prove(subject, terms.checkpoint_height, patience).await;
    proven.map_err(|error| no_proof(&api.node, error))
}

fn no_proof(node: &NodeHandle, error: NoProof) -> ApiError {
    match error {
        NoProof::Unknown(what) => ApiError::not_found(what),
        NoProof::NotFinal(what) => ApiError::new(ProblemKind::NotFinal, what),
        NoProof::Node(error) => error::failure(node, &error),
    }
}

/// The proof that a transaction was executed, and with what outcome.
///
/// It is verified offline, with nothing but the genesis file: `kaldrix-node verify`.
#[utoipa::path(get, path = "/v1/transactions/{id}/proof", operation_id = "get_transaction_proof",
    tag = "proofs",
    params(("id" = Id, Path, description = "The transaction's id"), Terms),
    responses((status = 200, description = "The proof, of format `kaldrix-proof`", body = Object)))]
pub(super) async fn transaction(
    State(api): State<Api>,
    Segment(id): Segment<TransactionId>,
    Parameters(terms): Parameters<Terms>,
) -> Result<ProofText, ApiError> {
    prove(&api, Subject::Transaction(id), terms).await.map(ProofText)
}

/// The proof of an account's state, or of its absence, after the last block.
#[utoipa::path(get, path = "/v1/accounts/{address}/proof", operation_id = "get_account_proof",
    tag = "proofs",
    params(("address" = String, Path, description = "The account's address"), Terms),
    responses((status = 200, description = "The proof, of format `kaldrix-proof`", body = Object)))]
pub(super) async fn account(
    State(api): State<Api>,
    Segment(address): Segment<Address>,
    Parameters(terms): Parameters<Terms>,
) -> Result<ProofText, ApiError> {
    prove(&api, Subject::Account(address), terms).await.map(ProofText)
}

/// The proof that a digest was notarised, by the first transaction that did.
///
/// For a later one take the proof of that transaction.
#[utoipa::path(get, path = "/v1/notarisations/{digest}/proof",
    operation_id = "get_notarisation_proof", tag = "proofs",
    params(("digest" = Id, Path, description = "The notarised digest"), Terms),
    responses((status = 200, description = "The proof, of format `kaldrix-proof`", body = Object)))]
pub(super) async fn notarisation(
    State(api): State<Api>,
    Segment(digest): Segment<Digest>,
    Parameters(terms): Parameters<Terms>,
) -> Result<ProofText, ApiError> {
    prove(&api, Subject::Notarisation(digest), terms).await.map(ProofText)
}

/// The last final block as a checkpoint, with the proof that it is final.
///
/// Who pins it need not trust the keys of any older committee from then on.
#[utoipa::path(get, path = "/v1/checkpoint", operation_id = "get_checkpoint",
    tag = "proofs", params(Terms),
    responses((status = 200, description = "The checkpoint", body = ProvenCheckpoint)))]
pub(super) async fn checkpoint(
    State(api): State<Api>,
    Parameters(terms): Parameters<Terms>,
) -> Result<Json<ProvenCheckpoint>, ApiError> {
    let proof = prove(&api, Subject::LatestBlock, terms).await?;
    let checkpoint = api.node.checkpoint_of(&proof);
    let raw = |text: String| RawValue::from_string(text).map_err(|error| error::internal(&error));
    let (checkpoint, proof) = (raw(checkpoint.to_json())?, raw(proof.to_json())?);
    Ok(Json(ProvenCheckpoint { checkpoint, proof }))
}
