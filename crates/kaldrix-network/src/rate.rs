//! How fast a peer is read: token buckets over bytes and frames.
//!
//! A peer above its rate is read later, so that TCP slows it down. Nothing is dropped.

use std::time::{Duration, Instant};

use crate::config::Limits;

/// Two buckets, each holding one second's worth.
#[derive(Debug)]
pub(crate) struct RateLimit {
    bytes: Bucket,
    frames: Bucket,
}

impl RateLimit {
    pub(crate) fn new(limits: &Limits, now: Instant) -> Self {
        Self {
            bytes: Bucket::new(limits.receive_bytes_per_s, now),
            frames: Bucket::new(limits.receive_frames_per_s, now),
        }
    }

    /// Charges a frame of `bytes` that came at `now`: how long to wait before reading the next.
    pub(crate) fn charge(&mut self, now: Instant, bytes: usize) -> Option<Duration> {
        let bytes = self.bytes.charge(now, bytes as u64);
        bytes.max(self.frames.charge(now, 1))
    }
}

/// A bucket as the time at which it will be full again: one number, no drift.
#[derive(Debug)]
struct Bucket {
    per_s: u64,
    full_at: Instant,
}

impl Bucket {
    const CAPACITY: Duration = Duration::from_secs(1);

    fn new(per_s: u64, now: Instant) -> Self {
        Self { per_s: per_s.max(1), full_at: now }
    }

    fn charge(&mut self, now: Instant, tokens: u64) -> Option<Duration> {
        let nanos = u128::from(tokens) * 1_000_000_000 / u128::from(self.per_s);
        let cost = Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX));
        self.full_at = self.full_at.max(now).checked_add(cost).unwrap_or(self.full_at);
        let debt = self.full_at.saturating_duration_since(now).checked_sub(Self::CAPACITY)?;
        (!debt.is_zero()).then_some(debt)
    }
}

#[cfg(test)]
mod tests {
    use super::RateLimit;
    use crate::config::Limits;
    use std::time::{Duration, Instant};

    fn rate(now: Instant) -> RateLimit {
        let limits =
            Limits { receive_bytes_per_s: 1_000, receive_frames_per_s: 10, ..Limits::default() };
        RateLimit::new(&limits, now)
    }

    #[test]
    fn a_second_of_bytes_passes_then_the_excess_waits() {
        let now = Instant::now();
        let mut rate = rate(now);
        assert_eq!(rate.charge(now, 1_000), None);
        assert_eq!(rate.charge(now, 500), Some(Duration::from_millis(500)));
        let later = now + Duration::from_millis(1_500);
        assert_eq!(rate.charge(later, 1_000), None, "the debt is paid, the bucket full");
    }

    #[test]
    fn many_small_frames_wait_too() {
        let now = Instant::now();
        let mut rate = rate(now);
        for _ in 0..10 {
            assert_eq!(rate.charge(now, 0), None);
        }
        assert_eq!(rate.charge(now, 0), Some(Duration::from_millis(100)));
    }

    #[test]
    fn an_idle_peer_saves_up_no_more_than_a_second() {
        let now = Instant::now();
        let mut rate = rate(now);
        let later = now + Duration::from_secs(3_600);
        assert_eq!(rate.charge(later, 1_000), None);
        assert_eq!(rate.charge(later, 1), Some(Duration::from_millis(1)));
    }
}
