//! `cargo xtask tidy`: the rules of the code base that no compiler knows.
//!
//! Each rule is a function from what it reads to what it found, so its tests feed it small bad
//! inputs. Rules read the repository and never change it. The whole is a test of its own too:
//! `cargo test -p xtask` fails on what `cargo xtask tidy` would print.

mod dependencies;
mod manifests;
mod markdown;
mod repository;
mod rust;
mod source;
mod texts;

use std::fmt;

use anyhow::{Result, bail};

use crate::environment;
use repository::Repository;

/// A breach of a rule: where, what, and why the rule stands.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    path: String,
    /// From 1; 0 when the whole file is meant.
    line: usize,
    what: String,
    why: &'static str,
}

impl Finding {
    fn new(path: &str, line: usize, what: impl Into<String>, why: &'static str) -> Self {
        Self { path: path.to_owned(), line, what: what.into(), why }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, what, why } = self;
        match line {
            0 => write!(f, "{path}: {what} ({why})"),
            line => write!(f, "{path}:{line}: {what} ({why})"),
        }
    }
}

pub fn run() -> Result<()> {
    let repository = Repository::read(environment::root())?;
    let findings = findings(&repository);
    for finding in &findings {
        eprintln!("{finding}");
    }
    if !findings.is_empty() {
        bail!("tidy found {} breaches of its rules, listed above", findings.len());
    }
    println!("tidy: {} files keep the rules", repository.files.len());
    Ok(())
}

fn findings(repository: &Repository) -> Vec<Finding> {
    let mut findings = dependencies::check(&repository.packages);
    findings.extend(dependencies::check_tree(&repository.tree));
    findings.extend(manifests::check(repository));
    findings.extend(rust::check(&repository.rust));
    findings.extend(repository.files.iter().flat_map(texts::check));
    findings.extend(markdown::check(&repository.files, |path| repository.exists(path)));
    findings.sort();
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_is_tidy() {
        let repository = Repository::read(environment::root()).unwrap();
        assert!(repository.rust.len() > 10, "tidy did not find the sources");
        assert!(repository.packages.len() > 5, "tidy did not find the packages");
        let findings: Vec<String> = findings(&repository).iter().map(ToString::to_string).collect();
        assert!(findings.is_empty(), "\n{}", findings.join("\n"));
    }

    #[test]
    fn a_finding_says_where_what_and_why() {
        let finding = Finding::new("crates/a/src/lib.rs", 7, "`unsafe`", "only crypto may");
        assert_eq!(finding.to_string(), "crates/a/src/lib.rs:7: `unsafe` (only crypto may)");
        let finding = Finding::new("notes.bak", 0, "a backup file", "git remembers");
        assert_eq!(finding.to_string(), "notes.bak: a backup file (git remembers)");
    }
}
