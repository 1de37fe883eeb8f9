//! Setting a password with a link.

use axum::extract::State;
use axum::http::StatusCode;
use suite_kit::auth::RequestContext;
use suite_kit::problem::Problem;
use suite_kit::service::Json;

use crate::api::password::{ForgotRequest, ResetRequest};
use crate::service::Hub;

/// Sends a link to set a new password with, if there is such a person. The answer is always the
/// same.
#[utoipa::path(post, path = "/api/v1/hub/password/forgot", operation_id = "forgot_password",
    tag = "session",
    request_body = ForgotRequest,
    responses((status = 202, description = "A link is on its way to whoever has that address")))]
pub(super) async fn forgot(
    State(hub): State<Hub>,
    request: RequestContext,
    Json(body): Json<ForgotRequest>,
) -> StatusCode {
    hub.forgot_password(request, body.email);
    StatusCode::ACCEPTED
}

/// Sets a password with a link, and a code where a second factor is set. All sessions end.
#[utoipa::path(post, path = "/api/v1/hub/password/reset", operation_id = "reset_password",
    tag = "session",
    request_body = ResetRequest,
    responses((status = 204)))]
pub(super) async fn reset(
    State(hub): State<Hub>,
    request: RequestContext,
    Json(body): Json<ResetRequest>,
) -> Result<StatusCode, Problem> {
    hub.reset_password(&request, body.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}
