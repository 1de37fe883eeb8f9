//! Rules over Rust sources.

use super::Finding;
use super::source::{RustSource, has_word};

const LINES_MAX: usize = 1_000;

const VAGUE_NAMES: [&str; 6] = ["util", "utils", "common", "helper", "helpers", "misc"];

/// Where two replicas must compute the same from the same input.
const DETERMINISTIC: [&str; 2] = ["crates/kaldrix-consensus/src/", "crates/kaldrix-ledger/src/"];

const NOT_DETERMINISTIC: &[(&str, &str)] = &[
    ("tokio", "the core performs no IO: the node does what its actions say"),
    ("Instant", "the core reads no clock: time is an argument"),
    ("SystemTime", "the core reads no clock: time is an argument"),
    ("rand", "randomness that others cannot repeat splits replicas"),
    ("thread_rng", "randomness that others cannot repeat splits replicas"),
    ("OsRng", "randomness that others cannot repeat splits replicas"),
    ("RandomState", "its order differs from process to process"),
    ("HashMap", "its order differs from process to process: use a BTreeMap"),
    ("HashSet", "its order differs from process to process: use a BTreeSet"),
    ("f32", "rounding is not the same everywhere: use integers"),
    ("f64", "rounding is not the same everywhere: use integers"),
];

/// What the crates above deny to themselves, on top of the workspace's lints.
const DENIED: [&str; 6] = [
    "clippy::unwrap_used",
    "clippy::expect_used",
    "clippy::panic",
    "clippy::indexing_slicing",
    "clippy::arithmetic_side_effects",
    "clippy::float_arithmetic",
];

const UNFINISHED: &[(&str, &str)] = &[
    ("todo!", "what is not built yet is not in the tree"),
    ("unimplemented!", "what is not built yet is not in the tree"),
    ("dbg!", "logs go through tracing"),
    ("#[ignore", "a test that does not run proves nothing"),
];

pub fn check(sources: &[RustSource]) -> Vec<Finding> {
    let rules = [assumes_verified, not_deterministic, opening, vague_names, too_long, unfinished];
    let mut findings: Vec<Finding> =
        sources.iter().flat_map(|source| rules.iter().flat_map(|rule| rule(source))).collect();
    findings.extend(sources.iter().flat_map(lints_not_denied));
    findings.extend(unsafe_code(sources));
    findings
}

/// The constructor of `VerifiedBlock` says that a signature was checked; crypto checks them.
fn assumes_verified(source: &RustSource) -> Vec<Finding> {
    const FREE: [&str; 2] = ["kaldrix-types", "kaldrix-crypto"];
    let within = |name: &str| source.path.starts_with(&format!("crates/{name}/"));
    if FREE.into_iter().any(within) {
        return Vec::new();
    }
    const WORD: &str = "assume_verified";
    let lines: Vec<usize> = if within("kaldrix-consensus") {
        source.shipped_lines_with(WORD).collect()
    } else {
        source.lines_with(WORD).collect()
    };
    let why = "only kaldrix-crypto, which checks signatures, may say so";
    lines.into_iter().map(|line| Finding::new(&source.path, line, "assume_verified", why)).collect()
}

fn not_deterministic(source: &RustSource) -> Vec<Finding> {
    if !DETERMINISTIC.iter().any(|folder| source.path.starts_with(folder)) {
        return Vec::new();
    }
    let found = |(word, why): &(&'static str, &'static str)| {
        let lines = source.shipped_lines_with(word);
        lines.map(|line| Finding::new(&source.path, line, *word, why)).collect::<Vec<_>>()
    };
    NOT_DETERMINISTIC.iter().flat_map(found).collect()
}

fn lints_not_denied(source: &RustSource) -> Vec<Finding> {
    if !DETERMINISTIC.iter().any(|folder| source.path == format!("{folder}lib.rs")) {
        return Vec::new();
    }
    let denying: Vec<&str> = source
        .inner_attributes()
        .filter_map(|attribute| {
            attribute.split_once("deny(").or_else(|| attribute.split_once("forbid("))
        })
        .map(|(_, lints)| lints)
        .collect();
    let missing = DENIED.iter().filter(|lint| !denying.iter().any(|lints| has_word(lints, lint)));
    let finding = |lint: &&str| {
        let why = "a replica must not panic, nor wrap silently, on what others send";
        Finding::new(&source.path, 0, format!("{lint} is not denied in this crate"), why)
    };
    missing.map(finding).collect()
}

/// One module, with its tests, talks to aws-lc through its C interface; a second one would need a
/// review of its own.
fn unsafe_code(sources: &[RustSource]) -> Vec<Finding> {
    const WORD: &str = "unsafe";
    let home = sources.iter().find(|source| {
        let in_crypto = source.path.starts_with("crates/kaldrix-crypto/src/");
        in_crypto && source.shipped_lines_with(WORD).next().is_some()
    });
    let elsewhere = sources.iter().filter(|source| home.is_none_or(|home| !source.is_within(home)));
    let why = "unsafe code stays in one module of kaldrix-crypto";
    elsewhere
        .flat_map(|source| source.lines_with(WORD).map(move |line| (source, line)))
        .map(|(source, line)| Finding::new(&source.path, line, WORD, why))
        .collect()
}

fn opening(source: &RustSource) -> Vec<Finding> {
    let only_tests = source.lines().all(|(_, _, test)| test);
    if only_tests || source.text.starts_with("//!") {
        return Vec::new();
    }
    let why = "a crate and a module open with what they are and what they never do";
    vec![Finding::new(&source.path, 1, "no `//!` at the top", why)]
}

fn vague_names(source: &RustSource) -> Vec<Finding> {
    let why = "a module with a vague name becomes everything: name it for what it is";
    let of_path = source.path.trim_end_matches(".rs").split('/');
    let path = of_path.filter(|part| VAGUE_NAMES.contains(part)).map(|part| (0, part.to_owned()));
    let inline = source.lines().flat_map(|(line, code, _)| {
        let named = VAGUE_NAMES.iter().map(|name| format!("mod {name}"));
        named.filter(|module| has_word(code, module)).map(move |module| (line, module))
    });
    path.chain(inline).map(|(line, what)| Finding::new(&source.path, line, what, why)).collect()
}

fn too_long(source: &RustSource) -> Vec<Finding> {
    let count = source.text.lines().count();
    let what = format!("{count} lines, at most {LINES_MAX}");
    let long = (count > LINES_MAX).then(|| {
        Finding::new(&source.path, 0, what, "a file that knows everything: split it by noun")
    });
    long.into_iter().collect()
}

fn unfinished(source: &RustSource) -> Vec<Finding> {
    let found = |(word, why): &(&'static str, &'static str)| {
        let lines = source.lines_with(word);
        lines.map(|line| Finding::new(&source.path, line, *word, why)).collect::<Vec<_>>()
    };
    UNFINISHED.iter().flat_map(found).collect()
}

#[cfg(test)]
mod tests;
