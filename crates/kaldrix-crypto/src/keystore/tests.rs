use std::fs;
use std::os::unix::fs::PermissionsExt;

use kaldrix_types::Scheme;
use serde_json::{Value, json};

use super::format::{with_checksum, without_checksum};
use super::{
    CHANGED, COST_MAX, COST_MIN, KEYSTORE_BYTES_MAX, KeystoreError, is_protected, open,
    open_unprotected, public_key, read, seal, store_unprotected, write_new,
};
use crate::fixtures::key;
use crate::purpose::Purpose;
use crate::signer::Signer;
use crate::verifier::verify;

const PASSWORD: &[u8] = b"correct horse battery staple";

fn sealed() -> String {
    seal(&key(Scheme::MlDsa44, 1), PASSWORD).unwrap()
}

/// The text as someone would write it who changes a file on purpose and puts the checksum right.
fn forged(text: &str, change: impl FnOnce(&mut Value)) -> String {
    let content = without_checksum(text).unwrap();
    let mut value: Value = serde_json::from_str(&format!("{content}}}")).unwrap();
    change(&mut value);
    let json = serde_json::to_string_pretty(&value).unwrap();
    with_checksum(json.trim_end_matches("\n}"))
}

fn flip_hex_digit(value: &mut Value) {
    let mut digits = value.as_str().unwrap().to_owned();
    let last = if digits.pop() == Some('0') { '1' } else { '0' };
    digits.push(last);
    *value = json!(digits);
}

/// What `open` says; a key pair would be a failure of its own.
fn refusal(text: &str) -> KeystoreError {
    open(text, PASSWORD).map(|_| ()).unwrap_err()
}

#[test]
fn a_sealed_key_opens_with_its_password() {
    for scheme in Scheme::ALL {
        let key = key(scheme, 1);
        let text = seal(&key, PASSWORD).unwrap();
        assert!(text.len() <= KEYSTORE_BYTES_MAX);
        assert!(is_protected(&text).unwrap());
        assert_eq!(&public_key(&text).unwrap(), key.public_key());
        let opened = open(&text, PASSWORD).unwrap();
        assert_eq!(opened.public_key(), key.public_key());
        let signature = opened.sign(Purpose::DagBlock, b"message").unwrap();
        verify(key.public_key(), Purpose::DagBlock, b"message", &signature).unwrap();
    }
}

#[test]
fn a_sealed_key_is_not_in_its_text() {
    let text = sealed();
    assert!(!text.contains(&hex::encode([1; 32])));
    assert_ne!(text, sealed(), "salt and nonce are fresh");
}

#[test]
fn the_text_is_json() {
    let value: Value = serde_json::from_str(&sealed()).unwrap();
    assert_eq!(value["format"], 1);
    assert_eq!(value["scheme"], "ml-dsa-44");
    assert_eq!(value["protection"]["argon2id-aes-256-gcm"]["memory_kib"], 65_536);
}

#[test]
fn a_wrong_password_is_called_that() {
    let text = sealed();
    for wrong in [b"".as_slice(), b"correct horse", b"Correct horse battery staple"] {
        assert!(matches!(open(&text, wrong), Err(KeystoreError::WrongPassword)));
    }
}

#[test]
fn an_empty_password_seals_nothing() {
    assert!(matches!(seal(&key(Scheme::MlDsa44, 1), b""), Err(KeystoreError::EmptyPassword)));
}

#[test]
fn no_changed_byte_goes_unnoticed() {
    for text in [sealed(), store_unprotected(&key(Scheme::MlDsa44, 1))] {
        for position in 0..text.len() {
            // All single bits, a changed case, and a change of one white space to another.
            for mask in [1, 2, 4, 8, 16, 32, 64, 0x2a, 0x03, 0x29] {
                let mut bytes = text.clone().into_bytes();
                bytes[position] ^= mask;
                // Flips below 0x80 keep the text ASCII, as `read` would otherwise refuse it.
                let changed = String::from_utf8(bytes).unwrap();
                for found in [
                    open(&changed, PASSWORD).map(|_| ()),
                    open_unprotected(&changed).map(|_| ()),
                    public_key(&changed).map(|_| ()),
                ] {
                    let damaged = matches!(found, Err(KeystoreError::Damaged { .. }));
                    assert!(damaged, "byte {position}, mask {mask:#x}: {found:?}");
                }
            }
        }
    }
}

#[test]
fn a_truncated_or_extended_text_is_damaged() {
    let text = sealed();
    for length in 0..text.len() {
        let found = refusal(&text[..length]);
        assert!(matches!(found, KeystoreError::Damaged { .. }), "{length}: {found:?}");
    }
    for extended in [format!("{text}\n"), format!(" {text}"), format!("{text}{text}")] {
        assert!(matches!(refusal(&extended), KeystoreError::Damaged { .. }));
    }
}

#[test]
fn fields_changed_on_purpose_are_damage() {
    let text = sealed();
    let other = hex::encode(key(Scheme::MlDsa44, 2).public_key().bytes());
    let changes: [&dyn Fn(&mut Value); 3] = [
        &|file| flip_hex_digit(&mut file["secret"]),
        &|file| flip_hex_digit(&mut file["protection"]["argon2id-aes-256-gcm"]["nonce"]),
        &|file| file["public_key"] = json!(other),
    ];
    for change in changes {
        let found = refusal(&forged(&text, change));
        assert_eq!(found.to_string(), CHANGED.to_string());
    }
}

