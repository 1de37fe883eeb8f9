//! The signed-in person.

use serde::{Deserialize, Serialize};
use suite_contracts::{SessionId, UserId};
use suite_kit::clock::rfc3339;
use utoipa::ToSchema;

use super::session::TenantName;
use crate::service::{Myself, NewTotp};
use crate::store::entities::session;
use zeroize::Zeroizing;

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

#[derive(Deserialize, ToSchema)]
pub(crate) struct MeChange {
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
}

#[derive(Deserialize, ToSchema)]
pub(crate) struct EmailChange {
    /// The new one, or the present one to have it confirmed.
    #[schema(format = Email)]
    pub email: String,
    #[schema(format = Password)]
    pub password: String,
}

#[derive(Deserialize, ToSchema)]
pub(crate) struct PasswordChange {
    #[schema(format = Password)]
    pub current_password: String,
    #[schema(min_length = 12, format = Password)]
    pub new_password: String,
}

/// The password once more, before something about signing in changes.
#[derive(Deserialize, ToSchema)]
pub(crate) struct PasswordProof {
    #[schema(format = Password)]
    pub password: String,
}

/// The same with a code, from the app or a recovery code.
#[derive(Deserialize, ToSchema)]
pub(crate) struct PasswordAndCode {
    #[schema(format = Password)]
    pub password: String,
    pub code: String,
}

#[derive(Deserialize, ToSchema)]
pub(crate) struct TotpCode {
    /// From the app.
    pub code: String,
}

/// What an app needs to show codes.
#[derive(Serialize, ToSchema)]
pub(crate) struct TotpSetup {
    /// In base32, to be typed.
    pub secret: String,
    /// The same as a picture code holds it.
    pub otpauth_uri: String,
}

/// Codes that work once each, in place of the app's; shown this once.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecoveryCodes {
    pub recovery_codes: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MySession {
    pub id: SessionId,
    /// The one that asks.
    pub current: bool,
    #[schema(format = DateTime)]
    pub created_at: String,
    #[schema(format = DateTime)]
    pub last_used_at: String,
    pub address: String,
    pub user_agent: String,
}

impl MySession {
    pub fn new(session: session::Model, current: Option<SessionId>) -> Self {
        Self {
            id: SessionId(session.id),
            current: current == Some(SessionId(session.id)),
            created_at: rfc3339(session.created_at_ms),
            last_used_at: rfc3339(session.last_used_at_ms),
            address: session.address,
            user_agent: session.user_agent,
        }
    }
}

impl From<NewTotp> for TotpSetup {
    fn from(new: NewTotp) -> Self {
        Self { secret: new.secret.to_string(), otpauth_uri: new.otpauth_uri.to_string() }
    }
}

impl From<Vec<Zeroizing<String>>> for RecoveryCodes {
    fn from(codes: Vec<Zeroizing<String>>) -> Self {
        Self { recovery_codes: codes.iter().map(|code| code.to_string()).collect() }
    }
}
