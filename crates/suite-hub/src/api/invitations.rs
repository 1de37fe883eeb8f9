//! What people send who follow a link.

use serde::{Deserialize, Serialize};
use suite_contracts::{TenantId, UserId};
use utoipa::ToSchema;

use crate::service::{Acceptance, Invited};

#[derive(Deserialize, ToSchema)]
pub(crate) struct LinkToken {
    /// What follows `#token=` in the link.
    pub token: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvitationView {
    pub email: String,
    pub tenant_name: String,
    /// They choose a name and a password.
    pub new_person: bool,
}

#[derive(Deserialize, ToSchema)]
pub(crate) struct AcceptRequest {
    /// What follows `#token=` in the link.
    pub token: String,
    /// Of a new person.
    pub name: Option<String>,
    /// Of a new person.
    #[schema(min_length = 12, format = Password)]
    pub password: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Accepted {
    pub user_id: UserId,
    pub tenant_id: TenantId,
}

impl From<Invited> for InvitationView {
    fn from(invited: Invited) -> Self {
        let Invited { email, tenant_name, is_new_person: new_person } = invited;
        Self { email, tenant_name, new_person }
    }
}

impl From<AcceptRequest> for Acceptance {
    fn from(AcceptRequest { token, name, password }: AcceptRequest) -> Self {
        Self { token: token.into(), name, password: password.map(Into::into) }
    }
}
