//! Events: what happened, and what happens.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::response::sse::Event as SseEvent;
use suite_kit::auth::{Caller, Directory, Identity, credential};
use suite_kit::events::Heard;
use suite_kit::page::{Page, PageQuery};
use suite_kit::problem::Problem;
use suite_kit::service::{Json, Query};

use super::stream::{Reader, sse};
use crate::api::events::{EventFilter, EventView};
use crate::permissions::EVENTS_READ;
use crate::service::Hub;

/// How often it is asked whether a stream's reader may still read. With what the directory
/// remembers ([`suite_kit::auth::KNOWN_MS_MAX`]) a stream ends within a second.
const CHECK_MS: u64 = 90;

/// What happened in the tenant within the last 30 days, the latest first.
#[utoipa::path(get, path = "/api/v1/hub/events", operation_id = "list_events", tag = "events",
    security(("bearer" = ["hub.events.read"])), params(EventFilter, PageQuery),
    responses((status = 200, body = Page<EventView>)))]
pub(super) async fn list(
    State(hub): State<Hub>,
    caller: Caller,
    Query(filter): Query<EventFilter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<EventView>>, Problem> {
    let part = (page.after()?, page.limit()?);
    let events = hub.events(&caller, filter.name.as_deref(), part).await?;
    Ok(Json(events.map(EventView::from)))
}

/// What happens in the tenant from now on, as server-sent events: `event` with an event as JSON, or
/// `missed` when the reader was too slow and is to read anew what it shows.
#[utoipa::path(get, path = "/api/v1/hub/events/stream", operation_id = "follow_events",
    tag = "events", security(("bearer" = ["hub.events.read"])), params(EventFilter),
    responses((status = 200, content_type = "text/event-stream", body = String)))]
pub(super) async fn stream(
    State(hub): State<Hub>,
    State(directory): State<Arc<dyn Directory>>,
    caller: Caller,
    Query(filter): Query<EventFilter>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let following = hub.follow(&caller, filter.name.as_deref())?;
    let write = move |heard| match heard {
        Heard::Missed => Some(SseEvent::default().event("missed").data("{}")),
        Heard::Event(event) => {
            let wanted = filter.name.as_deref().is_none_or(|name| event.name.matches(name));
            wanted.then(|| written(&EventView::from(&*event)))
        }
    };
    let may = |identity: &Identity| identity.permissions.contains(EVENTS_READ.name);
    let reader = Reader::new(following, (directory, credential(&headers)?), CHECK_MS, may, write);
    Ok(sse(reader))
}

fn written(event: &EventView) -> SseEvent {
    let data = serde_json::to_string(event).unwrap_or_default();
    SseEvent::default().event("event").id(event.id.to_string()).data(data)
}
