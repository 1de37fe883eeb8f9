//! Hub without HTTP, for tests of what no route of its own leads to.

use std::sync::Arc;

use suite_contracts::{ServiceName, TenantId, UserId};
use suite_kit::auth::RequestContext;
use suite_kit::clock::Clock;
use suite_kit::db::{self, Database};
use suite_testkit::{Backend, Place};

use super::{Hub, Setup};
use crate::migrations;

pub const ADMIN: &str = "ada@example.com";
pub const PASSWORD: &str = "walnut harbour pixel seven";

/// Hub with a tenant and its administrator, under a clock that stands.
pub struct Fixture {
    pub hub: Hub,
    pub clock: Clock,
    pub admin: UserId,
    pub tenant: TenantId,
    _place: Place,
}

pub async fn start(backend: Backend) -> Fixture {
    let place = backend.place().await;
    let clock = Clock::manual(Clock::system().now_ms());
    let database = Database::open(&place.config.location(), ServiceName::Hub).await.unwrap();
    db::migrate(&database, ServiceName::Hub, migrations::all).await.unwrap();
    let hub = Hub::on(Arc::new(place.config.clone()), clock.clone(), database).await.unwrap();
    let link = hub.setup_link().await.unwrap().unwrap();
    let setup = Setup {
        token: token_of(&link).into(),
        email: ADMIN.into(),
        name: "Ada Example".into(),
        password: PASSWORD.to_owned().into(),
        tenant_name: "Example Works".into(),
    };
    let (admin, tenant) = hub.set_up(&RequestContext::default(), setup).await.unwrap();
    Fixture { hub, clock, admin, tenant, _place: place }
}

/// What follows `#token=`, up to the end of the line.
pub fn token_of(text: &str) -> String {
    text.split_once("#token=").unwrap().1.lines().next().unwrap().to_owned()
}
