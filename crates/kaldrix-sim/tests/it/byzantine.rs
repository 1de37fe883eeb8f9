//! Every Byzantine strategy by itself, in as many validators as may be faulty.

use kaldrix_sim::{DiskFault, Fault, FaultKind, Node, Report, Scenario, Strategy};

use crate::seeds::must_hold;

const SEEDS: u64 = 3;
/// Long enough for a node that is down to fall out of the reach of the DAG.
const DOWN_MS: u64 = 2_500;

/// The last `byzantine` of these validators play a strategy for some seconds, while an honest one
/// restarts, far behind.
fn network(seed: u64, validators: usize, byzantine: usize, strategy: Strategy) -> Scenario {
    let mut scenario = Scenario { end_ms: 5_000, ..Scenario::calm(seed, validators, 1) };
    let play = |node| Fault { at_ms: 0, kind: FaultKind::Byzantine { node, strategy } };
    scenario.faults = (validators - byzantine..validators).map(play).collect();
    scenario.faults.push(crash(0, Vec::new()));
    scenario.submit(&mut fastrand::Rng::with_seed(seed), 60);
    scenario
}

fn crash(node: Node, disk: Vec<DiskFault>) -> Fault {
    Fault { at_ms: 1_500, kind: FaultKind::Crash { node, disk, down_ms: DOWN_MS } }
}

/// Safety and liveness hold, and the strategy was played.
fn withstand(seed: u64, scenario: Scenario, strategy: Strategy) -> Report {
    let report = must_hold(scenario);
    let count = report.tally.of(strategy.name());
    assert!(count > 0, "seed {seed}: {strategy:?} did nothing");
    report
}

/// Strategies that need no more than an honest node that catches up.
fn strategies() -> impl Iterator<Item = Strategy> {
    let all = Strategy::ALL.iter().copied();
    all.filter(|strategy| *strategy != Strategy::FalseOwnRounds)
}

#[test]
fn one_of_four_is_withstood_in_every_strategy() {
    for strategy in strategies() {
        for seed in 0..SEEDS {
            withstand(seed, network(seed, 4, 1, strategy), strategy);
        }
    }
}

#[test]
fn two_of_seven_are_withstood_in_every_strategy() {
    for strategy in strategies() {
        for seed in 0..SEEDS {
            withstand(seed, network(seed, 7, 2, strategy), strategy);
        }
    }
}

/// One lies to another that lost its disk: together they are as many as may be faulty.
#[test]
fn a_lie_about_rounds_does_not_silence_who_asks() {
    for seed in 0..SEEDS {
        let mut scenario = network(seed, 7, 1, Strategy::FalseOwnRounds);
        scenario.faults.pop();
        scenario.faults.push(crash(1, vec![DiskFault::LosesAll]));
        withstand(seed, scenario, Strategy::FalseOwnRounds);
    }
}

/// Found: a thief went on for hours with what it forged once it had stolen enough, and a network
/// without anything to do made rounds without end.
#[test]
fn a_thief_has_its_fill() {
    const END_MS: u64 = 900_000;
    let mut scenario = network(0, 4, 1, Strategy::StolenTransactions);
    (scenario.end_ms, scenario.parameters.status_interval_ms) = (END_MS, 30_000);
    let report = must_hold(scenario);
    let rounds = report.highest_round;
    assert!((1_000..1_500).contains(&rounds), "{rounds} rounds");
}
