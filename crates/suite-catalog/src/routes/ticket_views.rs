//! Queues that people keep, and changes of many tickets at once.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use suite_kit::auth::Caller;
use suite_kit::problem::Problem;
use suite_kit::service::{IfMatch, Json, Path, etag};
use uuid::Uuid;

use crate::api::ticket_views::{
    BulkAnswer, BulkRequest, BulkResult, SavedTicketView, SavedTicketViews, TicketViewRequest,
};
use crate::service::Catalog;

/// The queues that the caller keeps, and those that are shared, by name.
#[utoipa::path(get, path = "/api/v1/service-catalog/ticket-views",
    operation_id = "list_ticket_views", tag = "ticket-views",
    security(("bearer" = ["catalog.all-tickets.read"])),
    responses((status = 200, body = SavedTicketViews)))]
pub(super) async fn list(
    State(catalog): State<Catalog>,
    caller: Caller,
) -> Result<Json<SavedTicketViews>, Problem> {
    let views = catalog.ticket_views(&caller).await?;
    Ok(Json(SavedTicketViews { items: views.into_iter().map(SavedTicketView::from).collect() }))
}

/// Keeps a queue.
#[utoipa::path(post, path = "/api/v1/service-catalog/ticket-views",
    operation_id = "keep_ticket_view", tag = "ticket-views",
    security(("bearer" = ["catalog.all-tickets.read"])), request_body = TicketViewRequest,
    responses((status = 201, body = SavedTicketView)))]
pub(super) async fn keep(
    State(catalog): State<Catalog>,
    caller: Caller,
    Json(body): Json<TicketViewRequest>,
) -> Result<Response, Problem> {
    let view = catalog.keep_ticket_view(&caller, body).await?;
    Ok(etag(view.row.version, (StatusCode::CREATED, Json(SavedTicketView::from(view)))))
}

/// Changes a queue of the caller's, or, as one who leads, a shared one. Its version is in the list.
#[utoipa::path(put, path = "/api/v1/service-catalog/ticket-views/{id}",
    operation_id = "change_ticket_view", tag = "ticket-views",
    security(("bearer" = ["catalog.all-tickets.read"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    request_body = TicketViewRequest, responses((status = 200, body = SavedTicketView)))]
pub(super) async fn change(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(body): Json<TicketViewRequest>,
) -> Result<Response, Problem> {
    let view = catalog.change_ticket_view(&caller, (id, version), body).await?;
    Ok(etag(view.row.version, Json(SavedTicketView::from(view))))
}

/// Removes a queue.
#[utoipa::path(delete, path = "/api/v1/service-catalog/ticket-views/{id}",
    operation_id = "remove_ticket_view", tag = "ticket-views",
    security(("bearer" = ["catalog.all-tickets.read"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)), responses((status = 204)))]
pub(super) async fn remove(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
) -> Result<StatusCode, Problem> {
    catalog.remove_ticket_view(&caller, (id, version)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Changes and moves many tickets, each by itself: what is refused for one is told with it.
#[utoipa::path(post, path = "/api/v1/service-catalog/tickets/bulk",
    operation_id = "change_tickets", tag = "tickets",
    security(("bearer" = ["catalog.all-tickets.write"])), request_body = BulkRequest,
    responses((status = 200, body = BulkAnswer)))]
pub(super) async fn bulk(
    State(catalog): State<Catalog>,
    caller: Caller,
    Json(body): Json<BulkRequest>,
) -> Result<Json<BulkAnswer>, Problem> {
    let done = catalog.change_tickets(&caller, body).await?;
    Ok(Json(BulkAnswer { items: done.into_iter().map(BulkResult::from).collect() }))
}
