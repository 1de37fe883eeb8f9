//! Asking who a credential stands for, and remembering the answer for a moment.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use moka::future::Cache;

use super::Identity;
use crate::clock::Clock;
use crate::problem::Problem;
use crate::seal;

/// How long an answer may be repeated: what is revoked works this much longer at most.
pub const KNOWN_MS_MAX: u64 = 900;
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
}

/// Remembers answers for [`KNOWN_MS_MAX`]. Refusals are not remembered: a new credential works at
/// once.
pub struct CachedDirectory {
    inner: Arc<dyn Directory>,
    known: Cache<[u8; 32], Identity>,
    clock: Clock,
}

impl CachedDirectory {
    pub fn new(inner: Arc<dyn Directory>, clock: Clock) -> Self {
        let known = Cache::builder()
            .max_capacity(KNOWN_MAX)
            .time_to_live(Duration::from_millis(KNOWN_MS_MAX))
            .build();
        Self { inner, known, clock }
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
        let key = seal::token_hash(text);
        if let Some(identity) = self.known.get(&key).await {
            if identity.valid_until_ms > self.clock.now_ms() {
                return Ok(identity);
            }
            self.known.invalidate(&key).await;
        }
        // Many requests with one credential ask once.
        let asked = self.known.try_get_with(key, self.inner.identify(credential)).await;
        asked.map_err(|error| (*error).clone())
    }
}
