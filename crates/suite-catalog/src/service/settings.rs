//! What holds for a whole catalog.

use serde_json::json;
use suite_contracts::TenantId;
use suite_kit::audit::Entry;
use suite_kit::auth::Caller;

use super::Catalog;
use crate::api::settings::CatalogSettings;
use crate::error::CatalogError;
use crate::permissions::{ITEMS_READ, ITEMS_WRITE};
use crate::store::catalogs;
use crate::store::entities::catalog::Model;

/// ISO 4217 has codes of three letters.
const CODE_CHARS: usize = 3;

impl Catalog {
    pub(crate) async fn settings(&self, caller: &Caller) -> Result<Model, CatalogError> {
        caller.require(ITEMS_READ)?;
        let tenant = caller.tenant();
        self.start_with(tenant).await?;
        let row = catalogs::by_tenant(self.database().read(), tenant).await?;
        row.ok_or(CatalogError::NotFound("catalog"))
    }

    pub(crate) async fn set_settings(
        &self,
        caller: &Caller,
        expected: i64,
        body: CatalogSettings,
    ) -> Result<Model, CatalogError> {
        caller.require(ITEMS_WRITE)?;
        let currency = body.currency.as_deref().map(currency).transpose()?;
        let before = self.settings(caller).await?;
        let settings_version = expected + 1;
        let after = Model { currency, settings_version, ..before.clone() };
        let transaction = self.database().begin().await?;
        if !catalogs::set_settings(&transaction, &after).await? {
            return Err(CatalogError::Stale("set of settings"));
        }
        let entry = Entry::new("service-catalog.settings.changed", "catalog", before.tenant_id);
        let detail = json!({
            "before": { "currency": before.currency }, "after": { "currency": after.currency },
        });
        self.finish(transaction, caller, entry.with(detail)).await?;
        Ok(after)
    }

    /// What prices are in.
    pub(super) async fn currency(&self, tenant: TenantId) -> Result<Option<String>, CatalogError> {
        let row = catalogs::by_tenant(self.database().read(), tenant).await?;
        Ok(row.and_then(|row| row.currency))
    }
}

fn currency(code: &str) -> Result<String, CatalogError> {
    let code = code.trim().to_ascii_uppercase();
    if code.len() == CODE_CHARS && code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Ok(code);
    }
    let reason = "this is no code of a currency (ISO 4217), such as EUR";
    Err(CatalogError::invalid("currency", reason))
}
