//! What a command prints: lines for people and scripts, or JSON.

use std::fmt::{Display, Write as _};
use std::io::{self, Write as _};

use serde::Serialize;

use super::failure::Failure;

/// The form that was asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Output {
    pub json: bool,
}

impl Output {
    /// Prints a result: as JSON, or as `lines` puts it.
    pub(super) fn result<T: Serialize>(
        self,
        value: &T,
        lines: impl FnOnce(&T) -> String,
    ) -> Result<(), Failure> {
        if !self.json {
            return self.text(&lines(value));
        }
        let json = serde_json::to_string_pretty(value);
        self.text(&(json.map_err(|error| Failure::Other(error.to_string()))? + "\n"))
    }

    /// Prints text as it is.
    pub(super) fn text(self, text: &str) -> Result<(), Failure> {
        let mut stdout = io::stdout().lock();
        match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
            // The reader has seen enough: `kaldrix-node status | head -1`.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            result => result.map_err(Failure::Output),
        }
    }
}

/// Lines of the form `name: value`.
#[derive(Debug, Default)]
pub(super) struct Lines(String);

impl Lines {
    pub(super) fn add(mut self, name: &str, value: impl Display) -> Self {
        // Writing to a string does not fail.
        let _ = writeln!(self.0, "{name}: {value}");
        self
    }

    pub(super) fn add_some(self, name: &str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.add(name, value),
            None => self,
        }
    }

    pub(super) fn done(self) -> String {
        self.0
    }
}

/// `0.5` as `50.0%`.
pub(super) fn percent(ratio: f64) -> String {
    format!("{:.1}%", ratio * 100.0)
}

pub(super) fn yes_or_no(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}
