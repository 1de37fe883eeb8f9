//! Proofs through the public boundary: made from a chain that the ledger executed, written, read
//! and verified.

mod chain;
mod claims;
mod mutation;
mod specimens;
