//! `cargo xtask build`: release binaries in `dist/bin/`, where `up` runs them from.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::environment::{self, Environment};
use crate::process;

/// What the product ships; each binary has the name of its package.
const SHIPPED: &[&str] = &["kaldrix-node"];

pub fn run() -> Result<()> {
    for binary in release(&Environment::prepare()?)? {
        println!("{}", binary.display());
    }
    Ok(())
}

/// Builds what the product ships and returns where it lies.
pub fn release(environment: &Environment) -> Result<Vec<PathBuf>> {
    let mut cargo = environment.cargo();
    cargo.args(["build", "--release"]);
    for name in SHIPPED {
        cargo.args(["--package", name, "--bin", name]);
    }
    process::run(&mut cargo)?;

    let folder = folder();
    fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
    SHIPPED.iter().map(|name| place(&environment.binary("release", name), &folder)).collect()
}

pub fn folder() -> PathBuf {
    environment::root().join("dist").join("bin")
}

/// Copies beside the old file and renames over it: a running binary cannot be written to.
fn place(built: &Path, folder: &Path) -> Result<PathBuf> {
    let name = built.file_name().context("a binary without a name")?;
    let placed = folder.join(name);
    let fresh = placed.with_extension("new");
    fs::copy(built, &fresh)
        .and_then(|_| fs::rename(&fresh, &placed))
        .with_context(|| format!("could not copy {} to {}", built.display(), placed.display()))?;
    Ok(placed)
}
