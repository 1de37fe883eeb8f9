//! Setting a password with a link.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::service::Reset;

#[derive(Deserialize, ToSchema)]
pub(crate) struct ForgotRequest {
    pub email: String,
}

#[derive(Deserialize, ToSchema)]
pub(crate) struct ResetRequest {
    /// What follows `#token=` in the link.
    pub token: String,
    #[schema(min_length = 12, format = Password)]
    pub password: String,
    /// From the app, or a recovery code, where a second factor is set.
    pub code: Option<String>,
}

impl From<ResetRequest> for Reset {
    fn from(ResetRequest { token, password, code }: ResetRequest) -> Self {
        Self { token: token.into(), password: password.into(), code: code.map(Into::into) }
    }
}
