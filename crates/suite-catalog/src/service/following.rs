//! What the catalog does without being asked: approvals follow the time, and those who come and go.

use suite_contracts::Event;
use suite_kit::db::Transaction;

use super::Catalog;
use crate::error::CatalogError;
use crate::store::requests;

/// Events of Hub after which somebody else may have to be asked.
pub(crate) const PEOPLE_EVENTS: &[&str] = &[
    "hub.user.changed",
    "hub.user.disabled",
    "hub.user.enabled",
    "hub.user.joined",
    "hub.user.removed",
    // Which tells of groups, too.
    "hub.user.roles-changed",
    "hub.group.members-changed",
    "hub.group.removed",
];
/// Approvals that are looked at in one go.
const DUE_MAX: u64 = 500;
/// After so long one that could not be looked at is tried again.
const FAILED_LOOK_MS: i64 = 60_000;

impl Catalog {
    /// Looks at all approvals that are due. One that cannot be looked at keeps no other from it.
    pub(crate) async fn look_at_due(&self) -> Result<(), CatalogError> {
        let due = requests::due(self.database().read(), self.now_ms(), DUE_MAX).await?;
        let mut failed = None;
        for (tenant, id) in due {
            if let Err(error) = self.look_at(tenant, id).await {
                tracing::warn!(%tenant, request = %id, %error, "an approval was not looked at");
                failed = Some(error);
                // Behind the others, lest those that always fail are all that is looked at.
                let (own, at_ms) = ((tenant, id), self.now_ms() + FAILED_LOOK_MS);
                let transaction = self.database().begin().await?;
                requests::look_later(&transaction, own, Some(at_ms)).await?;
                transaction.commit_unaudited("only when to look again has changed").await?;
            }
        }
        failed.map_or(Ok(()), Err)
    }

    pub(crate) async fn people_changed(
        &self,
        transaction: &Transaction,
        event: &Event,
    ) -> Result<(), CatalogError> {
        let (tenant, now_ms) = (event.tenant_id, self.now_ms());
        requests::look_again(transaction, tenant, now_ms).await?;
        if let Ok(user) = event.subject.parse() {
            requests::look_at_work_of(transaction, (tenant, user), now_ms).await?;
        }
        Ok(())
    }
}
