//! The verifier that a stranger wrote from `docs/spec/proofs.md`, in Python, comes to the verdicts
//! of this crate: on all specimens, on all forgeries, and on a sample of the changes.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use kaldrix_proof::{Proof, Trust, verify};
use kaldrix_types::genesis_file;

use crate::forgeries::forgeries;
use crate::mutation;
use crate::specimens::{self, Trusted, specimens};

/// One in this many changes is shown to the Python verifier, which takes some 20 ms a signature.
const SAMPLE_ONE_IN: usize = 23;

/// A text and what it is verified with, as the contents of files.
struct Case {
    name: String,
    text: String,
    genesis: String,
    checkpoint: Option<String>,
    verdict: String,
}

/// The verdict as the Python verifier prints it.
fn verdict(text: &str, trust: Trust<'_>) -> String {
    let Ok(proof) = Proof::from_json(text) else { return "refused format format".to_owned() };
    match verify(&proof, trust) {
        Ok(verified) => format!("verified {} {}", verified.height, verified.block),
        Err(error) => format!("refused {} {}", error.link.code(), error.fault.code()),
    }
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for specimen in specimens() {
        let trust = specimen.trusted.trust();
        let sample = mutation::all(&specimen).step_by(SAMPLE_ONE_IN);
        let mut texts = vec![("as it is".to_owned(), specimen.text.clone())];
        texts.extend(sample.map(|mutation| (mutation.to_string(), mutation.text)));
        let checkpoint = match &specimen.trusted {
            Trusted::Genesis(_) => None,
            Trusted::Checkpoint(checkpoint) => Some(checkpoint.to_json()),
        };
        cases.extend(texts.into_iter().map(|(how, text)| Case {
            name: format!("{}: {how}", specimen.name),
            verdict: verdict(&text, trust),
            text,
            genesis: specimens::read("genesis.json"),
            checkpoint: checkpoint.clone(),
        }));
    }
    for forgery in forgeries() {
        let text = forgery.proof.to_json();
        cases.push(Case {
            name: forgery.name.to_owned(),
            verdict: verdict(&text, forgery.trust()),
            text,
            genesis: genesis_file::write(&forgery.genesis),
            checkpoint: forgery.checkpoint.as_ref().map(|checkpoint| checkpoint.to_json()),
        });
    }
    cases
}

/// The interpreter that `cargo xtask test` prepares.
fn python() -> PathBuf {
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || absolute("HOME").map(|home| home.join(".cache"));
    let cache = absolute("XDG_CACHE_HOME").or_else(home).expect("HOME is set");
    let python = cache.join("kaldrix/python/bin/python");
    assert!(
        python.exists(),
        "no {}: `cargo xtask test -p kaldrix-proof` prepares it and runs this test",
        python.display()
    );
    python
}

/// What the Python verifier prints for each case, all of which share what they are verified with.
fn judge(folder: &Path, cases: &[&Case]) -> Vec<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stranger/verify.py");
    let mut command = Command::new(python());
    let write = |name: String, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path
    };
    command.arg(script).arg("--genesis");
    command.arg(write("genesis.json".to_owned(), &cases[0].genesis));
    if let Some(checkpoint) = &cases[0].checkpoint {
        command.arg("--checkpoint").arg(write("checkpoint.json".to_owned(), checkpoint));
    }
    for (index, case) in cases.iter().enumerate() {
        command.arg(write(format!("{index}.json"), &case.text));
    }
    let output = command.output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(complaint.is_empty(), "{complaint}");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn a_stranger_comes_to_the_same_verdicts() {
    let cases = cases();
    let mut groups: BTreeMap<_, Vec<&Case>> = BTreeMap::new();
    for case in &cases {
        groups.entry((&case.genesis, &case.checkpoint)).or_default().push(case);
    }
    let folder = tempfile::tempdir().unwrap();
    for cases in groups.values() {
        let verdicts = judge(folder.path(), cases);
        assert_eq!(verdicts.len(), cases.len());
        for (case, found) in cases.iter().zip(verdicts) {
            assert_eq!(found, case.verdict, "{}", case.name);
        }
    }
    let shown: BTreeSet<&str> = cases.iter().map(|case| case.verdict.as_str()).collect();
    for verdict in ["refused format format", "refused certificate signature"] {
        assert!(shown.contains(verdict), "no {verdict}");
    }
}
