//! The routes of a service's audit trail, nested under its namespace.

use std::sync::Arc;

use axum::extract::{FromRef, State};
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse, Response};
use suite_contracts::AuditId;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::{AuditRecord, AuditStatus, ExportQuery, FilterQuery};
use super::trail::Trail;
use crate::auth::{Caller, Directory};
use crate::page::{Page, PageQuery};
use crate::problem::{Problem, ProblemBody};
use crate::service::{Json, Path, Query};

/// `/audit/records`, `/audit/records/{id}`, `/audit/records/{id}/proof`, `/audit/export` and
/// `/audit/status`, to be nested under the service's namespace, such as `/api/v1/hub`.
pub fn routes<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Trail: FromRef<S>,
    Arc<dyn Directory>: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(read))
        .routes(routes!(proof))
        .routes(routes!(export))
        .routes(routes!(status))
}

/// The audit records of the tenant, the newest first.
#[utoipa::path(get, path = "/audit/records", operation_id = "list_audit_records", tag = "audit",
    params(FilterQuery, PageQuery),
    responses((status = 200, description = "A page of records", body = Page<AuditRecord>)))]
async fn list(
    State(trail): State<Trail>,
    caller: Caller,
    Query(filter): Query<FilterQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<AuditRecord>>, Problem> {
    let page = trail.search(&caller, &filter.try_into()?, &page).await?;
    Ok(Json(page.map(AuditRecord::from)))
}

/// An audit record, and how far it has come.
#[utoipa::path(get, path = "/audit/records/{id}", operation_id = "get_audit_record", tag = "audit",
    params(("id" = AuditId, Path)),
    responses((status = 200, description = "The record", body = AuditRecord)))]
async fn read(
    State(trail): State<Trail>,
    caller: Caller,
    Path(id): Path<AuditId>,
) -> Result<Json<AuditRecord>, Problem> {
    Ok(Json(trail.get(&caller, id).await?.into()))
}

/// The proof of an audit record, which anyone can verify without this server, or any other:
/// `itechsmart verify proof.json --genesis genesis.json`.
#[utoipa::path(get, path = "/audit/records/{id}/proof", operation_id = "get_audit_proof",
    tag = "audit", params(("id" = AuditId, Path)),
    responses((status = 200, description = "As docs/spec/audit.md describes it", body = Object),
        (status = 409, description = "The record is not anchored (yet), or was tampered with",
            body = ProblemBody, content_type = "application/problem+json")))]
async fn proof(
    State(trail): State<Trail>,
    caller: Caller,
    Path(id): Path<AuditId>,
) -> Result<Response, Problem> {
    let (proof, _) = trail.prove(&caller, id).await?;
    let json = HeaderValue::from_static("application/json");
    Ok(([(CONTENT_TYPE, json)], proof.to_json()).into_response())
}

/// All audit records of the tenant as a file, the newest first.
#[utoipa::path(get, path = "/audit/export", operation_id = "export_audit_records", tag = "audit",
    params(FilterQuery, ExportQuery),
    responses((status = 200, description = "The records",
            content((String = "text/csv"), (AuditRecord = "application/jsonl")))))]
async fn export(
    State(trail): State<Trail>,
    caller: Caller,
    Query(filter): Query<FilterQuery>,
    Query(query): Query<ExportQuery>,
) -> Result<Response, Problem> {
    let export = trail.export(&caller, filter.try_into()?, query.format)?;
    Ok(export.into_response())
}

/// How far the tenant's audit trail has come: recorded, sealed, anchored.
#[utoipa::path(get, path = "/audit/status", operation_id = "get_audit_status", tag = "audit",
    responses((status = 200, description = "How far it has come", body = AuditStatus)))]
async fn status(State(trail): State<Trail>, caller: Caller) -> Result<Json<AuditStatus>, Problem> {
    Ok(Json(trail.status(&caller).await?.into()))
}
