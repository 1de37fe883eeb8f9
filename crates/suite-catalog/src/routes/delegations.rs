//! Delegations.

use axum::extract::State;
use axum::http::StatusCode;
use suite_kit::auth::Caller;
use suite_kit::problem::Problem;
use suite_kit::service::{Json, Path};
use uuid::Uuid;

use crate::api::delegations::{DelegationRequest, DelegationView, Delegations};
use crate::error::CatalogError;
use crate::service::{Catalog, NewDelegation};

/// Delegations that the caller has given and received, and that are not over.
#[utoipa::path(get, path = "/api/v1/service-catalog/my/delegations",
    operation_id = "list_my_delegations", tag = "approvals",
    security(("bearer" = ["catalog.approvals.write"])),
    responses((status = 200, body = Delegations)))]
pub(super) async fn list(
    State(catalog): State<Catalog>,
    caller: Caller,
) -> Result<Json<Delegations>, Problem> {
    let items = catalog.delegations(&caller).await?;
    Ok(Json(Delegations { items: items.into_iter().map(DelegationView::from).collect() }))
}

/// Has somebody decide for the caller, for a while.
#[utoipa::path(post, path = "/api/v1/service-catalog/my/delegations",
    operation_id = "create_delegation", tag = "approvals",
    security(("bearer" = ["catalog.approvals.write"])),
    request_body = DelegationRequest, responses((status = 201, body = DelegationView)))]
pub(super) async fn create(
    State(catalog): State<Catalog>,
    caller: Caller,
    Json(body): Json<DelegationRequest>,
) -> Result<(StatusCode, Json<DelegationView>), Problem> {
    let asked = NewDelegation::try_from(body).map_err(CatalogError::from)?;
    let made = catalog.delegate(&caller, asked).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

/// Takes a delegation back.
#[utoipa::path(delete, path = "/api/v1/service-catalog/my/delegations/{id}",
    operation_id = "remove_delegation", tag = "approvals",
    security(("bearer" = ["catalog.approvals.write"])), params(("id" = Uuid, Path)),
    responses((status = 204)))]
pub(super) async fn remove(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    catalog.take_back(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
