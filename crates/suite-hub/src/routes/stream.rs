//! Server-sent events to readers who may lose the right to them.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderName;
use axum::http::header::CACHE_CONTROL;
use axum::response::sse::{Event as SseEvent, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use futures_util::stream::{once, unfold};
use suite_kit::auth::{Credential, Directory, Identity};
use suite_kit::events::Heard;
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::service::Following;

/// How often a silent stream says that it is there.
const ALIVE_S: u64 = 15;
/// Tells a reverse proxy to pass on what comes at once.
const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Somebody who hears of what happens for as long as they may.
pub(super) struct Reader<W> {
    following: Following,
    directory: Arc<dyn Directory>,
    credential: Credential,
    check: Interval,
    may: fn(&Identity) -> bool,
    write: W,
}

impl<W: FnMut(Heard) -> Option<SseEvent> + Send + 'static> Reader<W> {
    /// `write` makes of what is heard what is sent, and nothing of what is not for this reader.
    pub fn new(
        following: Following,
        (directory, credential): (Arc<dyn Directory>, Credential),
        check_ms: u64,
        may: fn(&Identity) -> bool,
        write: W,
    ) -> Self {
        let mut check = interval(Duration::from_millis(check_ms));
        check.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { following, directory, credential, check, may, write }
    }

    async fn next(&mut self) -> Option<SseEvent> {
        loop {
            tokio::select! {
                // First: events that wait for a slow reader are none of theirs any more.
                biased;
                _ = self.check.tick() => {
                    let identity = self.directory.identify(&self.credential).await.ok()?;
                    if !(self.may)(&identity) {
                        return None;
                    }
                }
                heard = self.following.subscription.next() => {
                    if let Some(event) = (self.write)(heard?) {
                        return Some(event);
                    }
                }
            }
        }
    }
}

/// The stream of a reader. It begins with a comment, so that whoever waits for its first byte knows
/// at once that it is open.
pub(super) fn sse<W>(reader: Reader<W>) -> Response
where
    W: FnMut(Heard) -> Option<SseEvent> + Send + 'static,
{
    let heard = unfold(reader, async |mut reader| {
        let event = reader.next().await?;
        Some((event, reader))
    });
    let open = once(std::future::ready(SseEvent::default().comment("open")));
    let stream = open.chain(heard).map(Ok::<_, Infallible>);
    let alive = KeepAlive::new().interval(Duration::from_secs(ALIVE_S));
    let headers = [(CACHE_CONTROL, "no-store"), (X_ACCEL_BUFFERING, "no")];
    (headers, Sse::new(stream).keep_alive(alive)).into_response()
}
