//! The users of a tenant: persons, and their membership in it.
//!
//! A tenant's administrator manages the membership; the person stays their own: their address,
//! their password and their second factor are nobody else's to set, and their name only as long as
//! they belong to this tenant alone.

mod invite;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use suite_contracts::{GroupId, MembershipId, RoleId, TenantId, UserId};
use suite_kit::audit::Entry;
use suite_kit::auth::Caller;
use suite_kit::db::Transaction;
use suite_kit::page::{Order, Page};
use uuid::Uuid;

use super::Hub;
use super::authority::changed;
use crate::error::HubError;
use crate::model::name;
use crate::permissions::{USERS_READ, USERS_WRITE};
use crate::store::{self, entities, members};

pub(crate) use invite::Invitation;

/// A member of a tenant, as the API calls a user.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub member: entities::membership::Model,
    pub person: entities::person::Model,
    pub roles: Vec<(RoleId, String)>,
    pub groups: Vec<(GroupId, String)>,
    pub manager: Option<(UserId, String)>,
    pub now_ms: i64,
}

/// What to change of a user.
#[derive(Debug, Clone, Default)]
pub(crate) struct UserChange {
    pub name: Option<String>,
    /// Whether they may work in the tenant.
    pub is_active: Option<bool>,
    /// `Some(None)` for nobody.
    pub manager: Option<Option<UserId>>,
}

/// Levels of managers in a tenant.
const MANAGERS_MAX: usize = 50;

type Member = (entities::membership::Model, entities::person::Model);

impl User {
    pub fn id(&self) -> UserId {
        UserId(self.person.id)
    }

    pub fn is_invited(&self) -> bool {
        self.member.state == members::INVITED
    }

    pub fn state(&self) -> &str {
        let is_locked = self.person.locked_until_ms.is_some_and(|until| until > self.now_ms);
        if is_locked && self.member.state == members::ACTIVE {
            return members::LOCKED;
        }
        &self.member.state
    }

    /// Until somebody accepts they are called what the inviter calls them: that they have an
    /// account elsewhere is not told.
    pub fn name(&self) -> &str {
        let invited = self.member.invited_name.as_deref().filter(|_| self.is_invited());
        invited.unwrap_or(&self.person.name)
    }

    /// Of the membership and the person together: it rises when either changes.
    pub fn version(&self) -> i64 {
        version(&self.member, &self.person)
    }
}

fn version(member: &entities::membership::Model, person: &entities::person::Model) -> i64 {
    member.version + person.version
}

impl Hub {
    pub(crate) async fn users(
        &self,
        caller: &Caller,
        mut filter: members::Filter,
        sorted: (members::Sort, Order),
        (after, limit): (Option<(String, Uuid)>, u64),
    ) -> Result<Page<User>, HubError> {
        caller.require(USERS_READ)?;
        filter.now_ms = self.now_ms();
        let (tenant, database) = (caller.tenant(), self.database());
        let rows = members::list(database, tenant, &filter, sorted, (after, limit)).await?;
        let page = Page::cut(rows, limit, |(member, person)| {
            let text = match sorted.0 {
                members::Sort::Name => person.name.clone(),
                members::Sort::Email => person.email.clone(),
                members::Sort::Since => String::new(),
            };
            (text, member.id)
        });
        let items = self.whole_users(tenant, page.items).await?;
        Ok(Page { items, next: page.next })
    }

    pub(crate) async fn user(&self, caller: &Caller, id: UserId) -> Result<User, HubError> {
        caller.require(USERS_READ)?;
        self.read_user(caller.tenant(), id).await
    }

    pub(super) async fn read_user(&self, tenant: TenantId, id: UserId) -> Result<User, HubError> {
        let member = members::by_user(self.database().read(), tenant, id).await?;
        let member = member.ok_or(HubError::NotFound("user"))?;
        let user = self.whole_users(tenant, vec![member]).await?.pop();
        user.ok_or(HubError::NotFound("user"))
    }

