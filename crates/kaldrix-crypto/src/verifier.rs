//! Checking signatures.

use std::fmt;

use kaldrix_types::{PublicKey, Scheme, Signature};

use crate::mldsa;
use crate::purpose::Purpose;

/// Checks signatures.
pub trait Verifier: Send + Sync + fmt::Debug {
    /// Says whether the owner of `key` signed `message` for `purpose`.
    fn verify(
        &self,
        key: &PublicKey,
        purpose: Purpose,
        message: &[u8],
        signature: &Signature,
    ) -> Result<(), VerifyError>;
}

/// Why a signature was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    #[error("the key is of scheme {key}, the signature of {signature}")]
    Scheme { key: Scheme, signature: Scheme },
    /// Another key, message or purpose, or a changed signature: no one can tell which.
    #[error("the {scheme} signature does not verify for a {purpose}")]
    Invalid { scheme: Scheme, purpose: Purpose },
}

/// ML-DSA-44, 65 and 87 of FIPS 204.
#[derive(Debug, Clone, Copy, Default)]
pub struct MlDsaVerifier;

impl Verifier for MlDsaVerifier {
    fn verify(
        &self,
        key: &PublicKey,
        purpose: Purpose,
        message: &[u8],
        signature: &Signature,
    ) -> Result<(), VerifyError> {
        verify(key, purpose, message, signature)
    }
}

/// Says whether the owner of `key` signed `message` for `purpose` (FIPS 204, algorithm 3).
pub fn verify(
    key: &PublicKey,
    purpose: Purpose,
    message: &[u8],
    signature: &Signature,
) -> Result<(), VerifyError> {
    let scheme = key.scheme();
    if signature.scheme() != scheme {
        return Err(VerifyError::Scheme { key: scheme, signature: signature.scheme() });
    }
    mldsa::verify(scheme, key.bytes(), purpose.context(), message, signature.bytes())
        .map_err(|_| VerifyError::Invalid { scheme, purpose })
}
