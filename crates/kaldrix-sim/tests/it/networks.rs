//! One kind of fault at a time, and none.

use kaldrix_sim::{Focus, Kind, Report, Scenario};

use crate::seeds::{must_hold, seeds};

/// Runs every seed.
fn run(count: u64, build: impl Fn(u64) -> Scenario) -> Vec<Report> {
    seeds(count).into_iter().map(|seed| must_hold(build(seed))).collect()
}

/// Of all runs together, how often something happened.
fn count(reports: &[Report], what: &str) -> u64 {
    reports.iter().map(|report| report.tally.of(what)).sum()
}

/// Four validators and a follower with traffic for some seconds.
fn four_under(seed: u64, kinds: &[Kind]) -> Scenario {
    Scenario::calm(seed, 4, 1).faulted(kinds, 60)
}

#[test]
fn a_faithful_network_finishes_and_goes_quiet() {
    for report in run(10, |seed| four_under(seed, &[])) {
        assert!(report.transactions >= 60, "{report:?}");
        assert!(report.recovered_ms < 2_000, "{report:?}");
        assert!(report.woken_ms < 2_000, "{report:?}");
    }
}

#[test]
fn a_silent_network_makes_no_rounds_until_it_is_woken() {
    let report = must_hold(Scenario::calm(0, 4, 1));
    assert!((1..30).contains(&report.highest_round), "{report:?}");
    assert_eq!(report.transactions, 4);
}

/// A ledger block's time comes from the round before its leader's. After a long pause that
/// must not be the time before it.
#[test]
fn a_block_after_a_pause_has_the_time_of_its_transactions() {
    for report in run(10, |seed| {
        let mut scenario = Scenario::calm(seed, 4, 0).faulted(&[], 20);
        let submissions = &mut scenario.submissions;
        (1..).zip(submissions).for_each(|(minute, submission)| submission.at_ms = minute * 60_000);
        Scenario { end_ms: 1_800_000, ..scenario }
    }) {
        assert!(report.stamped_after_ms_min > -250, "{report:?}");
    }
}

#[test]
fn committees_of_other_sizes_agree() {
    for validators in [1, 2, 3, 5, 7, 10] {
        run(3, |seed| Scenario::calm(seed, validators, 1).faulted(&[], 40));
    }
}

#[test]
fn loss_duplication_and_reordering_lose_nothing() {
    let kinds = [Kind::Loss, Kind::Duplication, Kind::Reordering, Kind::ClockSkew];
    let reports = run(25, |seed| four_under(seed, &kinds));
    for what in ["loss", "duplication", "reordering", "clock jump"] {
        assert!(count(&reports, what) > 100, "{what}");
    }
}

#[test]
fn crashes_and_restarts_lose_nothing() {
    let reports = run(25, |seed| four_under(seed, &[Kind::Crashes, Kind::Loss]));
    assert!(count(&reports, "crash") > 25);
}

#[test]
fn crashes_that_lose_unsynced_writes_lose_nothing() {
    let kinds = [Kind::PowerLoss, Kind::RestartOfAll, Kind::Loss];
    let reports = run(25, |seed| four_under(seed, &kinds));
    assert!(count(&reports, "disk: unsynced tail lost") > 100);
}

#[test]
fn a_lost_disk_is_rebuilt_from_peers_without_signing_twice() {
    let kinds = [Kind::LostDisk, Kind::Crashes, Kind::Reordering];
    let reports = run(25, |seed| four_under(seed, &kinds));
    assert!(count(&reports, "disk: lost") > 25);
}

#[test]
fn partitions_heal() {
    let kinds = [Kind::Partitions, Kind::Flapping, Kind::OneWay];
    let reports = run(25, |seed| four_under(seed, &kinds));
    assert!(count(&reports, "partition") > 1_000);
}

#[test]
fn a_validator_that_is_down_for_hours_catches_up() {
    for report in run(10, |seed| {
        let mut scenario = Scenario::calm(seed, 4, 1);
        scenario.stretch = 3_000;
        scenario.parameters.status_interval_ms = 30_000;
        scenario.faulted(&[Kind::Crashes, Kind::Partitions], 200)
    }) {
        assert!(report.height > 50, "{report:?}");
    }
}

#[test]
fn what_is_tried_hard_happens_and_is_withstood() {
    let expected: [(Focus, &[&str]); 4] = [
        (Focus::FalseRanges, &["false ranges", "disk: unsynced tail lost"]),
        (Focus::ForgottenRounds, &["crash before a signed block leaves", "disk: store lost"]),
        (Focus::InvalidBlocks, &["invalid blocks", "stolen transactions", "false votes"]),
        (Focus::Equivocation, &["two faces", "twin chains", "slow links"]),
    ];
    assert_eq!(expected.map(|(focus, _)| focus), Focus::ALL);
    for (focus, all) in expected {
        let reports = run(20, |seed| Scenario::calm(seed, 4, 1).focused(focus));
        for what in all {
            assert!(count(&reports, what) > 10, "{focus:?}: {what}");
        }
    }
}
