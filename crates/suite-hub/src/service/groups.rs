//! Groups of a tenant's users, and the roles that they give.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use suite_contracts::{GroupId, RoleId, TenantId};
use suite_kit::audit::Entry;
use suite_kit::auth::Caller;
use suite_kit::db::Transaction;
use suite_kit::page::Page;
use uuid::Uuid;

use super::Hub;
use super::authority::{bounded, changed, taken, unknown};
use super::users::User;
use crate::error::HubError;
use crate::model::name;
use crate::permissions::{GROUPS_READ, GROUPS_WRITE};
use crate::store::{self, entities};

/// Addresses and ids of people, by the id that they have as members.
type Roll = BTreeMap<Uuid, (String, Uuid)>;

/// Those who come and go in one event and one record: with the longest addresses half of what an
/// event holds.
const CHANGES_IN_A_RECORD_MAX: usize = 100;

/// A group, the roles that it gives, and how many are in it.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub row: entities::user_group::Model,
    pub roles: Vec<(RoleId, String)>,
    pub members: i64,
}

/// What a group is to be.
#[derive(Debug, Clone)]
pub(crate) struct GroupContent {
    pub name: String,
    pub description: String,
    pub roles: BTreeSet<Uuid>,
}

/// What to change of a group.
#[derive(Debug, Clone, Default)]
pub(crate) struct GroupChange {
    pub name: Option<String>,
    pub description: Option<String>,
    pub roles: Option<BTreeSet<Uuid>>,
}

impl Hub {
    pub(crate) async fn groups(
        &self,
        caller: &Caller,
        search: Option<&str>,
        (after, limit): (Option<(String, Uuid)>, u64),
    ) -> Result<Page<Group>, HubError> {
        caller.require(GROUPS_READ)?;
        let tenant = caller.tenant();
        let rows = store::groups::list(self.database(), tenant, search, after, limit).await?;
        let page = Page::cut(rows, limit, |row| (row.name.clone(), row.id));
        let items = self.whole_groups(tenant, page.items).await?;
        Ok(Page { items, next: page.next })
    }

    pub(crate) async fn group(&self, caller: &Caller, id: GroupId) -> Result<Group, HubError> {
        caller.require(GROUPS_READ)?;
        self.read_group(caller.tenant(), id).await
    }

    async fn read_group(&self, tenant: TenantId, id: GroupId) -> Result<Group, HubError> {
        let row = store::groups::by_id(self.database().read(), tenant, id).await?;
        let row = row.ok_or(HubError::NotFound("group"))?;
        let group = self.whole_groups(tenant, vec![row]).await?.pop();
        group.ok_or(HubError::NotFound("group"))
    }

    async fn whole_groups(
        &self,
        tenant: TenantId,
        rows: Vec<entities::user_group::Model>,
    ) -> Result<Vec<Group>, HubError> {
        let (database, connection) = (self.database(), self.database().read());
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let sizes = store::groups::sizes(database, tenant, &ids).await?;
        let given = store::groups::roles(connection, tenant, &ids).await?;
        let role_ids: BTreeSet<Uuid> = given.iter().map(|row| row.role_id).collect();
        let roles = store::roles::by_ids(connection, tenant, role_ids).await?;
        let whole = rows.into_iter().map(|row| {
            let gives = |role: &&entities::role::Model| {
                given.iter().any(|given| given.group_id == row.id && given.role_id == role.id)
            };
            let roles = roles.iter().filter(gives);
            let roles = roles.map(|role| (RoleId(role.id), role.name.clone())).collect();
            let members = sizes.get(&row.id).copied().unwrap_or_default();
            Group { row, roles, members }
        });
        Ok(whole.collect())
    }

    pub(crate) async fn create_group(
        &self,
        caller: &Caller,
        content: GroupContent,
    ) -> Result<Group, HubError> {
        caller.require(GROUPS_WRITE)?;
        let (own, id) = (caller.tenant(), GroupId::new());
        let group_name = name::parse("name", &content.name)?;
        let description = name::parse_description(&content.description)?;
        let (transaction, tenant) = self.begin_in(own).await?;
        let roles = self.givable_roles(&transaction, caller, &tenant, &content.roles).await?;
        let texts = (group_name.as_str(), description.as_str());
        let made = store::groups::insert(&transaction, (id, own), texts, self.now_ms()).await;
        made.map_err(name_taken)?;
        let role_ids: Vec<Uuid> = content.roles.into_iter().collect();
        store::groups::replace_roles(&transaction, own, id, &role_ids).await?;
        let roles: Vec<&String> = roles.iter().map(|role| &role.name).collect();
        let detail = json!({ "name": group_name, "description": description, "roles": roles });
        let entry = Entry::new("hub.group.created", "group", id).with(detail);
        self.finish(transaction, caller, entry).await?;
        self.read_group(own, id).await
    }

