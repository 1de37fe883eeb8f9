//! Events of all services, for whoever follows them: kept for a month, live as a stream, and
//! delivered to webhooks.

use std::sync::Arc;

use async_trait::async_trait;
use suite_contracts::{Event, EventName, TenantId};
use suite_kit::auth::Caller;
use suite_kit::db::Transaction;
use suite_kit::events::{Consumer, Failure, Handler, Subscription};
use suite_kit::page::Page;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use super::Hub;
use crate::error::HubError;
use crate::permissions::EVENTS_READ;
use crate::store;

const EVENTS_MS_KEPT: i64 = 30 * 24 * 3_600_000;
/// Streams that a process serves at once.
pub(super) const STREAMS_MAX: usize = 1_000;
const PATTERN_CHARS_MAX: usize = 100;

/// The events of a tenant from now on; its place is free again when it is dropped.
#[derive(Debug)]
pub(crate) struct Following {
    pub subscription: Subscription,
    _place: OwnedSemaphorePermit,
}

impl Hub {
    pub(crate) async fn events(
        &self,
        caller: &Caller,
        pattern: Option<&str>,
        (after, limit): (Option<Uuid>, u64),
    ) -> Result<Page<Event>, HubError> {
        caller.require(EVENTS_READ)?;
        if let Some(pattern) = pattern {
            check_pattern("name", pattern)?;
        }
        let tenant = caller.tenant();
        let rows = store::events::list(self.database(), tenant, pattern, after, limit).await?;
        let page = Page::cut(rows, limit, |row| row.id);
        Ok(page.map(|row| Event {
            id: row.id.into(),
            name: EventName(row.name.into()),
            tenant_id: row.tenant_id.into(),
            at_ms: row.at_ms,
            subject: row.subject,
            data: serde_json::from_str(&row.data).unwrap_or_default(),
        }))
    }

    pub(crate) fn follow(
        &self,
        caller: &Caller,
        pattern: Option<&str>,
    ) -> Result<Following, HubError> {
        caller.require(EVENTS_READ)?;
        if let Some(pattern) = pattern {
            check_pattern("name", pattern)?;
        }
        self.follow_in(caller.tenant(), &self.0.streams)
    }

    /// Follows a tenant's events, if a place is free.
    pub(super) fn follow_in(
        &self,
        tenant: TenantId,
        places: &Arc<Semaphore>,
    ) -> Result<Following, HubError> {
        let place = places.clone().try_acquire_owned().map_err(|_| HubError::Busy)?;
        let subscription = self.around()?.bus.subscribe(tenant);
        Ok(Following { subscription, _place: place })
    }

    /// Forgets events and deliveries that are old.
    pub(crate) async fn prune_events(&self) -> Result<(), HubError> {
        let before_ms = self.now_ms() - EVENTS_MS_KEPT;
        let transaction = self.database().begin().await?;
        store::events::prune(&transaction, before_ms).await?;
        store::webhooks::prune_deliveries(&transaction, before_ms).await?;
        transaction.commit_unaudited("what is over").await?;
        Ok(())
    }
}

/// A whole name of an event, a beginning of one up to a dot followed by `*`, or `*`.
pub(super) fn check_pattern(field: &'static str, pattern: &str) -> Result<(), HubError> {
    let plain = |character: char| {
        character.is_ascii_lowercase()
            || character.is_ascii_digit()
            || matches!(character, '.' | '-' | '_')
    };
    let name = pattern.strip_suffix('*').unwrap_or(pattern);
    let is_sound = pattern.len() <= PATTERN_CHARS_MAX
        && !pattern.is_empty()
        && name.chars().all(plain)
        && (name.is_empty() || name.len() == pattern.len() || name.ends_with('.'));
    if is_sound {
        return Ok(());
    }
    let reason = "an event's name, its beginning up to a dot and `*`, or `*` alone".to_owned();
    Err(HubError::Invalid { field, reason })
}

/// Keeps events and writes down what webhooks are to get.
struct Log(Hub);

#[async_trait]
impl Handler for Log {
    async fn handle(&self, transaction: &Transaction, event: &Event) -> Result<(), Failure> {
        self.handle_all(transaction, std::slice::from_ref(event)).await
    }

    async fn handle_all(&self, transaction: &Transaction, events: &[Event]) -> Result<(), Failure> {
        store::events::insert(transaction, events).await?;
        self.0.deliver_to_webhooks(transaction, events).await?;
        Ok(())
    }
}

/// The consumer of every event of every service.
pub(crate) fn log(hub: &Hub) -> Consumer {
    Consumer::new("hub-event-log", &["*"], Log(hub.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_names_or_their_beginnings() {
        for pattern in ["*", "hub.*", "hub.user.*", "hub.user.created", "hub.api-key.made"] {
            assert!(check_pattern("patterns", pattern).is_ok(), "{pattern}");
        }
        for pattern in ["", "hub*", "hub.*.made", "Hub.*", "a b", "hub.%", "**", "hub.us*"] {
            assert!(check_pattern("patterns", pattern).is_err(), "{pattern}");
        }
    }
}
