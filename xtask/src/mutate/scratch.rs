//! A copy of the sources that mutations are made in.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::mutation::Mutation;
use super::trial::Outcome;
use crate::environment::{self, Environment};
use crate::process;

/// What runs longer does not end: a mutation may well make an endless loop.
const RUN_SECONDS_MAX: u64 = 600;
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

    /// Runs the simulator on the first `seeds` seeds, until one shows a violation.
    pub fn run_seeds(&self, seeds: u64) -> Result<Outcome> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let arguments = [format!("--seeds=0..{seeds}"), format!("--threads={threads}")];
        Outcome::of_seeds(limited(&self.build()?, &arguments))
    }

    /// Runs the simulator without any mutation on one seed.
    pub fn run_sound(&self, seed: u64) -> Result<Outcome> {
        Outcome::of_seeds(limited(&self.sound, &[format!("--seed={seed}")]))
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

/// The program under `timeout`, whose exit code tells a run that does not end.
fn limited(program: &Path, arguments: &[String]) -> Command {
    let mut command = Command::new("timeout");
    command.arg(RUN_SECONDS_MAX.to_string()).arg(program).args(arguments);
    command
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
