//! What holds for a whole catalog.

use axum::extract::State;
use axum::response::Response;
use suite_kit::auth::Caller;
use suite_kit::problem::Problem;
use suite_kit::service::{IfMatch, Json, etag};

use crate::api::settings::{CatalogSettings, CatalogSettingsView};
use crate::service::Catalog;

/// The settings of the tenant's catalog.
#[utoipa::path(get, path = "/api/v1/service-catalog/settings",
    operation_id = "get_catalog_settings", tag = "settings",
    security(("bearer" = ["catalog.items.read"])),
    responses((status = 200, body = CatalogSettingsView)))]
pub(super) async fn show(
    State(catalog): State<Catalog>,
    caller: Caller,
) -> Result<Response, Problem> {
    let view = CatalogSettingsView::from(catalog.settings(&caller).await?);
    Ok(etag(view.version, Json(view)))
}

/// Sets them, as a whole. Another currency changes what prices are in, and no number.
#[utoipa::path(put, path = "/api/v1/service-catalog/settings",
    operation_id = "set_catalog_settings", tag = "settings",
    security(("bearer" = ["catalog.items.write"])),
    params(("If-Match" = String, Header)), request_body = CatalogSettings,
    responses((status = 200, body = CatalogSettingsView)))]
pub(super) async fn set(
    State(catalog): State<Catalog>,
    caller: Caller,
    IfMatch(version): IfMatch,
    Json(body): Json<CatalogSettings>,
) -> Result<Response, Problem> {
    let view = CatalogSettingsView::from(catalog.set_settings(&caller, version, body).await?);
    Ok(etag(view.version, Json(view)))
}
