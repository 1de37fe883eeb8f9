//! ML-DSA through the C interface of AWS-LC: keys, signatures and their verification.
//!
//! The only unsafe code of the workspace. It exists because the safe API of `aws-lc-rs` has no
//! context strings; `aws-lc-sys` is the very version that `aws-lc-rs` links. No pointer leaves this
//! module, and every length handed to C is that of the slice beside it.
#![allow(unsafe_code)]

#[cfg(test)]
mod tests;

use std::ffi::c_int;
use std::ptr::{self, NonNull};

use aws_lc_sys::{
    EVP_DigestSign, EVP_DigestSignInit, EVP_DigestVerify, EVP_DigestVerifyInit, EVP_MD_CTX,
    EVP_MD_CTX_free, EVP_MD_CTX_new, EVP_PKEY, EVP_PKEY_CTX,
    EVP_PKEY_CTX_set1_signature_context_string, EVP_PKEY_free, EVP_PKEY_get_raw_public_key,
    EVP_PKEY_pqdsa_new_raw_private_key, EVP_PKEY_pqdsa_new_raw_public_key, NID_MLDSA44,
    NID_MLDSA65, NID_MLDSA87,
};
use kaldrix_types::{PublicKey, Scheme, Signature};

use super::Refused;

/// Length of the seed from which a key pair is derived (FIPS 204's ξ).
pub(crate) const SEED_BYTES: usize = 32;

fn nid(scheme: Scheme) -> c_int {
    match scheme {
        Scheme::MlDsa44 => NID_MLDSA44,
        Scheme::MlDsa65 => NID_MLDSA65,
        Scheme::MlDsa87 => NID_MLDSA87,
    }
}

/// AWS-LC returns 1 for success and anything else for failure.
fn succeeded(code: c_int) -> Result<(), Refused> {
    if code == 1 { Ok(()) } else { Err(Refused) }
}

/// An owned `EVP_PKEY`. AWS-LC wipes its memory when it is freed.
struct Key(NonNull<EVP_PKEY>);

// SAFETY: an `EVP_PKEY` is tied to no thread, and `Key` is its only owner.
unsafe impl Send for Key {}
// SAFETY: signing and verifying do not mutate the key; its reference count is atomic
// (evp.h: a key may be used concurrently by functions that do not mutate it).
unsafe impl Sync for Key {}

impl Drop for Key {
    fn drop(&mut self) {
        // SAFETY: the pointer came from AWS-LC, is owned by `self`, and is not used again.
        unsafe { EVP_PKEY_free(self.0.as_ptr()) }
    }
}

impl Key {
    fn public(scheme: Scheme, bytes: &[u8]) -> Result<Self, Refused> {
        // SAFETY: AWS-LC reads `bytes.len()` bytes, copies them, and returns null or a new key.
        let key =
            unsafe { EVP_PKEY_pqdsa_new_raw_public_key(nid(scheme), bytes.as_ptr(), bytes.len()) };
        NonNull::new(key).map(Self).ok_or(Refused)
    }

    fn private(scheme: Scheme, seed: &[u8; SEED_BYTES]) -> Result<Self, Refused> {
        // SAFETY: as above. 32 bytes are a seed (KeyGen_internal, FIPS 204, algorithm 6); an
        // expanded private key is longer.
        let key =
            unsafe { EVP_PKEY_pqdsa_new_raw_private_key(nid(scheme), seed.as_ptr(), seed.len()) };
        NonNull::new(key).map(Self).ok_or(Refused)
    }
}

/// One signing or verification under way.
struct Operation(NonNull<EVP_MD_CTX>);

impl Drop for Operation {
    fn drop(&mut self) {
        // SAFETY: the pointer came from `EVP_MD_CTX_new`, is owned by `self`, and is not used
        // again. It also frees the `EVP_PKEY_CTX` that belongs to it.
        unsafe { EVP_MD_CTX_free(self.0.as_ptr()) }
    }
}

