//! The way of events to the node: bounded in number and in bytes. A node that is slow to take
//! them slows the reading of sockets, and through TCP the peers.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};

use crate::config::Limits;
use crate::peer::Event;

type Held = (Event, Option<OwnedSemaphorePermit>);

/// The node's end.
#[derive(Debug)]
pub struct Events {
    receiver: mpsc::Receiver<Held>,
    ended: watch::Receiver<bool>,
}

impl Events {
    /// The next event; none after the network stopped. Cancel-safe.
    pub async fn recv(&mut self) -> Option<Event> {
        let held = tokio::select! {
            biased;
            held = self.receiver.recv() => held,
            // Nothing follows, but something may have come just before.
            _ = self.ended.wait_for(|ended| *ended) => self.receiver.try_recv().ok(),
        };
        held.map(|(event, _)| event)
    }

    /// The next event if there is one now.
    pub fn try_recv(&mut self) -> Option<Event> {
        self.receiver.try_recv().ok().map(|(event, _)| event)
    }
}

/// The transport's end.
#[derive(Debug)]
pub(crate) struct EventSender {
    sender: mpsc::Sender<Held>,
    bytes: Arc<Semaphore>,
    ended: watch::Sender<bool>,
}

/// The node dropped its [`Events`]: nobody listens any more.
#[derive(Debug)]
pub(crate) struct NobodyListens;

pub(crate) fn channel(limits: &Limits) -> (EventSender, Events) {
    let (sender, receiver) = mpsc::channel(limits.events_max);
    let bytes = Arc::new(Semaphore::new(limits.events_bytes_max.min(Semaphore::MAX_PERMITS)));
    let (ended, ended_receiver) = watch::channel(false);
    (EventSender { sender, bytes, ended }, Events { receiver, ended: ended_receiver })
}

impl EventSender {
    /// Waits for room.
    pub(crate) async fn send(&self, event: Event) -> Result<(), NobodyListens> {
        let held = match &event {
            Event::Frame { bytes, .. } => {
                let bytes = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
                let permit = Arc::clone(&self.bytes).acquire_many_owned(bytes).await;
                Some(permit.map_err(|_| NobodyListens)?)
            }
            _ => None,
        };
        self.sender.send((event, held)).await.map_err(|_| NobodyListens)
    }

    /// Sends a small event if there is room now.
    pub(crate) fn offer(&self, event: Event) {
        // Without room the node is not listening, and this is only said while stopping.
        let _ = self.sender.try_send((event, None));
    }

    /// Says that no event follows.
    pub(crate) fn end(&self) {
        self.ended.send_replace(true);
    }

    /// Returns when nobody listens any more.
    pub(crate) async fn closed(&self) {
        self.sender.closed().await;
    }
}
