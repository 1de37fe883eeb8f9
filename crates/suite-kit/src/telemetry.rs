//! What an operator sees: logs, traces (OTLP over HTTP) and metrics (Prometheus).
//!
//! Logs are for people in development and JSON elsewhere. Traces continue those of callers by W3C
//! Trace Context (`traceparent`). Nothing here holds a secret: headers and bodies are never
//! recorded.

mod metrics;
mod trace;

use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use crate::config::{Config, Environment};

pub use metrics::{
    CacheMetrics, Delivered, DeliveryMetrics, HttpMetrics, JobMetrics, METRICS_MEDIA_TYPE, Metrics,
};
pub(crate) use trace::continue_trace;

/// Why telemetry cannot start.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    #[error("LOG_LEVEL: {0}")]
    Level(String),
    #[error("OTLP_ENDPOINT: {0}")]
    Endpoint(String),
    #[error("logging has been started before")]
    Started,
}

/// Sends what is left when it is dropped.
#[derive(Debug)]
pub struct Telemetry(Option<SdkTracerProvider>);

impl Telemetry {
    /// Starts logging and, where an endpoint is configured, tracing. Once in a process.
    pub fn start(config: &Config) -> Result<Self, TelemetryError> {
        // What libraries tell of their daily work is for debugging.
        let level = format!("sea_orm_migration=warn,sqlx=warn,{}", config.log_level);
        let filter = EnvFilter::try_new(level);
        let filter = filter.map_err(|error| TelemetryError::Level(error.to_string()))?;
        let text = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
        let text = match config.environment {
            Environment::Development => text.boxed(),
            Environment::Staging | Environment::Production => text.json().boxed(),
        };
        let provider =
            config.otlp_endpoint.as_deref().map(|endpoint| export(config, endpoint)).transpose()?;
        let traces = provider.as_ref().map(|provider| {
            tracing_opentelemetry::layer().with_tracer(provider.tracer("itechsmart"))
        });
        let subscriber = tracing_subscriber::registry().with(filter).with(text).with(traces);
        subscriber.try_init().map_err(|_| TelemetryError::Started)?;
        Ok(Self(provider))
    }
}

fn export(config: &Config, endpoint: &str) -> Result<SdkTracerProvider, TelemetryError> {
    let failed = |error: &dyn std::fmt::Display| TelemetryError::Endpoint(error.to_string());
    let url = format!("{}/v1/traces", endpoint.trim_end_matches('/'));
    let exporter = SpanExporter::builder().with_http().with_endpoint(url).build();
    let exporter = exporter.map_err(|error| failed(&error))?;
    let resource = Resource::builder().with_service_name(config.app_name.to_lowercase()).build();
    let provider = SdkTracerProvider::builder();
    Ok(provider.with_batch_exporter(exporter).with_resource(resource).build())
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        if let Some(provider) = self.0.take()
            && let Err(error) = provider.shutdown()
        {
            eprintln!("some traces were not sent: {error}");
        }
    }
}
