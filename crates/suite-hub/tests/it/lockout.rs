//! Guessing locks out, in every flow, and tells nobody who is known.

use std::sync::Arc;

use serde_json::json;
use suite_hub::Administration;
use suite_testkit::{Answer, Backend, on_every_backend};

use crate::fixture::{ADMIN, HubApp, OTHER_PASSWORD, PASSWORD, problem};

const WRONG: &str = "walnut harbour pixel eight";
const MINUTE_MS: i64 = 60_000;

fn is_locked(answer: &Answer) -> bool {
    answer.status == 429 && answer.code() == "locked_out"
}

async fn guessing_locks_known_and_unknown_accounts_alike(backend: Backend) {
    let (hub, _) = HubApp::stopped(backend).await;
    for email in [ADMIN, "eve@example.com", "no address\0"] {
        for _ in 0..5 {
            assert_eq!(hub.try_log_in(email, WRONG).await.expect(401).code(), "login_refused");
        }
    }
    let known = hub.try_log_in(ADMIN, PASSWORD).await.expect(429);
    let unknown = hub.try_log_in("eve@example.com", PASSWORD).await.expect(429);
    let none = hub.try_log_in("no address\0", PASSWORD).await.expect(429);
    assert_eq!(problem(&known), problem(&unknown));
    assert_eq!(problem(&known), problem(&none));
    assert_eq!(known.header("retry-after"), "60");
    assert_eq!(hub.recorded("hub.user.locked").await, 1);
    assert_eq!(hub.recorded("hub.unknown-user.locked").await, 2);
    assert_eq!(hub.told("hub.user.locked").await, 1);
    assert_eq!(hub.letters(ADMIN, "failed logins").await.len(), 1);

    hub.app.clock.advance_ms(MINUTE_MS);
    for email in [ADMIN, "eve@example.com"] {
        hub.try_log_in(email, WRONG).await.expect(401);
        let again = hub.try_log_in(email, PASSWORD).await.expect(429);
        assert_eq!(again.header("retry-after"), "120");
    }
    hub.app.clock.advance_ms(2 * MINUTE_MS);
    hub.log_in(ADMIN, PASSWORD).await;
    // A good login makes a new beginning.
    for _ in 0..4 {
        hub.try_log_in(ADMIN, WRONG).await.expect(401);
    }
    hub.log_in(ADMIN, PASSWORD).await;
}

async fn of_many_guesses_at_once_five_are_answered(backend: Backend) {
    let (hub, _) = HubApp::stopped(backend).await;
    let hub = Arc::new(hub);
    let mut guesses = tokio::task::JoinSet::new();
    for _ in 0..12 {
        let hub = hub.clone();
        guesses.spawn(async move { hub.try_log_in(ADMIN, WRONG).await });
    }
    let answers = guesses.join_all().await;
    let answered = answers.iter().filter(|answer| answer.status == 401).count();
    assert_eq!(answered, 5);
    assert_eq!(answers.iter().filter(|answer| is_locked(answer)).count(), 7);
}

async fn every_flow_that_asks_for_the_password_locks(backend: Backend) {
    let (hub, admin) = HubApp::stopped(backend).await;
    for (path, body) in [
        ("password", json!({ "current_password": WRONG, "new_password": OTHER_PASSWORD })),
        ("email", json!({ "email": "ada@example.org", "password": WRONG })),
        ("totp", json!({ "password": WRONG })),
        ("totp/disable", json!({ "password": WRONG, "code": "123456" })),
        ("recovery-codes", json!({ "password": WRONG, "code": "123456" })),
    ] {
        let path = format!("/api/v1/hub/me/{path}");
        for _ in 0..5 {
            let refused = hub.post(&admin, &path, body.clone()).await.expect(400);
            assert_eq!(refused.code(), "password_wrong", "{path}");
        }
        assert!(is_locked(&hub.post(&admin, &path, body).await), "{path}");
        assert!(is_locked(&hub.try_log_in(ADMIN, PASSWORD).await), "{path}");
        // Who is signed in stays so.
        hub.get(&admin, "/api/v1/hub/me").await.expect(200);
        hub.app.clock.advance_ms(MINUTE_MS);
        hub.log_in(ADMIN, PASSWORD).await;
    }
}

