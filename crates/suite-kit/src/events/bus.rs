//! What carries events from the outbox of one service to the inboxes of others.

use std::sync::Arc;

use parking_lot::Mutex;
use suite_contracts::{Event, ServiceName, TenantId};

use super::consumer::Consumer;
use super::live::{Live, Subscription};
use super::stream::{Streams, Tail};
use super::{EventsError, inbox};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Database, Wake};
use crate::service::{Foundation, Tasks};

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
    pub(super) name: &'static str,
    patterns: &'static [&'static str],
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
            name: consumer.group,
            patterns: consumer.patterns,
            database: foundation.database.clone(),
            clock: foundation.clock.clone(),
        };
        {
            let mut groups = self.groups.lock();
            let is_taken =
                |other: &Group| other.service == group.service && other.name == group.name;
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
        // Groups of one service share a database, and so a transaction.
        for service in ServiceName::ALL {
            let of_service: Vec<&Group> =
                groups.iter().filter(|group| group.service == service).collect();
            take_in(&of_service, events).await?;
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
    /// Its name beside those of other services.
    pub(super) fn name_on_bus(&self) -> String {
        format!("{}:{}", self.service, self.name)
    }

    /// Whether its inbox has seen events lately.
    pub(super) async fn is_known(&self) -> Result<bool, EventsError> {
        Ok(inbox::is_known(self.database.read(), self.name).await?)
    }
}

/// Puts into the inbox what the groups, all of one service, have asked for.
pub(super) async fn take_in(groups: &[&Group], events: &[Event]) -> Result<(), EventsError> {
    let Some(first) = groups.first() else { return Ok(()) };
    let mut wanted = Vec::new();
    for event in events {
        for group in groups {
            if group.patterns.iter().any(|pattern| event.name.matches(pattern)) {
                wanted.push((group.name, event));
            }
        }
    }
    if wanted.is_empty() {
        return Ok(());
    }
    let transaction = first.database.begin().await?;
    inbox::take_in(&transaction, &wanted, first.clock.now_ms()).await?;
    transaction.wakes_on_commit(Wake::Inbox);
    transaction.commit_unaudited("what happened is on record where it happened").await?;
    Ok(())
}
