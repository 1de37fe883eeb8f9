//! API keys: credentials of programs. A key belongs to its tenant, not to who made it; it holds what
//! it was given and never more than its maker held.
//!
//! A key is `itk_`, a public prefix, `_` and a secret of 256 bits; a hash of the whole is kept.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::json;
use suite_contracts::{ApiKeyId, TenantId};
use suite_kit::audit::Entry;
use suite_kit::auth::{AuthError, Caller, Identity, Principal};
use suite_kit::page::Page;
use suite_kit::seal;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::Hub;
use super::flags::Flag;
use crate::error::HubError;
use crate::model::name;
use crate::permissions::{API_KEYS_READ, API_KEYS_WRITE};
use crate::store::{self, entities};

const START: &str = "itk_";
const PREFIX_CHARS: usize = 8;
/// Letters and digits that are not taken for one another.
const PREFIX_ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// How long the key before a rotation may go on working.
pub(crate) const OVERLAP_S_MAX: u64 = 30 * 24 * 3_600;
/// The least time between two notes of a key's use.
const USED_MS_MIN: i64 = 60_000;
/// Uses that wait to be noted; further ones are not noted.
const USES_MAX: usize = 1_024;

/// A key, without its secret.
#[derive(Debug, Clone)]
pub(crate) struct ApiKey {
    pub row: entities::api_key::Model,
    pub permissions: BTreeSet<String>,
    pub now_ms: i64,
}

/// A key to be made.
#[derive(Debug, Clone)]
pub(crate) struct NewApiKey {
    pub name: String,
    pub permissions: BTreeSet<String>,
    pub expires_at_ms: Option<i64>,
}

/// A key whose secret is shown this once.
#[derive(Debug)]
pub(crate) struct ShownKey {
    pub key: ApiKey,
    pub secret: Zeroizing<String>,
}

/// Where uses of keys are noted, apart from the requests that use them.
pub(super) type Uses = mpsc::Sender<(Uuid, i64)>;

pub(super) type Used = mpsc::Receiver<(Uuid, i64)>;

pub(super) fn uses() -> (Uses, Used) {
    mpsc::channel(USES_MAX)
}

impl ApiKey {
    pub fn state(&self) -> &'static str {
        let row = &self.row;
        match (row.revoked_at_ms, row.expires_at_ms) {
            (Some(_), _) => "revoked",
            (None, Some(at_ms)) if at_ms <= self.now_ms => "expired",
            _ => "active",
        }
    }
}

/// A new key: its prefix, the whole of it, and what is kept.
pub(super) fn generate() -> (String, Zeroizing<String>, [u8; 32]) {
    let random = seal::random_bytes();
    let letters = random.iter().take(PREFIX_CHARS);
    let prefix: String =
        letters.map(|byte| char::from(PREFIX_ALPHABET[usize::from(byte % 32)])).collect();
    let secret = seal::random_token();
    let whole = Zeroizing::new(format!("{START}{prefix}_{}", *secret));
    let hash = seal::token_hash(&whole);
    (prefix, whole, hash)
}

/// The public part of something that looks like a key.
fn prefix_of(key: &str) -> Option<&str> {
    let (prefix, _) = key.strip_prefix(START)?.split_at_checked(PREFIX_CHARS)?;
    Some(prefix)
}

impl Hub {
    pub(crate) async fn api_keys(
        &self,
        caller: &Caller,
        (after, limit): (Option<Uuid>, u64),
    ) -> Result<Page<ApiKey>, HubError> {
        caller.require(API_KEYS_READ)?;
        let tenant = caller.tenant();
        let rows = store::api_keys::list(self.database(), tenant, after, limit).await?;
        let page = Page::cut(rows, limit, |row| row.id);
        Ok(page.map(|row| self.whole_key(row)))
    }

    pub(crate) async fn api_key(&self, caller: &Caller, id: ApiKeyId) -> Result<ApiKey, HubError> {
        caller.require(API_KEYS_READ)?;
        self.read_key(caller.tenant(), id).await
    }

    async fn read_key(&self, tenant: TenantId, id: ApiKeyId) -> Result<ApiKey, HubError> {
        let row = store::api_keys::by_id(self.database().read(), tenant, id).await?;
        Ok(self.whole_key(row.ok_or(HubError::NotFound("API key"))?))
    }

