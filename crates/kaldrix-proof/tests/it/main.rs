//! Proofs through the public boundary: made from a chain that the ledger executed, written, read
//! and verified.
//!
//! In WebAssembly, where nothing signs, the committed proofs alone are read and verified.

#[cfg(not(target_arch = "wasm32"))]
mod chain;
#[cfg(not(target_arch = "wasm32"))]
mod claims;
#[cfg(not(target_arch = "wasm32"))]
mod forgeries;
mod format;
#[cfg(not(target_arch = "wasm32"))]
mod mutation;
#[cfg(not(target_arch = "wasm32"))]
mod specification;
mod specimens;
#[cfg(not(target_arch = "wasm32"))]
mod stranger;
