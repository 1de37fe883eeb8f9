//! Groups.

use serde::{Deserialize, Serialize};
use suite_contracts::GroupId;
use suite_kit::clock::rfc3339;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::users::{NamedRole, UserView};
use crate::service::{Group, GroupChange, GroupContent};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Group)]
pub(crate) struct GroupView {
    pub id: GroupId,
    pub name: String,
    pub description: String,
    /// What its members get.
    pub roles: Vec<NamedRole>,
    pub members: i64,
    #[schema(format = DateTime)]
    pub created_at: String,
    pub version: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GroupMembers {
    pub items: Vec<UserView>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct GroupFilter {
    /// Part of a name.
    pub search: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct NewGroupRequest {
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    #[serde(default)]
    #[schema(max_length = 500)]
    pub description: String,
    #[serde(default)]
    #[schema(max_items = 200)]
    pub role_ids: Vec<Uuid>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct GroupChangeRequest {
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    #[serde(default)]
    #[schema(max_length = 500)]
    pub description: Option<String>,
    #[serde(default)]
    #[schema(max_items = 200)]
    pub role_ids: Option<Vec<Uuid>>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct UserIds {
    #[schema(max_items = 200)]
    pub user_ids: Vec<Uuid>,
}

impl From<Group> for GroupView {
    fn from(Group { row, roles, members }: Group) -> Self {
        Self {
            id: GroupId(row.id),
            name: row.name,
            description: row.description,
            roles: roles.into_iter().map(|(id, name)| NamedRole { id, name }).collect(),
            members,
            created_at: rfc3339(row.created_at_ms),
            version: row.version,
        }
    }
}

impl From<NewGroupRequest> for GroupContent {
    fn from(NewGroupRequest { name, description, role_ids }: NewGroupRequest) -> Self {
        Self { name, description, roles: role_ids.into_iter().collect() }
    }
}

impl From<GroupChangeRequest> for GroupChange {
    fn from(GroupChangeRequest { name, description, role_ids }: GroupChangeRequest) -> Self {
        let roles = role_ids.map(|ids| ids.into_iter().collect());
        Self { name, description, roles }
    }
}
