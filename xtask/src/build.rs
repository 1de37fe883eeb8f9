//! `cargo xtask build`: release binaries in `dist/bin/`, where `up` runs them from.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::environment::{self, Environment};
use crate::{process, web};

/// What the product ships: a package and its binary.
const SHIPPED: &[(&str, &str)] =
    &[("kaldrix-node", "kaldrix-node"), ("suite-server", "itechsmart")];

pub fn run() -> Result<()> {
    for binary in release(&Environment::prepare()?)? {
        println!("{}", binary.display());
    }
    Ok(())
}

/// Builds what the product ships and returns where it lies.
pub fn release(environment: &Environment) -> Result<Vec<PathBuf>> {
    // First: it becomes a part of the binary.
    web::build()?;
    let mut cargo = environment.cargo();
    cargo.args(["build", "--release"]);
    for (package, binary) in SHIPPED {
        cargo.args(["--package", package, "--bin", binary]);
    }
    process::run(&mut cargo)?;

    let folder = folder();
    fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
    let placed = SHIPPED.iter();
    placed.map(|(_, binary)| place(&environment.binary("release", binary), &folder)).collect()
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
