//! Asking Hub, where it runs in another process: who a credential stands for, and who is there.

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use suite_contracts::{
    ApiKeyId, GroupId, ServiceInstanceId, ServiceName, SessionId, TenantId, UserId,
};
use utoipa::ToSchema;

use super::people::{Group, IDS_MAX, Member, People, PeopleAnswer, PeopleError, PeopleQuery};
use super::{AuthError, Credential, Directory, Identity, Principal};
use crate::config::{Config, Secret};
use crate::health::Health;
use crate::service::{Announcement, Registry, RegistryError};

const ANSWER_MS_MAX: u64 = 5_000;

/// A credential that somebody has shown to a service.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct IntrospectionRequest {
    /// An access token, or an API key.
    pub credential: String,
}

impl std::fmt::Debug for IntrospectionRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IntrospectionRequest")
    }
}

/// Whom a credential stands for.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Introspection {
    Active(IntrospectedIdentity),
    /// It is not valid, or no longer.
    Refused,
    TenantSuspended,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct IntrospectedIdentity {
    pub tenant_id: TenantId,
    pub principal: IntrospectedPrincipal,
    pub name: String,
    pub permissions: Vec<String>,
    /// Milliseconds since 1970, UTC.
    pub valid_until_ms: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum IntrospectedPrincipal {
    User { id: UserId, session_id: SessionId },
    ApiKey { id: ApiKeyId },
    Service { name: ServiceName },
}

impl From<Identity> for IntrospectedIdentity {
    fn from(identity: Identity) -> Self {
        let principal = match identity.principal {
            Principal::User { id, session } => {
                IntrospectedPrincipal::User { id, session_id: session }
            }
            Principal::ApiKey { id } => IntrospectedPrincipal::ApiKey { id },
            Principal::Service { name } => IntrospectedPrincipal::Service { name },
        };
        Self {
            tenant_id: identity.tenant,
            principal,
            name: identity.name.to_string(),
            permissions: identity.permissions.iter().cloned().collect(),
            valid_until_ms: identity.valid_until_ms,
        }
    }
}

impl From<IntrospectedIdentity> for Identity {
    fn from(identity: IntrospectedIdentity) -> Self {
        let principal = match identity.principal {
            IntrospectedPrincipal::User { id, session_id } => {
                Principal::User { id, session: session_id }
            }
            IntrospectedPrincipal::ApiKey { id } => Principal::ApiKey { id },
            IntrospectedPrincipal::Service { name } => Principal::Service { name },
        };
        Self {
            tenant: identity.tenant_id,
            principal,
            name: identity.name.into(),
            permissions: std::sync::Arc::new(identity.permissions.into_iter().collect()),
            valid_until_ms: identity.valid_until_ms,
        }
    }
}

impl From<Result<Identity, AuthError>> for Introspection {
    fn from(identified: Result<Identity, AuthError>) -> Self {
        match identified {
            Ok(identity) => Self::Active(identity.into()),
            Err(AuthError::TenantSuspended) => Self::TenantSuspended,
            Err(_) => Self::Refused,
        }
    }
}

/// What a service tells Hub of one of its processes.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RegistrationRequest {
    pub service: ServiceName,
    #[schema(max_length = 100)]
    pub version: String,
    /// Where it listens.
    #[schema(max_length = 100)]
    pub url: String,
    pub health: Health,
}

/// How a process is.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct HeartbeatRequest {
    pub health: Health,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Registered {
    pub id: ServiceInstanceId,
}

/// Hub in another process, at `HUB_URL`, with the key `HUB_API_KEY`.
#[derive(Debug, Clone)]
pub struct RemoteHub {
    url: String,
    key: Secret,
    client: reqwest::Client,
}

impl RemoteHub {
    /// `None` where it is not configured.
    pub fn configured(config: &Config) -> Option<Self> {
        let url = config.hub_url.as_ref()?.trim_end_matches('/').to_owned();
        let key = config.hub_api_key.clone()?;
        let limit = Duration::from_millis(ANSWER_MS_MAX);
        let client = reqwest::Client::builder().no_proxy().timeout(limit).build().ok()?;
        Some(Self { url, key, client })
    }

