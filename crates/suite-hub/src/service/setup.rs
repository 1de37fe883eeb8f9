//! The first start: a link that is printed once makes the first administrator.

use suite_contracts::{MembershipId, RoleId, TenantId, UserId};
use suite_kit::audit::{self, Actor, Entry};
use suite_kit::auth::RequestContext;
use suite_kit::db::Transaction;
use suite_kit::seal;
use zeroize::Zeroizing;

use super::Hub;
use crate::error::HubError;
use crate::model::email::Email;
use crate::model::{name, password};
use crate::permissions::{ADMINISTRATOR, BUILTIN_ROLES};
use crate::store;

/// What the first administrator says of themself and their company.
#[derive(Debug)]
pub(crate) struct Setup {
    pub token: Zeroizing<String>,
    pub email: String,
    pub name: String,
    pub password: Zeroizing<String>,
    pub tenant_name: String,
}

const SETUP: &str = "setup";
const SETUP_MS_MAX: i64 = 24 * 3_600_000;

impl Hub {
    /// Whether nobody can sign in yet.
    pub(crate) async fn needs_setup(&self) -> Result<bool, HubError> {
        Ok(!store::persons::any(self.database()).await?)
    }

    /// The link of the first start, as long as nobody can sign in. An older one stops working.
    pub(crate) async fn setup_link(&self) -> Result<Option<String>, HubError> {
        if !self.needs_setup().await? {
            return Ok(None);
        }
        let (token, now_ms) = (seal::random_token(), self.now_ms());
        let transaction = self.database().begin().await?;
        store::tokens::remove_all(&transaction, SETUP).await?;
        let row = store::tokens::New {
            hash: seal::token_hash(&token),
            purpose: SETUP,
            person: None,
            tenant: None,
            data: serde_json::Value::Null,
        };
        store::tokens::insert(&transaction, row, (now_ms, now_ms + SETUP_MS_MAX)).await?;
        transaction.commit_unaudited("there is no tenant yet").await?;
        Ok(Some(format!("{}/setup#token={}", self.0.config.public_url(), *token)))
    }

    /// Makes the platform's tenant and its first administrator.
    pub(crate) async fn set_up(
        &self,
        request: &RequestContext,
        setup: Setup,
    ) -> Result<(UserId, TenantId), HubError> {
        let email = Email::parse(&setup.email)?;
        let (person_name, tenant_name) =
            (name::parse("name", &setup.name)?, name::parse("tenant_name", &setup.tenant_name)?);
        let weak = |error| HubError::Weak("password", error);
        password::check(&setup.password, &[email.as_str(), &person_name]).map_err(weak)?;
        let (hash, now_ms) = (seal::token_hash(&setup.token), self.now_ms());
        // Nobody without a link has passwords hashed.
        let found = store::tokens::find(self.database(), SETUP, hash, now_ms).await?;
        found.ok_or(HubError::TokenUsed)?;
        let password_hash = self.0.hasher.hash(&setup.password).await?;
        let transaction = self.database().begin().await?;
        store::tokens::take(&transaction, SETUP, hash, now_ms).await?.ok_or(HubError::TokenUsed)?;
        let (person, tenant) = (UserId::new(), TenantId::new());
        store::tenants::insert(&transaction, tenant, (&tenant_name, true), now_ms).await?;
        let named = (email.as_str(), person_name.as_str());
        store::persons::insert(&transaction, person, named, Some(password_hash), now_ms).await?;
        let administrator = self.give_builtin_roles(&transaction, tenant).await?;
        let membership = MembershipId::new();
        let state = store::members::ACTIVE;
        store::members::insert(&transaction, (membership, tenant, person), state, now_ms).await?;
        store::roles::give(&transaction, tenant, membership, administrator).await?;
        let mut actor = Actor::anonymous(tenant, request);
        actor.name.clone_from(&person_name);
        let entry = Entry::new("hub.tenant.created", "tenant", tenant)
            .with(serde_json::json!({ "name": tenant_name, "administrator": email.as_str() }));
        audit::commit(transaction, self.clock(), actor, entry).await?;
        Ok((person, tenant))
    }

    /// Makes the built-in roles of a new tenant and returns its administrators'.
    pub(super) async fn give_builtin_roles(
        &self,
        transaction: &Transaction,
        tenant: TenantId,
    ) -> Result<RoleId, HubError> {
        let mut administrator = RoleId::new();
        for builtin in BUILTIN_ROLES {
            let role = RoleId::new();
            let texts = (builtin.name, builtin.description);
            store::roles::insert(transaction, (role, tenant), texts, None, self.now_ms()).await?;
            if builtin.name == ADMINISTRATOR {
                administrator = role;
            }
        }
        Ok(administrator)
    }
}