    /// Begins a change of a group: locks the tenant, and refuses a caller who does not hold what the
    /// group gives.
    async fn begin_with_group(
        &self,
        caller: &Caller,
        (id, expected): (GroupId, i64),
    ) -> Result<(Transaction, entities::tenant::Model, entities::user_group::Model), HubError> {
        caller.require(GROUPS_WRITE)?;
        let (transaction, tenant) = self.begin_in(caller.tenant()).await?;
        let group = store::groups::by_id(&*transaction, caller.tenant(), id).await?;
        let group = group.ok_or(HubError::NotFound("group"))?;
        if group.version != expected {
            return Err(HubError::Stale("group"));
        }
        self.hold_groups(&transaction, caller, &tenant, &[id.0]).await?;
        Ok((transaction, tenant, group))
    }

    pub(crate) async fn change_group(
        &self,
        caller: &Caller,
        (id, expected): (GroupId, i64),
        change: GroupChange,
    ) -> Result<Group, HubError> {
        let (transaction, tenant, group) = self.begin_with_group(caller, (id, expected)).await?;
        let own = caller.tenant();
        let new_name = change.name.as_deref().unwrap_or(&group.name);
        let new_name = name::parse("name", new_name)?;
        let description = change.description.as_deref().unwrap_or(&group.description);
        let description = name::parse_description(description)?;
        let old_roles = role_names(&*transaction, own, id).await?;
        let mut before = json!({ "name": group.name, "description": group.description });
        let mut after = json!({ "name": new_name, "description": description });
        let ids = (own, id, expected);
        let changing = store::groups::change(&transaction, ids, (&new_name, &description)).await;
        if !changing.map_err(name_taken)? {
            return Err(HubError::Stale("group"));
        }
        if let Some(roles) = change.roles {
            self.givable_roles(&transaction, caller, &tenant, &roles).await?;
            let roles: Vec<Uuid> = roles.into_iter().collect();
            store::groups::replace_roles(&transaction, own, id, &roles).await?;
            Self::keep_an_administrator(&transaction, own).await?;
            before["roles"] = json!(old_roles);
            after["roles"] = json!(role_names(&*transaction, own, id).await?);
        }
        let entry = changed(Entry::new("hub.group.changed", "group", id), &before, &after);
        self.finish(transaction, caller, entry).await?;
        self.read_group(own, id).await
    }

    pub(crate) async fn remove_group(
        &self,
        caller: &Caller,
        (id, expected): (GroupId, i64),
    ) -> Result<(), HubError> {
        let (transaction, _, group) = self.begin_with_group(caller, (id, expected)).await?;
        let own = caller.tenant();
        let members = store::groups::members(&*transaction, own, id).await?;
        store::members::touch(&transaction, own, &members).await?;
        store::groups::remove(&transaction, own, id).await?;
        Self::keep_an_administrator(&transaction, own).await?;
        let before = json!({ "name": group.name, "members": members.len() });
        let entry = Entry::new("hub.group.removed", "group", id).with(json!({ "before": before }));
        self.finish(transaction, caller, entry).await
    }

    /// A group's version and who is in it.
    pub(crate) async fn group_members(
        &self,
        caller: &Caller,
        id: GroupId,
    ) -> Result<(i64, Vec<User>), HubError> {
        caller.require(GROUPS_READ)?;
        self.read_group_members(caller.tenant(), id).await
    }

    async fn read_group_members(
        &self,
        tenant: TenantId,
        id: GroupId,
    ) -> Result<(i64, Vec<User>), HubError> {
        let connection = self.database().read();
        let group = store::groups::by_id(connection, tenant, id).await?;
        let group = group.ok_or(HubError::NotFound("group"))?;
        let ids = store::groups::members(connection, tenant, id).await?;
        let members = store::members::by_memberships(connection, tenant, &ids).await?;
        Ok((group.version, self.whole_users(tenant, members).await?))
    }