#[test]
fn a_foreign_public_key_on_an_unprotected_key_is_damage() {
    let other = hex::encode(key(Scheme::MlDsa44, 2).public_key().bytes());
    let text = store_unprotected(&key(Scheme::MlDsa44, 1));
    let changed = forged(&text, |file| file["public_key"] = json!(other));
    let found = open_unprotected(&changed).map(|_| ());
    assert!(matches!(found, Err(KeystoreError::Damaged { .. })), "{found:?}");
}

#[test]
fn hostile_costs_are_refused_before_they_are_paid() {
    let text = sealed();
    for (name, found, min, max) in [
        ("memory_kib", 100 * 1024 * 1024, COST_MIN.memory_kib, COST_MAX.memory_kib),
        ("memory_kib", u32::MAX, COST_MIN.memory_kib, COST_MAX.memory_kib),
        ("memory_kib", 8, COST_MIN.memory_kib, COST_MAX.memory_kib),
        ("passes", u32::MAX, COST_MIN.passes, COST_MAX.passes),
        ("passes", 1, COST_MIN.passes, COST_MAX.passes),
        ("lanes", u32::MAX, COST_MIN.lanes, COST_MAX.lanes),
        ("lanes", 0, COST_MIN.lanes, COST_MAX.lanes),
    ] {
        let change =
            |file: &mut Value| file["protection"]["argon2id-aes-256-gcm"][name] = json!(found);
        match refusal(&forged(&text, change)) {
            KeystoreError::Cost { name: n, found: f, min: least, max: most } => {
                assert_eq!((n, f, least, most), (name, found, min, max));
            }
            other => panic!("{name} {found}: {other:?}"),
        }
    }
}

#[test]
fn another_cost_is_another_password() {
    let change = |file: &mut Value| file["protection"]["argon2id-aes-256-gcm"]["passes"] = json!(2);
    assert!(matches!(refusal(&forged(&sealed(), change)), KeystoreError::WrongPassword));
}

#[test]
fn another_format_is_named() {
    let found = refusal(&forged(&sealed(), |file| file["format"] = json!(2)));
    assert!(matches!(found, KeystoreError::Format { found: 2, expected: 1 }), "{found:?}");
}

#[test]
fn nonsense_with_a_right_checksum_is_malformed() {
    let text = sealed();
    let changes: [&dyn Fn(&mut Value); 8] = [
        &|file| file["scheme"] = json!("ed25519"),
        &|file| file["scheme"] = json!("ml-dsa-65"),
        &|file| file["public_key"] = json!("00"),
        &|file| file["secret"] = json!("no digits"),
        &|file| file["extra"] = json!(1),
        &|file| file["format"] = json!("one"),
        &|file| file["protection"] = json!("rot13"),
        &|file| file["protection"]["argon2id-aes-256-gcm"]["salt"] = json!("00"),
    ];
    for change in changes {
        let found = refusal(&forged(&text, change));
        assert!(matches!(found, KeystoreError::Malformed { .. }), "{found:?}");
    }
    let long = with_checksum(&"x".repeat(KEYSTORE_BYTES_MAX));
    assert!(matches!(refusal(&long), KeystoreError::TooLong { .. }));
}

#[test]
fn a_secret_of_another_length_is_damage() {
    let text = store_unprotected(&key(Scheme::MlDsa44, 1));
    let changed = forged(&text, |file| file["secret"] = json!("00"));
    let found = open_unprotected(&changed).map(|_| ());
    assert!(matches!(found, Err(KeystoreError::Damaged { .. })), "{found:?}");
}

#[test]
fn protection_is_never_assumed() {
    let key = key(Scheme::MlDsa65, 3);
    let plain = store_unprotected(&key);
    assert!(!is_protected(&plain).unwrap());
    assert_eq!(open_unprotected(&plain).unwrap().public_key(), key.public_key());
    assert!(matches!(open(&plain, PASSWORD), Err(KeystoreError::Unprotected)));
    assert!(matches!(open_unprotected(&sealed()), Err(KeystoreError::Protected)));
}

#[test]
fn errors_do_not_print_secrets() {
    let text = store_unprotected(&key(Scheme::MlDsa44, 0xab));
    let seed = hex::encode([0xab; 32]);
    assert!(text.contains(&seed));
    let changed = forged(&text, |file| file["secret"] = json!({ "nested": seed }));
    let error = open_unprotected(&changed).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("abab"), "{error:?}");
}

#[test]
fn a_file_is_private_complete_and_never_overwritten() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("consensus.json");
    let text = sealed();
    write_new(&path, &text).unwrap();
    assert_eq!(read(&path).unwrap(), text);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);

    let again = write_new(&path, &store_unprotected(&key(Scheme::MlDsa44, 2)));
    assert!(matches!(again, Err(KeystoreError::Exists { .. })), "{again:?}");
    assert_eq!(read(&path).unwrap(), text);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "no copy is left behind");
}

#[test]
fn file_errors_name_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let absent = directory.path().join("absent").join("key.json");
    for error in [read(&absent).map(|_| ()).unwrap_err(), write_new(&absent, "").unwrap_err()] {
        assert!(error.to_string().contains("absent"), "{error}");
    }

    let long = directory.path().join("long");
    fs::write(&long, vec![b'x'; KEYSTORE_BYTES_MAX + 1]).unwrap();
    assert!(matches!(read(&long), Err(KeystoreError::TooLong { .. })));
    let binary = directory.path().join("binary");
    fs::write(&binary, [0xff]).unwrap();
    assert!(matches!(read(&binary), Err(KeystoreError::Damaged { .. })));
}
