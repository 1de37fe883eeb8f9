//! Who may change whom.
//!
//! A permission to change users, groups, roles or keys is not a way to more: whoever gives, changes
//! or takes away a role, a membership of a group, or a key must hold all that it gives, and whoever
//! changes a member must hold all that the member holds. So a narrow tenant administrator can look
//! after those below them, and never become, lock out or sign in as one above.
//!
//! What changes who may do what is done under a lock of the tenant, one change after the other, so
//! that two changes that are fine alone cannot together leave a tenant without an administrator.

use std::collections::BTreeSet;

use sea_orm::ConnectionTrait;
use serde_json::{Map, Value, json};
use suite_contracts::{EventName, Permission, Reach, TenantId};
use suite_kit::audit::{self, Actor, Entry};
use suite_kit::auth::Caller;
use suite_kit::db::Transaction;
use suite_kit::events;
use uuid::Uuid;

use super::Hub;
use crate::error::HubError;
use crate::permissions::ADMINISTRATOR;
use crate::store::{self, entities};

/// Ids in one request.
pub(crate) const IDS_MAX: usize = 200;

impl Hub {
    /// Begins a change of who may do what in a tenant.
    pub(super) async fn begin_in(
        &self,
        tenant: TenantId,
    ) -> Result<(Transaction, entities::tenant::Model), HubError> {
        let transaction = self.database().begin().await?;
        let locked = store::tenants::locked(&transaction, tenant).await?;
        Ok((transaction, locked.ok_or(HubError::NotFound("tenant"))?))
    }

    /// Ends a use case: its event, its audit record and what it did, all or nothing.
    pub(super) async fn finish(
        &self,
        transaction: Transaction,
        actor: impl Into<Actor>,
        entry: Entry,
    ) -> Result<(), HubError> {
        let actor = actor.into();
        self.publish(&transaction, &actor, &entry).await?;
        audit::commit(transaction, self.clock(), actor, entry).await?;
        Ok(())
    }

    /// One of several things that a use case does: its event and its audit record.
    pub(super) async fn finish_part(
        &self,
        transaction: &Transaction,
        actor: &Actor,
        entry: Entry,
    ) -> Result<(), HubError> {
        self.publish(transaction, actor, &entry).await?;
        audit::insert(transaction, self.clock(), actor, entry).await?;
        Ok(())
    }

    async fn publish(
        &self,
        transaction: &Transaction,
        actor: &Actor,
        entry: &Entry,
    ) -> Result<(), HubError> {
        let name = EventName::new(entry.action);
        let (subject, data) = (entry.subject_id.clone(), with_author(&entry.detail, actor));
        events::publish(transaction, self.clock(), actor.tenant, name, subject, data).await?;
        Ok(())
    }

    /// Refuses to give, change or take away what the caller does not hold.
    pub(super) fn hold(
        caller: &Caller,
        permissions: impl IntoIterator<Item = String>,
    ) -> Result<(), HubError> {
        let held = &caller.identity.permissions;
        match permissions.into_iter().find(|permission| !held.contains(permission)) {
            Some(permission) => Err(HubError::Exceeds { permission }),
            None => Ok(()),
        }
    }

