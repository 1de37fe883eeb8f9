//! A process of a service as the tests see it: what it stands on, without its routes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sea_orm_migration::MigrationTrait;
use suite_contracts::ServiceName;
use suite_kit::cache::Cache;
use suite_kit::clock::Clock;
use suite_kit::config::Config;
use suite_kit::db::{self, Database};
use suite_kit::events::Bus;
use suite_kit::service::{Foundation, Tasks};
use suite_kit::telemetry::Metrics;

const PATIENCE_S: u64 = 40;

fn no_tables_of_its_own() -> Vec<Box<dyn MigrationTrait>> {
    Vec::new()
}

/// Processes of these services with one bus between them.
pub async fn processes<const N: usize>(
    config: &Config,
    services: [ServiceName; N],
) -> [Foundation; N] {
    let (bus, tasks) = (Bus::open(config).unwrap(), Tasks::default());
    let mut made = Vec::new();
    for service in services {
        let database = Database::open(&config.location(), service).await.unwrap();
        db::migrate(&database, service, no_tables_of_its_own).await.unwrap();
        let clock = Clock::system();
        let metrics = Metrics::new(service, "1");
        let cache = Cache::open(config, service, clock.clone()).unwrap();
        made.push(Foundation {
            service,
            config: Arc::new(config.clone()),
            cache: cache.counted(&metrics.cache),
            clock,
            database,
            bus: bus.clone(),
            tasks: tasks.clone(),
            metrics,
        });
    }
    made.try_into().unwrap()
}

pub async fn process(config: &Config, service: ServiceName) -> Foundation {
    let [process] = processes(config, [service]).await;
    process
}

/// Ends a process without letting its tasks finish anything.
pub async fn kill(process: Foundation) {
    process.tasks.stop(Duration::ZERO).await;
}

/// Waits until `condition` holds.
///
/// # Panics
/// If it does not in time.
pub async fn until(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let started = Instant::now();
    while !condition().await {
        assert!(started.elapsed() < Duration::from_secs(PATIENCE_S), "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
