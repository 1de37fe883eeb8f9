//! Who is in a tenant, for services that assign, ask and notify people, and for whoever chooses
//! somebody by name.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use sea_orm::DbErr;
use suite_contracts::{GroupId, TenantId, UserId};
use suite_kit::auth::{
    Caller, Group, Member, Named, PEOPLE_IDS_MAX, People, PeopleAnswer, PeopleError, PeopleQuery,
};
use suite_kit::page::{Order, Page};
use uuid::Uuid;

use super::Hub;
use crate::error::HubError;
use crate::permissions::{INTROSPECT, PEOPLE_READ};
use crate::store;
use crate::store::members::{self, Among};

#[async_trait]
impl People for Hub {
    async fn members(
        &self,
        tenant: TenantId,
        ids: &BTreeSet<UserId>,
    ) -> Result<Vec<Member>, PeopleError> {
        Ok(self.members_of(tenant, ids).await?)
    }

    async fn members_by_email(
        &self,
        tenant: TenantId,
        emails: &BTreeSet<String>,
    ) -> Result<Vec<Member>, PeopleError> {
        Ok(self.described(tenant, Among::Emails(emails)).await?)
    }

    async fn groups(
        &self,
        tenant: TenantId,
        ids: &BTreeSet<GroupId>,
    ) -> Result<Vec<Group>, PeopleError> {
        self.groups_of(tenant, ids).await.map_err(|error| PeopleError(error.to_string()))
    }

    async fn named(
        &self,
        tenant: TenantId,
        users: &BTreeSet<UserId>,
        groups: &BTreeSet<GroupId>,
    ) -> Result<Named, PeopleError> {
        self.names_of(tenant, users, groups).await.map_err(|error| PeopleError(error.to_string()))
    }

    async fn tenant_is_active(&self, tenant: TenantId) -> Result<bool, PeopleError> {
        self.is_active(tenant).await.map_err(|error| PeopleError(error.to_string()))
    }
}

impl From<HubError> for PeopleError {
    fn from(error: HubError) -> Self {
        Self(error.to_string())
    }
}

impl Hub {
    /// Active members, to choose from by name.
    pub(crate) async fn people(
        &self,
        caller: &Caller,
        search: Option<String>,
        (after, limit): (Option<(String, Uuid)>, u64),
    ) -> Result<Page<(UserId, String, String)>, HubError> {
        caller.require(PEOPLE_READ)?;
        let filter =
            members::Filter { search, state: Some(members::ACTIVE), now_ms: self.now_ms() };
        let sorted = (members::Sort::Name, Order::Ascending);
        let (database, tenant) = (self.database(), caller.tenant());
        let rows = members::list(database, tenant, &filter, sorted, (after, limit)).await?;
        let page = Page::cut(rows, limit, |(member, person)| (person.name.clone(), member.id));
        Ok(page.map(|(_, person)| (UserId(person.id), person.name, person.email)))
    }

    /// What a service in another process asks of a tenant.
    pub(crate) async fn look_up_people(
        &self,
        caller: &Caller,
        query: PeopleQuery,
    ) -> Result<PeopleAnswer, HubError> {
        caller.require(INTROSPECT)?;
        let PeopleQuery { tenant_id, user_ids, group_ids, emails } = query;
        for (field, count) in
            [("user_ids", user_ids.len()), ("group_ids", group_ids.len()), ("emails", emails.len())]
        {
            if count > PEOPLE_IDS_MAX {
                let reason = format!("{count} of them: at most {PEOPLE_IDS_MAX} in one question");
                return Err(HubError::Invalid { field, reason });
            }
        }
        let mut members = self.members_of(tenant_id, &user_ids).await?;
        if !emails.is_empty() {
            let found = self.described(tenant_id, Among::Emails(&emails)).await?;
            members.extend(found.into_iter().filter(|member| !user_ids.contains(&member.id)));
        }
        let groups = self.groups_of(tenant_id, &group_ids).await?;
        let tenant_is_active = self.is_active(tenant_id).await?;
        Ok(PeopleAnswer { members, groups, tenant_is_active })
    }

    async fn is_active(&self, tenant: TenantId) -> Result<bool, DbErr> {
        let row = store::tenants::by_id(self.database().read(), tenant).await?;
        Ok(row.is_some_and(|row| row.state == store::tenants::ACTIVE))
    }

    pub(super) async fn members_of(
        &self,
        tenant: TenantId,
        ids: &BTreeSet<UserId>,
    ) -> Result<Vec<Member>, HubError> {
        self.described(tenant, Among::Ids(ids)).await
    }

    /// By name, each with the groups that they are in.
    async fn described(&self, tenant: TenantId, among: Among<'_>) -> Result<Vec<Member>, HubError> {
        let rows = members::described(self.database().read(), tenant, among).await?;
        let mut found: Vec<Member> = Vec::new();
        for row in rows {
            let id = UserId(row.person_id);
            if found.last().is_none_or(|last| last.id != id) {
                found.push(Member {
                    id,
                    name: row.name,
                    email: row.email,
                    is_active: row.state == members::ACTIVE,
                    tenant_is_active: row.tenant_state == store::tenants::ACTIVE,
                    manager_id: row.manager_id.map(UserId),
                    group_ids: BTreeSet::new(),
                });
            }
            let group_ids = found.last_mut().map(|member| &mut member.group_ids);
            group_ids.into_iter().for_each(|ids| ids.extend(row.group_id.map(GroupId)));
        }
        Ok(found)
    }

    async fn names_of(
        &self,
        tenant: TenantId,
        users: &BTreeSet<UserId>,
        groups: &BTreeSet<GroupId>,
    ) -> Result<Named, DbErr> {
        let (connection, mut named) = (self.database().read(), Named::default());
        if !users.is_empty() {
            let ids = users.iter().map(|id| id.0).collect();
            let people = members::names(connection, tenant, ids).await?;
            named.people = people.into_iter().map(|(id, name)| (UserId(id), name)).collect();
        }
        if !groups.is_empty() {
            let ids = groups.iter().map(|id| id.0).collect();
            let groups = store::groups::names(connection, tenant, ids).await?;
            named.groups = groups.into_iter().map(|(id, name)| (GroupId(id), name)).collect();
        }
        Ok(named)
    }

    pub(super) async fn groups_of(
        &self,
        tenant: TenantId,
        ids: &BTreeSet<GroupId>,
    ) -> Result<Vec<Group>, DbErr> {
        let connection = self.database().read();
        let rows = store::groups::by_ids(connection, tenant, ids.iter().map(|id| id.0)).await?;
        let groups: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let mut members: BTreeMap<Uuid, BTreeSet<UserId>> = BTreeMap::new();
        for (group, person) in store::groups::active_members(connection, tenant, &groups).await? {
            members.entry(group).or_default().insert(UserId(person));
        }
        let group = |row: store::entities::user_group::Model| Group {
            id: GroupId(row.id),
            name: row.name,
            member_ids: members.remove(&row.id).unwrap_or_default(),
        };
        Ok(rows.into_iter().map(group).collect())
    }
}
