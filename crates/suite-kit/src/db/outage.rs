//! Knowing that PostgreSQL is gone, so that requests are refused at once instead of waiting for a
//! connection. A connection outside of the pool asks: a pool that is busy is no outage.

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection, Error};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// How often to ask a database that answers, and one that does not.
const LOOK_MS: u64 = 500;
const RETRY_MS: u64 = 250;
/// A database that is silent for so long is gone.
const ANSWER_MS_MAX: u64 = 2_000;

/// Whether the database is known to be gone. Clones know the same.
#[derive(Debug, Clone, Default)]
pub struct Outage(Arc<watch::Sender<bool>>);

impl Outage {
    pub fn is_known(&self) -> bool {
        *self.0.borrow()
    }

    /// Ends once the database is known to be gone.
    pub(crate) async fn known(&self) {
        // It fails only without a sender, and this is one.
        let _ = self.0.subscribe().wait_for(|is_gone| *is_gone).await;
    }
}

/// Asks until the process stops.
pub(crate) struct Watch {
    options: PgConnectOptions,
    connection: Option<PgConnection>,
    outage: Outage,
}

impl Watch {
    pub(super) fn new(options: &PgConnectOptions, outage: Outage) -> Self {
        let options = options.clone().disable_statement_logging();
        Self { options, connection: None, outage }
    }

    pub(crate) async fn run(mut self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let limit = Duration::from_millis(ANSWER_MS_MAX);
            let asked = tokio::time::timeout(limit, self.ask()).await;
            let pause_ms = match asked.unwrap_or_else(|_| Err(silent())) {
                Err(error) if is_gone(&error) => {
                    if !self.outage.0.send_replace(true) {
                        tracing::warn!(%error, "the database is gone: requests are refused");
                    }
                    RETRY_MS
                }
                _ => {
                    if self.outage.0.send_replace(false) {
                        tracing::info!("the database answers again");
                    }
                    LOOK_MS
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(Duration::from_millis(pause_ms)) => {}
            }
        }
        if let Some(connection) = self.connection {
            let _ = connection.close().await;
        }
    }

    async fn ask(&mut self) -> Result<(), Error> {
        // One that is dropped while it asks is not used again.
        if let Some(mut connection) = self.connection.take()
            && connection.ping().await.is_ok()
        {
            self.connection = Some(connection);
            return Ok(());
        }
        // Something on the way may have ended the connection alone.
        let mut connection = PgConnection::connect_with(&self.options).await?;
        connection.ping().await?;
        self.connection = Some(connection);
        Ok(())
    }
}

fn silent() -> Error {
    Error::Io(std::io::Error::from(std::io::ErrorKind::TimedOut))
}

/// A server that refuses this connection, as for there being too many, is there for others. Class 57
/// is one that stops or starts.
fn is_gone(error: &Error) -> bool {
    match error {
        Error::Database(error) => error.code().is_some_and(|code| code.starts_with("57")),
        _ => true,
    }
}
