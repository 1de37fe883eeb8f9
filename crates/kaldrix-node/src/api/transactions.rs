//! Transactions: submission and their fate.

use std::time::{Duration, SystemTime};

use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::{LOCATION, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use kaldrix_client::api::text::Binary;
use kaldrix_client::api::{
    Accepted, BatchItem, BatchOutcome, BatchRequest, BatchResponse, SignedTransaction, Timestamp,
    TransactionState, TransactionView, WAIT_MS_MAX,
};
use kaldrix_types::{LedgerHeader, Transaction, TransactionId};
use serde::Deserialize;

use super::Api;
use super::error::{self, ApiError};
use super::input::{self, Parameters, Segment};
use crate::handle::{Executed, SubmitError, TransactionStatus};

/// Submit a transaction.
///
/// The answer 202 is sent only once this node holds the transaction durably. A transaction that the
/// node knows already is accepted again and executes once. The compact binary form is the
/// transaction's canonical encoding.
#[utoipa::path(post, path = "/v1/transactions", operation_id = "submit_transaction",
    tag = "transactions",
    request_body(content(
        (SignedTransaction = "application/json"),
        (Binary = "application/vnd.kaldrix.transaction"),
    )),
    responses((status = 202, description = "The node holds it durably", body = Accepted,
        headers(("location" = String, description = "Where its fate can be seen")))))]
pub(super) async fn submit(State(api): State<Api>, request: Request) -> Result<Response, ApiError> {
    let transaction = input::transaction(request).await?;
    let results = api.node.submit(vec![transaction]).await;
    let missing = SubmitError::Unavailable { reason: "the node is stopping".to_owned() };
    let id = results
        .into_iter()
        .next()
        .unwrap_or(Err(missing))
        .map_err(|error| ApiError::from(error::refusal(&error)))?;
    let location = [(LOCATION, format!("/v1/transactions/{id}"))];
    Ok((StatusCode::ACCEPTED, location, Json(Accepted { id })).into_response())
}

/// Submit transactions together.
///
/// At most 512 transactions and 8 MiB. Each stands alone, in the order of the list: 202 says that
/// all were accepted, 207 that some were not, and the results say which and why. A body that cannot
/// be read is refused as a whole. The compact binary form is a version byte (1), the number of
/// transactions as four bytes, the lowest first, and each transaction's canonical encoding without
/// its version byte.
#[utoipa::path(post, path = "/v1/transactions/batch", operation_id = "submit_transactions",
    tag = "transactions",
    request_body(content(
        (BatchRequest = "application/json"),
        (Binary = "application/vnd.kaldrix.transactions"),
    )),
    responses(
        (status = 202, description = "The node holds them all durably", body = BatchResponse),
        (status = 207, description = "Some were refused", body = BatchResponse)))]
pub(super) async fn submit_batch(
    State(api): State<Api>,
    request: Request,
) -> Result<Response, ApiError> {
    let transactions = input::batch(request).await?;
    let ids: Vec<_> = transactions.iter().map(Transaction::id).collect();
    let outcomes = api.node.submit(transactions).await;
    let results: Vec<_> =
        ids.into_iter().zip(outcomes).map(|(id, outcome)| batch_item(id, outcome)).collect();
    let accepted = results.iter().filter(|item| item.problem.is_none()).count();
    let again_later =
        |item: &BatchItem| item.problem.as_ref().is_some_and(|problem| problem.kind.is_temporary());
    let retry = results.iter().any(again_later);
    let refused = results.len() - accepted;
    let status = if refused == 0 { StatusCode::ACCEPTED } else { StatusCode::MULTI_STATUS };
    let body = Json(BatchResponse { accepted, refused, results });
    let mut response = (status, body).into_response();
    if retry {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    Ok(response)
}

fn batch_item(id: TransactionId, outcome: Result<TransactionId, SubmitError>) -> BatchItem {
    match outcome {
        Ok(id) => BatchItem { id, outcome: BatchOutcome::Accepted, problem: None },
        Err(error) => {
            let problem = Some(error::refusal(&error));
            BatchItem { id, outcome: BatchOutcome::Refused, problem }
        }
    }
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Wait {
    /// Wait so long, in milliseconds, until it is final or rejected; at most 30000.
    #[serde(default)]
    wait_ms: u64,
}

/// A transaction and what became of it.
///
/// A node knows the transactions that it was given and those of the blocks that it has.
#[utoipa::path(get, path = "/v1/transactions/{id}", operation_id = "get_transaction",
    tag = "transactions",
    params(("id" = String, Path, description = "The transaction's id"), Wait),
    responses((status = 200, description = "Where it stands", body = TransactionView)))]
pub(super) async fn show(
    State(api): State<Api>,
    Segment(id): Segment<TransactionId>,
    Parameters(Wait { wait_ms }): Parameters<Wait>,
) -> Result<Json<TransactionView>, ApiError> {
    let wait_ms = input::within("wait_ms", wait_ms, 0, WAIT_MS_MAX)?;
    let status = if wait_ms == 0 {
        api.node.transaction(&id)
    } else {
        api.node.wait_final(&id, Duration::from_millis(wait_ms)).await
    };
    let status = status.map_err(|error| error::failure(&api.node, &error))?;
    let status = status
        .ok_or_else(|| ApiError::not_found(format!("this node knows no transaction {id}")))?;
    view(&api, id, status).map(Json)
}

fn view(
    api: &Api,
    id: TransactionId,
    status: TransactionStatus,
) -> Result<TransactionView, ApiError> {
    match status {
        TransactionStatus::Pending { transaction, since_ms } => {
            let since = SystemTime::now() - Duration::from_millis(since_ms);
            Ok(TransactionView {
                pending_since: Some(since.into()),
                body: Some((&transaction.body).into()),
                ..blank(id, TransactionState::Pending)
            })
        }
        TransactionStatus::Rejected { reason } => {
            Ok(TransactionView { rejection: Some(reason), ..blank(id, TransactionState::Rejected) })
        }
        TransactionStatus::Executed(executed) => {
            let header = api.node.ledger().header(executed.height);
            let header = header.map_err(|error| error::store_failure(&api.node, &error))?;
            Ok(executed_view(&executed, header.as_ref()))
        }
    }
}

/// An executed transaction, in the block of `header`.
pub(super) fn executed_view(executed: &Executed, header: Option<&LedgerHeader>) -> TransactionView {
    let state =
        if executed.is_final { TransactionState::Final } else { TransactionState::Executed };
    TransactionView {
        height: Some(executed.height),
        index: Some(executed.index),
        block: header.map(LedgerHeader::id),
        timestamp: header.map(|header| Timestamp::from_ms(header.timestamp_ms)),
        receipt: Some((&executed.receipt).into()),
        body: Some((&executed.transaction.body).into()),
        ..blank(executed.receipt.id, state)
    }
}

fn blank(id: TransactionId, status: TransactionState) -> TransactionView {
    TransactionView {
        id,
        status,
        height: None,
        index: None,
        block: None,
        timestamp: None,
        pending_since: None,
        receipt: None,
        body: None,
        rejection: None,
    }
}
