//! A key pair in memory: the signer of a node, a wallet and a test.

use std::fmt;

use kaldrix_types::{PublicKey, Scheme, Signature};
use zeroize::Zeroizing;

use crate::mldsa::{SEED_BYTES, SigningKey};
use crate::purpose::Purpose;
use crate::random::{self, RandomError};
use crate::signer::{SignError, Signer};

/// Why there is no key pair.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error(transparent)]
    Random(#[from] RandomError),
    #[error("the signature library failed to derive a key of {scheme}")]
    Library { scheme: Scheme },
}

/// A key pair in this process's memory, wiped when dropped.
pub struct KeyPair {
    public_key: PublicKey,
    signing_key: SigningKey,
    /// Kept because a keystore holds the seed, from which the rest follows.
    seed: Zeroizing<[u8; SEED_BYTES]>,
}

impl KeyPair {
    /// A new key pair from fresh randomness.
    pub fn generate(scheme: Scheme) -> Result<Self, KeyError> {
        let mut seed = Zeroizing::new([0; SEED_BYTES]);
        random::fill(seed.as_mut())?;
        Self::from_seed(scheme, &seed)
    }

    /// The key pair of a seed: ML-DSA.KeyGen_internal with ξ = `seed` (FIPS 204, algorithm 6).
    ///
    /// The seed is the secret. Outside tests, prefer [`KeyPair::generate`] and a keystore.
    pub fn from_seed(scheme: Scheme, seed: &[u8; SEED_BYTES]) -> Result<Self, KeyError> {
        let library = |_| KeyError::Library { scheme };
        let signing_key = SigningKey::from_seed(scheme, seed).map_err(library)?;
        let public_key = signing_key.public_key().map_err(library)?;
        Ok(Self { public_key, signing_key, seed: Zeroizing::new(*seed) })
    }

    pub fn scheme(&self) -> Scheme {
        self.public_key.scheme()
    }

    pub(crate) fn seed(&self) -> &[u8; SEED_BYTES] {
        &self.seed
    }
}

impl Signer for KeyPair {
    fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    fn sign(&self, purpose: Purpose, message: &[u8]) -> Result<Signature, SignError> {
        let scheme = self.scheme();
        let signed = self.signing_key.sign(purpose.context(), message);
        signed.map_err(|_| SignError::Library { scheme })
    }
}

/// Shows the public half alone.
impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyPair").field("public_key", &self.public_key).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use kaldrix_types::Scheme;

    use super::KeyPair;
    use crate::purpose::Purpose;
    use crate::signer::Signer;
    use crate::verifier::{MlDsaVerifier, Verifier, VerifyError, verify};

    #[test]
    fn a_signature_verifies_for_its_purpose_alone() {
        for scheme in Scheme::ALL {
            let key = KeyPair::generate(scheme).unwrap();
            for purpose in Purpose::ALL {
                let signature = key.sign(purpose, b"message").unwrap();
                assert_eq!(signature.scheme(), scheme);
                for other in Purpose::ALL {
                    let found =
                        MlDsaVerifier.verify(key.public_key(), other, b"message", &signature);
                    let invalid = Err(VerifyError::Invalid { scheme, purpose: other });
                    assert_eq!(found, if other == purpose { Ok(()) } else { invalid });
                }
            }
        }
    }

    #[test]
    fn signing_is_hedged() {
        for scheme in Scheme::ALL {
            let key = KeyPair::from_seed(scheme, &[1; 32]).unwrap();
            let [first, second] =
                [(); 2].map(|()| key.sign(Purpose::DagBlock, b"message").unwrap());
            assert_ne!(first, second);
            for signature in [first, second] {
                verify(key.public_key(), Purpose::DagBlock, b"message", &signature).unwrap();
            }
        }
    }

    #[test]
    fn a_seed_gives_one_key_pair_for_each_scheme() {
        for scheme in Scheme::ALL {
            let first = KeyPair::from_seed(scheme, &[1; 32]).unwrap();
            assert_eq!(first.scheme(), scheme);
            let second = KeyPair::from_seed(scheme, &[1; 32]).unwrap();
            assert_eq!(first.public_key(), second.public_key());
            let other = KeyPair::from_seed(scheme, &[2; 32]).unwrap();
            assert_ne!(first.public_key(), other.public_key());
        }
    }

    #[test]
    fn generated_keys_differ() {
        let [first, second] = [(); 2].map(|()| KeyPair::generate(Scheme::MlDsa44).unwrap());
        assert_ne!(first.public_key(), second.public_key());
    }

    #[test]
    fn a_key_pair_prints_its_public_half_alone() {
        let key = KeyPair::from_seed(Scheme::MlDsa44, &[0xab; 32]).unwrap();
        let text = format!("{key:?} {key:#?}");
        assert!(text.contains("ml-dsa-44"));
        assert!(!text.contains("abab") && !text.contains("171, 171"), "{text}");
    }
}
