//! Notes on requests, and ratings.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use suite_kit::auth::Caller;
use suite_kit::page::{Page, PageQuery};
use suite_kit::problem::Problem;
use suite_kit::service::{Json, Path, Query};
use uuid::Uuid;

use super::requests::answer as shown;
use crate::api::notes::{NoteRequest, NoteView, RatingRequest};
use crate::api::requests::RequestView;
use crate::service::Catalog;

/// What was said about a request, the oldest first: internal notes only to those who work on it.
#[utoipa::path(get, path = "/api/v1/service-catalog/requests/{id}/notes",
    operation_id = "list_request_notes", tag = "requests",
    security(("bearer" = ["catalog.requests.read"])),
    params(("id" = Uuid, Path), PageQuery), responses((status = 200, body = Page<NoteView>)))]
pub(super) async fn list(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<NoteView>>, Problem> {
    let notes = catalog.notes(&caller, id, (page.after()?, page.limit()?)).await?;
    Ok(Json(notes.map(NoteView::from)))
}

/// Says something about a request.
#[utoipa::path(post, path = "/api/v1/service-catalog/requests/{id}/notes",
    operation_id = "add_request_note", tag = "requests",
    security(("bearer" = ["catalog.requests.write"])), params(("id" = Uuid, Path)),
    request_body = NoteRequest, responses((status = 201, body = NoteView)))]
pub(super) async fn create(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<NoteRequest>,
) -> Result<(StatusCode, Json<NoteView>), Problem> {
    let note = catalog.note_request(&caller, id, body).await?;
    Ok((StatusCode::CREATED, Json(note.into())))
}

/// Says once how content whoever asked is, or whom it was for.
#[utoipa::path(post, path = "/api/v1/service-catalog/requests/{id}/rating",
    operation_id = "rate_request", tag = "requests",
    security(("bearer" = ["catalog.requests.write"])), params(("id" = Uuid, Path)),
    request_body = RatingRequest, responses((status = 200, body = RequestView)))]
pub(super) async fn rate(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<RatingRequest>,
) -> Result<Response, Problem> {
    Ok(shown(catalog.rate(&caller, id, (body.score, &body.comment)).await?))
}
