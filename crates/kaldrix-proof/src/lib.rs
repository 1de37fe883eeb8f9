//! Proofs of what the ledger holds, and their verification with nothing but the genesis file.
//!
//! A [`Proof`] leads from a claim (a transaction and its outcome, a notarised digest, an account's
//! state, a block) to the header of a ledger block, through the history root to a certified header
//! if the certificate is younger, and through the committees since genesis, or since a pinned
//! [`Checkpoint`], to what the verifier already trusts. [`verify()`] checks every link and returns
//! [`Verified`], or says exactly which link failed and why.
//!
//! Proofs and checkpoints travel as strict JSON, specified in `docs/spec/proofs.md` so that a
//! stranger can write a verifier. This crate does no IO, reads no clock and starts no thread: it
//! runs in a browser. It never takes a proof's word for anything that it can compute, and holds no
//! field of a proof that it does not check.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects
    )
)]

pub mod checkpoint;
pub mod error;
mod json;
pub mod proof;
pub mod verified;
pub mod verify;

pub use checkpoint::{CHECKPOINT_TEXT_BYTES_MAX, Checkpoint};
pub use error::{Fault, FormatError, Link, ProofError};
pub use proof::{
    Claim, CommitteeChange, ExecutedTransaction, Finality, LaterBlock, PROOF_TEXT_BYTES_MAX, Proof,
    Votes,
};
pub use verified::{Confirmation, Verified};
pub use verify::{Trust, verify};
