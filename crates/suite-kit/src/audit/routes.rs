//! The routes of a service's audit trail, mounted under its namespace.

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

#[derive(Clone)]
struct Mounted {
    trail: Trail,
    directory: Arc<dyn Directory>,
}

impl FromRef<Mounted> for Trail {
    fn from_ref(mounted: &Mounted) -> Self {
        mounted.trail.clone()
    }
}

impl FromRef<Mounted> for Arc<dyn Directory> {
    fn from_ref(mounted: &Mounted) -> Self {
        mounted.directory.clone()
    }
}

/// `/audit/records`, `/audit/records/{id}`, `/audit/records/{id}/proof`, `/audit/export` and
/// `/audit/status` under `namespace`, such as `/api/v1/hub`.
pub fn routes(namespace: &str, trail: Trail, directory: Arc<dyn Directory>) -> OpenApiRouter {
    let router = OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(read))
        .routes(routes!(proof))
        .routes(routes!(export))
        .routes(routes!(status));
    let router = router.with_state(Mounted { trail, directory });
    OpenApiRouter::new().nest(namespace, router)
}

/// The audit records of the tenant, the newest first.
#[utoipa::path(get, path = "/audit/records", operation_id = "list_audit_records", tag = "audit",
    params(FilterQuery, PageQuery),
    responses((status = 200, description = "A page of records", body = Page<AuditRecord>),
        (status = "4XX", description = "Refused", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = "5XX", description = "Failed", body = ProblemBody,
            content_type = "application/problem+json")))]
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
    responses((status = 200, description = "The record", body = AuditRecord),
        (status = "4XX", description = "Refused", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = "5XX", description = "Failed", body = ProblemBody,
            content_type = "application/problem+json")))]
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
            body = ProblemBody, content_type = "application/problem+json"),
        (status = "4XX", description = "Refused", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = "5XX", description = "Failed", body = ProblemBody,
            content_type = "application/problem+json")))]
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
            content((String = "text/csv"), (AuditRecord = "application/jsonl"))),
        (status = "4XX", description = "Refused", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = "5XX", description = "Failed", body = ProblemBody,
            content_type = "application/problem+json")))]
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
    responses((status = 200, description = "How far it has come", body = AuditStatus),
        (status = "4XX", description = "Refused", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = "5XX", description = "Failed", body = ProblemBody,
            content_type = "application/problem+json")))]
async fn status(
    State(trail): State<Trail>,
    caller: Caller,
) -> Result<Json<AuditStatus>, Problem> {
    Ok(Json(trail.status(&caller).await?.into()))
}
