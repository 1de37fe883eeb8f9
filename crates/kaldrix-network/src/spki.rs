//! ML-DSA-65 public keys as SubjectPublicKeyInfo (RFC 9881), the form RFC 7250 puts in TLS.
//!
//! The key's length is fixed, so the DER before it is too: comparing it is a complete parser.

use kaldrix_types::{PublicKey, Scheme};

/// `SEQUENCE { SEQUENCE { OID 2.16.840.1.101.3.4.3.18 }, BIT STRING (0 unused bits, 1952 bytes) }`
/// up to the key itself.
const PREFIX: [u8; 22] = [
    0x30, 0x82, 0x07, 0xb2, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03,
    0x12, 0x03, 0x82, 0x07, 0xa1, 0x00,
];

/// The SPKI of an ML-DSA-65 key.
pub(crate) fn encode(key: &PublicKey) -> Vec<u8> {
    debug_assert_eq!(key.scheme(), Scheme::MlDsa65, "callers check the scheme");
    [&PREFIX, key.bytes()].concat()
}

/// The key of an SPKI, if it is one of ML-DSA-65 in DER.
pub(crate) fn decode(spki: &[u8]) -> Option<PublicKey> {
    PublicKey::new(Scheme::MlDsa65, spki.strip_prefix(&PREFIX)?).ok()
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};
    use kaldrix_types::{PublicKey, Scheme};
    use rustls::pki_types::alg_id;
    use rustls::sign::public_key_to_spki;

    fn key() -> PublicKey {
        let bytes: Vec<u8> = (0..=u8::MAX).cycle().take(1952).collect();
        PublicKey::new(Scheme::MlDsa65, &bytes).unwrap()
    }

    #[test]
    fn agrees_with_the_tls_library() {
        let theirs = public_key_to_spki(&alg_id::ML_DSA_65, key().bytes());
        assert_eq!(encode(&key()), theirs.as_ref());
        assert_eq!(decode(theirs.as_ref()), Some(key()));
    }

    #[test]
    fn refuses_other_algorithms_and_lengths() {
        let other = public_key_to_spki(&alg_id::ML_DSA_44, key().bytes());
        assert_eq!(decode(other.as_ref()), None);
        let mut spki = encode(&key());
        spki.push(0);
        assert_eq!(decode(&spki), None, "trailing byte");
        assert_eq!(decode(&spki[..1973]), None, "truncated");
        assert_eq!(decode(&[]), None);
    }
}
