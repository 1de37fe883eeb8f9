//! Webhooks.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use suite_contracts::WebhookId;
use suite_kit::auth::Caller;
use suite_kit::page::{Page, PageQuery};
use suite_kit::problem::Problem;
use suite_kit::service::{IfMatch, Json, Path, Query, etag};

use crate::api::webhooks::{
    DeliveryView, NewWebhookRequest, ShownWebhookView, WebhookChangeRequest, WebhookView,
};
use crate::service::{Hub, ShownWebhook};

/// The webhooks of the tenant.
#[utoipa::path(get, path = "/api/v1/hub/webhooks", operation_id = "list_webhooks",
    tag = "webhooks", security(("bearer" = ["hub.webhooks.read"])), params(PageQuery),
    responses((status = 200, body = Page<WebhookView>)))]
pub(super) async fn list(
    State(hub): State<Hub>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<WebhookView>>, Problem> {
    let webhooks = hub.webhooks(&caller, (page.after()?, page.limit()?)).await?;
    Ok(Json(webhooks.map(WebhookView::from)))
}

/// Makes a webhook. The answer shows the secret that signs its deliveries, and nothing does later.
#[utoipa::path(post, path = "/api/v1/hub/webhooks", operation_id = "create_webhook",
    tag = "webhooks", security(("bearer" = ["hub.webhooks.write"])),
    request_body = NewWebhookRequest, responses((status = 201, body = ShownWebhookView)))]
pub(super) async fn create(
    State(hub): State<Hub>,
    caller: Caller,
    Json(body): Json<NewWebhookRequest>,
) -> Result<Response, Problem> {
    let shown = hub.create_webhook(&caller, body.into()).await?;
    Ok(answer(StatusCode::CREATED, shown))
}

/// A webhook, without its secret.
#[utoipa::path(get, path = "/api/v1/hub/webhooks/{id}", operation_id = "get_webhook",
    tag = "webhooks", security(("bearer" = ["hub.webhooks.read"])),
    params(("id" = WebhookId, Path)), responses((status = 200, body = WebhookView)))]
pub(super) async fn show(
    State(hub): State<Hub>,
    caller: Caller,
    Path(id): Path<WebhookId>,
) -> Result<Response, Problem> {
    let webhook = hub.webhook(&caller, id).await?;
    Ok(etag(webhook.version, Json(WebhookView::from(webhook))))
}

/// Changes a webhook, or switches it on or off.
#[utoipa::path(patch, path = "/api/v1/hub/webhooks/{id}", operation_id = "change_webhook",
    tag = "webhooks", security(("bearer" = ["hub.webhooks.write"])),
    params(("id" = WebhookId, Path), ("If-Match" = String, Header)),
    request_body = WebhookChangeRequest, responses((status = 200, body = WebhookView)))]
pub(super) async fn change(
    State(hub): State<Hub>,
    caller: Caller,
    Path(id): Path<WebhookId>,
    IfMatch(version): IfMatch,
    Json(body): Json<WebhookChangeRequest>,
) -> Result<Response, Problem> {
    let webhook = hub.change_webhook(&caller, (id, version), body.into()).await?;
    Ok(etag(webhook.version, Json(WebhookView::from(webhook))))
}

/// Removes a webhook and what is still to be delivered to it.
#[utoipa::path(delete, path = "/api/v1/hub/webhooks/{id}", operation_id = "remove_webhook",
    tag = "webhooks", security(("bearer" = ["hub.webhooks.write"])),
    params(("id" = WebhookId, Path), ("If-Match" = String, Header)),
    responses((status = 204)))]
pub(super) async fn remove(
    State(hub): State<Hub>,
    caller: Caller,
    Path(id): Path<WebhookId>,
    IfMatch(version): IfMatch,
) -> Result<StatusCode, Problem> {
    hub.remove_webhook(&caller, (id, version)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a webhook a new secret, which the answer shows.
#[utoipa::path(post, path = "/api/v1/hub/webhooks/{id}/secret",
    operation_id = "renew_webhook_secret", tag = "webhooks",
    security(("bearer" = ["hub.webhooks.write"])),
    params(("id" = WebhookId, Path)), responses((status = 200, body = ShownWebhookView)))]
pub(super) async fn renew_secret(
    State(hub): State<Hub>,
    caller: Caller,
    Path(id): Path<WebhookId>,
) -> Result<Response, Problem> {
    Ok(answer(StatusCode::OK, hub.renew_webhook_secret(&caller, id).await?))
}

/// Delivers an event to a webhook that means nothing: `hub.webhook.tested`.
#[utoipa::path(post, path = "/api/v1/hub/webhooks/{id}/test", operation_id = "test_webhook",
    tag = "webhooks", security(("bearer" = ["hub.webhooks.write"])),
    params(("id" = WebhookId, Path)), responses((status = 202, body = DeliveryView)))]
pub(super) async fn test(
    State(hub): State<Hub>,
    caller: Caller,
    Path(id): Path<WebhookId>,
) -> Result<(StatusCode, Json<DeliveryView>), Problem> {
    let delivery = hub.test_webhook(&caller, id).await?;
    Ok((StatusCode::ACCEPTED, Json(delivery.into())))
}

/// What was delivered to a webhook within the last 30 days, the latest first.
#[utoipa::path(get, path = "/api/v1/hub/webhooks/{id}/deliveries",
    operation_id = "list_webhook_deliveries", tag = "webhooks",
    security(("bearer" = ["hub.webhooks.read"])),
    params(("id" = WebhookId, Path), PageQuery),
    responses((status = 200, body = Page<DeliveryView>)))]
pub(super) async fn deliveries(
    State(hub): State<Hub>,
    caller: Caller,
    Path(id): Path<WebhookId>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<DeliveryView>>, Problem> {
    let part = (page.after()?, page.limit()?);
    let deliveries = hub.webhook_deliveries(&caller, id, part).await?;
    Ok(Json(deliveries.map(DeliveryView::from)))
}

fn answer(status: StatusCode, shown: ShownWebhook) -> Response {
    etag(shown.webhook.version, (status, Json(ShownWebhookView::from(shown))))
}
