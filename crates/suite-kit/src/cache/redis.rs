//! The cache in Redis, and noticing when Redis is gone and back.

use std::sync::LazyLock;
use std::time::Duration;

use bytes::Bytes;
use parking_lot::Mutex;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisResult, Script};
use tokio::time::Instant;

use super::{Admission, Kept, Rate};
use crate::config::Secret;

const CONNECT_MS_MAX: u64 = 500;
const ANSWER_MS_MAX: u64 = 1_000;
/// While Redis is gone, one request in so long a time asks whether it is back.
const RETRY_MS: u64 = 500;
/// Clocks of processes may differ by this much before a limit is forgotten too early.
const CLOCKS_APART_MS_MAX: u64 = 60_000;
/// The first bytes of a value: until when it is valid.
const UNTIL_BYTES: usize = 8;

static TAKE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local value = redis.call('GET', KEYS[1])
         redis.call('DEL', KEYS[1])
         return value",
    )
});

// Numbers travel as text: Lua would print large ones rounded.
static COUNT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local now, ends = tonumber(ARGV[1]), tonumber(ARGV[2])
         local running = tonumber(redis.call('HGET', KEYS[1], 'until') or '0')
         if running <= now or running > ends then
           redis.call('DEL', KEYS[1])
           redis.call('HSET', KEYS[1], 'until', ARGV[2])
           redis.call('PEXPIRE', KEYS[1], ARGV[3])
         end
         return redis.call('HINCRBY', KEYS[1], 'count', 1)",
    )
});

/// [`Rate::admit`], atomic for all processes.
static ADMIT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local now, window, step = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
         local empty = tonumber(redis.call('GET', KEYS[1]) or '0')
         empty = math.min(math.max(empty, now), now + window)
         local excess = empty + step - now - window
         if excess > 0 then return math.ceil(excess / 1000) end
         redis.call('SET', KEYS[1], string.format('%.0f', empty + step), 'PX', ARGV[4])
         return 0",
    )
});

/// Why Redis cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("REDIS_URL cannot be used: {0}; it is to look like `redis://:password@host:6379/0`")]
pub struct CacheError(String);

/// An answer of Redis.
pub(super) struct Answer<T> {
    pub(super) value: T,
    /// It is the first one after a silence.
    pub(super) is_back: bool,
}

pub(super) struct Redis {
    connection: ConnectionManager,
    prefix: String,
    gone: Mutex<Option<Gone>>,
}

struct Gone {
    retry_at: Instant,
    reason: String,
}

/// Reads the URL; connects to nothing.
pub(crate) fn client(url: &Secret) -> Result<Client, CacheError> {
    let reason = |error: redis::RedisError| {
        // The text of the error may hold the URL, and that the password.
        CacheError(error.to_string().replace(url.expose(), "(the URL)"))
    };
    Client::open(url.expose()).map_err(reason)
}

pub(super) fn rate_ttl_ms(rate: Rate) -> u64 {
    u64::from(rate.per_ms).saturating_add(CLOCKS_APART_MS_MAX)
}

impl Redis {
    pub(super) fn open(url: &Secret, prefix: String) -> Result<Self, CacheError> {
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(0)
            .set_connection_timeout(Some(Duration::from_millis(CONNECT_MS_MAX)))
            .set_response_timeout(Some(Duration::from_millis(ANSWER_MS_MAX)));
        let connection = client(url)?
            .get_connection_manager_lazy(config)
            .map_err(|error| CacheError(error.to_string()))?;
        Ok(Self { connection, prefix, gone: Mutex::new(None) })
    }

    /// Why it was gone when it was last asked.
    pub(super) fn reason(&self) -> Option<String> {
        self.gone.lock().as_ref().map(|gone| gone.reason.clone())
    }

    pub(super) async fn ping(&self) -> Option<Answer<()>> {
        // Asks even between the times of asking again: the health must not be old.
        self.ask_now(|mut connection| async move {
            redis::cmd("PING").query_async(&mut connection).await
        })
        .await
    }

    pub(super) async fn get(&self, key: &str) -> Option<Answer<Option<Kept>>> {
        let key = self.key('v', key);
        let answer = self.ask(|mut connection| async move {
            redis::cmd("GET").arg(key).query_async(&mut connection).await
        });
        answer.await.map(unpacked)
    }

