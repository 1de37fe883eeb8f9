//! `cargo xtask fuzz`: the targets of `kaldrix-fuzz` under libFuzzer, which follows the compiler's
//! coverage. What it learns stays in the cache; a finding is an input beside it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::environment::{Environment, xdg_dir};
use crate::process;

const PACKAGE: &str = "kaldrix-fuzz";
/// The flags with which the compiler counts what an input reaches, for libFuzzer to read.
const COVERAGE: &str = "--cfg fuzzing -C passes=sancov-module \
    -C llvm-args=-sanitizer-coverage-level=4 \
    -C llvm-args=-sanitizer-coverage-inline-8bit-counters \
    -C llvm-args=-sanitizer-coverage-pc-table -C codegen-units=1 \
    -C debug-assertions -C overflow-checks";
/// For each target, unless the caller says otherwise.
const SECONDS: u64 = 60;
const INPUT_BYTES_MAX: u32 = 64 * 1024;
/// An input that takes longer, or more memory in one piece, is a finding.
const INPUT_SECONDS_MAX: u32 = 10;
const ALLOCATION_MIB_MAX: u32 = 256;

/// `arguments` are targets, all if there are none, and `--seconds N`.
pub fn run(arguments: &[String]) -> Result<()> {
    let (names, seconds) = parse(arguments)?;
    let environment = Environment::prepare()?;
    let listed = process::output(environment.cargo().args(["run", "-q", "-p", PACKAGE]))?;
    let all: Vec<&str> = listed.lines().collect();
    if let Some(unknown) = names.iter().find(|name| !all.contains(&name.as_str())) {
        bail!("no target named {unknown}; there are {}", all.join(", "));
    }
    let chosen = |name: &&str| names.is_empty() || names.iter().any(|chosen| chosen == *name);
    let cache = xdg_dir("XDG_CACHE_HOME", ".cache")?.join("kaldrix").join("fuzz");
    let fuzzer = build(&environment, &cache)?;
    for name in all.iter().filter(|name| chosen(name)) {
        fuzz(&environment, &fuzzer, &cache.join(name), name, seconds)
            .with_context(|| format!("target {name}"))?;
    }
    Ok(())
}

fn parse(arguments: &[String]) -> Result<(Vec<String>, u64)> {
    let (mut names, mut seconds) = (Vec::new(), SECONDS);
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--seconds" => {
                let number = arguments.next().context("--seconds needs a number")?;
                seconds = number.parse().with_context(|| format!("`{number}` is no number"))?;
            }
            option if option.starts_with('-') => bail!("fuzz does not take `{option}`"),
            name => names.push(name.to_owned()),
        }
    }
    Ok((names, seconds))
}

/// Builds with a target named, so that the flags do not reach build scripts.
fn build(environment: &Environment, cache: &Path) -> Result<PathBuf> {
    let host = process::output(Command::new("rustc").args(["--print", "host-tuple"]))?;
    let target_dir = cache.join("target");
    let mut cargo = environment.cargo();
    cargo.env("RUSTFLAGS", COVERAGE).env("CARGO_TARGET_DIR", &target_dir);
    cargo.args(["build", "--release", "-p", PACKAGE, "--target", host.trim()]);
    process::run(&mut cargo)?;
    Ok(target_dir.join(host.trim()).join("release").join(PACKAGE))
}

fn fuzz(
    environment: &Environment,
    fuzzer: &Path,
    folder: &Path,
    name: &str,
    seconds: u64,
) -> Result<()> {
    let corpus = folder.join("corpus");
    let mut seeds = environment.cargo();
    process::run(seeds.args(["run", "-q", "-p", PACKAGE, "--", name]).arg(&corpus))?;
    let mut command = Command::new(fuzzer);
    command.env("KALDRIX_FUZZ_TARGET", name).arg(&corpus);
    command.arg(format!("-artifact_prefix={}/", folder.display()));
    command.args([
        format!("-max_total_time={seconds}"),
        format!("-max_len={INPUT_BYTES_MAX}"),
        format!("-timeout={INPUT_SECONDS_MAX}"),
        format!("-malloc_limit_mb={ALLOCATION_MIB_MAX}"),
        "-print_final_stats=1".to_owned(),
    ]);
    process::run(&mut command)
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn parsed(arguments: &str) -> anyhow::Result<(Vec<String>, u64)> {
        parse(&arguments.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn targets_and_their_time_are_read_in_any_order() {
        let (names, seconds) = parsed("block --seconds 5 proof").unwrap();
        assert_eq!((names.join(" ").as_str(), seconds), ("block proof", 5));
        assert_eq!(parsed("").unwrap(), (Vec::new(), super::SECONDS));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        assert!(parsed("--second 5").is_err());
        assert!(parsed("--seconds").is_err());
        assert!(parsed("--seconds many").is_err());
    }
}
