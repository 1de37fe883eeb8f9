//! What may be forgotten: values with a time to live, counters and rate limits, in this process or
//! in Redis, where all processes of the installation share them.
//!
//! Never the only place of anything. With Redis gone every process goes on by itself: it serves
//! from its own memory, says so under `/health`, and returns to Redis when that answers again. What
//! was kept meanwhile is then dropped, so that nothing that was taken once can be taken again.

mod local;
mod rate;
mod redis;

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use parking_lot::RwLock;
use serde::Serialize;
use serde::de::DeserializeOwned;
use suite_contracts::ServiceName;

use crate::clock::Clock;
use crate::config::Config;
use crate::health::{Check, Checked};
use crate::telemetry::CacheMetrics;

use local::Local;
pub use rate::{Admission, Rate};
pub use redis::CacheError;
pub(crate) use redis::client;

/// Longer keys are hashed.
const KEY_BYTES_MAX: usize = 256;
/// Larger values are not kept.
pub const VALUE_BYTES_MAX: usize = 256 * 1024;

/// A cache. Cheap to clone.
#[derive(Clone)]
pub struct Cache {
    clock: Clock,
    /// Replaced as a whole when Redis is back.
    local: Arc<RwLock<Arc<Local>>>,
    redis: Option<Arc<redis::Redis>>,
    metrics: CacheMetrics,
}

impl std::fmt::Debug for Cache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cache").field("redis", &self.redis.is_some()).finish_non_exhaustive()
    }
}

impl Cache {
    /// In this process alone.
    pub fn in_process(clock: Clock) -> Self {
        let metrics = CacheMetrics::default();
        Self { clock, local: Arc::default(), redis: None, metrics }
    }

    /// A service's cache: in Redis if it is configured, whether or not it answers now.
    ///
    /// # Errors
    /// If `REDIS_URL` is not a URL of Redis.
    pub fn open(config: &Config, service: ServiceName, clock: Clock) -> Result<Self, CacheError> {
        let prefix = format!("{}:{service}:", config.redis_prefix);
        let open = |url| redis::Redis::open(url, prefix).map(Arc::new);
        let redis = config.redis_url.as_ref().map(open).transpose()?;
        let metrics = CacheMetrics::default();
        Ok(Self { clock, local: Arc::default(), redis, metrics })
    }

    /// Counts what is asked of it there.
    #[must_use]
    pub fn counted(mut self, metrics: &CacheMetrics) -> Self {
        self.metrics = metrics.clone();
        self
    }

    pub async fn get(&self, key: &str) -> Option<Bytes> {
        let key = bounded(key);
        let found = match self.in_redis(|redis| redis.get(&key)).await {
            Some(found) => found.and_then(|kept| kept.live(self.clock.now_ms())),
            None => self.local().get(&key, self.clock.now_ms()).await,
        };
        self.metrics.looked_up(found.is_some());
        found
    }

    /// Keeps `value` for `ttl_ms` at most; less if memory is short.
    pub async fn set(&self, key: &str, value: impl Into<Bytes>, ttl_ms: u64) {
        let (key, value) = (bounded(key), value.into());
        if value.len() > VALUE_BYTES_MAX {
            tracing::warn!(bytes = value.len(), "a value is too large to be cached");
            return self.remove(&key).await;
        }
        let kept = Kept { value, until_ms: self.after(ttl_ms) };
        if self.in_redis(|redis| redis.set(&key, &kept, ttl_ms)).await.is_none() {
            self.local().set(key, kept, ttl_ms).await;
        }
    }

    /// Gets a value and removes it: of all who ask, one gets it.
    pub async fn take(&self, key: &str) -> Option<Bytes> {
        let key = bounded(key);
        match self.in_redis(|redis| redis.take(&key)).await {
            Some(taken) => taken.and_then(|kept| kept.live(self.clock.now_ms())),
            None => self.local().take(&key, self.clock.now_ms()).await,
        }
    }

    /// Forgets the value, the count and the rate under this key.
    pub async fn remove(&self, key: &str) {
        let key = bounded(key);
        if self.in_redis(|redis| redis.remove(&key)).await.is_none() {
            self.local().remove(&key).await;
        }
    }

    /// [`get`](Self::get) of a value that [`set_value`](Self::set_value) kept. What has another
    /// form, as after an update of the program, counts as absent.
    pub async fn get_value<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        serde_json::from_slice(&self.get(key).await?).ok()
    }

    pub async fn set_value<T: Serialize + Sync>(&self, key: &str, value: &T, ttl_ms: u64) {
        match serde_json::to_vec(value) {
            Ok(bytes) => self.set(key, bytes, ttl_ms).await,
            Err(error) => tracing::error!(%error, "a value cannot be cached"),
        }
    }

    pub async fn take_value<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        serde_json::from_slice(&self.take(key).await?).ok()
    }

    /// Counts one more and says how many that makes. The count begins again `ttl_ms` after its
    /// first.
    pub async fn count(&self, key: &str, ttl_ms: u64) -> u64 {
        let (key, now_ms) = (bounded(key), self.clock.now_ms());
        match self.in_redis(|redis| redis.count(&key, now_ms, ttl_ms)).await {
            Some(count) => count,
            None => self.local().count(key, now_ms, ttl_ms).await,
        }
    }

    /// Whether one more request under this key keeps to the rate.
    pub async fn admit(&self, key: &str, rate: Rate) -> Admission {
        let (key, now_ms) = (bounded(key), self.clock.now_ms());
        match self.in_redis(|redis| redis.admit(&key, rate, now_ms)).await {
            Some(admission) => admission,
            None => self.local().admit(key, rate, now_ms).await,
        }
    }

    /// The check `redis` of `/health`.
    pub fn check(&self) -> Arc<dyn Check> {
        Arc::new(RedisCheck(self.clone()))
    }

    fn local(&self) -> Arc<Local> {
        self.local.read().clone()
    }

    fn after(&self, ttl_ms: u64) -> i64 {
        self.clock.now_ms().saturating_add(i64::try_from(ttl_ms).unwrap_or(i64::MAX))
    }

    /// `None` if Redis is not used or does not answer.
    async fn in_redis<'a, T, F>(&'a self, ask: impl FnOnce(&'a redis::Redis) -> F) -> Option<T>
    where
        F: Future<Output = Option<redis::Answer<T>>>,
    {
        let answer = ask(self.redis.as_deref()?).await?;
        if answer.is_back {
            *self.local.write() = Arc::default();
        }
        Some(answer.value)
    }
}

/// A value and when it ends by the kit's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Kept {
    value: Bytes,
    until_ms: i64,
}

impl Kept {
    fn live(self, now_ms: i64) -> Option<Bytes> {
        (self.until_ms > now_ms).then_some(self.value)
    }
}

fn bounded(key: &str) -> String {
    if key.len() <= KEY_BYTES_MAX {
        return key.to_owned();
    }
    format!("#{}", blake3::hash(key.as_bytes()))
}

struct RedisCheck(Cache);

#[async_trait]
impl Check for RedisCheck {
    fn name(&self) -> &'static str {
        "redis"
    }

    fn is_vital(&self) -> bool {
        false
    }

    async fn check(&self) -> Checked {
        let Some(redis) = &self.0.redis else {
            return Checked::not_configured("cache and events are in-process");
        };
        if self.0.in_redis(redis::Redis::ping).await.is_some() {
            return Checked::ok();
        }
        let reason = redis.reason().unwrap_or_default();
        Checked::degraded(format!("this process caches by itself: {reason}"))
    }
}

#[cfg(test)]
mod tests;
