//! Every field of valid proofs, changed in every way: nothing but the same value is accepted, and
//! the error names the link that the field belongs to.

use std::fmt;

use kaldrix_proof::{Link, Proof, verify};
use serde_json::{Map, Value, json};

use crate::specimens::{Specimen, specimens};

/// A changed proof: what was changed, and its text.
pub struct Mutation {
    path: String,
    how: String,
    pub text: String,
}

impl fmt::Display for Mutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.how)
    }
}

/// Marks a name that is written as the one before it; `mark` stands in no proof.
const MARK: &str = "#again";

/// Each change of one node of the proof, the whole included.
pub fn all(specimen: &Specimen) -> impl Iterator<Item = Mutation> {
    let tree: Value = serde_json::from_str(&specimen.text).unwrap();
    nodes(&tree).into_iter().flat_map(move |(path, pointer)| {
        let mutation = |(how, changed)| {
            let mut mutated = tree.clone();
            *mutated.pointer_mut(&pointer).unwrap() = changed;
            let text = mutated.to_string().replace(MARK, "");
            Mutation { path: path.clone(), how, text }
        };
        let changes = changes(tree.pointer(&pointer).unwrap());
        changes.into_iter().map(mutation).collect::<Vec<_>>()
    })
}

/// The paths of all nodes, as errors write them and as JSON pointers.
fn nodes(tree: &Value) -> Vec<(String, String)> {
    let mut found = vec![(String::new(), String::new())];
    let mut next = 0;
    while let Some((path, pointer)) = found.get(next).cloned() {
        match tree.pointer(&pointer).unwrap() {
            Value::Object(members) => found.extend(members.keys().map(|name| {
                let dot = if path.is_empty() { "" } else { "." };
                (format!("{path}{dot}{name}"), format!("{pointer}/{name}"))
            })),
            Value::Array(items) => found.extend(
                (0..items.len())
                    .map(|index| (format!("{path}[{index}]"), format!("{pointer}/{index}"))),
            ),
            _ => {}
        }
        next += 1;
    }
    found
}

fn changes(node: &Value) -> Vec<(String, Value)> {
    let mut changes = match node {
        Value::Object(members) => object_changes(members),
        Value::Array(items) => list_changes(items),
        Value::String(text) => text_changes(text),
        Value::Number(number) => {
            let number = number.as_u64().unwrap();
            vec![
                ("plus 1".to_owned(), json!(number + 1)),
                ("minus 1".to_owned(), json!(number - 1)),
                ("as text".to_owned(), json!(number.to_string())),
                ("negative".to_owned(), json!(-1)),
                ("a fraction".to_owned(), json!(1.0)),
            ]
        }
        _ => Vec::new(),
    };
    let others = [json!(null), json!(true), json!(0), json!(""), json!([]), json!({})];
    let others = others.into_iter().filter(|other| other != node);
    changes.extend(others.map(|other| (format!("{other}"), other)));
    changes.push(("in a list".to_owned(), json!([node])));
    changes.push(("in an object".to_owned(), json!({ "value": node })));
    changes
}

fn object_changes(members: &Map<String, Value>) -> Vec<(String, Value)> {
    let mut changes = Vec::new();
    for (name, value) in members {
        let mut without = members.clone();
        without.remove(name);
        let with = |other: &str| {
            let mut with = without.clone();
            with.insert(other.to_owned(), value.clone());
            Value::Object(with)
        };
        changes.push((format!("{name} renamed"), with(&name.to_uppercase())));
        changes.push((format!("{name} removed"), Value::Object(without.clone())));
        let mut twice = members.clone();
        twice.insert(format!("{name}{MARK}"), value.clone());
        changes.push((format!("{name} repeated"), Value::Object(twice)));
    }
    let mut more = members.clone();
    more.insert("comment".to_owned(), json!("x"));
    changes.push(("a name added".to_owned(), Value::Object(more)));
    let values = members.values().cloned().collect();
    changes.push(("as a list".to_owned(), Value::Array(values)));
    changes
}

fn list_changes(items: &[Value]) -> Vec<(String, Value)> {
    let mut changes = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let mut dropped = items.to_vec();
        dropped.remove(index);
        changes.push((format!("{index} dropped"), Value::Array(dropped)));
        let mut doubled = items.to_vec();
        doubled.insert(index, item.clone());
        changes.push((format!("{index} doubled"), Value::Array(doubled)));
        for other in index + 1..items.len() {
            let mut swapped = items.to_vec();
            swapped.swap(index, other);
            changes.push((format!("{index} and {other} swapped"), Value::Array(swapped)));
            let mut same = items.to_vec();
            same[other] = item.clone();
            changes.push((format!("{index} in the place of {other}"), Value::Array(same)));
        }
    }
    changes
}

