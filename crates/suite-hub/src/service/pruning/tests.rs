//! Pruning.

use sea_orm::{EntityTrait, PaginatorTrait};
use suite_kit::auth::RequestContext;
use suite_testkit::{Backend, on_every_backend};

use crate::service::fixture::{ADMIN, Fixture, PASSWORD, start};
use crate::service::{Login, Step};
use crate::store::entities::{login_address, one_time_token, refresh_token, session};

const HOUR_MS: i64 = 3_600_000;

async fn log_in(fixture: &Fixture, email: &str) -> Option<String> {
    let login = Login { email: email.into(), password: PASSWORD.to_owned().into() };
    match fixture.hub.log_in(&RequestContext::default(), login).await {
        Ok(Step::Done(logged_in)) => Some(logged_in.refresh_token.to_string()),
        _ => None,
    }
}

async fn rows<E: EntityTrait>(fixture: &Fixture) -> u64
where
    for<'a> sea_orm::Select<E>: PaginatorTrait<'a, sea_orm::DatabaseConnection>,
{
    E::find().count(fixture.hub.database().read()).await.unwrap()
}

async fn what_is_over_goes_and_what_is_used_stays(backend: Backend) {
    let fixture = start(backend).await;
    let request = RequestContext::default();
    let mut token = log_in(&fixture, ADMIN).await.unwrap();
    assert!(log_in(&fixture, "eve@example.com").await.is_none());
    // The address of the request and that of the stranger; the used link of the first start.
    assert_eq!(rows::<login_address::Entity>(&fixture).await, 2);
    assert_eq!(rows::<one_time_token::Entity>(&fixture).await, 1);
    assert_eq!(fixture.hub.prune().await.unwrap(), 0);

    // A second session that nobody uses, beside one that is refreshed each day.
    log_in(&fixture, ADMIN).await.unwrap();
    for _ in 0..17 {
        fixture.clock.advance_ms(24 * HOUR_MS);
        let refreshed = fixture.hub.refresh(&request, &token, None).await.unwrap();
        token = refreshed.refresh_token.to_string();
    }
    assert_eq!(rows::<refresh_token::Entity>(&fixture).await, 19);
    fixture.hub.prune().await.unwrap();
    assert_eq!(rows::<login_address::Entity>(&fixture).await, 0);
    assert_eq!(rows::<one_time_token::Entity>(&fixture).await, 0);
    assert_eq!(rows::<session::Entity>(&fixture).await, 1);
    // The present token and those of the last week.
    assert_eq!(rows::<refresh_token::Entity>(&fixture).await, 9);
    fixture.hub.refresh(&request, &token, None).await.unwrap();
    assert_eq!(fixture.hub.prune().await.unwrap(), 0);
}

on_every_backend!(what_is_over_goes_and_what_is_used_stays);
