//! Categories of items.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use suite_kit::auth::Caller;
use suite_kit::problem::Problem;
use suite_kit::service::{IfMatch, Json, Path, etag};
use uuid::Uuid;

use crate::api::categories::{Categories, Category, CategoryOrder, CategoryRequest};
use crate::service::Catalog;
use crate::store::entities::category;

/// The categories of the tenant, in their order.
#[utoipa::path(get, path = "/api/v1/service-catalog/categories",
    operation_id = "list_categories", tag = "items",
    security(("bearer" = ["catalog.items.read"])),
    responses((status = 200, body = Categories)))]
pub(super) async fn list(
    State(catalog): State<Catalog>,
    caller: Caller,
) -> Result<Json<Categories>, Problem> {
    let items = catalog.categories(&caller).await?.into_iter().map(Category::from).collect();
    Ok(Json(Categories { items }))
}

/// Makes a category.
#[utoipa::path(post, path = "/api/v1/service-catalog/categories",
    operation_id = "create_category", tag = "items",
    security(("bearer" = ["catalog.items.write"])),
    request_body = CategoryRequest, responses((status = 201, body = Category)))]
pub(super) async fn create(
    State(catalog): State<Catalog>,
    caller: Caller,
    Json(body): Json<CategoryRequest>,
) -> Result<Response, Problem> {
    let row = catalog.create_category(&caller, body).await?;
    Ok(etag(row.version, (StatusCode::CREATED, Json(Category::from(row)))))
}

/// Puts the categories into another order.
#[utoipa::path(put, path = "/api/v1/service-catalog/category-order",
    operation_id = "order_categories", tag = "items",
    security(("bearer" = ["catalog.items.write"])),
    request_body = CategoryOrder, responses((status = 200, body = Categories)))]
pub(super) async fn order(
    State(catalog): State<Catalog>,
    caller: Caller,
    Json(body): Json<CategoryOrder>,
) -> Result<Json<Categories>, Problem> {
    let rows = catalog.order_categories(&caller, &body.ids).await?;
    Ok(Json(Categories { items: rows.into_iter().map(Category::from).collect() }))
}

/// Changes a category. Its version is in the list.
#[utoipa::path(put, path = "/api/v1/service-catalog/categories/{id}",
    operation_id = "change_category", tag = "items",
    security(("bearer" = ["catalog.items.write"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    request_body = CategoryRequest, responses((status = 200, body = Category)))]
pub(super) async fn change(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(body): Json<CategoryRequest>,
) -> Result<Response, Problem> {
    let row: category::Model = catalog.change_category(&caller, (id, version), body).await?;
    Ok(etag(row.version, Json(Category::from(row))))
}

/// Removes a category that has no items.
#[utoipa::path(delete, path = "/api/v1/service-catalog/categories/{id}",
    operation_id = "remove_category", tag = "items",
    security(("bearer" = ["catalog.items.write"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    responses((status = 204)))]
pub(super) async fn remove(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
) -> Result<StatusCode, Problem> {
    catalog.remove_category(&caller, (id, version)).await?;
    Ok(StatusCode::NO_CONTENT)
}
