//! Items and their versions.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use suite_kit::auth::Caller;
use suite_kit::page::{Page, PageQuery};
use suite_kit::problem::Problem;
use suite_kit::service::{IfMatch, Json, Path, Query, etag};
use uuid::Uuid;

use crate::api::items::{Item, ItemContent, ItemFilter, ItemSummary, ItemVersion};
use crate::service::{Catalog, Shown};

/// What there is to ask for, by name; of what is shown to the caller's groups.
#[utoipa::path(get, path = "/api/v1/service-catalog/items", operation_id = "list_items",
    tag = "items", security(("bearer" = ["catalog.items.read"])), params(ItemFilter, PageQuery),
    responses((status = 200, body = Page<ItemSummary>)))]
pub(super) async fn list(
    State(catalog): State<Catalog>,
    caller: Caller,
    Query(filter): Query<ItemFilter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<ItemSummary>>, Problem> {
    let items = catalog.items(&caller, filter, (page.after()?, page.limit()?)).await?;
    Ok(Json(items.map(ItemSummary::from)))
}

/// Makes an item, as a draft.
#[utoipa::path(post, path = "/api/v1/service-catalog/items", operation_id = "create_item",
    tag = "items", security(("bearer" = ["catalog.items.write"])),
    request_body = ItemContent, responses((status = 201, body = Item)))]
pub(super) async fn create(
    State(catalog): State<Catalog>,
    caller: Caller,
    Json(body): Json<ItemContent>,
) -> Result<Response, Problem> {
    let item = catalog.create_item(&caller, body).await?;
    Ok(etag(item.row.version, (StatusCode::CREATED, Json(Item::from(item)))))
}

/// An item, as it is published; for those who write items also as it is drafted.
#[utoipa::path(get, path = "/api/v1/service-catalog/items/{id}", operation_id = "get_item",
    tag = "items", security(("bearer" = ["catalog.items.read"])),
    params(("id" = Uuid, Path)), responses((status = 200, body = Item)))]
pub(super) async fn show(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    Ok(answer(catalog.item(&caller, id).await?))
}

/// Writes an item's draft, in the place of the one that there is.
#[utoipa::path(put, path = "/api/v1/service-catalog/items/{id}/draft",
    operation_id = "draft_item", tag = "items",
    security(("bearer" = ["catalog.items.write"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    request_body = ItemContent, responses((status = 200, body = Item)))]
pub(super) async fn draft(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(body): Json<ItemContent>,
) -> Result<Response, Problem> {
    Ok(answer(catalog.draft_item(&caller, (id, version), body).await?))
}

/// Publishes an item's draft, or offers again what was withdrawn. Requests that run keep theirs.
#[utoipa::path(post, path = "/api/v1/service-catalog/items/{id}/publish",
    operation_id = "publish_item", tag = "items",
    security(("bearer" = ["catalog.items.write"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = Item)))]
pub(super) async fn publish(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
) -> Result<Response, Problem> {
    Ok(answer(catalog.publish_item(&caller, (id, version)).await?))
}

/// Takes an item out of the portal. Requests that run go on.
#[utoipa::path(post, path = "/api/v1/service-catalog/items/{id}/withdraw",
    operation_id = "withdraw_item", tag = "items",
    security(("bearer" = ["catalog.items.write"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = Item)))]
pub(super) async fn withdraw(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
) -> Result<Response, Problem> {
    Ok(answer(catalog.withdraw_item(&caller, (id, version)).await?))
}

/// A version of an item.
#[utoipa::path(get, path = "/api/v1/service-catalog/items/{id}/versions/{number}",
    operation_id = "get_item_version", tag = "items",
    security(("bearer" = ["catalog.items.read"])),
    params(("id" = Uuid, Path), ("number" = i32, Path)),
    responses((status = 200, body = ItemVersion)))]
pub(super) async fn version(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(place): Path<(Uuid, i32)>,
) -> Result<Json<ItemVersion>, Problem> {
    Ok(Json(catalog.item_version(&caller, place).await?.into()))
}

/// Marks an item as one of the caller's favourites.
#[utoipa::path(put, path = "/api/v1/service-catalog/items/{id}/favourite",
    operation_id = "mark_item", tag = "items", security(("bearer" = ["catalog.items.read"])),
    params(("id" = Uuid, Path)), responses((status = 204)))]
pub(super) async fn mark(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    catalog.mark_item(&caller, id, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes that mark away.
#[utoipa::path(delete, path = "/api/v1/service-catalog/items/{id}/favourite",
    operation_id = "unmark_item", tag = "items", security(("bearer" = ["catalog.items.read"])),
    params(("id" = Uuid, Path)), responses((status = 204)))]
pub(super) async fn unmark(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    catalog.mark_item(&caller, id, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn answer(item: Shown) -> Response {
    etag(item.row.version, Json(Item::from(item)))
}
