//! Delivering what the outbox holds, in its order.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::bus::BATCH_MAX;
use super::stream::Streams;
use super::{DEAD_MS_KEPT, DELIVERED_MS_KEPT, EventsError, HANDLED_MS_KEPT, inbox, outbox};
use crate::db::{Engine, Wake};
use crate::retry::Retry;
use crate::service::Foundation;

/// Between two deliveries, so that many events share what one costs. The first does not wait.
const GATHER_MS: u64 = 20;
/// How often to look for what a process left behind that is no more.
const LOOK_MS: u64 = 1_000;
const PURGE_MS: i64 = 3_600_000;
/// What a Redis that restarted may have lost, whatever it keeps on disk.
const LOST_MS_MAX: i64 = 24 * 3_600_000;
const UNAVAILABLE: Retry = Retry { attempts_max: u32::MAX, delay_ms_min: 200, delay_ms_max: 5_000 };

pub(super) async fn run(foundation: Foundation, stop: CancellationToken) {
    let mut woken = foundation.database.woken(Wake::Outbox);
    let (mut failures, mut purge_at_ms) = (0, 0);
    while !stop.is_cancelled() {
        woken.mark_unchanged();
        let pause_ms = match step(&foundation, &mut purge_at_ms).await {
            Ok(delivered) => {
                failures = 0;
                if delivered == BATCH_MAX {
                    continue;
                }
                if delivered > 0 {
                    gather(&stop).await;
                    continue;
                }
                LOOK_MS
            }
            Err(error) => {
                failures += 1;
                if failures == 1 {
                    tracing::warn!(service = %foundation.service, %error, "events wait");
                }
                UNAVAILABLE.delay_ms(failures)
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            _ = woken.changed(), if failures == 0 => {}
            () = tokio::time::sleep(Duration::from_millis(pause_ms)) => {}
        }
    }
}

async fn gather(stop: &CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = tokio::time::sleep(Duration::from_millis(GATHER_MS)) => {}
    }
}

/// Delivers some events; says how many.
async fn step(foundation: &Foundation, purge_at_ms: &mut i64) -> Result<usize, EventsError> {
    let now_ms = foundation.clock.now_ms();
    if now_ms >= *purge_at_ms {
        purge(foundation, now_ms).await?;
        *purge_at_ms = now_ms.saturating_add(PURGE_MS);
    }
    if let Some(streams) = foundation.bus.streams()
        && !streams.is_same(foundation.service).await?
    {
        deliver_again(foundation, streams, now_ms).await?;
    }
    deliver(foundation, now_ms).await
}

async fn deliver(foundation: &Foundation, now_ms: i64) -> Result<usize, EventsError> {
    let Foundation { database, bus, service, .. } = foundation;
    let events = match database.engine() {
        Engine::Sqlite => {
            // The inbox may be in the same file, whose one writer must be free for it. Another
            // process that delivers the same does no harm.
            let events = outbox::waiting(database.read(), BATCH_MAX as u64).await?;
            if events.is_empty() {
                return Ok(0);
            }
            bus.deliver(*service, &events).await?;
            let transaction = database.begin().await?;
            outbox::mark_delivered(&transaction, &events, now_ms).await?;
            transaction.commit_unaudited("a delivery changes nothing").await?;
            events
        }
        Engine::Postgres => {
            let transaction = database.begin().await?;
            let events = outbox::waiting(&*transaction, BATCH_MAX as u64).await?;
            if events.is_empty() {
                transaction.roll_back().await?;
                return Ok(0);
            }
            bus.deliver(*service, &events).await?;
            outbox::mark_delivered(&transaction, &events, now_ms).await?;
            transaction.commit_unaudited("a delivery changes nothing").await?;
            events
        }
    };
    bus.tell(&events);
    Ok(events.len())
}

/// Redis has restarted: what it may have lost goes out again, and inboxes know what they had.
async fn deliver_again(
    foundation: &Foundation,
    streams: &Streams,
    now_ms: i64,
) -> Result<(), EventsError> {
    let run = streams.run_id().await?;
    let transaction = foundation.database.begin().await?;
    let events = outbox::deliver_again(&transaction, now_ms.saturating_sub(LOST_MS_MAX)).await?;
    transaction.commit_unaudited("a delivery changes nothing").await?;
    streams.remember(foundation.service, &run).await?;
    if events > 0 {
        tracing::info!(service = %foundation.service, events, "redis restarted: delivering again");
    }
    Ok(())
}

async fn purge(foundation: &Foundation, now_ms: i64) -> Result<(), EventsError> {
    let transaction = foundation.database.begin().await?;
    let before = |kept_ms: i64| now_ms.saturating_sub(kept_ms);
    outbox::purge(&transaction, before(DELIVERED_MS_KEPT)).await?;
    inbox::purge(&transaction, before(HANDLED_MS_KEPT), before(DEAD_MS_KEPT)).await?;
    transaction.commit_unaudited("what is over").await?;
    Ok(())
}
