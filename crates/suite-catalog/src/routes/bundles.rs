//! Bundles: what they offer, and asking for it.

use axum::extract::State;
use axum::http::StatusCode;
use suite_kit::auth::Caller;
use suite_kit::problem::Problem;
use suite_kit::service::{Json, Path};
use uuid::Uuid;

use crate::api::bundles::{OfferView, SubmitBundle, SubmittedBundle};
use crate::api::requests::RequestSummary;
use crate::service::Catalog;

/// What the caller may choose of a bundle, with the forms of its items.
#[utoipa::path(get, path = "/api/v1/service-catalog/items/{id}/parts", operation_id = "list_parts",
    tag = "bundles", security(("bearer" = ["catalog.items.read"])),
    params(("id" = Uuid, Path)), responses((status = 200, body = OfferView)))]
pub(super) async fn offer(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<OfferView>, Problem> {
    Ok(Json(catalog.bundle_offer(&caller, id).await?.into()))
}

/// Asks for a bundle: for each part that is chosen by a request of its own, for all of them or for
/// none. A fault of an answer is named by the part and the field.
#[utoipa::path(post, path = "/api/v1/service-catalog/items/{id}/requests",
    operation_id = "submit_bundle", tag = "bundles",
    security(("bearer" = ["catalog.requests.write"])), params(("id" = Uuid, Path)),
    request_body = SubmitBundle, responses((status = 201, body = SubmittedBundle)))]
pub(super) async fn submit(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<SubmitBundle>,
) -> Result<(StatusCode, Json<SubmittedBundle>), Problem> {
    let made = catalog.submit_bundle(&caller, id, body).await?;
    let requests = made.into_iter().map(RequestSummary::from).collect();
    Ok((StatusCode::CREATED, Json(SubmittedBundle { requests })))
}