    pub(super) async fn set(&self, key: &str, kept: &Kept, ttl_ms: u64) -> Option<Answer<()>> {
        let key = self.key('v', key);
        let bytes = [&kept.until_ms.to_be_bytes(), kept.value.as_ref()].concat();
        self.ask(|mut connection| async move {
            let mut set = redis::cmd("SET");
            set.arg(key).arg(bytes).arg("PX").arg(ttl_ms.max(1));
            set.query_async(&mut connection).await
        })
        .await
    }

    pub(super) async fn take(&self, key: &str) -> Option<Answer<Option<Kept>>> {
        let key = self.key('v', key);
        let answer = self
            .ask(|mut connection| async move { TAKE.key(key).invoke_async(&mut connection).await });
        answer.await.map(unpacked)
    }

    pub(super) async fn remove(&self, key: &str) -> Option<Answer<()>> {
        let keys = ['v', 'n', 'r'].map(|kind| self.key(kind, key));
        self.ask(|mut connection| async move {
            redis::cmd("DEL").arg(&keys).query_async(&mut connection).await
        })
        .await
    }

    pub(super) async fn count(&self, key: &str, now_ms: i64, ttl_ms: u64) -> Option<Answer<u64>> {
        let key = self.key('n', key);
        let ends_ms = now_ms.saturating_add(i64::try_from(ttl_ms).unwrap_or(i64::MAX));
        self.ask(|mut connection| async move {
            let mut count = COUNT.key(key);
            count.arg(now_ms).arg(ends_ms).arg(ttl_ms.max(1));
            count.invoke_async(&mut connection).await
        })
        .await
    }

    pub(super) async fn admit(
        &self,
        key: &str,
        rate: Rate,
        now_ms: i64,
    ) -> Option<Answer<Admission>> {
        let key = self.key('r', key);
        let answer = self.ask(|mut connection| async move {
            let mut admit = ADMIT.key(key);
            admit.arg(now_ms.saturating_mul(1_000)).arg(rate.window_us()).arg(rate.step_us());
            admit.arg(rate_ttl_ms(rate));
            admit.invoke_async::<u64>(&mut connection).await
        });
        let Answer { value: wait_ms, is_back } = answer.await?;
        let value = match wait_ms {
            0 => Admission::Admitted,
            wait_ms => Admission::RetryAfterMs(wait_ms),
        };
        Some(Answer { value, is_back })
    }

    fn key(&self, kind: char, key: &str) -> String {
        format!("{}{kind}:{key}", self.prefix)
    }

    async fn ask<T, F>(&self, ask: impl FnOnce(ConnectionManager) -> F) -> Option<Answer<T>>
    where
        F: Future<Output = RedisResult<T>>,
    {
        {
            let mut gone = self.gone.lock();
            if let Some(gone) = gone.as_mut() {
                let now = Instant::now();
                if now < gone.retry_at {
                    return None;
                }
                gone.retry_at = now + Duration::from_millis(RETRY_MS);
            }
        }
        self.ask_now(ask).await
    }

    async fn ask_now<T, F>(&self, ask: impl FnOnce(ConnectionManager) -> F) -> Option<Answer<T>>
    where
        F: Future<Output = RedisResult<T>>,
    {
        let limit = Duration::from_millis(CONNECT_MS_MAX + ANSWER_MS_MAX);
        let reason = match tokio::time::timeout(limit, ask(self.connection.clone())).await {
            Ok(Ok(value)) => {
                let is_back = self.gone.lock().take().is_some();
                if is_back {
                    tracing::info!("redis answers again");
                }
                return Some(Answer { value, is_back });
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => "it does not answer in time".to_owned(),
        };
        let retry_at = Instant::now() + Duration::from_millis(RETRY_MS);
        let before = self.gone.lock().replace(Gone { retry_at, reason: reason.clone() });
        if before.is_none() {
            tracing::warn!(reason, "redis is gone: this process caches by itself until it is back");
        }
        None
    }
}

fn unpacked(answer: Answer<Option<Vec<u8>>>) -> Answer<Option<Kept>> {
    let value = answer.value.and_then(|bytes| {
        let (until, _) = bytes.split_first_chunk::<UNTIL_BYTES>()?;
        let until_ms = i64::from_be_bytes(*until);
        Some(Kept { value: Bytes::from(bytes).slice(UNTIL_BYTES..), until_ms })
    });
    Answer { value, is_back: answer.is_back }
}
