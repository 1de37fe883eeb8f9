//! Metrics of a service, in the OpenMetrics text format: what it answers, and what it works at.

mod http;
mod waiting;
mod work;

use std::sync::Arc;

use parking_lot::Mutex;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use suite_contracts::ServiceName;

use crate::db::Database;

pub use http::HttpMetrics;
use waiting::Waiting;
pub use work::{CacheMetrics, Delivered, DeliveryMetrics, JobMetrics};

pub const METRICS_MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What one service counts. Clones count together.
#[derive(Debug, Clone)]
pub struct Metrics {
    registry: Arc<Mutex<Registry>>,
    pub http: HttpMetrics,
    pub cache: CacheMetrics,
    pub jobs: JobMetrics,
    pub deliveries: DeliveryMetrics,
    waiting: Waiting,
}

impl Metrics {
    pub fn new(service: ServiceName, version: &str) -> Self {
        let mut registry =
            Registry::with_labels([("service".into(), service.as_str().into())].into_iter());
        let build = Gauge::<i64>::default();
        build.set(1);
        registry.sub_registry_with_label(("version".into(), version.to_owned().into())).register(
            "itechsmart_build_info",
            "The program that runs",
            build,
        );
        Self {
            http: HttpMetrics::register(&mut registry),
            cache: CacheMetrics::register(&mut registry),
            jobs: JobMetrics::register(&mut registry),
            deliveries: DeliveryMetrics::register(&mut registry),
            waiting: Waiting::register(&mut registry),
            registry: Arc::new(Mutex::new(registry)),
        }
    }

    /// All of them, with what waits in the service's tables at this moment. Without its database
    /// these are missing: old numbers would look like new ones.
    pub async fn text(&self, database: &Database, now_ms: i64) -> String {
        self.waiting.look(database, now_ms).await;
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = encode(&mut text, &self.registry.lock());
        text
    }
}
