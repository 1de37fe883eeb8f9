//! The processes of services, and the overview.

use std::collections::BTreeMap;

use serde::Serialize;
use suite_contracts::{ServiceInstanceId, ServiceName};
use suite_kit::audit::{LedgerState, TrailStatus};
use suite_kit::clock::rfc3339;
use suite_kit::health::{Checked, Status};
use utoipa::ToSchema;

use crate::service::{Instance, Overview, ServiceState};

/// How a service is.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ServiceStatus {
    Ok,
    Degraded,
    Down,
    /// None of its processes was heard lately.
    Silent,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Service)]
pub(crate) struct ServiceView {
    pub name: ServiceName,
    pub title: &'static str,
    /// Of its newest process.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    pub status: ServiceStatus,
    /// Processes that are heard.
    pub instances: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub last_heartbeat_at: Option<String>,
    /// What it needs, from its newest process.
    pub checks: BTreeMap<String, Checked>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServiceInstance)]
pub(crate) struct InstanceView {
    pub id: ServiceInstanceId,
    pub service: String,
    pub version: String,
    pub url: String,
    pub status: ServiceStatus,
    pub checks: BTreeMap<String, Checked>,
    #[schema(format = DateTime)]
    pub started_at: String,
    #[schema(format = DateTime)]
    pub last_heartbeat_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Services)]
pub(crate) struct ServicesView {
    pub items: Vec<InstanceView>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Overview)]
pub(crate) struct OverviewView {
    pub services: Vec<ServiceView>,
    pub ledger: LedgerSummary,
    pub counts: Counts,
}

/// How far the tenant's audit trail has come on the ledger.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LedgerSummary {
    pub status: LedgerStatus,
    /// The account that signs the anchors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notary: Option<String>,
    /// How far the ledger was final when it was looked at last, some seconds ago.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub height_at: Option<String>,
    /// Audit records that are not on the ledger yet.
    pub waiting_records: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_anchor_height: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub last_anchor_at: Option<String>,
}

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LedgerStatus {
    Ok,
    /// Anchors wait for the ledger.
    Waiting,
    NotConfigured,
}

/// Of the caller's tenant.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Counts {
    pub users: u64,
    pub groups: u64,
    pub api_keys: u64,
    /// Since midnight, UTC.
    pub audit_records_today: u64,
}

impl From<TrailStatus> for LedgerSummary {
    fn from(trail: TrailStatus) -> Self {
        let (status, notary) = match trail.ledger {
            LedgerState::NotConfigured => (LedgerStatus::NotConfigured, None),
            LedgerState::Ok { notary } => (LedgerStatus::Ok, Some(notary)),
            LedgerState::Waiting { notary, .. } => (LedgerStatus::Waiting, Some(notary)),
        };
        Self {
            status,
            notary: notary.map(|notary| notary.to_string()),
            height: trail.ledger_height.map(|(height, _)| height),
            height_at: trail.ledger_height.map(|(_, at_ms)| rfc3339(at_ms)),
            waiting_records: trail.recorded.saturating_sub(trail.anchored),
            last_anchor_height: trail.anchored_at.map(|(height, _)| height),
            last_anchor_at: trail.anchored_at.map(|(_, at_ms)| rfc3339(at_ms)),
        }
    }
}

impl ServiceStatus {
    fn of(status: Option<Status>) -> Self {
        match status {
            None => Self::Silent,
            Some(Status::Ok | Status::NotConfigured) => Self::Ok,
            Some(Status::Degraded) => Self::Degraded,
            Some(Status::Down) => Self::Down,
        }
    }
}

impl From<ServiceState> for ServiceView {
    fn from(state: ServiceState) -> Self {
        let ServiceState { name, status, instances } = state;
        let heard = instances.iter().filter(|instance| !instance.is_silent).count();
        let last = instances.iter().map(|instance| instance.row.last_heartbeat_at_ms).max();
        let newest = instances.into_iter().max_by_key(|instance| instance.row.started_at_ms);
        let version = newest.as_ref().map(|instance| instance.row.version.clone());
        let checks = newest.and_then(|instance| Some(instance.health?.checks));
        Self {
            name,
            title: name.title(),
            version,
            status: ServiceStatus::of(status),
            instances: heard,
            last_heartbeat_at: last.map(rfc3339),
            checks: checks.unwrap_or_default(),
        }
    }
}

impl From<Instance> for InstanceView {
    fn from(Instance { row, health, is_silent }: Instance) -> Self {
        let status = health.as_ref().map(|health| health.status).filter(|_| !is_silent);
        Self {
            id: ServiceInstanceId(row.id),
            service: row.service,
            version: row.version,
            url: row.url,
            status: ServiceStatus::of(status),
            checks: health.map(|health| health.checks).unwrap_or_default(),
            started_at: rfc3339(row.started_at_ms),
            last_heartbeat_at: rfc3339(row.last_heartbeat_at_ms),
        }
    }
}

impl From<Vec<ServiceState>> for ServicesView {
    fn from(states: Vec<ServiceState>) -> Self {
        let instances = states.into_iter().flat_map(|state| state.instances);
        Self { items: instances.map(InstanceView::from).collect() }
    }
}

impl From<Overview> for OverviewView {
    fn from(overview: Overview) -> Self {
        let Overview { services, users, groups, api_keys, audit_records_today, trail } = overview;
        let counts = Counts { users, groups, api_keys, audit_records_today };
        let services = services.into_iter().map(ServiceView::from).collect();
        Self { services, ledger: trail.into(), counts }
    }
}
