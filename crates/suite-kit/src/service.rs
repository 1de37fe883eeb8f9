//! What a service is to the process that runs it, and the frame around all of its handlers.
//!
//! A service is a value of [`Service`]: its name, its permissions, its tables, and a function that
//! makes a [`Mounted`] from a [`Kit`]. `suite-server` mounts any number of them in one process.

mod assembly;
mod content_tag;
mod describe;
mod frame;
mod idempotency;
mod input;
pub(crate) mod peers;
mod registry;
mod server;

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use suite_contracts::{Permission, ServiceName};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use utoipa::openapi::OpenApi;

use crate::audit::Trail;
use crate::auth::{Directory, People};
use crate::cache::Cache;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Database, Migrations};
use crate::events::Bus;
use crate::telemetry::Metrics;

pub use assembly::{Running, StartError, Started, start};
pub use content_tag::ContentTag;
pub use describe::described;
pub use frame::{Frame, REQUEST_ID_HEADER};
pub(crate) use idempotency::CreateKeys;
pub use idempotency::IDEMPOTENCY_KEY_HEADER;
pub use input::{IfMatch, Json, Path, Query, etag};
pub use peers::{PeerError, Peers};
pub use registry::{Announcement, HEARTBEAT_MS, Registry, RegistryError};
pub use server::{Limits, Server, ServerError, Tls};

/// What there is before anybody can be identified. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Foundation {
    pub service: ServiceName,
    pub config: Arc<Config>,
    pub clock: Clock,
    pub database: Database,
    pub cache: Cache,
    pub bus: Bus,
    pub tasks: Tasks,
    pub metrics: Metrics,
}

/// What every service gets. Cheap to clone.
#[derive(Clone)]
pub struct Kit {
    pub foundation: Foundation,
    pub directory: Arc<dyn Directory>,
    pub people: Arc<dyn People>,
    /// The service's audit trail, whose routes it mounts.
    pub trail: Trail,
    /// The permissions of all services of the suite that this program knows.
    pub permissions: Arc<[Permission]>,
}

impl std::ops::Deref for Kit {
    type Target = Foundation;

    fn deref(&self) -> &Foundation {
        &self.foundation
    }
}

impl std::fmt::Debug for Kit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kit").field("service", &self.service).finish_non_exhaustive()
    }
}

/// What a service is, before it runs.
#[derive(Debug, Clone, Copy)]
pub struct Definition {
    pub name: ServiceName,
    /// What its use cases ask for.
    pub permissions: &'static [Permission],
    /// Which of them lets a caller read the audit trail of their tenant.
    pub audit_read: Permission,
    /// Its tables, apart from those of the kit.
    pub migrations: Migrations,
}

/// A service of the suite.
#[async_trait]
pub trait Service: Send + Sync + 'static {
    fn definition(&self) -> Definition;

    /// Its API, as it is committed in `api/`.
    fn openapi(&self) -> OpenApi;

    /// Hub alone knows who a credential stands for.
    async fn directory(
        &self,
        _foundation: &Foundation,
    ) -> Result<Option<Arc<dyn Directory>>, MountError> {
        Ok(None)
    }

    /// Hub alone knows who is in a tenant.
    async fn people(
        &self,
        _foundation: &Foundation,
    ) -> Result<Option<Arc<dyn People>>, MountError> {
        Ok(None)
    }

    /// Hub alone knows all processes.
    async fn registry(
        &self,
        _foundation: &Foundation,
    ) -> Result<Option<Arc<dyn Registry>>, MountError> {
        Ok(None)
    }

    /// Starts its background work and gives its routes, whose paths begin with its namespace.
    async fn mount(&self, kit: Kit) -> Result<Router, MountError>;
}

/// Why a service cannot start: what is wrong, and what to do.
#[derive(Debug, thiserror::Error)]
#[error("{service}: {reason}")]
pub struct MountError {
    pub service: ServiceName,
    pub reason: String,
}

impl MountError {
    #[expect(clippy::needless_pass_by_value, reason = "calls read better without `&`")]
    pub fn new(service: ServiceName, reason: impl ToString) -> Self {
        Self { service, reason: reason.to_string() }
    }
}

/// Background work of a process: it is told to stop, and waited for.
#[derive(Debug, Clone, Default)]
pub struct Tasks {
    stop: CancellationToken,
    running: Arc<parking_lot::Mutex<Vec<Task>>>,
}

#[derive(Debug)]
struct Task {
    name: &'static str,
    handle: JoinHandle<()>,
}

impl Tasks {
    /// Runs `work` until it ends; it is to end soon after its token is cancelled.
    pub fn spawn<F>(&self, name: &'static str, work: impl FnOnce(CancellationToken) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let handle = tokio::spawn(work(self.stop.clone()));
        self.running.lock().push(Task { name, handle });
    }

    pub fn stopping(&self) -> &CancellationToken {
        &self.stop
    }

    /// Tells all to stop and waits for them; what does not end in time is ended.
    pub async fn stop(&self, within: std::time::Duration) {
        self.stop.cancel();
        let deadline = tokio::time::Instant::now() + within;
        let running = std::mem::take(&mut *self.running.lock());
        for Task { name, mut handle } in running {
            match tokio::time::timeout_at(deadline, &mut handle).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::error!(task = name, %error, "a task failed"),
                Err(_) => {
                    tracing::warn!(task = name, "a task did not stop in time");
                    handle.abort();
                }
            }
        }
    }
}
