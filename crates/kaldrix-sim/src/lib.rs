//! Whole networks in virtual time: honest nodes run the real [`kaldrix_consensus::Replica`] and
//! the real ledger; network, disk and clocks are virtual, and one seed decides everything.
//!
//! Development only: no shipped binary depends on this crate. Blocks are not signed here, so a
//! simulation says nothing about signatures.

mod disk;
mod faults;
mod host;
mod simulation;
mod workload;

pub use faults::{Crash, Faults};
pub use simulation::{Report, Simulation, Violation};
