//! Second factors.

use serde_json::{Value, json};
use suite_testkit::{Backend, on_every_backend};

use crate::fixture::{ADMIN, HubApp, PASSWORD, Person};

async fn a_login_asks_for_a_code_that_works_once(backend: Backend) {
    let (hub, admin) = HubApp::stopped(backend).await;
    let app = hub.enable_totp(&admin).await;
    let me = hub.get(&admin, "/api/v1/hub/me").await.expect(200).json();
    assert_eq!((&me["totp_enabled"], &me["recovery_codes_left"]), (&json!(true), &json!(10)));
    let begun = hub.try_log_in(ADMIN, PASSWORD).await.expect(200).json();
    assert_eq!(begun["methods"], json!(["totp", "recovery_code"]));
    assert_eq!((&begun["expires_in_s"], &begun["access_token"]), (&json!(300), &Value::Null));

    // The code that confirmed the set-up was taken with it.
    let challenge = hub.challenge().await;
    let code = app.code();
    assert_eq!(
        hub.answer(&challenge, "totp", &code).await.expect(401).code(),
        "second_factor_refused"
    );
    let code = app.next_code();
    let person = Person::of(&hub.answer(&challenge, "totp", &code).await.expect(200));
    hub.get(&person, "/api/v1/hub/me").await.expect(200);
    // Neither the challenge nor the code works again.
    assert_eq!(
        hub.answer(&challenge, "totp", &app.next_code()).await.expect(401).code(),
        "challenge_over"
    );
    let challenge = hub.challenge().await;
    hub.answer(&challenge, "totp", &code).await.expect(401);
    assert_eq!(hub.recorded("hub.second-factor.enabled").await, 1);
    assert_eq!(hub.letters(ADMIN, "asks for a second factor").await.len(), 1);
}

async fn a_recovery_code_works_once(backend: Backend) {
    let (hub, admin) = HubApp::stopped(backend).await;
    let app = hub.enable_totp(&admin).await;
    let code = app.recovery_codes[3].to_uppercase();
    let challenge = hub.challenge().await;
    hub.answer(&challenge, "recovery_code", &code).await.expect(200);
    let challenge = hub.challenge().await;
    hub.answer(&challenge, "recovery_code", &code).await.expect(401);
    let me = hub.get(&admin, "/api/v1/hub/me").await.json();
    assert_eq!(me["recovery_codes_left"], 9);

    let body = json!({ "password": PASSWORD, "code": app.recovery_codes[4] });
    let path = "/api/v1/hub/me/recovery-codes";
    let new = hub.post(&admin, path, body.clone()).await.expect(200).json();
    assert_eq!(new["recovery_codes"].as_array().unwrap().len(), 10);
    hub.post(&admin, path, body).await.expect(400);
    hub.answer(&challenge, "recovery_code", &app.recovery_codes[5]).await.expect(401);
    let new = new["recovery_codes"][0].as_str().unwrap();
    hub.answer(&challenge, "recovery_code", new).await.expect(200);
}

async fn a_challenge_ends_after_five_codes_or_five_minutes(backend: Backend) {
    let (hub, admin) = HubApp::stopped(backend).await;
    let app = hub.enable_totp(&admin).await;
    let late = hub.challenge().await;
    hub.app.clock.advance_ms(300_000);
    let over = hub.answer(&late, "totp", &app.next_code()).await.expect(401);
    assert_eq!(over.code(), "challenge_over");

    let tried = hub.challenge().await;
    for _ in 0..5 {
        hub.answer(&tried, "totp", "000000").await.expect(401);
    }
    // The account is locked by then; later the challenge is at its end too.
    hub.app.clock.advance_ms(60_000);
    let over = hub.answer(&tried, "totp", &app.next_code()).await.expect(401);
    assert_eq!(over.code(), "challenge_over");
    for unknown in ["", "x", &"y".repeat(10_000)] {
        hub.answer(unknown, "totp", &app.next_code()).await.expect(401);
    }
}

async fn of_two_answers_at_once_one_is_signed_in(backend: Backend) {
    let (hub, admin) = HubApp::stopped(backend).await;
    let app = hub.enable_totp(&admin).await;
    let (challenge, other) = (hub.challenge().await, hub.challenge().await);
    let code = app.next_code();
    let answers = tokio::join!(
        hub.answer(&challenge, "totp", &code),
        hub.answer(&challenge, "recovery_code", &app.recovery_codes[0]),
        hub.answer(&other, "totp", &code),
    );
    let ok = [&answers.0, &answers.1, &answers.2].iter().filter(|a| a.status == 200).count();
    // One for each challenge at most, and one for the code of the app.
    assert!((1..=2).contains(&ok), "{answers:?}");
    assert!(!(answers.0.status == 200 && answers.1.status == 200), "one challenge, two sessions");
    assert!(!(answers.0.status == 200 && answers.2.status == 200), "one code, two sessions");
}

async fn what_is_removed_is_not_asked_for(backend: Backend) {
    let (hub, admin) = HubApp::stopped(backend).await;
    let again = json!({ "password": PASSWORD });
    let disable = json!({ "password": PASSWORD, "code": "123456" });
    let path = "/api/v1/hub/me/totp/disable";
    assert_eq!(hub.post(&admin, path, disable).await.expect(409).code(), "totp_disabled");
    let confirm = "/api/v1/hub/me/totp/confirm";
    let none = hub.post(&admin, confirm, json!({ "code": "123456" })).await.expect(409);
    assert_eq!(none.code(), "totp_not_begun");
    let app = hub.enable_totp(&admin).await;
    let twice = hub.post(&admin, "/api/v1/hub/me/totp", again).await.expect(409);
    assert_eq!(twice.code(), "totp_enabled");
    let disable = json!({ "password": PASSWORD, "code": app.next_code() });
    hub.post(&admin, path, disable).await.expect(204);
    hub.log_in(ADMIN, PASSWORD).await;
    assert_eq!(hub.letters(ADMIN, "no longer asks").await.len(), 1);
    assert_eq!(hub.count("recovery_code").await, 0);
}

on_every_backend!(
    a_login_asks_for_a_code_that_works_once,
    a_recovery_code_works_once,
    a_challenge_ends_after_five_codes_or_five_minutes,
    of_two_answers_at_once_one_is_signed_in,
    what_is_removed_is_not_asked_for,
);
