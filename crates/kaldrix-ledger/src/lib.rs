//! The ledger: deterministic execution of commits over the state, and the state tree.
//!
//! [`execute()`] turns a commit of the DAG into a ledger block; [`replay()`] runs a certified block
//! again and demands the same header. Both read the state through [`StateReader`] alone and return
//! what to write as [`Writes`], so that a store can make the block and its state durable in one
//! atomic batch.
//!
//! This crate never does IO, reads a clock, draws randomness, uses floats, or iterates in hash
//! order: equal state and equal commits give equal bytes on every machine. The rules as a stranger
//! could implement them are in `docs/spec/ledger.md`.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        clippy::float_arithmetic,
        clippy::iter_over_hash_type
    )
)]

mod builder;
pub mod error;
pub mod exclusion;
pub mod execute;
pub mod ledger_block;
mod overlay;
pub mod replay;
pub mod rules;
pub mod state;
mod transition;
pub mod tree;

pub use error::{LedgerError, ReplayError, StateError};
pub use exclusion::Exclusion;
pub use execute::{Excluded, Execution, VerifyWitnesses, WitnessCheck, execute};
pub use ledger_block::{Entry, LedgerBlock};
pub use replay::replay;
pub use rules::{Rules, genesis_state};
pub use state::{MemoryState, StateReader, Tip, Writes};
