//! Passwords: changed, forgotten and set anew.

use serde_json::json;
use suite_testkit::{Backend, on_every_backend};

use crate::fixture::{ADMIN, HubApp, OTHER_PASSWORD, PASSWORD, Person, problem};

const MINUTE_MS: i64 = 60_000;

async fn a_change_ends_all_other_sessions(backend: Backend) {
    let (hub, admin) = HubApp::stopped(backend).await;
    let other = hub.log_in(ADMIN, PASSWORD).await;
    let path = "/api/v1/hub/me/password";
    let body = |new: &str| json!({ "current_password": PASSWORD, "new_password": new });
    let weak = hub.post(&admin, path, body("ada@example.com")).await.expect(400);
    assert_eq!(weak.code(), "password_weak");
    assert_eq!(weak.json()["errors"][0]["field"], "/new_password");
    hub.post(&admin, path, body(OTHER_PASSWORD)).await.expect(204);
    hub.wait_until_refused(&other).await;
    hub.refresh(&other.cookie, json!({})).await.expect(401);
    hub.get(&admin, "/api/v1/hub/me").await.expect(200);
    hub.refresh(&admin.cookie, json!({})).await.expect(200);
    hub.try_log_in(ADMIN, PASSWORD).await.expect(401);
    hub.log_in(ADMIN, OTHER_PASSWORD).await;
    assert_eq!(hub.recorded("hub.password.changed").await, 1);
    assert_eq!(hub.letters(ADMIN, "was changed").await.len(), 1);
}

async fn a_link_sets_a_password_once(backend: Backend) {
    let (hub, admin) = HubApp::stopped(backend).await;
    hub.forgot(" ADA@example.com").await.expect(202);
    let link = hub.linked(ADMIN, "new password", 1).await;
    let weak = hub.reset(&link, "password1234", None).await.expect(400);
    assert_eq!(weak.json()["errors"][0]["field"], "/password");
    hub.reset(&link, OTHER_PASSWORD, None).await.expect(204);
    assert_eq!(hub.reset(&link, PASSWORD, None).await.expect(400).code(), "token_used");
    hub.wait_until_refused(&admin).await;
    hub.refresh(&admin.cookie, json!({})).await.expect(401);
    let again = hub.log_in(ADMIN, OTHER_PASSWORD).await;
    let me = hub.get(&again, "/api/v1/hub/me").await.json();
    assert_eq!(me["email_verified"], true);
}

async fn old_foreign_and_replaced_links_set_nothing(backend: Backend) {
    let (hub, admin) = HubApp::stopped(backend).await;
    hub.forgot(ADMIN).await.expect(202);
    let late = hub.linked(ADMIN, "new password", 1).await;
    hub.app.clock.advance_ms(60 * MINUTE_MS);
    assert_eq!(hub.reset(&late, OTHER_PASSWORD, None).await.expect(400).code(), "token_used");

    hub.forgot(ADMIN).await.expect(202);
    let replaced = hub.linked(ADMIN, "new password", 2).await;
    hub.app.clock.advance_ms(2 * MINUTE_MS);
    hub.forgot(ADMIN).await.expect(202);
    let newest = hub.linked(ADMIN, "new password", 3).await;
    hub.reset(&replaced, OTHER_PASSWORD, None).await.expect(400);

    // Of another purpose.
    let admin = Person::of(&hub.refresh(&admin.cookie, json!({})).await.expect(200));
    let body = json!({ "email": "ada@example.org", "password": PASSWORD });
    hub.post(&admin, "/api/v1/hub/me/email", body).await.expect(202);
    let verify = hub.linked("ada@example.org", "Confirm", 1).await;
    hub.reset(&verify, OTHER_PASSWORD, None).await.expect(400);
    for path in ["email/verify", "invitations/look", "invitations/accept"] {
        let path = format!("/api/v1/hub/{path}");
        let refused = hub.app.post(&path, json!({ "token": newest })).await.expect(400);
        assert_eq!(refused.code(), "token_used", "{path}");
    }
    for none in ["", "x", &"y".repeat(100_000)] {
        hub.reset(none, OTHER_PASSWORD, None).await.expect(400);
    }
    hub.reset(&newest, OTHER_PASSWORD, None).await.expect(204);
}

