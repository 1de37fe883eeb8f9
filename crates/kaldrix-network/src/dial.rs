//! Keeps dialling a pinned peer for as long as it is not connected.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use kaldrix_types::PeerId;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::config::Limits;
use crate::error::ConnectError;
use crate::frame::Goodbye;
use crate::handshake;
use crate::link::{self, Admitted};
use crate::peer::Event;
use crate::registry::Pinned;
use crate::shared::{Alive, Shared};

/// Dials `peer` whenever no connection with it lives, until the network stops.
pub(crate) async fn keep_connected(shared: Arc<Shared>, peer: PeerId, alive: Alive) {
    tokio::select! {
        () = dial_repeatedly(&shared, &peer, &alive) => {}
        () = shared.stopped() => {}
    }
}

async fn dial_repeatedly(shared: &Arc<Shared>, peer: &PeerId, alive: &Alive) {
    let Some(pinned) = shared.registry.pinned(peer) else { return };
    let Some(address) = &pinned.peer.address else { return };
    let mut up = pinned.up.subscribe();
    loop {
        if up.wait_for(|up| !*up).await.is_err() {
            return;
        }
        let attempts = pinned.attempts.load(Ordering::Acquire);
        let pause = pause_before(attempts, random(), &shared.limits);
        // The peer may connect meanwhile, which spares the dial.
        if timeout(pause, up.wait_for(|up| *up)).await.is_ok() {
            continue;
        }
        pinned.attempts.fetch_add(1, Ordering::AcqRel);
        match dial(shared, pinned, address).await {
            Ok(admitted) => {
                let (shared, alive) = (Arc::clone(shared), alive.clone());
                tokio::spawn(async move {
                    link::run(&shared, admitted).await;
                    drop(alive);
                });
            }
            Err(ConnectError::Duplicate | ConnectError::Refused(Goodbye::Duplicate)) => {
                tracing::debug!(%peer, "the other connection of the pair was kept");
            }
            Err(error) => report(shared, pinned, address, error).await,
        }
    }
}

/// Nodes that start together do not reach each other at the first attempts.
const ATTEMPTS_SILENT: u32 = 4;

async fn report(shared: &Shared, pinned: &Pinned, address: &str, error: ConnectError) {
    let peer = pinned.peer.peer_id();
    let text = error.to_string();
    shared.counts.dials_failed.fetch_add(1, Ordering::Relaxed);
    let known = pinned.error.lock().replace(text.clone()).as_ref() == Some(&text);
    let attempts = pinned.attempts.load(Ordering::Acquire);
    if matches!(error, ConnectError::Unreachable { .. }) && attempts < ATTEMPTS_SILENT {
        tracing::debug!(%peer, address, error = text, "dial failed, will be repeated");
    } else if !known || attempts == ATTEMPTS_SILENT {
        // Once for each new reason: a peer that stays away must not fill the log.
        tracing::warn!(%peer, address, error = text, "dial failed, will be repeated");
    }
    shared.emit(Event::DialFailed { peer, address: address.to_owned(), error }).await;
}

/// A name may have more addresses than it makes sense to try.
const ADDRESSES_MAX: usize = 8;

/// Tries the addresses of the name, in the resolver's order, until the peer answers.
async fn dial(shared: &Shared, pinned: &Pinned, address: &str) -> Result<Admitted, ConnectError> {
    let after_ms = shared.limits.handshake_ms_max;
    let limit = Duration::from_millis(after_ms);
    let timed_out = |_| ConnectError::TimedOut { after_ms };
    let resolving = timeout(limit, tokio::net::lookup_host(address)).await.map_err(timed_out)?;
    let resolved = resolving
        .map_err(|source| ConnectError::Resolve { address: address.to_owned(), source })?;
    let mut last = ConnectError::NoAddress { address: address.to_owned() };
    for address in resolved.take(ADDRESSES_MAX) {
        let tcp = match timeout(limit, TcpStream::connect(address)).await {
            Ok(Ok(tcp)) => tcp,
            Ok(Err(source)) => {
                last = ConnectError::Unreachable { address, source };
                continue;
            }
            Err(elapsed) => {
                last = timed_out(elapsed);
                continue;
            }
        };
        match handshake::connect(shared, tcp, address, &pinned.peer.public_key).await {
            Ok(admitted) => return Ok(admitted),
            Err(error @ (ConnectError::Duplicate | ConnectError::Refused(_))) => return Err(error),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// None before the first dial and after a stable connection; then doubling from
/// `reconnect_ms_min` to `reconnect_ms_max`, less up to half of it at random, so that nodes which
/// lost a peer together do not return together.
fn pause_before(attempts: u32, random: u64, limits: &Limits) -> Duration {
    let Some(doublings) = attempts.checked_sub(1) else { return Duration::ZERO };
    let factor = 1_u64.checked_shl(doublings).unwrap_or(u64::MAX);
    let full = limits.reconnect_ms_min.saturating_mul(factor).min(limits.reconnect_ms_max);
    let half = full / 2;
    Duration::from_millis(full - random % (half + 1))
}

/// For jitter alone: without randomness, dials happen without it.
fn random() -> u64 {
    let mut bytes = [0; 8];
    match kaldrix_crypto::random::fill(&mut bytes) {
        Ok(()) => u64::from_le_bytes(bytes),
        Err(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::pause_before;
    use crate::config::Limits;
    use proptest::prelude::*;
    use std::time::Duration;

    fn limits() -> Limits {
        Limits { reconnect_ms_min: 100, reconnect_ms_max: 5_000, ..Limits::default() }
    }

    #[test]
    fn doubles_up_to_the_cap() {
        let pauses: Vec<u128> =
            (0..9).map(|attempts| pause_before(attempts, 0, &limits()).as_millis()).collect();
        assert_eq!(pauses, [0, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
    }

    proptest! {
        #[test]
        fn jitter_takes_at_most_half(attempts in 1..=u32::MAX, random: u64) {
            let full = pause_before(attempts, 0, &limits());
            let pause = pause_before(attempts, random, &limits());
            prop_assert!(pause <= full && pause >= full / 2);
            prop_assert!(pause >= Duration::from_millis(50));
        }
    }
}
