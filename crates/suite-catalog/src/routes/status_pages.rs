//! The public status page, for those who keep it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use suite_kit::auth::Caller;
use suite_kit::page::{Page, PageQuery};
use suite_kit::problem::Problem;
use suite_kit::service::{IfMatch, Json, Path, Query, etag};
use uuid::Uuid;

use crate::api::status_pages::{
    Maintenance, MaintenanceRequest, StatusComponent, StatusComponentOrder, StatusComponentRequest,
    StatusComponentStateRequest, StatusComponents, StatusPageBody, StatusPageView,
};
use crate::service::{Catalog, PlannedMaintenance};
use crate::store::entities::status_component;

/// What the status page is.
#[utoipa::path(get, path = "/api/v1/service-catalog/status-page",
    operation_id = "get_status_page", tag = "status-page",
    security(("bearer" = ["catalog.major-incidents.read"])),
    responses((status = 200, body = StatusPageView)))]
pub(super) async fn settings(
    State(catalog): State<Catalog>,
    caller: Caller,
) -> Result<Response, Problem> {
    let (version, settings) = catalog.status_page(&caller).await?;
    Ok(etag(version, Json(StatusPageView { version, settings })))
}

/// Sets the status page up, as a whole. No two tenants have the same address.
#[utoipa::path(put, path = "/api/v1/service-catalog/status-page",
    operation_id = "set_status_page", tag = "status-page",
    security(("bearer" = ["catalog.status-page.write"])),
    params(("If-Match" = String, Header)), request_body = StatusPageBody,
    responses((status = 200, body = StatusPageView)))]
pub(super) async fn set(
    State(catalog): State<Catalog>,
    caller: Caller,
    IfMatch(version): IfMatch,
    Json(body): Json<StatusPageBody>,
) -> Result<Response, Problem> {
    let (version, body) = catalog.set_status_page(&caller, version, body).await?;
    Ok(etag(version, Json(StatusPageView { version, settings: Some(body) })))
}

/// The components, in their order.
#[utoipa::path(get, path = "/api/v1/service-catalog/status-page/components",
    operation_id = "list_status_components", tag = "status-page",
    security(("bearer" = ["catalog.major-incidents.read"])),
    responses((status = 200, body = StatusComponents)))]
pub(super) async fn components(
    State(catalog): State<Catalog>,
    caller: Caller,
) -> Result<Json<StatusComponents>, Problem> {
    Ok(listed(catalog.status_components(&caller).await?))
}

/// Adds a component.
#[utoipa::path(post, path = "/api/v1/service-catalog/status-page/components",
    operation_id = "add_status_component", tag = "status-page",
    security(("bearer" = ["catalog.status-page.write"])), request_body = StatusComponentRequest,
    responses((status = 201, body = StatusComponent)))]
pub(super) async fn add_component(
    State(catalog): State<Catalog>,
    caller: Caller,
    Json(body): Json<StatusComponentRequest>,
) -> Result<Response, Problem> {
    let row = catalog.add_status_component(&caller, body).await?;
    Ok(etag(row.version, (StatusCode::CREATED, Json(StatusComponent::from(row)))))
}

/// Puts the components into another order.
#[utoipa::path(put, path = "/api/v1/service-catalog/status-page/component-order",
    operation_id = "order_status_components", tag = "status-page",
    security(("bearer" = ["catalog.status-page.write"])), request_body = StatusComponentOrder,
    responses((status = 200, body = StatusComponents)))]
pub(super) async fn order(
    State(catalog): State<Catalog>,
    caller: Caller,
    Json(body): Json<StatusComponentOrder>,
) -> Result<Json<StatusComponents>, Problem> {
    Ok(listed(catalog.order_status_components(&caller, &body.ids).await?))
}

/// One of them.
#[utoipa::path(get, path = "/api/v1/service-catalog/status-page/components/{id}",
    operation_id = "get_status_component", tag = "status-page",
    security(("bearer" = ["catalog.major-incidents.read"])), params(("id" = Uuid, Path)),
    responses((status = 200, body = StatusComponent)))]
pub(super) async fn component(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    Ok(shown(catalog.status_component(&caller, id).await?))
}

