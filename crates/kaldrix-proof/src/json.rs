//! The text form of proofs and checkpoints: the only place here that knows JSON.
//!
//! One value has one tree of JSON, white space and the order of names aside. Every name is
//! required, none may be added or repeated, and there are no booleans, fractions or negative
//! numbers. What is hashed travels as its canonical bytes in lowercase hex.

pub(crate) mod checkpoint;
mod field;
mod node;
pub(crate) mod proof;
