//! Who a credential stands for: what every service asks of Hub.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use suite_contracts::{Permission, Reach, TenantId};
use suite_kit::auth::{AuthError, Claims, Credential, Directory, Identity, Principal};

use super::Hub;
use crate::error::HubError;
use crate::permissions::BUILTIN_ROLES;
use crate::store::{self, members::Standing};

#[async_trait]
impl Directory for Hub {
    async fn identify(&self, credential: &Credential) -> Result<Identity, AuthError> {
        match credential {
            Credential::Token(token) => {
                let claims = self.0.keys.verify(token, self.now_ms()).await;
                self.identify_session(claims.ok_or(AuthError::Refused)?).await
            }
            Credential::ApiKey(key) => self.identify_key(key).await,
        }
    }
}

impl Hub {
    async fn identify_session(&self, claims: Claims) -> Result<Identity, AuthError> {
        let down = |error: HubError| AuthError::Unavailable(error.to_string());
        let standing =
            store::members::standing(self.database(), claims.tid, claims.sub, claims.sid);
        let standing = standing.await.map_err(|error| down(error.into()))?;
        let standing = standing.ok_or(AuthError::Refused)?;
        if standing.session_ended || standing.session_expires_at_ms <= self.now_ms() {
            return Err(AuthError::Refused);
        }
        if standing.tenant_state != store::tenants::ACTIVE {
            return Err(AuthError::TenantSuspended);
        }
        let permissions = self.permissions_of(claims.tid, &standing).await.map_err(down)?;
        Ok(Identity {
            tenant: claims.tid,
            principal: Principal::User { id: claims.sub, session: claims.sid },
            name: standing.person_name.into(),
            permissions: Arc::new(permissions),
            valid_until_ms: claims.exp.saturating_mul(1_000),
        })
    }

    /// What a member may do: all that the roles give which they or their groups have.
    async fn permissions_of(
        &self,
        tenant: TenantId,
        standing: &Standing,
    ) -> Result<BTreeSet<String>, HubError> {
        let roles =
            store::roles::of_member(self.database(), tenant, standing.membership_id).await?;
        let mut permissions = BTreeSet::new();
        for role in &roles {
            permissions.extend(self.grants(role, standing.is_platform));
        }
        Ok(permissions)
    }

    /// What a role gives. Permissions of the platform count in its own tenant alone, and one that no
    /// service knows any more counts nowhere.
    pub(super) fn grants(
        &self,
        role: &store::entities::role::Model,
        is_platform: bool,
    ) -> Vec<String> {
        let reaches = |permission: &&Permission| is_platform || permission.reach == Reach::Tenant;
        let known = self.known_permissions();
        let known = known.iter().filter(reaches);
        if role.is_builtin {
            let builtin = BUILTIN_ROLES.iter().find(|builtin| builtin.name == role.name);
            let given = known.filter(|known| builtin.is_some_and(|role| (role.grants)(known)));
            return given.map(|permission| permission.name.to_owned()).collect();
        }
        let named: Vec<String> = serde_json::from_str(&role.permissions).unwrap_or_default();
        named.into_iter().filter(|name| known.clone().any(|known| known.name == name)).collect()
    }

    /// The permissions of all services, once they are mounted.
    pub(super) fn known_permissions(&self) -> Arc<[Permission]> {
        let known = self.0.permissions.get().cloned();
        known.unwrap_or_else(|| crate::permissions::ALL.into())
    }
}
