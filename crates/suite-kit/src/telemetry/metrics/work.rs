//! What is done behind answers: the cache, jobs, and deliveries of notifications and webhooks.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Seconds: a job changes rows, or waits for somebody else's server.
const BUCKETS_S: [f64; 10] = [0.005, 0.02, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 600.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

/// Values that were asked for.
#[derive(Debug, Clone, Default)]
pub struct CacheMetrics(Family<Outcome, Counter>);

impl CacheMetrics {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let own = Self::default();
        let help = "Values asked of the cache";
        registry.register("itechsmart_cache_lookups", help, own.0.clone());
        own
    }

    pub(crate) fn looked_up(&self, found: bool) {
        let outcome = if found { "hit" } else { "miss" };
        self.0.get_or_create(&Outcome { outcome }).inc();
    }
}

/// Kinds are those of the program.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Run {
    kind: &'static str,
    outcome: &'static str,
}

/// Runs of jobs.
#[derive(Debug, Clone)]
pub struct JobMetrics(Family<Run, Histogram>);

impl JobMetrics {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let runs = Family::<Run, Histogram>::new_with_constructor(|| Histogram::new(BUCKETS_S));
        let help = "How long jobs ran, by how that ended: done, retry, dead";
        registry.register("itechsmart_job_duration_seconds", help, runs.clone());
        Self(runs)
    }

    pub(crate) fn ran(&self, kind: &'static str, outcome: &'static str, took: Duration) {
        self.0.get_or_create(&Run { kind, outcome }).observe(took.as_secs_f64());
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Delivery {
    channel: String,
    outcome: &'static str,
}

/// Attempts to deliver something.
#[derive(Debug, Clone, Default)]
pub struct DeliveryMetrics(Family<Delivery, Counter>);

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivered {
    Sent,
    /// It is tried again.
    Retry,
    /// It was given up.
    Failed,
}

impl DeliveryMetrics {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let own = Self::default();
        let help = "Attempts to deliver, by how they ended: sent, retry, failed";
        registry.register("itechsmart_deliveries", help, own.0.clone());
        own
    }

    pub fn tried(&self, channel: &str, ended: Delivered) {
        let outcome = match ended {
            Delivered::Sent => "sent",
            Delivered::Retry => "retry",
            Delivered::Failed => "failed",
        };
        let channel = channel.to_owned();
        self.0.get_or_create(&Delivery { channel, outcome }).inc();
    }
}
