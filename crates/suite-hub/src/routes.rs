//! Hub's routes: a handler extracts, calls the use case, and maps.

mod api_keys;
mod flags;
mod groups;
mod keys;
mod me;
mod roles;
mod session;
mod setup;
mod tenants;
mod users;

use std::sync::Arc;

use axum::extract::FromRef;
use suite_kit::auth::Directory;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::service::Hub;

/// What handlers share.
#[derive(Clone)]
pub(crate) struct Routes {
    pub hub: Hub,
    pub directory: Arc<dyn Directory>,
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
        .routes(routes!(me::show))
        .routes(routes!(keys::show))
        .merge(tenancy())
}

/// Tenants, and what is in them.
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
        .routes(routes!(flags::switch))
}
