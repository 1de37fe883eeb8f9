//! Service levels.

use axum::extract::State;
use axum::response::Response;
use suite_kit::auth::Caller;
use suite_kit::problem::Problem;
use suite_kit::service::{IfMatch, Json, etag};

use crate::api::levels::{LevelsBody, LevelsView};
use crate::service::Catalog;

/// What the desk promises for what is opened now.
#[utoipa::path(get, path = "/api/v1/service-catalog/service-levels",
    operation_id = "get_service_levels", tag = "service-levels",
    security(("bearer" = ["catalog.service-levels.read"])),
    responses((status = 200, body = LevelsView)))]
pub(super) async fn show(
    State(catalog): State<Catalog>,
    caller: Caller,
) -> Result<Response, Problem> {
    let (version, levels) = catalog.service_levels(&caller).await?;
    Ok(etag(version, Json(LevelsView { version, levels })))
}

/// Sets them as a whole, for what is opened from now on.
#[utoipa::path(put, path = "/api/v1/service-catalog/service-levels",
    operation_id = "set_service_levels", tag = "service-levels",
    security(("bearer" = ["catalog.service-levels.write"])),
    params(("If-Match" = String, Header)), request_body = LevelsBody,
    responses((status = 200, body = LevelsView)))]
pub(super) async fn set(
    State(catalog): State<Catalog>,
    caller: Caller,
    IfMatch(version): IfMatch,
    Json(body): Json<LevelsBody>,
) -> Result<Response, Problem> {
    let (version, levels) = catalog.set_service_levels(&caller, version, body).await?;
    Ok(etag(version, Json(LevelsView { version, levels })))
}