async fn every_flow_that_asks_for_a_code_locks(backend: Backend) {
    let (hub, admin) = HubApp::stopped(backend).await;
    let app = hub.enable_totp(&admin).await;
    for path in ["totp/disable", "recovery-codes"] {
        let path = format!("/api/v1/hub/me/{path}");
        for code in ["000000", "wrong-code", "", "000001", "aaaa-aaaa-aaaa-aaaa"] {
            let body = json!({ "password": PASSWORD, "code": code });
            assert_eq!(hub.post(&admin, &path, body).await.expect(400).code(), "code_wrong");
        }
        let body = json!({ "password": PASSWORD, "code": app.code() });
        assert!(is_locked(&hub.post(&admin, &path, body).await), "{path}");
        assert!(is_locked(&hub.try_log_in(ADMIN, PASSWORD).await), "{path}");
        sign_in_after(
            &hub,
            MINUTE_MS,
            &app.recovery_codes[if path.contains("totp") { 0 } else { 1 }],
        )
        .await;
    }

    // A new password check does not forget wrong codes.
    for _ in 0..5 {
        let challenge = hub.challenge().await;
        let refused = hub.answer(&challenge, "totp", "000000").await.expect(401);
        assert_eq!(refused.code(), "second_factor_refused");
    }
    assert!(is_locked(&hub.try_log_in(ADMIN, PASSWORD).await));
    sign_in_after(&hub, MINUTE_MS, &app.recovery_codes[2]).await;

    hub.forgot(ADMIN).await.expect(202);
    let link = hub.linked(ADMIN, "new password", 1).await;
    for _ in 0..5 {
        let refused = hub.reset(&link, OTHER_PASSWORD, Some("000000")).await.expect(400);
        assert_eq!(refused.code(), "code_wrong");
    }
    assert!(is_locked(&hub.reset(&link, OTHER_PASSWORD, Some(&app.next_code())).await));
    // The link was not used up by that.
    hub.app.clock.advance_ms(MINUTE_MS);
    hub.reset(&link, OTHER_PASSWORD, Some(&app.next_code())).await.expect(204);
}

async fn sign_in_after(hub: &HubApp, ms: i64, recovery_code: &str) {
    hub.app.clock.advance_ms(ms);
    let challenge = hub.challenge().await;
    hub.answer(&challenge, "recovery_code", recovery_code).await.expect(200);
}

async fn an_operator_unlocks_while_hub_runs(backend: Backend) {
    let (hub, _) = HubApp::stopped(backend).await;
    for _ in 0..5 {
        hub.try_log_in(ADMIN, WRONG).await.expect(401);
    }
    assert!(is_locked(&hub.try_log_in(ADMIN, PASSWORD).await));
    let config = Arc::new(hub.app.place.config.clone());
    let clock = hub.app.clock.clone();
    let administration = Administration::open_at(config, clock).await.unwrap();
    assert!(administration.administrators().await.unwrap()[0].is_locked);
    administration.unlock(ADMIN).await.unwrap();
    assert!(!administration.administrators().await.unwrap()[0].is_locked);
    hub.log_in(ADMIN, PASSWORD).await;
    assert_eq!(hub.recorded("hub.user.unlocked").await, 1);
    assert!(administration.unlock("eve@example.com").await.is_err());
    administration.close().await;
}

on_every_backend!(
    guessing_locks_known_and_unknown_accounts_alike,
    of_many_guesses_at_once_five_are_answered,
    every_flow_that_asks_for_the_password_locks,
    every_flow_that_asks_for_a_code_locks,
    an_operator_unlocks_while_hub_runs,
);
