//! The Python of the tests: a virtual environment outside the checkout, with pinned packages.
//!
//! `kaldrix-proof` has a second verifier in Python, and its tests look for the interpreter here.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::environment::{PYTHON, cache_dir, root};
use crate::process;

/// The packages, each with its version and digests.
const REQUIREMENTS: &str = "crates/kaldrix-proof/tests/stranger/requirements.txt";

/// Makes the environment where it is missing or was made for other requirements.
///
/// # Errors
/// There is no Python, or the packages could not be fetched: the message says what to do.
pub fn prepare() -> Result<()> {
    let requirements = root().join(REQUIREMENTS);
    let wanted = fs::read_to_string(&requirements).context(REQUIREMENTS)?;
    let ready = cache_dir()?.join("python");
    // Copied there last, so that an interrupted attempt does not count.
    let copy = Path::new("requirements.txt");
    if fs::read_to_string(ready.join(copy)).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    // Made beside and moved there whole: another xtask may be at the same.
    let fresh = ready.with_extension(std::process::id().to_string());
    let made = create(&fresh).and_then(|()| install(&fresh, &requirements));
    made.with_context(|| {
        format!(
            "no Python for the tests that compare verifiers: pip must reach a package index \
                 for {REQUIREMENTS}"
        )
    })?;
    fs::write(fresh.join(copy), wanted)?;
    remove(&ready)?;
    fs::rename(&fresh, &ready).with_context(|| format!("could not move {}", fresh.display()))
}

fn create(folder: &Path) -> Result<()> {
    remove(folder)?;
    let create = || process::run(Command::new("python3").args(["-m", "venv"]).arg(folder));
    // On Debian there may be a Python without its part for virtual environments.
    create().or_else(|_| {
        PYTHON.install_where_allowed()?;
        remove(folder)?;
        create()
    })
}

fn install(folder: &Path, requirements: &Path) -> Result<()> {
    let mut pip = Command::new(folder.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    pip.args(["--require-hashes", "--requirement"]).arg(requirements);
    process::run(&mut pip)
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("remove {}", folder.display()))?;
    }
    Ok(())
}
