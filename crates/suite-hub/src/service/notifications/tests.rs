//! What no route of its own leads to: word of keys that end, and the bounds of what is kept.

use std::collections::BTreeSet;

use serde_json::json;
use suite_contracts::{ApiKeyId, Audience, NotificationRequest};
use suite_kit::db::Transaction;
use suite_testkit::{Backend, on_every_backend};

use super::{KEPT_MAX, rows};
use crate::service::fixture::{Fixture, start};
use crate::store;

const DAY_MS: i64 = 24 * 3_600_000;

async fn key(fixture: &Fixture, transaction: &Transaction, name: &str, days: Option<i64>) {
    let now_ms = fixture.clock.now_ms();
    let new = store::api_keys::New {
        id: ApiKeyId::new(),
        name: name.to_owned(),
        prefix: name.to_owned(),
        hash: [0; 32],
        permissions: Vec::new(),
        created_by: "Ada".into(),
        expires_at_ms: days.map(|days| now_ms + days * DAY_MS),
    };
    store::api_keys::insert(transaction, fixture.tenant, new, now_ms).await.unwrap();
}

async fn it_is_told_once_that_a_key_ends(backend: Backend) {
    let fixture = start(backend).await;
    let transaction = fixture.hub.database().begin().await.unwrap();
    key(&fixture, &transaction, "endless", None).await;
    key(&fixture, &transaction, "far", Some(60)).await;
    key(&fixture, &transaction, "near", Some(20)).await;
    // Whoever makes it for a week knows.
    key(&fixture, &transaction, "short", Some(7)).await;
    transaction.commit_unaudited("a test").await.unwrap();
    let told = async || fixture.hub.tell_expiring_keys().await.unwrap();
    assert_eq!(told().await, 0);
    fixture.clock.advance_ms(6 * DAY_MS - 1);
    assert_eq!(told().await, 0);
    fixture.clock.advance_ms(2);
    assert_eq!(told().await, 1);
    assert_eq!(told().await, 0);
    // What has ended meanwhile is no news.
    fixture.clock.advance_ms(60 * DAY_MS);
    assert_eq!(told().await, 0);
}

fn request(number: u64) -> NotificationRequest {
    NotificationRequest {
        to: Audience::Users(Vec::new()),
        kind: "a.thing.happened".into(),
        title: number.to_string(),
        body: String::new(),
        link: None,
    }
}

async fn what_is_old_or_too_much_goes(backend: Backend) {
    let fixture = start(backend).await;
    let (tenant, admin, now_ms) = (fixture.tenant, fixture.admin, fixture.clock.now_ms());
    let titles = async || {
        let listed = rows::list(fixture.hub.database(), (tenant, admin), false, None, 1_000).await;
        listed.unwrap().into_iter().map(|row| row.title).collect::<Vec<_>>()
    };
    let transaction = fixture.hub.database().begin().await.unwrap();
    let all: Vec<NotificationRequest> = (0..KEPT_MAX + 3).map(request).collect();
    let told: Vec<_> = all.iter().map(|told| (admin, told, now_ms)).collect();
    rows::insert(&transaction, tenant, &told).await.unwrap();
    rows::keep_newest(&transaction, tenant, &BTreeSet::from([admin]), KEPT_MAX).await.unwrap();
    transaction.commit_unaudited("a test").await.unwrap();
    let kept = titles().await;
    assert_eq!(kept.len() as u64, KEPT_MAX);
    let ends = (kept.first().unwrap().clone(), kept.last().unwrap().clone());
    assert_eq!(json!(ends), json!([(KEPT_MAX + 2).to_string(), "3"]));
    fixture.clock.advance_ms(89 * DAY_MS);
    fixture.hub.prune().await.unwrap();
    assert_eq!(titles().await.len() as u64, KEPT_MAX);
    fixture.clock.advance_ms(2 * DAY_MS);
    fixture.hub.prune().await.unwrap();
    assert_eq!(titles().await, Vec::<String>::new());
}

on_every_backend!(it_is_told_once_that_a_key_ends, what_is_old_or_too_much_goes);
