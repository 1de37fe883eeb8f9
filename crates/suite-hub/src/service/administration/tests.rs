//! Making an administrator of somebody who was none.

use suite_testkit::{Backend, on_every_backend};

use super::*;
use crate::service::fixture::{ADMIN, start};

const GUEST: &str = "grace@example.com";

async fn whoever_is_known_can_be_made_an_administrator(backend: Backend) {
    let fixture = start(backend).await;
    let hub = fixture.hub.clone();
    let transaction = hub.database().begin().await.unwrap();
    let now_ms = fixture.clock.now_ms();
    store::persons::found_or_made(&transaction, GUEST, "Grace", now_ms).await.unwrap();
    transaction.commit_unaudited("a test").await.unwrap();
    let administration = Administration::new(hub);
    let emails = || async {
        let listed = administration.administrators().await.unwrap();
        listed.into_iter().map(|person| person.email).collect::<Vec<_>>()
    };
    administration.recover(GUEST, Recovery::default()).await.unwrap();
    assert_eq!(emails().await, [ADMIN]);
    let recovery = Recovery { make_administrator: true, ..Recovery::default() };
    for _ in 0..2 {
        administration.recover(GUEST, recovery).await.unwrap();
        assert_eq!(emails().await, [ADMIN, GUEST]);
    }
}

on_every_backend!(whoever_is_known_can_be_made_an_administrator);
