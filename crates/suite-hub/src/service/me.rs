//! What somebody may know of themself: no permission is asked for.

use suite_contracts::UserId;
use suite_kit::audit::{Actor, Entry};
use suite_kit::auth::Caller;
use suite_kit::problem::{Kind, Problem};

use super::Hub;
use super::homes::RECORDED;
use super::sessions::SESSION_MS_MAX;
use crate::error::HubError;
use crate::model::name;
use crate::store::{self, entities};

/// The signed-in person.
#[derive(Debug)]
pub(crate) struct Myself {
    pub person: entities::person::Model,
    pub tenant: entities::tenant::Model,
    pub tenants: Vec<entities::tenant::Model>,
    pub permissions: Vec<String>,
    pub recovery_codes_left: u64,
}

/// A person's own affairs are not an API key's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is for people who are signed in, not for API keys")]
pub struct NotAPerson;

impl From<NotAPerson> for Problem {
    fn from(error: NotAPerson) -> Self {
        Self::new(Kind::Forbidden, "person_needed", error.to_string())
    }
}

impl Hub {
    /// The person behind a caller.
    pub(super) fn person(caller: &Caller) -> Result<UserId, HubError> {
        caller.user().ok_or(HubError::NotAPerson(NotAPerson))
    }

    pub(crate) async fn me(&self, caller: &Caller) -> Result<Myself, HubError> {
        let id = Self::person(caller)?;
        let person = store::persons::by_id(self.database(), id).await?;
        let person = person.ok_or(HubError::SessionEnded)?;
        let memberships = store::homes::with_tenants(self.database().read(), id).await?;
        let tenants: Vec<_> = memberships.into_iter().map(|(_, tenant)| tenant).collect();
        let tenant = tenants.iter().find(|tenant| tenant.id == caller.tenant().0);
        let tenant = tenant.cloned().ok_or(HubError::SessionEnded)?;
        let permissions = caller.identity.permissions.iter().cloned().collect();
        let recovery_codes_left =
            store::persons::recovery_codes_left(self.database().read(), id).await?;
        Ok(Myself { person, tenant, tenants, permissions, recovery_codes_left })
    }

    /// Changes the caller's own name.
    pub(crate) async fn rename_me(
        &self,
        caller: &Caller,
        new_name: &str,
        version: i64,
    ) -> Result<(), HubError> {
        let id = Self::person(caller)?;
        let new_name = name::parse("name", new_name)?;
        let transaction = self.database().begin().await?;
        if !store::persons::set_name(&transaction, id, &new_name, Some(version)).await? {
            return Err(HubError::Stale("profile"));
        }
        let entry = Entry::new("hub.profile.changed", "user", id)
            .with(serde_json::json!({ "name": new_name }));
        self.record(&transaction, Some(id), &Actor::from(caller), entry).await?;
        transaction.commit_unaudited(RECORDED).await?;
        Ok(())
    }

    pub(crate) fn jwks(&self) -> jsonwebtoken::jwk::JwkSet {
        self.0.keys.jwks()
    }

    pub(crate) fn cookie_s(&self) -> i64 {
        SESSION_MS_MAX / 1_000
    }

    /// Whether pages of that origin are this installation's. Ports of its host count as one, as they
    /// do for cookies: every product's console has a port of its own.
    pub(crate) fn is_own_origin(&self, origin: &str) -> bool {
        let config = &self.0.config;
        let mut allowed = config.allowed_origins.split(',').map(|allowed| allowed.trim());
        allowed.any(|allowed| !allowed.is_empty() && allowed.trim_end_matches('/') == origin)
            || without_port(origin) == without_port(&config.public_url())
    }

    /// Whether browsers reach this installation by TLS alone.
    pub(crate) fn is_secure(&self) -> bool {
        self.0.config.public_url().starts_with("https://")
    }
}

/// Scheme and host of an origin.
fn without_port(origin: &str) -> &str {
    match origin.rsplit_once(':') {
        Some((before, port)) if port.chars().all(|digit| digit.is_ascii_digit()) => before,
        _ => origin,
    }
}
