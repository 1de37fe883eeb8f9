//! Notarised digests: by whom, and when.

use axum::Json;
use axum::extract::State;
use kaldrix_client::api::text::{self, Id};
use kaldrix_client::api::{
    NOTARISATIONS_LIMIT_MAX, NotarisationPage, NotarisationView, ProblemKind, Timestamp,
};
use kaldrix_storage::ExecutedTransaction;
use kaldrix_storage::ledger_store::Place;
use kaldrix_types::{Digest, Payload, TransactionId};
use serde::Deserialize;

use super::Api;
use super::blocks::off_thread;
use super::error::{self, ApiError};
use super::input::{self, Parameters, Segment};
use crate::handle::NodeHandle;

#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Page {
    /// Notarisations after this transaction's; the cursor `next_after` of the page before.
    #[serde(with = "text::option", default)]
    #[param(value_type = Option<Id>)]
    after: Option<TransactionId>,
    /// Notarisations on the page, 1 to 100.
    #[serde(default = "limit_default")]
    #[param(default = 20)]
    limit: u64,
}

fn limit_default() -> u64 {
    20
}

/// Who notarised a digest and when, the earliest first.
#[utoipa::path(get, path = "/v1/notarisations/{digest}", operation_id = "list_notarisations",
    tag = "notarisations",
    params(("digest" = Id, Path, description = "The notarised digest"), Page),
    responses((status = 200, description = "A page of notarisations", body = NotarisationPage)))]
pub(super) async fn list(
    State(api): State<Api>,
    Segment(digest): Segment<Digest>,
    Parameters(page): Parameters<Page>,
) -> Result<Json<NotarisationPage>, ApiError> {
    input::within("limit", page.limit, 1, NOTARISATIONS_LIMIT_MAX)?;
    off_thread(move || read_page(&api.node, digest, page)).await.map(Json)
}

fn read_page(node: &NodeHandle, digest: Digest, page: Page) -> Result<NotarisationPage, ApiError> {
    let failed = |error| error::store_failure(node, &error);
    let after = page.after.map(|id| place_of(node, &id)).transpose()?;
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    // One more says whether there is a next page.
    let found = node.ledger().notarisations(&digest, after, limit.saturating_add(1));
    let mut found = found.map_err(failed)?;
    if found.is_empty() && after.is_none() {
        return Err(ApiError::not_found(format!("this node knows no notarisation of {digest}")));
    }
    let has_more = found.len() > limit;
    found.truncate(limit);
    let views = found.iter().map(|executed| view(node, executed));
    let notarisations = views.collect::<Result<Vec<_>, _>>()?;
    let last = notarisations.last().filter(|_| has_more);
    Ok(NotarisationPage { digest, next_after: last.map(|one| one.transaction), notarisations })
}

fn place_of(node: &NodeHandle, id: &TransactionId) -> Result<Place, ApiError> {
    let found =
        node.ledger().transaction(id).map_err(|error| error::store_failure(node, &error))?;
    let unknown = || {
        let detail = format!("this node knows no executed transaction {id}");
        ApiError::at(ProblemKind::InvalidParameter, "after", detail)
    };
    let ExecutedTransaction { height, index, .. } = found.ok_or_else(unknown)?;
    Ok(Place { height, index })
}

fn view(node: &NodeHandle, executed: &ExecutedTransaction) -> Result<NotarisationView, ApiError> {
    let height = executed.height;
    let header = node.ledger().header(height);
    let header = header.map_err(|error| error::store_failure(node, &error))?;
    let missing = || ApiError::not_found(format!("this node has no ledger block {height}"));
    let header = header.ok_or_else(missing)?;
    let body = &executed.entry.transaction.body;
    let tag = match &body.payload {
        Payload::Notarise(notarisation) => notarisation.tag.to_vec(),
        _ => Vec::new(),
    };
    Ok(NotarisationView {
        transaction: executed.receipt.id,
        sender: body.sender,
        tag,
        height,
        block: header.id(),
        timestamp: Timestamp::from_ms(header.timestamp_ms),
        is_final: height <= node.status().final_height,
    })
}
