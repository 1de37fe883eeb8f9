//! Events as they happen, for streams to browsers. Nothing is kept for those who do not listen.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::Stream;
use parking_lot::Mutex;
use suite_contracts::{Event, TenantId};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

/// Events that a slow reader may be behind by.
const BACKLOG_MAX: usize = 256;

/// Who listens, by tenant: a tenant with many events does not make another's readers miss theirs.
#[derive(Default)]
pub(super) struct Live {
    tenants: Mutex<HashMap<TenantId, broadcast::Sender<Message>>>,
    hearers: Mutex<Vec<Hearer>>,
}

/// What this process does itself, at once and without waiting, when it hears of an event.
type Hearer = Arc<dyn Fn(&Event) + Send + Sync>;

#[derive(Clone)]
enum Message {
    Event(Arc<Event>),
    /// This process itself has missed some.
    Gap,
}

/// What a subscriber hears.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    Event(Arc<Event>),
    /// Some events are lost to this subscriber: it is to read anew what it shows.
    Missed,
}

/// The events of a tenant from now on.
#[derive(Debug)]
pub struct Subscription(broadcast::Receiver<Message>);

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Message")
    }
}

impl Live {
    pub(super) fn subscribe(&self, tenant: TenantId) -> Subscription {
        let mut tenants = self.tenants.lock();
        tenants.retain(|_, sender| sender.receiver_count() > 0);
        let sender = tenants.entry(tenant).or_insert_with(|| broadcast::Sender::new(BACKLOG_MAX));
        Subscription(sender.subscribe())
    }

    pub(super) fn hear(&self, hearer: impl Fn(&Event) + Send + Sync + 'static) {
        self.hearers.lock().push(Arc::new(hearer));
    }

    pub(super) fn tell(&self, event: &Event) {
        self.hearers.lock().iter().for_each(|hearer| hearer(event));
        if let Some(sender) = self.tenants.lock().get(&event.tenant_id) {
            // Nobody may be listening any more.
            let _ = sender.send(Message::Event(Arc::new(event.clone())));
        }
    }

    /// Tells everybody that something is missing here.
    pub(super) fn tell_gap(&self) {
        for sender in self.tenants.lock().values() {
            let _ = sender.send(Message::Gap);
        }
    }
}

impl Subscription {
    /// The next one; `None` once the process stops.
    pub async fn next(&mut self) -> Option<Heard> {
        match self.0.recv().await {
            Ok(Message::Event(event)) => Some(Heard::Event(event)),
            Ok(Message::Gap) | Err(RecvError::Lagged(_)) => Some(Heard::Missed),
            Err(RecvError::Closed) => None,
        }
    }

    pub fn into_stream(self) -> impl Stream<Item = Heard> + Send {
        futures_util::stream::unfold(self, async |mut subscription| {
            let heard = subscription.next().await?;
            Some((heard, subscription))
        })
    }
}

#[cfg(test)]
mod tests {
    use suite_contracts::{EventId, EventName};

    use super::*;

    fn event(tenant_id: TenantId, number: usize) -> Event {
        let (id, name) = (EventId::new(), EventName::new("hub.user.created"));
        let (subject, data) = (number.to_string(), serde_json::Value::Null);
        Event { id, name, tenant_id, at_ms: 0, subject, data }
    }

    #[tokio::test]
    async fn a_slow_reader_is_told_that_it_missed_some() {
        let (live, tenant, other) = (Live::default(), TenantId::new(), TenantId::new());
        let (mut slow, mut quiet) = (live.subscribe(tenant), live.subscribe(other));
        for number in 0..BACKLOG_MAX + 10 {
            live.tell(&event(tenant, number));
        }
        live.tell(&event(other, 1));
        assert_eq!(slow.next().await, Some(Heard::Missed));
        let Some(Heard::Event(next)) = slow.next().await else { panic!("an event") };
        assert_eq!(next.subject, "10");
        let Some(Heard::Event(only)) = quiet.next().await else { panic!("an event") };
        assert_eq!(only.tenant_id, other);
        live.tell_gap();
        assert_eq!(quiet.next().await, Some(Heard::Missed));
    }

    #[tokio::test]
    async fn tenants_without_readers_are_forgotten() {
        let live = Live::default();
        for _ in 0..10 {
            drop(live.subscribe(TenantId::new()));
        }
        let _kept = live.subscribe(TenantId::new());
        assert_eq!(live.tenants.lock().len(), 1);
    }
}
