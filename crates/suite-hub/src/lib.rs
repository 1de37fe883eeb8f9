//! Hub, the tenant-aware centre of the suite: who there is, what they may do, and what the other
//! services do.
//!
//! A *person* signs in; a *membership* is a person's place in a tenant (the API calls both together
//! a user); *roles* collect permissions and are given to members and groups. The installation's own
//! tenant, the *platform*, is where its operators are: only there a role can reach other tenants.
//!
//! Hub never stores a secret that it could hash, never tells whether somebody has an account, and
//! never lets anybody give a permission that they do not hold. Nobody is told of a tenant that they
//! are no member of.

mod api;
mod error;
mod jobs;
mod migrations;
mod model;
pub mod permissions;
mod routes;
mod service;
pub(crate) mod store;

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use suite_contracts::{Permission, ServiceName};
use suite_kit::auth::{Directory, People};
use suite_kit::events;
use suite_kit::service::{Definition, Foundation, Kit, MountError, Registry, Service, described};
use tokio::sync::OnceCell;
use utoipa::openapi::OpenApi;

pub use error::HubError;
pub use service::{Administration, Administrator, Demo, Hub, Recovery};

/// Hub as `suite-server` mounts it.
#[derive(Debug, Default)]
pub struct HubService {
    /// Made for the directory, which other services need before they are mounted.
    hub: OnceCell<Hub>,
    /// What services ask for that may run in other processes.
    elsewhere: Vec<Permission>,
}

impl HubService {
    /// Hub that lets roles give these permissions too, whether or not their services run here.
    pub fn knowing(permissions: Vec<Permission>) -> Self {
        Self { elsewhere: permissions, ..Self::default() }
    }

    fn known(&self, here: &[Permission]) -> Arc<[Permission]> {
        let is_new = |one: &&Permission| !here.iter().any(|known| known.name == one.name);
        here.iter().chain(self.elsewhere.iter().filter(is_new)).copied().collect()
    }

    /// The link that makes the first administrator, once Hub runs and as long as there is none. It
    /// is for the operator's eyes, not for a log. An older link stops working.
    pub async fn setup_link(&self) -> Result<Option<String>, HubError> {
        match self.hub.get() {
            Some(hub) => hub.setup_link().await,
            None => Ok(None),
        }
    }

    async fn hub(&self, foundation: &Foundation) -> Result<&Hub, MountError> {
        let open = || async {
            Hub::open(foundation).await.map_err(|error| MountError::new(ServiceName::Hub, error))
        };
        self.hub.get_or_try_init(open).await
    }
}

#[async_trait]
impl Service for HubService {
    fn definition(&self) -> Definition {
        Definition {
            name: ServiceName::Hub,
            permissions: permissions::ALL,
            audit_read: permissions::AUDIT_READ,
            migrations: migrations::all,
        }
    }

    fn openapi(&self) -> OpenApi {
        described(&self.definition(), routes::all().into_openapi())
    }

    async fn directory(
        &self,
        foundation: &Foundation,
    ) -> Result<Option<Arc<dyn Directory>>, MountError> {
        let hub = self.hub(foundation).await?.clone();
        Ok(Some(Arc::new(hub)))
    }

    async fn people(&self, foundation: &Foundation) -> Result<Option<Arc<dyn People>>, MountError> {
        let hub = self.hub(foundation).await?.clone();
        Ok(Some(Arc::new(hub)))
    }

    async fn registry(
        &self,
        foundation: &Foundation,
    ) -> Result<Option<Arc<dyn Registry>>, MountError> {
        let hub = self.hub(foundation).await?.clone();
        Ok(Some(Arc::new(hub)))
    }

    async fn mount(&self, kit: Kit) -> Result<Router, MountError> {
        let hub = self.hub(&kit.foundation).await?.clone();
        hub.learn(self.known(&kit.permissions));
        hub.mounted(&kit);
        hub.start(&kit.tasks);
        for consumer in [service::event_log(&hub), service::notifications(&hub)] {
            let consuming = events::consume(&kit.foundation, consumer).await;
            consuming.map_err(|error| MountError::new(ServiceName::Hub, error))?;
        }
        suite_kit::jobs::start(&kit.foundation, jobs::workers(&hub, &kit.metrics.deliveries));
        let (router, _) = routes::all().split_for_parts();
        Ok(router.with_state(routes::Routes { hub, directory: kit.directory, trail: kit.trail }))
    }
}
