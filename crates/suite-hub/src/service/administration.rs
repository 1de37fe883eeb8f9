//! What an operator does on the machine, without signing in: who can read the secrets and the
//! database may do this anyway. It works on the database alone, whether or not Hub runs on it.

use std::sync::Arc;

use suite_contracts::{ServiceName, TenantId, UserId};
use suite_kit::audit::{Actor, Entry};
use suite_kit::clock::Clock;
use suite_kit::config::Config;
use suite_kit::db::{self, Database};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::Hub;
use super::homes::RECORDED;
use crate::error::HubError;
use crate::migrations;
use crate::model::email::Email;
use crate::store::{self, entities::person};

/// Hub in the hands of whoever runs the machine.
#[derive(Debug, Clone)]
pub struct Administration {
    pub(super) hub: Hub,
}

/// How far to let somebody in again.
#[derive(Debug, Clone, Copy, Default)]
pub struct Recovery {
    /// The link removes the second factor, once it is used.
    pub reset_second_factor: bool,
    /// They become an active member of the platform's tenant and an administrator of it, at once.
    pub make_administrator: bool,
}

/// Somebody who administrates the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Administrator {
    pub id: UserId,
    pub email: String,
    pub name: String,
    pub is_locked: bool,
    pub has_second_factor: bool,
}

impl Administration {
    /// Opens Hub's database, brings its tables up to date, and starts nothing.
    pub async fn open(config: Arc<Config>) -> Result<Self, HubError> {
        Self::open_at(config, Clock::system()).await
    }

    /// The same with a clock of its own.
    pub async fn open_at(config: Arc<Config>, clock: Clock) -> Result<Self, HubError> {
        let database = Database::open(&config.location(), ServiceName::Hub).await?;
        db::migrate(&database, ServiceName::Hub, migrations::all).await?;
        Ok(Self { hub: Hub::on(config, clock, database).await? })
    }

    pub fn new(hub: Hub) -> Self {
        Self { hub }
    }

    /// Removes tenants whose time of grace is over, as a job does now and then.
    pub async fn remove_due_tenants(&self) -> Result<(), HubError> {
        self.hub.remove_due_tenants().await
    }

    /// Closes the database.
    pub async fn close(self) {
        self.hub.database().close().await;
    }

    /// A link with which somebody sets a new password; it works once, for an hour. They are unlocked
    /// at once.
    pub async fn recover(
        &self,
        email: &str,
        recovery: Recovery,
    ) -> Result<Zeroizing<String>, HubError> {
        let person = self.person(email).await?;
        let id = UserId(person.id);
        let transaction = self.hub.database().begin().await?;
        if recovery.make_administrator {
            let platform = store::homes::platform(&*transaction).await?;
            let platform = platform.ok_or(HubError::NotFound("platform: set it up first"))?;
            let now_ms = self.hub.now_ms();
            store::administrators::make(&transaction, TenantId(platform.id), id, now_ms).await?;
        }
        self.hub.unlock(&transaction, id).await?;
        let without = recovery.reset_second_factor;
        let link = self.hub.reset_link(&transaction, id, without).await?;
        let entry = Entry::new("hub.user.recovered", "user", id).with(serde_json::json!({
            "reset_second_factor": recovery.reset_second_factor,
            "made_administrator": recovery.make_administrator,
        }));
        self.hub.record(&transaction, Some(id), &operator(), entry).await?;
        transaction.commit_unaudited(RECORDED).await?;
        Ok(link)
    }

    /// Forgets somebody's failed logins.
    pub async fn unlock(&self, email: &str) -> Result<(), HubError> {
        let person = self.person(email).await?;
        let id = UserId(person.id);
        let transaction = self.hub.database().begin().await?;
        self.hub.unlock(&transaction, id).await?;
        let entry = Entry::new("hub.user.unlocked", "user", id);
        self.hub.record(&transaction, Some(id), &operator(), entry).await?;
        transaction.commit_unaudited(RECORDED).await?;
        Ok(())
    }

    /// Who administrates the platform, in the order of their addresses.
    pub async fn administrators(&self) -> Result<Vec<Administrator>, HubError> {
        let database = self.hub.database();
        let platform = store::homes::platform(database.read()).await?;
        let Some(platform) = platform else { return Ok(Vec::new()) };
        let persons = store::administrators::of_tenant(database, TenantId(platform.id)).await?;
        let now_ms = self.hub.now_ms();
        let shown = |person: person::Model| Administrator {
            id: UserId(person.id),
            is_locked: person
                .failures()
                .locked_ms(crate::model::lockout::ACCOUNT, now_ms)
                .is_some(),
            has_second_factor: person.totp_secret.is_some(),
            email: person.email,
            name: person.name,
        };
        Ok(persons.into_iter().map(shown).collect())
    }

    /// The link of the first start, as long as nobody can sign in.
    pub async fn setup_link(&self) -> Result<Option<String>, HubError> {
        self.hub.setup_link().await
    }

    async fn person(&self, email: &str) -> Result<person::Model, HubError> {
        let email = Email::parse(email)?;
        let person = store::persons::by_email(self.hub.database(), email.as_str()).await?;
        person.ok_or(HubError::NotFound("person"))
    }
}

/// For [`Hub::record`], which fills in the tenant.
fn operator() -> Actor {
    Actor::system(TenantId(Uuid::nil()), "an operator on the machine")
}

#[cfg(test)]
mod tests;
