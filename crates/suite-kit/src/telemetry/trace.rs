//! Continuing a caller's trace: W3C Trace Context.

use axum::http::HeaderMap;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// Makes `span` a part of the trace that the request names, if it names one.
pub(crate) fn continue_trace(headers: &HeaderMap, span: &Span) {
    let parent = headers.get("traceparent").and_then(|value| parent(value.to_str().ok()?));
    if let Some(parent) = parent {
        let context = opentelemetry::Context::new().with_remote_span_context(parent);
        // Without an exporter there is nothing to continue.
        let _ = span.set_parent(context);
    }
}

/// Version 00: `00-<32 hex>-<16 hex>-<2 hex>`, of which nothing is zero but the flags.
fn parent(text: &str) -> Option<SpanContext> {
    let mut parts = text.trim().split('-');
    let (version, trace, span, flags) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    if version != "00" || parts.next().is_some() {
        return None;
    }
    if (trace.len(), span.len(), flags.len()) != (32, 16, 2) {
        return None;
    }
    let (trace, span) = (TraceId::from_hex(trace).ok()?, SpanId::from_hex(span).ok()?);
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()?);
    let parent = SpanContext::new(trace, span, flags, true, TraceState::default());
    parent.is_valid().then_some(parent)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the recommendation, section 3.2.3.
    #[test]
    fn the_example_of_the_recommendation_is_read() {
        let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let parent = parent(text).unwrap();
        assert_eq!(parent.trace_id().to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert!(parent.is_sampled() && parent.is_remote());
    }

    #[test]
    fn what_is_malformed_starts_a_trace_of_its_own() {
        for text in [
            "",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-zz",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
        ] {
            assert!(parent(text).is_none(), "{text}");
        }
    }
}