/// `EVP_DigestSignInit` or `EVP_DigestVerifyInit`.
type Init = unsafe extern "C" fn(
    *mut EVP_MD_CTX,
    *mut *mut EVP_PKEY_CTX,
    *const aws_lc_sys::EVP_MD,
    *mut aws_lc_sys::ENGINE,
    *mut EVP_PKEY,
) -> c_int;

impl Operation {
    fn start(init: Init, key: &Key, context: &[u8]) -> Result<Self, Refused> {
        // SAFETY: takes nothing; returns null or a context of which we are the owner.
        let operation = NonNull::new(unsafe { EVP_MD_CTX_new() }).map(Self).ok_or(Refused)?;
        let mut parameters: *mut EVP_PKEY_CTX = ptr::null_mut();
        // SAFETY: both pointers are alive. No digest and no engine: ML-DSA hashes for itself. The
        // key is not mutated but for its reference count, which the context takes a share of.
        succeeded(unsafe {
            init(
                operation.0.as_ptr(),
                &raw mut parameters,
                ptr::null(),
                ptr::null_mut(),
                key.0.as_ptr(),
            )
        })?;
        // SAFETY: `parameters` belongs to `operation` and lives as long; AWS-LC copies `context`,
        // and refuses one of more than 255 bytes.
        succeeded(unsafe {
            EVP_PKEY_CTX_set1_signature_context_string(parameters, context.as_ptr(), context.len())
        })?;
        Ok(operation)
    }
}

/// A private key, expanded once from its seed.
pub(crate) struct SigningKey {
    scheme: Scheme,
    key: Key,
}

impl SigningKey {
    pub(crate) fn from_seed(scheme: Scheme, seed: &[u8; SEED_BYTES]) -> Result<Self, Refused> {
        Ok(Self { scheme, key: Key::private(scheme, seed)? })
    }

    pub(crate) fn public_key(&self) -> Result<PublicKey, Refused> {
        let mut bytes = vec![0; self.scheme.public_key_bytes()];
        let mut length = bytes.len();
        // SAFETY: AWS-LC writes at most `length` bytes and stores there how many it wrote.
        succeeded(unsafe {
            EVP_PKEY_get_raw_public_key(self.key.0.as_ptr(), bytes.as_mut_ptr(), &raw mut length)
        })?;
        bytes.truncate(length);
        PublicKey::new(self.scheme, &bytes).map_err(|_| Refused)
    }

    /// ML-DSA.Sign (FIPS 204, algorithm 2), hedged: two signatures of one message differ.
    pub(crate) fn sign(&self, context: &[u8], message: &[u8]) -> Result<Signature, Refused> {
        let operation = Operation::start(EVP_DigestSignInit, &self.key, context)?;
        let mut bytes = vec![0; self.scheme.signature_bytes()];
        let mut length = bytes.len();
        // SAFETY: AWS-LC writes at most `length` bytes to `bytes`, stores there how many it wrote,
        // and reads `message.len()` bytes of `message`.
        succeeded(unsafe {
            EVP_DigestSign(
                operation.0.as_ptr(),
                bytes.as_mut_ptr(),
                &raw mut length,
                message.as_ptr(),
                message.len(),
            )
        })?;
        bytes.truncate(length);
        Signature::new(self.scheme, &bytes).map_err(|_| Refused)
    }
}

/// ML-DSA.Verify (FIPS 204, algorithm 3). Refuses lengths that are not the scheme's, and contexts
/// of more than 255 bytes.
pub(crate) fn verify(
    scheme: Scheme,
    public_key: &[u8],
    context: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Result<(), Refused> {
    let key = Key::public(scheme, public_key)?;
    let operation = Operation::start(EVP_DigestVerifyInit, &key, context)?;
    // SAFETY: AWS-LC only reads, within the two slices.
    succeeded(unsafe {
        EVP_DigestVerify(
            operation.0.as_ptr(),
            signature.as_ptr(),
            signature.len(),
            message.as_ptr(),
            message.len(),
        )
    })
}
