//! Slow hashes of passwords: Argon2id (RFC 9106) at the parameters that OWASP's Password Storage
//! Cheat Sheet gives, on threads of their own and few at once, so that a flood of logins starves
//! nobody.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::error::HubError;
use crate::model::password::PASSWORD_BYTES_MAX;

const MEMORY_KIB: u32 = 19 * 1024;
const ITERATIONS: u32 = 2;
const LANES: u32 = 1;
/// Logins that wait for their turn; further ones are told to come back.
const WAITING_MAX: usize = 128;

/// Hashes and verifies, a few at a time.
#[derive(Debug, Clone)]
pub(crate) struct Hasher {
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    /// What a password is checked against when there is nobody of that address, for the same time.
    nobody: Arc<str>,
    /// How often a password was checked, against whatever hash.
    #[cfg(test)]
    pub checked: Arc<std::sync::atomic::AtomicU64>,
}

impl Hasher {
    pub fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let nobody = hash("nobody has this password").unwrap_or_default();
        Self {
            running: Arc::new(Semaphore::new((cores / 2).max(1))),
            waiting: Arc::new(Semaphore::new(WAITING_MAX)),
            nobody: nobody.into(),
            #[cfg(test)]
            checked: Arc::default(),
        }
    }

    /// A PHC string.
    pub async fn hash(&self, password: &str) -> Result<String, HubError> {
        let password = Zeroizing::new(password.to_owned());
        self.run(move || hash(&password)).await?
    }

    /// Whether it is the password of that hash; it takes as long where there is none.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, HubError> {
        // No password of ours is longer; a longer one costs no more than others.
        let is_sound = password.len() <= PASSWORD_BYTES_MAX;
        let (known, password) = (hash.is_some() && is_sound, if is_sound { password } else { "" });
        let hash = hash.unwrap_or(&self.nobody).to_owned();
        let password = Zeroizing::new(password.to_owned());
        #[cfg(test)]
        self.checked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let verified = self.run(move || {
            let hash = PasswordHash::new(&hash).ok();
            hash.is_some_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok())
        });
        Ok(verified.await? && known)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HubError> {
        let _place = self.waiting.try_acquire().map_err(|_| HubError::Busy)?;
        let _turn = self.running.acquire().await.map_err(|_| HubError::Busy)?;
        let done = tokio::task::spawn_blocking(work).await;
        done.map_err(|error| HubError::Internal(error.to_string()))
    }
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, ITERATIONS, LANES, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash(password: &str) -> Result<String, HubError> {
    let hashed = argon2().hash_password(password.as_bytes());
    hashed.map(|hash| hash.to_string()).map_err(|error| HubError::Internal(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_hashed_at_owasps_parameters_and_recognised() {
        let hasher = Hasher::new();
        let hash = hasher.hash("walnut harbour pixel seven").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(hasher.verify("walnut harbour pixel seven", Some(&hash)).await.unwrap());
        assert!(!hasher.verify("walnut harbour pixel eight", Some(&hash)).await.unwrap());
        assert!(!hasher.verify("nobody has this password", None).await.unwrap());
        assert!(!hasher.verify("x", Some("not a hash")).await.unwrap());
        assert!(!hasher.verify(&"x".repeat(1_000_000), Some(&hash)).await.unwrap());
    }

    #[tokio::test]
    async fn those_beyond_the_bound_are_told_to_come_back() {
        let hasher = Hasher::new();
        let places = u32::try_from(WAITING_MAX).unwrap();
        let all = hasher.waiting.clone().try_acquire_many_owned(places).unwrap();
        assert!(matches!(hasher.verify("x", None).await, Err(HubError::Busy)));
        assert!(matches!(hasher.hash("x").await, Err(HubError::Busy)));
        drop(all);
        assert!(!hasher.verify("x", None).await.unwrap());
        // Fewer run at once than there are cores, unless there is one alone.
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        assert!(hasher.running.available_permits() <= (cores / 2).max(1));
    }
}
