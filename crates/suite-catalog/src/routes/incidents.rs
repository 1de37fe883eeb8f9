//! Major incidents.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use suite_kit::auth::Caller;
use suite_kit::page::{Page, PageQuery};
use suite_kit::problem::Problem;
use suite_kit::service::{IfMatch, Json, Path, Query, etag};
use uuid::Uuid;

use crate::api::incidents::{
    AffectingIncident, DeclareRequest, IncidentFilter, IncidentMoveRequest, IncidentTicketRequest,
    MajorIncident, MajorIncidentSummary, ResolveTicketsRequest, RoleRequest, TimelineEntry,
    TimelineRequest, UpdateRequest,
};
use crate::api::status_pages::IncidentPublicRequest;
use crate::api::ticket_views::{BulkAnswer, BulkResult};
use crate::service::{Catalog, IncidentDetail};

/// Major incidents, the latest first.
#[utoipa::path(get, path = "/api/v1/service-catalog/major-incidents",
    operation_id = "list_major_incidents", tag = "major-incidents",
    security(("bearer" = ["catalog.major-incidents.read"])), params(IncidentFilter, PageQuery),
    responses((status = 200, body = Page<MajorIncidentSummary>)))]
pub(super) async fn list(
    State(catalog): State<Catalog>,
    caller: Caller,
    Query(filter): Query<IncidentFilter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<MajorIncidentSummary>>, Problem> {
    let page = (page.after()?, page.limit()?);
    let rows = catalog.major_incidents(&caller, filter.is_active, page).await?;
    Ok(Json(rows.map(MajorIncidentSummary::from)))
}

/// Declares a ticket of P1 or P2 a major incident, and calls the technical ladder if there is one.
#[utoipa::path(post, path = "/api/v1/service-catalog/tickets/{id}/major-incident",
    operation_id = "declare_major_incident", tag = "major-incidents",
    security(("bearer" = ["catalog.major-incidents.write"])), params(("id" = Uuid, Path)),
    request_body = DeclareRequest, responses((status = 201, body = MajorIncident)))]
pub(super) async fn declare(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<DeclareRequest>,
) -> Result<Response, Problem> {
    let detail = catalog.declare_incident(&caller, id, body).await?;
    Ok(etag(detail.row.version, (StatusCode::CREATED, Json(MajorIncident::from(detail)))))
}

/// The major incident that a ticket is part of, with what its requester is told.
#[utoipa::path(get, path = "/api/v1/service-catalog/tickets/{id}/major-incident",
    operation_id = "get_ticket_major_incident", tag = "major-incidents",
    security(("bearer" = ["catalog.tickets.read"])), params(("id" = Uuid, Path)),
    responses((status = 200, body = AffectingIncident)))]
pub(super) async fn affecting(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<AffectingIncident>, Problem> {
    Ok(Json(AffectingIncident::from(catalog.affecting_incident(&caller, id).await?)))
}

/// One of them, with who leads what, and the tickets that are part of it.
#[utoipa::path(get, path = "/api/v1/service-catalog/major-incidents/{id}",
    operation_id = "get_major_incident", tag = "major-incidents",
    security(("bearer" = ["catalog.major-incidents.read"])), params(("id" = Uuid, Path)),
    responses((status = 200, body = MajorIncident)))]
pub(super) async fn show(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    Ok(answer(catalog.major_incident(&caller, id).await?))
}

/// Gives a role to somebody, or hands it over: `commander`, `technical`, `communications`,
/// `operations` or `security`.
#[utoipa::path(put, path = "/api/v1/service-catalog/major-incidents/{id}/roles/{role}",
    operation_id = "assign_major_incident_role", tag = "major-incidents",
    security(("bearer" = ["catalog.major-incidents.write"])),
    params(("id" = Uuid, Path), ("role" = String, Path), ("If-Match" = String, Header)),
    request_body = RoleRequest, responses((status = 200, body = MajorIncident)))]
pub(super) async fn assign(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path((id, role)): Path<(Uuid, String)>,
    IfMatch(version): IfMatch,
    Json(body): Json<RoleRequest>,
) -> Result<Response, Problem> {
    let led = (role.as_str(), body.user_id);
    Ok(answer(catalog.assign_incident_role(&caller, (id, version), led).await?))
}

/// Moves it to another state. When it is resolved those are told whose tickets are part of it.
#[utoipa::path(post, path = "/api/v1/service-catalog/major-incidents/{id}/state",
    operation_id = "move_major_incident", tag = "major-incidents",
    security(("bearer" = ["catalog.major-incidents.write"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    request_body = IncidentMoveRequest, responses((status = 200, body = MajorIncident)))]
pub(super) async fn move_on(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(body): Json<IncidentMoveRequest>,
) -> Result<Response, Problem> {
    Ok(answer(catalog.move_incident(&caller, (id, version), body).await?))
}

/// What happened, the latest recorded first.
#[utoipa::path(get, path = "/api/v1/service-catalog/major-incidents/{id}/timeline",
    operation_id = "get_major_incident_timeline", tag = "major-incidents",
    security(("bearer" = ["catalog.major-incidents.read"])),
    params(("id" = Uuid, Path), PageQuery),
    responses((status = 200, body = Page<TimelineEntry>)))]