/// Changes what a component is.
#[utoipa::path(put, path = "/api/v1/service-catalog/status-page/components/{id}",
    operation_id = "change_status_component", tag = "status-page",
    security(("bearer" = ["catalog.status-page.write"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    request_body = StatusComponentRequest, responses((status = 200, body = StatusComponent)))]
pub(super) async fn change_component(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(body): Json<StatusComponentRequest>,
) -> Result<Response, Problem> {
    Ok(shown(catalog.change_status_component(&caller, (id, version), body).await?))
}

/// Says by hand how a component stands, with a note for everybody. Where an open major incident
/// names it, the component stands as that says, until it is resolved.
#[utoipa::path(put, path = "/api/v1/service-catalog/status-page/components/{id}/state",
    operation_id = "set_status_component_state", tag = "status-page",
    security(("bearer" = ["catalog.status-page.write"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    request_body = StatusComponentStateRequest, responses((status = 200, body = StatusComponent)))]
pub(super) async fn set_state(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(body): Json<StatusComponentStateRequest>,
) -> Result<Response, Problem> {
    Ok(shown(catalog.set_component_state(&caller, (id, version), body).await?))
}

/// Removes a component, with all that is recorded of how it stood.
#[utoipa::path(delete, path = "/api/v1/service-catalog/status-page/components/{id}",
    operation_id = "remove_status_component", tag = "status-page",
    security(("bearer" = ["catalog.status-page.write"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)), responses((status = 204)))]
pub(super) async fn remove_component(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
) -> Result<StatusCode, Problem> {
    catalog.remove_status_component(&caller, (id, version)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Maintenance that is planned, goes on, or is over, the latest made first.
#[utoipa::path(get, path = "/api/v1/service-catalog/status-page/maintenance",
    operation_id = "list_maintenance", tag = "status-page",
    security(("bearer" = ["catalog.major-incidents.read"])), params(PageQuery),
    responses((status = 200, body = Page<Maintenance>)))]
pub(super) async fn maintenance(
    State(catalog): State<Catalog>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Maintenance>>, Problem> {
    let page = (page.after()?, page.limit()?);
    Ok(Json(catalog.maintenance(&caller, page).await?.map(Maintenance::from)))
}

/// Plans maintenance. Everybody reads of it at once.
#[utoipa::path(post, path = "/api/v1/service-catalog/status-page/maintenance",
    operation_id = "plan_maintenance", tag = "status-page",
    security(("bearer" = ["catalog.status-page.write"])), request_body = MaintenanceRequest,
    responses((status = 201, body = Maintenance)))]
pub(super) async fn plan(
    State(catalog): State<Catalog>,
    caller: Caller,
    Json(body): Json<MaintenanceRequest>,
) -> Result<Response, Problem> {
    let planned = catalog.plan_maintenance(&caller, body).await?;
    let version = planned.row.version;
    Ok(etag(version, (StatusCode::CREATED, Json(Maintenance::from(planned)))))
}

/// One of it.
#[utoipa::path(get, path = "/api/v1/service-catalog/status-page/maintenance/{id}",
    operation_id = "get_maintenance", tag = "status-page",
    security(("bearer" = ["catalog.major-incidents.read"])), params(("id" = Uuid, Path)),
    responses((status = 200, body = Maintenance)))]
pub(super) async fn one(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    Ok(planned(catalog.maintenance_of(&caller, id).await?))
}

/// Changes it. What goes on keeps when it began, and ends now at the earliest; what is over stays as
/// it was.
#[utoipa::path(put, path = "/api/v1/service-catalog/status-page/maintenance/{id}",
    operation_id = "change_maintenance", tag = "status-page",
    security(("bearer" = ["catalog.status-page.write"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    request_body = MaintenanceRequest, responses((status = 200, body = Maintenance)))]
pub(super) async fn change(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(body): Json<MaintenanceRequest>,
) -> Result<Response, Problem> {
    Ok(planned(catalog.change_maintenance(&caller, (id, version), body).await?))
}

/// Removes what has not begun.
#[utoipa::path(delete, path = "/api/v1/service-catalog/status-page/maintenance/{id}",
    operation_id = "remove_maintenance", tag = "status-page",
    security(("bearer" = ["catalog.status-page.write"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)), responses((status = 204)))]
pub(super) async fn remove(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
) -> Result<StatusCode, Problem> {
    catalog.remove_maintenance(&caller, (id, version)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn listed(rows: Vec<status_component::Model>) -> Json<StatusComponents> {
    Json(StatusComponents { items: rows.into_iter().map(StatusComponent::from).collect() })
}

fn shown(row: status_component::Model) -> Response {
    etag(row.version, Json(StatusComponent::from(row)))
}

fn planned(planned: PlannedMaintenance) -> Response {
    etag(planned.row.version, Json(Maintenance::from(planned)))
}
