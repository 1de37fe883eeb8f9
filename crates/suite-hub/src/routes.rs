//! Hub's routes: a handler extracts, calls the use case, and maps.

mod cookie;
mod invitations;
mod keys;
mod me;
mod password;
mod session;
mod setup;

use std::sync::Arc;

use axum::extract::FromRef;
use suite_kit::audit::{self, Trail};
use suite_kit::auth::Directory;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::service::Hub;

/// What handlers share.
#[derive(Clone)]
pub(crate) struct Routes {
    pub hub: Hub,
    pub directory: Arc<dyn Directory>,
    pub trail: Trail,
}

impl FromRef<Routes> for Trail {
    fn from_ref(routes: &Routes) -> Self {
        routes.trail.clone()
    }
}

impl FromRef<Routes> for Arc<dyn Directory> {
    fn from_ref(routes: &Routes) -> Self {
        routes.directory.clone()
    }
}

impl FromRef<Routes> for Hub {
    fn from_ref(routes: &Routes) -> Self {
        routes.hub.clone()
    }
}

pub(crate) fn all() -> OpenApiRouter<Routes> {
    OpenApiRouter::new()
        .routes(routes!(setup::show, setup::create))
        .routes(routes!(session::create, session::remove))
        .routes(routes!(session::second_factor))
        .routes(routes!(session::refresh))
        .routes(routes!(password::forgot))
        .routes(routes!(password::reset))
        .routes(routes!(invitations::look))
        .routes(routes!(invitations::accept))
        .routes(routes!(invitations::verify_email))
        .routes(routes!(me::show, me::change))
        .routes(routes!(me::change_email))
        .routes(routes!(me::change_password))
        .routes(routes!(me::begin_totp))
        .routes(routes!(me::confirm_totp))
        .routes(routes!(me::disable_totp))
        .routes(routes!(me::replace_recovery_codes))
        .routes(routes!(me::sessions, me::end_other_sessions))
        .routes(routes!(me::end_session))
        .routes(routes!(keys::show))
        .nest("/api/v1/hub", audit::routes())
}
