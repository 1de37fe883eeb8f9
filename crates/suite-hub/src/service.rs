//! Hub's use cases. Each authorises first, decides, and owns its transaction.

mod administration;
mod api_keys;
mod authority;
mod demo;
mod directory;
mod emails;
mod events;
mod expiry;
#[cfg(test)]
mod fixture;
mod flags;
mod groups;
mod hasher;
mod homes;
mod invitations;
mod keys;
mod lockout;
mod login;
mod mail;
mod me;
mod notifications;
mod passwords;
mod people;
mod pruning;
mod refresh;
mod registry;
mod roles;
mod second_factor;
mod sessions;
mod setup;
mod tenants;
mod users;
mod webhooks;

use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use suite_contracts::{Permission, TenantId};
use suite_kit::audit::Trail;
use suite_kit::clock::Clock;
use suite_kit::config::Config;
use suite_kit::db::Database;
use suite_kit::events::Bus;
use suite_kit::jobs::Worker;
use suite_kit::notify::{Notifier, Outbound};
use suite_kit::seal::Sealing;
use suite_kit::service::{Foundation, Kit, Tasks};
use suite_kit::telemetry::DeliveryMetrics;
use tokio::sync::{Semaphore, mpsc};

use crate::error::HubError;
use hasher::Hasher;
use keys::Keys;

pub use administration::{Administration, Administrator, Recovery};
pub(crate) use api_keys::{ApiKey, NewApiKey, ShownKey};
pub use demo::Demo;
pub(crate) use events::{Following, log as event_log};
pub(crate) use flags::Switch;
pub(crate) use groups::{Group, GroupChange, GroupContent};
pub(crate) use invitations::{Acceptance, Invited};
pub(crate) use login::{Challenge, Login, Response, Step};
pub(crate) use me::Myself;
pub use me::NotAPerson;
pub(crate) use notifications::{Notification, consumer as notifications, is_for};
pub(crate) use passwords::Reset;
pub(crate) use registry::{Instance, Overview, ServiceState};
pub(crate) use roles::{Role, RoleChange, RoleContent};
pub(crate) use second_factor::NewTotp;
pub(crate) use sessions::LoggedIn;
pub(crate) use setup::Setup;
pub(crate) use tenants::{NewTenant, Settings, Tenant, Turn};
pub(crate) use users::{Invitation, User, UserChange};
pub(crate) use webhooks::{
    Delivery, ShownWebhook, Webhook, WebhookChange, worker as webhook_worker,
};

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
    /// People who forgot their password, and wait for a letter.
    forgotten: mpsc::Sender<passwords::Forgotten>,
    /// The other end, until the work starts.
    waiting: Mutex<Option<mpsc::Receiver<passwords::Forgotten>>>,
    /// Uses of API keys, to be noted.
    key_uses: api_keys::Uses,
    /// The other end, until the work starts.
    used: Mutex<Option<api_keys::Used>>,
    /// The installation's own tenant, once it was asked for.
    platform: OnceLock<TenantId>,
    /// What Hub has once it is mounted.
    around: OnceLock<Around>,
    /// Places for those who follow events.
    streams: Arc<Semaphore>,
    /// And for consoles that hear of notifications.
    listeners: Arc<Semaphore>,
    /// To webhooks.
    outbound: Outbound,
    /// For letters.
    notifier: Notifier,
}

#[derive(Debug)]
struct Around {
    bus: Bus,
    trail: Trail,
}

impl Hub {
    pub async fn open(foundation: &Foundation) -> Result<Self, HubError> {
        let Foundation { config, clock, database, .. } = foundation.clone();
        Self::on(config, clock, database).await
    }

    /// Hub on a database, without any work of its own.
    async fn on(config: Arc<Config>, clock: Clock, database: Database) -> Result<Self, HubError> {
        let secret = |secret: &Option<suite_kit::config::Secret>| {
            let secret = secret.as_ref().map(|secret| secret.expose().to_owned());
            secret.ok_or_else(|| HubError::Internal("the configuration is not secured".into()))
        };
        let sealing = Sealing::new(&secret(&config.encryption_key)?, "second factor");
        let signing = Sealing::new(&secret(&config.jwt_secret)?, "token signing key");
        let keys = Keys::open(&database, &clock, signing, &config.public_url()).await?;
        let (hasher, permissions) = (Hasher::new(), OnceLock::new());
        let (forgotten, waiting) = mpsc::channel(passwords::FORGOTTEN_MAX);
        let (waiting, notifier) =
            (Mutex::new(Some(waiting)), Notifier::new(&config, clock.clone())?);
        let (key_uses, used) = api_keys::uses();
        let outbound =
            Outbound::new(&config).map_err(|error| HubError::Internal(error.to_string()))?;
        let inner = Inner {
            database,
            clock,
            config,
            hasher,
            keys,
            sealing,
            permissions,
            forgotten,
            waiting,
            notifier,
            key_uses,
            used: Mutex::new(Some(used)),
            platform: OnceLock::new(),
            around: OnceLock::new(),
            streams: Arc::new(Semaphore::new(events::STREAMS_MAX)),
            listeners: Arc::new(Semaphore::new(notifications::LISTENERS_MAX)),
            outbound,
        };
        Ok(Self(Arc::new(inner)))
    }

    /// What delivers letters.
    pub(crate) fn workers(&self, metrics: &DeliveryMetrics) -> Vec<Worker> {
        self.0.notifier.workers(self.database(), metrics)
    }

    /// Starts the work that nobody asks for.
    pub(crate) fn start(&self, tasks: &Tasks) {
        if let Some(used) = self.0.used.lock().take() {
            tasks.spawn("api key uses", |stop| self.clone().note_uses(used, stop));
        }
        if let Some(waiting) = self.0.waiting.lock().take() {
            tasks.spawn("links for new passwords", |stop| self.clone().remind(waiting, stop));
        }
        tasks.spawn("pruning of sessions and tokens", |stop| self.clone().prune_until(stop));
    }

    /// Tells Hub what the services ask for, so that roles can give it.
    pub(crate) fn learn(&self, permissions: Arc<[Permission]>) {
        let _ = self.0.permissions.set(permissions);
    }

    /// Tells Hub what it works with as a service.
    pub(crate) fn mounted(&self, kit: &Kit) {
        let (bus, trail) = (kit.bus.clone(), kit.trail.clone());
        let _ = self.0.around.set(Around { bus, trail });
    }

    fn around(&self) -> Result<&Around, HubError> {
        let missing = || HubError::Internal("hub is not mounted".into());
        self.0.around.get().ok_or_else(missing)
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
