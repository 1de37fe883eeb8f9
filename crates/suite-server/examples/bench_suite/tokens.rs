//! What it costs to know a caller, by itself.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use async_trait::async_trait;
use jsonwebtoken::jwk::JwkSet;
use suite_contracts::{SessionId, TenantId, UserId};
use suite_kit::auth::{
    AUDIENCE, AuthError, CachedDirectory, Claims, Credential, Directory, Identity, Principal,
    SigningKey, TokenVerifier,
};
use suite_kit::clock::Clock;

const ISSUER: &str = "http://localhost:3000";
const PERMISSIONS: usize = 30;
/// Medians of so many batches, of so many each.
const BATCHES: usize = 21;
const BATCH: u32 = 500;

pub struct Tokens {
    pub verify: Duration,
    /// Of a credential that is remembered.
    pub known: Duration,
}

struct Verifying(TokenVerifier, Clock);

#[async_trait]
impl Directory for Verifying {
    async fn identify(&self, credential: &Credential) -> Result<Identity, AuthError> {
        let Credential::Token(token) = credential else { return Err(AuthError::Refused) };
        let claims = self.0.verify(token, self.1.now_ms()).map_err(|_| AuthError::Refused)?;
        Ok(Identity {
            tenant: claims.tid,
            principal: Principal::User { id: claims.sub, session: claims.sid },
            name: "Ada Example".into(),
            permissions: Arc::new((0..PERMISSIONS).map(|n| format!("hub.thing.{n}")).collect()),
            valid_until_ms: claims.exp * 1_000,
        })
    }
}

pub async fn measure() -> Result<Tokens> {
    let clock = Clock::system();
    let (token, verifier) = token(clock.now_ms())?;
    let verify = median(|| {
        let started = Instant::now();
        for _ in 0..BATCH {
            let _ = black_box(verifier.verify(black_box(&token), clock.now_ms()));
        }
        started.elapsed()
    });
    verifier.verify(&token, clock.now_ms()).context("the token does not hold")?;

    let inner = Arc::new(Verifying(verifier, clock.clone()));
    let (directory, credential) = (CachedDirectory::new(inner, clock), Credential::Token(token));
    let mut batches = Vec::new();
    for _ in 0..BATCHES {
        let started = Instant::now();
        for _ in 0..BATCH {
            black_box(directory.identify(black_box(&credential)).await)?;
        }
        batches.push(started.elapsed());
    }
    Ok(Tokens { verify, known: middle(batches) / BATCH })
}

fn token(now_ms: i64) -> Result<(String, TokenVerifier)> {
    let key = SigningKey::new(uuid(), [7; 32]);
    let iat = now_ms / 1_000;
    let (sub, tid, sid) = (UserId::new(), TenantId::new(), SessionId::new());
    let (iss, aud) = (ISSUER.to_owned(), AUDIENCE.to_owned());
    let token = key.sign(&Claims { iss, aud, sub, tid, sid, iat, exp: iat + 600 })?;
    let verifier = TokenVerifier::new(ISSUER);
    verifier.trust(&JwkSet { keys: vec![key.jwk()?] })?;
    Ok((token, verifier))
}

/// Keys are named so.
fn uuid() -> String {
    SessionId::new().to_string()
}

/// The median of batches, for one of a batch.
fn median(mut batch: impl FnMut() -> Duration) -> Duration {
    middle((0..BATCHES).map(|_| batch()).collect()) / BATCH
}

fn middle(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
