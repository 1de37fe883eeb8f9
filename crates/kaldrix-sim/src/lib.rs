//! Whole networks in virtual time: honest nodes run the real [`kaldrix_consensus::Replica`] and
//! the real ledger on the real stores; network, disk and clocks are virtual, and one seed decides
//! everything.
//!
//! Development only: no shipped binary depends on this crate. Signatures are ideal: nobody forges
//! one, and a simulation says nothing about ML-DSA.

mod acceptance;
mod agenda;
mod bounds;
mod byzantine;
mod campaign;
mod checks;
mod clock;
mod commits;
mod disk_fault;
mod effect;
mod fault;
mod host;
mod journal;
mod network;
mod nodes;
mod parcel;
mod report;
mod scenario;
mod schedule;
mod shrink;
mod signatures;
mod simulation;
mod violation;
mod workload;
mod world;

pub use byzantine::{Byzantine, Said, Strategy};
pub use campaign::{run, run_seeds};
pub use disk_fault::DiskFault;
pub use fault::{Fault, FaultKind};
pub use network::Disturbance;
pub use nodes::{Node, Nodes};
pub use report::{Report, Summary, Tally};
pub use scenario::{Kept, Scenario, Submission};
pub use schedule::{Focus, Kind};
pub use shrink::{Shrunk, shrink};
pub use simulation::Simulation;
pub use violation::{Rule, Violation};
