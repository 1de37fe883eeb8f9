//! The public keys of access tokens.

use axum::extract::State;
use suite_kit::service::Json;

use crate::service::Hub;

/// The keys that access tokens are signed with (RFC 7517).
#[utoipa::path(get, path = "/.well-known/jwks.json", operation_id = "get_jwks", tag = "session",
    responses((status = 200, body = Object)))]
pub(super) async fn show(State(hub): State<Hub>) -> Json<jsonwebtoken::jwk::JwkSet> {
    Json(hub.jwks())
}
