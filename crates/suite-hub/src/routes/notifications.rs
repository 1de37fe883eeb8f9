//! What the signed-in person is told.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::response::sse::Event as SseEvent;
use suite_contracts::NotificationId;
use suite_kit::auth::{Caller, Directory, credential};
use suite_kit::events::Heard;
use suite_kit::page::PageQuery;
use suite_kit::problem::Problem;
use suite_kit::service::{Json, Path, Query};

use super::stream::{Reader, sse};
use crate::api::notifications::{NotificationFilter, NotificationsView, ReadRequest};
use crate::service::{Hub, is_for};

/// How often it is asked whether a stream's reader is still signed in. It tells them nothing but
/// that there is something to read, which they are asked for anew.
const CHECK_MS: u64 = 10_000;

/// The caller's notifications in the tenant of their session, the latest first: the newest 200 of
/// the last 90 days.
#[utoipa::path(get, path = "/api/v1/hub/me/notifications", operation_id = "list_my_notifications",
    tag = "me", security(("bearer" = [])), params(NotificationFilter, PageQuery),
    responses((status = 200, body = NotificationsView)))]
pub(super) async fn list(
    State(hub): State<Hub>,
    caller: Caller,
    Query(filter): Query<NotificationFilter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<NotificationsView>, Problem> {
    let part = (page.after()?, page.limit()?);
    let (page, unread) = hub.my_notifications(&caller, filter.unread, part).await?;
    Ok(Json(NotificationsView::new(page, unread)))
}

/// Marks one as read.
#[utoipa::path(post, path = "/api/v1/hub/me/notifications/{id}/read",
    operation_id = "read_my_notification", tag = "me", security(("bearer" = [])),
    params(("id" = NotificationId, Path)), responses((status = 204)))]
pub(super) async fn read(
    State(hub): State<Hub>,
    caller: Caller,
    Path(id): Path<NotificationId>,
) -> Result<StatusCode, Problem> {
    hub.read_notification(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Marks all as read, or all up to the newest that was seen.
#[utoipa::path(post, path = "/api/v1/hub/me/notifications/read",
    operation_id = "read_my_notifications", tag = "me", security(("bearer" = [])),
    request_body = ReadRequest, responses((status = 204)))]
pub(super) async fn read_all(
    State(hub): State<Hub>,
    caller: Caller,
    Json(body): Json<ReadRequest>,
) -> Result<StatusCode, Problem> {
    hub.read_notifications(&caller, body.up_to).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says when there is something new to read, as server-sent events: `new`, with an empty object.
#[utoipa::path(get, path = "/api/v1/hub/me/notifications/stream",
    operation_id = "follow_my_notifications", tag = "me", security(("bearer" = [])),
    responses((status = 200, content_type = "text/event-stream", body = String)))]
pub(super) async fn stream(
    State(hub): State<Hub>,
    State(directory): State<Arc<dyn Directory>>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (person, following) = hub.follow_notifications(&caller)?;
    let write = move |heard| {
        let is_new = match heard {
            Heard::Missed => true,
            Heard::Event(event) => is_for(&event, person),
        };
        is_new.then(|| SseEvent::default().event("new").data("{}"))
    };
    let may = |_: &_| true;
    let reader = Reader::new(following, (directory, credential(&headers)?), CHECK_MS, may, write);
    Ok(sse(reader))
}
