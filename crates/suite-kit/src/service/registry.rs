//! Telling Hub that this process is there, and how it is, until it stops.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use suite_contracts::{ServiceInstanceId, ServiceName};
use tokio_util::sync::CancellationToken;

use super::Foundation;
use crate::health::{Checks, Health};

/// How often a process says how it is. One that was silent for three of them is shown as such.
pub const HEARTBEAT_MS: u64 = 10_000;
const FAREWELL_MS_MAX: u64 = 2_000;

/// What a process says of itself.
#[derive(Debug, Clone)]
pub struct Announcement {
    pub service: ServiceName,
    pub version: String,
    /// Where it listens.
    pub url: String,
    pub health: Health,
}

/// Why nobody was told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RegistryError(pub String);

/// Who knows all processes. Hub does; other processes tell it.
#[async_trait]
pub trait Registry: Send + Sync + 'static {
    async fn register(&self, own: &Announcement) -> Result<ServiceInstanceId, RegistryError>;

    /// Whether this process is still known.
    async fn heartbeat(
        &self,
        id: ServiceInstanceId,
        health: &Health,
    ) -> Result<bool, RegistryError>;

    /// Where a service's processes are that were heard of lately.
    async fn urls(&self, service: ServiceName) -> Result<Vec<String>, RegistryError>;

    /// The process stops.
    async fn withdraw(&self, id: ServiceInstanceId) -> Result<(), RegistryError>;
}

/// Announces a service of this process until it stops.
pub(super) fn announce(foundation: &Foundation, registry: Arc<dyn Registry>, checks: Checks) {
    let config = &foundation.config;
    let presence = Presence {
        service: foundation.service,
        version: config.app_version.clone(),
        url: config.announced_url(foundation.service.port()),
        registry,
        checks,
    };
    foundation.tasks.spawn("service registry", |stop| presence.keep(stop));
}

struct Presence {
    service: ServiceName,
    version: String,
    url: String,
    registry: Arc<dyn Registry>,
    checks: Checks,
}

impl Presence {
    async fn keep(self, stop: CancellationToken) {
        let (mut known, mut failing) = (None, false);
        while !stop.is_cancelled() {
            match self.tell(known).await {
                Ok(id) => (known, failing) = (Some(id), false),
                Err(error) if !failing => {
                    failing = true;
                    tracing::warn!(service = %self.service, %error, "hub is not told of this process");
                }
                Err(_) => {}
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(Duration::from_millis(HEARTBEAT_MS)) => {}
            }
        }
        if let Some(id) = known {
            let limit = Duration::from_millis(FAREWELL_MS_MAX);
            let _ = tokio::time::timeout(limit, self.registry.withdraw(id)).await;
        }
    }

    async fn tell(
        &self,
        known: Option<ServiceInstanceId>,
    ) -> Result<ServiceInstanceId, RegistryError> {
        let health = self.checks.run(None).await;
        if let Some(id) = known
            && self.registry.heartbeat(id, &health).await?
        {
            return Ok(id);
        }
        let (service, version, url) = (self.service, self.version.clone(), self.url.clone());
        self.registry.register(&Announcement { service, version, url, health }).await
    }
}
