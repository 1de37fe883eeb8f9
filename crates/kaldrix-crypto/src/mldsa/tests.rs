//! The published vectors, run below [`crate::verify`] because their contexts are no purposes of
//! ours and their lengths no key's.

#[cfg(not(target_arch = "wasm32"))]
mod differential;

use std::path::Path;

use kaldrix_types::Scheme;
use serde::Deserialize;
use serde::de::DeserializeOwned;

#[cfg(not(target_arch = "wasm32"))]
use super::aws_lc;
use super::{Refused, portable};

type Verify = fn(Scheme, &[u8], &[u8], &[u8], &[u8]) -> Result<(), Refused>;

/// What this target can run: in WebAssembly one, elsewhere both.
const BACKENDS: &[(&str, Verify)] = &[
    #[cfg(not(target_arch = "wasm32"))]
    ("aws-lc", aws_lc::verify),
    ("fips204", portable::verify),
];

pub(super) fn vectors<T: DeserializeOwned>(file: &str) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/ml-dsa").join(file);
    let text = std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_slice(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Verifications {
    number_of_tests: usize,
    test_groups: Vec<VerificationGroup>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VerificationGroup {
    public_key: String,
    tests: Vec<Verification>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Verification {
    tc_id: u32,
    comment: String,
    msg: String,
    #[serde(default)]
    ctx: String,
    sig: String,
    result: String,
}

/// One vector: what is verified, and what must come of it.
struct Vector {
    name: String,
    scheme: Scheme,
    public_key: Vec<u8>,
    context: Vec<u8>,
    message: Vec<u8>,
    signature: Vec<u8>,
    is_valid: bool,
}

impl Vector {
    fn verify_with(&self, verify: Verify) -> bool {
        let Self { scheme, public_key, context, message, signature, .. } = self;
        verify(*scheme, public_key, context, message, signature).is_ok()
    }
}

/// The vectors of one scheme.
fn wycheproof(scheme: Scheme) -> Vec<Vector> {
    let file = format!("{}_verify_test.json", scheme.name().replacen("ml-dsa-", "mldsa_", 1));
    let read: Verifications = vectors(&file);
    let mut found = Vec::new();
    for group in &read.test_groups {
        let public_key = hex::decode(&group.public_key).unwrap();
        for test in &group.tests {
            let [message, context, signature] =
                [&test.msg, &test.ctx, &test.sig].map(|text| hex::decode(text).unwrap());
            let Verification { tc_id, comment, result, .. } = test;
            let name = format!("{scheme} test {tc_id}: {comment}");
            let is_valid = match result.as_str() {
                "valid" => true,
                "invalid" => false,
                other => panic!("{name}: unknown result {other}"),
            };
            let public_key = public_key.clone();
            found.push(Vector { name, scheme, public_key, context, message, signature, is_valid });
        }
    }
    assert_eq!(found.len(), read.number_of_tests);
    found
}

#[test]
fn wycheproof_verifications_agree() {
    let mut count = 0;
    for (scheme, valid, invalid) in
        [(Scheme::MlDsa44, 77, 103), (Scheme::MlDsa65, 79, 131), (Scheme::MlDsa87, 71, 170)]
    {
        let vectors = wycheproof(scheme);
        assert_eq!(vectors.iter().filter(|vector| vector.is_valid).count(), valid);
        assert_eq!(vectors.len(), valid + invalid);
        for vector in &vectors {
            for (backend, verify) in BACKENDS {
                let found = vector.verify_with(*verify);
                assert_eq!(found, vector.is_valid, "{backend}, {}", vector.name);
            }
        }
        count += vectors.len();
    }
    assert_eq!(count, 631);
}
