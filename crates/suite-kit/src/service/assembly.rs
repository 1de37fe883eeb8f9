//! Starting services in one process: their databases, who knows callers, their routes, their
//! health.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::middleware;
use axum::routing::{MethodRouter, get};
use sea_orm::DbErr;
use suite_contracts::{AUTHORITY_CHANGED, Permission, ServiceName};
use tower::ServiceExt;

use super::frame as framing;
use super::idempotency::Idempotency;
use super::registry::{self, Registry};
use super::{Definition, Foundation, Frame, Kit, MountError, Service, Tasks};
use crate::audit::{AnchorOptions, Ledger, LedgerCheck, LedgerError, Trail};
use crate::auth::{CachedDirectory, Directory, NobodyKnown, People, RemoteHub};
use crate::cache::{Cache, CacheError};
use crate::clock::Clock;
use crate::config::{Config, ConfigError};
use crate::db::{self, Database};
use crate::events::{self, Bus, EventsError};
use crate::health::{self, Checks, DatabaseCheck};
use crate::telemetry::{METRICS_MEDIA_TYPE, Metrics};

/// How long background work may take to end.
const FAREWELL_MS_MAX: u64 = 10_000;

/// Services that run.
pub struct Running {
    pub services: Vec<Started>,
    registry: Option<Arc<dyn Registry>>,
    tasks: Tasks,
}

/// One of them.
#[derive(Debug)]
pub struct Started {
    pub name: ServiceName,
    /// Its API and its health, framed.
    pub router: Router,
    /// `/metrics`, which is for operators and not for whoever reaches the API.
    pub metrics: MethodRouter,
    pub database: Database,
    pub health: Checks,
}

