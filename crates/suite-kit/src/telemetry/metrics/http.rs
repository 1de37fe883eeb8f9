//! What a service answers.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Seconds: the finest is what a cached read takes, the coarsest what the frame allows.
const BUCKETS_S: [f64; 11] = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0];

/// Routes are those of the program, never a path that somebody asked for: labels stay few.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: String,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    method: String,
    route: String,
}

/// What one service answered. Clones count together.
#[derive(Debug, Clone)]
pub struct HttpMetrics {
    requests: Family<Answered, Counter>,
    durations: Family<Route, Histogram>,
    running: Gauge,
}

impl HttpMetrics {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let requests = Family::<Answered, Counter>::default();
        let durations =
            Family::<Route, Histogram>::new_with_constructor(|| Histogram::new(BUCKETS_S));
        let running = Gauge::default();
        registry.register("itechsmart_http_requests", "Requests answered", requests.clone());
        registry.register(
            "itechsmart_http_request_duration_seconds",
            "From a request's head to the head of its answer",
            durations.clone(),
        );
        registry.register(
            "itechsmart_http_requests_running",
            "Requests being served",
            running.clone(),
        );
        Self { requests, durations, running }
    }

    /// Counts a request as running until what it returns is dropped.
    pub(crate) fn enter(&self) -> impl Drop + use<> {
        struct Running(Gauge);
        impl Drop for Running {
            fn drop(&mut self) {
                self.0.dec();
            }
        }
        self.running.inc();
        Running(self.running.clone())
    }

    pub(crate) fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        let (method, route) = (method.to_owned(), route.to_owned());
        let answered = Answered { method: method.clone(), route: route.clone(), status };
        self.requests.get_or_create(&answered).inc();
        self.durations.get_or_create(&Route { method, route }).observe(took.as_secs_f64());
    }
}
