//! Tenants, as the platform's operators manage them, and a tenant's own affairs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;
use suite_contracts::TenantId;
use suite_kit::audit::{Actor, Entry};
use suite_kit::auth::Caller;
use suite_kit::page::Page;
use uuid::Uuid;

use super::Hub;
use super::authority::changed;
use super::users::Invitation;
use crate::error::HubError;
use crate::model::name;
use crate::permissions::{TENANT_READ, TENANT_WRITE, TENANTS_READ, TENANTS_WRITE};
use crate::store::{self, entities, tenants::Change};

/// How long a deleted tenant can be had back.
pub(crate) const GRACE_MS: i64 = 30 * 24 * 3_600_000;

/// A tenant and how many members it has.
#[derive(Debug, Clone)]
pub(crate) struct Tenant {
    pub row: entities::tenant::Model,
    pub users: i64,
}

/// What a tenant decides for itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Settings {
    /// Whom its members ask when something does not work: an address or a sentence.
    pub support_contact: Option<String>,
    /// It was made to look at. Nobody sets or unsets that.
    pub is_demo: bool,
}

/// A tenant to be made, and who is to administer it.
#[derive(Debug)]
pub(crate) struct NewTenant {
    pub name: String,
    pub administrator: Invitation,
}

/// Which way a tenant goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    Suspend,
    Resume,
    Delete,
}

impl Settings {
    pub fn of(tenant: &entities::tenant::Model) -> Self {
        serde_json::from_str(&tenant.settings).unwrap_or_default()
    }
}

impl Hub {
    pub(crate) async fn tenants(
        &self,
        caller: &Caller,
        (search, state): (Option<&str>, Option<&str>),
        (after, limit): (Option<(String, Uuid)>, u64),
    ) -> Result<Page<Tenant>, HubError> {
        caller.require(TENANTS_READ)?;
        let rows = store::tenants::list(self.database(), (search, state), after, limit).await?;
        let page = Page::cut(rows, limit, |row| (row.name.clone(), row.id));
        let ids: Vec<Uuid> = page.items.iter().map(|row| row.id).collect();
        let users = store::tenants::users(self.database(), &ids).await?;
        Ok(page.map(|row| counted(row, &users)))
    }

    pub(crate) async fn tenant(&self, caller: &Caller, id: TenantId) -> Result<Tenant, HubError> {
        caller.require(TENANTS_READ)?;
        self.read_tenant(id).await
    }

    /// The caller's own.
    pub(crate) async fn own_tenant(&self, caller: &Caller) -> Result<Tenant, HubError> {
        caller.require(TENANT_READ)?;
        self.read_tenant(caller.tenant()).await
    }

    async fn read_tenant(&self, id: TenantId) -> Result<Tenant, HubError> {
        let row = store::tenants::by_id(self.database().read(), id).await?;
        let row = row.ok_or(HubError::NotFound("tenant"))?;
        let users = store::tenants::users(self.database(), &[id.0]).await?;
        Ok(counted(row, &users))
    }

    /// Makes a tenant with its built-in roles and an invited administrator.
    pub(crate) async fn create_tenant(
        &self,
        caller: &Caller,
        new: NewTenant,
    ) -> Result<Tenant, HubError> {
        caller.require(TENANTS_WRITE)?;
        let tenant_name = name::parse("name", &new.name)?;
        let (tenant, now_ms) = (TenantId::new(), self.now_ms());
        let transaction = self.database().begin().await?;
        let slug = store::tenants::free_slug(&transaction, &tenant_name).await?;
        let named = (tenant_name.as_str(), slug);
        let row = store::tenants::insert_with_slug(&transaction, tenant, named, now_ms).await;
        let text = "a tenant of this name is being made at this moment: try again";
        let row = row.map_err(|error| super::authority::taken(error, "name_taken", text))?;
        let administrator = self.give_builtin_roles(&transaction, tenant).await?;
        let invited = self.add_invited(&transaction, tenant, &new.administrator).await?;
        store::roles::give(&transaction, tenant, invited.membership, administrator).await?;
        self.send_invitation(&transaction, caller, &row, &invited).await?;
        let detail = json!({
            "name": row.name, "slug": row.slug, "administrator": invited.email.as_str(),
        });
        let entry = Entry::new("hub.tenant.created", "tenant", tenant).with(detail);
        self.finish(transaction, caller, entry).await?;
        Ok(Tenant { row, users: 1 })
    }

    /// Renames a tenant.
    pub(crate) async fn rename_tenant(
        &self,
        caller: &Caller,
        (id, version): (TenantId, i64),
        new_name: &str,
    ) -> Result<Tenant, HubError> {
        caller.require(TENANTS_WRITE)?;
        let name = Some(name::parse("name", new_name)?);
        self.change_tenant(caller, (id, version), (name, None)).await
    }

    /// Changes the caller's own tenant.
    pub(crate) async fn change_own_tenant(
        &self,
        caller: &Caller,
        version: i64,
        (new_name, settings): (Option<&str>, Option<Settings>),
    ) -> Result<Tenant, HubError> {
        caller.require(TENANT_WRITE)?;
        let new_name = new_name.map(|text| name::parse("name", text)).transpose()?;
        if let Some(contact) = settings.as_ref().and_then(|given| given.support_contact.as_ref()) {
            name::parse("settings/support_contact", contact)?;
        }
        self.change_tenant(caller, (caller.tenant(), version), (new_name, settings)).await
    }

