//! What a build needs from the machine: tools, a target directory outside the checkout, flags.
//!
//! Every cargo that xtask starts comes from [`Environment::cargo`], so that debug, test and release
//! builds share one target directory and the same flags, and reuse each other's work.
//!
//! The version of Rust is not checked here: cargo reads `rust-version` before it builds xtask.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::process;

/// A program the build uses, and the Debian packages that bring it.
#[derive(Debug)]
pub struct Tool {
    program: &'static str,
    packages: &'static [&'static str],
    why: &'static str,
    required: bool,
}

const TOOLS: &[Tool] = &[
    Tool {
        program: "cc",
        packages: &["gcc", "libc6-dev"],
        why: "a C compiler links every Rust program and compiles aws-lc, our cryptography",
        required: true,
    },
    Tool {
        program: "git",
        packages: &["git"],
        why: "tidy checks the files that git knows",
        required: true,
    },
    Tool {
        program: "mold",
        packages: &["mold"],
        why: "it links several times faster than the default linker",
        required: false,
    },
];

/// For the tests alone, so not among the [`TOOLS`].
pub const PYTHON: Tool = Tool {
    program: "python3",
    packages: &["python3", "python3-venv"],
    why: "the tests compare the verifier of proofs with one in Python",
    required: true,
};

/// What the suite's tests start; PostgreSQL's server is in no folder of the path on Debian.
pub const REDIS: Tool = Tool {
    program: "redis-server",
    packages: &["redis-server"],
    why: "the suite's tests run on it",
    required: true,
};

pub const POSTGRES: Tool = Tool {
    program: "postgres",
    packages: &["postgresql"],
    why: "the suite's tests run on it",
    required: true,
};

/// For the web console.
pub const NPM: Tool = Tool {
    program: "npm",
    packages: &["nodejs", "npm"],
    why: "the web console is built and tested with it",
    required: true,
};

pub const CHROMIUM: Tool = Tool {
    program: "chromium",
    packages: &["chromium"],
    why: "the journeys through the console run in it",
    required: true,
};

#[derive(Debug)]
pub struct Environment {
    target_dir: PathBuf,
    /// `None` where the machine's own flags are right as they are.
    rustflags: Option<String>,
}

impl Environment {
    /// Looks the machine over, installing what is missing where it may.
    ///
    /// # Errors
    /// A required tool is missing and could not be installed: the message says how to get it.
    pub fn prepare() -> Result<Self> {
        TOOLS.iter().try_for_each(Tool::require)?;
        let target_dir = target_dir()?;
        Ok(Self { target_dir, rustflags: rustflags(env::var("RUSTFLAGS").ok(), links_with_mold()) })
    }

    /// Where cargo builds.
    pub fn target_dir(&self) -> &Path {
        &self.target_dir
    }

    /// The same, with builds apart from all others.
    pub fn with_target_dir(self, target_dir: PathBuf) -> Self {
        Self { target_dir, ..self }
    }

    /// A cargo in the repository's root, ready for its sub-command.
    pub fn cargo(&self) -> Command {
        let mut cargo = plain_cargo();
        cargo.env("CARGO_TARGET_DIR", &self.target_dir);
        if let Some(flags) = &self.rustflags {
            cargo.env("RUSTFLAGS", flags);
        }
        cargo
    }

    /// Where a build leaves the binary of that name; the folder is `debug` or `release`.
    pub fn binary(&self, folder: &str, name: &str) -> PathBuf {
        self.target_dir.join(folder).join(name)
    }

    /// Fails with the remedy when rustfmt or clippy is not installed.
    pub fn require_lints(&self) -> Result<()> {
        for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
            let mut probe = self.cargo();
            probe.args([subcommand, "--version"]);
            ensure!(
                succeeds(&mut probe),
                "{component} is missing, and the tests check formatting and lints: \
                 run `rustup component add rustfmt clippy`"
            );
        }
        Ok(())
    }
}

impl Tool {
    /// Makes sure of the tool by installing its packages, on machines that are ours to change.
    pub fn install_where_allowed(&self) -> Result<()> {
        self.provide(|tool| may_install() && tool.install())
    }

    /// The same, where it is not there yet.
    pub fn require(&self) -> Result<()> {
        if self.is_present() { Ok(()) } else { self.install_where_allowed() }
    }

    /// Debian keeps PostgreSQL's server outside of the path, a folder a version.
    fn is_present(&self) -> bool {
        let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let mut folders = versions.map(|version| version.path().join("bin"));
        on_path(self.program) || folders.any(|folder| folder.join(self.program).is_file())
    }

    /// Makes sure of the tool: `install` says whether it could bring the packages.
    fn provide(&self, install: impl FnOnce(&Self) -> bool) -> Result<()> {
        let Self { program, why, required, .. } = self;
        let packages = self.packages.join(" ");
        let remedy = format!("install {packages} (Debian: `apt-get install {packages}`)");
        if install(self) && self.is_present() {
            return Ok(());
        }
        if *required {
            bail!("{program} is missing ({why}): {remedy}");
        }
        eprintln!("note: {program} is not installed; {why}: {remedy}");
        Ok(())
    }

