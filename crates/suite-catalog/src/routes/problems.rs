//! Problems and known errors.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use suite_kit::auth::Caller;
use suite_kit::page::{Page, PageQuery};
use suite_kit::problem::Problem;
use suite_kit::service::{IfMatch, Json, Path, Query, etag};
use uuid::Uuid;

use crate::api::problems::{
    ProblemChange, ProblemFilter, ProblemMoveRequest, ProblemRequest, ProblemSummary, ProblemView,
    WorkaroundRequest,
};
use crate::api::ticket_views::{BulkAnswer, BulkResult};
use crate::service::{Catalog, ProblemDetail};

/// Problems, the latest first.
#[utoipa::path(get, path = "/api/v1/service-catalog/problems", operation_id = "list_problems",
    tag = "problems", security(("bearer" = ["catalog.problems.read"])),
    params(ProblemFilter, PageQuery), responses((status = 200, body = Page<ProblemSummary>)))]
pub(super) async fn list(
    State(catalog): State<Catalog>,
    caller: Caller,
    Query(filter): Query<ProblemFilter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<ProblemSummary>>, Problem> {
    let rows = catalog.problems(&caller, filter, (page.after()?, page.limit()?)).await?;
    Ok(Json(rows.map(ProblemSummary::from)))
}

/// Opens a problem. Tickets are linked to it as `problem`.
#[utoipa::path(post, path = "/api/v1/service-catalog/problems", operation_id = "open_problem",
    tag = "problems", security(("bearer" = ["catalog.problems.write"])),
    request_body = ProblemRequest, responses((status = 201, body = ProblemView)))]
pub(super) async fn open(
    State(catalog): State<Catalog>,
    caller: Caller,
    Json(body): Json<ProblemRequest>,
) -> Result<Response, Problem> {
    let detail = catalog.open_problem(&caller, body).await?;
    Ok(etag(detail.row.version, (StatusCode::CREATED, Json(ProblemView::from(detail)))))
}

/// A problem, with the tickets that are linked to it.
#[utoipa::path(get, path = "/api/v1/service-catalog/problems/{id}", operation_id = "get_problem",
    tag = "problems", security(("bearer" = ["catalog.problems.read"])),
    params(("id" = Uuid, Path)), responses((status = 200, body = ProblemView)))]
pub(super) async fn show(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    Ok(answer(catalog.problem(&caller, id).await?))
}

/// Changes what is known of a problem.
#[utoipa::path(patch, path = "/api/v1/service-catalog/problems/{id}",
    operation_id = "change_problem", tag = "problems",
    security(("bearer" = ["catalog.problems.write"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    request_body = ProblemChange, responses((status = 200, body = ProblemView)))]
pub(super) async fn change(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(body): Json<ProblemChange>,
) -> Result<Response, Problem> {
    Ok(answer(catalog.change_problem(&caller, (id, version), body).await?))
}

/// Moves a problem to another state. A known error has a root cause and a workaround; what is
/// resolved has a root cause.
#[utoipa::path(post, path = "/api/v1/service-catalog/problems/{id}/state",
    operation_id = "move_problem", tag = "problems",
    security(("bearer" = ["catalog.problems.write"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    request_body = ProblemMoveRequest, responses((status = 200, body = ProblemView)))]
pub(super) async fn move_on(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(body): Json<ProblemMoveRequest>,
) -> Result<Response, Problem> {
    Ok(answer(catalog.move_problem(&caller, (id, version), body.to).await?))
}

/// Answers tickets that are linked to a problem with its workaround: each by itself, and what is
/// refused for one is told with it. For agents who see problems.
#[utoipa::path(post, path = "/api/v1/service-catalog/problems/{id}/workaround-replies",
    operation_id = "reply_with_workaround", tag = "problems",
    security(("bearer" = ["catalog.all-tickets.write"])), params(("id" = Uuid, Path)),
    request_body = WorkaroundRequest, responses((status = 200, body = BulkAnswer)))]
pub(super) async fn reply(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<WorkaroundRequest>,
) -> Result<Json<BulkAnswer>, Problem> {
    let done = catalog.reply_workaround(&caller, id, &body.ticket_ids).await?;
    Ok(Json(BulkAnswer { items: done.into_iter().map(BulkResult::from).collect() }))
}

fn answer(detail: ProblemDetail) -> Response {
    etag(detail.row.version, Json(ProblemView::from(detail)))
}
