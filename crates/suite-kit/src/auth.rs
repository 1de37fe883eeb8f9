//! Who calls, and what they may do.
//!
//! A handler takes a [`Caller`] as an argument, so there is none on a route without a credential.
//! The use case then asks [`Caller::require`]. Who somebody is, Hub knows: a [`Directory`] asks it,
//! and what it says is kept for no more than [`KNOWN_MS_MAX`], so that a revoked key or an ended
//! session is refused everywhere within that time.

mod directory;
mod extract;
mod people;
mod remote;
mod token;

use std::collections::BTreeSet;
use std::sync::Arc;

use suite_contracts::{ApiKeyId, Permission, ServiceName, SessionId, TenantId, UserId};

use crate::problem::{Kind, Problem};

pub use directory::{AuthError, CachedDirectory, Credential, Directory, KNOWN_MS_MAX};
pub use extract::{Address, RequestContext, credential};
pub use people::{
    Group, IDS_MAX as PEOPLE_IDS_MAX, Member, Named, NobodyKnown, People, PeopleAnswer,
    PeopleError, PeopleQuery,
};
pub use remote::{
    HeartbeatRequest, IntrospectedIdentity, IntrospectedPrincipal, Introspection,
    IntrospectionRequest, Registered, RegistrationRequest, RemoteHub,
};
pub use token::{AUDIENCE, Claims, SigningKey, TokenError, TokenVerifier};

/// Who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    User {
        id: UserId,
        session: SessionId,
    },
    ApiKey {
        id: ApiKeyId,
    },
    /// Another service of this installation.
    Service {
        name: ServiceName,
    },
}

/// What a credential stands for.
#[derive(Debug, Clone)]
pub struct Identity {
    pub tenant: TenantId,
    pub principal: Principal,
    /// For people to read: a name or an e-mail address.
    pub name: Arc<str>,
    pub permissions: Arc<BTreeSet<String>>,
    /// Not a moment longer.
    pub valid_until_ms: i64,
}

/// Somebody who is signed in to a tenant, on one request.
#[derive(Debug, Clone)]
pub struct Caller {
    pub identity: Identity,
    pub request: RequestContext,
}

impl Caller {
    pub fn tenant(&self) -> TenantId {
        self.identity.tenant
    }

    pub fn may(&self, permission: Permission) -> bool {
        self.identity.permissions.contains(permission.name)
    }

    /// The first line of every use case.
    pub fn require(&self, permission: Permission) -> Result<(), Denied> {
        if self.may(permission) { Ok(()) } else { Err(Denied(permission)) }
    }

    /// The person, where only a person will do.
    pub fn user(&self) -> Option<UserId> {
        match self.identity.principal {
            Principal::User { id, .. } => Some(id),
            _ => None,
        }
    }

    pub fn session(&self) -> Option<SessionId> {
        match self.identity.principal {
            Principal::User { session, .. } => Some(session),
            _ => None,
        }
    }
}

/// The caller lacks a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this needs the permission {0}, which none of your roles gives")]
pub struct Denied(pub Permission);

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        Self::new(Kind::Forbidden, "permission_missing", denied.to_string())
    }
}
