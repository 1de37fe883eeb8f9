//! The processes of all services, as they tell Hub of themselves, and the overview that comes of it.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde_json::json;
use suite_contracts::{ServiceInstanceId, ServiceName};
use suite_kit::audit::{Entry, TrailStatus};
use suite_kit::auth::{Caller, Credential, Directory, Introspection};
use suite_kit::health::{Health, Status};
use suite_kit::service::{Announcement, HEARTBEAT_MS, Registry, RegistryError};

use super::Hub;
use crate::error::HubError;
use crate::permissions::{INTROSPECT, OVERVIEW_READ, SERVICES_READ, SERVICES_WRITE};
use crate::store::{self, entities};

/// A process that was silent for so long is shown as such.
pub(crate) const SILENT_MS: i64 = 3 * HEARTBEAT_MS.cast_signed();
/// And forgotten after so long.
const FORGOTTEN_MS: i64 = DAY_MS;
const DAY_MS: i64 = 24 * 3_600_000;
const TEXT_CHARS_MAX: usize = 100;
const HEALTH_BYTES_MAX: usize = 16 * 1024;

/// A process of a service.
#[derive(Debug, Clone)]
pub(crate) struct Instance {
    pub row: entities::service_instance::Model,
    /// None if it could not be read.
    pub health: Option<Health>,
    pub is_silent: bool,
}

/// A service and its processes.
#[derive(Debug, Clone)]
pub(crate) struct ServiceState {
    pub name: ServiceName,
    /// The worst of its processes that are heard; none if none is.
    pub status: Option<Status>,
    pub instances: Vec<Instance>,
}

/// How everything is, as far as the caller's tenant is concerned.
#[derive(Debug)]
pub(crate) struct Overview {
    pub services: Vec<ServiceState>,
    pub users: u64,
    pub groups: u64,
    pub api_keys: u64,
    pub audit_records_today: u64,
    pub trail: TrailStatus,
}

impl Hub {
    /// Who a credential stands for, for a service in another process.
    pub(crate) async fn introspect(
        &self,
        caller: &Caller,
        credential: String,
    ) -> Result<Introspection, HubError> {
        caller.require(INTROSPECT)?;
        let credential = if credential.starts_with("itk_") {
            Credential::ApiKey(credential)
        } else {
            Credential::Token(credential)
        };
        match self.identify(&credential).await {
            Err(suite_kit::auth::AuthError::Unavailable(cause)) => Err(HubError::Internal(cause)),
            identified => Ok(identified.into()),
        }
    }

    pub(crate) async fn overview(&self, caller: &Caller) -> Result<Overview, HubError> {
        caller.require(OVERVIEW_READ)?;
        let (database, tenant, now_ms) = (self.database(), caller.tenant(), self.now_ms());
        let trail = &self.around()?.trail;
        let midnight_ms = now_ms - now_ms.rem_euclid(DAY_MS);
        Ok(Overview {
            audit_records_today: trail.recorded_since(tenant, midnight_ms).await?,
            trail: trail.status_of(tenant).await?,
            services: self.service_states().await?,
            users: store::members::count(database, tenant).await?,
            groups: store::groups::count(database, tenant).await?,
            api_keys: store::api_keys::count(database, tenant, now_ms).await?,
        })
    }

    pub(crate) async fn services(&self, caller: &Caller) -> Result<Vec<ServiceState>, HubError> {
        caller.require(SERVICES_READ)?;
        self.service_states().await
    }

    async fn service_states(&self) -> Result<Vec<ServiceState>, HubError> {
        let now_ms = self.now_ms();
        let mut by_service: BTreeMap<ServiceName, Vec<Instance>> = BTreeMap::new();
        for row in store::instances::all(self.database()).await? {
            // One that this program does not know belongs to a newer one.
            let Ok(service) = row.service.parse() else { continue };
            let health = serde_json::from_str(&row.health).ok();
            let is_silent = now_ms - row.last_heartbeat_at_ms > SILENT_MS;
            by_service.entry(service).or_default().push(Instance { row, health, is_silent });
        }
        let states = by_service.into_iter().map(|(name, instances)| {
            let heard = instances.iter().filter(|instance| !instance.is_silent);
            let statuses = heard.filter_map(|instance| Some(instance.health.as_ref()?.status));
            ServiceState { name, status: statuses.max(), instances }
        });
        Ok(states.collect())
    }

