//! Feature flags: what a tenant can switch on and off. Each is declared here with what it does.

use serde_json::json;
use suite_contracts::TenantId;
use suite_kit::audit::Entry;
use suite_kit::auth::Caller;

use super::Hub;
use crate::error::HubError;
use crate::permissions::{FLAGS_READ, FLAGS_WRITE};
use crate::store;

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

impl Hub {
    pub(crate) async fn flags(&self, caller: &Caller) -> Result<Vec<Switch>, HubError> {
        caller.require(FLAGS_READ)?;
        let switched = store::flags::of_tenant(self.database().read(), caller.tenant()).await?;
        let switch = |flag: Flag| {
            let row = switched.iter().find(|row| row.name == flag.name());
            Switch { flag, enabled: row.map_or(flag.default(), |row| row.enabled) }
        };
        Ok(Flag::ALL.into_iter().map(switch).collect())
    }

    pub(crate) async fn switch_flag(
        &self,
        caller: &Caller,
        name: &str,
        enabled: bool,
    ) -> Result<Switch, HubError> {
        caller.require(FLAGS_WRITE)?;
        let flag = Flag::ALL.into_iter().find(|flag| flag.name() == name);
        let flag = flag.ok_or(HubError::NotFound("flag"))?;
        let tenant = caller.tenant();
        let transaction = self.database().begin().await?;
        let switched = store::flags::of_tenant(&*transaction, tenant).await?;
        let row = switched.iter().find(|row| row.name == name);
        let before = row.map_or(flag.default(), |row| row.enabled);
        store::flags::switch(&transaction, tenant, (name, enabled), self.now_ms()).await?;
        let detail = json!({ "before": { "enabled": before }, "after": { "enabled": enabled } });
        let entry = Entry::new("hub.flag.switched", "flag", name).with(detail);
        self.finish(transaction, caller, entry).await?;
        Ok(Switch { flag, enabled })
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
