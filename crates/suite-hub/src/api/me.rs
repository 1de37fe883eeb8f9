//! The signed-in person.

use serde::Serialize;
use suite_contracts::UserId;
use suite_kit::clock::rfc3339;
use utoipa::ToSchema;

use super::session::TenantName;
use crate::service::Myself;

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    pub id: UserId,
    pub email: String,
    pub email_verified: bool,
    pub name: String,
    /// The one that they work in.
    pub tenant: TenantName,
    /// All that they are members of.
    pub tenants: Vec<TenantName>,
    pub permissions: Vec<String>,
    pub totp_enabled: bool,
    pub recovery_codes_left: u64,
    #[schema(format = DateTime)]
    pub created_at: String,
    #[schema(format = DateTime)]
    pub password_changed_at: Option<String>,
}

impl From<Myself> for Me {
    fn from(myself: Myself) -> Self {
        let Myself { person, tenant, tenants, permissions, recovery_codes_left } = myself;
        Self {
            id: UserId(person.id),
            email: person.email,
            email_verified: person.email_verified_at_ms.is_some(),
            name: person.name,
            tenant: tenant.into(),
            tenants: tenants.into_iter().map(TenantName::from).collect(),
            permissions,
            totp_enabled: person.totp_secret.is_some(),
            recovery_codes_left,
            created_at: rfc3339(person.created_at_ms),
            password_changed_at: person.password_changed_at_ms.map(rfc3339),
        }
    }
}