    /// Members with their roles and groups.
    pub(super) async fn whole_users(
        &self,
        tenant: TenantId,
        members: Vec<Member>,
    ) -> Result<Vec<User>, HubError> {
        let connection = self.database().read();
        let ids: Vec<Uuid> = members.iter().map(|(member, _)| member.id).collect();
        let given = store::roles::given(connection, tenant, &ids).await?;
        let grouped = store::groups::of_members(connection, tenant, &ids).await?;
        let role_ids: BTreeSet<Uuid> = given.iter().map(|row| row.role_id).collect();
        let group_ids: BTreeSet<Uuid> = grouped.iter().map(|row| row.group_id).collect();
        let roles = store::roles::by_ids(connection, tenant, role_ids).await?;
        let groups = store::groups::by_ids(connection, tenant, group_ids).await?;
        let managers = self.managers_of(tenant, &members).await?;
        let of = |pairs: &[(Uuid, Uuid)], member: Uuid| -> BTreeSet<Uuid> {
            pairs.iter().filter(|pair| pair.0 == member).map(|pair| pair.1).collect()
        };
        let given: Vec<_> = given.iter().map(|row| (row.membership_id, row.role_id)).collect();
        let grouped: Vec<_> = grouped.iter().map(|row| (row.membership_id, row.group_id)).collect();
        let now_ms = self.now_ms();
        let whole = members.into_iter().map(|(member, person)| {
            let (own_roles, own_groups) = (of(&given, member.id), of(&grouped, member.id));
            let roles = roles.iter().filter(|role| own_roles.contains(&role.id));
            let groups = groups.iter().filter(|group| own_groups.contains(&group.id));
            User {
                roles: roles.map(|role| (RoleId(role.id), role.name.clone())).collect(),
                groups: groups.map(|group| (GroupId(group.id), group.name.clone())).collect(),
                manager: managers.get(&member.id).cloned(),
                member,
                person,
                now_ms,
            }
        });
        Ok(whole.collect())
    }

    /// The manager of each membership that has one.
    async fn managers_of(
        &self,
        tenant: TenantId,
        rows: &[Member],
    ) -> Result<BTreeMap<Uuid, (UserId, String)>, HubError> {
        let ids: BTreeSet<Uuid> = rows.iter().filter_map(|(member, _)| member.manager_id).collect();
        let ids: Vec<Uuid> = ids.into_iter().collect();
        let managers = members::by_users(self.database().read(), tenant, &ids).await?;
        let manager_of = |member: &entities::membership::Model| {
            let is_theirs =
                |person: &&entities::person::Model| member.manager_id == Some(person.id);
            let person = managers.iter().map(|(_, person)| person).find(is_theirs)?;
            Some((member.id, (UserId(person.id), person.name.clone())))
        };
        Ok(rows.iter().filter_map(|(member, _)| manager_of(member)).collect())
    }

    /// Begins a change of a user: locks the tenant, and refuses a caller who holds less than them.
    pub(super) async fn begin_with_user(
        &self,
        caller: &Caller,
        id: UserId,
        expected: Option<i64>,
    ) -> Result<(Transaction, entities::tenant::Model, Member), HubError> {
        caller.require(USERS_WRITE)?;
        let (transaction, tenant) = self.begin_in(caller.tenant()).await?;
        let member = members::by_user(&*transaction, caller.tenant(), id).await?;
        let (member, person) = member.ok_or(HubError::NotFound("user"))?;
        if expected.is_some_and(|expected| expected != version(&member, &person)) {
            return Err(HubError::Stale("user"));
        }
        self.require_over(&transaction, caller, &tenant, member.id).await?;
        Ok((transaction, tenant, (member, person)))
    }

