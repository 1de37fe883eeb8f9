//! Deciding for somebody who is away.

use reqwest::Method;
use serde_json::json;
use suite_kit::clock::rfc3339;
use suite_testkit::{Answer, Backend, on_every_backend};

use crate::fixture::{BASE, CatalogApp, Person, stage, user};

const HOUR_MS: i64 = 3_600_000;

async fn delegate(app: &CatalogApp, by: &Person, to: &str, hours: (i64, i64)) -> Answer {
    let at = |hour: i64| rfc3339(app.app.clock.now_ms() + hour * HOUR_MS);
    let body = json!({ "to_id": to, "from": at(hours.0), "until": at(hours.1) });
    app.post(by, &format!("{BASE}/my/delegations"), body).await
}

async fn a_delegate_decides_within_the_period(backend: Backend) {
    let mut app = CatalogApp::stopped(backend).await;
    let (mut bob, mut cyd, mut dan) =
        (app.member("Bob").await, app.member("Cyd").await, app.member("Dan").await);
    let item = app.item("Desk", "1", json!([stage(json!("any"), &[user(&cyd)])])).await;
    let (first, second) = (app.ask(&bob, &item).await, app.ask(&bob, &item).await);
    delegate(&app, &cyd, &dan.id, (1, 3)).await.expect(201);
    assert!(app.asked(&dan).await.is_empty());
    app.decide(&dan, &first, 0, "approve").await.expect(404);
    app.later(2, &mut [&mut bob, &mut cyd, &mut dan]).await;
    assert_eq!((app.asked(&dan).await, app.asked(&cyd).await), (vec![2, 1], vec![2, 1]));
    assert_eq!(app.show(&dan, &first).await["may_decide_stage"], 0);
    let done = app.decide(&dan, &first, 0, "approve").await.expect(200).json();
    let seat = &done["stages"][0]["seats"][0];
    // Both names are kept.
    assert_eq!(
        (seat["person"]["name"].as_str(), seat["decision"]["by"]["name"].as_str()),
        (Some("Cyd"), Some("Dan"))
    );
    app.later(2, &mut [&mut bob, &mut cyd, &mut dan]).await;
    assert!(app.asked(&dan).await.is_empty());
    app.decide(&dan, &second, 0, "approve").await.expect(404);
    app.decide(&cyd, &second, 0, "approve").await.expect(200);
}

async fn a_delegate_decides_neither_twice_nor_on_their_own(backend: Backend) {
    let app = CatalogApp::stopped(backend).await;
    let (bob, cyd, dan) =
        (app.member("Bob").await, app.member("Cyd").await, app.member("Dan").await);
    let both = [user(&cyd), user(&dan)];
    let item = app.item("Desk", "1", json!([stage(json!("all"), &both)])).await;
    delegate(&app, &cyd, &dan.id, (0, 3)).await.expect(201);
    delegate(&app, &cyd, &bob.id, (0, 3)).await.expect(201);
    let made = app.ask(&bob, &item).await;
    assert!(app.asked(&bob).await.is_empty());
    assert_eq!(app.decide(&bob, &made, 0, "approve").await.expect(403).code(), "own_request");
    app.decide(&dan, &made, 0, "approve").await.expect(200);
    let twice = app.decide(&dan, &made, 0, "approve").await.expect(409);
    assert_eq!(twice.code(), "already_decided");
    assert_eq!((app.asked(&dan).await, app.asked(&cyd).await), (vec![], vec![1]));
}

async fn a_delegation_is_the_givers_to_take_back(backend: Backend) {
    let app = CatalogApp::stopped(backend).await;
    let (bob, cyd, dan) =
        (app.member("Bob").await, app.member("Cyd").await, app.member("Dan").await);
    let item = app.item("Desk", "1", json!([stage(json!("any"), &[user(&cyd)])])).await;
    let made = app.ask(&bob, &item).await;
    let stranger = suite_contracts::UserId::new().to_string();
    for (to, hours, at) in [
        (cyd.id.as_str(), (0, 1), "/to_id"),
        (&stranger, (0, 1), "/to_id"),
        (&dan.id, (2, 1), "/until"),
        (&dan.id, (-2, -1), "/until"),
        (&dan.id, (0, 24 * 400), "/until"),
    ] {
        let refused = delegate(&app, &cyd, to, hours).await.expect(400).json();
        assert_eq!(refused["errors"][0]["field"], at, "{refused}");
    }
    let given = delegate(&app, &cyd, &dan.id, (0, 5)).await.expect(201).json();
    let list = format!("{BASE}/my/delegations");
    for person in [&cyd, &dan] {
        let items = app.get(person, &list).await.expect(200).json();
        assert_eq!(
            (items["items"][0]["of"]["name"].as_str(), items["items"][0]["to"]["name"].as_str()),
            (Some("Cyd"), Some("Dan"))
        );
    }
    assert_eq!(app.asked(&dan).await, [1]);
    let path = format!("{list}/{}", given["id"].as_str().unwrap());
    app.send(&dan, (Method::DELETE, &path), None, &[]).await.expect(404);
    app.send(&cyd, (Method::DELETE, &path), None, &[]).await.expect(204);
    assert!(app.asked(&dan).await.is_empty());
    app.decide(&dan, &made, 0, "approve").await.expect(404);
    assert_eq!(app.recorded("delegation.removed").await, 1);
}

on_every_backend!(
    a_delegate_decides_within_the_period,
    a_delegate_decides_neither_twice_nor_on_their_own,
    a_delegation_is_the_givers_to_take_back,
);
