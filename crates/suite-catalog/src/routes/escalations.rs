//! Escalation ladders, and tickets on them.

use axum::extract::State;
use axum::response::Response;
use suite_kit::auth::Caller;
use suite_kit::problem::Problem;
use suite_kit::service::{IfMatch, Json, Path, etag};
use uuid::Uuid;

use crate::api::escalations::{
    ClimbView, EscalateRequest, EscalationStep, LadderBody, LadderView, Ladders, TicketEscalations,
};
use crate::api::requests::{GroupView, PersonView};
use crate::service::{Catalog, ClimbDetail, Named};

/// The ladders that there are, one a track at most.
#[utoipa::path(get, path = "/api/v1/service-catalog/escalation-ladders",
    operation_id = "list_escalation_ladders", tag = "escalations",
    security(("bearer" = ["catalog.escalation-ladders.read"])),
    responses((status = 200, body = Ladders)))]
pub(super) async fn ladders(
    State(catalog): State<Catalog>,
    caller: Caller,
) -> Result<Json<Ladders>, Problem> {
    let (items, named) = catalog.ladders(&caller).await?;
    let (people, groups) = (PersonView::all(&named.people), GroupView::all(&named.groups));
    Ok(Json(Ladders { items, people, groups }))
}

/// Sets a track's ladder as a whole: `technical`, `security` or `business`. One that there is none
/// of yet has the version 0.
#[utoipa::path(put, path = "/api/v1/service-catalog/escalation-ladders/{track}",
    operation_id = "set_escalation_ladder", tag = "escalations",
    security(("bearer" = ["catalog.escalation-ladders.write"])),
    params(("track" = String, Path), ("If-Match" = String, Header)),
    request_body = LadderBody, responses((status = 200, body = LadderView)))]
pub(super) async fn set(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(track): Path<String>,
    IfMatch(version): IfMatch,
    Json(body): Json<LadderBody>,
) -> Result<Response, Problem> {
    let view = catalog.set_ladder(&caller, (&track, version), body).await?;
    Ok(etag(view.version, Json(view)))
}

/// Where a ticket's escalations stand: for agents, and for whoever they call.
#[utoipa::path(get, path = "/api/v1/service-catalog/tickets/{id}/escalations",
    operation_id = "list_ticket_escalations", tag = "escalations",
    security(("bearer" = ["catalog.tickets.read"])), params(("id" = Uuid, Path)),
    responses((status = 200, body = TicketEscalations)))]
pub(super) async fn list(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<TicketEscalations>, Problem> {
    Ok(shown(catalog.escalations(&caller, id).await?))
}

/// Puts a ticket on a track's ladder: its first level is called at once.
#[utoipa::path(post, path = "/api/v1/service-catalog/tickets/{id}/escalations",
    operation_id = "escalate_ticket", tag = "escalations",
    security(("bearer" = ["catalog.all-tickets.write"])), params(("id" = Uuid, Path)),
    request_body = EscalateRequest, responses((status = 200, body = TicketEscalations)))]
pub(super) async fn escalate(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<EscalateRequest>,
) -> Result<Json<TicketEscalations>, Problem> {
    Ok(shown(catalog.escalate(&caller, id, body).await?))
}

/// Answers a call, or says what becomes of it: for agents, and for whoever is called.
#[utoipa::path(post, path = "/api/v1/service-catalog/tickets/{id}/escalations/{track}",
    operation_id = "step_ticket_escalation", tag = "escalations",
    security(("bearer" = ["catalog.tickets.write"])),
    params(("id" = Uuid, Path), ("track" = String, Path)),
    request_body = EscalationStep, responses((status = 200, body = TicketEscalations)))]
pub(super) async fn step(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path((id, track)): Path<(Uuid, String)>,
    Json(body): Json<EscalationStep>,
) -> Result<Json<TicketEscalations>, Problem> {
    Ok(shown(catalog.step_escalation(&caller, (id, &track), body.step).await?))
}

fn shown((details, named): (Vec<ClimbDetail>, Named)) -> Json<TicketEscalations> {
    let items = details.into_iter().map(ClimbView::from).collect();
    let (people, groups) = (PersonView::all(&named.people), GroupView::all(&named.groups));
    Json(TicketEscalations { items, people, groups })
}
