//! Signing in.

use serde::{Deserialize, Serialize};
use suite_contracts::TenantId;
use utoipa::ToSchema;

use crate::service::{LoggedIn, Login};
use crate::store::entities::tenant;

#[derive(Deserialize, ToSchema)]
pub(crate) struct LoginRequest {
    pub email: String,
    #[schema(format = Password)]
    pub password: String,
}

/// A session, and the token to use it with.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionView {
    pub access_token: String,
    pub expires_in_s: i64,
    pub tenant: TenantName,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TenantName {
    pub id: TenantId,
    pub name: String,
    pub slug: String,
    pub is_platform: bool,
}

impl From<LoginRequest> for Login {
    fn from(LoginRequest { email, password }: LoginRequest) -> Self {
        Self { email, password: password.into() }
    }
}

impl From<LoggedIn> for SessionView {
    fn from(logged_in: LoggedIn) -> Self {
        let LoggedIn { access_token, expires_in_s, tenant, .. } = logged_in;
        Self { access_token, expires_in_s, tenant: tenant.into() }
    }
}

impl From<tenant::Model> for TenantName {
    fn from(tenant: tenant::Model) -> Self {
        let tenant::Model { id, name, slug, is_platform, .. } = tenant;
        Self { id: TenantId(id), name, slug, is_platform }
    }
}
