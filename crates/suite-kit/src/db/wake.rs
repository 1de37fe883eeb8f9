//! Background work is woken by the commit that made it, instead of looking often. What other
//! processes commit it finds by looking now and then.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

/// Work that waits in tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wake {
    /// Events to be delivered.
    Outbox,
    /// Events to be handled.
    Inbox,
    Jobs,
    /// Audit records to be sealed.
    Audit,
}

#[derive(Debug, Default)]
pub(super) struct Wakes([watch::Sender<()>; 4]);

/// What a transaction will wake.
#[derive(Debug, Default)]
pub(super) struct Chosen([AtomicBool; 4]);

impl Wakes {
    pub(super) fn watch(&self, wake: Wake) -> watch::Receiver<()> {
        self.0[wake as usize].subscribe()
    }

    pub(super) fn tell(&self, chosen: &Chosen) {
        for (sender, chosen) in self.0.iter().zip(&chosen.0) {
            if chosen.load(Ordering::Relaxed) {
                sender.send_replace(());
            }
        }
    }
}

impl Chosen {
    pub(super) fn choose(&self, wake: Wake) {
        self.0[wake as usize].store(true, Ordering::Relaxed);
    }
}
