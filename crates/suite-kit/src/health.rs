//! How a process is: what it needs, and whether that answers.
//!
//! `/health` and `/health/ready` check everything, `/health/live` only that the process answers. A
//! part that the service can do without for a while (Redis, the ledger) makes it *degraded*, not
//! down: it keeps serving what it can, and says so.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::clock::{self, Clock};
use crate::db::Database;
use crate::service::Json;

const CHECK_MS_MAX: u64 = 2_000;

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Ok,
    /// It is not used here.
    NotConfigured,
    /// It works, with something missing.
    Degraded,
    Down,
}

/// One part, checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Checked {
    pub status: Status,
    /// For an operator: what it says, or what to look at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// The answer of `/health`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Health {
    pub status: Status,
    pub version: String,
    /// RFC 3339, UTC.
    pub timestamp: String,
    pub checks: BTreeMap<String, Checked>,
}

impl Checked {
    pub fn ok() -> Self {
        Self { status: Status::Ok, detail: None }
    }

    pub fn not_configured(detail: &str) -> Self {
        Self { status: Status::NotConfigured, detail: Some(detail.to_owned()) }
    }

    pub fn degraded(detail: impl Into<String>) -> Self {
        Self { status: Status::Degraded, detail: Some(detail.into()) }
    }

    pub fn down(detail: impl Into<String>) -> Self {
        Self { status: Status::Down, detail: Some(detail.into()) }
    }
}

/// A part that can be checked.
#[async_trait]
pub trait Check: Send + Sync + 'static {
    /// `database`, `redis`, `hub`, `ledger`.
    fn name(&self) -> &'static str;
    /// Whether the service is down without it.
    fn is_vital(&self) -> bool;
    async fn check(&self) -> Checked;
}

/// The database of a service.
#[derive(Debug)]
pub struct DatabaseCheck(pub Database);

#[async_trait]
impl Check for DatabaseCheck {
    fn name(&self) -> &'static str {
        "database"
    }

    fn is_vital(&self) -> bool {
        true
    }

    async fn check(&self) -> Checked {
        match self.0.ping().await {
            Ok(()) => Checked::ok(),
            Err(error) => {
                tracing::warn!(%error, "the database does not answer");
                Checked::down("the database does not answer")
            }
        }
    }
}

/// The answers of `/health` and below for these parts.
pub fn routes(checks: Checks) -> Router {
    let only = |name: &'static str| {
        get(move |State(checks): State<Checks>| async move {
            if checks.knows(name) {
                return answer(checks.run(Some(name)).await);
            }
            let mut health = checks.alive();
            let unused = Checked::not_configured("this service does without");
            health.checks.insert(name.to_owned(), unused);
            answer(health)
        })
    };
    let all = || get(|State(checks): State<Checks>| async move { answer(checks.run(None).await) });
    Router::new()
        .route("/health", all())
        .route("/health/ready", all())
        .route(
            "/health/live",
            get(|State(checks): State<Checks>| async move { answer(checks.alive()) }),
        )
        .route("/health/db", only("database"))
        .route("/health/redis", only("redis"))
        .with_state(checks)
}

fn answer(health: Health) -> Response {
    let status = match health.status {
        Status::Down => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::OK,
    };
    (status, Json(health)).into_response()
}

/// All parts of a service.
#[derive(Clone)]
pub struct Checks {
    checks: Vec<Arc<dyn Check>>,
    version: Arc<str>,
    clock: Clock,
}

impl Checks {
    pub fn new(version: &str, clock: Clock) -> Self {
        Self { checks: Vec::new(), version: version.into(), clock }
    }

    #[must_use]
    pub fn with(mut self, check: Arc<dyn Check>) -> Self {
        self.checks.push(check);
        self
    }

    /// Whether there is such a part.
    pub fn knows(&self, name: &str) -> bool {
        self.checks.iter().any(|check| check.name() == name)
    }

    /// Checks all parts at once, or only the one of that name.
    pub async fn run(&self, only: Option<&str>) -> Health {
        let chosen =
            self.checks.iter().filter(|check| only.is_none_or(|only| check.name() == only));
        let mut running = tokio::task::JoinSet::new();
        for check in chosen {
            let check = check.clone();
            running.spawn(async move {
                let limit = Duration::from_millis(CHECK_MS_MAX);
                let checked = tokio::time::timeout(limit, check.check()).await;
                let checked =
                    checked.unwrap_or_else(|_| Checked::down("it does not answer in time"));
                (check.name(), check.is_vital(), checked)
            });
        }
        let mut status = Status::Ok;
        let mut checks = BTreeMap::new();
        while let Some(done) = running.join_next().await {
            let Ok((name, vital, checked)) = done else { continue };
            let counts = match checked.status {
                Status::Down if !vital && only.is_none() => Status::Degraded,
                Status::NotConfigured => Status::Ok,
                counts => counts,
            };
            status = status.max(counts);
            checks.insert(name.to_owned(), checked);
        }
        let timestamp = clock::rfc3339(self.clock.now_ms());
        Health { status, version: self.version.to_string(), timestamp, checks }
    }

    /// That the process answers.
    pub fn alive(&self) -> Health {
        let timestamp = clock::rfc3339(self.clock.now_ms());
        let (status, version) = (Status::Ok, self.version.to_string());
        Health { status, version, timestamp, checks: BTreeMap::new() }
    }
}

impl std::fmt::Debug for Checks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.checks.iter().map(|check| check.name())).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Part(&'static str, bool, Checked);

    #[async_trait]
    impl Check for Part {
        fn name(&self) -> &'static str {
            self.0
        }
        fn is_vital(&self) -> bool {
            self.1
        }
        async fn check(&self) -> Checked {
            self.2.clone()
        }
    }

    fn checks(redis: Checked, database: Checked) -> Checks {
        Checks::new("1.0.0", Clock::manual(0))
            .with(Arc::new(Part("redis", false, redis)))
            .with(Arc::new(Part("database", true, database)))
    }

    #[tokio::test]
    async fn what_a_service_can_do_without_only_degrades_it() {
        let down = || Checked::down("gone");
        let status = async |checks: Checks| checks.run(None).await.status;
        assert_eq!(status(checks(Checked::ok(), Checked::ok())).await, Status::Ok);
        let unused = Checked::not_configured("in-process");
        assert_eq!(status(checks(unused, Checked::ok())).await, Status::Ok);
        assert_eq!(status(checks(down(), Checked::ok())).await, Status::Degraded);
        assert_eq!(status(checks(down(), down())).await, Status::Down);
        let alone = checks(down(), Checked::ok()).run(Some("redis")).await;
        assert_eq!((alone.status, alone.checks.len()), (Status::Down, 1));
        assert_eq!(checks(down(), down()).alive().status, Status::Ok);
    }
}
