//! `cargo xtask sim`: the simulator of whole networks, built with optimisation and run.

use anyhow::Result;

use crate::environment::Environment;
use crate::process;

pub fn run(arguments: &[String]) -> Result<()> {
    let mut cargo = Environment::prepare()?.cargo();
    cargo.args(["run", "--release", "--package", "kaldrix-sim", "--"]).args(arguments);
    process::run(&mut cargo)
}