fn text_changes(text: &str) -> Vec<(String, Value)> {
    let mut changes = vec![
        ("in capitals".to_owned(), json!(text.to_uppercase())),
        ("with a space".to_owned(), json!(format!("{text} "))),
        ("with 00 after it".to_owned(), json!(format!("{text}00"))),
        ("with 00 before it".to_owned(), json!(format!("00{text}"))),
        ("a digit short".to_owned(), json!(text[1..])),
        ("a byte short".to_owned(), json!(text[..text.len() - 2])),
        ("half".to_owned(), json!(text[..text.len() / 4 * 2])),
    ];
    // The version, the first bytes of the content, every length, and places all over.
    let places = (0..text.len().min(24)).chain((24..text.len()).step_by(251));
    for place in places.chain([text.len() - 1]) {
        changes.push((format!("digit {place} flipped"), json!(flipped(text, place))));
    }
    changes
}

/// Another digit at `place`, by one bit where it is hex.
fn flipped(text: &str, place: usize) -> String {
    let mut bytes = text.as_bytes().to_vec();
    bytes[place] = match char::from(bytes[place]).to_digit(16) {
        Some(digit) => u8::try_from(char::from_digit(digit ^ 1, 16).unwrap()).unwrap(),
        None => b'0',
    };
    String::from_utf8(bytes).unwrap()
}

/// The links that may fail when something at `path` is changed.
fn may_fail(path: &str, link: Link) -> bool {
    let certified = path.strip_prefix("finality.certified.");
    match (path, certified) {
        (_, Some(rest)) if rest.starts_with("committee_changes[") => {
            let index = rest["committee_changes[".len()..].split(']').next().unwrap();
            link == Link::CommitteeChange(index.parse().unwrap())
        }
        (_, Some("committee_changes")) => {
            matches!(link, Link::CommitteeChange(_) | Link::Certificate)
        }
        (_, Some(rest)) if rest.starts_with("votes") => link == Link::Certificate,
        (_, Some(rest)) if rest.starts_with("checkpoint_path") => link == Link::Checkpoint,
        ("header", _) => {
            matches!(link, Link::Claim | Link::Header | Link::History | Link::Certificate)
                || link == Link::Checkpoint
        }
        ("later.header", _) => {
            matches!(link, Link::History | Link::Certificate | Link::Checkpoint)
        }
        ("later", _) => matches!(link, Link::Certificate | Link::Checkpoint),
        _ if path.starts_with("later.history_path") => link == Link::History,
        _ if path.starts_with("claim") => link == Link::Claim,
        _ => false,
    }
}

/// Whether the text is refused, by the right link, or says what the specimen says.
fn judge(specimen: &Specimen, mutation: &Mutation) {
    let case = || format!("{}: {mutation}", specimen.name);
    let Ok(proof) = Proof::from_json(&mutation.text) else { return };
    match verify(&proof, specimen.trusted.trust()) {
        Ok(_) => assert_eq!(proof.to_json(), specimen.text, "{} was accepted", case()),
        Err(error) => assert!(may_fail(&mutation.path, error.link), "{}: {error}", case()),
    }
}

#[test]
fn every_field_of_a_proof_is_checked() {
    for specimen in specimens() {
        let mut count = 0;
        for mutation in all(&specimen) {
            judge(&specimen, &mutation);
            count += 1;
        }
        assert!(count > 500, "{}: {count} changes", specimen.name);
    }
}

/// Names whose bytes are many; one in this many of them is flipped.
const SPARSE: [(&str, usize); 4] =
    [("signature", 97), ("committee", 97), ("body", 7), ("signed_root", 3)];

/// These have every kind of field.
const FLIPPED: [&str; 4] =
    ["no-account-neighbour.json", "epochs.json", "since-checkpoint.json", "pinned.json"];

#[test]
fn every_byte_of_what_is_hashed_is_checked() {
    let chosen = |specimen: &Specimen| FLIPPED.contains(&specimen.name.as_str());
    for specimen in specimens().into_iter().filter(chosen) {
        let tree: Value = serde_json::from_str(&specimen.text).unwrap();
        for (path, pointer) in nodes(&tree) {
            let Some(text) = tree.pointer(&pointer).unwrap().as_str() else { continue };
            if hex::decode(text).is_err() {
                continue;
            }
            let sparse = SPARSE.iter().find(|(name, _)| path.ends_with(name));
            for byte in (0..text.len() / 2).step_by(sparse.map_or(1, |(_, one_in)| *one_in)) {
                let mut bytes = hex::decode(text).unwrap();
                bytes[byte] ^= 1 << (byte % 8);
                let mut mutated = tree.clone();
                *mutated.pointer_mut(&pointer).unwrap() = json!(hex::encode(bytes));
                let (path, how) = (path.clone(), format!("a bit of byte {byte} flipped"));
                judge(&specimen, &Mutation { path, how, text: mutated.to_string() });
            }
        }
    }
}

#[test]
fn a_text_that_was_cut_is_no_proof() {
    for specimen in specimens() {
        let text = specimen.text.trim_end();
        for length in (0..text.len()).step_by(61).chain([text.len() - 1]) {
            assert!(Proof::from_json(&text[..length]).is_err(), "{} at {length}", specimen.name);
        }
    }
}
