//! Secrets that must be read again, sealed before they are stored; those that need not are hashed.
//!
//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) under keys derived from a configured secret with
//! BLAKE3, one for each purpose, so that what was sealed for one cannot be opened as another.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, AeadCore, KeyInit, OsRng, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

const NONCE_BYTES: usize = 24;
/// The first byte of what is sealed: how.
const VERSION: u8 = 1;
/// 256 bits: nobody guesses it, and it needs no slow hash.
const TOKEN_BYTES: usize = 32;

/// Seals and opens for one purpose.
#[derive(Clone)]
pub struct Sealing {
    cipher: XChaCha20Poly1305,
}

/// What is stored is not what was sealed for this purpose with this key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value cannot be opened: is ENCRYPTION_KEY the one it was sealed with?")]
pub struct Unopened;

impl Sealing {
    /// `purpose` is a text of its own for each kind of secret, never changed.
    pub fn new(secret: &str, purpose: &str) -> Self {
        let context = format!("itechsmart 2026 sealing {purpose} v1");
        let key = Zeroizing::new(blake3::derive_key(&context, secret.as_bytes()));
        Self { cipher: XChaCha20Poly1305::new((&*key).into()) }
    }

    /// Seals `secret` for the object `owner`; it opens for no other.
    pub fn seal(&self, owner: &[u8], secret: &[u8]) -> Vec<u8> {
        let nonce = XChaCha20Poly1305::generate_nonce(&mut OsRng);
        let payload = Payload { msg: secret, aad: owner };
        // Encryption in memory fails only for texts of 256 GiB.
        let sealed = self.cipher.encrypt(&nonce, payload).unwrap_or_default();
        [&[VERSION], nonce.as_slice(), &sealed].concat()
    }

    pub fn open(&self, owner: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unopened> {
        let rest = sealed.strip_prefix(&[VERSION]).ok_or(Unopened)?;
        let (nonce, sealed) = rest.split_at_checked(NONCE_BYTES).ok_or(Unopened)?;
        let payload = Payload { msg: sealed, aad: owner };
        let opened = self.cipher.decrypt(XNonce::from_slice(nonce), payload);
        opened.map(Zeroizing::new).map_err(|_| Unopened)
    }
}

impl std::fmt::Debug for Sealing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealing")
    }
}

/// Makes and checks tags for one purpose: who has no key makes none (BLAKE3, keyed).
#[derive(Clone)]
pub struct Tagging {
    key: Zeroizing<[u8; 32]>,
}

impl Tagging {
    /// `purpose` is a text of its own for each kind of tag, never changed.
    pub fn new(secret: &str, purpose: &str) -> Self {
        let context = format!("itechsmart 2026 tagging {purpose} v1");
        Self { key: Zeroizing::new(blake3::derive_key(&context, secret.as_bytes())) }
    }

    /// 128 bits, in hex.
    pub fn tag(&self, text: &[u8]) -> String {
        let hash = blake3::keyed_hash(&self.key, text);
        hash.to_hex().chars().take(32).collect()
    }

    pub fn is_tag(&self, text: &[u8], tag: &str) -> bool {
        equal(self.tag(text).as_bytes(), tag.as_bytes())
    }
}

impl std::fmt::Debug for Tagging {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tagging")
    }
}

/// A random secret of 256 bits.
pub fn random_bytes() -> Zeroizing<[u8; TOKEN_BYTES]> {
    use chacha20poly1305::aead::rand_core::RngCore;
    let mut bytes = Zeroizing::new([0; TOKEN_BYTES]);
    OsRng.fill_bytes(bytes.as_mut_slice());
    bytes
}

/// The same as text that is safe in URLs and headers.
pub fn random_token() -> Zeroizing<String> {
    Zeroizing::new(URL_SAFE_NO_PAD.encode(random_bytes().as_slice()))
}

/// What is stored of a random secret. Only for secrets of [`random_token`]: a password needs a slow
/// hash.
pub fn token_hash(token: &str) -> [u8; 32] {
    blake3::derive_key("itechsmart 2026 token hash v1", token.as_bytes())
}

/// Whether two secrets are equal, in a time that does not tell where they differ.
pub fn equal(left: &[u8], right: &[u8]) -> bool {
    blake3::hash(left) == blake3::hash(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_for_its_owner_and_purpose_alone() {
        let sealing = Sealing::new("a secret of the installation", "totp");
        let sealed = sealing.seal(b"one", b"JBSWY3DP");
        assert_eq!(sealing.open(b"one", &sealed).unwrap().as_slice(), b"JBSWY3DP");
        assert_eq!(sealing.open(b"two", &sealed), Err(Unopened));
        let other = Sealing::new("a secret of the installation", "webhook");
        assert_eq!(other.open(b"one", &sealed), Err(Unopened));
        assert_ne!(sealing.seal(b"one", b"JBSWY3DP"), sealed);
    }

    #[test]
    fn no_byte_of_what_is_sealed_can_change() {
        let sealing = Sealing::new("a secret", "totp");
        let sealed = sealing.seal(b"", b"x");
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert_eq!(sealing.open(b"", &changed), Err(Unopened), "byte {place}");
            assert_eq!(sealing.open(b"", &sealed[..place]), Err(Unopened), "length {place}");
        }
    }

    #[test]
    fn a_tag_is_of_its_text_key_and_purpose_alone() {
        let tagging = Tagging::new("a secret", "letters");
        let tag = tagging.tag(b"one");
        assert_eq!(tag.len(), 32);
        assert!(tagging.is_tag(b"one", &tag) && !tagging.is_tag(b"two", &tag));
        assert!(!tagging.is_tag(b"one", "") && !tagging.is_tag(b"one", &tag[..31]));
        assert!(!Tagging::new("another secret", "letters").is_tag(b"one", &tag));
        assert!(!Tagging::new("a secret", "links").is_tag(b"one", &tag));
    }

    #[test]
    fn tokens_differ_and_are_stored_as_hashes() {
        let (one, two) = (random_token(), random_token());
        assert_ne!(*one, *two);
        assert_eq!(one.len(), 43);
        assert_ne!(token_hash(&one), token_hash(&two));
        assert!(equal(b"a", b"a") && !equal(b"a", b"b"));
    }
}
