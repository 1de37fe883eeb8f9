//! Merging and splitting tickets, and links between them.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use suite_kit::auth::Caller;
use suite_kit::problem::Problem;
use suite_kit::service::{IfMatch, Json, Path, etag};
use uuid::Uuid;

use crate::api::links::{LinkRequest, LinkView, MergeRequest, SplitRequest, TicketLinks};
use crate::api::tickets::TicketView;
use crate::service::{Catalog, LinkDetail};

/// Merges a ticket into another, which is the answer. The ticket is closed for good and leads
/// there; so does what is written to it. Its requester and followers follow the other.
#[utoipa::path(post, path = "/api/v1/service-catalog/tickets/{id}/merge",
    operation_id = "merge_ticket", tag = "tickets",
    security(("bearer" = ["catalog.all-tickets.write"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    request_body = MergeRequest, responses((status = 200, body = TicketView)))]
pub(super) async fn merge(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(body): Json<MergeRequest>,
) -> Result<Response, Problem> {
    let detail = catalog.merge_ticket(&caller, (id, version), body.into_id).await?;
    Ok(etag(detail.row.version, Json(TicketView::from(detail))))
}

/// Makes a ticket of one message of a ticket. Its clocks run from when the message came in.
#[utoipa::path(post, path = "/api/v1/service-catalog/tickets/{id}/split",
    operation_id = "split_ticket", tag = "tickets",
    security(("bearer" = ["catalog.all-tickets.write"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    request_body = SplitRequest, responses((status = 201, body = TicketView)))]
pub(super) async fn split(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(body): Json<SplitRequest>,
) -> Result<Response, Problem> {
    let detail = catalog.split_ticket(&caller, (id, version), body).await?;
    Ok(etag(detail.row.version, (StatusCode::CREATED, Json(TicketView::from(detail)))))
}

/// What a ticket has to do with others.
#[utoipa::path(get, path = "/api/v1/service-catalog/tickets/{id}/links",
    operation_id = "list_ticket_links", tag = "tickets",
    security(("bearer" = ["catalog.all-tickets.read"])), params(("id" = Uuid, Path)),
    responses((status = 200, body = TicketLinks)))]
pub(super) async fn list(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<TicketLinks>, Problem> {
    Ok(Json(shown(catalog.ticket_links(&caller, id).await?)))
}

/// Links a ticket to another.
#[utoipa::path(post, path = "/api/v1/service-catalog/tickets/{id}/links",
    operation_id = "link_ticket", tag = "tickets",
    security(("bearer" = ["catalog.all-tickets.write"])), params(("id" = Uuid, Path)),
    request_body = LinkRequest, responses((status = 201, body = TicketLinks)))]
pub(super) async fn create(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<LinkRequest>,
) -> Result<(StatusCode, Json<TicketLinks>), Problem> {
    let links = catalog.link_ticket(&caller, id, body).await?;
    Ok((StatusCode::CREATED, Json(shown(links))))
}

/// Removes a link, from either side.
#[utoipa::path(delete, path = "/api/v1/service-catalog/tickets/{id}/links/{link_id}",
    operation_id = "unlink_ticket", tag = "tickets",
    security(("bearer" = ["catalog.all-tickets.write"])),
    params(("id" = Uuid, Path), ("link_id" = String, Path)), responses((status = 204)))]
pub(super) async fn remove(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path((id, link)): Path<(Uuid, String)>,
) -> Result<StatusCode, Problem> {
    catalog.unlink_ticket(&caller, (id, &link)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn shown(links: Vec<LinkDetail>) -> TicketLinks {
    TicketLinks { items: links.into_iter().map(LinkView::from).collect() }
}
