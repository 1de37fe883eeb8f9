//! Hub's work in the background: letters, deliveries to webhooks, word of keys that end soon, and
//! the removal of what is over.

use async_trait::async_trait;
use suite_kit::jobs::{Failure, Running, Work, Worker};
use suite_kit::telemetry::DeliveryMetrics;

use crate::service::{Hub, webhook_worker};

/// How often it is looked for tenants whose time of grace is over.
const REMOVE_MS: u64 = 60_000;
const PRUNE_MS: u64 = 3_600_000;
/// How often it is looked for API keys that end soon.
const EXPIRING_MS: u64 = 3_600_000;

/// What does Hub's jobs.
pub(crate) fn workers(hub: &Hub, metrics: &DeliveryMetrics) -> Vec<Worker> {
    let mut workers = hub.workers(metrics);
    workers.push(webhook_worker(hub, metrics));
    workers.push(Worker::every("tenants.remove", REMOVE_MS, RemoveTenants(hub.clone())));
    workers.push(Worker::every("events.prune", PRUNE_MS, PruneEvents(hub.clone())));
    workers.push(Worker::every("api-keys.expiring", EXPIRING_MS, TellExpiringKeys(hub.clone())));
    workers
}

struct RemoveTenants(Hub);

#[async_trait]
impl Work for RemoveTenants {
    async fn run(&self, _: &Running) -> Result<(), Failure> {
        Ok(self.0.remove_due_tenants().await?)
    }
}

struct TellExpiringKeys(Hub);

#[async_trait]
impl Work for TellExpiringKeys {
    async fn run(&self, _: &Running) -> Result<(), Failure> {
        self.0.tell_expiring_keys().await?;
        Ok(())
    }
}

struct PruneEvents(Hub);

#[async_trait]
impl Work for PruneEvents {
    async fn run(&self, _: &Running) -> Result<(), Failure> {
        Ok(self.0.prune_events().await?)
    }
}