    /// A process of a service in another place says that it is there.
    pub(crate) async fn register_instance(
        &self,
        caller: &Caller,
        own: Announcement,
    ) -> Result<ServiceInstanceId, HubError> {
        caller.require(SERVICES_WRITE)?;
        bounded("version", &own.version)?;
        bounded("url", &own.url)?;
        let (id, health) = (ServiceInstanceId::new(), written(&own.health)?);
        let transaction = self.database().begin().await?;
        let texts = (own.service.as_str(), own.version.as_str(), own.url.as_str());
        store::instances::insert(&transaction, id, texts, health, self.now_ms()).await?;
        let detail = json!({ "service": own.service, "version": own.version, "url": own.url });
        let entry = Entry::new("hub.service.registered", "service-instance", id).with(detail);
        self.finish(transaction, caller, entry).await?;
        Ok(id)
    }

    pub(crate) async fn hear_instance(
        &self,
        caller: &Caller,
        id: ServiceInstanceId,
        health: &Health,
    ) -> Result<(), HubError> {
        caller.require(SERVICES_WRITE)?;
        let known = self.hear(id, written(health)?).await?;
        if known { Ok(()) } else { Err(HubError::NotFound("process")) }
    }

    async fn hear(&self, id: ServiceInstanceId, health: String) -> Result<bool, HubError> {
        let now_ms = self.now_ms();
        let transaction = self.database().begin().await?;
        let known = store::instances::heartbeat(&transaction, id, health, now_ms).await?;
        store::instances::remove_silent(&transaction, now_ms - FORGOTTEN_MS).await?;
        transaction.commit_unaudited("a heartbeat changes nothing").await?;
        Ok(known)
    }

    pub(crate) async fn withdraw_instance(
        &self,
        caller: &Caller,
        id: ServiceInstanceId,
    ) -> Result<(), HubError> {
        caller.require(SERVICES_WRITE)?;
        let transaction = self.database().begin().await?;
        if !store::instances::remove(&transaction, id).await? {
            return Err(HubError::NotFound("process"));
        }
        let entry = Entry::new("hub.service.withdrawn", "service-instance", id);
        self.finish(transaction, caller, entry).await
    }
}

/// Services of Hub's own process tell it without a credential, and without a record: there may be
/// no tenant yet.
#[async_trait]
impl Registry for Hub {
    async fn register(&self, own: &Announcement) -> Result<ServiceInstanceId, RegistryError> {
        let id = ServiceInstanceId::new();
        let work = async {
            let health = written(&own.health)?;
            let transaction = self.database().begin().await?;
            let texts = (own.service.as_str(), own.version.as_str(), own.url.as_str());
            store::instances::insert(&transaction, id, texts, health, self.now_ms()).await?;
            transaction.commit_unaudited("a process is no tenant's").await?;
            Ok::<_, HubError>(id)
        };
        Ok(work.await?)
    }

    async fn heartbeat(
        &self,
        id: ServiceInstanceId,
        health: &Health,
    ) -> Result<bool, RegistryError> {
        Ok(self.hear(id, written(health)?).await?)
    }

    async fn urls(&self, service: ServiceName) -> Result<Vec<String>, RegistryError> {
        let states = self.service_states().await?;
        let found = states.into_iter().find(|state| state.name == service);
        let instances = found.into_iter().flat_map(|state| state.instances);
        Ok(instances.filter(|one| !one.is_silent).map(|one| one.row.url).collect())
    }

    async fn withdraw(&self, id: ServiceInstanceId) -> Result<(), RegistryError> {
        let work = async {
            let transaction = self.database().begin().await?;
            store::instances::remove(&transaction, id).await?;
            transaction.commit_unaudited("a process is no tenant's").await?;
            Ok::<_, HubError>(())
        };
        Ok(work.await?)
    }
}

impl From<HubError> for RegistryError {
    fn from(error: HubError) -> Self {
        Self(error.to_string())
    }
}

fn bounded(field: &'static str, text: &str) -> Result<(), HubError> {
    crate::model::name::parse(field, text)?;
    if text.chars().count() <= TEXT_CHARS_MAX {
        return Ok(());
    }
    Err(HubError::Invalid { field, reason: format!("at most {TEXT_CHARS_MAX} characters") })
}

fn written(health: &Health) -> Result<String, HubError> {
    let text = serde_json::to_string(health).unwrap_or_default();
    if text.len() <= HEALTH_BYTES_MAX {
        return Ok(text);
    }
    let reason = format!("at most {HEALTH_BYTES_MAX} bytes");
    Err(HubError::Invalid { field: "health", reason })
}
