use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::*;

const NOW_MS: i64 = 1_800_000_000_000;
const ISSUER: &str = "https://it.example.com";

fn claims() -> Claims {
    let (sub, tid, sid) = (UserId::new(), TenantId::new(), SessionId::new());
    let iat = NOW_MS / 1_000;
    Claims { iss: ISSUER.into(), aud: AUDIENCE.into(), sub, tid, sid, iat, exp: iat + 600 }
}

fn key() -> SigningKey {
    SigningKey::new("k1", [7; 32])
}

fn verifier(keys: &[&SigningKey]) -> TokenVerifier {
    let verifier = TokenVerifier::new(ISSUER);
    let keys = keys.iter().map(|key| key.jwk().unwrap()).collect();
    verifier.trust(&JwkSet { keys }).unwrap();
    verifier
}

#[test]
fn a_token_says_what_was_signed() {
    let (claims, key) = (claims(), key());
    let token = key.sign(&claims).unwrap();
    assert_eq!(verifier(&[&key]).verify(&token, NOW_MS), Ok(claims));
}

/// The example of RFC 8037, appendix A.1 and A.2: the seed and its public key.
#[test]
fn the_public_key_is_that_of_rfc_8037() {
    let seed = URL_SAFE_NO_PAD.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap();
    let key = SigningKey::new("rfc", seed.try_into().unwrap());
    let jwk = serde_json::to_value(key.jwk().unwrap()).unwrap();
    assert_eq!(jwk["x"], "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    assert_eq!((jwk["kty"].as_str(), jwk["crv"].as_str()), (Some("OKP"), Some("Ed25519")));
    assert!(jwk.get("d").is_none());
}

#[test]
fn other_algorithms_are_refused() {
    let (claims, key) = (claims(), key());
    let verifier = verifier(&[&key]);
    let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&claims).unwrap());
    for algorithm in ["none", "None", "HS256", "RS256", "ES256"] {
        let header = format!(r#"{{"alg":"{algorithm}","kid":"k1"}}"#);
        let head = URL_SAFE_NO_PAD.encode(header);
        for signature in ["", "AAAA"] {
            let token = format!("{head}.{payload}.{signature}");
            assert!(matches!(verifier.verify(&token, NOW_MS), Err(TokenError::Malformed(_))));
        }
    }
    // The public key as the secret of an HMAC.
    let public = serde_json::to_value(key.jwk().unwrap()).unwrap();
    let secret = URL_SAFE_NO_PAD.decode(public["x"].as_str().unwrap()).unwrap();
    let mut header = Header::new(Algorithm::HS256);
    header.kid = Some("k1".into());
    let token = jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(&secret)).unwrap();
    assert!(matches!(verifier.verify(&token, NOW_MS), Err(TokenError::Malformed(_))));
}

#[test]
fn each_claim_counts() {
    let key = key();
    let verifier = verifier(&[&key]);
    let verdict = |claims: Claims| verifier.verify(&key.sign(&claims).unwrap(), NOW_MS);
    let other = || "https://elsewhere.example.com".to_owned();
    assert!(verdict(Claims { iss: other(), ..claims() }).is_err());
    assert!(verdict(Claims { aud: other(), ..claims() }).is_err());
    let now_s = NOW_MS / 1_000;
    let expired = verdict(Claims { exp: now_s, ..claims() });
    assert_eq!(expired, Err(TokenError::Expired { exp: now_s, now_s }));
    assert!(verdict(Claims { exp: i64::MIN, ..claims() }).is_err());
    let early = verdict(Claims { iat: now_s + 6, ..claims() });
    assert_eq!(early, Err(TokenError::NotYet { iat: now_s + 6, now_s }));
}

#[test]
fn every_changed_character_is_noticed() {
    let key = key();
    let verifier = verifier(&[&key]);
    let token = key.sign(&claims()).unwrap();
    for place in 0..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert!(verifier.verify(&changed, NOW_MS).is_err(), "character {place} of {token}");
    }
}

#[test]
fn a_key_that_was_retired_holds_no_longer() {
    let (old, new) = (key(), SigningKey::new("k2", [8; 32]));
    let verifier = verifier(&[&old, &new]);
    let token = old.sign(&claims()).unwrap();
    assert!(verifier.verify(&token, NOW_MS).is_ok());
    verifier.trust(&JwkSet { keys: vec![new.jwk().unwrap()] }).unwrap();
    assert_eq!(verifier.verify(&token, NOW_MS), Err(TokenError::UnknownKey("k1".into())));
}
