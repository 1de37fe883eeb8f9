//! Requests, and decisions on them.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use suite_kit::auth::Caller;
use suite_kit::page::{Page, PageQuery};
use suite_kit::problem::Problem;
use suite_kit::service::{IfMatch, Json, Path, Query, etag};
use uuid::Uuid;

use crate::api::requests::{
    DecisionRequest, RequestFilter, RequestSummary, RequestView, RestartRequest, SubmitRequest,
};
use crate::service::{Catalog, Detail, Scope};

/// Everybody's requests, the newest first.
#[utoipa::path(get, path = "/api/v1/service-catalog/requests", operation_id = "list_requests",
    tag = "requests", security(("bearer" = ["catalog.all-requests.read"])),
    params(RequestFilter, PageQuery), responses((status = 200, body = Page<RequestSummary>)))]
pub(super) async fn list(
    State(catalog): State<Catalog>,
    caller: Caller,
    Query(filter): Query<RequestFilter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<RequestSummary>>, Problem> {
    scoped(&catalog, &caller, (Scope::All, filter), &page).await
}

/// Requests that the caller made, or that are for them, the newest first.
#[utoipa::path(get, path = "/api/v1/service-catalog/my/requests",
    operation_id = "list_my_requests", tag = "requests",
    security(("bearer" = ["catalog.requests.read"])), params(RequestFilter, PageQuery),
    responses((status = 200, body = Page<RequestSummary>)))]
pub(super) async fn own(
    State(catalog): State<Catalog>,
    caller: Caller,
    Query(filter): Query<RequestFilter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<RequestSummary>>, Problem> {
    scoped(&catalog, &caller, (Scope::Own, filter), &page).await
}

/// Requests on which the caller is asked to decide, for themselves or as a delegate.
#[utoipa::path(get, path = "/api/v1/service-catalog/my/approvals",
    operation_id = "list_my_approvals", tag = "approvals",
    security(("bearer" = ["catalog.requests.read"])), params(PageQuery),
    responses((status = 200, body = Page<RequestSummary>)))]
pub(super) async fn to_decide(
    State(catalog): State<Catalog>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<RequestSummary>>, Problem> {
    scoped(&catalog, &caller, (Scope::ToDecide, RequestFilter::default()), &page).await
}

/// Requests on which the caller has decided, for themselves or as a delegate, the newest first.
#[utoipa::path(get, path = "/api/v1/service-catalog/my/decisions",
    operation_id = "list_my_decisions", tag = "approvals",
    security(("bearer" = ["catalog.requests.read"])), params(RequestFilter, PageQuery),
    responses((status = 200, body = Page<RequestSummary>)))]
pub(super) async fn decided(
    State(catalog): State<Catalog>,
    caller: Caller,
    Query(filter): Query<RequestFilter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<RequestSummary>>, Problem> {
    scoped(&catalog, &caller, (Scope::Decided, filter), &page).await
}

async fn scoped(
    catalog: &Catalog,
    caller: &Caller,
    which: (Scope, RequestFilter),
    page: &PageQuery,
) -> Result<Json<Page<RequestSummary>>, Problem> {
    let rows = catalog.requests(caller, which, (page.after()?, page.limit()?)).await?;
    Ok(Json(rows.map(RequestSummary::from)))
}

/// Asks for an item.
#[utoipa::path(post, path = "/api/v1/service-catalog/requests", operation_id = "submit_request",
    tag = "requests", security(("bearer" = ["catalog.requests.write"])),
    request_body = SubmitRequest, responses((status = 201, body = RequestView)))]
pub(super) async fn submit(
    State(catalog): State<Catalog>,
    caller: Caller,
    Json(body): Json<SubmitRequest>,
) -> Result<Response, Problem> {
    let detail = catalog.submit(&caller, body).await?;
    Ok(etag(detail.row.version, (StatusCode::CREATED, Json(RequestView::from(detail)))))
}

/// A request of the caller's, or one that they are or were asked about, with all that is decided
/// on.
#[utoipa::path(get, path = "/api/v1/service-catalog/requests/{id}", operation_id = "get_request",
    tag = "requests", security(("bearer" = ["catalog.requests.read"])),
    params(("id" = Uuid, Path)), responses((status = 200, body = RequestView)))]
pub(super) async fn show(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    Ok(answer(catalog.request(&caller, id).await?))
}

/// Takes a request back.
#[utoipa::path(post, path = "/api/v1/service-catalog/requests/{id}/cancel",
    operation_id = "cancel_request", tag = "requests",
    security(("bearer" = ["catalog.requests.write"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = RequestView)))]
pub(super) async fn cancel(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
) -> Result<Response, Problem> {
    Ok(answer(catalog.cancel(&caller, (id, version)).await?))
}

/// Approves or rejects, for the stage that was seen. Of two decisions at once one may count, and
/// the other is a conflict that says what happened.
#[utoipa::path(post, path = "/api/v1/service-catalog/requests/{id}/decisions",
    operation_id = "decide", tag = "approvals",
    security(("bearer" = ["catalog.approvals.write"])), params(("id" = Uuid, Path)),
    request_body = DecisionRequest, responses((status = 200, body = RequestView)))]
pub(super) async fn decide(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<DecisionRequest>,
) -> Result<Response, Problem> {
    Ok(answer(catalog.decide(&caller, id, body).await?))
}

/// Asks anew the stage in which an approval failed because there was nobody to ask.
#[utoipa::path(post, path = "/api/v1/service-catalog/requests/{id}/restart",
    operation_id = "restart_approval", tag = "approvals",
    security(("bearer" = ["catalog.all-requests.write"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    request_body = RestartRequest, responses((status = 200, body = RequestView)))]
pub(super) async fn restart(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(body): Json<RestartRequest>,
) -> Result<Response, Problem> {
    Ok(answer(catalog.restart(&caller, (id, version), body).await?))
}

pub(super) fn answer(detail: Detail) -> Response {
    etag(detail.row.version, Json(RequestView::from(detail)))
}
