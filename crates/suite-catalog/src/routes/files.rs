//! Files: uploading, downloading, and attaching them.

use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use suite_kit::auth::Caller;
use suite_kit::problem::Problem;
use suite_kit::service::{Json, Path, Query};
use uuid::Uuid;

use crate::api::files::{AttachRequest, FileList, FileView, UploadQuery};
use crate::service::{Catalog, pieces};

/// Uploads a file, as the body. It is dropped after a day, unless it is used: in an answer, a note,
/// a request or a ticket. What it is, its content says; one whose name says otherwise is refused.
/// An `Idempotency-Key` has no effect here.
#[utoipa::path(post, path = "/api/v1/service-catalog/files",
    operation_id = "upload_file", tag = "files",
    security(("bearer" = ["catalog.files.write"])), params(UploadQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = FileView)))]
pub(super) async fn upload(
    State(catalog): State<Catalog>,
    caller: Caller,
    Query(query): Query<UploadQuery>,
    body: Body,
) -> Result<(StatusCode, Json<FileView>), Problem> {
    let filed = catalog.upload(&caller, &query.name, pieces(body)).await?;
    Ok((StatusCode::CREATED, Json(filed.into())))
}

/// What is known of a file.
#[utoipa::path(get, path = "/api/v1/service-catalog/files/{id}",
    operation_id = "get_file", tag = "files",
    security(("bearer" = ["catalog.files.read"])), params(("id" = Uuid, Path)),
    responses((status = 200, body = FileView)))]
pub(super) async fn show(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<FileView>, Problem> {
    Ok(Json(catalog.file(&caller, id).await?.into()))
}

/// What a file holds. It is always an attachment, and of no type that a browser runs.
#[utoipa::path(get, path = "/api/v1/service-catalog/files/{id}/content",
    operation_id = "download_file", tag = "files",
    security(("bearer" = ["catalog.files.read"])), params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream")))]
pub(super) async fn content(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    Ok(catalog.content(&caller, id).await?)
}

/// Removes a file that one has brought, or, with the permission for all tasks or tickets, one of a
/// request or a ticket. A file in answers stays.
#[utoipa::path(delete, path = "/api/v1/service-catalog/files/{id}",
    operation_id = "remove_file", tag = "files",
    security(("bearer" = ["catalog.files.write"])), params(("id" = Uuid, Path)),
    responses((status = 204)))]
pub(super) async fn remove(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    catalog.remove_file(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// All files of a request, those in answers too; internal ones only for those who work on it.
#[utoipa::path(get, path = "/api/v1/service-catalog/requests/{id}/files",
    operation_id = "list_request_files", tag = "files",
    security(("bearer" = ["catalog.requests.read"])), params(("id" = Uuid, Path)),
    responses((status = 200, body = FileList)))]
pub(super) async fn of_request(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<FileList>, Problem> {
    Ok(Json(catalog.request_files(&caller, id).await?.into()))
}

/// Attaches files that the caller has uploaded to a request.
#[utoipa::path(post, path = "/api/v1/service-catalog/requests/{id}/files",
    operation_id = "attach_to_request", tag = "files",
    security(("bearer" = ["catalog.requests.write"])), params(("id" = Uuid, Path)),
    request_body = AttachRequest, responses((status = 201, body = FileList)))]
pub(super) async fn to_request(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<AttachRequest>,
) -> Result<(StatusCode, Json<FileList>), Problem> {
    let bound = catalog.attach_to_request(&caller, id, body).await?;
    Ok((StatusCode::CREATED, Json(bound.into())))
}

/// All files of a ticket; internal ones only for agents.
#[utoipa::path(get, path = "/api/v1/service-catalog/tickets/{id}/files",
    operation_id = "list_ticket_files", tag = "files",
    security(("bearer" = ["catalog.tickets.read"])), params(("id" = Uuid, Path)),
    responses((status = 200, body = FileList)))]
pub(super) async fn of_ticket(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<FileList>, Problem> {
    Ok(Json(catalog.ticket_files(&caller, id).await?.into()))
}

/// Attaches files that the caller has uploaded to a ticket.
#[utoipa::path(post, path = "/api/v1/service-catalog/tickets/{id}/files",
    operation_id = "attach_to_ticket", tag = "files",
    security(("bearer" = ["catalog.tickets.write"])), params(("id" = Uuid, Path)),
    request_body = AttachRequest, responses((status = 201, body = FileList)))]
pub(super) async fn to_ticket(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<AttachRequest>,
) -> Result<(StatusCode, Json<FileList>), Problem> {
    let bound = catalog.attach_to_ticket(&caller, id, body).await?;
    Ok((StatusCode::CREATED, Json(bound.into())))
}