    /// From now on these users are in the group, and no others.
    pub(crate) async fn set_group_members(
        &self,
        caller: &Caller,
        (id, expected): (GroupId, i64),
        users: BTreeSet<Uuid>,
    ) -> Result<(i64, Vec<User>), HubError> {
        let (transaction, _, group) = self.begin_with_group(caller, (id, expected)).await?;
        bounded("user_ids", &users)?;
        let own = caller.tenant();
        let asked: Vec<Uuid> = users.iter().copied().collect();
        let members = store::members::by_users(&*transaction, own, &asked).await?;
        if members.len() != users.len() {
            return Err(unknown("user_ids", "there is no user of one of these ids"));
        }
        let old = store::groups::members(&*transaction, own, id).await?;
        let old = store::members::by_memberships(&*transaction, own, &old).await?;
        let by_id = |members: Vec<(entities::membership::Model, entities::person::Model)>| {
            let named =
                members.into_iter().map(|(member, person)| (member.id, (person.email, person.id)));
            named.collect::<Roll>()
        };
        let (old, new) = (by_id(old), by_id(members));
        let ids: Vec<Uuid> = new.keys().copied().collect();
        store::groups::replace_members(&transaction, own, id, &ids).await?;
        let differ: Vec<Uuid> = old
            .keys()
            .chain(new.keys())
            .filter(|id| old.contains_key(id) != new.contains_key(id))
            .copied()
            .collect();
        store::members::touch(&transaction, own, &differ).await?;
        store::groups::touch(&transaction, own, [id.0]).await?;
        Self::keep_an_administrator(&transaction, own).await?;
        let entry = |detail| Entry::new("hub.group.members-changed", "group", id).with(detail);
        let mut entries = members_changed(&group.name, &old, &new).into_iter().map(entry);
        let last = entries.next_back().unwrap_or_else(|| entry(Value::Null));
        for earlier in entries {
            self.finish_part(&transaction, &caller.into(), earlier).await?;
        }
        self.finish(transaction, caller, last).await?;
        self.read_group_members(own, id).await
    }
}

/// Who came and who went, by address for people and by id for programs; in as many parts as events
/// and records hold.
fn members_changed(group: &str, old: &Roll, new: &Roll) -> Vec<Value> {
    let missing = |from: &Roll, to: &Roll| {
        let gone = from.iter().filter(|(id, _)| !to.contains_key(id));
        gone.map(|(_, person)| person.clone()).collect::<Vec<_>>()
    };
    let part = |added: &[(String, Uuid)], removed: &[(String, Uuid)]| {
        let ((added, added_ids), (removed, removed_ids)): ((Vec<_>, Vec<_>), (Vec<_>, Vec<_>)) =
            (added.iter().cloned().unzip(), removed.iter().cloned().unzip());
        json!({
            "group": group,
            "added": added, "added_ids": added_ids,
            "removed": removed, "removed_ids": removed_ids,
        })
    };
    let (added, removed) = (missing(new, old), missing(old, new));
    if added.len().saturating_add(removed.len()) <= CHANGES_IN_A_RECORD_MAX {
        return vec![part(&added, &removed)];
    }
    let came = added.chunks(CHANGES_IN_A_RECORD_MAX).map(|added| part(added, &[]));
    let went = removed.chunks(CHANGES_IN_A_RECORD_MAX).map(|removed| part(&[], removed));
    came.chain(went).collect()
}

async fn role_names(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    group: GroupId,
) -> Result<Vec<String>, HubError> {
    let given = store::groups::roles(connection, tenant, &[group.0]).await?;
    let ids = given.into_iter().map(|row| row.role_id);
    let roles = store::roles::by_ids(connection, tenant, ids).await?;
    Ok(roles.into_iter().map(|role| role.name).collect())
}

fn name_taken(error: sea_orm::DbErr) -> HubError {
    taken(error, "name_taken", "there is a group of this name already")
}

#[cfg(test)]
mod tests {
    use suite_kit::events::DATA_BYTES_MAX;

    use super::*;

    fn roll(numbers: std::ops::Range<u128>) -> Roll {
        let person = |number| {
            let id = Uuid::from_u128(number);
            (id, (format!("{number:0>242}@example.com"), id))
        };
        numbers.map(person).collect()
    }

    /// Found: four hundred people with long addresses did not fit into one event, and the whole
    /// change was refused.
    #[test]
    fn many_members_are_told_of_in_parts() {
        let parts = members_changed("Ops", &roll(0..200), &roll(200..400));
        assert!(parts.iter().all(|part| part.to_string().len() < DATA_BYTES_MAX));
        let ids = |field: &str| {
            let named = parts.iter().filter_map(|part| part[field].as_array());
            named.flatten().cloned().collect::<std::collections::HashSet<_>>().len()
        };
        assert_eq!((ids("added_ids"), ids("removed_ids")), (200, 200));
        let few = members_changed("Ops", &roll(0..50), &roll(49..99));
        assert_eq!(few.len(), 1, "what fits is told at once");
        assert_eq!(members_changed("Ops", &roll(0..5), &roll(0..5)).len(), 1);
    }
}
