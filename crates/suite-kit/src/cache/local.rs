//! The cache of this process, of a bounded size.

use std::time::{Duration, Instant};

use bytes::Bytes;
use moka::Expiry;
use moka::future::Cache;
use moka::ops::compute::{CompResult, Op};
use moka::policy::EvictionPolicy;

use super::{Admission, Kept, Rate};

const VALUES_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// What a value costs beside its own bytes, about.
const ENTRY_BYTES: usize = 128;
/// Keys with a count or a rate. They are apart from values, which cannot push them out.
const TALLIES_MAX: u64 = 200_000;

pub(super) struct Local {
    values: Cache<String, (Kept, Duration)>,
    counts: Cache<String, Tally>,
    rates: Cache<String, Tally>,
}

/// A number that means something until a time.
#[derive(Clone, Copy)]
struct Tally {
    number: i64,
    until_ms: i64,
    ttl: Duration,
}

/// Each entry brings its time to live; memory is freed by the process's own monotonic clock.
struct ByEntry;

impl Expiry<String, (Kept, Duration)> for ByEntry {
    fn expire_after_create(
        &self,
        _: &String,
        value: &(Kept, Duration),
        _: Instant,
    ) -> Option<Duration> {
        Some(value.1)
    }

    fn expire_after_update(
        &self,
        _: &String,
        value: &(Kept, Duration),
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(value.1)
    }
}

impl Expiry<String, Tally> for ByEntry {
    fn expire_after_create(&self, _: &String, tally: &Tally, _: Instant) -> Option<Duration> {
        Some(tally.ttl)
    }

    fn expire_after_update(
        &self,
        _: &String,
        tally: &Tally,
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(tally.ttl)
    }
}

impl Default for Local {
    fn default() -> Self {
        let values = Cache::builder()
            .max_capacity(VALUES_BYTES_MAX)
            .weigher(|key: &String, (kept, _): &(Kept, Duration)| {
                u32::try_from(key.len() + kept.value.len() + ENTRY_BYTES).unwrap_or(u32::MAX)
            })
            // What is new is never refused in favour of what is popular: it may be a one-time code.
            .eviction_policy(EvictionPolicy::lru())
            .expire_after(ByEntry)
            .build();
        let tallies = || {
            Cache::builder()
                .max_capacity(TALLIES_MAX)
                .eviction_policy(EvictionPolicy::lru())
                .expire_after(ByEntry)
                .build()
        };
        Self { values, counts: tallies(), rates: tallies() }
    }
}

impl Local {
    pub(super) async fn get(&self, key: &str, now_ms: i64) -> Option<Bytes> {
        self.values.get(key).await.and_then(|(kept, _)| kept.live(now_ms))
    }

    pub(super) async fn set(&self, key: String, kept: Kept, ttl_ms: u64) {
        self.values.insert(key, (kept, Duration::from_millis(ttl_ms))).await;
    }

    pub(super) async fn take(&self, key: &str, now_ms: i64) -> Option<Bytes> {
        self.values.remove(key).await.and_then(|(kept, _)| kept.live(now_ms))
    }

    pub(super) async fn remove(&self, key: &str) {
        self.values.invalidate(key).await;
        self.counts.invalidate(key).await;
        self.rates.invalidate(key).await;
    }

    pub(super) async fn count(&self, key: String, now_ms: i64, ttl_ms: u64) -> u64 {
        let ttl = Duration::from_millis(ttl_ms);
        let ends_ms = now_ms.saturating_add(i64::try_from(ttl_ms).unwrap_or(i64::MAX));
        let counted = self.counts.entry(key).and_upsert_with(async |old| {
            let running = old.map(|old| old.into_value());
            let running = running.filter(|old| (now_ms + 1..=ends_ms).contains(&old.until_ms));
            match running {
                Some(old) => Tally { number: old.number.saturating_add(1), ..old },
                None => Tally { number: 1, until_ms: ends_ms, ttl },
            }
        });
        u64::try_from(counted.await.into_value().number).unwrap_or(0)
    }

    pub(super) async fn admit(&self, key: String, rate: Rate, now_ms: i64) -> Admission {
        let mut wait_ms = 0;
        let wait = &mut wait_ms;
        let asked = self.rates.entry(key).and_compute_with(async |old| {
            let empty_us = old.map_or(0, |old| old.into_value().number);
            match rate.admit(empty_us, now_ms.saturating_mul(1_000)) {
                Ok(number) => {
                    let ttl = Duration::from_millis(super::redis::rate_ttl_ms(rate));
                    Op::Put(Tally { number, until_ms: i64::MAX, ttl })
                }
                Err(ms) => {
                    *wait = ms;
                    Op::Nop
                }
            }
        });
        match asked.await {
            CompResult::Inserted(_) | CompResult::ReplacedWith(_) => Admission::Admitted,
            _ => Admission::RetryAfterMs(wait_ms),
        }
    }
}
