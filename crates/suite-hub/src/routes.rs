//! Hub's routes: a handler extracts, calls the use case, and maps.

mod api_keys;
mod cookie;
mod events;
mod flags;
mod groups;
mod invitations;
mod keys;
mod me;
mod notifications;
mod password;
mod people;
mod roles;
mod services;
mod session;
mod setup;
mod stream;
mod tenants;
mod users;
mod webhooks;

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
        .routes(routes!(notifications::list))
        .routes(routes!(notifications::read_all))
        .routes(routes!(notifications::read))
        .routes(routes!(notifications::stream))
        .routes(routes!(keys::show))
        .nest("/api/v1/hub", audit::routes())
        .merge(tenancy())
}

/// Tenants, and who is in them.
fn tenancy() -> OpenApiRouter<Routes> {
    OpenApiRouter::new()
        .routes(routes!(tenants::list, tenants::create))
        .routes(routes!(tenants::show, tenants::change))
        .routes(routes!(tenants::suspend))
        .routes(routes!(tenants::resume))
        .routes(routes!(tenants::delete))
        .routes(routes!(tenants::show_own, tenants::change_own))
        .routes(routes!(users::list, users::create))
        .routes(routes!(users::show, users::change, users::remove))
        .routes(routes!(users::set_roles))
        .routes(routes!(users::set_groups))
        .routes(routes!(users::end_sessions))
        .routes(routes!(users::invite_again))
        .routes(routes!(users::reset_password))
        .routes(routes!(users::unlock))
        .routes(routes!(people::list))
        .routes(routes!(people::look_up))
        .merge(powers())
        .merge(operations())
}

/// Who may do what.
fn powers() -> OpenApiRouter<Routes> {
    OpenApiRouter::new()
        .routes(routes!(groups::list, groups::create))
        .routes(routes!(groups::show, groups::change, groups::remove))
        .routes(routes!(groups::members, groups::set_members))
        .routes(routes!(roles::permissions))
        .routes(routes!(roles::list, roles::create))
        .routes(routes!(roles::show, roles::change, roles::remove))
        .routes(routes!(api_keys::list, api_keys::create))
        .routes(routes!(api_keys::show, api_keys::revoke))
        .routes(routes!(api_keys::rotate))
        .routes(routes!(flags::list))
        .routes(routes!(flags::show, flags::switch))
}

/// How the services are, and what happens in them.
fn operations() -> OpenApiRouter<Routes> {
    OpenApiRouter::new()
        .routes(routes!(services::overview))
        .routes(routes!(services::list))
        .routes(routes!(services::register))
        .routes(routes!(services::withdraw))
        .routes(routes!(services::heartbeat))
        .routes(routes!(services::introspect))
        .routes(routes!(events::list))
        .routes(routes!(events::stream))
        .routes(routes!(webhooks::list, webhooks::create))
        .routes(routes!(webhooks::show, webhooks::change, webhooks::remove))
        .routes(routes!(webhooks::renew_secret))
        .routes(routes!(webhooks::test))
        .routes(routes!(webhooks::deliveries))
}
