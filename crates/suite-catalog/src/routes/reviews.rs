//! Reviews of major incidents.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use suite_kit::auth::Caller;
use suite_kit::problem::Problem;
use suite_kit::service::{IfMatch, Json, Path, etag};
use uuid::Uuid;

use crate::api::reviews::{
    ActionMoveRequest, ReviewRequest, ReviewTemplate, ReviewTemplateView, ReviewView,
};
use crate::service::{Catalog, ReviewDetail};

/// What reviews begin as.
#[utoipa::path(get, path = "/api/v1/service-catalog/review-template",
    operation_id = "get_review_template", tag = "reviews",
    security(("bearer" = ["catalog.major-incidents.read"])),
    responses((status = 200, body = ReviewTemplateView)))]
pub(super) async fn template(
    State(catalog): State<Catalog>,
    caller: Caller,
) -> Result<Response, Problem> {
    let view = catalog.review_template(&caller).await?;
    Ok(etag(view.version, Json(view)))
}

/// Sets what reviews begin as. The one that is there from the start has the version 0.
#[utoipa::path(put, path = "/api/v1/service-catalog/review-template",
    operation_id = "set_review_template", tag = "reviews",
    security(("bearer" = ["catalog.review-template.write"])),
    params(("If-Match" = String, Header)), request_body = ReviewTemplate,
    responses((status = 200, body = ReviewTemplateView)))]
pub(super) async fn set_template(
    State(catalog): State<Catalog>,
    caller: Caller,
    IfMatch(version): IfMatch,
    Json(body): Json<ReviewTemplate>,
) -> Result<Response, Problem> {
    let view = catalog.set_review_template(&caller, version, body).await?;
    Ok(etag(view.version, Json(view)))
}

/// The review of a major incident.
#[utoipa::path(get, path = "/api/v1/service-catalog/major-incidents/{id}/review",
    operation_id = "get_review", tag = "reviews",
    security(("bearer" = ["catalog.major-incidents.read"])), params(("id" = Uuid, Path)),
    responses((status = 200, body = ReviewView)))]
pub(super) async fn show(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    Ok(answer(catalog.review(&caller, id).await?))
}

/// Begins it as the template has it, with the timeline as it is.
#[utoipa::path(post, path = "/api/v1/service-catalog/major-incidents/{id}/review",
    operation_id = "begin_review", tag = "reviews",
    security(("bearer" = ["catalog.major-incidents.write"])), params(("id" = Uuid, Path)),
    responses((status = 201, body = ReviewView)))]
pub(super) async fn begin(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    let detail = catalog.begin_review(&caller, id).await?;
    Ok(etag(detail.row.version, (StatusCode::CREATED, Json(ReviewView::from(detail)))))
}

/// Writes it, while it is a draft.
#[utoipa::path(put, path = "/api/v1/service-catalog/major-incidents/{id}/review",
    operation_id = "write_review", tag = "reviews",
    security(("bearer" = ["catalog.major-incidents.write"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    request_body = ReviewRequest, responses((status = 200, body = ReviewView)))]
pub(super) async fn write(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(body): Json<ReviewRequest>,
) -> Result<Response, Problem> {
    Ok(answer(catalog.write_review(&caller, (id, version), body).await?))
}

/// Publishes it, once the major incident is resolved: then what it says changes no more.
#[utoipa::path(post, path = "/api/v1/service-catalog/major-incidents/{id}/review/publish",
    operation_id = "publish_review", tag = "reviews",
    security(("bearer" = ["catalog.major-incidents.write"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = ReviewView)))]
pub(super) async fn publish(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
) -> Result<Response, Problem> {
    Ok(answer(catalog.publish_review(&caller, (id, version)).await?))
}

/// Says that an action is done, or is not, or is dropped: its owner, or who leads major incidents.
#[utoipa::path(put, path = "/api/v1/service-catalog/major-incidents/{id}/review/actions/{number}",
    operation_id = "move_review_action", tag = "reviews",
    security(("bearer" = ["catalog.major-incidents.read"])),
    params(("id" = Uuid, Path), ("number" = i32, Path)),
    request_body = ActionMoveRequest, responses((status = 200, body = ReviewView)))]
pub(super) async fn move_action(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path((id, number)): Path<(Uuid, i32)>,
    Json(body): Json<ActionMoveRequest>,
) -> Result<Response, Problem> {
    Ok(answer(catalog.move_review_action(&caller, (id, number), body.state).await?))
}

fn answer(detail: ReviewDetail) -> Response {
    etag(detail.row.version, Json(ReviewView::from(detail)))
}
