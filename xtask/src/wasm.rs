//! `cargo xtask wasm`: what verifies a proof, compiled to WebAssembly and tested there.
//!
//! The browser's target, `wasm32-unknown-unknown`, is only compiled for: nothing there can read a
//! test's files. The tests run on `wasm32-wasip1`, the same architecture with files, in Node.js.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::environment::{self, Environment};
use crate::process;

const BROWSER: &str = "wasm32-unknown-unknown";
const NODE: &str = "wasm32-wasip1";
/// What a verifier in a browser is made of.
const PACKAGES: [&str; 6] = ["-p", "kaldrix-types", "-p", "kaldrix-crypto", "-p", "kaldrix-proof"];
/// The program that runs a WebAssembly module of the target `wasm32-wasip1`.
const RUNNER: &str = "xtask/src/wasm/run_wasi.mjs";
/// Enough for every test from the start: Node.js 20 crashes now and then when a module's memory
/// grows by much.
const NODE_FLAGS: &str = "-C link-arg=--initial-memory=268435456";

pub fn run() -> Result<()> {
    let environment = Environment::prepare()?;
    process::output(Command::new("node").arg("--version"))
        .context("Node.js runs the tests: install version 20 or newer (Debian: `nodejs`)")?;
    process::run(Command::new("rustup").args(["target", "add", BROWSER, NODE]))
        .context("Rust needs its standard library for these two targets")?;
    process::run(cargo(&environment).args(["check", "--target", BROWSER]).args(PACKAGES))?;
    process::run(cargo(&environment).args(["test", "--tests", "--target", NODE]).args(PACKAGES))
}

/// A cargo without the flags that are for this machine's linker.
fn cargo(environment: &Environment) -> Command {
    let mut cargo = environment.cargo();
    let runner = Path::new(environment::root()).join(RUNNER);
    cargo.env("CARGO_TARGET_WASM32_WASIP1_RUNNER", format!("node {}", runner.display()));
    cargo.env_remove("RUSTFLAGS");
    cargo.env("CARGO_TARGET_WASM32_WASIP1_RUSTFLAGS", NODE_FLAGS);
    cargo
}
