//! Events from service to service: written to the outbox in the transaction that made them true,
//! delivered at least once after it, and handled once by each group of consumers.
//!
//! An event's way: [`publish`] puts a row into the **outbox** of the service that it happened in. A
//! relay hands it over the bus (in this process, or Redis Streams between processes) to every group
//! that asked for it, and only then marks it delivered. A group whose events do not wait handles it at
//! once; otherwise it goes into the group's **inbox**, in the database of the service that consumes
//! it, where each group works at its own pace. A handler's effects and the mark that it ran commit
//! together, so that an event that arrives twice is handled once. What fails is tried again later, and
//! in the end is kept as a dead letter, while the group's other events go on. A process that is killed
//! anywhere on this way goes on where it was.
//!
//! Without Redis the consumers of all services must run in the processes that publish.

mod bus;
mod consumer;
mod inbox;
mod live;
mod outbox;
mod relay;
mod stream;

use sea_orm::{ConnectionTrait, DbErr};
use suite_contracts::{Event, EventId, EventName, TenantId};

use crate::cache::CacheError;
use crate::clock::Clock;
use crate::db::{Database, Transaction, Wake};
use crate::service::Foundation;

pub use crate::retry::Retry;
pub use bus::Bus;
pub use consumer::{Consumer, Failure, Handler};
pub use inbox::DeadLetter;
pub(crate) use inbox::{CreateInbox, Depth, WAITING};
pub use live::{Heard, Subscription};
pub(crate) use outbox::CreateOutbox;

/// An event's data as JSON.
pub const DATA_BYTES_MAX: usize = 64 * 1024;
/// How long delivered events are kept. A Redis that lost some gets them from here again.
const DELIVERED_MS_KEPT: i64 = 7 * 24 * 3_600_000;
/// How long it is known what was handled: for longer than anything is delivered again.
const HANDLED_MS_KEPT: i64 = DELIVERED_MS_KEPT + 24 * 3_600_000;
const DEAD_MS_KEPT: i64 = 90 * 24 * 3_600_000;

/// Why events cannot be carried.
#[derive(Debug, thiserror::Error)]
pub enum EventsError {
    #[error("{0}")]
    Database(#[from] DbErr),
    #[error("redis: {0}")]
    Redis(#[from] redis::RedisError),
    #[error(transparent)]
    Url(#[from] CacheError),
    #[error("redis has been restarted, and may have lost events")]
    Restarted,
    #[error("there is already a consumer group `{0}` in this service: give it another name")]
    GroupTaken(&'static str),
}

/// Puts an event into the outbox. It is delivered only if the transaction commits.
pub async fn publish(
    transaction: &Transaction,
    clock: &Clock,
    tenant: TenantId,
    name: EventName,
    subject: impl ToString,
    data: serde_json::Value,
) -> Result<EventId, DbErr> {
    let (id, subject, at_ms) = (EventId::new(), subject.to_string(), clock.now_ms());
    let event = Event { id, name, tenant_id: tenant, at_ms, subject, data };
    outbox::insert(transaction, &event).await?;
    transaction.wakes_on_commit(Wake::Outbox);
    Ok(id)
}

/// Forgets what a tenant's events would tell: of a tenant that is gone, or of a past that nobody is
/// to hear of, such as a demo's.
pub async fn forget(transaction: &Transaction, tenant: TenantId) -> Result<(), DbErr> {
    outbox::forget(transaction, tenant).await
}

/// Registers a consumer group of a service and starts handling what is in its inbox. To be called
/// when the service mounts, before [`start`].
pub async fn consume(foundation: &Foundation, consumer: Consumer) -> Result<(), EventsError> {
    foundation.bus.register(foundation, &consumer).await?;
    let (database, clock) = (foundation.database.clone(), foundation.clock.clone());
    foundation.tasks.spawn("event consumer", |stop| consumer::run(consumer, database, clock, stop));
    Ok(())
}

/// Starts delivering the events of services, once all services of the process have mounted.
pub fn start(bus: &Bus, services: &[Foundation]) {
    for foundation in services {
        foundation.tasks.spawn("event relay", |stop| relay::run(foundation.clone(), stop));
    }
    if let Some(first) = services.first() {
        bus.listen(&first.tasks);
    }
}

/// Of the outbox: how many events wait, and since when the oldest does.
pub(crate) async fn outbox_depth(
    connection: &impl ConnectionTrait,
) -> Result<(i64, Option<i64>), DbErr> {
    outbox::depth(connection).await
}

/// Of the inbox, by group and state.
pub(crate) async fn inbox_depths(connection: &impl ConnectionTrait) -> Result<Vec<Depth>, DbErr> {
    inbox::depths(connection).await
}

/// Events that a service's consumers have given up, latest first.
pub async fn dead_letters(database: &Database, limit: u64) -> Result<Vec<DeadLetter>, DbErr> {
    inbox::dead(database.read(), limit).await
}

/// Has a dead letter handled again; says whether there was one.
pub async fn revive(
    transaction: &Transaction,
    clock: &Clock,
    group: &str,
    event: EventId,
) -> Result<bool, DbErr> {
    transaction.wakes_on_commit(Wake::Inbox);
    inbox::revive(transaction, group, event, clock.now_ms()).await
}
