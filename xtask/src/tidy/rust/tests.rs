//! Every rule finds what it forbids, and leaves alone what it does not.

use super::super::repository::TextFile;
use super::*;

fn parse(files: &[(&str, &str)]) -> Vec<RustSource> {
    let file = |(path, text): &(&str, &str)| TextFile {
        path: (*path).to_owned(),
        text: (*text).to_owned(),
    };
    RustSource::parse_all(&files.iter().map(file).collect::<Vec<_>>())
}

/// What the rule finds in one file, as `line: what`.
fn found(rule: fn(&RustSource) -> Vec<Finding>, path: &str, text: &str) -> Vec<String> {
    let findings = rule(&parse(&[(path, text)])[0]);
    findings.iter().map(|finding| format!("{}: {}", finding.line, finding.what)).collect()
}

const NOTHING: [&str; 0] = [];

#[test]
fn assuming_a_signature_is_found_outside_crypto() {
    let call = "\nfn a() { VerifiedBlock::assume_verified(b, r) }\n";
    let rule = assumes_verified;
    assert_eq!(found(rule, "crates/kaldrix-node/src/lib.rs", call), ["2: assume_verified"]);
    assert_eq!(found(rule, "crates/kaldrix-node/tests/it/main.rs", call), ["2: assume_verified"]);
    assert_eq!(found(rule, "crates/kaldrix-sim/src/lib.rs", call), ["2: assume_verified"]);
    assert_eq!(found(rule, "crates/kaldrix-consensus/src/dag.rs", call), ["2: assume_verified"]);
    for path in [
        "crates/kaldrix-types/src/block.rs",
        "crates/kaldrix-crypto/src/block.rs",
        "crates/kaldrix-consensus/tests/it/main.rs",
    ] {
        assert_eq!(found(rule, path, call), NOTHING, "{path}");
    }
}

#[test]
fn clocks_floats_hash_order_and_runtimes_are_found_in_the_core() {
    let rule = not_deterministic;
    for (word, ..) in NOT_DETERMINISTIC {
        let text = format!("//! A {word}.\nuse {word}::a;\n#[cfg(test)]\nuse {word}::b;\n");
        let expected = [format!("2: {word}")];
        assert_eq!(found(rule, "crates/kaldrix-ledger/src/state.rs", &text), expected);
        assert_eq!(found(rule, "crates/kaldrix-consensus/src/dag.rs", &text), expected);
        assert_eq!(found(rule, "crates/kaldrix-consensus/tests/it/main.rs", &text), NOTHING);
        assert_eq!(found(rule, "crates/kaldrix-node/src/main.rs", &text), NOTHING);
    }
}

#[test]
fn a_core_crate_that_denies_too_little_is_found() {
    let denies = |lints: &[&str]| {
        format!("#![warn(clippy::panic)]\n#![cfg_attr(not(test), deny({}))]\n", lints.join(",\n  "))
    };
    let path = "crates/kaldrix-ledger/src/lib.rs";
    assert_eq!(found(lints_not_denied, path, &denies(&DENIED)), NOTHING);
    let missing = found(lints_not_denied, path, &denies(&DENIED[..5]));
    assert_eq!(missing, ["0: clippy::float_arithmetic is not denied in this crate"]);
    assert_eq!(found(lints_not_denied, path, "//! None.\n").len(), DENIED.len());
    assert_eq!(found(lints_not_denied, "crates/kaldrix-node/src/lib.rs", ""), NOTHING);
}

#[test]
fn unsafe_is_found_outside_its_one_module() {
    let found = |files: &[(&str, &str)]| -> Vec<String> {
        unsafe_code(&parse(files)).into_iter().map(|finding| finding.path).collect()
    };
    let ffi = ("crates/kaldrix-crypto/src/ffi.rs", "unsafe { a() }");
    let second = ("crates/kaldrix-crypto/src/keys.rs", "unsafe { b() }");
    let outside = ("crates/kaldrix-node/src/main.rs", "unsafe { c() }");
    let none = ("crates/kaldrix-node/src/lib.rs", "#![deny(unsafe_code)] // unsafe");
    let of_ffi = ("crates/kaldrix-crypto/src/ffi/tests.rs", "#![cfg(test)]\nunsafe { d() }");
    assert_eq!(found(&[of_ffi, ffi, none]), NOTHING);
    assert_eq!(found(&[ffi, second]), [second.0]);
    assert_eq!(found(&[ffi, outside]), [outside.0]);
    assert_eq!(found(&[outside]), [outside.0]);
}

#[test]
fn a_module_that_does_not_say_what_it_is_is_found() {
    let path = "crates/kaldrix-node/src/lib.rs";
    assert_eq!(found(opening, path, "mod api;\n"), ["1: no `//!` at the top"]);
    assert_eq!(found(opening, path, "//! The node.\nmod api;\n"), NOTHING);
    assert_eq!(found(opening, "crates/kaldrix-node/tests/it/main.rs", "mod api;\n"), NOTHING);
}

#[test]
fn vague_module_names_are_found() {
    let rule = vague_names;
    assert_eq!(found(rule, "crates/a/src/utils.rs", ""), ["0: utils"]);
    assert_eq!(found(rule, "crates/a/src/common/mod.rs", ""), ["0: common"]);
    assert_eq!(found(rule, "crates/a/src/lib.rs", "a\nmod misc {}\n"), ["2: mod misc"]);
    assert_eq!(found(rule, "crates/a/src/miscellany.rs", "mod helpers_of_a;"), NOTHING);
}

#[test]
fn long_files_are_found() {
    let lines = |count| "// a\n".repeat(count);
    assert_eq!(found(too_long, "a.rs", &lines(LINES_MAX)), NOTHING);
    let long = found(too_long, "a.rs", &lines(LINES_MAX + 1));
    assert_eq!(long, ["0: 1001 lines, at most 1000"]);
}

#[test]
fn unfinished_code_is_found_in_tests_too() {
    for (word, ..) in UNFINISHED {
        let text = format!("//! {word}\n#[cfg(test)]\nmod tests {{\n  {word}() \n}}\n");
        assert_eq!(found(unfinished, "a.rs", &text), [format!("4: {word}")]);
    }
    assert_eq!(found(unfinished, "a.rs", "let s = \"todo!\"; my_todo!()"), NOTHING);
}