    async fn change_tenant(
        &self,
        caller: &Caller,
        (id, version): (TenantId, i64),
        (new_name, settings): (Option<String>, Option<Settings>),
    ) -> Result<Tenant, HubError> {
        let transaction = self.database().begin().await?;
        let row = store::tenants::by_id(&*transaction, id).await?;
        let row = row.ok_or(HubError::NotFound("tenant"))?;
        let is_demo = Settings::of(&row).is_demo;
        let settings = settings.map(|settings| json!(Settings { is_demo, ..settings }).to_string());
        let change = Change {
            name: new_name.unwrap_or_else(|| row.name.clone()),
            settings: settings.unwrap_or_else(|| row.settings.clone()),
            ..unchanged(&row)
        };
        let detail = (as_audited(&unchanged(&row)), as_audited(&change));
        if !store::tenants::change(&transaction, (id, version), change).await? {
            return Err(HubError::Stale("tenant"));
        }
        let entry = Entry::new("hub.tenant.changed", "tenant", id);
        self.finish(transaction, about(caller, id), changed(entry, &detail.0, &detail.1)).await?;
        self.read_tenant(id).await
    }

    /// Suspends a tenant, resumes it, or has it deleted after a time of grace. Its members and keys
    /// are refused from now on, or no longer.
    pub(crate) async fn turn_tenant(
        &self,
        caller: &Caller,
        id: TenantId,
        turn: Turn,
    ) -> Result<Tenant, HubError> {
        caller.require(TENANTS_WRITE)?;
        let transaction = self.database().begin().await?;
        let row = store::tenants::locked(&transaction, id).await?;
        let row = row.ok_or(HubError::NotFound("tenant"))?;
        if row.is_platform {
            let reason = "the platform's own tenant always works: who else would resume it".into();
            return Err(HubError::Conflict { code: "platform_tenant", reason });
        }
        let (action, state, delete_at_ms) = match turn {
            Turn::Suspend if row.state == store::tenants::DELETING => {
                let reason = "this tenant is being deleted: resume it first".into();
                return Err(HubError::Conflict { code: "tenant_deleting", reason });
            }
            Turn::Suspend => ("hub.tenant.suspended", store::tenants::SUSPENDED, None),
            Turn::Resume => ("hub.tenant.resumed", store::tenants::ACTIVE, None),
            Turn::Delete => {
                let at_ms = row.delete_at_ms.unwrap_or(self.now_ms() + GRACE_MS);
                ("hub.tenant.deleted", store::tenants::DELETING, Some(at_ms))
            }
        };
        if row.state == state {
            transaction.roll_back().await?;
            return self.read_tenant(id).await;
        }
        let change = Change { state: state.to_owned(), delete_at_ms, ..unchanged(&row) };
        let detail = (as_audited(&unchanged(&row)), as_audited(&change));
        store::tenants::change(&transaction, (id, row.version), change).await?;
        let entry = Entry::new(action, "tenant", id);
        self.finish(transaction, about(caller, id), changed(entry, &detail.0, &detail.1)).await?;
        self.read_tenant(id).await
    }

    /// Removes the tenants whose time of grace is over.
    pub(crate) async fn remove_due_tenants(&self) -> Result<(), HubError> {
        for due in store::tenants::due(self.database(), self.now_ms()).await? {
            let (id, transaction) = (TenantId(due.id), self.database().begin().await?);
            // It may have been resumed, or another process was quicker.
            let row = store::tenants::locked(&transaction, id).await?;
            let is_due = |row: &entities::tenant::Model| {
                row.state == store::tenants::DELETING
                    && row.delete_at_ms.is_some_and(|at_ms| at_ms <= self.now_ms())
            };
            if !row.as_ref().is_some_and(is_due) {
                continue;
            }
            store::tenants::remove(&transaction, id).await?;
            let entry = Entry::new("hub.tenant.removed", "tenant", id)
                .with(json!({ "name": due.name, "slug": due.slug }));
            self.finish(transaction, Actor::system(id, "removal of deleted tenants"), entry)
                .await?;
            tracing::info!(tenant = %id, "a deleted tenant was removed");
        }
        Ok(())
    }
}

/// What an operator does to a tenant stands in that tenant's own trail.
fn about(caller: &Caller, tenant: TenantId) -> Actor {
    Actor { tenant, ..Actor::from(caller) }
}

fn counted(row: entities::tenant::Model, users: &BTreeMap<Uuid, i64>) -> Tenant {
    let users = users.get(&row.id).copied().unwrap_or_default();
    Tenant { row, users }
}

fn unchanged(row: &entities::tenant::Model) -> Change {
    Change {
        name: row.name.clone(),
        state: row.state.clone(),
        delete_at_ms: row.delete_at_ms,
        settings: row.settings.clone(),
    }
}

fn as_audited(change: &Change) -> serde_json::Value {
    let settings: serde_json::Value = serde_json::from_str(&change.settings).unwrap_or_default();
    json!({
        "name": change.name,
        "state": change.state,
        "delete_at": change.delete_at_ms.map(suite_kit::clock::rfc3339),
        "settings": settings,
    })
}
