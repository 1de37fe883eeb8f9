//! Deciding by a link out of a letter: public, since the link itself says who may.

use axum::extract::State;
use suite_kit::auth::RequestContext;
use suite_kit::problem::Problem;
use suite_kit::service::Json;

use crate::api::decision_links::{DecideByLinkRequest, DecisionLink, DecisionLinkToken};
use crate::service::Catalog;

/// What a link asks, with all that its approver sees. Decides nothing.
#[utoipa::path(post, path = "/api/v1/service-catalog/decision-links/look",
    operation_id = "look_at_decision_link", tag = "approvals",
    request_body = DecisionLinkToken, responses((status = 200, body = DecisionLink)))]
pub(super) async fn look(
    State(catalog): State<Catalog>,
    context: RequestContext,
    Json(body): Json<DecisionLinkToken>,
) -> Result<Json<DecisionLink>, Problem> {
    Ok(Json(catalog.look_at_link(&context, &body.token).await?.into()))
}

/// Decides as the link says, once.
#[utoipa::path(post, path = "/api/v1/service-catalog/decision-links/decide",
    operation_id = "decide_by_link", tag = "approvals",
    request_body = DecideByLinkRequest, responses((status = 200, body = DecisionLink)))]
pub(super) async fn decide(
    State(catalog): State<Catalog>,
    context: RequestContext,
    Json(body): Json<DecideByLinkRequest>,
) -> Result<Json<DecisionLink>, Problem> {
    let decision = (body.token.as_str(), body.reason);
    Ok(Json(catalog.decide_by_link(&context, decision).await?.into()))
}
