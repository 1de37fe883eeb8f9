//! Groups of a tenant's users.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use suite_contracts::GroupId;
use suite_kit::auth::Caller;
use suite_kit::page::{Page, PageQuery};
use suite_kit::problem::Problem;
use suite_kit::service::{IfMatch, Json, Path, Query, etag};

use crate::api::groups::{
    GroupChangeRequest, GroupFilter, GroupMembers, GroupView, NewGroupRequest, UserIds,
};
use crate::api::users::UserView;
use crate::service::{Group, Hub, User};

/// The groups of the tenant, by name.
#[utoipa::path(get, path = "/api/v1/hub/groups", operation_id = "list_groups", tag = "groups",
    security(("bearer" = ["hub.groups.read"])), params(GroupFilter, PageQuery),
    responses((status = 200, body = Page<GroupView>)))]
pub(super) async fn list(
    State(hub): State<Hub>,
    caller: Caller,
    Query(filter): Query<GroupFilter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<GroupView>>, Problem> {
    let part = (page.after()?, page.limit()?);
    let groups = hub.groups(&caller, filter.search.as_deref(), part).await?;
    Ok(Json(groups.map(GroupView::from)))
}

/// Makes a group. The caller must hold all that it gives.
#[utoipa::path(post, path = "/api/v1/hub/groups", operation_id = "create_group", tag = "groups",
    security(("bearer" = ["hub.groups.write"])),
    request_body = NewGroupRequest, responses((status = 201, body = GroupView)))]
pub(super) async fn create(
    State(hub): State<Hub>,
    caller: Caller,
    Json(body): Json<NewGroupRequest>,
) -> Result<Response, Problem> {
    let group = hub.create_group(&caller, body.into()).await?;
    Ok(etag(group.row.version, (StatusCode::CREATED, Json(GroupView::from(group)))))
}

/// A group.
#[utoipa::path(get, path = "/api/v1/hub/groups/{id}", operation_id = "get_group",
    tag = "groups", security(("bearer" = ["hub.groups.read"])),
    params(("id" = GroupId, Path)), responses((status = 200, body = GroupView)))]
pub(super) async fn show(
    State(hub): State<Hub>,
    caller: Caller,
    Path(id): Path<GroupId>,
) -> Result<Response, Problem> {
    Ok(answer(hub.group(&caller, id).await?))
}

/// Changes a group's name and what it gives. The caller must hold that.
#[utoipa::path(patch, path = "/api/v1/hub/groups/{id}", operation_id = "change_group",
    tag = "groups", security(("bearer" = ["hub.groups.write"])),
    params(("id" = GroupId, Path), ("If-Match" = String, Header)),
    request_body = GroupChangeRequest, responses((status = 200, body = GroupView)))]
pub(super) async fn change(
    State(hub): State<Hub>,
    caller: Caller,
    Path(id): Path<GroupId>,
    IfMatch(version): IfMatch,
    Json(body): Json<GroupChangeRequest>,
) -> Result<Response, Problem> {
    Ok(answer(hub.change_group(&caller, (id, version), body.into()).await?))
}

/// Removes a group; its members stay.
#[utoipa::path(delete, path = "/api/v1/hub/groups/{id}", operation_id = "remove_group",
    tag = "groups", security(("bearer" = ["hub.groups.write"])),
    params(("id" = GroupId, Path), ("If-Match" = String, Header)),
    responses((status = 204)))]
pub(super) async fn remove(
    State(hub): State<Hub>,
    caller: Caller,
    Path(id): Path<GroupId>,
    IfMatch(version): IfMatch,
) -> Result<StatusCode, Problem> {
    hub.remove_group(&caller, (id, version)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who is in a group. The `ETag` is the group's.
#[utoipa::path(get, path = "/api/v1/hub/groups/{id}/members", operation_id = "get_group_members",
    tag = "groups", security(("bearer" = ["hub.groups.read"])),
    params(("id" = GroupId, Path)), responses((status = 200, body = GroupMembers)))]
pub(super) async fn members(
    State(hub): State<Hub>,
    caller: Caller,
    Path(id): Path<GroupId>,
) -> Result<Response, Problem> {
    Ok(listed(hub.group_members(&caller, id).await?))
}

/// Puts these users into a group, and no others. The caller must hold all that it gives.
#[utoipa::path(put, path = "/api/v1/hub/groups/{id}/members", operation_id = "set_group_members",
    tag = "groups", security(("bearer" = ["hub.groups.write"])),
    params(("id" = GroupId, Path), ("If-Match" = String, Header)),
    request_body = UserIds, responses((status = 200, body = GroupMembers)))]
pub(super) async fn set_members(
    State(hub): State<Hub>,
    caller: Caller,
    Path(id): Path<GroupId>,
    IfMatch(version): IfMatch,
    Json(body): Json<UserIds>,
) -> Result<Response, Problem> {
    let users = body.user_ids.into_iter().collect();
    Ok(listed(hub.set_group_members(&caller, (id, version), users).await?))
}

fn answer(group: Group) -> Response {
    etag(group.row.version, Json(GroupView::from(group)))
}

fn listed((version, members): (i64, Vec<User>)) -> Response {
    let items = members.into_iter().map(UserView::from).collect();
    etag(version, Json(GroupMembers { items }))
}