    /// A fresh container has no package lists, so a first failure is followed by one update.
    fn install(&self) -> bool {
        eprintln!("installing {}: {}", self.packages.join(" "), self.why);
        let mut install = apt_get();
        install.args(["install", "--yes", "--no-install-recommends"]).args(self.packages);
        succeeds(&mut install)
            || (succeeds(apt_get().arg("update")) && process::run(&mut install).is_ok())
    }
}

/// The root of the checkout that this xtask was built from.
pub fn root() -> &'static Path {
    let manifest_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest_dir.parent().unwrap_or(manifest_dir)
}

/// The same cargo that runs xtask, for questions that build nothing.
///
/// Cargo tells xtask about xtask's own package in variables that some build scripts watch: passed
/// on, they would rebuild whatever a plain `cargo build` has built, and the other way round.
pub fn plain_cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root());
    for (name, _) in env::vars_os() {
        if let Some(text) = name.to_str()
            && (text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_"))
        {
            cargo.env_remove(&name);
        }
    }
    cargo
}

/// A directory from the XDG base directory specification: `$variable`, else `$HOME/fallback`.
pub fn xdg_dir(variable: &str, fallback: &str) -> Result<PathBuf> {
    // The specification has relative values ignored.
    let named = env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    if let Some(path) = named {
        return Ok(path);
    }
    let home = env::var_os("HOME").filter(|home| !home.is_empty());
    let home = home.with_context(|| format!("neither HOME nor {variable} is set: set one"))?;
    Ok(PathBuf::from(home).join(fallback))
}

/// Where what can be made again is kept for every checkout.
pub fn cache_dir() -> Result<PathBuf> {
    Ok(xdg_dir("XDG_CACHE_HOME", ".cache")?.join("kaldrix"))
}

fn target_dir() -> Result<PathBuf> {
    match env::var_os("CARGO_TARGET_DIR").filter(|dir| !dir.is_empty()) {
        // Children run in the root, so a relative directory is made absolute where it was meant.
        Some(dir) => std::path::absolute(dir).context("CARGO_TARGET_DIR is not a path"),
        None => Ok(cache_dir()?.join("target")),
    }
}

fn rustflags(set: Option<String>, mold: bool) -> Option<String> {
    const MOLD: &str = "-C link-arg=-fuse-ld=mold";
    match set {
        Some(flags) if !mold || flags.contains("-fuse-ld=") => Some(flags),
        Some(flags) if !flags.trim().is_empty() => Some(format!("{flags} {MOLD}")),
        _ => mold.then(|| MOLD.to_owned()),
    }
}

/// Old compilers do not know mold even where it is installed, so the compiler is asked.
fn links_with_mold() -> bool {
    on_path("mold") && succeeds(Command::new("cc").args(["-fuse-ld=mold", "-Wl,--version"]))
}

fn on_path(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Only root on a system with apt, which is how fresh containers and CI machines look.
fn may_install() -> bool {
    let is_root = process::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    is_root && on_path("apt-get")
}

fn apt_get() -> Command {
    let mut apt_get = Command::new("apt-get");
    apt_get.env("DEBIAN_FRONTEND", "noninteractive");
    apt_get.args(["-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=20"]);
    apt_get
}

fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOLD: &str = "-C link-arg=-fuse-ld=mold";

    #[test]
    fn mold_is_added_to_the_flags_that_are_set() {
        let added = rustflags(Some("-C target-cpu=native".into()), true);
        assert_eq!(added, Some(format!("-C target-cpu=native {MOLD}")));
        assert_eq!(rustflags(None, true).as_deref(), Some(MOLD));
        assert_eq!(rustflags(Some(" ".into()), true).as_deref(), Some(MOLD));
    }

    #[test]
    fn a_linker_that_is_already_chosen_stays() {
        for flags in [MOLD, "-C link-arg=-fuse-ld=lld"] {
            assert_eq!(rustflags(Some(flags.into()), true).as_deref(), Some(flags));
        }
    }

    #[test]
    fn without_mold_the_flags_stay_as_they_are() {
        assert_eq!(rustflags(None, false), None);
        assert_eq!(rustflags(Some("-O".into()), false).as_deref(), Some("-O"));
    }

    /// A tool of that name, with the package `gcc`, whose reason is a word of its own.
    fn tool(program: &'static str, required: bool) -> Tool {
        Tool { program, packages: &["gcc"], why: "reason", required }
    }

    #[test]
    fn a_missing_required_tool_says_what_to_install_and_why() {
        // Also when the packages came but did not bring the program.
        for installed in [false, true] {
            let error = tool("kaldrix-absent", true).provide(|_| installed).unwrap_err();
            assert_eq!(
                error.to_string(),
                "kaldrix-absent is missing (reason): install gcc (Debian: `apt-get install gcc`)"
            );
        }
    }

    #[test]
    fn a_missing_optional_tool_is_no_error() {
        assert!(tool("kaldrix-absent", false).provide(|_| false).is_ok());
    }

    #[test]
    fn a_tool_that_was_installed_is_no_error() {
        assert!(tool("sh", true).provide(|_| true).is_ok());
    }

    #[test]
    fn the_root_holds_the_workspace() {
        assert!(root().join("Cargo.lock").is_file());
    }
}
