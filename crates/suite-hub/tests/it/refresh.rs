//! Staying signed in, and what thieves and foreign pages get of it.

use reqwest::Method;
use serde_json::json;
use suite_testkit::{Answer, Backend, on_every_backend};

use crate::fixture::{ADMIN, HubApp, PASSWORD, Person};

const REFRESH: &str = "/api/v1/hub/session/refresh";
const DAY_MS: i64 = 24 * 3_600_000;

async fn each_refresh_gives_a_new_token_and_lengthens_the_session(backend: Backend) {
    let (hub, admin) = HubApp::stopped(backend).await;
    let mut cookie = admin.cookie.clone();
    for _ in 0..3 {
        hub.app.clock.advance_ms(10 * DAY_MS);
        let answer = hub.refresh(&cookie, json!({})).await.expect(200);
        let set = answer.header("set-cookie");
        for part in ["; Path=/api/v1/hub/session;", "; HttpOnly", "; SameSite=Strict"] {
            assert!(set.contains(part), "{set}");
        }
        let next = Person::of(&answer);
        assert_ne!(next.cookie, cookie);
        hub.get(&next, "/api/v1/hub/me").await.expect(200);
        cookie = next.cookie;
    }
    hub.app.clock.advance_ms(15 * DAY_MS);
    assert_eq!(hub.refresh(&cookie, json!({})).await.expect(401).code(), "session_ended");

    // However much it is used, a session ends after ninety days.
    let mut cookie = hub.log_in(ADMIN, PASSWORD).await.cookie;
    for _ in 0..8 {
        hub.app.clock.advance_ms(11 * DAY_MS);
        cookie = Person::of(&hub.refresh(&cookie, json!({})).await.expect(200)).cookie;
    }
    hub.app.clock.advance_ms(3 * DAY_MS);
    hub.refresh(&cookie, json!({})).await.expect(401);
}

async fn a_stolen_token_ends_the_session_for_both(backend: Backend) {
    let (hub, admin) = HubApp::stopped(backend).await;
    let other = hub.log_in(ADMIN, PASSWORD).await;
    let stolen = admin.cookie.clone();
    let next = Person::of(&hub.refresh(&admin.cookie, json!({})).await.expect(200));
    hub.app.clock.advance_ms(10_001);
    assert_eq!(hub.refresh(&stolen, json!({})).await.expect(401).code(), "session_ended");
    assert_eq!(hub.refresh(&next.cookie, json!({})).await.expect(401).code(), "session_ended");
    hub.wait_until_refused(&next).await;
    hub.get(&other, "/api/v1/hub/me").await.expect(200);
    assert_eq!(hub.recorded("hub.session.ended").await, 1);
    assert_eq!(hub.told("hub.refresh-token.reused").await, 1);
    // It is told once, however often it is tried.
    hub.refresh(&stolen, json!({})).await.expect(401);
    assert_eq!(hub.told("hub.refresh-token.reused").await, 1);
}

async fn two_tabs_may_refresh_at_once(backend: Backend) {
    let (hub, admin) = HubApp::stopped(backend).await;
    let tabs = tokio::join!(
        hub.refresh(&admin.cookie, json!({})),
        hub.refresh(&admin.cookie, json!({})),
        hub.refresh(&admin.cookie, json!({})),
    );
    let cookies = [tabs.0, tabs.1, tabs.2].map(|tab| Person::of(&tab.expect(200)).cookie);
    assert!(cookies.iter().all(|cookie| *cookie == cookies[0]), "they hold one token");
    assert_eq!(hub.count("refresh_token").await, 2);
    // A tab that comes late gets the newest, and does not bring an old one back.
    let newest = Person::of(&hub.refresh(&cookies[0], json!({})).await.expect(200)).cookie;
    hub.app.clock.advance_ms(9_000);
    let late = Person::of(&hub.refresh(&admin.cookie, json!({})).await.expect(200)).cookie;
    assert_eq!(late, newest);
    hub.app.clock.advance_ms(60_000);
    hub.refresh(&newest, json!({})).await.expect(200);
    // Whoever copied a token in that time is found out.
    hub.app.clock.advance_ms(60_000);
    hub.refresh(&newest, json!({})).await.expect(401);
    assert_eq!(hub.told("hub.refresh-token.reused").await, 1);
}

async fn foreign_pages_cannot_use_the_cookie(backend: Backend) {
    let (hub, admin) = HubApp::stopped(backend).await;
    let cookie = ("cookie", admin.cookie.as_str());
    let ours = ("x-requested-with", "itechsmart");
    for (method, path) in [(Method::POST, REFRESH), (Method::DELETE, "/api/v1/hub/session")] {
        for headers in [
            vec![cookie],
            vec![cookie, ("x-requested-with", "XMLHttpRequest")],
            vec![cookie, ours, ("origin", "https://evil.example.com")],
            vec![cookie, ours, ("origin", "null")],
            vec![cookie, ("origin", "http://localhost:3000")],
        ] {
            let body = Some(json!({}));
            let refused = hub.app.send_with(method.clone(), path, body, &headers).await.expect(403);
            assert_eq!(refused.code(), "foreign_page", "{headers:?}");
        }
    }
    let own = [cookie, ours, ("origin", "http://localhost:3000")];
    hub.app.send_with(Method::POST, REFRESH, Some(json!({})), &own).await.expect(200);
    // A form of a foreign page has no JSON to send.
    let form = hub.app.client.post(format!("{}/api/v1/hub/session", hub.app.url));
    let form = form.header("content-type", "application/x-www-form-urlencoded");
    let answer = form.body("email=ada@example.com&password=x").send().await.unwrap();
    assert_eq!(answer.status(), 415);
}

