//! The log: to standard error, as text or JSON.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

use crate::config::LogConfig;

/// Starts the log. `RUST_LOG` takes precedence over the configuration. A log that the process
/// started before stays as it is.
pub fn start(config: &LogConfig) {
    let configured = || EnvFilter::new(&config.filter);
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| configured());
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr)
        // They would be printed to the same place, and panic where that takes nothing.
        .log_internal_errors(false);
    // Fails where a log was started before.
    let _ = if config.json { log.json().try_init() } else { log.try_init() };
}
