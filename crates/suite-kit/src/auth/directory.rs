//! Asking who a credential stands for, and remembering the answer for a moment.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use moka::future::Cache;
use parking_lot::Mutex;
use suite_contracts::TenantId;
use tokio::time::Instant;

use super::Identity;
use crate::clock::Clock;
use crate::problem::Problem;
use crate::seal;

/// How long an answer may be repeated: what is revoked works this much longer at most.
pub const KNOWN_MS_MAX: u64 = 900;
const KNOWN: Duration = Duration::from_millis(KNOWN_MS_MAX);
const KNOWN_MAX: u64 = 50_000;

/// What a request shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// A signed access token.
    Token(String),
    ApiKey(String),
}

/// Why a credential is not accepted.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AuthError {
    #[error("there is no credential: send `Authorization: Bearer …`")]
    Missing,
    #[error("the credential is not valid, or no longer: sign in again")]
    Refused,
    #[error("the tenant is suspended")]
    TenantSuspended,
    #[error("who you are cannot be checked right now")]
    Unavailable(String),
}

impl From<AuthError> for Problem {
    fn from(error: AuthError) -> Self {
        let text = error.to_string();
        match error {
            AuthError::Missing => Self::unauthenticated("credential_missing", text),
            AuthError::Refused => Self::unauthenticated("credential_refused", text),
            AuthError::TenantSuspended => {
                Self::new(crate::problem::Kind::Forbidden, "tenant_suspended", text)
            }
            AuthError::Unavailable(cause) => Self::unavailable(text, cause),
        }
    }
}

/// Knows who a credential stands for. Hub does; other processes ask it.
#[async_trait]
pub trait Directory: Send + Sync + 'static {
    async fn identify(&self, credential: &Credential) -> Result<Identity, AuthError>;

    /// What is known of a tenant's callers has changed: nothing older is to be repeated.
    fn forget(&self, _tenant: TenantId) {}
}

/// Remembers answers for [`KNOWN_MS_MAX`] after they were asked for, or until it is told to forget
/// them. Refusals are not remembered: a new credential works at once.
pub struct CachedDirectory {
    inner: Arc<dyn Directory>,
    known: Cache<[u8; 32], Known>,
    forgotten: Mutex<HashMap<TenantId, Instant>>,
    clock: Clock,
}

/// What was answered. It was true when it was asked for, and may not be any more when it arrives.
#[derive(Clone)]
struct Known {
    identity: Identity,
    asked_at: Instant,
}

impl CachedDirectory {
    pub fn new(inner: Arc<dyn Directory>, clock: Clock) -> Self {
        let known = Cache::builder().max_capacity(KNOWN_MAX).time_to_live(KNOWN).build();
        Self { inner, known, forgotten: Mutex::default(), clock }
    }

    /// Whether an answer may be repeated.
    fn holds(&self, known: &Known) -> bool {
        let forgotten_at = self.forgotten.lock().get(&known.identity.tenant).copied();
        known.asked_at.elapsed() < KNOWN
            && forgotten_at.is_none_or(|at| at < known.asked_at)
            && known.identity.valid_until_ms > self.clock.now_ms()
    }

    async fn ask(&self, credential: &Credential) -> Result<Known, AuthError> {
        let asked_at = Instant::now();
        let identity = self.inner.identify(credential).await?;
        Ok(Known { identity, asked_at })
    }
}

impl std::fmt::Debug for CachedDirectory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CachedDirectory")
    }
}

#[async_trait]
impl Directory for CachedDirectory {
    async fn identify(&self, credential: &Credential) -> Result<Identity, AuthError> {
        let (Credential::Token(text) | Credential::ApiKey(text)) = credential;
        let (key, arrived_at) = (seal::token_hash(text), Instant::now());
        loop {
            if let Some(known) = self.known.get(&key).await
                && !self.holds(&known)
            {
                self.known.invalidate(&key).await;
            }
            // Many requests with one credential ask once.
            let asked = self.known.try_get_with(key, self.ask(credential)).await;
            let known = asked.map_err(|error| (*error).clone())?;
            // One that somebody else asked for may be too old by now. The next is this request's
            // own, or of one that came later.
            if known.asked_at >= arrived_at || self.holds(&known) {
                return Ok(known.identity);
            }
        }
    }

    fn forget(&self, tenant: TenantId) {
        let mut forgotten = self.forgotten.lock();
        // Answers from before that are too old by themselves.
        forgotten.retain(|_, at| at.elapsed() < KNOWN);
        forgotten.insert(tenant, Instant::now());
    }
}

#[cfg(test)]
mod tests;
