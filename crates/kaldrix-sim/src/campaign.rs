//! Many seeds, shared by some threads.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::report::{Report, Summary};
use crate::scenario::Scenario;
use crate::simulation::Simulation;
use crate::violation::{Rule, Violation};

/// Runs a scenario; a panic is a broken rule too.
pub fn run(scenario: Scenario) -> Result<Report, Violation> {
    let seed = scenario.seed;
    catch_unwind(AssertUnwindSafe(|| Simulation::new(scenario).run())).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        let what = text.unwrap_or_default();
        Err(Violation { seed, time_ms: 0, rule: Rule::Panic, what })
    })
}

/// Runs the network of each seed, in rising order, until one breaks a rule. `progress` is told the
/// number of runs now and then.
pub fn run_seeds(
    seeds: Range<u64>,
    threads: usize,
    progress: impl Fn(u64) + Sync,
) -> (Summary, Option<Violation>) {
    let next = AtomicU64::new(seeds.start);
    let done: Mutex<(Summary, Option<Violation>)> = Mutex::default();
    let work = || {
        let mut summary = Summary::default();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                break;
            }
            match run(Scenario::draw(seed)) {
                Ok(report) => summary.add(&report),
                Err(violation) => {
                    next.fetch_max(seeds.end, Ordering::Relaxed);
                    let first = &mut done.lock().expect("no run panics here").1;
                    if first.as_ref().is_none_or(|first| seed < first.seed) {
                        *first = Some(violation);
                    }
                    break;
                }
            }
            progress(seed - seeds.start + 1);
        }
        done.lock().expect("no run panics here").0.merge(&summary);
    };
    std::thread::scope(|scope| {
        (0..threads.max(1)).for_each(|_| drop(scope.spawn(work)));
    });
    done.into_inner().expect("no run panics here")
}