async fn nobody_learns_who_forgot_a_password(backend: Backend) {
    let (hub, _) = HubApp::stopped(backend).await;
    let known = hub.forgot(ADMIN).await.expect(202);
    for email in ["eve@example.com", "", "a\r\nBcc: eve@example.com", "\0", &"x".repeat(100_000)] {
        assert_eq!(hub.forgot(email).await.expect(202).text, known.text);
    }
    hub.linked(ADMIN, "new password", 1).await;
    // Nor is anybody buried under letters.
    hub.forgot(ADMIN).await.expect(202);
    hub.app.clock.advance_ms(2 * MINUTE_MS);
    hub.forgot(ADMIN).await.expect(202);
    hub.linked(ADMIN, "new password", 2).await;
    assert_eq!(hub.letters(ADMIN, "new password").await.len(), 2);
    assert_eq!(hub.all_letters().await.len(), 2);
}

async fn a_link_alone_does_not_pass_the_second_factor(backend: Backend) {
    let (hub, admin) = HubApp::stopped(backend).await;
    let app = hub.enable_totp(&admin).await;
    hub.forgot(ADMIN).await.expect(202);
    let link = hub.linked(ADMIN, "new password", 1).await;
    let asked = hub.reset(&link, OTHER_PASSWORD, None).await.expect(400);
    assert_eq!(asked.code(), "second_factor_needed");
    let wrong = hub.reset(&link, OTHER_PASSWORD, Some("000000")).await.expect(400);
    assert_eq!(wrong.code(), "code_wrong");
    hub.reset(&link, OTHER_PASSWORD, Some(&app.recovery_codes[0])).await.expect(204);
    // It is asked for as before.
    let begun = hub.try_log_in(ADMIN, OTHER_PASSWORD).await.expect(200).json();
    let challenge = begun["challenge"].as_str().unwrap();
    hub.answer(challenge, "recovery_code", &app.recovery_codes[0]).await.expect(401);
    hub.answer(challenge, "totp", &app.next_code()).await.expect(200);
}

async fn a_half_finished_login_ends_with_the_password(backend: Backend) {
    let (hub, admin) = HubApp::stopped(backend).await;
    let app = hub.enable_totp(&admin).await;
    let challenge = hub.challenge().await;
    let body = json!({ "current_password": PASSWORD, "new_password": OTHER_PASSWORD });
    hub.post(&admin, "/api/v1/hub/me/password", body).await.expect(204);
    let over = hub.answer(&challenge, "totp", &app.next_code()).await.expect(401);
    assert_eq!(over.code(), "challenge_over");
}

async fn of_two_that_use_a_link_at_once_one_succeeds(backend: Backend) {
    let (hub, _) = HubApp::stopped(backend).await;
    hub.forgot(ADMIN).await.expect(202);
    let link = hub.linked(ADMIN, "new password", 1).await;
    let third = "marble tunnel violet eleven";
    let answers = tokio::join!(
        hub.reset(&link, OTHER_PASSWORD, None),
        hub.reset(&link, third, None),
        hub.reset(&link, OTHER_PASSWORD, None),
    );
    let answers = [answers.0, answers.1, answers.2];
    assert_eq!(answers.iter().filter(|answer| answer.status == 204).count(), 1);
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status == 400).collect();
    assert_eq!(refused.len(), 2);
    assert_eq!(problem(refused[0]), problem(refused[1]));
    assert_eq!(hub.recorded("hub.password.changed").await, 1);
}

on_every_backend!(
    a_change_ends_all_other_sessions,
    a_link_sets_a_password_once,
    old_foreign_and_replaced_links_set_nothing,
    nobody_learns_who_forgot_a_password,
    a_link_alone_does_not_pass_the_second_factor,
    a_half_finished_login_ends_with_the_password,
    of_two_that_use_a_link_at_once_one_succeeds,
);
