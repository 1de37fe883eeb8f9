//! Whom the catalog knows of, as Hub tells it.

use std::collections::{BTreeMap, BTreeSet};

use suite_contracts::{GroupId, TenantId, UserId};
use suite_kit::auth::{Caller, Group, Member, Named, PEOPLE_IDS_MAX};

use super::Catalog;
use crate::error::{CatalogError, Fault};

/// What people are called.
pub(crate) type Names = BTreeMap<UserId, String>;

impl Catalog {
    pub(super) async fn members(
        &self,
        tenant: TenantId,
        ids: &BTreeSet<UserId>,
    ) -> Result<Vec<Member>, CatalogError> {
        let mut members = Vec::new();
        for part in parts(ids) {
            members.extend(self.0.people.members(tenant, &part).await?);
        }
        Ok(members)
    }

    pub(super) async fn groups(
        &self,
        tenant: TenantId,
        ids: &BTreeSet<GroupId>,
    ) -> Result<Vec<Group>, CatalogError> {
        let mut groups = Vec::new();
        for part in parts(ids) {
            groups.extend(self.0.people.groups(tenant, &part).await?);
        }
        Ok(groups)
    }

    pub(super) async fn names(
        &self,
        tenant: TenantId,
        ids: &BTreeSet<UserId>,
    ) -> Result<Names, CatalogError> {
        Ok(self.called(tenant, ids, &BTreeSet::new()).await?.people)
    }

    pub(super) async fn group_names(
        &self,
        tenant: TenantId,
        ids: &BTreeSet<GroupId>,
    ) -> Result<BTreeMap<GroupId, String>, CatalogError> {
        Ok(self.called(tenant, &BTreeSet::new(), ids).await?.groups)
    }

    /// What these people and groups are called.
    pub(super) async fn called(
        &self,
        tenant: TenantId,
        users: &BTreeSet<UserId>,
        groups: &BTreeSet<GroupId>,
    ) -> Result<Named, CatalogError> {
        let (mut users, mut groups) = (parts(users), parts(groups));
        let count = users.len().max(groups.len());
        users.resize(count, BTreeSet::new());
        groups.resize(count, BTreeSet::new());
        let mut named = Named::default();
        for (users, groups) in users.iter().zip(&groups) {
            let some = self.0.people.named(tenant, users, groups).await?;
            named.people.extend(some.people);
            named.groups.extend(some.groups);
        }
        Ok(named)
    }

    /// The groups that the caller is in; none for who is no person.
    pub(super) async fn groups_of(
        &self,
        caller: &Caller,
    ) -> Result<BTreeSet<GroupId>, CatalogError> {
        let Some(user) = caller.user() else { return Ok(BTreeSet::new()) };
        let mut found = self.members(caller.tenant(), &BTreeSet::from([user])).await?;
        Ok(found.pop().map(|member| member.group_ids).unwrap_or_default())
    }

    /// Refuses people who are not active members, and groups that there are not.
    pub(super) async fn require_known(
        &self,
        tenant: TenantId,
        users: (&str, &BTreeSet<UserId>),
        groups: &[(&str, BTreeSet<GroupId>)],
    ) -> Result<(), CatalogError> {
        let members = self.members(tenant, users.1).await?;
        let is_active = |id: &UserId| members.iter().any(|one| one.id == *id && one.is_active);
        let mut faults = Vec::new();
        if let Some(unknown) = users.1.iter().find(|id| !is_active(id)) {
            let reason = format!("{unknown} is no active member of this tenant");
            faults.push(Fault::new(users.0, reason));
        }
        for (at, ids) in groups {
            let known = self.groups(tenant, ids).await?;
            let unknown = ids.iter().find(|id| !known.iter().any(|group| group.id == **id));
            if let Some(unknown) = unknown {
                faults.push(Fault::new(*at, format!("there is no group {unknown}")));
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(CatalogError::Invalid(faults)) }
    }
}

/// As many at a time as may be asked for in one question.
fn parts<T: Ord + Copy>(ids: &BTreeSet<T>) -> Vec<BTreeSet<T>> {
    let ids: Vec<T> = ids.iter().copied().collect();
    ids.chunks(PEOPLE_IDS_MAX).map(|part| part.iter().copied().collect()).collect()
}
