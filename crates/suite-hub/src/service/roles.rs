//! Roles: what they allow. Nobody puts into a role what they do not hold, and nobody changes a role
//! that allows more than they may do.

use std::collections::BTreeSet;

use serde_json::json;
use suite_contracts::{RoleId, TenantId};
use suite_kit::audit::Entry;
use suite_kit::auth::Caller;
use suite_kit::db::Transaction;
use suite_kit::page::Page;
use uuid::Uuid;

use super::Hub;
use super::authority::{changed, taken};
use crate::error::HubError;
use crate::model::name;
use crate::permissions::{ROLES_READ, ROLES_WRITE};
use crate::store::{self, entities};

/// A role and what it allows in its tenant.
#[derive(Debug, Clone)]
pub(crate) struct Role {
    pub row: entities::role::Model,
    pub permissions: BTreeSet<String>,
}

/// What a role is to be.
#[derive(Debug, Clone)]
pub(crate) struct RoleContent {
    pub name: String,
    pub description: String,
    pub permissions: BTreeSet<String>,
}

/// What to change of a role.
#[derive(Debug, Clone, Default)]
pub(crate) struct RoleChange {
    pub name: Option<String>,
    pub description: Option<String>,
    pub permissions: Option<BTreeSet<String>>,
}

impl Hub {
    pub(crate) async fn roles(
        &self,
        caller: &Caller,
        (after, limit): (Option<(String, Uuid)>, u64),
    ) -> Result<Page<Role>, HubError> {
        caller.require(ROLES_READ)?;
        let tenant = caller.tenant();
        let rows = store::roles::list(self.database(), tenant, after, limit).await?;
        let is_platform = self.is_platform(tenant).await?;
        let page = Page::cut(rows, limit, |row| (row.name.clone(), row.id));
        Ok(page.map(|row| self.whole_role(row, is_platform)))
    }

    pub(crate) async fn role(&self, caller: &Caller, id: RoleId) -> Result<Role, HubError> {
        caller.require(ROLES_READ)?;
        self.read_role(caller.tenant(), id).await
    }

    async fn read_role(&self, tenant: TenantId, id: RoleId) -> Result<Role, HubError> {
        let row = store::roles::by_id(self.database().read(), tenant, id).await?;
        let row = row.ok_or(HubError::NotFound("role"))?;
        let is_platform = self.is_platform(tenant).await?;
        Ok(self.whole_role(row, is_platform))
    }

    fn whole_role(&self, row: entities::role::Model, is_platform: bool) -> Role {
        let permissions = self.grants(&row, is_platform).into_iter().collect();
        Role { row, permissions }
    }

    /// Whether a tenant is the installation's own. Once there is one, it stays the same.
    pub(super) async fn is_platform(&self, tenant: TenantId) -> Result<bool, HubError> {
        if let Some(platform) = self.0.platform.get() {
            return Ok(*platform == tenant);
        }
        let platform = store::homes::platform(self.database().read()).await?;
        let Some(platform) = platform else { return Ok(false) };
        Ok(*self.0.platform.get_or_init(|| TenantId(platform.id)) == tenant)
    }

    pub(crate) async fn create_role(
        &self,
        caller: &Caller,
        content: RoleContent,
    ) -> Result<Role, HubError> {
        caller.require(ROLES_WRITE)?;
        let (tenant, id) = (caller.tenant(), RoleId::new());
        let role_name = name::parse("name", &content.name)?;
        let description = name::parse_description(&content.description)?;
        let permissions = self.givable_permissions(caller, &content.permissions)?;
        let transaction = self.database().begin().await?;
        let texts = (role_name.as_str(), description.as_str());
        let (ids, given) = ((id, tenant), Some(permissions.as_slice()));
        let made = store::roles::insert(&transaction, ids, texts, given, self.now_ms()).await;
        let row = made.map_err(name_taken)?;
        let detail = json!({
            "name": role_name, "description": description, "permissions": permissions,
        });
        let entry = Entry::new("hub.role.created", "role", id).with(detail);
        self.finish(transaction, caller, entry).await?;
        Ok(self.whole_role(row, self.is_platform(tenant).await?))
    }

    /// Begins a change of a role that the caller may change.
    async fn begin_with_role(
        &self,
        caller: &Caller,
        (id, expected): (RoleId, i64),
    ) -> Result<(Transaction, entities::role::Model), HubError> {
        caller.require(ROLES_WRITE)?;
        let is_platform = self.is_platform(caller.tenant()).await?;
        let transaction = self.database().begin().await?;
        let role = store::roles::by_id(&*transaction, caller.tenant(), id).await?;
        let role = role.ok_or(HubError::NotFound("role"))?;
        if role.is_builtin {
            let reason = "a built-in role cannot be changed: make one of your own".to_owned();
            return Err(HubError::Conflict { code: "role_builtin", reason });
        }
        if role.version != expected {
            return Err(HubError::Stale("role"));
        }
        Self::hold(caller, self.grants(&role, is_platform))?;
        Ok((transaction, role))
    }

    pub(crate) async fn change_role(
        &self,
        caller: &Caller,
        (id, expected): (RoleId, i64),
        change: RoleChange,
    ) -> Result<Role, HubError> {
        let (transaction, role) = self.begin_with_role(caller, (id, expected)).await?;
        let tenant = caller.tenant();
        let new_name = name::parse("name", change.name.as_deref().unwrap_or(&role.name))?;
        let description = change.description.as_deref().unwrap_or(&role.description);
        let description = name::parse_description(description)?;
        let old: Vec<String> = serde_json::from_str(&role.permissions).unwrap_or_default();
        let permissions = match &change.permissions {
            Some(wanted) => self.givable_permissions(caller, wanted)?,
            None => old.clone(),
        };
        let before = json!({
            "name": role.name, "description": role.description, "permissions": old,
        });
        let after = json!({
            "name": new_name, "description": description, "permissions": permissions,
        });
        let (ids, texts) = ((tenant, id, expected), (new_name.as_str(), description.as_str()));
        let changing = store::roles::change(&transaction, ids, texts, &permissions).await;
        if !changing.map_err(name_taken)? {
            return Err(HubError::Stale("role"));
        }
        let entry = changed(Entry::new("hub.role.changed", "role", id), &before, &after);
        self.finish(transaction, caller, entry).await?;
        self.read_role(tenant, id).await
    }

    pub(crate) async fn remove_role(
        &self,
        caller: &Caller,
        (id, expected): (RoleId, i64),
    ) -> Result<(), HubError> {
        let (transaction, role) = self.begin_with_role(caller, (id, expected)).await?;
        if !store::roles::remove(&transaction, (caller.tenant(), id, expected)).await? {
            return Err(HubError::Stale("role"));
        }
        let permissions: Vec<String> = serde_json::from_str(&role.permissions).unwrap_or_default();
        let before = json!({ "name": role.name, "permissions": permissions });
        let entry = Entry::new("hub.role.removed", "role", id).with(json!({ "before": before }));
        self.finish(transaction, caller, entry).await
    }
}

fn name_taken(error: sea_orm::DbErr) -> HubError {
    taken(error, "name_taken", "there is a role of this name already")
}
