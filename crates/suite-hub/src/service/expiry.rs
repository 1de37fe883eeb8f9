//! Telling in time that an API key is about to end: once for each key.

use serde_json::json;
use suite_contracts::{ApiKeyId, EventName, TenantId};
use suite_kit::clock::rfc3339;
use suite_kit::events;

use super::Hub;
use crate::error::HubError;
use crate::store::{self, entities::api_key};

const EXPIRING: EventName = EventName::new("hub.api-key.expiring");
/// So long before its end.
const NOTICE_MS: i64 = 14 * 24 * 3_600_000;
const BATCH_MAX: u64 = 100;

impl Hub {
    /// Tells of all keys that end soon; of how many. Who made a key for less than the time of
    /// notice knows when it ends.
    pub(crate) async fn tell_expiring_keys(&self) -> Result<u64, HubError> {
        let mut told = 0;
        loop {
            let now_ms = self.now_ms();
            let transaction = self.database().begin().await?;
            let soon = (now_ms, now_ms.saturating_add(NOTICE_MS));
            let keys = store::api_keys::expiring(&transaction, soon, BATCH_MAX).await?;
            let found = keys.len() as u64;
            for key in keys {
                let (tenant, id) = (TenantId(key.tenant_id), ApiKeyId(key.id));
                let is_first =
                    store::api_keys::expiry_told(&transaction, (tenant, id), now_ms).await?;
                let Some(ends_ms) = key.expires_at_ms.filter(|_| is_first) else { continue };
                if ends_ms.saturating_sub(key.created_at_ms) <= NOTICE_MS {
                    continue;
                }
                let data = about(&key, ends_ms);
                let clock = self.clock();
                events::publish(&transaction, clock, tenant, EXPIRING, id, data).await?;
                told += 1;
            }
            transaction.commit_unaudited("that a key ends soon changes nothing").await?;
            if found < BATCH_MAX {
                return Ok(told);
            }
        }
    }
}

fn about(key: &api_key::Model, ends_ms: i64) -> serde_json::Value {
    json!({ "name": key.name, "prefix": key.prefix, "expires_at": rfc3339(ends_ms) })
}
