//! Proofs through the public boundary: made from a chain that the ledger executed, written, read
//! and verified.

mod chain;
mod claims;
mod forgeries;
mod format;
mod mutation;
mod specification;
mod specimens;
mod stranger;
