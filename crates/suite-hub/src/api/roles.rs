//! Roles and permissions.

use serde::{Deserialize, Serialize};
use suite_contracts::{Permission, Reach, RoleId};
use suite_kit::clock::rfc3339;
use utoipa::ToSchema;

use crate::service::{Role, RoleChange, RoleContent};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Role)]
pub(crate) struct RoleView {
    pub id: RoleId,
    pub name: String,
    pub description: String,
    /// Every tenant has it, and nobody can change it.
    pub is_builtin: bool,
    pub permissions: Vec<String>,
    #[schema(format = DateTime)]
    pub created_at: String,
    pub version: i64,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct NewRoleRequest {
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    #[serde(default)]
    #[schema(max_length = 500)]
    pub description: String,
    pub permissions: Vec<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct RoleChangeRequest {
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    #[serde(default)]
    #[schema(max_length = 500)]
    pub description: Option<String>,
    #[serde(default)]
    pub permissions: Option<Vec<String>>,
}

/// What a role can allow.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Permission)]
pub(crate) struct PermissionView {
    pub name: &'static str,
    pub allows: &'static str,
    /// The service that asks for it.
    pub service: &'static str,
    pub reach: ReachView,
}

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Reach)]
pub(crate) enum ReachView {
    /// Things of the caller's own tenant.
    Tenant,
    /// The whole installation; only in the platform's own tenant.
    Platform,
}

impl From<Role> for RoleView {
    fn from(Role { row, permissions }: Role) -> Self {
        Self {
            id: RoleId(row.id),
            name: row.name,
            description: row.description,
            is_builtin: row.is_builtin,
            permissions: permissions.into_iter().collect(),
            created_at: rfc3339(row.created_at_ms),
            version: row.version,
        }
    }
}

impl From<NewRoleRequest> for RoleContent {
    fn from(NewRoleRequest { name, description, permissions }: NewRoleRequest) -> Self {
        Self { name, description, permissions: permissions.into_iter().collect() }
    }
}

impl From<RoleChangeRequest> for RoleChange {
    fn from(request: RoleChangeRequest) -> Self {
        let RoleChangeRequest { name, description, permissions } = request;
        let permissions = permissions.map(|names| names.into_iter().collect());
        Self { name, description, permissions }
    }
}

impl From<Permission> for PermissionView {
    fn from(Permission { name, allows, reach, .. }: Permission) -> Self {
        let reach = match reach {
            Reach::Tenant => ReachView::Tenant,
            Reach::Platform => ReachView::Platform,
        };
        let service = name.split('.').next().unwrap_or_default();
        Self { name, allows, service, reach }
    }
}
