//! Roles and permissions.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use suite_contracts::RoleId;
use suite_kit::auth::Caller;
use suite_kit::page::{Page, PageQuery};
use suite_kit::problem::Problem;
use suite_kit::service::{IfMatch, Json, Path, Query, etag};

use crate::api::roles::{NewRoleRequest, PermissionView, RoleChangeRequest, RoleView};
use crate::service::{Hub, Role};

/// What roles can allow.
#[utoipa::path(get, path = "/api/v1/hub/permissions", operation_id = "list_permissions",
    tag = "roles", security(("bearer" = ["hub.roles.read"])),
    responses((status = 200, body = Vec<PermissionView>)))]
pub(super) async fn permissions(
    State(hub): State<Hub>,
    caller: Caller,
) -> Result<Json<Vec<PermissionView>>, Problem> {
    let permissions = hub.permissions(&caller)?;
    Ok(Json(permissions.into_iter().map(PermissionView::from).collect()))
}

/// The roles of the tenant, by name.
#[utoipa::path(get, path = "/api/v1/hub/roles", operation_id = "list_roles", tag = "roles",
    security(("bearer" = ["hub.roles.read"])), params(PageQuery),
    responses((status = 200, body = Page<RoleView>)))]
pub(super) async fn list(
    State(hub): State<Hub>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<RoleView>>, Problem> {
    let roles = hub.roles(&caller, (page.after()?, page.limit()?)).await?;
    Ok(Json(roles.map(RoleView::from)))
}

/// Makes a role. The caller must hold all that it allows.
#[utoipa::path(post, path = "/api/v1/hub/roles", operation_id = "create_role", tag = "roles",
    security(("bearer" = ["hub.roles.write"])),
    request_body = NewRoleRequest, responses((status = 201, body = RoleView)))]
pub(super) async fn create(
    State(hub): State<Hub>,
    caller: Caller,
    Json(body): Json<NewRoleRequest>,
) -> Result<Response, Problem> {
    let role = hub.create_role(&caller, body.into()).await?;
    Ok(etag(role.row.version, (StatusCode::CREATED, Json(RoleView::from(role)))))
}

/// A role.
#[utoipa::path(get, path = "/api/v1/hub/roles/{id}", operation_id = "get_role", tag = "roles",
    security(("bearer" = ["hub.roles.read"])),
    params(("id" = RoleId, Path)), responses((status = 200, body = RoleView)))]
pub(super) async fn show(
    State(hub): State<Hub>,
    caller: Caller,
    Path(id): Path<RoleId>,
) -> Result<Response, Problem> {
    Ok(answer(hub.role(&caller, id).await?))
}

/// Changes a role. The caller must hold all that it allows, before and after.
#[utoipa::path(patch, path = "/api/v1/hub/roles/{id}", operation_id = "change_role",
    tag = "roles", security(("bearer" = ["hub.roles.write"])),
    params(("id" = RoleId, Path), ("If-Match" = String, Header)),
    request_body = RoleChangeRequest, responses((status = 200, body = RoleView)))]
pub(super) async fn change(
    State(hub): State<Hub>,
    caller: Caller,
    Path(id): Path<RoleId>,
    IfMatch(version): IfMatch,
    Json(body): Json<RoleChangeRequest>,
) -> Result<Response, Problem> {
    Ok(answer(hub.change_role(&caller, (id, version), body.into()).await?))
}

/// Removes a role from all who have it.
#[utoipa::path(delete, path = "/api/v1/hub/roles/{id}", operation_id = "remove_role",
    tag = "roles", security(("bearer" = ["hub.roles.write"])),
    params(("id" = RoleId, Path), ("If-Match" = String, Header)),
    responses((status = 204)))]
pub(super) async fn remove(
    State(hub): State<Hub>,
    caller: Caller,
    Path(id): Path<RoleId>,
    IfMatch(version): IfMatch,
) -> Result<StatusCode, Problem> {
    hub.remove_role(&caller, (id, version)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn answer(role: Role) -> Response {
    etag(role.row.version, Json(RoleView::from(role)))
}
