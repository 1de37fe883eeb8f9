//! Tenants.

use serde::{Deserialize, Serialize};
use suite_contracts::TenantId;
use suite_kit::clock::rfc3339;
use utoipa::{IntoParams, ToSchema};

use crate::service::{Invitation, NewTenant, Settings, Tenant};
use crate::store;

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TenantState {
    Active,
    /// Its members and keys are refused.
    Suspended,
    /// Refused too, and removed at `delete_at` unless it is resumed before.
    Deleting,
}

impl TenantState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => store::tenants::ACTIVE,
            Self::Suspended => store::tenants::SUSPENDED,
            Self::Deleting => store::tenants::DELETING,
        }
    }

    fn of(text: &str) -> Self {
        match text {
            store::tenants::ACTIVE => Self::Active,
            store::tenants::DELETING => Self::Deleting,
            _ => Self::Suspended,
        }
    }
}

/// A tenant, as the platform's operators see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Tenant)]
pub(crate) struct TenantView {
    pub id: TenantId,
    pub name: String,
    pub slug: String,
    pub state: TenantState,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub delete_at: Option<String>,
    #[schema(format = DateTime)]
    pub created_at: String,
    /// Its members, invited and disabled ones among them.
    pub users: i64,
    pub is_platform: bool,
    pub version: i64,
}

/// The caller's own tenant.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OwnTenant)]
pub(crate) struct OwnTenantView {
    pub id: TenantId,
    pub name: String,
    pub slug: String,
    #[schema(format = DateTime)]
    pub created_at: String,
    pub users: i64,
    pub is_platform: bool,
    /// It was made to look at: its people are fictional.
    pub is_demo: bool,
    pub settings: TenantSettings,
    pub version: i64,
}

#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TenantSettings {
    /// Whom members ask when something does not work: an address or a sentence, in one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100)]
    pub support_contact: Option<String>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TenantFilter {
    /// Part of a name or a slug.
    pub search: Option<String>,
    #[param(inline)]
    pub state: Option<TenantState>,
}

/// A tenant to be made, and who is invited to administer it.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct NewTenantRequest {
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    #[schema(format = Email)]
    pub administrator_email: String,
    #[schema(min_length = 1, max_length = 100)]
    pub administrator_name: String,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct TenantChangeRequest {
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct OwnTenantChangeRequest {
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    #[serde(default)]
    pub settings: Option<TenantSettings>,
}

impl From<Tenant> for TenantView {
    fn from(Tenant { row, users }: Tenant) -> Self {
        Self {
            id: TenantId(row.id),
            state: TenantState::of(&row.state),
            name: row.name,
            slug: row.slug,
            delete_at: row.delete_at_ms.map(rfc3339),
            created_at: rfc3339(row.created_at_ms),
            users,
            is_platform: row.is_platform,
            version: row.version,
        }
    }
}

impl From<Tenant> for OwnTenantView {
    fn from(Tenant { row, users }: Tenant) -> Self {
        let Settings { support_contact, is_demo } = Settings::of(&row);
        Self {
            id: TenantId(row.id),
            name: row.name,
            slug: row.slug,
            created_at: rfc3339(row.created_at_ms),
            users,
            is_platform: row.is_platform,
            is_demo,
            settings: TenantSettings { support_contact },
            version: row.version,
        }
    }
}

impl From<TenantSettings> for Settings {
    fn from(TenantSettings { support_contact }: TenantSettings) -> Self {
        Self { support_contact, is_demo: false }
    }
}

impl From<NewTenantRequest> for NewTenant {
    fn from(request: NewTenantRequest) -> Self {
        let NewTenantRequest { name, administrator_email, administrator_name } = request;
        let (email, invited) = (administrator_email, administrator_name);
        let administrator = Invitation { email, name: invited, ..Invitation::default() };
        Self { name, administrator }
    }
}
