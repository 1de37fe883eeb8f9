//! Invitations, and confirming an e-mail address: what people do who follow a link.

use axum::extract::State;
use axum::http::StatusCode;
use suite_kit::auth::RequestContext;
use suite_kit::problem::Problem;
use suite_kit::service::Json;

use crate::api::invitations::{AcceptRequest, Accepted, InvitationView, LinkToken};
use crate::service::Hub;

/// Says what an invitation is about.
#[utoipa::path(post, path = "/api/v1/hub/invitations/look", operation_id = "look_at_invitation",
    tag = "invitations",
    request_body = LinkToken,
    responses((status = 200, body = InvitationView)))]
pub(super) async fn look(
    State(hub): State<Hub>,
    Json(body): Json<LinkToken>,
) -> Result<Json<InvitationView>, Problem> {
    Ok(Json(hub.look_at_invitation(&body.token).await?.into()))
}

/// Accepts an invitation. A new person gives a name and a password; others only the token.
#[utoipa::path(post, path = "/api/v1/hub/invitations/accept", operation_id = "accept_invitation",
    tag = "invitations",
    request_body = AcceptRequest,
    responses((status = 201, body = Accepted)))]
pub(super) async fn accept(
    State(hub): State<Hub>,
    request: RequestContext,
    Json(body): Json<AcceptRequest>,
) -> Result<(StatusCode, Json<Accepted>), Problem> {
    let (user_id, tenant_id) = hub.accept_invitation(&request, body.into()).await?;
    Ok((StatusCode::CREATED, Json(Accepted { user_id, tenant_id })))
}

/// Confirms an e-mail address with the link that was sent to it.
#[utoipa::path(post, path = "/api/v1/hub/email/verify", operation_id = "verify_email",
    tag = "session",
    request_body = LinkToken,
    responses((status = 204)))]
pub(super) async fn verify_email(
    State(hub): State<Hub>,
    request: RequestContext,
    Json(body): Json<LinkToken>,
) -> Result<StatusCode, Problem> {
    hub.verify_email(&request, &body.token).await?;
    Ok(StatusCode::NO_CONTENT)
}
