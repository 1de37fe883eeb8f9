//! `itechsmart verify`, which needs neither a server nor a network.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::process::{itechsmart, output};

fn vector(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../suite-kit/tests/vectors").join(name)
}

fn verify(proof: &Path, further: &[&str]) -> (Option<i32>, String) {
    let mut command = itechsmart(&["verify"]);
    command.arg(proof).arg("--genesis").arg(vector("genesis.json")).args(further);
    let ended = command.output().unwrap();
    let said = String::from_utf8_lossy(&ended.stdout).into_owned();
    (ended.status.code(), said + &String::from_utf8_lossy(&ended.stderr))
}

#[test]
fn a_proof_holds_without_a_network() {
    let (code, said) = verify(&vector("proof.json"), &[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.starts_with("verified\n") && said.contains("compare the notary"), "{said}");
    let (_, said) = verify(&vector("proof.json"), &["--json"]);
    let shown: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(shown["verified"], true);
    let notary = shown["notary"].as_str().unwrap();
    let (code, said) = verify(&vector("proof.json"), &["--notary", notary]);
    assert!(code == Some(0) && !said.contains("compare the notary"), "{said}");
}

#[test]
fn what_was_changed_is_refused_with_the_link_that_failed() {
    let text = std::fs::read_to_string(vector("proof.json")).unwrap();
    let mut proof: Value = serde_json::from_str(&text).unwrap();
    let action = proof["record"]["action"].as_str().unwrap().to_owned();
    proof["record"]["action"] = format!("{action}x").into();
    let folder = tempfile::tempdir().unwrap();
    let changed = folder.path().join("changed.json");
    std::fs::write(&changed, proof.to_string()).unwrap();
    let (code, said) = verify(&changed, &["--json"]);
    let refused: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, refused["verified"].as_bool()), (Some(1), Some(false)));
    assert_eq!(refused["link"], "record");
    std::fs::write(&changed, "{").unwrap();
    assert_eq!(verify(&changed, &[]).0, Some(1));
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let (success, _, error) =
        output(itechsmart(&["verify", "nowhere.json", "--genesis", "no.json"]).current_dir("/"));
    assert!(!success && error.contains("no.json"), "{error}");
    let (code, said) = verify(Path::new("/nowhere.json"), &[]);
    assert!(code == Some(2) && said.contains("/nowhere.json"), "{said}");
}
