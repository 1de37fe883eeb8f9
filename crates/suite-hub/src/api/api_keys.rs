//! API keys.

use serde::{Deserialize, Serialize};
use suite_contracts::ApiKeyId;
use suite_kit::clock::{parse_rfc3339, rfc3339};
use utoipa::ToSchema;

use crate::error::HubError;
use crate::service::{ApiKey, NewApiKey, ShownKey};

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ApiKeyState {
    Active,
    Expired,
    Revoked,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiKey)]
pub(crate) struct ApiKeyView {
    pub id: ApiKeyId,
    pub name: String,
    /// What the key begins with after `itk_`.
    pub prefix: String,
    pub permissions: Vec<String>,
    #[schema(format = DateTime)]
    pub created_at: String,
    pub created_by: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub expires_at: Option<String>,
    /// To the minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub last_used_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub revoked_at: Option<String>,
    /// Until when the key before the last rotation works.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub previous_until: Option<String>,
    pub state: ApiKeyState,
    pub version: i64,
}

/// A key with its secret, which is shown this once.
#[derive(Serialize, ToSchema)]
#[schema(as = NewApiKey)]
pub(crate) struct ShownKeyView {
    #[serde(flatten)]
    pub about: ApiKeyView,
    pub key: String,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct NewApiKeyRequest {
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    pub permissions: Vec<String>,
    /// It works for ever if there is none.
    #[serde(default)]
    #[schema(format = DateTime)]
    pub expires_at: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct RotationRequest {
    /// How long the present key goes on working.
    #[serde(default)]
    #[schema(maximum = 2_592_000)]
    pub overlap_s: u64,
}

impl From<ApiKey> for ApiKeyView {
    fn from(key: ApiKey) -> Self {
        let state = match key.state() {
            "active" => ApiKeyState::Active,
            "expired" => ApiKeyState::Expired,
            _ => ApiKeyState::Revoked,
        };
        let ApiKey { row, permissions, now_ms } = key;
        Self {
            id: ApiKeyId(row.id),
            name: row.name,
            prefix: row.prefix,
            permissions: permissions.into_iter().collect(),
            created_at: rfc3339(row.created_at_ms),
            created_by: row.created_by,
            expires_at: row.expires_at_ms.map(rfc3339),
            last_used_at: row.last_used_at_ms.map(rfc3339),
            revoked_at: row.revoked_at_ms.map(rfc3339),
            previous_until: row.previous_until_ms.filter(|until| *until > now_ms).map(rfc3339),
            state,
            version: row.version,
        }
    }
}

impl From<ShownKey> for ShownKeyView {
    fn from(ShownKey { key, secret }: ShownKey) -> Self {
        Self { about: key.into(), key: secret.to_string() }
    }
}

impl TryFrom<NewApiKeyRequest> for NewApiKey {
    type Error = HubError;

    fn try_from(request: NewApiKeyRequest) -> Result<Self, HubError> {
        let NewApiKeyRequest { name, permissions, expires_at } = request;
        let read = |text: String| {
            let reason = "this is no time such as 2030-01-31T00:00:00Z".to_owned();
            parse_rfc3339(&text).ok_or(HubError::Invalid { field: "expires_at", reason })
        };
        let expires_at_ms = expires_at.map(read).transpose()?;
        Ok(Self { name, permissions: permissions.into_iter().collect(), expires_at_ms })
    }
}
