//! Removing sessions, tokens, addresses, notifications and devices that have no use any more, a few
//! rows at a time, so that no request waits long. Every process does it; two at once do no harm.

use std::time::Duration;

use suite_kit::db::Transaction;
use tokio_util::sync::CancellationToken;

use super::Hub;
use crate::error::HubError;
use crate::model::lockout::ACCOUNT;
use crate::store;

const EVERY_MS: u64 = 600_000;
const ROWS_MAX: u64 = 500;
/// Batches of one kind in one go; what is left waits for the next.
const BATCHES_MAX: usize = 40;
/// What is over is kept for a while, for whoever looks into a complaint.
const OVER_MS_KEPT: i64 = 24 * 3_600_000;
/// How long a refresh token that was used is known as such: one used twice ends its session, one
/// that is forgotten is only refused.
const REUSE_MS_KEPT: i64 = 7 * 24 * 3_600_000;
/// What somebody was told so long ago is of no use, read or not.
const NOTIFICATION_MS_KEPT: i64 = 90 * 24 * 3_600_000;
/// Signing in from where one has not been for so long counts as new again.
const DEVICE_MS_KEPT: i64 = 180 * 24 * 3_600_000;

#[derive(Debug, Clone, Copy)]
enum Kind {
    Sessions,
    RefreshTokens,
    Tokens,
    Addresses,
    Notifications,
    Devices,
}

impl Kind {
    const ALL: [Self; 6] = [
        Self::Sessions,
        Self::RefreshTokens,
        Self::Tokens,
        Self::Addresses,
        Self::Notifications,
        Self::Devices,
    ];
}

impl Hub {
    /// Prunes from time to time until `stop`. Token keys are looked after in the same round, so that
    /// retired ones leave the JWKS of every process.
    pub(super) async fn prune_until(self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(Duration::from_millis(EVERY_MS)) => {}
            }
            if let Err(error) = self.prune().await {
                tracing::warn!(%error, "pruning failed: it is tried again later");
            }
            if let Err(error) = self.0.keys.load(self.now_ms()).await {
                tracing::warn!(%error, "token keys could not be read: it is tried again later");
            }
        }
    }

    /// One round; how many rows went.
    pub(super) async fn prune(&self) -> Result<u64, HubError> {
        let mut removed = 0;
        for kind in Kind::ALL {
            for _ in 0..BATCHES_MAX {
                let transaction = self.database().begin().await?;
                let rows = self.prune_batch(&transaction, kind).await?;
                transaction.commit_unaudited("it had no use any more").await?;
                removed += rows;
                if rows < ROWS_MAX {
                    break;
                }
            }
        }
        Ok(removed)
    }

    async fn prune_batch(&self, transaction: &Transaction, kind: Kind) -> Result<u64, HubError> {
        let before = |kept_ms: i64| self.now_ms().saturating_sub(kept_ms);
        let over_ms = before(OVER_MS_KEPT);
        let rows = match kind {
            Kind::Sessions => store::pruning::sessions(transaction, over_ms, ROWS_MAX).await,
            Kind::RefreshTokens => {
                let used_ms = before(REUSE_MS_KEPT);
                store::pruning::refresh_tokens(transaction, used_ms, ROWS_MAX).await
            }
            Kind::Tokens => store::pruning::tokens(transaction, over_ms, ROWS_MAX).await,
            Kind::Addresses => {
                let quiet_ms = before(ACCOUNT.forget_ms);
                store::pruning::addresses(transaction, quiet_ms, ROWS_MAX).await
            }
            Kind::Notifications => {
                let old_ms = before(NOTIFICATION_MS_KEPT);
                store::pruning::notifications(transaction, old_ms, ROWS_MAX).await
            }
            Kind::Devices => store::pruning::devices(transaction, before(DEVICE_MS_KEPT)).await,
        };
        Ok(rows?)
    }
}

#[cfg(test)]
mod tests;
