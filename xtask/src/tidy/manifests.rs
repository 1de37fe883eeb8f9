//! Manifests: what every crate says about itself, and where its dependencies come from.

use super::Finding;
use super::repository::{Package, Repository, TextFile};

/// What every member takes from the workspace, as rows of its manifest.
const INHERITED: &[&str] = &[
    "version.workspace = true",
    "edition.workspace = true",
    "rust-version.workspace = true",
    "license.workspace = true",
    "publish.workspace = true",
    "[lints]\nworkspace = true",
];

const PUBLIC_INDEX: &str = "registry+https://github.com/rust-lang/crates.io-index";

pub fn check(repository: &Repository) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in &repository.packages {
        let manifest = repository.file(&package.manifest).map_or("", |file| &file.text);
        findings.extend(check_package(package, manifest));
    }
    findings.extend(repository.file("Cargo.lock").into_iter().flat_map(check_lock));
    findings
}

fn check_package(package: &Package, manifest: &str) -> Vec<Finding> {
    let finding = |what: String, why| Finding::new(&package.manifest, 0, what, why);
    let mut findings = Vec::new();
    if package.description.as_deref().is_none_or(|text| text.trim().is_empty()) {
        findings.push(finding("no description".to_owned(), "it says what the crate is for"));
    }
    for row in INHERITED.iter().filter(|row| !manifest.contains(**row)) {
        let row = row.replace('\n', " ");
        findings.push(finding(format!("`{row}` is missing"), "all crates share one set of terms"));
    }
    findings
}

fn check_lock(lock: &TextFile) -> Vec<Finding> {
    let sources = lock.text.lines().enumerate().filter_map(|(index, line)| {
        let source = line.strip_prefix("source = \"")?.strip_suffix('"')?;
        (source != PUBLIC_INDEX).then_some((index + 1, source))
    });
    let finding = |(line, source)| {
        let what = format!("a dependency from {source}");
        Finding::new(&lock.path, line, what, "anyone must be able to build from crates.io alone")
    };
    sources.map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(description: Option<&str>) -> Package {
        Package {
            name: "kaldrix-types".to_owned(),
            manifest: "crates/kaldrix-types/Cargo.toml".to_owned(),
            description: description.map(str::to_owned),
            dependencies: Vec::new(),
        }
    }

    #[test]
    fn a_full_manifest_passes() {
        let manifest = INHERITED.join("\n");
        assert_eq!(check_package(&package(Some("Ids and blocks")), &manifest), []);
    }

    #[test]
    fn what_a_manifest_lacks_is_found() {
        let manifest =
            INHERITED.join("\n").replace("license.workspace = true", "license = \"MIT\"");
        let found = check_package(&package(Some(" ")), &manifest);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].what, "no description");
        assert_eq!(found[1].what, "`license.workspace = true` is missing");
    }

    #[test]
    fn a_dependency_from_elsewhere_is_found() {
        let text =
            format!("source = \"{PUBLIC_INDEX}\"\nsource = \"git+https://example.org/fork#1\"\n");
        let lock = TextFile { path: "Cargo.lock".to_owned(), text };
        let found = check_lock(&lock);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].line, 2);
        assert_eq!(found[0].what, "a dependency from git+https://example.org/fork#1");
    }
}
