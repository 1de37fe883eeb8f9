//! An ideal signature scheme: nobody can forge, because verifying asks who has signed.
//!
//! It stands in for ML-DSA, so that whole networks run fast and everything above the scheme runs
//! as it is: purposes, structure, committees, quorums. Keys and signatures have their real lengths.

use std::fmt;
use std::sync::Arc;

use kaldrix_crypto::{Purpose, SignError, Signer, Verifier, VerifyError};
use kaldrix_types::{PublicKey, Signature};
use parking_lot::Mutex;

/// What follows the place in a signature.
const ZEROS: [u8; 8192] = [0; 8192];

/// Who signed what, in order; a signature is a place in it.
#[derive(Clone, Default)]
pub struct Signatures(Arc<Mutex<Vec<Signed>>>);

struct Signed {
    key: Arc<PublicKey>,
    purpose: Purpose,
    message: Vec<u8>,
}

impl fmt::Debug for Signatures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signatures({})", self.0.lock().len())
    }
}

impl Signatures {
    /// The one who signs with `key`.
    pub fn signer(&self, key: PublicKey) -> IdealSigner {
        IdealSigner { key: Arc::new(key), signatures: self.clone() }
    }
}

impl Verifier for Signatures {
    fn verify(
        &self,
        key: &PublicKey,
        purpose: Purpose,
        message: &[u8],
        signature: &Signature,
    ) -> Result<(), VerifyError> {
        let scheme = key.scheme();
        if signature.scheme() != scheme {
            return Err(VerifyError::Scheme { key: scheme, signature: signature.scheme() });
        }
        let invalid = VerifyError::Invalid { scheme, purpose };
        let (place, rest) = signature.bytes().split_first_chunk().ok_or(invalid)?;
        let place = usize::try_from(u64::from_le_bytes(*place)).map_err(|_| invalid)?;
        let signatures = self.0.lock();
        let signed = signatures.get(place).ok_or(invalid)?;
        let holds = *signed.key == *key && signed.purpose == purpose && signed.message == message;
        let is_whole = ZEROS.get(..rest.len()) == Some(rest);
        if holds && is_whole { Ok(()) } else { Err(invalid) }
    }
}

/// Signs with one key: having it is what lets a node sign, and a faulty one has its own alone.
#[derive(Debug, Clone)]
pub struct IdealSigner {
    key: Arc<PublicKey>,
    signatures: Signatures,
}

impl Signer for IdealSigner {
    fn public_key(&self) -> &PublicKey {
        &self.key
    }

    fn sign(&self, purpose: Purpose, message: &[u8]) -> Result<Signature, SignError> {
        let scheme = self.key.scheme();
        let mut signatures = self.signatures.0.lock();
        let mut bytes = vec![0; scheme.signature_bytes()];
        bytes[..8].copy_from_slice(&(signatures.len() as u64).to_le_bytes());
        let key = Arc::clone(&self.key);
        signatures.push(Signed { key, purpose, message: message.to_vec() });
        Signature::new(scheme, &bytes).map_err(|_| SignError::Library { scheme })
    }
}

#[cfg(test)]
mod tests {
    use kaldrix_types::Scheme;

    use super::*;

    fn key(tag: u8) -> PublicKey {
        PublicKey::new(Scheme::MlDsa65, &[tag; 1952]).unwrap()
    }

    #[test]
    fn only_what_was_signed_verifies() {
        let signatures = Signatures::default();
        let signer = signatures.signer(key(1));
        signatures.signer(key(2)).sign(Purpose::DagBlock, b"other").unwrap();
        let signature = signer.sign(Purpose::DagBlock, b"message").unwrap();
        let holds = |key: &PublicKey, purpose, message: &[u8], signature: &Signature| {
            signatures.verify(key, purpose, message, signature).is_ok()
        };
        assert!(holds(&key(1), Purpose::DagBlock, b"message", &signature));
        assert!(!holds(&key(2), Purpose::DagBlock, b"message", &signature));
        assert!(!holds(&key(1), Purpose::Transaction, b"message", &signature));
        assert!(!holds(&key(1), Purpose::DagBlock, b"massage", &signature));
        for at in [0, 7, 8, 3308] {
            let mut bytes = signature.bytes().to_vec();
            bytes[at] ^= 1;
            let changed = Signature::new(Scheme::MlDsa65, &bytes).unwrap();
            assert!(!holds(&key(1), Purpose::DagBlock, b"message", &changed), "byte {at}");
        }
    }
}
