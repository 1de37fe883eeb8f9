//! The processes of services, and what they ask of Hub.

use axum::extract::State;
use axum::http::StatusCode;
use suite_contracts::ServiceInstanceId;
use suite_kit::auth::{
    Caller, HeartbeatRequest, Introspection, IntrospectionRequest, Registered, RegistrationRequest,
};
use suite_kit::problem::Problem;
use suite_kit::service::{Announcement, Json, Path};

use crate::api::services::{OverviewView, ServicesView};
use crate::service::Hub;

/// How the services are, and what the tenant has.
#[utoipa::path(get, path = "/api/v1/hub/overview", operation_id = "get_overview",
    tag = "overview", security(("bearer" = ["hub.overview.read"])),
    responses((status = 200, body = OverviewView)))]
pub(super) async fn overview(
    State(hub): State<Hub>,
    caller: Caller,
) -> Result<Json<OverviewView>, Problem> {
    Ok(Json(hub.overview(&caller).await?.into()))
}

/// The processes of all services; those that are silent are shown as such for a day.
#[utoipa::path(get, path = "/api/v1/hub/services", operation_id = "list_services",
    tag = "services", security(("bearer" = ["hub.services.read"])),
    responses((status = 200, body = ServicesView)))]
pub(super) async fn list(
    State(hub): State<Hub>,
    caller: Caller,
) -> Result<Json<ServicesView>, Problem> {
    Ok(Json(hub.services(&caller).await?.into()))
}

/// A process of a service says that it is there.
#[utoipa::path(post, path = "/api/v1/hub/services/instances",
    operation_id = "register_service_instance", tag = "services",
    security(("bearer" = ["hub.services.write"])),
    request_body = RegistrationRequest, responses((status = 201, body = Registered)))]
pub(super) async fn register(
    State(hub): State<Hub>,
    caller: Caller,
    Json(body): Json<RegistrationRequest>,
) -> Result<(StatusCode, Json<Registered>), Problem> {
    let RegistrationRequest { service, version, url, health } = body;
    let own = Announcement { service, version, url, health };
    let id = hub.register_instance(&caller, own).await?;
    Ok((StatusCode::CREATED, Json(Registered { id })))
}

/// A process says how it is, every ten seconds.
#[utoipa::path(post, path = "/api/v1/hub/services/instances/{id}/heartbeat",
    operation_id = "hear_service_instance", tag = "services",
    security(("bearer" = ["hub.services.write"])),
    params(("id" = ServiceInstanceId, Path)),
    request_body = HeartbeatRequest, responses((status = 204)))]
pub(super) async fn heartbeat(
    State(hub): State<Hub>,
    caller: Caller,
    Path(id): Path<ServiceInstanceId>,
    Json(body): Json<HeartbeatRequest>,
) -> Result<StatusCode, Problem> {
    hub.hear_instance(&caller, id, &body.health).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A process stops.
#[utoipa::path(delete, path = "/api/v1/hub/services/instances/{id}",
    operation_id = "withdraw_service_instance", tag = "services",
    security(("bearer" = ["hub.services.write"])),
    params(("id" = ServiceInstanceId, Path)), responses((status = 204)))]
pub(super) async fn withdraw(
    State(hub): State<Hub>,
    caller: Caller,
    Path(id): Path<ServiceInstanceId>,
) -> Result<StatusCode, Problem> {
    hub.withdraw_instance(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who a credential stands for, asked by a service in another process.
#[utoipa::path(post, path = "/api/v1/hub/introspect", operation_id = "introspect",
    tag = "services", security(("bearer" = ["hub.introspect"])),
    request_body = IntrospectionRequest, responses((status = 200, body = Introspection)))]
pub(super) async fn introspect(
    State(hub): State<Hub>,
    caller: Caller,
    Json(body): Json<IntrospectionRequest>,
) -> Result<Json<Introspection>, Problem> {
    Ok(Json(hub.introspect(&caller, body.credential).await?))
}
