//! Which way dependencies may point.
//!
//! [`ALLOWED`] is the architecture: a crate that is not in it has no place yet.

use std::collections::BTreeMap;

use cargo_metadata::DependencyKind;

use super::Finding;
use super::repository::{Dependency, Package};

/// For each crate of ours, the crates of ours it may build on.
const ALLOWED: &[(&str, &[&str])] = &[
    ("kaldrix-types", &[]),
    ("kaldrix-crypto", &["kaldrix-types"]),
    ("kaldrix-consensus", &["kaldrix-types"]),
    ("kaldrix-ledger", &["kaldrix-types", "kaldrix-crypto"]),
    ("kaldrix-network", &["kaldrix-types", "kaldrix-crypto"]),
    ("kaldrix-proof", &["kaldrix-types", "kaldrix-crypto"]),
    ("kaldrix-storage", &["kaldrix-types", "kaldrix-consensus", "kaldrix-ledger"]),
    ("kaldrix-client", &["kaldrix-types", "kaldrix-crypto", "kaldrix-proof"]),
    (
        "kaldrix-node",
        &[
            "kaldrix-types",
            "kaldrix-crypto",
            "kaldrix-consensus",
            "kaldrix-ledger",
            "kaldrix-proof",
            "kaldrix-storage",
            "kaldrix-network",
            "kaldrix-client",
        ],
    ),
    (
        "kaldrix-sim",
        &[
            "kaldrix-types",
            "kaldrix-crypto",
            "kaldrix-consensus",
            "kaldrix-ledger",
            "kaldrix-proof",
            "kaldrix-storage",
        ],
    ),
    (
        "kaldrix-fuzz",
        &[
            "kaldrix-types",
            "kaldrix-crypto",
            "kaldrix-consensus",
            "kaldrix-ledger",
            "kaldrix-network",
            "kaldrix-proof",
            "kaldrix-client",
            "kaldrix-node",
        ],
    ),
    ("suite-contracts", &[]),
    ("suite-kit", &["suite-contracts", "kaldrix-client"]),
    ("suite-testkit", &["suite-contracts", "suite-kit"]),
    ("suite-hub", &["suite-contracts", "suite-kit"]),
    ("suite-catalog", &["suite-contracts", "suite-kit"]),
    ("suite-compliance", &["suite-contracts", "suite-kit"]),
    ("suite-orchestrator", &["suite-contracts", "suite-kit"]),
    ("suite-observatory", &["suite-contracts", "suite-kit"]),
    ("suite-insights", &["suite-contracts", "suite-kit"]),
    (
        "suite-server",
        &[
            "suite-contracts",
            "suite-kit",
            "suite-hub",
            "suite-catalog",
            "suite-compliance",
            "suite-orchestrator",
            "suite-observatory",
            "suite-insights",
        ],
    ),
    ("xtask", &[]),
];

const CRYPTO_CRATE: &str = "kaldrix-crypto";
const CRYPTO_LIBRARIES: &[&str] = &["aws-lc-rs", "aws-lc-sys", "fips204", "ml-dsa"];

/// Libraries that bring what replicas could disagree on, or that perform IO.
const DETERMINISTIC_CRATES: &[&str] = &["kaldrix-consensus", "kaldrix-ledger"];
const NOT_DETERMINISTIC: &[&str] = &["tokio", "rand", "getrandom", "fastrand", "chrono", "time"];

const DIRECTION: &str = "dependencies point one way: xtask/src/tidy/dependencies.rs holds which";

pub fn check(packages: &[Package]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = packages.iter().flat_map(check_package).collect();
    findings.extend(cycles(packages));
    findings
}

/// Libraries that must not be compiled in, even as a dependency of a dependency. `tree` is what
/// `cargo tree` prints, with depths for prefixes.
pub fn check_tree(tree: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut path: Vec<&str> = Vec::new();
    for line in tree.lines() {
        let mut words = line.split_whitespace();
        let depth = words.next().and_then(|depth| depth.parse().ok());
        let (Some(depth), Some(name)) = (depth, words.next()) else { continue };
        path.truncate(depth);
        path.push(name);
        if name == "ring" {
            let why = "aws-lc is the provider, and rustls panics when it finds two";
            findings.push(Finding::new("Cargo.lock", 0, path.join(" -> "), why));
        }
    }
    findings
}

fn check_package(package: &Package) -> Vec<Finding> {
    let finding = |what: String, why| Finding::new(&package.manifest, 0, what, why);
    let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == package.name) else {
        return vec![finding(format!("{} has no rule", package.name), DIRECTION)];
    };
    let mut findings = Vec::new();
    for Dependency { name, kind } in &package.dependencies {
        let (from, name) = (package.name.as_str(), name.as_str());
        let shipped = *kind != DependencyKind::Development;
        if shipped && is_ours(name) && !allowed.contains(&name) {
            findings.push(finding(format!("{from} may not depend on {name}"), DIRECTION));
        }
        // A test may check ours against an independent peer that names one.
        if shipped && CRYPTO_LIBRARIES.contains(&name) && from != CRYPTO_CRATE {
            findings.push(finding(
                format!("{from} depends on {name}"),
                "kaldrix-crypto is the one crate that names a signature library",
            ));
        }
        if shipped && DETERMINISTIC_CRATES.contains(&from) && NOT_DETERMINISTIC.contains(&name) {
            findings.push(finding(
                format!("{from} depends on {name}"),
                "time, randomness and IO reach consensus and ledger as arguments",
            ));
        }
    }
    findings
}