    /// Renames a user, disables them, or lets them in again.
    pub(crate) async fn change_user(
        &self,
        caller: &Caller,
        (id, expected): (UserId, i64),
        change: UserChange,
    ) -> Result<User, HubError> {
        caller.require(USERS_WRITE)?;
        let new_name = change.name.as_deref().map(|text| name::parse("name", text)).transpose()?;
        let (transaction, _, (member, person)) =
            self.begin_with_user(caller, id, Some(expected)).await?;
        let (tenant, membership) = (caller.tenant(), MembershipId(member.id));
        if member.state == members::INVITED {
            let reason = "they have not accepted yet: remove them to withdraw the invitation";
            let reason = reason.to_owned();
            return Err(HubError::Conflict { code: "invitation_open", reason });
        }
        if let Some(new_name) = new_name.as_ref().filter(|new_name| **new_name != person.name) {
            if members::tenants_of(&transaction, id).await? > 1 && caller.user() != Some(id) {
                let reason = "they belong to other tenants too: only they can change their name";
                let reason = reason.to_owned();
                return Err(HubError::Conflict { code: "person_shared", reason });
            }
            store::persons::rename(&transaction, id, new_name).await?;
        }
        let mut action = "hub.user.changed";
        let state = match change.is_active {
            Some(true) => members::ACTIVE,
            Some(false) => members::DISABLED,
            None => member.state.as_str(),
        };
        if state != member.state {
            members::set_state(&transaction, tenant, membership, state).await?;
            action = "hub.user.enabled";
            if state == members::DISABLED {
                action = "hub.user.disabled";
                Self::keep_an_administrator(&transaction, tenant).await?;
            }
        }
        let manager = change.manager.unwrap_or(member.manager_id.map(UserId));
        if manager.map(|manager| manager.0) != member.manager_id {
            Self::check_manager(&transaction, tenant, id, manager).await?;
            members::set_manager(&transaction, tenant, membership, manager).await?;
        }
        members::touch(&transaction, tenant, &[member.id]).await?;
        let before = json!({
            "name": person.name, "state": member.state, "manager_id": member.manager_id
        });
        let name = new_name.unwrap_or(person.name);
        let after = json!({ "name": name, "state": state, "manager_id": manager });
        let entry = changed(Entry::new(action, "user", id), &before, &after);
        self.finish(transaction, caller, entry).await?;
        self.read_user(tenant, id).await
    }

    /// A manager is an active member, and nobody manages themself, however many stand between.
    async fn check_manager(
        transaction: &Transaction,
        tenant: TenantId,
        user: UserId,
        manager: Option<UserId>,
    ) -> Result<(), HubError> {
        let invalid =
            |reason: &str| HubError::Invalid { field: "manager_id", reason: reason.to_owned() };
        let Some(manager) = manager else { return Ok(()) };
        let member = members::by_user(&**transaction, tenant, manager).await?;
        if member.is_none_or(|(member, _)| member.state != members::ACTIVE) {
            return Err(invalid("choose an active user of this tenant"));
        }
        let mut above = Some(manager);
        for _ in 0..MANAGERS_MAX {
            match above {
                None => return Ok(()),
                Some(one) if one == user => {
                    return Err(invalid("nobody can be above themself"));
                }
                Some(one) => above = members::manager_of(&**transaction, tenant, one).await?,
            }
        }
        Err(invalid("too many managers stand above one another"))
    }

    /// Gives a user these roles, and no others.
    pub(crate) async fn give_roles(
        &self,
        caller: &Caller,
        (id, expected): (UserId, i64),
        roles: BTreeSet<Uuid>,
    ) -> Result<User, HubError> {
        let (transaction, tenant, member) =
            self.begin_with_user(caller, id, Some(expected)).await?;
        let membership = MembershipId(member.0.id);
        let before = Self::standing_in(&transaction, caller.tenant(), member.0.id).await?;
        self.givable_roles(&transaction, caller, &tenant, &roles).await?;
        let roles: Vec<Uuid> = roles.into_iter().collect();
        store::roles::replace(&transaction, caller.tenant(), membership, &roles).await?;
        self.finish_standing(transaction, caller, (id, member.0.id), &before).await
    }

    /// Puts a user into these groups, and no others.
    pub(crate) async fn put_into_groups(
        &self,
        caller: &Caller,
        (id, expected): (UserId, i64),
        groups: BTreeSet<Uuid>,
    ) -> Result<User, HubError> {
        let (transaction, tenant, member) =
            self.begin_with_user(caller, id, Some(expected)).await?;
        let membership = MembershipId(member.0.id);
        let before = Self::standing_in(&transaction, caller.tenant(), member.0.id).await?;
        self.givable_groups(&transaction, caller, &tenant, &groups).await?;
        let old = store::groups::of_members(&*transaction, caller.tenant(), &[member.0.id]).await?;
        let touched: BTreeSet<Uuid> = old.into_iter().map(|row| row.group_id).collect();
        let touched: Vec<Uuid> = touched.symmetric_difference(&groups).copied().collect();
        let groups: Vec<Uuid> = groups.into_iter().collect();
        store::groups::replace_groups(&transaction, caller.tenant(), membership, &groups).await?;
        store::groups::touch(&transaction, caller.tenant(), touched).await?;
        self.finish_standing(transaction, caller, (id, member.0.id), &before).await
    }

