//! Handling what is in the inbox of a group, one event at a time, in their order.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sea_orm::DbErr;
use suite_contracts::Event;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::inbox;
use crate::clock::Clock;
use crate::db::{self, Database, Transaction, Wake};
use crate::retry::{Retry, shown};

/// A handler changes rows. What takes longer is a job.
const HANDLER_MS_MAX: u64 = 30_000;
/// How often to look for what other processes have put there.
const LOOK_MS: u64 = 1_000;
/// After the database did not answer.
const UNAVAILABLE: Retry = Retry { attempts_max: u32::MAX, delay_ms_min: 200, delay_ms_max: 5_000 };

/// Why an event was not handled.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What a group does with an event.
#[async_trait]
pub trait Handler: Send + Sync + 'static {
    /// Changes what the event changes, through `transaction` alone: it commits together with the
    /// mark that the event was handled, so this happens once. What reaches out of the database
    /// (mail, HTTP) is for a job that is enqueued here.
    async fn handle(&self, transaction: &Transaction, event: &Event) -> Result<(), Failure>;
}

/// A group of consumers: of all processes that run it, one handles each event.
#[derive(Clone)]
pub struct Consumer {
    /// Of its own within the service, and never changed: the inbox knows it by this name.
    pub group: &'static str,
    /// As [`EventName::matches`](suite_contracts::EventName::matches) reads them.
    pub patterns: &'static [&'static str],
    pub handler: Arc<dyn Handler>,
    pub retry: Retry,
}

impl Consumer {
    pub fn new(
        group: &'static str,
        patterns: &'static [&'static str],
        handler: impl Handler,
    ) -> Self {
        Self { group, patterns, handler: Arc::new(handler), retry: Retry::DEFAULT }
    }
}

impl std::fmt::Debug for Consumer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Consumer").field(&self.group).field(&self.patterns).finish()
    }
}

pub(super) async fn run(
    consumer: Consumer,
    database: Database,
    clock: Clock,
    stop: CancellationToken,
) {
    let mut woken = database.woken(Wake::Inbox);
    let mut failures = 0;
    while !stop.is_cancelled() {
        woken.mark_unchanged();
        let pause_ms = match step(&consumer, &database, &clock).await {
            Ok(wait_ms) => {
                failures = 0;
                wait_ms.min(LOOK_MS)
            }
            Err(error) => {
                failures += 1;
                tracing::warn!(group = consumer.group, %error, "events wait for the database");
                UNAVAILABLE.delay_ms(failures)
            }
        };
        if pause_ms == 0 {
            continue;
        }
        tokio::select! {
            () = stop.cancelled() => {}
            _ = woken.changed(), if failures == 0 => {}
            () = tokio::time::sleep(Duration::from_millis(pause_ms)) => {}
        }
    }
}

/// Handles one event, if one is due. Gives how long to wait for the next.
async fn step(consumer: &Consumer, database: &Database, clock: &Clock) -> Result<u64, DbErr> {
    let now_ms = clock.now_ms();
    match inbox::wait_ms(database.read(), consumer.group, now_ms).await? {
        Some(0) => {}
        Some(wait_ms) => return Ok(wait_ms),
        None => return Ok(LOOK_MS),
    }
    let transaction = database.begin().await?;
    let Some(row) = inbox::claim(&transaction, consumer.group, now_ms).await? else {
        // Other processes are at all that is due.
        transaction.roll_back().await?;
        return Ok(LOOK_MS);
    };
    let failure = match handle(consumer, transaction, &row).await {
        Ok(transaction) => {
            inbox::mark_handled(&transaction, &row, clock.now_ms()).await?;
            transaction.commit_unaudited("a handler audits what it does itself").await?;
            return Ok(0);
        }
        Err(failure) => failure,
    };
    if let Some(error) = failure.downcast_ref::<DbErr>()
        && db::is_unavailable(error)
    {
        // No fault of the event.
        return Err(DbErr::Custom(error.to_string()));
    }
    let attempt = u32::try_from(row.attempts).unwrap_or(u32::MAX).saturating_add(1);
    let (id, group, now_ms) = (row.event_id, consumer.group, clock.now_ms());
    let error = shown(&failure);
    let due_ms = if attempt < consumer.retry.attempts_max {
        tracing::warn!(group, event = %id, attempt, error, "an event was not handled");
        let delay_ms = consumer.retry.delay_ms(attempt);
        Some(now_ms.saturating_add(i64::try_from(delay_ms).unwrap_or(i64::MAX)))
    } else {
        tracing::error!(group, event = %id, attempt, error, "an event is given up");
        None
    };
    let transaction = database.begin().await?;
    inbox::mark_failed(&transaction, &row, error, due_ms, now_ms).await?;
    transaction.commit_unaudited("nothing was done").await?;
    Ok(0)
}

/// Runs the handler in a task of its own, so that its panic is a failure like others. Gives the
/// transaction back, ready to be committed, or ends it.
async fn handle(
    consumer: &Consumer,
    transaction: Transaction,
    row: &inbox::Model,
) -> Result<Transaction, Failure> {
    let event: Event = match serde_json::from_str(&row.event) {
        Ok(event) => event,
        Err(error) => {
            transaction.roll_back().await?;
            return Err(error.into());
        }
    };
    let handler = consumer.handler.clone();
    let mut task = JoinSet::new();
    task.spawn(async move {
        let limit = Duration::from_millis(HANDLER_MS_MAX);
        let handled = tokio::time::timeout(limit, handler.handle(&transaction, &event)).await;
        let handled = handled.unwrap_or_else(|_| Err("the handler took too long".into()));
        match handled {
            Ok(()) => Ok(transaction),
            Err(failure) => {
                transaction.roll_back().await?;
                Err(failure)
            }
        }
    });
    match task.join_next().await {
        Some(Ok(ended)) => ended,
        Some(Err(_)) => Err("the handler panicked".into()),
        None => Err("the handler did not run".into()),
    }
}
