//! Random networks: all that a seed draws.

use kaldrix_sim::{Report, Scenario, Summary, run};

/// Random seeds in a test run.
const SEEDS: u64 = 300;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

/// The seeds to run, `count` unless the environment says otherwise.
pub fn seeds(count: u64) -> Vec<u64> {
    match number("KALDRIX_SIM_SEED") {
        Some(seed) => vec![seed],
        None => (0..number("KALDRIX_SIM_SEEDS").unwrap_or(count)).collect(),
    }
}

/// Runs a scenario and fails with all that is known of what broke.
pub fn must_hold(scenario: Scenario) -> Report {
    let shown = scenario.to_string();
    match run(scenario) {
        Ok(report) => report,
        Err(violation) => panic!("{violation}\n{shown}"),
    }
}

#[test]
fn random_networks_hold() {
    let mut summary = Summary::default();
    for seed in seeds(SEEDS) {
        match run(Scenario::draw(seed)) {
            Ok(report) => summary.add(&report),
            Err(violation) => panic!("{violation}\nrepeat: cargo xtask sim --seed {seed}"),
        }
    }
    println!("{summary}");
}

/// Seeds that found a fault; `docs/spec/simulation.md` says which.
#[test]
fn seeds_that_found_a_fault_hold() {
    for seed in [
        477, 507, 797, 2799, 3265, 5625, 7482, 24944, 28932, 50471, 51193, 60425, 62250, 76996,
        81568, 85867, 200476, 201375, 202131, 202162, 300376,
    ] {
        must_hold(Scenario::draw(seed));
    }
}

#[test]
fn equal_seeds_run_alike() {
    let traces: Vec<u64> = (0..20).map(|seed| must_hold(Scenario::draw(seed)).trace).collect();
    let again: Vec<u64> = (0..20).map(|seed| must_hold(Scenario::draw(seed)).trace).collect();
    assert_eq!(traces, again);
    let distinct: std::collections::BTreeSet<u64> = traces.into_iter().collect();
    assert_eq!(distinct.len(), 20, "the digest of a run tells runs apart");
}