    fn whole_key(&self, row: entities::api_key::Model) -> ApiKey {
        let permissions = serde_json::from_str(&row.permissions).unwrap_or_default();
        ApiKey { row, permissions, now_ms: self.now_ms() }
    }

    pub(crate) async fn create_api_key(
        &self,
        caller: &Caller,
        new: NewApiKey,
    ) -> Result<ShownKey, HubError> {
        caller.require(API_KEYS_WRITE)?;
        let key_name = name::parse("name", &new.name)?;
        if new.expires_at_ms.is_some_and(|at_ms| at_ms <= self.now_ms()) {
            let reason = "a key expires in the future, or never".to_owned();
            return Err(HubError::Invalid { field: "expires_at", reason });
        }
        let permissions = self.givable_permissions(caller, &new.permissions)?;
        let (tenant, id) = (caller.tenant(), ApiKeyId::new());
        let (prefix, secret, hash) = generate();
        let transaction = self.database().begin().await?;
        let detail = json!({
            "name": key_name, "prefix": prefix, "permissions": permissions,
            "expires_at": new.expires_at_ms.map(suite_kit::clock::rfc3339),
        });
        let created_by = caller.identity.name.to_string();
        let expires_at_ms = new.expires_at_ms;
        let row = store::api_keys::New {
            id,
            name: key_name,
            prefix,
            hash,
            permissions,
            created_by,
            expires_at_ms,
        };
        store::api_keys::insert(&transaction, tenant, row, self.now_ms()).await?;
        let entry = Entry::new("hub.api-key.created", "api-key", id).with(detail);
        self.finish(transaction, caller, entry).await?;
        Ok(ShownKey { key: self.read_key(tenant, id).await?, secret })
    }

    /// Gives a key a new secret; the present one goes on working for a while.
    pub(crate) async fn rotate_api_key(
        &self,
        caller: &Caller,
        id: ApiKeyId,
        overlap_s: u64,
    ) -> Result<ShownKey, HubError> {
        caller.require(API_KEYS_WRITE)?;
        let overlap_ms = i64::try_from(overlap_s).ok().filter(|_| overlap_s <= OVERLAP_S_MAX);
        let overlap_ms = overlap_ms.map(|overlap_s| overlap_s * 1_000).ok_or_else(|| {
            let reason = format!("the old key works on for at most {OVERLAP_S_MAX} s");
            HubError::Invalid { field: "overlap_s", reason }
        })?;
        let tenant = caller.tenant();
        let transaction = self.database().begin().await?;
        let row = store::api_keys::by_id(&*transaction, tenant, id).await?;
        let key = self.whole_key(row.ok_or(HubError::NotFound("API key"))?);
        // Its new secret is a way to all that it may do.
        Self::hold(caller, key.permissions.iter().cloned())?;
        if key.state() != "active" {
            let reason = format!("this key is {}: make a new one", key.state());
            return Err(HubError::Conflict { code: "key_ended", reason });
        }
        let (prefix, secret, hash) = generate();
        let until_ms = self.now_ms() + overlap_ms;
        let row = &key.row;
        if !store::api_keys::rotate(&transaction, row, (&prefix, hash), until_ms).await? {
            return Err(HubError::Stale("API key"));
        }
        let detail = json!({
            "before": { "prefix": row.prefix }, "after": { "prefix": prefix },
            "overlap_s": overlap_s,
        });
        let entry = Entry::new("hub.api-key.rotated", "api-key", id).with(detail);
        self.finish(transaction, caller, entry).await?;
        Ok(ShownKey { key: self.read_key(tenant, id).await?, secret })
    }

    /// A key that is revoked works nowhere within a second, and never again.
    pub(crate) async fn revoke_api_key(
        &self,
        caller: &Caller,
        id: ApiKeyId,
    ) -> Result<(), HubError> {
        caller.require(API_KEYS_WRITE)?;
        let tenant = caller.tenant();
        let transaction = self.database().begin().await?;
        let row = store::api_keys::by_id(&*transaction, tenant, id).await?;
        let key = self.whole_key(row.ok_or(HubError::NotFound("API key"))?);
        Self::hold(caller, key.permissions.iter().cloned())?;
        if !store::api_keys::revoke(&transaction, tenant, id, self.now_ms()).await? {
            return transaction.roll_back().await.map_err(HubError::from);
        }
        let before = json!({ "name": key.row.name, "prefix": key.row.prefix });
        let entry = Entry::new("hub.api-key.revoked", "api-key", id);
        self.finish(transaction, caller, entry.with(json!({ "before": before }))).await
    }

