//! A valid proof, changed in every way: refused, or the same. And a stranger's verifier, in Python,
//! that comes to the same verdicts.

use std::path::{Path, PathBuf};
use std::process::Command;

use kaldrix_client::{Genesis, genesis_file};
use serde_json::{Value, json};

use super::*;

/// One in this many changes is shown to the Python verifier, which takes some 50 ms a proof.
const SAMPLE_ONE_IN: usize = 29;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

fn vector() -> (String, Genesis) {
    let read = |name: &str| std::fs::read_to_string(folder("vectors").join(name)).unwrap();
    (read("proof.json"), genesis_file::read(&read("genesis.json")).unwrap())
}

fn verdict(text: &str, genesis: &Genesis) -> Result<Verified, Broken> {
    verify(&AuditProof::from_json(text)?, Trust::Genesis(genesis), None)
}

#[test]
fn the_vector_is_verified_and_written_as_it_is() {
    let (text, genesis) = vector();
    let proof = AuditProof::from_json(&text).unwrap();
    assert_eq!(proof.to_json(), text);
    let verified = verify(&proof, Trust::Genesis(&genesis), None).unwrap();
    assert_eq!(verified.record, proof.record);
    assert_eq!(verified.chain_id, genesis.chain_id());
    assert!(verified.position > 1, "it has a record before it, and a path");
    assert!(!proof.path.is_empty());
    verify(&proof, Trust::Genesis(&genesis), Some(verified.notary)).unwrap();
    let other = kaldrix_client::KeyPair::generate(kaldrix_client::Scheme::MlDsa44).unwrap();
    let other = Address::of(kaldrix_client::Signer::public_key(&other));
    let broken = verify(&proof, Trust::Genesis(&genesis), Some(other)).unwrap_err();
    assert_eq!((broken.link, broken.why.code()), (Link::Notary, "notary"));
}

/// The worked example of `docs/spec/audit.md` is the vector's.
#[test]
fn the_specification_shows_the_hashes_of_the_vector() {
    let specification = include_str!("../../../../../docs/spec/audit.md");
    let proof = AuditProof::from_json(&vector().0).unwrap();
    let tenant = proof.record.tenant;
    let hashes = [
        proof.record.hash(),
        proof.chain_hash(),
        Blake3::leaf(&proof.chain_hash().0),
        proof.stretch.merkle_root,
        proof.stretch.digest(&proof.service, tenant),
    ];
    for hash in hashes {
        assert!(specification.contains(&format!("`{hash}`")), "{hash}");
    }
}

#[test]
fn each_link_is_named_when_it_is_the_one_that_breaks() {
    let (text, genesis) = vector();
    let proof = AuditProof::from_json(&text).unwrap();
    let broken = |change: &dyn Fn(&mut AuditProof)| {
        let mut changed = proof.clone();
        change(&mut changed);
        let broken = verify(&changed, Trust::Genesis(&genesis), None).unwrap_err();
        (broken.link, broken.why.code())
    };
    let found = broken(&|proof| proof.record.actor_name.push('x'));
    assert_eq!(found, (Link::Record, "root"));
    assert_eq!(broken(&|proof| proof.service.push('x')), (Link::Record, "root"));
    assert_eq!(broken(&|proof| proof.previous = Digest::ZERO), (Link::Record, "root"));
    assert_eq!(broken(&|proof| proof.position = 0), (Link::Record, "outside"));
    let behind = proof.stretch.last_position + 1;
    assert_eq!(broken(&|proof| proof.position = behind), (Link::Record, "outside"));
    assert_eq!(broken(&|proof| proof.path.truncate(2)), (Link::Record, "shape"));
    let far = |proof: &mut AuditProof| proof.stretch.last_position = u64::MAX;
    assert_eq!(broken(&far), (Link::Record, "shape"));
    let found = broken(&|proof| proof.stretch.chain_hash = Digest::ZERO);
    assert!([(Link::Anchor, "digest"), (Link::Record, "last")].contains(&found), "{found:?}");
    let whole = |proof: &mut AuditProof| {
        let chain_hash = proof.chain_hash();
        proof.path.clear();
        proof.stretch = Stretch {
            first_position: proof.position,
            last_position: proof.position,
            merkle_root: Blake3::leaf(&chain_hash.0),
            chain_hash,
        };
    };
    assert_eq!(broken(&whole), (Link::Anchor, "digest"));
    let last = |proof: &mut AuditProof| {
        whole(proof);
        proof.stretch.chain_hash = Digest::ZERO;
    };
    assert_eq!(broken(&last), (Link::Record, "last"));
    let mut members: Vec<_> =
        genesis.committee.members().map(|(_, member)| member.clone()).collect();
    members[0].stake += 1;
    let accounts = genesis.accounts.to_vec();
    let other = Genesis::new("other", 1, genesis.protocol.clone(), members, accounts).unwrap();
    let broken = verify(&proof, Trust::Genesis(&other), None).unwrap_err();
    assert_eq!((broken.link, broken.why.code()), (Link::Ledger, "chain"));
}

/// What stands for a repeated name until the text is made.
const MARK: &str = "#again";

/// Each change of one node of the tree, by where and how.
fn changes(tree: &Value) -> Vec<(String, String)> {
    let mut pointers = vec![String::new()];
    let mut next = 0;
    while let Some(pointer) = pointers.get(next).cloned() {
        match tree.pointer(&pointer).unwrap() {
            Value::Object(members) => {
                pointers.extend(members.keys().map(|name| format!("{pointer}/{name}")));
            }
            Value::Array(items) => {
                pointers.extend((0..items.len()).map(|index| format!("{pointer}/{index}")));
            }
            _ => {}
        }
        next += 1;
    }
    let changed = |pointer: &String| {
        let node = tree.pointer(pointer).unwrap();
        let texts = others(node).into_iter().map(|other| {
            let mut tree = tree.clone();
            *tree.pointer_mut(pointer).unwrap() = other.clone();
            let shown: String = other.to_string().chars().take(60).collect();
            (format!("{pointer}: {shown}"), tree.to_string().replace(MARK, ""))
        });
        texts.collect::<Vec<_>>()
    };
    pointers.iter().flat_map(changed).collect()
}