    /// What these roles give together.
    pub(super) fn given_by<'a>(
        &self,
        roles: impl IntoIterator<Item = &'a entities::role::Model>,
        is_platform: bool,
    ) -> BTreeSet<String> {
        roles.into_iter().flat_map(|role| self.grants(role, is_platform)).collect()
    }

    /// Refuses the caller who does not hold all that a member holds.
    pub(super) async fn require_over(
        &self,
        transaction: &Transaction,
        caller: &Caller,
        tenant: &entities::tenant::Model,
        membership: Uuid,
    ) -> Result<(), HubError> {
        let id = TenantId(tenant.id);
        let roles = roles_of(&**transaction, id, membership).await?;
        Self::hold(caller, self.given_by(&roles, tenant.is_platform))
    }

    /// The roles of these ids, if the tenant has them and the caller holds what they give.
    pub(super) async fn givable_roles(
        &self,
        transaction: &Transaction,
        caller: &Caller,
        tenant: &entities::tenant::Model,
        ids: &BTreeSet<Uuid>,
    ) -> Result<Vec<entities::role::Model>, HubError> {
        bounded("role_ids", ids)?;
        let own = TenantId(tenant.id);
        let roles = store::roles::by_ids(&**transaction, own, ids.iter().copied()).await?;
        if roles.len() != ids.len() {
            return Err(unknown("role_ids", "there is no role of one of these ids"));
        }
        Self::hold(caller, self.given_by(&roles, tenant.is_platform))?;
        Ok(roles)
    }

    /// The groups of these ids, if the tenant has them and the caller holds what they give.
    pub(super) async fn givable_groups(
        &self,
        transaction: &Transaction,
        caller: &Caller,
        tenant: &entities::tenant::Model,
        ids: &BTreeSet<Uuid>,
    ) -> Result<Vec<entities::user_group::Model>, HubError> {
        bounded("group_ids", ids)?;
        let own = TenantId(tenant.id);
        let groups = store::groups::by_ids(&**transaction, own, ids.iter().copied()).await?;
        if groups.len() != ids.len() {
            return Err(unknown("group_ids", "there is no group of one of these ids"));
        }
        let ids: Vec<Uuid> = ids.iter().copied().collect();
        self.hold_groups(transaction, caller, tenant, &ids).await?;
        Ok(groups)
    }

    /// Refuses the caller who does not hold what these groups give.
    pub(super) async fn hold_groups(
        &self,
        transaction: &Transaction,
        caller: &Caller,
        tenant: &entities::tenant::Model,
        groups: &[Uuid],
    ) -> Result<(), HubError> {
        let own = TenantId(tenant.id);
        let given = store::groups::roles(&**transaction, own, groups).await?;
        let given = given.into_iter().map(|given| given.role_id);
        let roles = store::roles::by_ids(&**transaction, own, given).await?;
        Self::hold(caller, self.given_by(&roles, tenant.is_platform))
    }

    /// Refuses a change after which nobody could administer the tenant.
    pub(super) async fn keep_an_administrator(
        transaction: &Transaction,
        tenant: TenantId,
    ) -> Result<(), HubError> {
        let role = store::roles::by_name(&**transaction, tenant, ADMINISTRATOR).await?;
        let role =
            role.ok_or_else(|| HubError::Internal("a tenant has no built-in roles".into()))?;
        if store::members::active_with_role(transaction, tenant, role.id.into()).await? > 0 {
            return Ok(());
        }
        let reason = "this would leave the tenant without an active administrator: make somebody \
                      else one first"
            .to_owned();
        Err(HubError::Conflict { code: "last_administrator", reason })
    }

    /// Permissions by name, each known and held by the caller.
    pub(super) fn givable_permissions(
        &self,
        caller: &Caller,
        names: &BTreeSet<String>,
    ) -> Result<Vec<String>, HubError> {
        let known = self.known_permissions();
        if let Some(name) = names.iter().find(|name| !known.iter().any(|one| one.name == **name)) {
            let shown: String = name.chars().take(100).collect();
            let reason = format!("no service knows a permission {shown:?}");
            return Err(HubError::Invalid { field: "permissions", reason });
        }
        Self::hold(caller, names.iter().cloned())?;
        Ok(names.iter().cloned().collect())
    }

    /// What there is to give, with the reach that the caller's tenant has.
    pub(crate) fn permissions(&self, caller: &Caller) -> Result<Vec<Permission>, HubError> {
        caller.require(crate::permissions::ROLES_READ)?;
        Ok(self.known_permissions().to_vec())
    }

    /// What counts of these in a tenant: what services know, and what reaches no further.
    pub(super) fn effective(&self, names: &str, is_platform: bool) -> BTreeSet<String> {
        let names: Vec<String> = serde_json::from_str(names).unwrap_or_default();
        let known = self.known_permissions();
        let counts = |name: &String| {
            let reaches = |one: &&Permission| is_platform || one.reach == Reach::Tenant;
            known.iter().filter(reaches).any(|one| one.name == name)
        };
        names.into_iter().filter(counts).collect()
    }
}

/// What an event tells of a mutation: what changed, and who did it.
fn with_author(detail: &Value, actor: &Actor) -> Value {
    let mut data = match detail {
        Value::Object(fields) => fields.clone(),
        _ => Map::new(),
    };
    let by = json!({ "kind": actor.kind, "id": actor.id, "name": actor.name });
    data.insert("by".to_owned(), by);
    Value::Object(data)
}

/// The roles that a member has, of their own and through groups.
async fn roles_of(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    membership: Uuid,
) -> Result<Vec<entities::role::Model>, HubError> {
    let own = store::roles::given(connection, tenant, &[membership]).await?;
    let groups = store::groups::of_members(connection, tenant, &[membership]).await?;
    let groups: Vec<Uuid> = groups.into_iter().map(|row| row.group_id).collect();
    let through = store::groups::roles(connection, tenant, &groups).await?;
    let ids = own.into_iter().map(|row| row.role_id);
    let ids: BTreeSet<Uuid> = ids.chain(through.into_iter().map(|row| row.role_id)).collect();
    Ok(store::roles::by_ids(connection, tenant, ids).await?)
}

pub(super) fn bounded(field: &'static str, ids: &BTreeSet<Uuid>) -> Result<(), HubError> {
    if ids.len() <= IDS_MAX {
        return Ok(());
    }
    Err(HubError::Invalid { field, reason: format!("at most {IDS_MAX} ids at once") })
}

pub(super) fn unknown(field: &'static str, reason: &str) -> HubError {
    HubError::Invalid { field, reason: reason.to_owned() }
}

/// An entry about what changed between two states of an object.
pub(super) fn changed(entry: Entry, before: &Value, after: &Value) -> Entry {
    entry.with(crate::model::change::between(before, after))
}

/// A write that met a row of the same unique value, told as what it means.
pub(super) fn taken(
    error: sea_orm::DbErr,
    code: &'static str,
    reason: impl Into<String>,
) -> HubError {
    if suite_kit::db::is_duplicate(&error) {
        return HubError::Conflict { code, reason: reason.into() };
    }
    error.into()
}