    /// Who a key stands for.
    pub(super) async fn identify_key(&self, shown: &str) -> Result<Identity, AuthError> {
        let down = |error: sea_orm::DbErr| AuthError::Unavailable(error.to_string());
        let prefix = prefix_of(shown).ok_or(AuthError::Refused)?;
        let rows = store::api_keys::by_prefix(self.database(), prefix).await.map_err(down)?;
        let (hash, now_ms) = (seal::token_hash(shown), self.now_ms());
        let works_until = |row: &entities::api_key::Model| {
            if seal::equal(&row.hash, &hash) {
                return Some(i64::MAX);
            }
            let previous = row.previous_hash.as_deref()?;
            row.previous_until_ms.filter(|_| seal::equal(previous, &hash))
        };
        let found = rows.into_iter().find_map(|row| Some((works_until(&row)?, row)));
        let (until_ms, row) = found.ok_or(AuthError::Refused)?;
        let valid_until_ms = until_ms.min(row.expires_at_ms.unwrap_or(i64::MAX));
        if row.revoked_at_ms.is_some() || valid_until_ms <= now_ms {
            return Err(AuthError::Refused);
        }
        let tenant_id = TenantId(row.tenant_id);
        let tenant = store::tenants::by_id(self.database().read(), tenant_id).await;
        let tenant = tenant.map_err(down)?.ok_or(AuthError::Refused)?;
        if tenant.state != store::tenants::ACTIVE {
            return Err(AuthError::TenantSuspended);
        }
        if !self.has_flag(tenant_id, Flag::ApiKeys).await.map_err(down)? {
            return Err(AuthError::Refused);
        }
        if row.last_used_at_ms.is_none_or(|at_ms| now_ms - at_ms >= USED_MS_MIN) {
            // Under a flood of keys some uses are not noted; the next ones are.
            let _ = self.0.key_uses.try_send((row.id, now_ms));
        }
        Ok(Identity {
            tenant: tenant_id,
            principal: Principal::ApiKey { id: ApiKeyId(row.id) },
            name: row.name.into(),
            permissions: Arc::new(self.effective(&row.permissions, tenant.is_platform)),
            valid_until_ms,
        })
    }

    /// Notes uses of keys until the process stops.
    pub(super) async fn note_uses(self, mut uses: Used, stop: CancellationToken) {
        let mut batch = Vec::new();
        loop {
            let received = tokio::select! {
                () = stop.cancelled() => return,
                received = uses.recv_many(&mut batch, USES_MAX) => received,
            };
            if received == 0 {
                return;
            }
            let latest: std::collections::BTreeMap<Uuid, i64> = batch.drain(..).collect();
            let latest: Vec<(Uuid, i64)> = latest.into_iter().collect();
            if let Err(error) = self.note(&latest).await {
                tracing::warn!(%error, "the use of API keys was not noted");
            }
        }
    }

    async fn note(&self, uses: &[(Uuid, i64)]) -> Result<(), HubError> {
        let transaction = self.database().begin().await?;
        store::api_keys::used(&transaction, uses).await?;
        transaction.commit_unaudited("that a key was used changes nothing").await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_shows_its_prefix_and_keys_differ() {
        let (prefix, whole, hash) = generate();
        assert_eq!(prefix_of(&whole), Some(prefix.as_str()));
        assert_eq!(whole.len(), 4 + PREFIX_CHARS + 1 + 43);
        assert_eq!(seal::token_hash(&whole), hash);
        assert_ne!(generate().1, whole);
        for text in ["", "itk_", "itk_short", "itk_ééééé", "xyz_abcdefgh_s"] {
            assert!(prefix_of(text).is_none_or(|prefix| prefix.len() == PREFIX_CHARS), "{text}");
        }
    }
}
