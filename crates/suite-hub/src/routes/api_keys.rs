//! API keys.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use suite_contracts::ApiKeyId;
use suite_kit::auth::Caller;
use suite_kit::page::{Page, PageQuery};
use suite_kit::problem::Problem;
use suite_kit::service::{Json, Path, Query, etag};

use crate::api::api_keys::{ApiKeyView, NewApiKeyRequest, RotationRequest, ShownKeyView};
use crate::service::Hub;

/// The API keys of the tenant, the newest first.
#[utoipa::path(get, path = "/api/v1/hub/api-keys", operation_id = "list_api_keys",
    tag = "api-keys", security(("bearer" = ["hub.api-keys.read"])), params(PageQuery),
    responses((status = 200, body = Page<ApiKeyView>)))]
pub(super) async fn list(
    State(hub): State<Hub>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<ApiKeyView>>, Problem> {
    let keys = hub.api_keys(&caller, (page.after()?, page.limit()?)).await?;
    Ok(Json(keys.map(ApiKeyView::from)))
}

/// Makes an API key. The answer shows its secret, and nothing does later.
#[utoipa::path(post, path = "/api/v1/hub/api-keys", operation_id = "create_api_key",
    tag = "api-keys", security(("bearer" = ["hub.api-keys.write"])),
    request_body = NewApiKeyRequest, responses((status = 201, body = ShownKeyView)))]
pub(super) async fn create(
    State(hub): State<Hub>,
    caller: Caller,
    Json(body): Json<NewApiKeyRequest>,
) -> Result<Response, Problem> {
    let shown = hub.create_api_key(&caller, body.try_into()?).await?;
    let version = shown.key.row.version;
    Ok(etag(version, (StatusCode::CREATED, Json(ShownKeyView::from(shown)))))
}

/// An API key, without its secret.
#[utoipa::path(get, path = "/api/v1/hub/api-keys/{id}", operation_id = "get_api_key",
    tag = "api-keys", security(("bearer" = ["hub.api-keys.read"])),
    params(("id" = ApiKeyId, Path)), responses((status = 200, body = ApiKeyView)))]
pub(super) async fn show(
    State(hub): State<Hub>,
    caller: Caller,
    Path(id): Path<ApiKeyId>,
) -> Result<Response, Problem> {
    let key = hub.api_key(&caller, id).await?;
    Ok(etag(key.row.version, Json(ApiKeyView::from(key))))
}

/// Gives an API key a new secret, which the answer shows; the present one goes on working for a
/// while.
#[utoipa::path(post, path = "/api/v1/hub/api-keys/{id}/rotate", operation_id = "rotate_api_key",
    tag = "api-keys", security(("bearer" = ["hub.api-keys.write"])),
    params(("id" = ApiKeyId, Path)),
    request_body = RotationRequest, responses((status = 200, body = ShownKeyView)))]
pub(super) async fn rotate(
    State(hub): State<Hub>,
    caller: Caller,
    Path(id): Path<ApiKeyId>,
    Json(body): Json<RotationRequest>,
) -> Result<Response, Problem> {
    let shown = hub.rotate_api_key(&caller, id, body.overlap_s).await?;
    Ok(etag(shown.key.row.version, Json(ShownKeyView::from(shown))))
}

/// Revokes an API key, whatever its version: it works nowhere within a second.
#[utoipa::path(delete, path = "/api/v1/hub/api-keys/{id}", operation_id = "revoke_api_key",
    tag = "api-keys", security(("bearer" = ["hub.api-keys.write"])),
    params(("id" = ApiKeyId, Path)), responses((status = 204)))]
pub(super) async fn revoke(
    State(hub): State<Hub>,
    caller: Caller,
    Path(id): Path<ApiKeyId>,
) -> Result<StatusCode, Problem> {
    hub.revoke_api_key(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
