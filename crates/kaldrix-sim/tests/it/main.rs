//! Networks of validators under faults.
//!
//! `KALDRIX_SIM_SEED=N` runs one seed, `KALDRIX_SIM_SEEDS=N` that many from the first.

mod byzantine;
mod networks;
mod schedules;
mod seeds;
