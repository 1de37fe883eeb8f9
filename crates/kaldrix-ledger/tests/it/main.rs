//! The ledger through its public boundary: commits in, blocks and state out.

mod exclusions;
mod known_answers;
mod limits;
mod network;
mod proofs;
mod properties;
mod registration;
mod replays;
mod transfers;
mod trees;
mod witnesses;