    async fn finish_standing(
        &self,
        transaction: Transaction,
        caller: &Caller,
        (id, membership): (UserId, Uuid),
        before: &Value,
    ) -> Result<User, HubError> {
        let tenant = caller.tenant();
        Self::keep_an_administrator(&transaction, tenant).await?;
        members::touch(&transaction, tenant, &[membership]).await?;
        let after = Self::standing_in(&transaction, tenant, membership).await?;
        let entry = Entry::new("hub.user.roles-changed", "user", id);
        self.finish(transaction, caller, changed(entry, before, &after)).await?;
        self.read_user(tenant, id).await
    }

    /// The names of a member's roles and groups, as the transaction sees them.
    async fn standing_in(
        transaction: &Transaction,
        tenant: TenantId,
        membership: Uuid,
    ) -> Result<Value, HubError> {
        let given = store::roles::given(&**transaction, tenant, &[membership]).await?;
        let ids = given.into_iter().map(|row| row.role_id);
        let roles = store::roles::by_ids(&**transaction, tenant, ids).await?;
        let grouped = store::groups::of_members(&**transaction, tenant, &[membership]).await?;
        let ids = grouped.into_iter().map(|row| row.group_id);
        let groups = store::groups::by_ids(&**transaction, tenant, ids).await?;
        let roles: Vec<String> = roles.into_iter().map(|role| role.name).collect();
        let groups: Vec<String> = groups.into_iter().map(|group| group.name).collect();
        Ok(json!({ "roles": roles, "groups": groups }))
    }

    /// Takes a user out of the tenant. A person who is a member of no other is forgotten.
    pub(crate) async fn remove_user(
        &self,
        caller: &Caller,
        (id, expected): (UserId, i64),
    ) -> Result<(), HubError> {
        let (transaction, _, (member, person)) =
            self.begin_with_user(caller, id, Some(expected)).await?;
        let tenant = caller.tenant();
        let grouped = store::groups::of_members(&*transaction, tenant, &[member.id]).await?;
        let groups = grouped.into_iter().map(|row| row.group_id);
        store::groups::touch(&transaction, tenant, groups).await?;
        members::release(&transaction, tenant, id).await?;
        members::remove(&transaction, tenant, MembershipId(member.id)).await?;
        if member.state == members::ACTIVE {
            Self::keep_an_administrator(&transaction, tenant).await?;
        }
        store::persons::remove_without_tenant(&transaction, id).await?;
        let before = json!({ "email": person.email, "state": member.state });
        let entry = Entry::new("hub.user.removed", "user", id).with(json!({ "before": before }));
        self.finish(transaction, caller, entry).await
    }

    /// Ends all sessions of a user.
    pub(crate) async fn end_user_sessions(
        &self,
        caller: &Caller,
        id: UserId,
    ) -> Result<(), HubError> {
        let (transaction, ..) = self.begin_with_user(caller, id, None).await?;
        let ended = store::sessions::end_all(&transaction, id, None, self.now_ms()).await?;
        let entry = Entry::new("hub.user.sessions-ended", "user", id);
        self.finish(transaction, caller, entry.with(json!({ "sessions": ended }))).await
    }

    /// Lets a user try again who was locked out after failed logins.
    pub(crate) async fn unlock_user(&self, caller: &Caller, id: UserId) -> Result<(), HubError> {
        let (transaction, ..) = self.begin_with_user(caller, id, None).await?;
        self.unlock(&transaction, id).await?;
        let entry = Entry::new("hub.user.unlocked", "user", id);
        self.finish(transaction, caller, entry).await
    }
}
