//! Service levels.

use axum::extract::State;
use axum::response::Response;
use suite_kit::auth::Caller;
use suite_kit::problem::Problem;
use suite_kit::service::{IfMatch, Json, etag};

use crate::api::levels::{LevelsBody, LevelsView};
use crate::api::requests::GroupView;
use crate::service::{Catalog, Named};

/// What the desk promises for what is opened now.
#[utoipa::path(get, path = "/api/v1/service-catalog/service-levels",
    operation_id = "get_service_levels", tag = "service-levels",
    security(("bearer" = ["catalog.service-levels.read"])),
    responses((status = 200, body = LevelsView)))]
pub(super) async fn show(
    State(catalog): State<Catalog>,
    caller: Caller,
) -> Result<Response, Problem> {
    Ok(answer(catalog.service_levels(&caller).await?))
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
    Ok(answer(catalog.set_service_levels(&caller, version, body).await?))
}

fn answer((version, levels, named): (i64, LevelsBody, Named)) -> Response {
    let groups = GroupView::all(&named.groups);
    etag(version, Json(LevelsView { version, levels, groups }))
}
