//! Asking Hub, where it runs in another process: who a credential stands for, and who is there.

use std::collections::BTreeSet;

use async_trait::async_trait;
use axum::body::Bytes;
use axum::http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use suite_contracts::{
    ApiKeyId, GroupId, ServiceInstanceId, ServiceName, SessionId, TenantId, UserId,
};
use utoipa::ToSchema;

use super::people::{Group, IDS_MAX, Member, People, PeopleAnswer, PeopleError, PeopleQuery};
use super::{AuthError, Credential, Directory, Identity, Principal};
use crate::config::{Config, ConfigError, Secret};
use crate::health::Health;
use crate::service::peers::{self, PeerError, Peers};
use crate::service::{Announcement, Registry, RegistryError};

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

/// Where a process of a service is, as far as it is asked for.
#[derive(Deserialize)]
struct Instance {
    service: String,
    url: String,
    status: String,
}

#[derive(Deserialize)]
struct Instances {
    items: Vec<Instance>,
}

/// Hub in another process, at `HUB_URL`, with the key `HUB_API_KEY`.
#[derive(Debug, Clone)]
pub struct RemoteHub {
    url: String,
    key: Secret,
    peers: Peers,
}

impl RemoteHub {
    /// `None` where it is not configured.
    pub fn configured(config: &Config) -> Result<Option<Self>, ConfigError> {
        let (Some(url), Some(key)) = (&config.hub_url, &config.hub_api_key) else {
            return Ok(None);
        };
        let url = url.trim_end_matches('/').to_owned();
        Ok(Some(Self { url, key: key.clone(), peers: Peers::new(config)? }))
    }

    async fn people(&self, query: PeopleQuery) -> Result<PeopleAnswer, PeopleError> {
        let down = |error: PeerError| PeopleError(format!("hub: {error}"));
        peers::read(self.post("/people/lookup", &query).await.map_err(down)?).map_err(down)
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<&(impl Serialize + Sync)>,
    ) -> Result<(StatusCode, Bytes), PeerError> {
        let url = format!("{}/api/v1/hub{path}", self.url);
        self.peers.ask((method, &url), &self.key, body).await
    }

    async fn post(
        &self,
        path: &str,
        body: &(impl Serialize + Sync),
    ) -> Result<(StatusCode, Bytes), PeerError> {
        self.ask(Method::POST, path, Some(body)).await
    }
}

#[async_trait]
impl Directory for RemoteHub {
    async fn identify(&self, credential: &Credential) -> Result<Identity, AuthError> {
        let (Credential::Token(text) | Credential::ApiKey(text)) = credential;
        let body = IntrospectionRequest { credential: text.clone() };
        // A status that is no success: our own key is at fault, not the caller's credential.
        let down = |error: PeerError| AuthError::Unavailable(format!("hub: {error}"));
        let answer = self.post("/introspect", &body).await.map_err(down)?;
        match peers::read(answer).map_err(down)? {
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
            let query = PeopleQuery { user_ids, ..PeopleQuery::of(tenant_id) };
            members.extend(self.people(query).await?.members);
        }
        Ok(members)
    }

    async fn members_by_email(
        &self,
        tenant_id: TenantId,
        emails: &BTreeSet<String>,
    ) -> Result<Vec<Member>, PeopleError> {
        let mut members = Vec::new();
        for emails in parts(emails) {
            let query = PeopleQuery { emails, ..PeopleQuery::of(tenant_id) };
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
            let query = PeopleQuery { group_ids, ..PeopleQuery::of(tenant_id) };
            groups.extend(self.people(query).await?.groups);
        }
        Ok(groups)
    }

    async fn tenant_is_active(&self, tenant_id: TenantId) -> Result<bool, PeopleError> {
        Ok(self.people(PeopleQuery::of(tenant_id)).await?.tenant_is_active)
    }
}

/// No more in one question than Hub takes.
fn parts<T: Clone + Ord>(ids: &BTreeSet<T>) -> Vec<BTreeSet<T>> {
    let ids: Vec<T> = ids.iter().cloned().collect();
    ids.chunks(IDS_MAX).map(|part| part.iter().cloned().collect()).collect()
}

#[async_trait]
impl Registry for RemoteHub {
    async fn register(&self, own: &Announcement) -> Result<ServiceInstanceId, RegistryError> {
        let Announcement { service, version, url, health } = own.clone();
        let body = RegistrationRequest { service, version, url, health };
        let registered: Registered = peers::read(self.post("/services/instances", &body).await?)?;
        Ok(registered.id)
    }

    async fn heartbeat(
        &self,
        id: ServiceInstanceId,
        health: &Health,
    ) -> Result<bool, RegistryError> {
        let body = HeartbeatRequest { health: health.clone() };
        let path = format!("/services/instances/{id}/heartbeat");
        match self.post(&path, &body).await? {
            (StatusCode::NOT_FOUND, _) => Ok(false),
            (status, _) if status.is_success() => Ok(true),
            (status, _) => Err(PeerError::Status(status).into()),
        }
    }

    async fn withdraw(&self, id: ServiceInstanceId) -> Result<(), RegistryError> {
        let path = format!("/services/instances/{id}");
        self.ask(Method::DELETE, &path, None::<&()>).await?;
        Ok(())
    }

    async fn urls(&self, service: ServiceName) -> Result<Vec<String>, RegistryError> {
        let answer = self.ask(Method::GET, "/services", None::<&()>).await?;
        let Instances { items } = peers::read(answer)?;
        let is_there = |one: &Instance| one.service == service.as_str() && one.status != "silent";
        Ok(items.into_iter().filter(is_there).map(|one| one.url).collect())
    }
}

impl From<PeerError> for RegistryError {
    fn from(error: PeerError) -> Self {
        Self(format!("hub: {error}"))
    }
}
