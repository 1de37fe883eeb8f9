//! Signing in.

use serde::{Deserialize, Serialize};
use suite_contracts::TenantId;
use utoipa::ToSchema;

use crate::model::second_factor::Method;
use crate::service::{Challenge, LoggedIn, Login, Response, Settings};
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

/// A login that wants a code of the second factor.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChallengeView {
    pub challenge: String,
    pub methods: Vec<FactorMethod>,
    pub expires_in_s: i64,
}

/// What follows a password.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum LoginAnswer {
    Session(SessionView),
    Challenge(ChallengeView),
}

/// Where a code comes from: an app, or the list of recovery codes.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FactorMethod {
    Totp,
    RecoveryCode,
}

#[derive(Deserialize, ToSchema)]
pub(crate) struct SecondFactorRequest {
    pub challenge: String,
    pub method: FactorMethod,
    pub code: String,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct RefreshRequest {
    /// Works in this tenant from now on.
    pub tenant_id: Option<TenantId>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TenantName {
    pub id: TenantId,
    pub name: String,
    pub slug: String,
    pub is_platform: bool,
    /// It was made to look at: its people are fictional.
    pub is_demo: bool,
}

impl From<LoginRequest> for Login {
    fn from(LoginRequest { email, password }: LoginRequest) -> Self {
        Self { email, password: password.into() }
    }
}

impl From<SecondFactorRequest> for Response {
    fn from(SecondFactorRequest { challenge, method, code }: SecondFactorRequest) -> Self {
        let method = match method {
            FactorMethod::Totp => Method::Totp,
            FactorMethod::RecoveryCode => Method::RecoveryCode,
        };
        Self { challenge: challenge.into(), method, code: code.into() }
    }
}

impl From<Challenge> for ChallengeView {
    fn from(challenge: Challenge) -> Self {
        let Challenge { mut token, methods, expires_in_s } = challenge;
        let method = |method: Method| match method {
            Method::Totp => FactorMethod::Totp,
            Method::RecoveryCode => FactorMethod::RecoveryCode,
        };
        let methods = methods.into_iter().map(method).collect();
        Self { challenge: std::mem::take(&mut *token), methods, expires_in_s }
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
        let is_demo = Settings::of(&tenant).is_demo;
        let tenant::Model { id, name, slug, is_platform, .. } = tenant;
        Self { id: TenantId(id), name, slug, is_platform, is_demo }
    }
}
