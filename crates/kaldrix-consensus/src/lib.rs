//! The consensus core of KALDRIX: an uncertified DAG in the manner of Mysticeti-C
//! (arXiv 2310.14821), as one state machine, [`Replica`].
//!
//! `Replica::step(now, event)` returns the actions that its host performs: sign, persist, send,
//! execute. This crate does no IO, reads no clock, draws no random number, verifies no signature
//! and executes no transaction. Nothing here may panic or iterate in hash order: two replicas that
//! see the same events do the same.
//!
//! `docs/spec/consensus.md` states the rules, why they are safe, and which module holds each.

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        clippy::float_arithmetic
    )
)]

mod acceptance;
mod catch_up;
mod checkpoint;
mod counters;
mod dag;
mod decision;
mod event;
mod exchange;
mod linearizer;
mod message;
mod order;
mod own_round;
mod parameters;
mod proposal;
mod propose;
mod replica;
mod schedule;
mod status;
mod sync;
mod votes;

#[cfg(test)]
mod notation;

pub use acceptance::Refusal;
pub use checkpoint::Checkpoint;
pub use counters::Counters;
pub use event::{
    Action, Draft, Event, Halt, LedgerRange, Moment, Now, Recipients, Recovered, Replayed,
    SignedRound,
};
pub use message::{LEDGER_REPLY_BLOCKS_MAX, LedgerReply, Message, PeerStatus};
pub use order::PRUNE_ROUNDS;
pub use parameters::Parameters;
pub use replica::Replica;
pub use status::{Participation, Snapshot};
pub use votes::HEIGHTS_AHEAD_MAX;
