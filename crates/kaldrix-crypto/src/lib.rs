//! Keys, signatures and keystores: what turns a [`Block`](kaldrix_types::Block) into a
//! [`VerifiedBlock`](kaldrix_types::VerifiedBlock).
//!
//! This is the one crate that names a signature library (AWS-LC, and `fips204` in a browser), so
//! that replacing it, or moving keys into an HSM, changes nothing elsewhere. Every signature is
//! bound to its [`Purpose`]. A secret never leaves the crate except sealed in a keystore, is wiped
//! when dropped, and is not printable. The crate decides nothing about consensus, and reads no
//! clock and no network.
//!
//! Compiled to WebAssembly the crate only verifies: secrets have no place in a browser.

pub mod block;
pub mod certificate;
#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod fixtures;
#[cfg(not(target_arch = "wasm32"))]
pub mod key_pair;
#[cfg(not(target_arch = "wasm32"))]
pub mod keystore;
mod mldsa;
pub mod purpose;
#[cfg(not(target_arch = "wasm32"))]
pub mod random;
pub mod signer;
pub mod transaction;
pub mod verifier;

pub use block::{BlockError, seal_block, verify_block, verify_block_with};
pub use certificate::{CertificateError, verify_certificate, verify_certificate_with};
#[cfg(not(target_arch = "wasm32"))]
pub use key_pair::{KeyError, KeyPair};
#[cfg(not(target_arch = "wasm32"))]
pub use keystore::KeystoreError;
pub use purpose::Purpose;
#[cfg(not(target_arch = "wasm32"))]
pub use random::RandomError;
pub use signer::{SignError, Signer};
pub use transaction::{WitnessError, sign_transaction, verify_witness, verify_witness_with};
pub use verifier::{MlDsaVerifier, Verifier, VerifyError, verify};
