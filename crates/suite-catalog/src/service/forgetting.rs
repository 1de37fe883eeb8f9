//! What is left of a tenant that Hub has removed, after its time of grace, is forgotten: its rows
//! and files. Its audit trail stays, and so does each proof that somebody has.

use serde::{Deserialize, Serialize};
use serde_json::json;
use suite_contracts::{Event, TenantId};
use suite_kit::audit::{self, Actor, Entry};
use suite_kit::db::Transaction;
use suite_kit::jobs::{self, Job};
use suite_kit::{events, notify};

use super::Catalog;
use crate::error::CatalogError;
use crate::store::forgetting::{self, TABLES};

/// The event of Hub after which nothing of a tenant is kept.
pub(crate) const TENANT_EVENTS: &[&str] = &["hub.tenant.removed"];
/// Forgets a tenant.
pub(crate) const FORGET: &str = "tenant.forget";
/// With the pauses of its worker it is tried for a week.
const ATTEMPTS_MAX: u32 = 200;
/// Rows of one transaction. A request or a ticket takes its own along.
const ROWS_MAX: u64 = 200;
/// Files that are removed before their rows are.
const FILES_MAX: u64 = 100;

/// Whom to forget.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Forgetting {
    tenant_id: TenantId,
}

impl Catalog {
    /// Has a tenant forgotten that is gone.
    pub(crate) async fn tenant_removed(
        &self,
        transaction: &Transaction,
        event: &Event,
    ) -> Result<(), CatalogError> {
        let tenant = event.tenant_id;
        // It is no job of that tenant: those are forgotten, too.
        let job = Job {
            unique: Some(format!("{FORGET} {tenant}")),
            attempts_max: ATTEMPTS_MAX,
            ..Job::new(FORGET, json!(Forgetting { tenant_id: tenant }))
        };
        jobs::enqueue(transaction, self.clock(), job).await?;
        let actor = Actor::system(tenant, "removal of deleted tenants");
        let entry = Entry::new("service-catalog.tenant.removed", "tenant", tenant);
        audit::insert(transaction, self.clock(), &actor, entry).await?;
        Ok(())
    }

    /// Removes what there is of a tenant. Done again it goes on where it was.
    pub(crate) async fn forget_tenant(&self, which: Forgetting) -> Result<(), CatalogError> {
        let tenant = which.tenant_id;
        let mut removed = 0;
        loop {
            let files = self.forget_files(tenant).await?;
            let rows = files + self.forget_rows(tenant).await?;
            removed += rows;
            // What was being done meanwhile may have left something behind.
            if rows == 0 {
                break;
            }
        }
        self.files().forget(tenant).await?;
        tracing::info!(%tenant, removed, "a removed tenant is forgotten");
        Ok(())
    }

    /// Their content first: there is none without a row.
    async fn forget_files(&self, tenant: TenantId) -> Result<u64, CatalogError> {
        let mut removed = 0;
        loop {
            let ids = forgetting::kept(self.database().read(), tenant, FILES_MAX).await?;
            if ids.is_empty() {
                return Ok(removed);
            }
            for id in &ids {
                self.files().remove((tenant, *id)).await?;
            }
            let transaction = self.database().begin().await?;
            removed += forgetting::remove_kept(&transaction, tenant, &ids).await?;
            transaction.commit_unaudited(TOLD).await?;
        }
    }

    async fn forget_rows(&self, tenant: TenantId) -> Result<u64, CatalogError> {
        let mut removed = 0;
        for table in TABLES {
            loop {
                let transaction = self.database().begin().await?;
                let own = (tenant, *table);
                let rows = forgetting::remove_some(&transaction, own, ROWS_MAX).await?;
                transaction.commit_unaudited(TOLD).await?;
                removed += rows;
                if rows < ROWS_MAX {
                    break;
                }
            }
        }
        let transaction = self.database().begin().await?;
        notify::forget(&transaction, tenant).await?;
        jobs::forget(&transaction, tenant).await?;
        events::forget(&transaction, tenant).await?;
        transaction.commit_unaudited(TOLD).await?;
        Ok(removed)
    }
}

const TOLD: &str = "that its tenant is gone was told";