fn is_ours(name: &str) -> bool {
    ALLOWED.iter().any(|(ours, _)| *ours == name)
}

/// Cargo accepts a cycle through a dev-dependency, and then compiles a crate twice as two crates.
fn cycles(packages: &[Package]) -> Vec<Finding> {
    let graph: BTreeMap<&str, &Package> =
        packages.iter().map(|package| (package.name.as_str(), package)).collect();
    let mut findings = Vec::new();
    for package in packages {
        if let Some(path) = way_back(&graph, &package.name, &mut vec![&package.name]) {
            findings.push(Finding::new(
                &package.manifest,
                0,
                format!("a cycle, dev-dependencies included: {path}"),
                "the types of a crate in a cycle exist twice and do not match each other",
            ));
        }
    }
    findings
}

/// A path along dependencies from the end of `path` to `start`.
fn way_back<'a>(
    graph: &BTreeMap<&'a str, &'a Package>,
    start: &str,
    path: &mut Vec<&'a str>,
) -> Option<String> {
    let package = graph.get(path.last()?)?;
    for Dependency { name, .. } in &package.dependencies {
        if name == start {
            return Some(format!("{} -> {start}", path.join(" -> ")));
        }
        if !path.contains(&name.as_str()) {
            path.push(name);
            if let Some(found) = way_back(graph, start, path) {
                return Some(found);
            }
            path.pop();
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, normal: &[&str], dev: &[&str]) -> Package {
        let dependency = |kind| move |name: &&str| Dependency { name: (*name).to_owned(), kind };
        let normal = normal.iter().map(dependency(DependencyKind::Normal));
        let dev = dev.iter().map(dependency(DependencyKind::Development));
        Package {
            name: name.to_owned(),
            manifest: format!("crates/{name}/Cargo.toml"),
            description: None,
            dependencies: normal.chain(dev).collect(),
        }
    }

    fn found(packages: &[Package]) -> Vec<String> {
        check(packages).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn dependencies_along_the_architecture_pass() {
        let packages = [
            package("kaldrix-types", &["borsh"], &[]),
            package("kaldrix-crypto", &["kaldrix-types", "aws-lc-rs"], &["aws-lc-sys"]),
            package("kaldrix-ledger", &["kaldrix-types", "kaldrix-crypto"], &["tokio"]),
        ];
        assert_eq!(found(&packages), Vec::<String>::new());
    }

    #[test]
    fn a_dependency_against_the_architecture_is_found() {
        let packages = [package("kaldrix-consensus", &["kaldrix-crypto"], &[])];
        assert_eq!(found(&packages), ["kaldrix-consensus may not depend on kaldrix-crypto"]);
        let packages = [package("suite-hub", &["suite-catalog"], &[])];
        assert_eq!(found(&packages), ["suite-hub may not depend on suite-catalog"]);
        let packages = [package("kaldrix-node", &["kaldrix-sim"], &[])];
        assert_eq!(found(&packages), ["kaldrix-node may not depend on kaldrix-sim"]);
    }

    #[test]
    fn a_dev_dependency_may_go_wider() {
        assert_eq!(found(&[package("kaldrix-node", &[], &["kaldrix-sim"])]), Vec::<String>::new());
    }

    #[test]
    fn a_cycle_through_a_dev_dependency_is_found() {
        let packages = [
            package("kaldrix-consensus", &[], &["kaldrix-sim"]),
            package("kaldrix-storage", &["kaldrix-consensus"], &[]),
            package("kaldrix-sim", &["kaldrix-storage"], &[]),
        ];
        let found = found(&packages);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(
            found[0].ends_with(
                "kaldrix-consensus -> kaldrix-sim -> kaldrix-storage -> kaldrix-consensus"
            )
        );
    }

    #[test]
    fn a_crate_without_a_rule_is_found() {
        assert_eq!(found(&[package("kaldrix-extra", &[], &[])]), ["kaldrix-extra has no rule"]);
    }

    #[test]
    fn a_signature_library_elsewhere_is_found_but_not_in_tests() {
        let packages = [package("kaldrix-network", &["ml-dsa"], &["aws-lc-rs"])];
        assert_eq!(found(&packages), ["kaldrix-network depends on ml-dsa"]);
    }

    #[test]
    fn a_runtime_in_the_core_is_found() {
        let packages = [package("kaldrix-consensus", &["tokio"], &[])];
        assert_eq!(found(&packages), ["kaldrix-consensus depends on tokio"]);
    }

    #[test]
    fn ring_is_found_with_who_brings_it() {
        let tree = "0 suite-kit v0.1.0 (crates/suite-kit)\n1 sqlx v0.9.0\n2 bytes v1.0.0\n\
                    2 rustls v0.23.0\n3 ring v0.17.0\n1 string v1.0.0\n";
        let found: Vec<String> = check_tree(tree).into_iter().map(|finding| finding.what).collect();
        assert_eq!(found, ["suite-kit -> sqlx -> rustls -> ring"]);
    }
}
