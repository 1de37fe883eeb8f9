//! Health, for load balancers and people: 200 or 503, and why.

use std::collections::BTreeMap;
use std::time::SystemTime;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use kaldrix_client::api::{Check, CheckStatus, Health};

use super::Api;

type Answer = (StatusCode, Json<Health>);

/// Whether the node lives and is ready.
#[utoipa::path(get, path = "/health", operation_id = "get_health",
    tag = "health", responses(
    (status = 200, description = "It is well", body = Health),
    (status = 503, description = "It is not", body = Health)))]
pub(super) async fn overall(State(api): State<Api>) -> Answer {
    answer(&api, &["live", "ready"])
}

/// Whether the node can serve clients: it is at the head of the chain, has a quorum of peers and a
/// sound store.
#[utoipa::path(get, path = "/health/ready", operation_id = "get_health_ready",
    tag = "health", responses(
    (status = 200, description = "It is ready", body = Health),
    (status = 503, description = "It is not", body = Health)))]
pub(super) async fn ready(State(api): State<Api>) -> Answer {
    answer(&api, &["ready"])
}

/// Whether the node works; if not, restart it.
#[utoipa::path(get, path = "/health/live", operation_id = "get_health_live",
    tag = "health", responses(
    (status = 200, description = "It lives", body = Health),
    (status = 503, description = "It does not", body = Health)))]
pub(super) async fn live(State(api): State<Api>) -> Answer {
    answer(&api, &["live"])
}

fn answer(api: &Api, names: &[&str]) -> Answer {
    let health = api.node.health();
    let mut checks = BTreeMap::new();
    let reasons = Some(health.reasons.join("; ")).filter(|reasons| !reasons.is_empty());
    for &name in names {
        let well = if name == "live" { health.live } else { health.ready };
        let detail = reasons.clone().filter(|_| !well);
        checks.insert(name.to_owned(), Check { status: status(well), detail });
    }
    let well = checks.values().all(|check| check.status == CheckStatus::Ok);
    let code = if well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = Health {
        status: status(well),
        version: api.node.info().version.to_owned(),
        timestamp: SystemTime::now().into(),
        checks,
    };
    (code, Json(body))
}

fn status(well: bool) -> CheckStatus {
    if well { CheckStatus::Ok } else { CheckStatus::Failing }
}
