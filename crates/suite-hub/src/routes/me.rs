//! The signed-in person, about themself.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use suite_contracts::SessionId;
use suite_kit::auth::Caller;
use suite_kit::page::{Page, PageQuery};
use suite_kit::problem::Problem;
use suite_kit::service::{IfMatch, Json, Path, Query, etag};

use crate::api::me::{
    EmailChange, Me, MeChange, MySession, PasswordAndCode, PasswordChange, PasswordProof,
    RecoveryCodes, TotpCode, TotpSetup,
};
use crate::service::Hub;

/// Who is signed in, to which tenant, and what they may do there.
#[utoipa::path(get, path = "/api/v1/hub/me", operation_id = "get_me", tag = "me",
    security(("bearer" = [])),
    responses((status = 200, body = Me)))]
pub(super) async fn show(State(hub): State<Hub>, caller: Caller) -> Result<Response, Problem> {
    let me = hub.me(&caller).await?;
    Ok(etag(me.person.version, Json(Me::from(me))))
}

/// Changes the name.
#[utoipa::path(patch, path = "/api/v1/hub/me", operation_id = "change_me", tag = "me",
    security(("bearer" = [])),
    params(("if-match" = String, Header, description = "The `ETag` that was read")),
    request_body = MeChange,
    responses((status = 200, body = Me)))]
pub(super) async fn change(
    State(hub): State<Hub>,
    caller: Caller,
    IfMatch(version): IfMatch,
    Json(body): Json<MeChange>,
) -> Result<Response, Problem> {
    hub.rename_me(&caller, &body.name, version).await?;
    let me = hub.me(&caller).await?;
    Ok(etag(me.person.version, Json(Me::from(me))))
}

/// Sends a link to a new e-mail address, which counts once the link comes back.
#[utoipa::path(post, path = "/api/v1/hub/me/email", operation_id = "change_my_email", tag = "me",
    security(("bearer" = [])),
    request_body = EmailChange,
    responses((status = 202, description = "A link is on its way, unless somebody has that address")))]
pub(super) async fn change_email(
    State(hub): State<Hub>,
    caller: Caller,
    Json(body): Json<EmailChange>,
) -> Result<StatusCode, Problem> {
    hub.change_email(&caller, (&body.email, &body.password)).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Changes the password. All other sessions end.
#[utoipa::path(post, path = "/api/v1/hub/me/password", operation_id = "change_my_password",
    tag = "me",
    security(("bearer" = [])),
    request_body = PasswordChange,
    responses((status = 204)))]
pub(super) async fn change_password(
    State(hub): State<Hub>,
    caller: Caller,
    Json(body): Json<PasswordChange>,
) -> Result<StatusCode, Problem> {
    hub.change_password(&caller, (&body.current_password, &body.new_password)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Begins to set up a second factor, for an app that shows codes.
#[utoipa::path(post, path = "/api/v1/hub/me/totp", operation_id = "begin_totp", tag = "me",
    security(("bearer" = [])),
    request_body = PasswordProof,
    responses((status = 200, body = TotpSetup)))]
pub(super) async fn begin_totp(
    State(hub): State<Hub>,
    caller: Caller,
    Json(body): Json<PasswordProof>,
) -> Result<Json<TotpSetup>, Problem> {
    Ok(Json(hub.begin_totp(&caller, &body.password).await?.into()))
}

/// Ends the set-up with a code of the app. The recovery codes are shown this once.
#[utoipa::path(post, path = "/api/v1/hub/me/totp/confirm", operation_id = "confirm_totp",
    tag = "me",
    security(("bearer" = [])),
    request_body = TotpCode,
    responses((status = 200, body = RecoveryCodes)))]
pub(super) async fn confirm_totp(
    State(hub): State<Hub>,
    caller: Caller,
    Json(body): Json<TotpCode>,
) -> Result<Json<RecoveryCodes>, Problem> {
    Ok(Json(hub.confirm_totp(&caller, &body.code).await?.into()))
}

/// Removes the second factor.
#[utoipa::path(post, path = "/api/v1/hub/me/totp/disable", operation_id = "disable_totp",
    tag = "me",
    security(("bearer" = [])),
    request_body = PasswordAndCode,
    responses((status = 204)))]
pub(super) async fn disable_totp(
    State(hub): State<Hub>,
    caller: Caller,
    Json(body): Json<PasswordAndCode>,
) -> Result<StatusCode, Problem> {
    hub.disable_totp(&caller, (&body.password, &body.code)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives new recovery codes, shown this once; the old ones stop working.
#[utoipa::path(post, path = "/api/v1/hub/me/recovery-codes",
    operation_id = "replace_recovery_codes", tag = "me",
    security(("bearer" = [])),
    request_body = PasswordAndCode,
    responses((status = 200, body = RecoveryCodes)))]
pub(super) async fn replace_recovery_codes(
    State(hub): State<Hub>,
    caller: Caller,
    Json(body): Json<PasswordAndCode>,
) -> Result<Json<RecoveryCodes>, Problem> {
    Ok(Json(hub.new_recovery_codes(&caller, (&body.password, &body.code)).await?.into()))
}

/// The caller's sessions, those used last first.
#[utoipa::path(get, path = "/api/v1/hub/me/sessions", operation_id = "list_my_sessions",
    tag = "me",
    security(("bearer" = [])),
    params(PageQuery),
    responses((status = 200, body = Page<MySession>)))]
pub(super) async fn sessions(
    State(hub): State<Hub>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<MySession>>, Problem> {
    let part = (query.after()?, query.limit()?);
    let page = hub.my_sessions(&caller, part).await?;
    Ok(Json(page.map(|session| MySession::new(session, caller.session()))))
}

/// Ends all sessions but the present one.
#[utoipa::path(delete, path = "/api/v1/hub/me/sessions", operation_id = "end_my_other_sessions",
    tag = "me",
    security(("bearer" = [])),
    responses((status = 204)))]
pub(super) async fn end_other_sessions(
    State(hub): State<Hub>,
    caller: Caller,
) -> Result<StatusCode, Problem> {
    hub.end_my_other_sessions(&caller).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends one session.
#[utoipa::path(delete, path = "/api/v1/hub/me/sessions/{id}", operation_id = "end_my_session",
    tag = "me",
    security(("bearer" = [])),
    params(("id" = SessionId, Path)),
    responses((status = 204)))]
pub(super) async fn end_session(
    State(hub): State<Hub>,
    caller: Caller,
    Path(id): Path<SessionId>,
) -> Result<StatusCode, Problem> {
    hub.end_my_session(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
