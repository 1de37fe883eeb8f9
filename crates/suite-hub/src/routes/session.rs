//! Signing in and out, and staying signed in.

use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use suite_kit::auth::{Caller, RequestContext};
use suite_kit::problem::Problem;
use suite_kit::service::Json;

use super::Routes;
use super::cookie::{self, RefreshToken};
use crate::api::session::{
    LoginAnswer, LoginRequest, RefreshRequest, SecondFactorRequest, SessionView,
};
use crate::service::{Hub, LoggedIn, Step};

/// Signs in with an e-mail address and a password.
#[utoipa::path(post, path = "/api/v1/hub/session", operation_id = "log_in", tag = "session",
    request_body = LoginRequest,
    responses((status = 200, body = LoginAnswer,
        description = "Signed in, or asked for a code of the second factor")))]
pub(super) async fn create(
    State(hub): State<Hub>,
    request: RequestContext,
    Json(body): Json<LoginRequest>,
) -> Result<Response, Problem> {
    Ok(match hub.log_in(&request, body.into()).await? {
        Step::Done(logged_in) => answer(&hub, logged_in),
        Step::SecondFactor(challenge) => {
            Json(LoginAnswer::Challenge(challenge.into())).into_response()
        }
    })
}

/// Goes on with a login: a code of the second factor.
#[utoipa::path(post, path = "/api/v1/hub/session/second-factor",
    operation_id = "answer_second_factor", tag = "session",
    request_body = SecondFactorRequest,
    responses((status = 200, body = SessionView)))]
pub(super) async fn second_factor(
    State(hub): State<Hub>,
    request: RequestContext,
    Json(body): Json<SecondFactorRequest>,
) -> Result<Response, Problem> {
    let logged_in = hub.answer_challenge(&request, body.into()).await?;
    Ok(answer(&hub, logged_in))
}

/// Gives a new access token for the cookie, in the tenant asked for or the one used last.
#[utoipa::path(post, path = "/api/v1/hub/session/refresh", operation_id = "refresh_session",
    tag = "session",
    params(("x-requested-with" = String, Header, description = "`itechsmart`")),
    request_body = RefreshRequest,
    responses((status = 200, body = SessionView)))]
pub(super) async fn refresh(
    State(hub): State<Hub>,
    request: RequestContext,
    RefreshToken(token): RefreshToken,
    Json(body): Json<RefreshRequest>,
) -> Result<Response, Problem> {
    let logged_in = hub.refresh(&request, &token, body.tenant_id).await?;
    Ok(answer(&hub, logged_in))
}

/// Ends the session of the access token, or of the cookie.
#[utoipa::path(delete, path = "/api/v1/hub/session", operation_id = "log_out", tag = "session",
    security(("bearer" = [])),
    responses((status = 204)))]
pub(super) async fn remove(
    State(routes): State<Routes>,
    request: RequestContext,
    mut parts: Parts,
) -> Result<Response, Problem> {
    let hub = &routes.hub;
    // A page whose access token has expired signs out with its cookie.
    let has_cookie = parts.headers.contains_key("cookie");
    match Caller::from_request_parts(&mut parts, &routes).await {
        Ok(caller) => hub.log_out(&caller).await?,
        Err(problem) if !has_cookie => return Err(problem),
        Err(_) => {
            let token = RefreshToken::from_request_parts(&mut parts, &routes).await?;
            hub.log_out_by_cookie(&request, &token.0).await?;
        }
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    cookie::set(hub, &mut response, "");
    Ok(response)
}

fn answer(hub: &Hub, logged_in: LoggedIn) -> Response {
    let token = logged_in.refresh_token.clone();
    let mut response = Json(LoginAnswer::Session(logged_in.into())).into_response();
    cookie::set(hub, &mut response, &token);
    response
}
