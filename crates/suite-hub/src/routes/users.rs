//! Users of a tenant.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use suite_contracts::UserId;
use suite_kit::auth::Caller;
use suite_kit::page::{Page, PageQuery};
use suite_kit::problem::Problem;
use suite_kit::service::{IfMatch, Json, Path, Query, etag};

use crate::api::users::{
    GroupIds, InvitationRequest, RoleIds, UserChangeRequest, UserFilter, UserView,
};
use crate::service::{Hub, User};

/// The users of the tenant.
#[utoipa::path(get, path = "/api/v1/hub/users", operation_id = "list_users", tag = "users",
    security(("bearer" = ["hub.users.read"])), params(UserFilter, PageQuery),
    responses((status = 200, body = Page<UserView>)))]
pub(super) async fn list(
    State(hub): State<Hub>,
    caller: Caller,
    Query(filter): Query<UserFilter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<UserView>>, Problem> {
    let (which, sorted) = ((&filter).into(), filter.sort.into());
    let users = hub.users(&caller, which, sorted, (page.after()?, page.limit()?)).await?;
    Ok(Json(users.map(UserView::from)))
}

/// Invites somebody to the tenant. They get a mail and are a user once they accept.
#[utoipa::path(post, path = "/api/v1/hub/users", operation_id = "invite_user", tag = "users",
    security(("bearer" = ["hub.users.write"])),
    request_body = InvitationRequest, responses((status = 201, body = UserView)))]
pub(super) async fn create(
    State(hub): State<Hub>,
    caller: Caller,
    Json(body): Json<InvitationRequest>,
) -> Result<Response, Problem> {
    let user = hub.invite_user(&caller, body.into()).await?;
    Ok(etag(user.version(), (StatusCode::CREATED, Json(UserView::from(user)))))
}

/// A user.
#[utoipa::path(get, path = "/api/v1/hub/users/{id}", operation_id = "get_user", tag = "users",
    security(("bearer" = ["hub.users.read"])),
    params(("id" = UserId, Path)), responses((status = 200, body = UserView)))]
pub(super) async fn show(
    State(hub): State<Hub>,
    caller: Caller,
    Path(id): Path<UserId>,
) -> Result<Response, Problem> {
    Ok(answer(hub.user(&caller, id).await?))
}

/// Renames a user, disables them, or lets them in again. One who is disabled is refused within a
/// second.
#[utoipa::path(patch, path = "/api/v1/hub/users/{id}", operation_id = "change_user",
    tag = "users", security(("bearer" = ["hub.users.write"])),
    params(("id" = UserId, Path), ("If-Match" = String, Header)),
    request_body = UserChangeRequest, responses((status = 200, body = UserView)))]
pub(super) async fn change(
    State(hub): State<Hub>,
    caller: Caller,
    Path(id): Path<UserId>,
    IfMatch(version): IfMatch,
    Json(body): Json<UserChangeRequest>,
) -> Result<Response, Problem> {
    Ok(answer(hub.change_user(&caller, (id, version), body.into()).await?))
}

/// Takes a user out of the tenant, or withdraws their invitation.
#[utoipa::path(delete, path = "/api/v1/hub/users/{id}", operation_id = "remove_user",
    tag = "users", security(("bearer" = ["hub.users.write"])),
    params(("id" = UserId, Path), ("If-Match" = String, Header)),
    responses((status = 204)))]
pub(super) async fn remove(
    State(hub): State<Hub>,
    caller: Caller,
    Path(id): Path<UserId>,
    IfMatch(version): IfMatch,
) -> Result<StatusCode, Problem> {
    hub.remove_user(&caller, (id, version)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a user these roles, and no others. The caller must hold all that they allow.
#[utoipa::path(put, path = "/api/v1/hub/users/{id}/roles", operation_id = "set_user_roles",
    tag = "users", security(("bearer" = ["hub.users.write"])),
    params(("id" = UserId, Path), ("If-Match" = String, Header)),
    request_body = RoleIds, responses((status = 200, body = UserView)))]
pub(super) async fn set_roles(
    State(hub): State<Hub>,
    caller: Caller,
    Path(id): Path<UserId>,
    IfMatch(version): IfMatch,
    Json(body): Json<RoleIds>,
) -> Result<Response, Problem> {
    let roles = body.role_ids.into_iter().collect();
    Ok(answer(hub.give_roles(&caller, (id, version), roles).await?))
}

/// Puts a user into these groups, and no others. The caller must hold all that they give.
#[utoipa::path(put, path = "/api/v1/hub/users/{id}/groups", operation_id = "set_user_groups",
    tag = "users", security(("bearer" = ["hub.users.write"])),
    params(("id" = UserId, Path), ("If-Match" = String, Header)),
    request_body = GroupIds, responses((status = 200, body = UserView)))]
pub(super) async fn set_groups(
    State(hub): State<Hub>,
    caller: Caller,
    Path(id): Path<UserId>,
    IfMatch(version): IfMatch,
    Json(body): Json<GroupIds>,
) -> Result<Response, Problem> {
    let groups = body.group_ids.into_iter().collect();
    Ok(answer(hub.put_into_groups(&caller, (id, version), groups).await?))
}

/// Ends all sessions of a user.
///
/// It asks for no version: they are all ended however often it is done, and it must not fail because
/// somebody else changed the user meanwhile.
#[utoipa::path(delete, path = "/api/v1/hub/users/{id}/sessions",
    operation_id = "end_user_sessions", tag = "users",
    security(("bearer" = ["hub.users.write"])),
    params(("id" = UserId, Path)), responses((status = 204)))]
pub(super) async fn end_sessions(
    State(hub): State<Hub>,
    caller: Caller,
    Path(id): Path<UserId>,
) -> Result<StatusCode, Problem> {
    hub.end_user_sessions(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends an invitation again that was not accepted.
#[utoipa::path(post, path = "/api/v1/hub/users/{id}/invitation",
    operation_id = "invite_user_again", tag = "users",
    security(("bearer" = ["hub.users.write"])),
    params(("id" = UserId, Path)), responses((status = 204)))]
pub(super) async fn invite_again(
    State(hub): State<Hub>,
    caller: Caller,
    Path(id): Path<UserId>,
) -> Result<StatusCode, Problem> {
    hub.invite_again(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a user the mail with which they set a new password.
#[utoipa::path(post, path = "/api/v1/hub/users/{id}/password-reset",
    operation_id = "reset_user_password", tag = "users",
    security(("bearer" = ["hub.users.write"])),
    params(("id" = UserId, Path)), responses((status = 204)))]
pub(super) async fn reset_password(
    State(hub): State<Hub>,
    caller: Caller,
    Path(id): Path<UserId>,
) -> Result<StatusCode, Problem> {
    hub.reset_user_password(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets a user try again who was locked out after failed logins.
#[utoipa::path(post, path = "/api/v1/hub/users/{id}/unlock", operation_id = "unlock_user",
    tag = "users", security(("bearer" = ["hub.users.write"])),
    params(("id" = UserId, Path)), responses((status = 204)))]
pub(super) async fn unlock(
    State(hub): State<Hub>,
    caller: Caller,
    Path(id): Path<UserId>,
) -> Result<StatusCode, Problem> {
    hub.unlock_user(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn answer(user: User) -> Response {
    etag(user.version(), Json(UserView::from(user)))
}
