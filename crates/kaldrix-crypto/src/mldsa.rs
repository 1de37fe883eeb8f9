//! ML-DSA (FIPS 204) with context strings: AWS-LC, and in a browser, for which AWS-LC does not
//! build, `fips204`, which only verifies.
//!
//! The target's architecture chooses, so one build has one answer. The tests hold the two to the
//! same answer on every input (`docs/adr/0005-two-signature-backends.md`).

#[cfg(not(target_arch = "wasm32"))]
mod aws_lc;
#[cfg(any(target_arch = "wasm32", test))]
mod portable;
#[cfg(test)]
mod tests;

#[cfg(not(target_arch = "wasm32"))]
pub(crate) use aws_lc::{SEED_BYTES, SigningKey, verify};
#[cfg(target_arch = "wasm32")]
pub(crate) use portable::verify;

/// The library said no, and does not say why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refused;
