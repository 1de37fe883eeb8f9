//! Handling a group's events, one after the other, in their order: as they come in, or, behind others
//! that wait, from its inbox.
//!
//! A transaction handles a batch of them. If one fails, all of it is rolled back, and each is
//! handled in a transaction of its own.

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

/// Events that one transaction handles.
const BATCH_MAX: u64 = 64;
/// A handler changes rows. What takes longer is a job.
const HANDLER_MS_MAX: u64 = 30_000;
/// Why its transaction has no audit record of its own.
const AUDITED: &str = "a handler audits what it does itself";
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

    /// The same for several events, in their order, where fewer statements do than one after the
    /// other takes.
    async fn handle_all(&self, transaction: &Transaction, events: &[Event]) -> Result<(), Failure> {
        for event in events {
            self.handle(transaction, event).await?;
        }
        Ok(())
    }
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

    pub(super) fn wants(&self, event: &Event) -> bool {
        self.patterns.iter().any(|pattern| event.name.matches(pattern))
    }
}

impl std::fmt::Debug for Consumer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Consumer").field(&self.group).field(&self.patterns).finish()
    }
}

/// Handles events that have just come in, those that were not handled before. Says whether they are
/// done: otherwise nothing is, since some of the group wait in the inbox or one of these failed, and
/// all belong there.
pub(super) async fn handle_at_once(
    consumer: &Consumer,
    (database, clock): (&Database, &Clock),
    events: &[&Event],
) -> Result<bool, DbErr> {
    let group = consumer.group;
    if inbox::is_any_waiting(database.read(), group).await? {
        return Ok(false);
    }
    let transaction = database.begin().await?;
    let fresh = inbox::take_in_handled(&transaction, group, events, clock.now_ms()).await?;
    let is_fresh = |event: &&&Event| fresh.contains(&event.id);
    let events: Vec<Event> = events.iter().filter(is_fresh).map(|event| (*event).clone()).collect();
    if events.is_empty() {
        transaction.roll_back().await?;
        return Ok(true);
    }
    match handle(consumer, transaction, events).await {
        Ok(transaction) => {
            transaction.commit_unaudited(AUDITED).await?;
            Ok(true)
        }
        Err(failure) => no_fault_of_the_database(&failure).map(|()| false),
    }
}

pub(super) async fn run(
    consumer: Consumer,
    database: Database,
    clock: Clock,
    stop: CancellationToken,
) {
    let mut woken = database.woken(Wake::Inbox);
    let mut group = Group { consumer, database, clock, alone: 0 };
    let mut failures = 0;
    while !stop.is_cancelled() {
        woken.mark_unchanged();
        let pause_ms = match group.step().await {
            Ok(wait_ms) => {
                failures = 0;
                wait_ms.min(LOOK_MS)
            }
            Err(error) => {
                failures += 1;
                let group = group.consumer.group;
                tracing::warn!(group, %error, "events wait for the database");
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

/// A consumer at its work.
struct Group {
    consumer: Consumer,
    database: Database,
    clock: Clock,
    /// So many events are handled in a transaction each: one of them fails.
    alone: usize,
}

impl Group {
    /// Handles events that are due, if there are any. Gives how long to wait for the next.
    async fn step(&mut self) -> Result<u64, DbErr> {
        let (group, now_ms) = (self.consumer.group, self.clock.now_ms());
        match inbox::wait_ms(self.database.read(), group, now_ms).await? {
            Some(0) => {}
            Some(wait_ms) => return Ok(wait_ms),
            None => return Ok(LOOK_MS),
        }
        let transaction = self.database.begin().await?;
        let events_max = if self.alone > 0 { 1 } else { BATCH_MAX };
        let rows = inbox::claim(&transaction, group, now_ms, events_max).await?;
        let [first, others @ ..] = rows.as_slice() else {
            // Other processes are at all that is due.
            transaction.roll_back().await?;
            return Ok(LOOK_MS);
        };
        self.alone = self.alone.saturating_sub(1);
        let read = rows.iter().map(|row| serde_json::from_str(&row.event)).collect();
        let handled = match read {
            Ok(events) => handle(&self.consumer, transaction, events).await,
            Err(error) => {
                let unreadable: serde_json::Error = error;
                transaction.roll_back().await?;
                Err(unreadable.into())
            }
        };
        match handled {
            Ok(transaction) => {
                inbox::mark_handled(&transaction, &rows, self.clock.now_ms()).await?;
                transaction.commit_unaudited(AUDITED).await?;
            }
            Err(failure) => {
                no_fault_of_the_database(&failure)?;
                if others.is_empty() {
                    self.note(first, &failure).await?;
                } else {
                    // Nothing of the batch is done. Which event it was shows when each is alone.
                    self.alone = rows.len();
                }
            }
        }
        Ok(0)
    }

    /// Has an event that was not handled tried again later, or never.
    async fn note(&self, row: &inbox::Model, failure: &Failure) -> Result<(), DbErr> {
        let retry = &self.consumer.retry;
        let attempt = u32::try_from(row.attempts).unwrap_or(u32::MAX).saturating_add(1);
        let (id, group, now_ms) = (row.event_id, self.consumer.group, self.clock.now_ms());
        let error = shown(failure);
        let due_ms = if attempt < retry.attempts_max {
            tracing::warn!(group, event = %id, attempt, error, "an event was not handled");
            let delay_ms = retry.delay_ms(attempt);
            Some(now_ms.saturating_add(i64::try_from(delay_ms).unwrap_or(i64::MAX)))
        } else {
            tracing::error!(group, event = %id, attempt, error, "an event is given up");
            None
        };
        let transaction = self.database.begin().await?;
        inbox::mark_failed(&transaction, row, error, due_ms, now_ms).await?;
        transaction.commit_unaudited("nothing was done").await
    }
}

/// Whether it is the events' or the handler's fault that they were not handled.
fn no_fault_of_the_database(failure: &Failure) -> Result<(), DbErr> {
    match failure.downcast_ref::<DbErr>() {
        Some(error) if db::is_unavailable(error) => Err(DbErr::Custom(error.to_string())),
        _ => Ok(()),
    }
}

/// Runs the handler in a task of its own, so that its panic is a failure like others. Gives the
/// transaction back, ready to be committed, or ends it.
async fn handle(
    consumer: &Consumer,
    transaction: Transaction,
    events: Vec<Event>,
) -> Result<Transaction, Failure> {
    let handler = consumer.handler.clone();
    let mut task = JoinSet::new();
    task.spawn(async move {
        let limit = Duration::from_millis(HANDLER_MS_MAX);
        let handling = async {
            handler.handle_all(&transaction, &events).await?;
            Ok(transaction.write_appended().await?)
        };
        let handled = tokio::time::timeout(limit, handling).await;
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
