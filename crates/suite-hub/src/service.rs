//! Hub's use cases. Each authorises first, decides, and owns its transaction.

mod administration;
mod api_keys;
mod authority;
mod directory;
mod flags;
mod groups;
mod hasher;
mod invitations;
mod keys;
mod mail;
mod me;
mod roles;
mod sessions;
mod setup;
mod tenants;
mod users;

use std::sync::{Arc, OnceLock};

use suite_contracts::Permission;
use suite_kit::clock::Clock;
use suite_kit::config::Config;
use suite_kit::db::Database;
use suite_kit::seal::Sealing;
use suite_kit::service::Foundation;

use crate::error::HubError;
use hasher::Hasher;
use keys::Keys;

pub use administration::Administration;
pub(crate) use api_keys::{ApiKey, NewApiKey, ShownKey};
pub(crate) use flags::Switch;
pub(crate) use groups::{Group, GroupChange, GroupContent};
pub(crate) use me::Myself;
pub use me::NotAPerson;
pub(crate) use roles::{Role, RoleChange, RoleContent};
pub(crate) use sessions::{LoggedIn, Login};
pub(crate) use setup::Setup;
pub(crate) use tenants::{NewTenant, Settings, Tenant, Turn};
pub(crate) use users::{Invitation, User, UserChange};

/// Hub itself. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Hub(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    database: Database,
    clock: Clock,
    config: Arc<Config>,
    hasher: Hasher,
    keys: Keys,
    /// For secrets that must be read again: TOTP.
    sealing: Sealing,
    /// Of all services; known once they are mounted.
    permissions: OnceLock<Arc<[Permission]>>,
    /// Letters on their way out.
    post: parking_lot::Mutex<Vec<mail::Written>>,
    /// Uses of API keys, to be noted.
    key_uses: api_keys::Uses,
}

impl Hub {
    pub async fn open(foundation: &Foundation) -> Result<Self, HubError> {
        let Foundation { config, clock, database, .. } = foundation.clone();
        let secret = |secret: &Option<suite_kit::config::Secret>| {
            let secret = secret.as_ref().map(|secret| secret.expose().to_owned());
            secret.ok_or_else(|| HubError::Internal("the configuration is not secured".into()))
        };
        let sealing = Sealing::new(&secret(&config.encryption_key)?, "second factor");
        let signing = Sealing::new(&secret(&config.jwt_secret)?, "token signing key");
        let keys = Keys::open(&database, &clock, signing, &config.public_url()).await?;
        let hasher = Hasher::new();
        let (permissions, post) = (OnceLock::new(), parking_lot::Mutex::default());
        let (key_uses, used) = api_keys::uses();
        let inner =
            Inner { database, clock, config, hasher, keys, sealing, permissions, post, key_uses };
        let hub = Self(Arc::new(inner));
        foundation.tasks.spawn("api key uses", |stop| hub.clone().note_uses(used, stop));
        Ok(hub)
    }

    /// Tells Hub what the services ask for, so that roles can give it.
    pub(crate) fn learn(&self, permissions: Arc<[Permission]>) {
        let _ = self.0.permissions.set(permissions);
    }

    fn database(&self) -> &Database {
        &self.0.database
    }

    fn clock(&self) -> &Clock {
        &self.0.clock
    }

    fn now_ms(&self) -> i64 {
        self.0.clock.now_ms()
    }
}
