//! Codes of a second factor: from an app (TOTP, RFC 6238), or from a list that was kept.

use suite_kit::seal;
use totp_rs::{Algorithm, Builder, Totp};
use zeroize::Zeroizing;

use crate::error::HubError;

pub const RECOVERY_CODES: usize = 10;
/// RFC 4226, section 4: at least 128 bits, 160 recommended.
pub const SECRET_BYTES: usize = 20;
const CODE_DIGITS: u8 = 6;
const STEP_S: u64 = 30;
/// Steps before and after the present one whose code is taken: clocks differ.
const SKEW_STEPS: u16 = 1;
/// Without 0, 1, 8 and 9, which are taken for letters: five bits a character.
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
/// 80 bits: a fast hash is enough.
const RECOVERY_CHARS: usize = 16;
const GROUP_CHARS: usize = 4;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Totp,
    RecoveryCode,
}

impl Method {
    /// What a code looks like: six digits come from an app.
    pub fn of(code: &str) -> Self {
        let code = code.trim();
        let is_totp = code.len() == usize::from(CODE_DIGITS)
            && code.chars().all(|character| character.is_ascii_digit());
        if is_totp { Self::Totp } else { Self::RecoveryCode }
    }
}

/// The generator of a secret, named in the app for its owner.
pub fn totp(secret: &[u8], product: &str, email: &str) -> Result<Totp, HubError> {
    // Colons separate the two in the label, and so can be in neither.
    let plain = |text: &str| text.replace(':', " ");
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(CODE_DIGITS)
        .with_step_duration(STEP_S)
        .with_skew(SKEW_STEPS)
        .with_secret(secret.to_vec())
        .with_issuer(Some(plain(product)))
        .with_account_name(plain(email))
        .build()
        .map_err(|error| HubError::Internal(error.to_string()))
}

/// The step of a code, if it is one of the steps around now.
pub fn step(totp: &Totp, code: &str, now_ms: i64) -> Option<i64> {
    let now_s = u64::try_from(now_ms / 1_000).ok()?;
    totp.check(code.trim(), now_s).and_then(|step| i64::try_from(step).ok())
}

/// New codes, to be shown once.
pub fn recovery_codes() -> Vec<Zeroizing<String>> {
    (0..RECOVERY_CODES).map(|_| recovery_code()).collect()
}

fn recovery_code() -> Zeroizing<String> {
    let random = seal::random_bytes();
    let mut code = Zeroizing::new(String::new());
    for (place, byte) in random.iter().take(RECOVERY_CHARS).enumerate() {
        if place > 0 && place % GROUP_CHARS == 0 {
            code.push('-');
        }
        code.push(char::from(ALPHABET[usize::from(byte % 32)]));
    }
    code
}

/// What is stored of a recovery code, however it was typed.
pub fn recovery_hash(code: &str) -> [u8; 32] {
    let typed: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    seal::token_hash(&typed.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, with the last six digits of its eight.
    #[test]
    fn codes_are_those_of_the_standard() {
        let totp = totp(b"12345678901234567890", "iTechSmart", "ada@example.com").unwrap();
        for (at_s, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")]
        {
            let now_ms = at_s * 1_000;
            assert_eq!(step(&totp, code, now_ms), Some(at_s / 30), "{at_s}");
            assert_eq!(step(&totp, code, now_ms + 30_000), Some(at_s / 30), "{at_s}");
            assert_eq!(step(&totp, code, now_ms + 61_000), None, "{at_s}");
        }
        for code in ["", "28708", "2870822", "+28708", "28708a", "２８７０８２"] {
            assert_eq!(step(&totp, code, 59_000), None, "{code}");
        }
        assert_eq!(step(&totp, "287082", -1_000_000), None);
    }

    #[test]
    fn the_app_learns_whose_code_it_is() {
        let totp = totp(&[7; SECRET_BYTES], "IT: Smart", "ada@example.com").unwrap();
        let url = totp.to_url().unwrap();
        assert!(url.starts_with("otpauth://totp/IT%20%20Smart:ada"), "{url}");
        assert!(url.contains("secret=") && url.contains("issuer="), "{url}");
    }

    #[test]
    fn recovery_codes_differ_and_may_be_typed_in_any_way() {
        let codes = recovery_codes();
        let mut hashes: Vec<_> = codes.iter().map(|code| recovery_hash(code)).collect();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), RECOVERY_CODES);
        let code = &codes[0];
        assert_eq!((code.len(), code.split('-').count()), (19, 4));
        let typed = code.to_uppercase().replace('-', " ");
        assert_eq!(recovery_hash(&typed), recovery_hash(code));
        assert_eq!(Method::of(code), Method::RecoveryCode);
        assert_eq!(Method::of(" 123456 "), Method::Totp);
    }
}
