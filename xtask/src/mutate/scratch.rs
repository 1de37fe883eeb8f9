//! A copy of the sources that mutations are made in.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::mutation::Mutation;
use super::trial::Outcome;
use crate::environment::{self, Environment};
use crate::process;

/// Seeds that one run of the simulator tries.
const RUN_SEEDS: u64 = 50;
/// A run of so few seeds that takes longer does not end: a mutation may well make an endless loop.
const RUN_SECONDS_MAX: u64 = 600;
/// Nor may a mutation that lets memory grow take the machine down.
const RUN_MEMORY_KIB_MAX: u64 = 8_000_000;
/// The simulator's package and its binary.
const SIMULATOR: &str = "kaldrix-sim";

/// The copy, and how to build it.
#[derive(Debug)]
pub struct Scratch {
    sources: PathBuf,
    environment: Environment,
    /// The simulator without any mutation.
    sound: PathBuf,
}

/// A file that differs from its original until [`Mutated::undo`].
#[derive(Debug)]
pub struct Mutated {
    path: PathBuf,
    original: String,
}

impl Scratch {
    /// Copies every file that git knows. A file that is already there and equal is left alone, so
    /// that cargo sees what changed and nothing else.
    pub fn prepare() -> Result<Self> {
        let cache = environment::cache_dir()?.join("mutants");
        let sources = cache.join("sources");
        let known = ["ls-files", "--cached", "--others", "--exclude-standard"];
        let files =
            process::output(Command::new("git").args(known).current_dir(environment::root()))?;
        for file in files.lines() {
            // Git also lists what was just deleted.
            let from = environment::root().join(file);
            if from.is_file() {
                copy_if_changed(&from, &sources.join(file))?;
            }
        }
        let environment = Environment::prepare()?.with_target_dir(cache.join("target"));
        let scratch = Self { sources, environment, sound: cache.join(SIMULATOR) };
        fs::copy(scratch.build()?, &scratch.sound)?;
        Ok(scratch)
    }

    /// Builds the simulator of the sources as they are.
    fn build(&self) -> Result<PathBuf> {
        let build = ["build", "--quiet", "--package", SIMULATOR, "--bin", SIMULATOR];
        process::output(self.cargo().args(build))?;
        Ok(self.environment.binary("debug", SIMULATOR))
    }

    pub fn mutate(&self, mutation: &Mutation) -> Result<Mutated> {
        let path = self.sources.join(&mutation.file);
        let original = fs::read_to_string(&path).context(mutation.file.clone())?;
        fs::write(&path, mutation.apply(&original)?)?;
        Ok(Mutated { path, original })
    }

    /// Runs the simulator on the first `seeds` seeds, until one shows a violation. What is caught
    /// counts only if the simulator without the mutation finds nothing there.
    pub fn run_seeds(&self, seeds: u64, threads: usize) -> Result<Outcome> {
        let mutated = self.build()?;
        for part in parts(seeds) {
            let run = |program, seeds: &Range<u64>| {
                let Range { start, end } = seeds;
                let arguments = [format!("--seeds={start}..{end}"), format!("--threads={threads}")];
                Outcome::of_seeds(limited(program, &arguments))
            };
            let outcome = run(&mutated, &part)?;
            let Outcome::Caught { seed, .. } = outcome else { continue };
            // A run that does not end, or that ends the process, cannot say at which seed.
            let there = seed.map_or(part, |seed| seed..seed + 1);
            let sound = run(&self.sound, &there)?;
            ensure!(sound == Outcome::Survived, "seeds {there:?} fail without it too: {sound}");
            return Ok(outcome);
        }
        Ok(Outcome::Survived)
    }

    /// Runs one test, which is to fail.
    pub fn run_test(&self, arguments: &[String]) -> Result<Outcome> {
        process::output(self.cargo().args(["test", "--quiet", "--no-run"]).args(arguments))?;
        let mut test = self.cargo();
        test.args(["test", "--quiet"]).args(arguments);
        Outcome::of_test(test)
    }

    fn cargo(&self) -> Command {
        let mut cargo = self.environment.cargo();
        cargo.current_dir(&self.sources);
        // Every mutation is built once and run for some seconds: this makes the sum least.
        cargo.envs([("CARGO_PROFILE_DEV_OPT_LEVEL", "1"), ("CARGO_PROFILE_DEV_DEBUG", "0")]);
        cargo
    }
}

impl Mutated {
    pub fn undo(self) -> Result<()> {
        fs::write(&self.path, &self.original).with_context(|| self.path.display().to_string())
    }
}

/// The program with a limit of memory, and under `timeout`, whose exit code tells a run that does
/// not end.
fn limited(program: &Path, arguments: &[String]) -> Command {
    let limits = format!("ulimit -v {RUN_MEMORY_KIB_MAX}; exec timeout {RUN_SECONDS_MAX} \"$@\"");
    let mut command = Command::new("sh");
    command.args(["-c", &limits, "sh"]).arg(program).args(arguments);
    command
}

/// The seeds from 0 up to a number, a run at a time.
fn parts(seeds: u64) -> impl Iterator<Item = Range<u64>> {
    let first = (0..seeds).step_by(usize::try_from(RUN_SEEDS).unwrap_or(1));
    first.map(move |first| first..seeds.min(first + RUN_SEEDS))
}

fn copy_if_changed(from: &Path, to: &Path) -> Result<()> {
    let bytes = fs::read(from).with_context(|| from.display().to_string())?;
    if fs::read(to).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(to, bytes).with_context(|| to.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_all_of_the_seeds() {
        assert_eq!(parts(120).collect::<Vec<_>>(), [0..50, 50..100, 100..120]);
        assert_eq!((parts(50).count(), parts(0).count()), (1, 0));
    }

    #[test]
    fn what_is_limited_gets_its_arguments_and_ends() {
        let run = |script: &str| {
            let arguments = ["-c".to_owned(), script.to_owned(), "sh".to_owned(), "a b".to_owned()];
            limited(Path::new("sh"), &arguments).status().unwrap().code()
        };
        assert_eq!(run("test \"$1\" = 'a b'"), Some(0));
        assert_eq!(run("exit 7"), Some(7));
    }

    #[test]
    fn a_file_is_copied_only_when_it_differs() {
        let directory = std::env::temp_dir().join(format!("kaldrix-copy-{}", std::process::id()));
        let (from, to) = (directory.join("from"), directory.join("deep/to"));
        fs::create_dir_all(&directory).unwrap();
        fs::write(&from, "one").unwrap();
        copy_if_changed(&from, &to).unwrap();
        let written = fs::metadata(&to).unwrap().modified().unwrap();
        copy_if_changed(&from, &to).unwrap();
        assert_eq!(fs::metadata(&to).unwrap().modified().unwrap(), written);
        fs::write(&from, "two").unwrap();
        copy_if_changed(&from, &to).unwrap();
        assert_eq!(fs::read_to_string(&to).unwrap(), "two");
        fs::remove_dir_all(&directory).unwrap();
    }
}
