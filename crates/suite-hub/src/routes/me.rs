//! The signed-in person, about themself.

use axum::extract::State;
use suite_kit::auth::Caller;
use suite_kit::problem::Problem;
use suite_kit::service::Json;

use crate::api::me::Me;
use crate::service::Hub;

/// Who is signed in, to which tenant, and what they may do there.
#[utoipa::path(get, path = "/api/v1/hub/me", operation_id = "get_me", tag = "me",
    security(("bearer" = [])),
    responses((status = 200, body = Me)))]
pub(super) async fn show(State(hub): State<Hub>, caller: Caller) -> Result<Json<Me>, Problem> {
    Ok(Json(hub.me(&caller).await?.into()))
}
