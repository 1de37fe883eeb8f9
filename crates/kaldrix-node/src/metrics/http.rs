//! What the HTTP API does, counted as it does it.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::http_server::OpenConnections;

/// Upper bounds of the latency buckets in seconds.
const LATENCY_BOUNDS_S: [f64; 12] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    method: &'static str,
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, Copy)]
struct Latency;

impl MetricConstructor<Histogram> for Latency {
    fn new_metric(&self) -> Histogram {
        Histogram::new(LATENCY_BOUNDS_S)
    }
}

/// Counts of the HTTP API, shared by the API that fills them and the metrics that show them.
#[derive(Debug, Clone)]
pub struct HttpMetrics(Arc<Families>);

#[derive(Debug)]
struct Families {
    latency: Family<Route, Histogram, Latency>,
    requests: Family<Answered, Counter>,
    errors: Family<Answered, Counter>,
    connections: OpenConnections,
}

impl Default for HttpMetrics {
    fn default() -> Self {
        Self(Arc::new(Families {
            latency: Family::new_with_constructor(Latency),
            requests: Family::default(),
            errors: Family::default(),
            connections: OpenConnections::default(),
        }))
    }
}

impl HttpMetrics {
    /// The API's open connections.
    pub fn connections(&self) -> &OpenConnections {
        &self.0.connections
    }

    /// Counts an answer. `route` is the route's pattern, so that there are few.
    pub fn record(&self, method: &Method, route: &str, status: StatusCode, taken: Duration) {
        let (method, route) = (method_name(method), route.to_owned());
        let labels = Route { method, route: route.clone() };
        self.0.latency.get_or_create(&labels).observe(taken.as_secs_f64());
        let answered = Answered { method, route, status: status.as_u16() };
        if status.is_client_error() || status.is_server_error() {
            self.0.errors.get_or_create(&answered).inc();
        }
        self.0.requests.get_or_create(&answered).inc();
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        let Families { latency, requests, errors, connections } = &*self.0;
        let help = "Time from a request's head to its answer, by route";
        registry.register_with_unit("kaldrix_http_request", help, Unit::Seconds, latency.clone());
        let help = "Requests answered, by route and status";
        registry.register("kaldrix_http_requests", help, requests.clone());
        let help = "Requests answered with a status of 400 or above, by route and status";
        registry.register("kaldrix_http_errors", help, errors.clone());
        registry.register_collector(Box::new(Connections(connections.clone())));
    }
}

/// A method's name; one that is the caller's invention does not become a label.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

#[derive(Debug)]
struct Connections(OpenConnections);

impl Collector for Connections {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let gauge = ConstGauge::new(i64::try_from(self.0.count()).unwrap_or(i64::MAX));
        let help = "Open connections to the HTTP API";
        let kind = prometheus_client::metrics::MetricType::Gauge;
        gauge.encode(encoder.encode_descriptor("kaldrix_connections_open", help, None, kind)?)
    }
}
