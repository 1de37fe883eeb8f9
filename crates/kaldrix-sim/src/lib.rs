//! Whole networks in virtual time: honest nodes run the real [`kaldrix_consensus::Replica`] and
//! the real ledger; network, disk and clocks are virtual, and one seed decides everything.
//!
//! Development only: no shipped binary depends on this crate. Blocks are not signed here, so a
//! simulation says nothing about signatures.

mod byzantine;
mod disk;
mod disk_fault;
mod faults;
mod host;
mod simulation;
mod workload;

pub use byzantine::{Byzantine, Said, Strategy};
pub use disk_fault::{DiskFault, Slot};
pub use faults::{Crash, Faults};
pub use simulation::{Report, Simulation, Violation};

/// Runs the network that a seed stands for.
pub fn run_seed(seed: u64) -> Result<Report, Violation> {
    let mut random = fastrand::Rng::with_seed(seed);
    let crash = [Crash::KeepsDisk, Crash::LosesUnsynced, Crash::MayLoseDisk][random.usize(0..3)];
    let faults = Faults {
        until_ms: 8_000,
        loss_permille: random.u32(0..100),
        duplicate_permille: random.u32(0..50),
        reorder_permille: random.u32(0..50),
        crash_permille: random.u32(0..10),
        crash,
        down_ms_max: 3_000,
        partition_permille: random.u32(0..300),
        partition_ms_max: 2_000,
        equivocates: crash != Crash::MayLoseDisk && random.bool(),
        ..Faults::none()
    };
    let mut simulation = Simulation::new(seed, 4, 1, faults);
    simulation.submit(10, 500);
    simulation.run(60_000)
}