/// Why the services cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("{service}: the database cannot be used: {error}")]
    Database { service: ServiceName, error: DbErr },
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Cache(#[from] CacheError),
    #[error(transparent)]
    Events(#[from] EventsError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Mount(#[from] MountError),
    #[error("no service here knows callers: run hub too, or set HUB_URL and HUB_API_KEY")]
    NoDirectory,
}

/// Brings tables up to date and starts all `services`.
pub async fn start(
    config: Arc<Config>,
    clock: Clock,
    services: &[Arc<dyn Service>],
) -> Result<Running, StartError> {
    let (tasks, bus) = (Tasks::default(), Bus::open(&config)?);
    let ledger = Ledger::open(&config)?;
    let mut foundations = Vec::new();
    let (mut directory, mut people, mut registry) = (None, None, None);
    for service in services {
        let foundation = lay(service.as_ref(), &config, &clock, (&tasks, &bus)).await?;
        let known = service.directory(&foundation).await?;
        directory = directory.or(known);
        people = people.or(service.people(&foundation).await?);
        registry = registry.or(service.registry(&foundation).await?);
        foundations.push(foundation);
    }
    // Hub in another process, for what no service here knows.
    let hub = RemoteHub::configured(&config)?;
    let elsewhere = hub.clone().map(|hub| Arc::new(hub) as Arc<dyn Directory>);
    let directory = directory.or(elsewhere);
    let elsewhere = hub.clone().map(|hub| Arc::new(hub) as Arc<dyn People>);
    let people = people.or(elsewhere).unwrap_or_else(|| Arc::new(NobodyKnown));
    let registry = registry.or(hub.map(|hub| Arc::new(hub) as Arc<dyn Registry>));
    let directory = directory.ok_or(StartError::NoDirectory)?;
    let directory: Arc<dyn Directory> = Arc::new(CachedDirectory::new(directory, clock.clone()));
    forget_what_changes(&bus, &directory);
    let permissions: Arc<[Permission]> =
        services.iter().flat_map(|service| service.definition().permissions).copied().collect();
    let mut started = Vec::new();
    for (service, foundation) in services.iter().zip(&foundations) {
        let trail = trail(&service.definition(), foundation, &ledger);
        let kit = Kit {
            trail,
            foundation: foundation.clone(),
            directory: directory.clone(),
            people: people.clone(),
            permissions: permissions.clone(),
        };
        let routes = service.mount(kit).await?;
        let routes = idempotency(foundation, &directory)?.around(routes);
        let framed = frame(foundation.clone(), routes, &ledger);
        if let Some(registry) = &registry {
            registry::announce(foundation, registry.clone(), framed.health.clone());
        }
        started.push(framed);
    }
    events::start(&bus, &foundations);
    Ok(Running { services: started, registry, tasks })
}

/// Has a change of who may do what noticed as soon as this process hears of it. Where it does not,
/// the directory forgets by itself. It may hold the bus, which so must not hold it: neither would
/// ever end, nor their connections to the database.
fn forget_what_changes(bus: &Bus, directory: &Arc<dyn Directory>) {
    let directory = Arc::downgrade(directory);
    bus.hear(move |event| {
        if !AUTHORITY_CHANGED.contains(&&*event.name.0) {
            return;
        }
        let Some(directory) = directory.upgrade() else { return };
        directory.forget(event.tenant_id);
        if let Ok(subject) = event.subject.parse() {
            directory.forget(subject);
        }
    });
}

fn idempotency(
    foundation: &Foundation,
    directory: &Arc<dyn Directory>,
) -> Result<Idempotency, MountError> {
    let Foundation { service, config, clock, database, .. } = foundation;
    let missing = || MountError::new(*service, "ENCRYPTION_KEY is missing");
    let secret = config.encryption_key.as_ref().ok_or_else(missing)?;
    let (database, clock) = (database.clone(), clock.clone());
    Ok(Idempotency::new(database, clock, directory.clone(), secret.expose()))
}

async fn lay(
    service: &dyn Service,
    config: &Arc<Config>,
    clock: &Clock,
    (tasks, bus): (&Tasks, &Bus),
) -> Result<Foundation, StartError> {
    let definition = service.definition();
    let service = definition.name;
    let failed = |error| StartError::Database { service, error };
    let database = Database::open(&config.location(), service).await.map_err(failed)?;
    db::migrate(&database, service, definition.migrations).await.map_err(failed)?;
    if let Some(watch) = database.watch() {
        tasks.spawn("database watch", |stop| watch.run(stop));
    }
    let metrics = Metrics::new(service, &config.app_version);
    let cache = Cache::open(config, service, clock.clone())?.counted(&metrics.cache);
    let (config, clock) = (config.clone(), clock.clone());
    let (bus, tasks) = (bus.clone(), tasks.clone());
    Ok(Foundation { service, config, clock, database, cache, bus, tasks, metrics })
}

/// A service's audit trail, which seals and anchors from now on.
fn trail(definition: &Definition, foundation: &Foundation, ledger: &Option<Ledger>) -> Trail {
    let Foundation { service, clock, database, tasks, .. } = foundation.clone();
    let trail = Trail::new(service, database, clock, ledger.clone(), definition.audit_read);
    trail.start(&tasks, AnchorOptions::default());
    trail
}

fn frame(foundation: Foundation, routes: Router, ledger: &Option<Ledger>) -> Started {
    let Foundation { service, config, clock, database, cache, metrics, .. } = foundation;
    let health = Checks::new(&config.app_version, clock.clone())
        .with(Arc::new(DatabaseCheck(database.clone())))
        .with(cache.check())
        .with(Arc::new(LedgerCheck(ledger.clone())));
    let (shown, tables) = (metrics.clone(), database.clone());
    let show = move || async move {
        let text = shown.text(&tables, clock.now_ms()).await;
        ([(CONTENT_TYPE, METRICS_MEDIA_TYPE)], text)
    };
    let strict_transport = config.public_url().starts_with("https://");
    let origins = config.allowed_origins.split(',').map(str::trim);
    let allowed_origins = origins.filter(|origin| !origin.is_empty());
    let allowed_origins = allowed_origins.filter_map(|origin| origin.parse().ok()).collect();
    let outage = database.outage().clone();
    let routes = routes.layer(middleware::from_fn_with_state(outage, framing::unless_gone));
    let routes = routes.merge(health::routes(health.clone()));
    let trusted_proxies = config.trusted_proxies.clone();
    let frame = Frame {
        upload_bytes_max: config.file_bytes_max,
        strict_transport,
        allowed_origins,
        trusted_proxies,
        ..Frame::new(metrics.http)
    };
    let router = frame.around(routes);
    Started { name: service, router, metrics: get(show), database, health }
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running").field("services", &self.services).finish_non_exhaustive()
    }
}

impl Running {
    /// All services behind one address: a path's namespace says which one answers. What is in no
    /// namespace is answered by the first.
    pub fn router(&self) -> Router {
        let routers: Vec<(String, Router)> = self
            .services
            .iter()
            .map(|started| (format!("/api/v1/{}/", started.name), started.router.clone()))
            .collect();
        Router::new().fallback(move |request: Request| {
            let path = request.uri().path();
            let chosen = routers.iter().find(|(namespace, _)| path.starts_with(namespace));
            let router = chosen.or(routers.first()).map(|(_, router)| router.clone());
            router.unwrap_or_default().oneshot(request)
        })
    }

    /// Tells background work to stop, waits for it, and closes the databases.
    pub async fn stop(self) {
        self.tasks.stop(Duration::from_millis(FAREWELL_MS_MAX)).await;
        for service in &self.services {
            service.database.close().await;
        }
    }

    pub fn tasks(&self) -> &Tasks {
        &self.tasks
    }

    /// Who knows where services of other processes are.
    pub fn registry(&self) -> Option<Arc<dyn Registry>> {
        self.registry.clone()
    }
}
