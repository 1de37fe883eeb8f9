//! `cargo xtask`: the commands a developer and CI type, one file a command.
//!
//! It compiles before anything else, so it depends on little and never on a crate of the product;
//! what it needs from the product it gets by running its binaries.

mod bench;
mod build;
mod environment;
mod fuzz;
mod gen_api;
mod mutate;
mod process;
mod python;
mod sim;
mod test;
mod tidy;
mod up;
mod wasm;
mod web;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
usage: cargo xtask <command>

  up                      build, then run a ledger of four validators and the suite here,
                          until Ctrl-C
  build                   put the release binaries into dist/bin/
  test                    every check there is: rustfmt, tidy, clippy, tests, API documents
  test <cargo test args>  only those tests, e.g. `test -p kaldrix-types` or `test -- merkle`
  bench <name> [args]     measure and print a table; --record adds it to benches/<name>.md
  sim [--seeds A..B]      simulated networks under faults, one a seed; `sim --help` says more
  mutate [--only NAME]    break each safety rule and show that the simulator notices
  fuzz [target] [--seconds N]
                          fuzz the ways in, all or some, each for a minute or N seconds
  wasm                    check in WebAssembly what verifies proofs; needs rustup and Node.js
  tidy                    the rules of the code base that no compiler knows
  gen-api [--check]       write the OpenAPI documents in api/, or check that they are current";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<()> {
    let Some((command, rest)) = arguments.split_first() else { bail!("no command\n\n{USAGE}") };
    match (command.as_str(), rest) {
        ("test", rest) => test::run(rest),
        ("bench", rest) => bench::run(rest),
        ("fuzz", rest) => fuzz::run(rest),
        ("gen-api", []) => gen_api::write(),
        ("gen-api", [flag]) if flag == "--check" => gen_api::check(),
        ("sim", rest) => sim::run(rest),
        ("mutate", rest) => mutate::run(rest),
        ("up", []) => up::run(),
        ("build", []) => build::run(),
        ("tidy", []) => tidy::run(),
        ("wasm", []) => wasm::run(),
        ("help" | "--help" | "-h", _) => {
            println!("{USAGE}");
            Ok(())
        }
        ("up" | "build" | "tidy" | "wasm" | "gen-api", rest) => {
            bail!("{command} does not take `{}`\n\n{USAGE}", rest.join(" "))
        }
        _ => bail!("no command named {command}\n\n{USAGE}"),
    }
}
