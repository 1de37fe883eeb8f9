//! Feature flags.

use axum::extract::State;
use suite_kit::auth::Caller;
use suite_kit::problem::Problem;
use suite_kit::service::{Json, Path};

use crate::api::flags::{FlagView, SwitchRequest};
use crate::service::Hub;

/// The flags of the tenant.
#[utoipa::path(get, path = "/api/v1/hub/flags", operation_id = "list_flags", tag = "flags",
    security(("bearer" = ["hub.flags.read"])),
    responses((status = 200, body = Vec<FlagView>)))]
pub(super) async fn list(
    State(hub): State<Hub>,
    caller: Caller,
) -> Result<Json<Vec<FlagView>>, Problem> {
    let flags = hub.flags(&caller).await?;
    Ok(Json(flags.into_iter().map(FlagView::from).collect()))
}

/// Switches a flag on or off.
#[utoipa::path(put, path = "/api/v1/hub/flags/{name}", operation_id = "switch_flag",
    tag = "flags", security(("bearer" = ["hub.flags.write"])),
    params(("name" = String, Path)),
    request_body = SwitchRequest, responses((status = 200, body = FlagView)))]
pub(super) async fn switch(
    State(hub): State<Hub>,
    caller: Caller,
    Path(name): Path<String>,
    Json(body): Json<SwitchRequest>,
) -> Result<Json<FlagView>, Problem> {
    Ok(Json(hub.switch_flag(&caller, &name, body.enabled).await?.into()))
}
