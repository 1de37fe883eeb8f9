//! The text of proofs and checkpoints: what is accepted, what is refused, and that an error says
//! where.

use kaldrix_proof::{
    CHECKPOINT_TEXT_BYTES_MAX, Checkpoint, FormatError, PROOF_TEXT_BYTES_MAX, Proof,
};
use serde_json::{Value, json};

use crate::specimens::read;

fn tree(name: &str) -> Value {
    serde_json::from_str(&read(name)).unwrap()
}

fn refused(text: &str) -> String {
    Proof::from_json(text).unwrap_err().to_string()
}

/// The error of a proof with another value at `pointer`.
fn refused_with(name: &str, pointer: &str, value: Value) -> String {
    let mut tree = tree(name);
    *tree.pointer_mut(pointer).unwrap() = value;
    refused(&tree.to_string())
}

#[test]
fn white_space_escapes_and_the_order_of_names_are_free() {
    let text = read("notarisation.json");
    // `Value` sorts the names.
    let compact = tree("notarisation.json").to_string();
    let escaped = text.replacen("\"format\"", "\"\\u0066ormat\"", 1);
    let spaced = text.replace('\n', "\r\n\t ");
    for other in [&compact, &escaped, &spaced] {
        assert_ne!(*other, text);
        assert_eq!(Proof::from_json(other).unwrap().to_json(), text);
    }
}

#[test]
fn an_error_says_where_and_what() {
    let name = "epochs.json";
    for (pointer, value, expected) in [
        ("/format", json!("kaldrix-checkpoint"), "format: expected \"kaldrix-proof\""),
        ("/version", json!(2), "version: expected 1"),
        ("/version", json!("1"), "version: expected a whole number from 0"),
        ("/claim", json!({}), "claim: expected exactly one name"),
        ("/claim", json!({"vote": {}}), "claim.vote: unknown kind of claim"),
        ("/claim/notarisation/digest", json!("00"), "claim.notarisation.digest: expected 64"),
        ("/header", json!("01"), "header: ledger header: "),
        ("/header", json!("0G"), "header: hex is written in lowercase"),
        ("/header", json!("0g"), "header: Invalid character 'g' at position 1"),
        ("/header", json!("00".repeat(513)), "header: more than 512 bytes"),
        ("/later/history_path/0", json!({"up": "00"}), "later.history_path[0].up: expected left"),
        ("/finality/certified/votes/0/signature", json!("0101"), "votes[0].signature: signature"),
        ("/finality/certified/committee_changes/1/committee", json!(null), "[1].committee: expect"),
    ] {
        let error = refused_with(name, pointer, value);
        assert!(error.contains(expected), "{pointer}: {error}");
    }
    let mut more = tree(name);
    more["finality"]["certified"]["votes"][0]["weight"] = json!(1);
    let error = refused(&more.to_string());
    assert_eq!(error, "finality.certified.votes[0].weight: unknown name");
    more["finality"]["certified"]["votes"][0] = json!({"signed_root": "00"});
    let error = refused(&more.to_string());
    assert!(error.starts_with("finality.certified.votes[0].signed_root: "), "{error}");
}

#[test]
fn other_json_is_refused() {
    let text = read("transaction.json");
    let version =
        |token: &str| text.replacen("\"version\": 1", &format!("\"version\": {token}"), 1);
    for other in [
        version("1.0"),
        version("1e0"),
        version("-1"),
        version("-0"),
        version("01"),
        version("true"),
        version("18446744073709551616"),
        version("NaN"),
        text.replacen("\"version\": 1", "\"version\": 1, \"version\": 1", 1),
        text.replacen('{', "{\"a\": 1,", 1),
        format!("\u{feff}{text}"),
        format!("{text}{text}"),
        format!("{text}]"),
        format!("[{text}]"),
        text.replacen("{\n", "{ // a remark\n", 1),
        "[".repeat(100_000),
        "{\"a\":".repeat(100_000),
        String::new(),
        "null".to_owned(),
    ] {
        assert!(Proof::from_json(&other).is_err(), "{}", &other[..other.len().min(60)]);
    }
}

