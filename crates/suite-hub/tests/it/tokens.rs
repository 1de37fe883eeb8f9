//! Access tokens that nobody here signed, and clocks that jump.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use suite_kit::clock::Clock;
use suite_testkit::{Backend, on_every_backend};

use crate::fixture::{ADMIN, HubApp, PASSWORD, Person};

const ME: &str = "/api/v1/hub/me";
const DAY_MS: i64 = 24 * 3_600_000;

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

async fn jwks(hub: &HubApp) -> Vec<Value> {
    let set = hub.app.get("/.well-known/jwks.json").await.expect(200).json();
    set["keys"].as_array().unwrap().clone()
}

async fn forged_tokens_are_refused(backend: Backend) {
    let (hub, admin) = HubApp::stopped(backend).await;
    let parts: Vec<&str> = admin.token.split('.').collect();
    let claims = URL_SAFE_NO_PAD.decode(parts[1]).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    let key = jwks(&hub).await[0].clone();
    let public = URL_SAFE_NO_PAD.decode(key["x"].as_str().unwrap()).unwrap();
    let kid = key["kid"].as_str().unwrap();

    // The public key taken for a shared secret (RFC 8725, section 2.1), raw and as text.
    let mut header = Header::new(Algorithm::HS256);
    header.kid = Some(kid.to_owned());
    let secrets = [public.clone(), key["x"].as_str().unwrap().into(), key.to_string().into_bytes()];
    let mut forged: Vec<String> = secrets
        .iter()
        .map(|secret| {
            let secret = EncodingKey::from_secret(secret);
            jsonwebtoken::encode(&header, &claims, &secret).unwrap()
        })
        .collect();
    for algorithm in ["none", "None", "NONE", "HS256", "RS256", "EdDSA"] {
        let header = part(&json!({ "alg": algorithm, "typ": "JWT", "kid": kid }));
        forged.push(format!("{header}.{}.", parts[1]));
        forged.push(format!("{header}.{}.{}", parts[1], parts[2]));
    }
    // Another key, a key that is brought along, and ids that lead elsewhere.
    for kid in
        ["other", "", "../../dev/null", "' OR 1=1 --", "0198c0de-0000-7000-8000-000000000000"]
    {
        let header =
            part(&json!({ "alg": "EdDSA", "kid": kid, "jwk": key, "jku": "http://127.0.0.1" }));
        forged.push(format!("{header}.{}.{}", parts[1], parts[2]));
    }
    for (name, value) in [
        ("sub", json!("0198c0de-0000-7000-8000-000000000000")),
        ("exp", json!(9_999_999_999_i64)),
        ("aud", json!("other")),
    ] {
        let mut changed = claims.clone();
        changed[name] = value;
        forged.push(format!("{}.{}.{}", parts[0], part(&changed), parts[2]));
    }
    forged.extend(["a.b.c".into(), "..".into(), parts[0].into(), format!("{}x", admin.token)]);
    for token in forged {
        let person = Person { token, cookie: String::new() };
        let refused = hub.get(&person, ME).await.expect(401);
        assert_eq!(refused.code(), "credential_refused", "{}", person.token);
    }
    hub.get(&admin, ME).await.expect(200);
}

async fn keys_rotate_and_old_tokens_live_out_their_time(backend: Backend) {
    let (hub, _) = HubApp::stopped(backend).await;
    let clock = hub.app.clock.clone();
    let second = HubApp::at_time(hub.app.place.clone(), clock.clone()).await;
    let first_key = jwks(&hub).await;
    assert_eq!(first_key.len(), 1);
    assert_eq!(first_key, jwks(&second).await);
    assert!(first_key[0].get("d").is_none(), "a private key is shown");

    clock.advance_ms(30 * DAY_MS - 60_000);
    let old = hub.log_in(ADMIN, PASSWORD).await;
    clock.advance_ms(120_000);
    let new = hub.log_in(ADMIN, PASSWORD).await;
    let keys = jwks(&hub).await;
    assert_eq!(keys.len(), 2);
    assert_eq!(keys[1], first_key[0]);
    // The other process has not heard of the new key, and finds it.
    second.get(&new, ME).await.expect(200);
    assert_eq!(jwks(&second).await, keys);
    // What the old key signed works until it expires.
    hub.get(&old, ME).await.expect(200);
    second.get(&old, ME).await.expect(200);
    clock.advance_ms(9 * 60_000);
    hub.get(&old, ME).await.expect(401);
    hub.get(&new, ME).await.expect(200);
    // A process that starts later knows the new one alone.
    clock.advance_ms(20 * 60_000);
    let third = HubApp::at_time(hub.app.place.clone(), clock).await;
    assert_eq!(jwks(&third).await, keys[..1]);
}

async fn clocks_may_jump(backend: Backend) {
    let (hub, admin) = HubApp::stopped(backend).await;
    let now_ms = hub.app.clock.now_ms();
    let jump = |ms: i64| hub.app.clock.set_ms(now_ms + ms);
    // Ahead: tokens expire, and nothing else comes to harm.
    jump(400 * DAY_MS);
    hub.get(&admin, ME).await.expect(401);
    for _ in 0..5 {
        hub.try_log_in(ADMIN, "walnut harbour pixel eight").await.expect(401);
    }
    hub.try_log_in(ADMIN, PASSWORD).await.expect(429);
    let ahead = Person { token: String::new(), cookie: String::new() };
    hub.get(&ahead, ME).await.expect(401);
    // Back: a lock that was set in a wrong year holds nobody.
    jump(0);
    hub.get(&admin, ME).await.expect(200);
    let again = hub.log_in(ADMIN, PASSWORD).await;
    // Further back: a token of the future is none yet, and nothing fails.
    jump(-DAY_MS);
    hub.get(&again, ME).await.expect(401);
    let past = hub.log_in(ADMIN, PASSWORD).await;
    hub.get(&past, ME).await.expect(200);
    hub.refresh(&past.cookie, json!({})).await.expect(200);
    jump(-10 * 365 * DAY_MS);
    hub.log_in(ADMIN, PASSWORD).await;
    jump(i64::MIN / 4);
    assert!(hub.try_log_in(ADMIN, PASSWORD).await.status.as_u16() < 500);
    hub.app.clock.set_ms(0);
    hub.log_in(ADMIN, PASSWORD).await;
    hub.app.clock.set_ms(Clock::system().now_ms());
    hub.log_in(ADMIN, PASSWORD).await;
}

on_every_backend!(
    forged_tokens_are_refused,
    keys_rotate_and_old_tokens_live_out_their_time,
    clocks_may_jump,
);
