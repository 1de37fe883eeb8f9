//! Every target for a moment: its seeds, what was once found, and mutations of the seeds.

use std::collections::BTreeSet;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use kaldrix_fuzz::mutator::Mutator;
use kaldrix_fuzz::{TARGETS, Target};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Mutated inputs of each target.
const INPUTS: usize = 2_000;
/// What handling an input may take, for each of its bytes and in all.
const MEMORY_FACTOR: usize = 64;
const MEMORY_BYTES_MAX: usize = 512 * 1024;

fn seed() -> u64 {
    let given = std::env::var("KALDRIX_TEST_SEED").ok();
    let seed = given.map_or(43, |seed| seed.parse().expect("KALDRIX_TEST_SEED is a number"));
    println!("seed {seed}: set KALDRIX_TEST_SEED to run another");
    seed
}

/// Inputs that were findings, by target.
fn found(target: &Target) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("findings").join(target.name);
    let Ok(files) = fs::read_dir(folder) else { return Vec::new() };
    files.map(|file| fs::read(file.unwrap().path()).unwrap()).collect()
}

/// Runs the target; a finding is kept for a look, and says where.
fn run(target: &Target, input: &[u8]) {
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    let outcome = catch_unwind(|| (target.run)(input));
    let taken = MEMORY.peak_usage().saturating_sub(before);
    // A node that runs beside the request allocates too.
    let is_alone = !target.name.starts_with("http");
    let memory_max = MEMORY_BYTES_MAX + MEMORY_FACTOR * input.len();
    if outcome.is_err() || (is_alone && taken > memory_max) {
        let path = kept(target, input);
        panic!("target {}, {taken} bytes of memory: the input is {}", target.name, path.display());
    }
}

fn kept(target: &Target, input: &[u8]) -> PathBuf {
    let path = std::env::temp_dir().join(format!("kaldrix-fuzz-{}", target.name));
    fs::write(&path, input).unwrap();
    path
}

/// One test, so that memory is measured for one input at a time.
#[test]
fn every_target_holds_for_a_moment() {
    let mut names = BTreeSet::new();
    let seed = seed();
    for target in TARGETS {
        assert!(names.insert(target.name), "two targets named {}", target.name);
        let seeds = (target.seeds)();
        assert!(!seeds.is_empty(), "{} has no seeds", target.name);
        // What a target makes once and keeps is no input's.
        (target.run)(&seeds[0]);
        let started = std::time::Instant::now();
        seeds.iter().chain(&found(target)).for_each(|input| run(target, input));
        let mut mutator = Mutator::new(seed);
        for _ in 0..INPUTS {
            run(target, &mutator.input(&seeds));
        }
        println!("{}: {INPUTS} inputs in {:.1} s", target.name, started.elapsed().as_secs_f32());
    }
}