async fn a_session_that_the_client_chose_is_never_used(backend: Backend) {
    let (hub, _) = HubApp::stopped(backend).await;
    let chosen = "itechsmart_refresh=chosen-by-somebody-else";
    let body = json!({ "email": ADMIN, "password": PASSWORD });
    let log_in = |cookie: String| {
        let (hub, body) = (&hub, body.clone());
        async move {
            let headers = [("cookie", cookie.as_str())];
            let path = "/api/v1/hub/session";
            hub.app.send_with(Method::POST, path, Some(body), &headers).await.expect(200)
        }
    };
    let first = Person::of(&log_in(chosen.to_owned()).await);
    assert!(!first.cookie.contains("chosen"));
    assert_eq!(hub.refresh(chosen, json!({})).await.expect(401).code(), "session_ended");
    // Nor does a login go on with the session of a cookie that works.
    let second = Person::of(&log_in(first.cookie.clone()).await);
    assert_ne!(second.cookie, first.cookie);
    let sessions = hub.get(&second, "/api/v1/hub/me/sessions").await.expect(200).json();
    assert_eq!(sessions["items"].as_array().unwrap().len(), 3);
}

async fn a_cookie_signs_out(backend: Backend) {
    let (hub, admin) = HubApp::stopped(backend).await;
    let headers = [("cookie", admin.cookie.as_str()), ("x-requested-with", "itechsmart")];
    let path = "/api/v1/hub/session";
    let out: Answer = hub.app.send_with(Method::DELETE, path, None, &headers).await.expect(204);
    assert!(out.header("set-cookie").contains("Max-Age=0"), "{:?}", out.headers);
    hub.wait_until_refused(&admin).await;
    hub.refresh(&admin.cookie, json!({})).await.expect(401);
    assert_eq!(hub.recorded("hub.session.ended").await, 1);
    let none = hub.app.send_with(Method::DELETE, path, None, &[]).await.expect(401);
    assert_eq!(none.code(), "credential_missing");
}

async fn people_see_and_end_their_own_sessions(backend: Backend) {
    let (hub, admin) = HubApp::stopped(backend).await;
    hub.app.clock.advance_ms(1_000);
    let (second, third) = (hub.log_in(ADMIN, PASSWORD).await, hub.log_in(ADMIN, PASSWORD).await);
    let path = "/api/v1/hub/me/sessions";
    let page = hub.get(&admin, &format!("{path}?limit=2")).await.expect(200).json();
    assert_eq!(page["items"].as_array().unwrap().len(), 2);
    let next = page["next"].as_str().unwrap();
    let rest = hub.get(&admin, &format!("{path}?limit=2&cursor={next}")).await.expect(200).json();
    let own = &rest["items"][0];
    assert_eq!((&own["current"], &own["address"]), (&json!(true), &json!("127.0.0.1")));
    assert_eq!(rest["next"], serde_json::Value::Null);
    hub.get(&admin, &format!("{path}?cursor=%21")).await.expect(400);

    let id = hub.get(&second, path).await.json();
    let id =
        id["items"].as_array().unwrap().iter().find(|row| row["current"] == true).unwrap()["id"]
            .clone();
    let one = format!("{path}/{}", id.as_str().unwrap());
    hub.send(&admin, Method::DELETE, &one, None).await.expect(204);
    hub.send(&admin, Method::DELETE, &one, None).await.expect(404);
    hub.send(&admin, Method::DELETE, &format!("{path}/none"), None).await.expect(404);
    hub.wait_until_refused(&second).await;
    hub.send(&admin, Method::DELETE, path, None).await.expect(204);
    hub.wait_until_refused(&third).await;
    hub.get(&admin, "/api/v1/hub/me").await.expect(200);
}

async fn only_a_member_goes_to_a_tenant(backend: Backend) {
    let (hub, admin) = HubApp::stopped(backend).await;
    let me = hub.get(&admin, "/api/v1/hub/me").await.json();
    let own = json!({ "tenant_id": me["tenant"]["id"] });
    let answer = hub.refresh(&admin.cookie, own).await.expect(200);
    let cookie = Person::of(&answer).cookie;
    let foreign = json!({ "tenant_id": "0198c0de-0000-7000-8000-000000000000" });
    hub.refresh(&cookie, foreign).await.expect(404);
    // The token was not used up by that.
    hub.app.clock.advance_ms(60_000);
    hub.refresh(&cookie, json!({})).await.expect(200);
    hub.refresh(&cookie, json!({ "tenant_id": "none" })).await.expect(400);
}

on_every_backend!(
    each_refresh_gives_a_new_token_and_lengthens_the_session,
    a_stolen_token_ends_the_session_for_both,
    two_tabs_may_refresh_at_once,
    foreign_pages_cannot_use_the_cookie,
    a_session_that_the_client_chose_is_never_used,
    a_cookie_signs_out,
    people_see_and_end_their_own_sessions,
    only_a_member_goes_to_a_tenant,
);
