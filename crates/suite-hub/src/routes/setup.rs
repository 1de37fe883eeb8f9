//! The first start.

use axum::extract::State;
use axum::http::StatusCode;
use suite_kit::auth::RequestContext;
use suite_kit::problem::Problem;
use suite_kit::service::Json;

use crate::api::setup::{SetUp, SetupNeeded, SetupRequest};
use crate::service::Hub;

/// Whether the first administrator is still to be made.
#[utoipa::path(get, path = "/api/v1/hub/setup", operation_id = "get_setup", tag = "setup",
    responses((status = 200, body = SetupNeeded)))]
pub(super) async fn show(State(hub): State<Hub>) -> Result<Json<SetupNeeded>, Problem> {
    Ok(Json(SetupNeeded { needed: hub.needs_setup().await? }))
}

/// Makes the first tenant and its administrator, with the link that the first start printed.
#[utoipa::path(post, path = "/api/v1/hub/setup", operation_id = "set_up", tag = "setup",
    request_body = SetupRequest,
    responses((status = 201, body = SetUp)))]
pub(super) async fn create(
    State(hub): State<Hub>,
    request: RequestContext,
    Json(body): Json<SetupRequest>,
) -> Result<(StatusCode, Json<SetUp>), Problem> {
    let (user_id, tenant_id) = hub.set_up(&request, body.into()).await?;
    Ok((StatusCode::CREATED, Json(SetUp { user_id, tenant_id })))
}
