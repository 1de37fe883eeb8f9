//! Schedules of faults: drawn from a seed, left out one by one, made small.

use kaldrix_sim::{FaultKind, Kept, Kind, Nodes, Report, Rule, Scenario, Violation, run, shrink};

/// A rule made for this test: no run may see more than three crashes.
fn at_most_three_crashes(scenario: Scenario) -> Result<Report, Violation> {
    let seed = scenario.seed;
    let report = run(scenario)?;
    if report.tally.of("crash") > 3 {
        let what = "more than three crashes".to_owned();
        return Err(Violation { seed, time_ms: 0, rule: Rule::Expectation, what });
    }
    Ok(report)
}

#[test]
fn a_failing_schedule_shrinks_to_what_it_takes() {
    let kinds = [Kind::Loss, Kind::Crashes, Kind::RestartOfAll, Kind::Partitions];
    let scenario = |seed| Scenario::calm(seed, 4, 1).faulted(&kinds, 30);
    let failing = (0..).map(scenario).find(|scenario| {
        at_most_three_crashes(scenario.clone()).is_err() && scenario.faults.len() > 6
    });
    let failing = failing.expect("there are always more seeds");
    let shrunk = shrink(&failing, at_most_three_crashes).expect("it fails");
    assert_eq!(shrunk.violation.rule, Rule::Expectation);
    assert_eq!(shrunk.scenario.faults.len(), 4, "{}", shrunk.scenario);
    assert_eq!((shrunk.scenario.submissions.len(), shrunk.scenario.followers), (0, 0));
    // What is printed repeats it.
    let repeated = failing.keep(&shrunk.kept);
    assert_eq!(repeated.faults, shrunk.scenario.faults);
    assert!(at_most_three_crashes(repeated).is_err());
}

#[test]
fn a_schedule_that_fails_no_rule_shrinks_to_nothing() {
    assert!(shrink(&Scenario::calm(0, 4, 0), run).is_none());
}

#[test]
fn what_is_kept_is_said_as_arguments() {
    let kept = Kept { faults: Some(vec![3, 7]), submissions: Some(5), followers: None };
    assert_eq!(kept.arguments(9), "--seed 9 --keep 3,7 --submissions 5");
}

#[test]
fn a_network_never_has_more_faulty_stake_than_it_bears() {
    for seed in 0..500 {
        let scenario = Scenario::draw(seed);
        let damaged = scenario.faults.iter().filter_map(|fault| match &fault.kind {
            FaultKind::Crash { node, disk, .. } | FaultKind::CrashOnceSigned { node, disk, .. } => {
                disk.iter().any(|fault| !fault.is_power_loss()).then_some(*node)
            }
            _ => None,
        });
        let validators = scenario.stakes.len();
        let faulty: Nodes = scenario.byzantine().iter().chain(damaged).collect();
        let faulty = faulty.iter().filter(|node| *node < validators);
        let stake: u64 = faulty.map(|node| scenario.stakes[node]).sum();
        let total: u64 = scenario.stakes.iter().sum();
        assert!(stake * 3 < total, "seed {seed}: {scenario}");
    }
}
