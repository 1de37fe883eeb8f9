//! The web console: its packages, its checks, and its build, in `web/`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::environment::{CHROMIUM, Environment, NPM, root};
use crate::process;

/// What tells whether the installed packages are those of the lock file.
const LOCK: &str = "package-lock.json";
const INSTALLED: &str = "node_modules/.installed-lock.json";

/// Makes what the server embeds.
pub fn build() -> Result<()> {
    install()?;
    process::run(npm().args(["run", "build"]))
}

/// Types, lints, unit tests, and the size of the first load.
pub fn check() -> Result<()> {
    install()?;
    process::run(npm().args(["run", "check"]))
}

/// The journeys, in a real browser against the real server.
pub fn journeys(environment: &Environment) -> Result<()> {
    CHROMIUM.require()?;
    build()?;
    // Its debug build reads the console from where it was built to.
    process::run(environment.cargo().args(["build", "--workspace", "--bin", "itechsmart"]))?;
    let binary = environment.binary("debug", "itechsmart");
    process::run(npm().args(["run", "journeys"]).env("ITECHSMART_BIN", binary))
}

/// Installs packages where the lock file has changed since.
fn install() -> Result<()> {
    NPM.require()?;
    let wanted = fs::read(folder().join(LOCK)).with_context(|| format!("web/{LOCK}"))?;
    if fs::read(folder().join(INSTALLED)).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    process::run(npm().args(["ci", "--no-audit", "--no-fund"]))?;
    // Last, so that an interrupted attempt does not count.
    fs::write(folder().join(INSTALLED), wanted).with_context(|| INSTALLED.to_owned())
}

fn npm() -> Command {
    let mut npm = Command::new("npm");
    npm.current_dir(folder());
    npm
}

fn folder() -> PathBuf {
    root().join("web")
}
