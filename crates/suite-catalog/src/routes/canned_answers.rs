//! Canned answers.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use suite_kit::auth::Caller;
use suite_kit::problem::Problem;
use suite_kit::service::{IfMatch, Json, Path, Query, etag};
use uuid::Uuid;

use crate::api::canned_answers::{
    CannedAnswerRequest, CannedAnswerView, CannedAnswers, FillQuery, FilledAnswer,
};
use crate::service::{CannedDetail, Catalog};

/// The canned answers that the caller may use, by name; all, for who keeps them.
#[utoipa::path(get, path = "/api/v1/service-catalog/canned-answers",
    operation_id = "list_canned_answers", tag = "canned-answers",
    security(("bearer" = ["catalog.all-tickets.read"])),
    responses((status = 200, body = CannedAnswers)))]
pub(super) async fn list(
    State(catalog): State<Catalog>,
    caller: Caller,
) -> Result<Json<CannedAnswers>, Problem> {
    let answers = catalog.canned_answers(&caller).await?;
    Ok(Json(CannedAnswers { items: answers.into_iter().map(CannedAnswerView::from).collect() }))
}

/// Keeps an answer.
#[utoipa::path(post, path = "/api/v1/service-catalog/canned-answers",
    operation_id = "add_canned_answer", tag = "canned-answers",
    security(("bearer" = ["catalog.canned-answers.write"])), request_body = CannedAnswerRequest,
    responses((status = 201, body = CannedAnswerView)))]
pub(super) async fn create(
    State(catalog): State<Catalog>,
    caller: Caller,
    Json(body): Json<CannedAnswerRequest>,
) -> Result<Response, Problem> {
    let detail = catalog.add_canned_answer(&caller, body).await?;
    Ok(etag(detail.row.version, (StatusCode::CREATED, Json(CannedAnswerView::from(detail)))))
}

/// One of them.
#[utoipa::path(get, path = "/api/v1/service-catalog/canned-answers/{id}",
    operation_id = "get_canned_answer", tag = "canned-answers",
    security(("bearer" = ["catalog.all-tickets.read"])), params(("id" = Uuid, Path)),
    responses((status = 200, body = CannedAnswerView)))]
pub(super) async fn show(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    Ok(answer(catalog.canned_answer(&caller, id).await?))
}

/// Changes an answer.
#[utoipa::path(put, path = "/api/v1/service-catalog/canned-answers/{id}",
    operation_id = "change_canned_answer", tag = "canned-answers",
    security(("bearer" = ["catalog.canned-answers.write"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    request_body = CannedAnswerRequest, responses((status = 200, body = CannedAnswerView)))]
pub(super) async fn change(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(body): Json<CannedAnswerRequest>,
) -> Result<Response, Problem> {
    Ok(answer(catalog.change_canned_answer(&caller, (id, version), body).await?))
}

/// Removes an answer. What was answered with it stays.
#[utoipa::path(delete, path = "/api/v1/service-catalog/canned-answers/{id}",
    operation_id = "remove_canned_answer", tag = "canned-answers",
    security(("bearer" = ["catalog.canned-answers.write"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)), responses((status = 204)))]
pub(super) async fn remove(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
) -> Result<StatusCode, Problem> {
    catalog.remove_canned_answer(&caller, (id, version)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What an answer is for a ticket, to be looked at and sent as a reply.
#[utoipa::path(get, path = "/api/v1/service-catalog/canned-answers/{id}/filled",
    operation_id = "fill_canned_answer", tag = "canned-answers",
    security(("bearer" = ["catalog.all-tickets.read"])), params(("id" = Uuid, Path), FillQuery),
    responses((status = 200, body = FilledAnswer)))]
pub(super) async fn fill(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(query): Query<FillQuery>,
) -> Result<Json<FilledAnswer>, Problem> {
    let filled = catalog.fill_canned_answer(&caller, (id, query.ticket_id)).await?;
    Ok(Json(FilledAnswer::from(filled)))
}

fn answer(detail: CannedDetail) -> Response {
    etag(detail.row.version, Json(CannedAnswerView::from(detail)))
}
