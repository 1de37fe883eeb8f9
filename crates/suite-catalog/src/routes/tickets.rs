//! Tickets.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use suite_kit::auth::Caller;
use suite_kit::page::{Page, PageQuery};
use suite_kit::problem::Problem;
use suite_kit::service::{IfMatch, Json, Path, Query, etag};
use uuid::Uuid;

use crate::api::notes::{NoteRequest, RatingRequest};
use crate::api::tickets::{
    ExplainedClock, ExplainedClocks, HandOverRequest, MoveRequest, OpenTicketRequest, TicketChange,
    TicketEvent, TicketFilter, TicketSummary, TicketView,
};
use crate::service::{Catalog, TicketDetail, TicketScope};

/// Everybody's tickets.
#[utoipa::path(get, path = "/api/v1/service-catalog/tickets", operation_id = "list_tickets",
    tag = "tickets", security(("bearer" = ["catalog.all-tickets.read"])),
    params(TicketFilter, PageQuery), responses((status = 200, body = Page<TicketSummary>)))]
pub(super) async fn list(
    State(catalog): State<Catalog>,
    caller: Caller,
    Query(filter): Query<TicketFilter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<TicketSummary>>, Problem> {
    scoped(&catalog, &caller, (TicketScope::All, filter), &page).await
}

/// Tickets whose requester is the caller.
#[utoipa::path(get, path = "/api/v1/service-catalog/my/tickets", operation_id = "list_my_tickets",
    tag = "tickets", security(("bearer" = ["catalog.tickets.read"])),
    params(TicketFilter, PageQuery), responses((status = 200, body = Page<TicketSummary>)))]
pub(super) async fn own(
    State(catalog): State<Catalog>,
    caller: Caller,
    Query(filter): Query<TicketFilter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<TicketSummary>>, Problem> {
    scoped(&catalog, &caller, (TicketScope::Own, filter), &page).await
}

async fn scoped(
    catalog: &Catalog,
    caller: &Caller,
    which: (TicketScope, TicketFilter),
    page: &PageQuery,
) -> Result<Json<Page<TicketSummary>>, Problem> {
    let rows = catalog.tickets(caller, which, (page.after()?, page.limit()?)).await?;
    Ok(Json(rows.map(TicketSummary::from)))
}

/// Opens a ticket, for oneself or, as an agent, for somebody.
#[utoipa::path(post, path = "/api/v1/service-catalog/tickets", operation_id = "open_ticket",
    tag = "tickets", security(("bearer" = ["catalog.tickets.write"])),
    request_body = OpenTicketRequest, responses((status = 201, body = TicketView)))]
pub(super) async fn open(
    State(catalog): State<Catalog>,
    caller: Caller,
    Json(body): Json<OpenTicketRequest>,
) -> Result<Response, Problem> {
    let detail = catalog.open_ticket(&caller, body).await?;
    Ok(etag(detail.row.version, (StatusCode::CREATED, Json(TicketView::from(detail)))))
}

/// A ticket of the caller's, or anybody's for who sees everybody's.
#[utoipa::path(get, path = "/api/v1/service-catalog/tickets/{id}", operation_id = "get_ticket",
    tag = "tickets", security(("bearer" = ["catalog.tickets.read"])),
    params(("id" = Uuid, Path)), responses((status = 200, body = TicketView)))]
pub(super) async fn show(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    Ok(answer(catalog.ticket(&caller, id).await?))
}

/// Changes what a ticket is about, how urgent it is, and who works on it.
#[utoipa::path(patch, path = "/api/v1/service-catalog/tickets/{id}",
    operation_id = "change_ticket", tag = "tickets",
    security(("bearer" = ["catalog.all-tickets.write"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    request_body = TicketChange, responses((status = 200, body = TicketView)))]
pub(super) async fn change(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(body): Json<TicketChange>,
) -> Result<Response, Problem> {
    Ok(answer(catalog.change_ticket(&caller, (id, version), body).await?))
}

/// Moves a ticket to another state: agents as they work, requesters to say that it is solved, that
/// it is not, or that it may be closed.
#[utoipa::path(post, path = "/api/v1/service-catalog/tickets/{id}/state",
    operation_id = "move_ticket", tag = "tickets",
    security(("bearer" = ["catalog.tickets.write"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    request_body = MoveRequest, responses((status = 200, body = TicketView)))]
pub(super) async fn move_on(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(body): Json<MoveRequest>,
) -> Result<Response, Problem> {
    Ok(answer(catalog.move_ticket(&caller, (id, version), body).await?))
}

/// Hands a ticket to another tier, with what was found.
#[utoipa::path(post, path = "/api/v1/service-catalog/tickets/{id}/hand-over",
    operation_id = "hand_over_ticket", tag = "tickets",
    security(("bearer" = ["catalog.all-tickets.write"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    request_body = HandOverRequest, responses((status = 200, body = TicketView)))]
pub(super) async fn hand_over(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(body): Json<HandOverRequest>,
) -> Result<Response, Problem> {
    Ok(answer(catalog.hand_over_ticket(&caller, (id, version), body).await?))
}

/// Adds a reply, which the requester sees, or an internal note.
#[utoipa::path(post, path = "/api/v1/service-catalog/tickets/{id}/notes",
    operation_id = "write_to_ticket", tag = "tickets",
    security(("bearer" = ["catalog.tickets.write"])), params(("id" = Uuid, Path)),
    request_body = NoteRequest, responses((status = 200, body = TicketView)))]
pub(super) async fn write(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<NoteRequest>,
) -> Result<Response, Problem> {
    Ok(answer(catalog.write_to_ticket(&caller, id, body).await?))
}

/// Says how it was, once, when it is solved. For its requester.
#[utoipa::path(post, path = "/api/v1/service-catalog/tickets/{id}/rating",
    operation_id = "rate_ticket", tag = "tickets",
    security(("bearer" = ["catalog.tickets.write"])), params(("id" = Uuid, Path)),
    request_body = RatingRequest, responses((status = 200, body = TicketView)))]
pub(super) async fn rate(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<RatingRequest>,
) -> Result<Response, Problem> {
    Ok(answer(catalog.rate_ticket(&caller, id, body).await?))
}

/// What happened to a ticket, the latest first; without what is internal for who sees only their
/// own.
#[utoipa::path(get, path = "/api/v1/service-catalog/tickets/{id}/history",
    operation_id = "get_ticket_history", tag = "tickets",
    security(("bearer" = ["catalog.tickets.read"])), params(("id" = Uuid, Path), PageQuery),
    responses((status = 200, body = Page<TicketEvent>)))]
pub(super) async fn history(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<TicketEvent>>, Problem> {
    let (events, names) =
        catalog.ticket_history(&caller, id, (page.after()?, page.limit()?)).await?;
    Ok(Json(events.map(|row| TicketEvent::of(row, &names))))
}

/// What a ticket's clocks show, and why, interval by interval.
#[utoipa::path(get, path = "/api/v1/service-catalog/tickets/{id}/clocks",
    operation_id = "explain_ticket_clocks", tag = "tickets",
    security(("bearer" = ["catalog.tickets.read"])), params(("id" = Uuid, Path)),
    responses((status = 200, body = ExplainedClocks)))]
pub(super) async fn clocks(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<ExplainedClocks>, Problem> {
    let items = catalog.explained_clocks(&caller, id).await?;
    Ok(Json(ExplainedClocks { items: items.into_iter().map(ExplainedClock::from).collect() }))
}

fn answer(detail: TicketDetail) -> Response {
    etag(detail.row.version, Json(TicketView::from(detail)))
}
