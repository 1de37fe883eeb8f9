//! Who there is in a tenant, for services that assign, ask and notify people. Hub knows; other
//! processes ask it.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use suite_contracts::{GroupId, TenantId, UserId};
use utoipa::ToSchema;

use crate::problem::Problem;

/// Ids in one question. Who has more asks again.
pub const IDS_MAX: usize = 200;

/// A member of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = KnownMember)]
pub struct Member {
    pub id: UserId,
    pub name: String,
    pub email: String,
    /// Whether they may work in the tenant now: neither invited only nor disabled.
    pub is_active: bool,
    /// Whether anybody may: a tenant that is suspended keeps its members.
    #[serde(default = "yes")]
    pub tenant_is_active: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager_id: Option<UserId>,
    pub group_ids: BTreeSet<GroupId>,
}

/// A Hub that does not say so yet.
const fn yes() -> bool {
    true
}

/// A group of a tenant, with its active members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = KnownGroup)]
pub struct Group {
    pub id: GroupId,
    pub name: String,
    pub member_ids: BTreeSet<UserId>,
}

/// What people and groups are called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    pub people: BTreeMap<UserId, String>,
    pub groups: BTreeMap<GroupId, String>,
}

/// Why nobody can be named now. The cause is for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("who is in the tenant cannot be asked right now: {0}")]
pub struct PeopleError(pub String);

impl From<PeopleError> for Problem {
    fn from(PeopleError(cause): PeopleError) -> Self {
        Self::unavailable("who is in the tenant cannot be asked right now", cause)
    }
}

/// Knows a tenant's members and groups. What it is asked for and the tenant does not have is left
/// out of the answer.
#[async_trait]
pub trait People: Send + Sync + 'static {
    /// By name.
    async fn members(
        &self,
        tenant: TenantId,
        ids: &BTreeSet<UserId>,
    ) -> Result<Vec<Member>, PeopleError>;

    /// Those whose addresses these are, in lowercase; by name.
    async fn members_by_email(
        &self,
        tenant: TenantId,
        emails: &BTreeSet<String>,
    ) -> Result<Vec<Member>, PeopleError>;

    /// By name.
    async fn groups(
        &self,
        tenant: TenantId,
        ids: &BTreeSet<GroupId>,
    ) -> Result<Vec<Group>, PeopleError>;

    /// What they are called: lists name many, and show nothing else of them.
    async fn named(
        &self,
        tenant: TenantId,
        users: &BTreeSet<UserId>,
        groups: &BTreeSet<GroupId>,
    ) -> Result<Named, PeopleError> {
        let mut named = Named::default();
        if !users.is_empty() {
            let members = self.members(tenant, users).await?;
            named.people = members.into_iter().map(|member| (member.id, member.name)).collect();
        }
        if !groups.is_empty() {
            let groups = self.groups(tenant, groups).await?;
            named.groups = groups.into_iter().map(|group| (group.id, group.name)).collect();
        }
        Ok(named)
    }

    /// Whether anybody may work in a tenant now. Nobody does in one that is suspended, or gone.
    async fn tenant_is_active(&self, tenant: TenantId) -> Result<bool, PeopleError>;
}

/// Where no service of the process knows, and no Hub is configured.
#[derive(Debug, Clone, Copy)]
pub struct NobodyKnown;

const UNKNOWN: &str = "no service here knows: run hub too, or set HUB_URL and HUB_API_KEY";

#[async_trait]
impl People for NobodyKnown {
    async fn members(&self, _: TenantId, _: &BTreeSet<UserId>) -> Result<Vec<Member>, PeopleError> {
        Err(PeopleError(UNKNOWN.into()))
    }

    async fn members_by_email(
        &self,
        _: TenantId,
        _: &BTreeSet<String>,
    ) -> Result<Vec<Member>, PeopleError> {
        Err(PeopleError(UNKNOWN.into()))
    }

    async fn groups(&self, _: TenantId, _: &BTreeSet<GroupId>) -> Result<Vec<Group>, PeopleError> {
        Err(PeopleError(UNKNOWN.into()))
    }

    async fn tenant_is_active(&self, _: TenantId) -> Result<bool, PeopleError> {
        Err(PeopleError(UNKNOWN.into()))
    }
}

/// What a service in another process asks.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PeopleQuery {
    pub tenant_id: TenantId,
    #[serde(default)]
    #[schema(value_type = Vec<UserId>, max_items = 200)]
    pub user_ids: BTreeSet<UserId>,
    #[serde(default)]
    #[schema(value_type = Vec<GroupId>, max_items = 200)]
    pub group_ids: BTreeSet<GroupId>,
    /// Members by their addresses, in lowercase.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    #[schema(value_type = Vec<String>, max_items = 200)]
    pub emails: BTreeSet<String>,
}

impl PeopleQuery {
    /// Asks for nobody yet.
    pub fn of(tenant_id: TenantId) -> Self {
        let (user_ids, group_ids, emails) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        Self { tenant_id, user_ids, group_ids, emails }
    }
}

/// Those of whom the tenant has.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PeopleAnswer {
    pub members: Vec<Member>,
    pub groups: Vec<Group>,
    /// Whether anybody may work in the tenant now.
    #[serde(default = "yes")]
    pub tenant_is_active: bool,
}
