//! The first start.

use serde::{Deserialize, Serialize};
use suite_contracts::{TenantId, UserId};
use utoipa::ToSchema;

use crate::service::Setup;

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SetupNeeded {
    pub needed: bool,
}

#[derive(Deserialize, ToSchema)]
pub(crate) struct SetupRequest {
    /// What follows `#token=` in the link.
    pub token: String,
    #[schema(format = Email)]
    pub email: String,
    pub name: String,
    #[schema(min_length = 12, format = Password)]
    pub password: String,
    pub tenant_name: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SetUp {
    pub user_id: UserId,
    pub tenant_id: TenantId,
}

impl From<SetupRequest> for Setup {
    fn from(request: SetupRequest) -> Self {
        let SetupRequest { token, email, name, password, tenant_name } = request;
        Self { token: token.into(), email, name, password: password.into(), tenant_name }
    }
}
