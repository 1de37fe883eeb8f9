use aws_lc_sys::EVP_PKEY_get_raw_private_key;
use kaldrix_types::Scheme;
use serde::Deserialize;

use super::{SEED_BYTES, SigningKey, succeeded, verify};
use crate::mldsa::tests::vectors;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeyGenerations {
    test_groups: Vec<KeyGenerationGroup>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeyGenerationGroup {
    parameter_set: String,
    tests: Vec<KeyGeneration>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeyGeneration {
    tc_id: u32,
    seed: String,
    pk: String,
    sk: String,
}

/// The expanded private key; the library itself never needs it outside AWS-LC.
fn expanded(key: &SigningKey) -> Vec<u8> {
    // FIPS 204, table 2: the longest is that of ML-DSA-87.
    let mut bytes = vec![0; 4896];
    let mut length = bytes.len();
    // SAFETY: AWS-LC writes at most `length` bytes and stores there how many it wrote.
    let code = unsafe {
        EVP_PKEY_get_raw_private_key(key.key.0.as_ptr(), bytes.as_mut_ptr(), &raw mut length)
    };
    succeeded(code).unwrap();
    bytes.truncate(length);
    bytes
}

#[test]
fn acvp_key_generations_agree() {
    let vectors: KeyGenerations = vectors("acvp_key_gen.json");
    let mut count = 0;
    for group in &vectors.test_groups {
        let scheme = Scheme::from_name(&group.parameter_set.to_lowercase()).unwrap();
        for test in &group.tests {
            let seed: [u8; SEED_BYTES] = hex::decode(&test.seed).unwrap().try_into().unwrap();
            let key = SigningKey::from_seed(scheme, &seed).unwrap();
            let public_key = hex::encode_upper(key.public_key().unwrap().bytes());
            assert_eq!(public_key, test.pk, "{scheme} test {}", test.tc_id);
            let private_key = hex::encode_upper(expanded(&key));
            assert_eq!(private_key, test.sk, "{scheme} test {}", test.tc_id);
            count += 1;
        }
    }
    assert_eq!(count, 75);
}

#[test]
fn contexts_are_bound_up_to_their_longest() {
    for scheme in Scheme::ALL {
        let key = SigningKey::from_seed(scheme, &[7; SEED_BYTES]).unwrap();
        let public_key = key.public_key().unwrap();
        let longest = [b'c'; 255];
        for context in [b"".as_slice(), b"c", &longest] {
            let signature = key.sign(context, b"message").unwrap();
            let check = |context: &[u8], message: &[u8]| {
                verify(scheme, public_key.bytes(), context, message, signature.bytes())
            };
            assert!(check(context, b"message").is_ok());
            assert!(check(context, b"massage").is_err());
            assert!(check(b"other", b"message").is_err());
        }
        assert!(key.sign(&[b'c'; 256], b"message").is_err());
    }
}

#[test]
fn one_key_signs_on_many_threads() {
    let key = SigningKey::from_seed(Scheme::MlDsa44, &[9; SEED_BYTES]).unwrap();
    let public_key = key.public_key().unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4_u8 {
            let (key, public_key) = (&key, &public_key);
            scope.spawn(move || {
                for number in 0..16_u8 {
                    let message = [thread, number];
                    let signature = key.sign(b"threads", &message).unwrap();
                    let (scheme, bytes) = (public_key.scheme(), public_key.bytes());
                    verify(scheme, bytes, b"threads", &message, signature.bytes()).unwrap();
                }
            });
        }
    });
}
