//! Signing in and out.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{HeaderValue, SET_COOKIE};
use axum::response::{IntoResponse, Response};
use suite_kit::auth::{Caller, RequestContext};
use suite_kit::problem::Problem;
use suite_kit::service::Json;

use crate::api::session::{LoginRequest, SessionView};
use crate::service::{Hub, LoggedIn};

/// The cookie of the refresh token: out of scripts' reach, and sent to this path alone.
const COOKIE: &str = "itechsmart_refresh";
const COOKIE_PATH: &str = "/api/v1/hub/session";

/// Signs in with an e-mail address and a password.
#[utoipa::path(post, path = "/api/v1/hub/session", operation_id = "log_in", tag = "session",
    request_body = LoginRequest,
    responses((status = 200, body = SessionView)))]
pub(super) async fn create(
    State(hub): State<Hub>,
    request: RequestContext,
    Json(body): Json<LoginRequest>,
) -> Result<Response, Problem> {
    let logged_in = hub.log_in(&request, body.into()).await?;
    Ok(answer(&hub, logged_in))
}

/// Ends the session.
#[utoipa::path(delete, path = "/api/v1/hub/session", operation_id = "log_out", tag = "session",
    security(("bearer" = [])),
    responses((status = 204)))]
pub(super) async fn remove(State(hub): State<Hub>, caller: Caller) -> Result<Response, Problem> {
    hub.log_out(&caller).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    set_cookie(&hub, &mut response, "", 0);
    Ok(response)
}

fn answer(hub: &Hub, logged_in: LoggedIn) -> Response {
    let token = logged_in.refresh_token.clone();
    let mut response = Json(SessionView::from(logged_in)).into_response();
    set_cookie(hub, &mut response, &token, hub.cookie_s());
    response
}

fn set_cookie(hub: &Hub, response: &mut Response, token: &str, age_s: i64) {
    let secure = if hub.is_secure() { "; Secure" } else { "" };
    let cookie = format!(
        "{COOKIE}={token}; Path={COOKIE_PATH}; Max-Age={age_s}; HttpOnly; SameSite=Strict{secure}"
    );
    if let Ok(mut value) = HeaderValue::from_str(&cookie) {
        value.set_sensitive(true);
        response.headers_mut().append(SET_COOKIE, value);
    }
}
