//! Lists that forms take options from, and the options of a field.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use suite_kit::auth::Caller;
use suite_kit::page::{Page, PageQuery};
use suite_kit::problem::Problem;
use suite_kit::service::{IfMatch, Json, Path, Query, etag};
use uuid::Uuid;

use crate::api::forms::OptionBody;
use crate::api::option_lists::{FieldOptions, OptionList, OptionListRequest, OptionsQuery};
use crate::service::{Catalog, KeptList};

/// Lists, by name.
#[utoipa::path(get, path = "/api/v1/service-catalog/option-lists",
    operation_id = "list_option_lists", tag = "items",
    security(("bearer" = ["catalog.items.write"])), params(PageQuery),
    responses((status = 200, body = Page<OptionList>)))]
pub(super) async fn list(
    State(catalog): State<Catalog>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<OptionList>>, Problem> {
    let lists = catalog.option_lists(&caller, (page.after()?, page.limit()?)).await?;
    Ok(Json(lists.map(OptionList::from)))
}

/// Makes a list.
#[utoipa::path(post, path = "/api/v1/service-catalog/option-lists",
    operation_id = "create_option_list", tag = "items",
    security(("bearer" = ["catalog.items.write"])),
    request_body = OptionListRequest, responses((status = 201, body = OptionList)))]
pub(super) async fn create(
    State(catalog): State<Catalog>,
    caller: Caller,
    Json(body): Json<OptionListRequest>,
) -> Result<(StatusCode, Response), Problem> {
    let made = catalog.create_option_list(&caller, body).await?;
    Ok((StatusCode::CREATED, answer(made)))
}

/// A list.
#[utoipa::path(get, path = "/api/v1/service-catalog/option-lists/{id}",
    operation_id = "get_option_list", tag = "items",
    security(("bearer" = ["catalog.items.write"])), params(("id" = Uuid, Path)),
    responses((status = 200, body = OptionList)))]
pub(super) async fn show(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    Ok(answer(catalog.option_list(&caller, id).await?))
}

/// Changes a list. Requests keep what they were answered with.
#[utoipa::path(put, path = "/api/v1/service-catalog/option-lists/{id}",
    operation_id = "change_option_list", tag = "items",
    security(("bearer" = ["catalog.items.write"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    request_body = OptionListRequest, responses((status = 200, body = OptionList)))]
pub(super) async fn change(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(body): Json<OptionListRequest>,
) -> Result<Response, Problem> {
    Ok(answer(catalog.change_option_list(&caller, (id, version), body).await?))
}

/// Removes a list that no item takes options from.
#[utoipa::path(delete, path = "/api/v1/service-catalog/option-lists/{id}",
    operation_id = "remove_option_list", tag = "items",
    security(("bearer" = ["catalog.items.write"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    responses((status = 204)))]
pub(super) async fn remove(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
) -> Result<StatusCode, Problem> {
    catalog.remove_option_list(&caller, (id, version)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Options of a field of an item's form, for whoever answers it: those that have the search in
/// their label, 50 at most.
#[utoipa::path(get, path = "/api/v1/service-catalog/items/{id}/options",
    operation_id = "find_options", tag = "items",
    security(("bearer" = ["catalog.items.read"])), params(("id" = Uuid, Path), OptionsQuery),
    responses((status = 200, body = FieldOptions)))]
pub(super) async fn find(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(query): Query<OptionsQuery>,
) -> Result<Json<FieldOptions>, Problem> {
    let (found, is_complete) = catalog.find_options(&caller, id, query).await?;
    Ok(Json(FieldOptions { items: found.into_iter().map(OptionBody::from).collect(), is_complete }))
}

fn answer(list: KeptList) -> Response {
    etag(list.row.version, Json(OptionList::from(list)))
}
