//! What every task of one network holds.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use kaldrix_types::{ChainId, PeerId};
use parking_lot::Mutex;
use tokio::sync::watch;

use crate::config::Limits;
use crate::events::EventSender;
use crate::frame::Hello;
use crate::peer::{Event, Totals};
use crate::registry::Registry;
use crate::tls::Tls;

/// Held by every running task, so that [`Network::stop`](crate::Network::stop) can wait for all.
pub(crate) type Alive = tokio::sync::mpsc::Sender<std::convert::Infallible>;

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) local: PeerId,
    pub(crate) chain_id: ChainId,
    /// Random at each start.
    pub(crate) instance: u64,
    pub(crate) limits: Limits,
    pub(crate) tls: Tls,
    pub(crate) registry: Registry,
    pub(crate) events: EventSender,
    pub(crate) counts: Counts,
    pub(crate) stop: watch::Sender<bool>,
    pub(crate) link_numbers: AtomicU64,
    pub(crate) refusal_logged_at: Mutex<Option<Instant>>,
}

impl Shared {
    /// Returns once the network stops, because it was told to or because nobody listens to it.
    pub(crate) async fn stopped(&self) {
        let mut stop = self.stop.subscribe();
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => {}
            () = self.events.closed() => self.begin_stop(),
        }
    }

    pub(crate) fn begin_stop(&self) {
        self.stop.send_replace(true);
        self.registry.stop();
    }

    /// Tells the node, waiting for room. While stopping it tells only what fits.
    pub(crate) async fn emit(&self, event: Event) {
        if *self.stop.borrow() {
            return self.events.offer(event);
        }
        tokio::select! {
            biased;
            sent = self.events.send(event) => if sent.is_err() { self.begin_stop() },
            () = self.stopped() => {}
        }
    }

    pub(crate) fn hello(&self, peer: &PeerId) -> Hello {
        Hello {
            chain_id: self.chain_id,
            instance: self.instance,
            lost: self.registry.lost(peer),
            frame_bytes_max: u32::try_from(self.limits.frame_bytes_max).unwrap_or(u32::MAX),
        }
    }
}

/// Counters that only rise.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) bytes_in: AtomicU64,
    pub(crate) bytes_out: AtomicU64,
    pub(crate) frames_in: AtomicU64,
    pub(crate) frames_out: AtomicU64,
    pub(crate) frames_dropped: AtomicU64,
    pub(crate) connections: AtomicU64,
    pub(crate) inbound_refused: AtomicU64,
    pub(crate) dials_failed: AtomicU64,
}

impl Counts {
    pub(crate) fn received(&self, bytes: usize) {
        self.frames_in.fetch_add(1, Ordering::Relaxed);
        self.bytes_in.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(crate) fn sent(&self, bytes: usize) {
        self.frames_out.fetch_add(1, Ordering::Relaxed);
        self.bytes_out.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(crate) fn dropped(&self) {
        self.frames_dropped.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn totals(&self) -> Totals {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Totals {
            bytes_in: read(&self.bytes_in),
            bytes_out: read(&self.bytes_out),
            frames_in: read(&self.frames_in),
            frames_out: read(&self.frames_out),
            frames_dropped: read(&self.frames_dropped),
            connections: read(&self.connections),
            inbound_refused: read(&self.inbound_refused),
            dials_failed: read(&self.dials_failed),
        }
    }
}
