//! Signatures of webhooks, as their receivers check them: HMAC-SHA256 (FIPS 198-1) over the time and
//! the body, so that neither can be changed and an old delivery cannot be sent again.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

pub const SIGNATURE_HEADER: &str = "X-ITechSmart-Signature";
/// How far a receiver's clock may be from ours.
pub const TOLERANCE_MS: i64 = 5 * 60_000;

/// The header's value: `t=<seconds since 1970>,v1=<hex of HMAC(secret, "<t>.<body>")>`.
pub fn sign(secret: &str, body: &[u8], now_ms: i64) -> String {
    let seconds = now_ms.div_euclid(1_000);
    let tag = mac(secret, seconds, body).map(|mac| hex::encode(mac.finalize().into_bytes()));
    format!("t={seconds},v1={}", tag.unwrap_or_default())
}

/// Whether a delivery is ours, unchanged and of now. A receiver also remembers the ids of deliveries
/// for [`TOLERANCE_MS`].
pub fn verify(secret: &str, header: &str, body: &[u8], now_ms: i64) -> bool {
    let mut parts = header.split(',').filter_map(|part| part.split_once('='));
    let (Some(("t", seconds)), Some(("v1", tag)), None) =
        (parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let (Ok(seconds), Ok(tag)) = (seconds.parse::<i64>(), hex::decode(tag)) else { return false };
    let apart_ms = seconds.saturating_mul(1_000).abs_diff(now_ms);
    let is_now = apart_ms <= TOLERANCE_MS.unsigned_abs();
    is_now && mac(secret, seconds, body).is_some_and(|mac| mac.verify_slice(&tag).is_ok())
}

/// HMAC takes keys of any length.
fn mac(secret: &str, seconds: i64, body: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(format!("{seconds}.").as_bytes());
    mac.update(body);
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: i64 = 1_774_747_800_123;

    #[test]
    fn a_signature_is_what_others_compute() {
        // printf '1774747800.{"a":1}' | openssl dgst -sha256 -hmac secret
        let expected = "1ee62b161c65c178d8d4e7c5a1720a3595e4c7dc85ee2e6186b0800d8fc7195f";
        let header = sign("secret", br#"{"a":1}"#, NOW_MS);
        assert_eq!(header, format!("t=1774747800,v1={expected}"));
    }

    #[test]
    fn changed_or_old_deliveries_are_refused() {
        let header = sign("secret", b"body", NOW_MS);
        assert!(verify("secret", &header, b"body", NOW_MS));
        assert!(verify("secret", &header, b"body", NOW_MS + TOLERANCE_MS - 1_000));
        assert!(!verify("secret", &header, b"body", NOW_MS + TOLERANCE_MS));
        assert!(!verify("secret", &header, b"Body", NOW_MS));
        assert!(!verify("Secret", &header, b"body", NOW_MS));
        assert!(!verify(
            "secret",
            &header.replace("t=1774747800", "t=1774747801"),
            b"body",
            NOW_MS
        ));
        for header in ["", "t=,v1=", "v1=00", "t=1774747800", "t=1774747800,v1=zz", "a,b,c"] {
            assert!(!verify("secret", header, b"body", NOW_MS), "{header}");
        }
    }
}
