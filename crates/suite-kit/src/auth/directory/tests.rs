//! How long a process goes by what it was told. The time stands still but for what the tests wait.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use suite_contracts::ApiKeyId;

use super::*;
use crate::auth::Principal;

/// Knows one key until it is revoked, and takes its time to say so.
struct Slow {
    tenant: TenantId,
    revoked: AtomicBool,
    asked: AtomicU64,
    takes_ms: u64,
}

#[async_trait]
impl Directory for Slow {
    async fn identify(&self, _: &Credential) -> Result<Identity, AuthError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        // As a database does: it says how things stood when it was asked.
        let revoked = self.revoked.load(Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(self.takes_ms)).await;
        if revoked {
            return Err(AuthError::Refused);
        }
        Ok(Identity {
            tenant: self.tenant,
            principal: Principal::ApiKey { id: ApiKeyId::new() },
            name: "Nightly".into(),
            permissions: Arc::new(BTreeSet::new()),
            valid_until_ms: i64::MAX,
        })
    }
}

fn slow(takes_ms: u64) -> (Arc<Slow>, Arc<CachedDirectory>) {
    let (tenant, revoked, asked) = (TenantId::new(), AtomicBool::new(false), AtomicU64::new(0));
    let inner = Arc::new(Slow { tenant, revoked, asked, takes_ms });
    let cached = CachedDirectory::new(inner.clone(), Clock::system());
    (inner, Arc::new(cached))
}

fn key() -> Credential {
    Credential::ApiKey("itk_abcdefgh_secret".into())
}

async fn wait(ms: u64) {
    tokio::time::sleep(Duration::from_millis(ms)).await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_repeated_for_as_long_after_it_was_asked_for_however_late_it_came() {
    let (inner, cached) = slow(600);
    let asking = tokio::spawn({
        let cached = cached.clone();
        async move { cached.identify(&key()).await }
    });
    wait(1).await;
    inner.revoked.store(true, Ordering::SeqCst);
    assert!(asking.await.unwrap().is_ok(), "it was asked for before");
    wait(KNOWN_MS_MAX - 601).await;
    assert!(cached.identify(&key()).await.is_ok());
    wait(1).await;
    assert!(cached.identify(&key()).await.is_err());
    assert_eq!(inner.asked.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn what_is_forgotten_is_asked_for_again_even_if_the_answer_is_still_on_its_way() {
    let (inner, cached) = slow(200);
    assert!(cached.identify(&key()).await.is_ok());
    let other = TenantId::new();
    cached.forget(other);
    assert!(cached.identify(&key()).await.is_ok());
    assert_eq!(inner.asked.load(Ordering::SeqCst), 1, "another tenant's are still known");

    wait(KNOWN_MS_MAX).await;
    let early = tokio::spawn({
        let cached = cached.clone();
        async move { cached.identify(&key()).await }
    });
    wait(100).await;
    inner.revoked.store(true, Ordering::SeqCst);
    cached.forget(inner.tenant);
    // This one meets the question of the other, whose answer is too old for it.
    assert!(cached.identify(&key()).await.is_err());
    assert!(early.await.unwrap().is_ok());
    assert!(cached.identify(&key()).await.is_err());
    assert!(cached.forgotten.lock().len() <= 2);
}

#[tokio::test(start_paused = true)]
async fn many_at_once_ask_once() {
    let (inner, cached) = slow(200);
    let asking: Vec<_> = (0..50)
        .map(|_| {
            let cached = cached.clone();
            tokio::spawn(async move { cached.identify(&key()).await })
        })
        .collect();
    for one in asking {
        assert!(one.await.unwrap().is_ok());
    }
    assert_eq!(inner.asked.load(Ordering::SeqCst), 1);
}
