//! Cost centres.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use suite_kit::auth::Caller;
use suite_kit::page::{Page, PageQuery};
use suite_kit::problem::Problem;
use suite_kit::service::{IfMatch, Json, Path, Query, etag};
use uuid::Uuid;

use crate::api::cost_centres::{CostCentre, CostCentreRequest};
use crate::service::Catalog;

/// The cost centres of the tenant, by code.
#[utoipa::path(get, path = "/api/v1/service-catalog/cost-centres",
    operation_id = "list_cost_centres", tag = "cost-centres",
    security(("bearer" = ["catalog.cost-centres.read"])), params(PageQuery),
    responses((status = 200, body = Page<CostCentre>)))]
pub(super) async fn list(
    State(catalog): State<Catalog>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<CostCentre>>, Problem> {
    let rows = catalog.cost_centres(&caller, (page.after()?, page.limit()?)).await?;
    Ok(Json(rows.map(CostCentre::from)))
}

/// Makes a cost centre.
#[utoipa::path(post, path = "/api/v1/service-catalog/cost-centres",
    operation_id = "create_cost_centre", tag = "cost-centres",
    security(("bearer" = ["catalog.cost-centres.write"])),
    request_body = CostCentreRequest, responses((status = 201, body = CostCentre)))]
pub(super) async fn create(
    State(catalog): State<Catalog>,
    caller: Caller,
    Json(body): Json<CostCentreRequest>,
) -> Result<Response, Problem> {
    let owned = catalog.create_cost_centre(&caller, body).await?;
    Ok(etag(owned.row.version, (StatusCode::CREATED, Json(CostCentre::from(owned)))))
}

/// A cost centre.
#[utoipa::path(get, path = "/api/v1/service-catalog/cost-centres/{id}",
    operation_id = "get_cost_centre", tag = "cost-centres",
    security(("bearer" = ["catalog.cost-centres.read"])),
    params(("id" = Uuid, Path)), responses((status = 200, body = CostCentre)))]
pub(super) async fn show(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    let owned = catalog.cost_centre(&caller, id).await?;
    Ok(etag(owned.row.version, Json(CostCentre::from(owned))))
}

/// Changes a cost centre. Whoever owns it from now on is asked in what runs.
#[utoipa::path(put, path = "/api/v1/service-catalog/cost-centres/{id}",
    operation_id = "change_cost_centre", tag = "cost-centres",
    security(("bearer" = ["catalog.cost-centres.write"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    request_body = CostCentreRequest, responses((status = 200, body = CostCentre)))]
pub(super) async fn change(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(body): Json<CostCentreRequest>,
) -> Result<Response, Problem> {
    let owned = catalog.change_cost_centre(&caller, (id, version), body).await?;
    Ok(etag(owned.row.version, Json(CostCentre::from(owned))))
}
