//! An ideal signature scheme: nobody can forge, because verifying asks who has signed.
//!
//! It stands in for ML-DSA, so that whole networks run fast and everything above the scheme runs
//! as it is: purposes, structure, committees, quorums. Keys and signatures have their real lengths.

use std::fmt;
use std::sync::Arc;

use kaldrix_crypto::{Purpose, SignError, Signer, Verifier, VerifyError, verify_block_with};
use kaldrix_types::{
    Block, BlockRef, ChainId, Committee, PublicKey, Scheme, Signature, VerifiedBlock,
};
use parking_lot::Mutex;

/// Length of the place at the head of a signature.
const PLACE_BYTES: usize = 8;
/// What follows the place in a signature.
const ZEROS: [u8; 8192] = [0; 8192];

/// Who signed what, in order; a signature is a place in it.
#[derive(Clone, Default)]
pub struct Signatures(Arc<Mutex<Vec<Signed>>>);

struct Signed {
    key: Arc<PublicKey>,
    purpose: Purpose,
    message: Vec<u8>,
    /// The block of this signature, once it was verified: the same bytes are again.
    block: Option<VerifiedBlock>,
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

    /// Whether a block that somebody verified has this one for a parent.
    pub fn is_referenced(&self, reference: &BlockRef) -> bool {
        let signatures = self.0.lock();
        let mut blocks = signatures.iter().rev().filter_map(|signed| signed.block.as_ref());
        blocks.any(|block| block.parents().contains(reference))
    }

    /// The block, if a member of `committee` signed it. Nodes send blocks to each other many times
    /// over, so what was found of one is kept.
    pub fn verify_block(
        &self,
        block: &Block,
        chain_id: ChainId,
        committee: &Committee,
    ) -> Option<VerifiedBlock> {
        let place = place_of(&block.signature)?;
        let known = self.0.lock().get(place).and_then(|signed| signed.block.clone());
        if let Some(known) = known.filter(|known| **known == *block) {
            return Some(known);
        }
        let verified = verify_block_with(self, block.clone(), chain_id, committee).ok()?;
        if let Some(signed) = self.0.lock().get_mut(place) {
            signed.block = Some(verified.clone());
        }
        Some(verified)
    }
}

/// A signature that nobody made.
pub fn nobodys(scheme: Scheme) -> Signature {
    let bytes = vec![0xff; scheme.signature_bytes()];
    Signature::new(scheme, &bytes).expect("the length is the scheme's")
}

fn place_of(signature: &Signature) -> Option<usize> {
    let place = signature.bytes().first_chunk()?;
    usize::try_from(u64::from_le_bytes(*place)).ok()
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
        let place = place_of(signature).ok_or(invalid)?;
        let rest = signature.bytes().get(PLACE_BYTES..).ok_or(invalid)?;
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
        bytes[..PLACE_BYTES].copy_from_slice(&(signatures.len() as u64).to_le_bytes());
        let key = Arc::clone(&self.key);
        signatures.push(Signed { key, purpose, message: message.to_vec(), block: None });
        Signature::new(scheme, &bytes).map_err(|_| SignError::Library { scheme })
    }
}

#[cfg(test)]
mod tests {
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
