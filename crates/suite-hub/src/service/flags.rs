//! Feature flags: what a tenant can switch on and off. Each is declared here with what it does.

use serde_json::json;
use suite_contracts::TenantId;
use suite_kit::audit::Entry;
use suite_kit::auth::Caller;

use super::Hub;
use crate::error::HubError;
use crate::permissions::{FLAGS_READ, FLAGS_WRITE};
use crate::store::{self, entities};

/// A flag that Hub itself obeys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flag {
    ApiKeys,
    Webhooks,
}

/// A flag and how it stands in a tenant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Switch {
    pub flag: Flag,
    pub enabled: bool,
    /// Greater each time that it is switched.
    pub version: i64,
}

impl Flag {
    pub const ALL: [Self; 2] = [Self::ApiKeys, Self::Webhooks];

    pub const fn name(self) -> &'static str {
        match self {
            Self::ApiKeys => "hub.api-keys",
            Self::Webhooks => "hub.webhooks",
        }
    }

    pub const fn description(self) -> &'static str {
        match self {
            Self::ApiKeys => "API keys of this tenant work; off, all are refused within a second",
            Self::Webhooks => "Events of this tenant are delivered to its webhooks",
        }
    }

    pub const fn default(self) -> bool {
        match self {
            Self::ApiKeys | Self::Webhooks => true,
        }
    }
}

impl Switch {
    fn of(flag: Flag, rows: &[entities::feature_flag::Model]) -> Self {
        let row = rows.iter().find(|row| row.name == flag.name());
        let enabled = row.map_or(flag.default(), |row| row.enabled);
        Self { flag, enabled, version: row.map_or(0, |row| row.changed_at_ms) }
    }
}

impl Hub {
    pub(crate) async fn flags(&self, caller: &Caller) -> Result<Vec<Switch>, HubError> {
        caller.require(FLAGS_READ)?;
        let rows = store::flags::of_tenant(self.database().read(), caller.tenant()).await?;
        Ok(Flag::ALL.into_iter().map(|flag| Switch::of(flag, &rows)).collect())
    }

    pub(crate) async fn flag(&self, caller: &Caller, name: &str) -> Result<Switch, HubError> {
        caller.require(FLAGS_READ)?;
        let flag = named(name)?;
        let rows = store::flags::of_tenant(self.database().read(), caller.tenant()).await?;
        Ok(Switch::of(flag, &rows))
    }

    pub(crate) async fn switch_flag(
        &self,
        caller: &Caller,
        (name, version): (&str, i64),
        enabled: bool,
    ) -> Result<Switch, HubError> {
        caller.require(FLAGS_WRITE)?;
        let (flag, tenant) = (named(name)?, caller.tenant());
        let (transaction, _) = self.begin_in(tenant).await?;
        let rows = store::flags::of_tenant(&*transaction, tenant).await?;
        let before = Switch::of(flag, &rows);
        if before.version != version {
            return Err(HubError::Stale("flag"));
        }
        let version = self.now_ms().max(version.saturating_add(1));
        store::flags::switch(&transaction, tenant, (name, enabled), version).await?;
        let before = json!({ "enabled": before.enabled });
        let detail = json!({ "before": before, "after": { "enabled": enabled } });
        let entry = Entry::new("hub.flag.switched", "flag", name).with(detail);
        self.finish(transaction, caller, entry).await?;
        Ok(Switch { flag, enabled, version })
    }

    /// How a flag stands in a tenant.
    pub(super) async fn has_flag(
        &self,
        tenant: TenantId,
        flag: Flag,
    ) -> Result<bool, sea_orm::DbErr> {
        let switched = store::flags::of_tenant(self.database().read(), tenant).await?;
        let row = switched.iter().find(|row| row.name == flag.name());
        Ok(row.map_or(flag.default(), |row| row.enabled))
    }
}

fn named(name: &str) -> Result<Flag, HubError> {
    let flag = Flag::ALL.into_iter().find(|flag| flag.name() == name);
    flag.ok_or(HubError::NotFound("flag"))
}
