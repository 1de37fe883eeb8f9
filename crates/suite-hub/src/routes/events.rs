//! Events: what happened, and what happens.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event as SseEvent, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use suite_kit::auth::{Caller, Credential, Directory, credential};
use suite_kit::events::Heard;
use suite_kit::page::{Page, PageQuery};
use suite_kit::problem::Problem;
use suite_kit::service::{Json, Query};
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::api::events::{EventFilter, EventView};
use crate::permissions::EVENTS_READ;
use crate::service::{Following, Hub};

/// How often it is asked whether a stream's reader may still read. With what the directory
/// remembers ([`suite_kit::auth::KNOWN_MS_MAX`]) a stream ends within a second.
const CHECK_MS: u64 = 90;
/// How often a silent stream says that it is there.
const ALIVE_S: u64 = 15;

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
    let following = hub.follow(&caller, filter.name)?;
    let credential = credential(&headers)?;
    let mut check = interval(Duration::from_millis(CHECK_MS));
    check.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let reader = Reader { following, directory, credential, check };
    let stream = futures_util::stream::unfold(reader, |mut reader| async move {
        let event = reader.next().await?;
        Some((Ok::<_, Infallible>(event), reader))
    });
    let alive = KeepAlive::new().interval(Duration::from_secs(ALIVE_S));
    Ok(Sse::new(stream).keep_alive(alive).into_response())
}

/// Somebody who follows events for as long as they may.
struct Reader {
    following: Following,
    directory: Arc<dyn Directory>,
    credential: Credential,
    check: Interval,
}

impl Reader {
    async fn next(&mut self) -> Option<SseEvent> {
        loop {
            tokio::select! {
                // First: events that wait for a slow reader are none of theirs any more.
                biased;
                _ = self.check.tick() => {
                    let identity = self.directory.identify(&self.credential).await.ok()?;
                    if !identity.permissions.contains(EVENTS_READ.name) {
                        return None;
                    }
                }
                heard = self.following.subscription.next() => match heard? {
                    Heard::Missed => return Some(SseEvent::default().event("missed").data("{}")),
                    Heard::Event(event) => {
                        let pattern = self.following.pattern.as_deref();
                        if pattern.is_none_or(|pattern| event.name.matches(pattern)) {
                            return Some(written(&EventView::from(&*event)));
                        }
                    }
                },
            }
        }
    }
}

fn written(event: &EventView) -> SseEvent {
    let data = serde_json::to_string(event).unwrap_or_default();
    SseEvent::default().event("event").id(event.id.to_string()).data(data)
}
