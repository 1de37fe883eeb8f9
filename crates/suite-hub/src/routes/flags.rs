//! Feature flags.

use axum::extract::State;
use axum::response::Response;
use suite_kit::auth::Caller;
use suite_kit::problem::Problem;
use suite_kit::service::{IfMatch, Json, Path, etag};

use crate::api::flags::{FlagView, SwitchRequest};
use crate::service::{Hub, Switch};

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

/// A flag, with its version as `ETag`.
#[utoipa::path(get, path = "/api/v1/hub/flags/{name}", operation_id = "get_flag", tag = "flags",
    security(("bearer" = ["hub.flags.read"])),
    params(("name" = String, Path)), responses((status = 200, body = FlagView)))]
pub(super) async fn show(
    State(hub): State<Hub>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    Ok(answer(hub.flag(&caller, &name).await?))
}

/// Switches a flag on or off.
#[utoipa::path(put, path = "/api/v1/hub/flags/{name}", operation_id = "switch_flag",
    tag = "flags", security(("bearer" = ["hub.flags.write"])),
    params(("name" = String, Path), ("If-Match" = String, Header)),
    request_body = SwitchRequest, responses((status = 200, body = FlagView)))]
pub(super) async fn switch(
    State(hub): State<Hub>,
    caller: Caller,
    Path(name): Path<String>,
    IfMatch(version): IfMatch,
    Json(body): Json<SwitchRequest>,
) -> Result<Response, Problem> {
    Ok(answer(hub.switch_flag(&caller, (&name, version), body.enabled).await?))
}

fn answer(switch: Switch) -> Response {
    etag(switch.version, Json(FlagView::from(switch)))
}