pub(super) async fn timeline(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<TimelineEntry>>, Problem> {
    let page = (page.after()?, page.limit()?);
    let rows = catalog.incident_timeline(&caller, id, page).await?;
    Ok(Json(rows.map(TimelineEntry::from)))
}

/// Adds to the timeline what happened, and when. Nothing of it is ever changed.
#[utoipa::path(post, path = "/api/v1/service-catalog/major-incidents/{id}/timeline",
    operation_id = "add_to_major_incident_timeline", tag = "major-incidents",
    security(("bearer" = ["catalog.major-incidents.write"])), params(("id" = Uuid, Path)),
    request_body = TimelineRequest, responses((status = 204)))]
pub(super) async fn add(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<TimelineRequest>,
) -> Result<StatusCode, Problem> {
    catalog.add_to_timeline(&caller, id, body).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says how it stands: to those who see major incidents, to those whose tickets are part of it
/// (who are told), or to everybody.
#[utoipa::path(post, path = "/api/v1/service-catalog/major-incidents/{id}/updates",
    operation_id = "update_major_incident", tag = "major-incidents",
    security(("bearer" = ["catalog.major-incidents.write"])), params(("id" = Uuid, Path)),
    request_body = UpdateRequest, responses((status = 204)))]
pub(super) async fn update(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<UpdateRequest>,
) -> Result<StatusCode, Problem> {
    catalog.update_status(&caller, id, body).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says what everybody reads of it on the status page: what it is called, and what it affects.
#[utoipa::path(put, path = "/api/v1/service-catalog/major-incidents/{id}/public",
    operation_id = "publish_major_incident", tag = "major-incidents",
    security(("bearer" = ["catalog.major-incidents.write"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    request_body = IncidentPublicRequest, responses((status = 200, body = MajorIncident)))]
pub(super) async fn publish(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(body): Json<IncidentPublicRequest>,
) -> Result<Response, Problem> {
    Ok(answer(catalog.publish_incident(&caller, (id, version), body).await?))
}

/// Makes a ticket part of it. A ticket is part of one at most.
#[utoipa::path(post, path = "/api/v1/service-catalog/major-incidents/{id}/tickets",
    operation_id = "add_major_incident_ticket", tag = "major-incidents",
    security(("bearer" = ["catalog.major-incidents.write"])), params(("id" = Uuid, Path)),
    request_body = IncidentTicketRequest, responses((status = 201, body = MajorIncident)))]
pub(super) async fn add_ticket(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<IncidentTicketRequest>,
) -> Result<Response, Problem> {
    let detail = catalog.add_incident_ticket(&caller, (id, body.ticket_id)).await?;
    Ok(etag(detail.row.version, (StatusCode::CREATED, Json(MajorIncident::from(detail)))))
}

/// Takes a ticket out of it.
#[utoipa::path(delete, path = "/api/v1/service-catalog/major-incidents/{id}/tickets/{ticket_id}",
    operation_id = "remove_major_incident_ticket", tag = "major-incidents",
    security(("bearer" = ["catalog.major-incidents.write"])),
    params(("id" = Uuid, Path), ("ticket_id" = String, Path)), responses((status = 204)))]
pub(super) async fn remove_ticket(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path((id, ticket)): Path<(Uuid, String)>,
) -> Result<StatusCode, Problem> {
    catalog.remove_incident_ticket(&caller, (id, &ticket)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Resolves the tickets of one that is resolved, with its solution: each by itself, and what is
/// refused for one is told with it. For agents.
#[utoipa::path(post, path = "/api/v1/service-catalog/major-incidents/{id}/resolve-tickets",
    operation_id = "resolve_major_incident_tickets", tag = "major-incidents",
    security(("bearer" = ["catalog.major-incidents.write"])), params(("id" = Uuid, Path)),
    request_body = ResolveTicketsRequest, responses((status = 200, body = BulkAnswer)))]
pub(super) async fn resolve_tickets(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<ResolveTicketsRequest>,
) -> Result<Json<BulkAnswer>, Problem> {
    let solution = body.solution.as_deref();
    let done = catalog.resolve_incident_tickets(&caller, id, solution).await?;
    Ok(Json(BulkAnswer { items: done.into_iter().map(BulkResult::from).collect() }))
}

fn answer(detail: IncidentDetail) -> Response {
    etag(detail.row.version, Json(MajorIncident::from(detail)))
}
