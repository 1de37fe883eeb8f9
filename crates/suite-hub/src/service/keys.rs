//! The keys that sign access tokens: kept sealed in the database, shared by all processes of Hub,
//! and replaced in time.

use jsonwebtoken::jwk::JwkSet;
use parking_lot::RwLock;
use suite_contracts::{SessionId, TenantId, UserId};
use suite_kit::auth::{AUDIENCE, Claims, SigningKey, TokenVerifier};
use suite_kit::clock::Clock;
use suite_kit::db::Database;
use suite_kit::seal::{self, Sealing};
use uuid::Uuid;

use crate::error::HubError;
use crate::store;

/// How long an access token works.
pub(crate) const TOKEN_S: i64 = 600;
/// A key signs for so long, and then verifies until the last token that it signed has expired.
const KEY_MS_MAX: i64 = 30 * 24 * 3_600_000;
const RETIRED_MS_MAX: i64 = 2 * TOKEN_S * 1_000;
/// The least time between two looks for keys that another process has made.
const RELOAD_MS_MIN: i64 = 1_000;

/// Signs tokens and verifies them.
#[derive(Debug)]
pub(crate) struct Keys {
    database: Database,
    sealing: Sealing,
    issuer: String,
    verifier: TokenVerifier,
    loaded: RwLock<Loaded>,
}

#[derive(Debug, Clone, Default)]
struct Loaded {
    at_ms: i64,
    signing: Option<(SigningKey, i64)>,
    set: Vec<jsonwebtoken::jwk::Jwk>,
}

impl Keys {
    pub async fn open(
        database: &Database,
        clock: &Clock,
        sealing: Sealing,
        issuer: &str,
    ) -> Result<Self, HubError> {
        let (database, issuer) = (database.clone(), issuer.to_owned());
        let verifier = TokenVerifier::new(&issuer);
        let keys = Self { database, sealing, issuer, verifier, loaded: RwLock::default() };
        keys.load(clock.now_ms()).await?;
        Ok(keys)
    }

    /// A token for a session in a tenant.
    pub async fn issue(
        &self,
        now_ms: i64,
        (sub, tid, sid): (UserId, TenantId, SessionId),
    ) -> Result<String, HubError> {
        let aged = |loaded: &Loaded| {
            loaded.signing.as_ref().is_none_or(|(_, made_ms)| now_ms - made_ms > KEY_MS_MAX)
        };
        if aged(&self.loaded.read()) {
            self.load(now_ms).await?;
        }
        let signing = self.loaded.read().signing.clone();
        let (key, _) = signing.ok_or_else(|| HubError::Internal("there is no key".into()))?;
        let iat = now_ms / 1_000;
        let (iss, aud) = (self.issuer.clone(), AUDIENCE.to_owned());
        let claims = Claims { iss, aud, sub, tid, sid, iat, exp: iat + TOKEN_S };
        key.sign(&claims).map_err(|error| HubError::Internal(error.to_string()))
    }

    /// What a token says. One signed with a key that this process does not know yet makes it look
    /// for new keys, not more often than every [`RELOAD_MS_MIN`].
    pub async fn verify(&self, token: &str, now_ms: i64) -> Option<Claims> {
        use suite_kit::auth::TokenError;
        match self.verifier.verify(token, now_ms) {
            Ok(claims) => Some(claims),
            Err(TokenError::UnknownKey(_)) => {
                // A clock that was put back does not keep it from looking.
                let age_ms = now_ms.saturating_sub(self.loaded.read().at_ms);
                if (0..RELOAD_MS_MIN).contains(&age_ms) {
                    return None;
                }
                self.load(now_ms).await.ok()?;
                self.verifier.verify(token, now_ms).ok()
            }
            Err(error) => {
                tracing::debug!(%error, "a token was refused");
                None
            }
        }
    }

    /// The public keys (RFC 7517).
    pub fn jwks(&self) -> JwkSet {
        JwkSet { keys: self.loaded.read().set.clone() }
    }

    /// Reads the keys, and makes a new one where the last one has signed long enough.
    pub async fn load(&self, now_ms: i64) -> Result<(), HubError> {
        let transaction = self.database.begin().await?;
        let mut rows = store::keys::all_locked(&transaction).await?;
        let newest = rows.first().filter(|row| now_ms - row.created_at_ms <= KEY_MS_MAX);
        if newest.is_none() {
            let (id, seed) = (Uuid::now_v7(), seal::random_bytes());
            let sealed = self.sealing.seal(id.as_bytes(), &*seed);
            store::keys::retire_all(&transaction, now_ms).await?;
            rows.insert(0, store::keys::insert(&transaction, id, sealed, now_ms).await?);
        }
        let before_ms = now_ms.saturating_sub(RETIRED_MS_MAX);
        store::keys::remove_retired(&transaction, before_ms).await?;
        rows.retain(|row| row.retired_at_ms.is_none_or(|retired_ms| retired_ms >= before_ms));
        transaction.commit_unaudited("keys of tokens belong to no tenant").await?;
        let mut loaded = Loaded { at_ms: now_ms, ..Loaded::default() };
        for row in rows {
            let seed = self.sealing.open(row.id.as_bytes(), &row.seed);
            let seed: Option<[u8; 32]> = seed.ok().and_then(|seed| seed.as_slice().try_into().ok());
            let Some(seed) = seed else {
                tracing::error!(key = %row.id, "a token key cannot be opened: was JWT_SECRET changed?");
                continue;
            };
            let key = SigningKey::new(row.id.to_string(), seed);
            let jwk = key.jwk().map_err(|error| HubError::Internal(error.to_string()))?;
            loaded.set.push(jwk);
            loaded.signing.get_or_insert((key, row.created_at_ms));
        }
        if loaded.signing.is_none() {
            let reason =
                "no token key can be opened: JWT_SECRET is not the one they were sealed with";
            return Err(HubError::Internal(reason.into()));
        }
        self.verifier
            .trust(&JwkSet { keys: loaded.set.clone() })
            .map_err(|error| HubError::Internal(error.to_string()))?;
        *self.loaded.write() = loaded;
        Ok(())
    }
}
