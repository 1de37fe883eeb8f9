//! What carries events from the outbox of one service to the inboxes of others.

use std::sync::Arc;

use parking_lot::Mutex;
use suite_contracts::{Event, ServiceName, TenantId};

use super::consumer::{self, Consumer};
use super::live::{Live, Subscription};
use super::stream::{Streams, Tail};
use super::{EventsError, inbox};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Database, Wake};
use crate::service::{Foundation, Tasks};

/// Events that are carried at once at most.
pub(super) const BATCH_MAX: usize = 200;
/// What happened so long ago should have come before.
const LATE_MS: i64 = 2_000;

/// One a process. Cheap to clone.
#[derive(Clone)]
pub struct Bus {
    live: Arc<Live>,
    groups: Arc<Mutex<Vec<Group>>>,
    streams: Option<Arc<Streams>>,
}

/// A consumer group of this process, and where its inbox is.
#[derive(Clone)]
pub(super) struct Group {
    service: ServiceName,
    consumer: Consumer,
    database: Database,
    clock: Clock,
}

impl std::fmt::Debug for Bus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bus").field("redis", &self.streams.is_some()).finish_non_exhaustive()
    }
}

impl Bus {
    /// Between the services of this process, or through Redis if it is configured.
    pub fn open(config: &Config) -> Result<Self, EventsError> {
        let open = |url| Streams::open(url, &config.redis_prefix).map(Arc::new);
        let streams = config.redis_url.as_ref().map(open).transpose()?;
        Ok(Self { live: Arc::default(), groups: Arc::default(), streams })
    }

    /// The events of a tenant from now on, as this process hears of them.
    pub fn subscribe(&self, tenant: TenantId) -> Subscription {
        self.live.subscribe(tenant)
    }

    /// Has something done for each event that this process hears of, of any tenant. It may miss
    /// some, as live streams may.
    pub(crate) fn hear(&self, hearer: impl Fn(&Event) + Send + Sync + 'static) {
        self.live.hear(hearer);
    }

    pub(super) async fn register(
        &self,
        foundation: &Foundation,
        consumer: &Consumer,
    ) -> Result<(), EventsError> {
        let group = Group {
            service: foundation.service,
            consumer: consumer.clone(),
            database: foundation.database.clone(),
            clock: foundation.clock.clone(),
        };
        {
            let mut groups = self.groups.lock();
            let is_taken =
                |other: &Group| other.service == group.service && other.name() == group.name();
            if groups.iter().any(is_taken) {
                return Err(EventsError::GroupTaken(consumer.group));
            }
            groups.push(group.clone());
        }
        if let Some(streams) = &self.streams {
            streams.read_group(group, &foundation.tasks).await;
        }
        Ok(())
    }

    /// Hands events over, so that each group has them durably (in-process) or will read them
    /// (Redis).
    pub(super) async fn deliver(
        &self,
        service: ServiceName,
        events: &[Event],
    ) -> Result<(), EventsError> {
        if let Some(streams) = &self.streams {
            return streams.add(service, events).await;
        }
        let groups = self.groups.lock().clone();
        for group in groups {
            group.take_in(events).await?;
        }
        Ok(())
    }

    /// After the delivery is on record.
    pub(super) fn tell(&self, events: &[Event]) {
        if self.streams.is_none() {
            events.iter().for_each(|event| self.live.tell(event));
        }
    }

    /// Redis, where it carries the events.
    pub(super) fn streams(&self) -> Option<&Streams> {
        self.streams.as_deref()
    }

    /// Hears what other processes publish, for live streams.
    pub(super) fn listen(&self, tasks: &Tasks) {
        let Some(streams) = &self.streams else { return };
        let (tail, live) = (Tail::new(streams), self.live.clone());
        tasks.spawn("live events", |stop| tail.run(live, stop));
    }
}

impl Group {
    pub(super) fn name(&self) -> &'static str {
        self.consumer.group
    }

    /// Its name beside those of other services.
    pub(super) fn name_on_bus(&self) -> String {
        format!("{}:{}", self.service, self.name())
    }

    /// Whether its inbox has seen events lately.
    pub(super) async fn is_known(&self) -> Result<bool, EventsError> {
        Ok(inbox::is_known(self.database.read(), self.name()).await?)
    }

    /// Handles those of the events that the group has asked for, at once if it can. Otherwise they
    /// are in its inbox.
    pub(super) async fn take_in(&self, events: &[Event]) -> Result<(), EventsError> {
        let Self { consumer, database, clock, .. } = self;
        let is_wanted = |event: &&Event| consumer.wants(event);
        let wanted: Vec<&Event> = events.iter().filter(is_wanted).collect();
        if wanted.is_empty() {
            return Ok(());
        }
        // Behind a full batch that is late there are many more, which are to come off the bus
        // whatever time it takes to handle these.
        let is_late = events.len() == BATCH_MAX
            && events.first().is_some_and(|event| clock.now_ms() - event.at_ms > LATE_MS);
        if !is_late && consumer::handle_at_once(consumer, (database, clock), &wanted).await? {
            return Ok(());
        }
        let transaction = database.begin().await?;
        inbox::take_in(&transaction, self.name(), &wanted, clock.now_ms()).await?;
        transaction.wakes_on_commit(Wake::Inbox);
        transaction.commit_unaudited("what happened is on record where it happened").await?;
        Ok(())
    }
}
