//! `cargo xtask test`: every check of the repository, in the order that fails soonest.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::environment::{Environment, POSTGRES, REDIS, Tool};
use crate::{gen_api, process, python, tidy, web};

type Step = (&'static str, fn(&Environment) -> Result<()>);

const STEPS: [Step; 7] = [
    ("rustfmt", |environment| cargo(environment, &["fmt", "--all", "--", "--check"])),
    ("tidy", |_| tidy::run()),
    ("clippy", |environment| {
        let lints = ["--workspace", "--all-targets", "--", "-D", "warnings"];
        cargo(environment, &[&["clippy"], &lints[..]].concat())
    }),
    ("web", |_| web::check()),
    ("tests", |environment| cargo(environment, &["test", "--workspace"])),
    ("api", gen_api::check_with),
    ("journeys", web::journeys),
];

/// Runs every step, or with arguments only `cargo test` with those.
pub fn run(arguments: &[String]) -> Result<()> {
    let environment = Environment::prepare()?;
    let python = python::prepare();
    if !arguments.is_empty() {
        // Most tests do without, and those that do not say so.
        if let Err(error) = python {
            eprintln!("note: {error:#}");
        }
        return process::run(environment.cargo().args(selection(arguments)));
    }
    python?;
    [POSTGRES, REDIS].iter().try_for_each(Tool::require)?;
    environment.require_lints()?;

    let started = Instant::now();
    for (name, step) in STEPS {
        let step_started = Instant::now();
        println!("== {name}");
        // Hundreds of tests fail at once on a disk that is full, and none of them says why.
        let folders = [std::env::temp_dir(), environment.target_dir().to_owned()];
        let _ = process::run(Command::new("df").arg("-h").args(folders));
        step(&environment).with_context(|| format!("step {name} failed"))?;
        println!("== {name} passed in {:.1} s", step_started.elapsed().as_secs_f32());
    }
    println!("== all {} steps passed in {:.1} s", STEPS.len(), started.elapsed().as_secs_f32());
    Ok(())
}

fn cargo(environment: &Environment, arguments: &[&str]) -> Result<()> {
    process::run(environment.cargo().args(arguments))
}

/// `cargo test` with the caller's arguments, over the whole workspace unless they name packages.
fn selection(arguments: &[String]) -> Vec<&str> {
    let options = arguments.iter().take_while(|argument| *argument != "--");
    let names_packages = options.map(String::as_str).any(|argument| {
        argument.starts_with("-p") || argument == "--package" || argument.starts_with("--package=")
    });
    let scope = if names_packages { &["test"][..] } else { &["test", "--workspace"] };
    scope.iter().copied().chain(arguments.iter().map(String::as_str)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selected(arguments: &str) -> String {
        let arguments: Vec<String> = arguments.split(' ').map(str::to_owned).collect();
        selection(&arguments).join(" ")
    }

    #[test]
    fn a_filter_alone_searches_the_whole_workspace() {
        assert_eq!(selected("-- merkle"), "test --workspace -- merkle");
        assert_eq!(selected("merkle"), "test --workspace merkle");
    }

    #[test]
    fn a_named_package_is_tested_alone() {
        assert_eq!(selected("-p kaldrix-types merkle"), "test -p kaldrix-types merkle");
        assert_eq!(selected("--package=xtask"), "test --package=xtask");
    }

    #[test]
    fn what_follows_the_dashes_is_for_the_tests() {
        assert_eq!(selected("-- -p"), "test --workspace -- -p");
    }
}
