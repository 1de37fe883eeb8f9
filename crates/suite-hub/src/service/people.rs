//! Who is in a tenant, for services that assign, ask and notify people, and for whoever chooses
//! somebody by name.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use sea_orm::DbErr;
use suite_contracts::{GroupId, TenantId, UserId};
use suite_kit::auth::{
    Caller, Group, Member, PEOPLE_IDS_MAX, People, PeopleAnswer, PeopleError, PeopleQuery,
};
use suite_kit::page::{Order, Page};
use uuid::Uuid;

use super::Hub;
use crate::error::HubError;
use crate::permissions::{INTROSPECT, PEOPLE_READ};
use crate::store::{self, members};

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
        let rows = members::by_emails(self.database().read(), tenant, emails).await;
        let rows = rows.map_err(|error| PeopleError(error.to_string()))?;
        Ok(self.described(tenant, rows).await?)
    }

    async fn groups(
        &self,
        tenant: TenantId,
        ids: &BTreeSet<GroupId>,
    ) -> Result<Vec<Group>, PeopleError> {
        self.groups_of(tenant, ids).await.map_err(|error| PeopleError(error.to_string()))
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
            let rows = members::by_emails(self.database().read(), tenant_id, &emails).await?;
            let found = self.described(tenant_id, rows).await?;
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
        let connection = self.database().read();
        let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        let rows = members::by_users(connection, tenant, &ids).await?;
        self.described(tenant, rows).await
    }

    /// By name, each with the groups that they are in.
    async fn described(
        &self,
        tenant: TenantId,
        mut rows: Vec<members::Member>,
    ) -> Result<Vec<Member>, HubError> {
        let connection = self.database().read();
        rows.sort_by(|(_, one), (_, other)| (&one.name, one.id).cmp(&(&other.name, other.id)));
        let tenant_is_active = self.is_active(tenant).await?;
        let memberships: Vec<Uuid> = rows.iter().map(|(member, _)| member.id).collect();
        let grouped = store::groups::of_members(connection, tenant, &memberships).await?;
        let mut groups: BTreeMap<Uuid, BTreeSet<GroupId>> = BTreeMap::new();
        for row in grouped {
            groups.entry(row.membership_id).or_default().insert(GroupId(row.group_id));
        }
        let member = |(member, person): (store::entities::membership::Model, _)| {
            let person: store::entities::person::Model = person;
            Member {
                id: UserId(person.id),
                name: person.name,
                email: person.email,
                is_active: member.state == members::ACTIVE,
                tenant_is_active,
                manager_id: member.manager_id.map(UserId),
                group_ids: groups.remove(&member.id).unwrap_or_default(),
            }
        };
        Ok(rows.into_iter().map(member).collect())
    }

    pub(super) async fn groups_of(
        &self,
        tenant: TenantId,
        ids: &BTreeSet<GroupId>,
    ) -> Result<Vec<Group>, DbErr> {
        let connection = self.database().read();
        let rows = store::groups::by_ids(connection, tenant, ids.iter().map(|id| id.0)).await?;
        let mut groups = Vec::new();
        for row in rows {
            let id = GroupId(row.id);
            let memberships = store::groups::members(connection, tenant, id).await?;
            let people = members::by_memberships(connection, tenant, &memberships).await?;
            let active = people.into_iter().filter(|(member, _)| member.state == members::ACTIVE);
            let member_ids = active.map(|(_, person)| UserId(person.id)).collect();
            groups.push(Group { id, name: row.name, member_ids });
        }
        Ok(groups)
    }
}
