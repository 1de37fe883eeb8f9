//! What the rules read: the files that git knows, and the workspace as cargo resolves it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

use super::source::RustSource;
use crate::{environment, process};

/// The platform whose resolved dependencies the rules judge: what we ship runs on it.
const SHIPPED_PLATFORM: &str = "x86_64-unknown-linux-gnu";

/// A file as text; what is not UTF-8 is not for people and not for tidy.
#[derive(Debug, Clone)]
pub struct TextFile {
    /// Relative to the root, with forward slashes.
    pub path: String,
    pub text: String,
}

/// A package of the workspace with the direct dependencies that its manifest names.
#[derive(Debug)]
pub struct Package {
    pub name: String,
    pub manifest: String,
    pub description: Option<String>,
    pub dependencies: Vec<Dependency>,
}

#[derive(Debug)]
pub struct Dependency {
    pub name: String,
    pub kind: DependencyKind,
}

#[derive(Debug)]
pub struct Repository {
    root: PathBuf,
    pub files: Vec<TextFile>,
    pub rust: Vec<RustSource>,
    pub packages: Vec<Package>,
    /// Every package that is compiled in: its depth, a space, its name and version.
    pub tree: String,
}

impl Repository {
    /// Reads files that are tracked, or will be with the next `git add`.
    pub fn read(root: &Path) -> Result<Self> {
        let mut files = Vec::new();
        for path in listed(root)? {
            // A file deleted but not yet committed is still listed.
            let Ok(bytes) = fs::read(root.join(&path)) else { continue };
            if let Ok(text) = String::from_utf8(bytes) {
                files.push(TextFile { path, text });
            }
        }
        let rust = RustSource::parse_all(&files);
        let packages = packages(&metadata(root)?, root);
        Ok(Self { root: root.to_owned(), files, rust, packages, tree: tree()? })
    }

    pub fn exists(&self, path: &str) -> bool {
        self.root.join(path).exists()
    }

    pub fn file(&self, path: &str) -> Option<&TextFile> {
        self.files.iter().find(|file| file.path == path)
    }
}

fn listed(root: &Path) -> Result<Vec<String>> {
    let mut git = Command::new("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(root);
    let listing = process::output(&mut git).context("tidy needs a git checkout")?;
    Ok(listing.split_terminator('\0').map(str::to_owned).collect())
}

fn metadata(root: &Path) -> Result<Metadata> {
    let cargo = environment::plain_cargo();
    let mut command = MetadataCommand::new();
    command.cargo_path(cargo.get_program()).current_dir(root).no_deps();
    command.exec().context("could not read the manifests")
}

/// Asks `cargo tree`: `cargo metadata` also lists what only features nobody turns on would bring.
fn tree() -> Result<String> {
    let mut cargo = environment::plain_cargo();
    cargo.args(["tree", "--locked", "--workspace", "--target", SHIPPED_PLATFORM]);
    cargo.args(["--prefix", "depth", "--format", " {p}"]);
    process::output(&mut cargo)
        .context("if Cargo.lock is out of date, commit what `cargo check` makes of it")
}

fn packages(metadata: &Metadata, root: &Path) -> Vec<Package> {
    let relative = |path: &Path| path.strip_prefix(root).unwrap_or(path).display().to_string();
    let members = metadata.workspace_packages().into_iter();
    let package = |package: &cargo_metadata::Package| Package {
        name: package.name.to_string(),
        manifest: relative(package.manifest_path.as_std_path()),
        description: package.description.clone(),
        dependencies: package
            .dependencies
            .iter()
            .map(|dependency| Dependency { name: dependency.name.clone(), kind: dependency.kind })
            .collect(),
    };
    members.map(package).collect()
}
