//! The seam behind which a private key signs: in this process, or one day in an HSM.

use std::fmt;

use kaldrix_types::{PublicKey, Scheme, Signature};

use crate::purpose::Purpose;

/// Signs with one private key, wherever it is held.
pub trait Signer: Send + Sync + fmt::Debug {
    /// The key that verifies what this signs.
    fn public_key(&self) -> &PublicKey;

    /// Signs `message` for `purpose`. Two signatures of one message may differ.
    fn sign(&self, purpose: Purpose, message: &[u8]) -> Result<Signature, SignError>;
}

/// Why a signer did not sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    #[error("the signature library failed to sign with {scheme}")]
    Library { scheme: Scheme },
    /// For signers outside this process.
    #[error("the signer is not available: {reason}")]
    Unavailable { reason: String },
}
