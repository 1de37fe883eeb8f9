//! A locked-out administrator is let in from the machine.

use std::sync::Arc;

use suite_hub::{Administration, Recovery};
use suite_testkit::{Backend, on_every_backend};

use crate::fixture::{ADMIN, HubApp, OTHER_PASSWORD, PASSWORD, token_of};

async fn a_link_lets_in_while_hub_runs_and_while_it_does_not(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let _app = hub.enable_totp(&admin).await;
    let config = Arc::new(hub.app.place.config.clone());
    let administration = Administration::open(config.clone()).await.unwrap();
    let keep = administration.recover(ADMIN, Recovery::default()).await.unwrap();
    let keep = token_of(&keep);
    let asked = hub.reset(&keep, OTHER_PASSWORD, None).await.expect(400);
    assert_eq!(asked.code(), "second_factor_needed");
    administration.close().await;

    let place = hub.app.stop().await;
    let administration = Administration::open(config).await.unwrap();
    let recovery = Recovery { reset_second_factor: true, make_administrator: true };
    let link = administration.recover(" Ada@example.com", recovery).await.unwrap();
    assert!(link.starts_with("http://localhost:3000/reset#token="), "{}", *link);
    assert!(administration.recover("eve@example.com", recovery).await.is_err());
    let listed = administration.administrators().await.unwrap();
    assert_eq!(listed.len(), 1);
    assert!(listed[0].email == ADMIN && listed[0].has_second_factor, "{listed:?}");
    administration.close().await;

    let hub = HubApp::at(place).await;
    hub.reset(&keep, OTHER_PASSWORD, None).await.expect(400);
    hub.reset(&token_of(&link), OTHER_PASSWORD, None).await.expect(204);
    hub.try_log_in(ADMIN, PASSWORD).await.expect(401);
    hub.log_in(ADMIN, OTHER_PASSWORD).await;
    assert_eq!(hub.recorded("hub.user.recovered' AND actor_kind = 'system").await, 2);
    assert_eq!(hub.recorded("hub.second-factor.disabled").await, 1);
}

async fn before_the_first_start_there_is_only_the_link_of_it(backend: Backend) {
    let place = backend.place().await;
    let administration = Administration::open(Arc::new(place.config.clone())).await.unwrap();
    assert_eq!(administration.administrators().await.unwrap(), []);
    assert!(administration.recover(ADMIN, Recovery::default()).await.is_err());
    assert!(administration.setup_link().await.unwrap().is_some());
    administration.close().await;
}

on_every_backend!(
    a_link_lets_in_while_hub_runs_and_while_it_does_not,
    before_the_first_start_there_is_only_the_link_of_it,
);