    async fn people(&self, query: PeopleQuery) -> Result<PeopleAnswer, PeopleError> {
        let down = |error: reqwest::Error| PeopleError(format!("hub: {error}"));
        let response = self.post("/people/lookup", &query).await.map_err(down)?;
        response.error_for_status().map_err(down)?.json().await.map_err(down)
    }

    async fn post(&self, path: &str, body: &impl Serialize) -> reqwest::Result<reqwest::Response> {
        let url = format!("{}/api/v1/hub{path}", self.url);
        self.client.post(url).bearer_auth(self.key.expose()).json(body).send().await
    }
}

#[async_trait]
impl Directory for RemoteHub {
    async fn identify(&self, credential: &Credential) -> Result<Identity, AuthError> {
        let (Credential::Token(text) | Credential::ApiKey(text)) = credential;
        let body = IntrospectionRequest { credential: text.clone() };
        let down = |error: reqwest::Error| AuthError::Unavailable(format!("hub: {error}"));
        let response = self.post("/introspect", &body).await.map_err(down)?;
        // Our own key is at fault, not the caller's credential.
        let response = response.error_for_status().map_err(down)?;
        match response.json().await.map_err(down)? {
            Introspection::Active(identity) => Ok(identity.into()),
            Introspection::Refused => Err(AuthError::Refused),
            Introspection::TenantSuspended => Err(AuthError::TenantSuspended),
        }
    }
}

#[async_trait]
impl People for RemoteHub {
    async fn members(
        &self,
        tenant_id: TenantId,
        ids: &BTreeSet<UserId>,
    ) -> Result<Vec<Member>, PeopleError> {
        let mut members = Vec::new();
        for user_ids in parts(ids) {
            let query = PeopleQuery { tenant_id, user_ids, group_ids: BTreeSet::new() };
            members.extend(self.people(query).await?.members);
        }
        Ok(members)
    }

    async fn groups(
        &self,
        tenant_id: TenantId,
        ids: &BTreeSet<GroupId>,
    ) -> Result<Vec<Group>, PeopleError> {
        let mut groups = Vec::new();
        for group_ids in parts(ids) {
            let query = PeopleQuery { tenant_id, user_ids: BTreeSet::new(), group_ids };
            groups.extend(self.people(query).await?.groups);
        }
        Ok(groups)
    }
}

/// No more in one question than Hub takes.
fn parts<T: Copy + Ord>(ids: &BTreeSet<T>) -> Vec<BTreeSet<T>> {
    let ids: Vec<T> = ids.iter().copied().collect();
    ids.chunks(IDS_MAX).map(|part| part.iter().copied().collect()).collect()
}

#[async_trait]
impl Registry for RemoteHub {
    async fn register(&self, own: &Announcement) -> Result<ServiceInstanceId, RegistryError> {
        let Announcement { service, version, url, health } = own.clone();
        let body = RegistrationRequest { service, version, url, health };
        let response = self.post("/services/instances", &body).await?;
        let registered: Registered = response.error_for_status()?.json().await?;
        Ok(registered.id)
    }

    async fn heartbeat(
        &self,
        id: ServiceInstanceId,
        health: &Health,
    ) -> Result<bool, RegistryError> {
        let body = HeartbeatRequest { health: health.clone() };
        let path = format!("/services/instances/{id}/heartbeat");
        let response = self.post(&path, &body).await?;
        if response.status() == reqwest::StatusCode::NOT_FOUND {
            return Ok(false);
        }
        response.error_for_status()?;
        Ok(true)
    }

    async fn withdraw(&self, id: ServiceInstanceId) -> Result<(), RegistryError> {
        let url = format!("{}/api/v1/hub/services/instances/{id}", self.url);
        let request = self.client.delete(url).bearer_auth(self.key.expose());
        request.send().await?;
        Ok(())
    }
}

impl From<reqwest::Error> for RegistryError {
    fn from(error: reqwest::Error) -> Self {
        Self(format!("hub: {error}"))
    }
}
