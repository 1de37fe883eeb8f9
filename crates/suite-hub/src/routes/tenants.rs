//! Tenants.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use suite_contracts::TenantId;
use suite_kit::auth::Caller;
use suite_kit::page::{Page, PageQuery};
use suite_kit::problem::Problem;
use suite_kit::service::{IfMatch, Json, Path, Query, etag};

use crate::api::tenants::{
    NewTenantRequest, OwnTenantChangeRequest, OwnTenantView, TenantChangeRequest, TenantFilter,
    TenantView,
};
use crate::service::{Hub, Turn};

/// All tenants, by name.
#[utoipa::path(get, path = "/api/v1/hub/tenants", operation_id = "list_tenants", tag = "tenants",
    security(("bearer" = ["hub.tenants.read"])), params(TenantFilter, PageQuery),
    responses((status = 200, body = Page<TenantView>)))]
pub(super) async fn list(
    State(hub): State<Hub>,
    caller: Caller,
    Query(filter): Query<TenantFilter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<TenantView>>, Problem> {
    let state = filter.state.map(crate::api::tenants::TenantState::as_str);
    let found = (filter.search.as_deref(), state);
    let tenants = hub.tenants(&caller, found, (page.after()?, page.limit()?)).await?;
    Ok(Json(tenants.map(TenantView::from)))
}

/// Makes a tenant and invites its administrator.
#[utoipa::path(post, path = "/api/v1/hub/tenants", operation_id = "create_tenant",
    tag = "tenants", security(("bearer" = ["hub.tenants.write"])),
    request_body = NewTenantRequest, responses((status = 201, body = TenantView)))]
pub(super) async fn create(
    State(hub): State<Hub>,
    caller: Caller,
    Json(body): Json<NewTenantRequest>,
) -> Result<Response, Problem> {
    let tenant = hub.create_tenant(&caller, body.into()).await?;
    Ok(etag(tenant.row.version, (StatusCode::CREATED, Json(TenantView::from(tenant)))))
}

/// A tenant.
#[utoipa::path(get, path = "/api/v1/hub/tenants/{id}", operation_id = "get_tenant",
    tag = "tenants", security(("bearer" = ["hub.tenants.read"])),
    params(("id" = TenantId, Path)), responses((status = 200, body = TenantView)))]
pub(super) async fn show(
    State(hub): State<Hub>,
    caller: Caller,
    Path(id): Path<TenantId>,
) -> Result<Response, Problem> {
    let tenant = hub.tenant(&caller, id).await?;
    Ok(etag(tenant.row.version, Json(TenantView::from(tenant))))
}

/// Renames a tenant.
#[utoipa::path(patch, path = "/api/v1/hub/tenants/{id}", operation_id = "change_tenant",
    tag = "tenants", security(("bearer" = ["hub.tenants.write"])),
    params(("id" = TenantId, Path), ("If-Match" = String, Header)),
    request_body = TenantChangeRequest, responses((status = 200, body = TenantView)))]
pub(super) async fn change(
    State(hub): State<Hub>,
    caller: Caller,
    Path(id): Path<TenantId>,
    IfMatch(version): IfMatch,
    Json(body): Json<TenantChangeRequest>,
) -> Result<Response, Problem> {
    let tenant = hub.rename_tenant(&caller, (id, version), &body.name).await?;
    Ok(etag(tenant.row.version, Json(TenantView::from(tenant))))
}

/// Suspends a tenant: its members and keys are refused within a second.
#[utoipa::path(post, path = "/api/v1/hub/tenants/{id}/suspend", operation_id = "suspend_tenant",
    tag = "tenants", security(("bearer" = ["hub.tenants.write"])),
    params(("id" = TenantId, Path)), responses((status = 200, body = TenantView)))]
pub(super) async fn suspend(
    State(hub): State<Hub>,
    caller: Caller,
    Path(id): Path<TenantId>,
) -> Result<Response, Problem> {
    turn(&hub, &caller, id, Turn::Suspend).await
}

/// Lets a tenant go on that is suspended or being deleted.
#[utoipa::path(post, path = "/api/v1/hub/tenants/{id}/resume", operation_id = "resume_tenant",
    tag = "tenants", security(("bearer" = ["hub.tenants.write"])),
    params(("id" = TenantId, Path)), responses((status = 200, body = TenantView)))]
pub(super) async fn resume(
    State(hub): State<Hub>,
    caller: Caller,
    Path(id): Path<TenantId>,
) -> Result<Response, Problem> {
    turn(&hub, &caller, id, Turn::Resume).await
}

/// Deletes a tenant after 30 days, in which it can be resumed.
#[utoipa::path(post, path = "/api/v1/hub/tenants/{id}/delete", operation_id = "delete_tenant",
    tag = "tenants", security(("bearer" = ["hub.tenants.write"])),
    params(("id" = TenantId, Path)), responses((status = 200, body = TenantView)))]
pub(super) async fn delete(
    State(hub): State<Hub>,
    caller: Caller,
    Path(id): Path<TenantId>,
) -> Result<Response, Problem> {
    turn(&hub, &caller, id, Turn::Delete).await
}

async fn turn(hub: &Hub, caller: &Caller, id: TenantId, turn: Turn) -> Result<Response, Problem> {
    let tenant = hub.turn_tenant(caller, id, turn).await?;
    Ok(etag(tenant.row.version, Json(TenantView::from(tenant))))
}

/// The caller's own tenant.
#[utoipa::path(get, path = "/api/v1/hub/tenant", operation_id = "get_own_tenant",
    tag = "tenants", security(("bearer" = ["hub.tenant.read"])),
    responses((status = 200, body = OwnTenantView)))]
pub(super) async fn show_own(State(hub): State<Hub>, caller: Caller) -> Result<Response, Problem> {
    let tenant = hub.own_tenant(&caller).await?;
    Ok(etag(tenant.row.version, Json(OwnTenantView::from(tenant))))
}

/// Changes the caller's own tenant.
#[utoipa::path(patch, path = "/api/v1/hub/tenant", operation_id = "change_own_tenant",
    tag = "tenants", security(("bearer" = ["hub.tenant.write"])),
    params(("If-Match" = String, Header)),
    request_body = OwnTenantChangeRequest, responses((status = 200, body = OwnTenantView)))]
pub(super) async fn change_own(
    State(hub): State<Hub>,
    caller: Caller,
    IfMatch(version): IfMatch,
    Json(body): Json<OwnTenantChangeRequest>,
) -> Result<Response, Problem> {
    let change = (body.name.as_deref(), body.settings.map(Into::into));
    let tenant = hub.change_own_tenant(&caller, version, change).await?;
    Ok(etag(tenant.row.version, Json(OwnTenantView::from(tenant))))
}