fn others(node: &Value) -> Vec<Value> {
    let mut others = vec![
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(""),
        json!("x"),
        json!([]),
        json!({}),
        json!([node]),
        json!({ "value": node }),
    ];
    match node {
        Value::Object(members) => {
            for (name, value) in members {
                let mut without = members.clone();
                without.remove(name);
                others.push(Value::Object(without.clone()));
                without.insert(name.to_uppercase(), value.clone());
                others.push(Value::Object(without));
                let mut twice = members.clone();
                twice.insert(format!("{name}{MARK}"), value.clone());
                others.push(Value::Object(twice));
            }
            let mut more = members.clone();
            more.insert("comment".into(), json!("x"));
            others.push(Value::Object(more));
            others.push(members.values().cloned().collect());
        }
        Value::Array(items) => {
            for index in 0..items.len() {
                let mut fewer = items.clone();
                fewer.remove(index);
                others.push(Value::Array(fewer));
                let mut swapped = items.clone();
                swapped.swap(0, index);
                others.push(Value::Array(swapped));
                let mut doubled = items.clone();
                doubled.push(items[index].clone());
                others.push(Value::Array(doubled));
            }
        }
        Value::String(text) => {
            others.push(json!(text.to_uppercase()));
            others.push(json!(format!("{text} ")));
            others.push(json!(format!("{text}00")));
            others.push(json!(text.replace('-', "")));
            others.push(json!(text.chars().skip(1).collect::<String>()));
            let places = (0..text.len().min(70)).chain((70..text.len()).step_by(997));
            others.extend(places.filter_map(|place| flipped(text, place)));
        }
        Value::Number(number) => {
            if let Some(number) = number.as_u64() {
                others.extend([json!(number + 1), json!(number.saturating_sub(1))]);
                others.extend([json!(number.to_string()), json!(number as f64)]);
            }
        }
        _ => {}
    }
    others
}

/// Another character of the same kind at `place`.
fn flipped(text: &str, place: usize) -> Option<Value> {
    let mut bytes = text.as_bytes().to_vec();
    let byte = bytes.get_mut(place)?;
    *byte = match *byte {
        digit @ (b'0'..=b'9') => b'0' + (digit - b'0' + 1) % 10,
        b'f' => b'a',
        letter @ (b'a'..=b'y') => letter + 1,
        _ => b'0',
    };
    String::from_utf8(bytes).ok().map(Value::String)
}

#[test]
fn every_node_of_a_proof_is_checked() {
    let (text, genesis) = vector();
    let original = AuditProof::from_json(&text).unwrap();
    let claim = verdict(&text, &genesis).unwrap();
    let tree: Value = serde_json::from_str(&text).unwrap();
    let changes = changes(&tree);
    assert!(changes.len() > 1_500, "{} changes", changes.len());
    for (how, changed) in &changes {
        if let Ok(verified) = verdict(changed, &genesis) {
            assert_eq!(verified, claim, "{how}");
            assert_eq!(AuditProof::from_json(changed).unwrap(), original, "{how}");
        }
    }
    for length in (0..text.trim_end().len()).step_by(211) {
        let broken = verdict(&text[..length], &genesis).unwrap_err();
        assert_eq!(broken.link, Link::Format, "cut at {length}");
    }
}

/// The interpreter that `cargo xtask test` prepares.
fn python() -> PathBuf {
    let absolute =
        |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || absolute("HOME").map(|home| home.join(".cache"));
    let cache = absolute("XDG_CACHE_HOME").or_else(home).expect("HOME is set");
    let python = cache.join("kaldrix/python/bin/python");
    assert!(
        python.exists(),
        "no {}: `cargo xtask test -p suite-kit` prepares it and runs this test",
        python.display()
    );
    python
}

#[test]
fn a_stranger_comes_to_the_same_verdicts() {
    let (text, genesis) = vector();
    let tree: Value = serde_json::from_str(&text).unwrap();
    let sample = changes(&tree).into_iter().step_by(SAMPLE_ONE_IN);
    let mut cases = vec![("as it is".to_owned(), text)];
    cases.extend(sample);
    let scratch = tempfile::tempdir().unwrap();
    let mut command = Command::new(python());
    command.arg(folder("stranger").join("verify.py")).arg("--genesis");
    command.arg(folder("vectors").join("genesis.json"));
    for (index, (_, text)) in cases.iter().enumerate() {
        let path = scratch.path().join(format!("{index}.json"));
        std::fs::write(&path, text).unwrap();
        command.arg(path);
    }
    let output = command.output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let verdicts = String::from_utf8(output.stdout).unwrap();
    let verdicts: Vec<&str> = verdicts.lines().collect();
    assert_eq!(verdicts.len(), cases.len());
    for ((how, text), found) in cases.iter().zip(&verdicts) {
        let expected = match verdict(text, &genesis) {
            Ok(verified) => format!("verified {} {}", verified.position, verified.height),
            Err(broken) => format!("refused {} {}", broken.link, broken.why.code()),
        };
        assert_eq!(*found, expected, "{how}");
    }
    for verdict in ["refused format malformed", "refused record root", "refused ledger "] {
        assert!(verdicts.iter().any(|found| found.starts_with(verdict)), "no {verdict}");
    }
}