#[test]
fn a_list_above_its_limit_is_refused() {
    let step = json!({"left": "00".repeat(32)});
    let siblings = json!(["00".repeat(32)]);
    let vote = tree("epochs.json")["finality"]["certified"]["votes"][0].clone();
    let change = tree("epochs.json")["finality"]["certified"]["committee_changes"][0].clone();
    let many = |item: &Value, count| Value::Array(vec![item.clone(); count]);
    for (name, pointer, item, limit) in [
        ("epochs.json", "/later/history_path", &step, 63),
        ("account.json", "/claim/account/siblings", &siblings[0], 256),
        ("epochs.json", "/finality/certified/votes", &vote, 128),
    ] {
        let error = refused_with(name, pointer, many(item, limit + 1));
        assert!(error.ends_with(&format!("more than {limit} entries")), "{error}");
        let mut tree = tree(name);
        *tree.pointer_mut(pointer).unwrap() = many(item, limit);
        Proof::from_json(&tree.to_string()).unwrap();
    }
    // So many do not fit into a text, so those here are none.
    let error = refused_with(
        "epochs.json",
        "/finality/certified/committee_changes",
        many(&json!(null), 1025),
    );
    assert!(error.ends_with("committee_changes: more than 1024 entries"), "{error}");
    assert!(change.to_string().len() * 1024 > PROOF_TEXT_BYTES_MAX);
}

#[test]
fn a_text_of_too_many_values_is_refused() {
    // The list is one itself.
    let values = |count: usize| format!("[{}0]", "0,".repeat(count - 2));
    assert_eq!(refused(&values(262_144)), "the text: expected an object");
    let error = refused(&values(262_145));
    assert!(error.contains("more than 262144 values"), "{error}");
    let nested = format!("[{}[]]", "[[],[]],".repeat(100_000));
    assert!(refused(&nested).contains("more than 262144 values"));
}

#[test]
fn a_text_above_its_limit_is_refused_unread() {
    let text = read("account.json");
    let blank =
        |bytes_max: usize, text: &str| text.to_owned() + &" ".repeat(bytes_max - text.len());
    Proof::from_json(&blank(PROOF_TEXT_BYTES_MAX, &text)).unwrap();
    let (bytes, bytes_max) = (PROOF_TEXT_BYTES_MAX + 1, PROOF_TEXT_BYTES_MAX);
    let error = Proof::from_json(&blank(bytes, &text)).unwrap_err();
    assert_eq!(error, FormatError::TooLong { bytes, bytes_max });

    let text = read("checkpoint.json");
    Checkpoint::from_json(&blank(CHECKPOINT_TEXT_BYTES_MAX, &text)).unwrap();
    let error = Checkpoint::from_json(&blank(CHECKPOINT_TEXT_BYTES_MAX + 1, &text)).unwrap_err();
    assert!(matches!(error, FormatError::TooLong { .. }));
}

#[test]
fn a_checkpoint_is_as_strict() {
    let sound = tree("checkpoint.json");
    let names: Vec<_> = sound.as_object().unwrap().keys().cloned().collect();
    for name in &names {
        let mut changed = sound.clone();
        for other in [json!(null), json!("x"), json!(-1), json!([sound[name]])] {
            changed[name] = other;
            assert!(Checkpoint::from_json(&changed.to_string()).is_err(), "{changed}");
        }
        changed.as_object_mut().unwrap().remove(name);
        let error = Checkpoint::from_json(&changed.to_string()).unwrap_err();
        assert_eq!(error.to_string(), format!("{name}: missing"));
    }
    let mut more = sound.clone();
    more["epoch"] = json!(1);
    let error = Checkpoint::from_json(&more.to_string()).unwrap_err();
    assert_eq!(error.to_string(), "epoch: unknown name");
    assert!(Checkpoint::from_json(&read("transaction.json")).is_err());
}
