//! The canonical encoding: one value, one byte string, and nothing else decodes.

use std::fmt::Debug;

use borsh::BorshDeserialize;
use borsh::io::{self, Read};
use kaldrix_types::encoding::{Bounded, Canonical, DecodeError, from_bytes, to_bytes};
use kaldrix_types::{
    Block, Certificate, Committee, Genesis, LedgerHeader, SignedRoot, Transaction, TransactionBody,
    Witness,
};
use proptest::collection::vec;
use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};
use proptest::sample::Index;
use proptest::test_runner::TestCaseError;

use crate::strategies;

/// A place in an encoding and how it is damaged there.
#[derive(Debug)]
struct Damage {
    at: Index,
    mask: u8,
}

fn check<T: Canonical + PartialEq + Debug>(
    value: &T,
    damage: &Damage,
) -> Result<(), TestCaseError> {
    let name = T::NAME;
    let bytes = to_bytes(value);
    prop_assert!(bytes.len() <= T::ENCODED_BYTES_MAX);
    let decoded = from_bytes::<T>(&bytes);
    prop_assert_eq!(decoded.as_ref(), Ok(value));
    prop_assert_eq!(&decoded.map(|decoded| to_bytes(&decoded)), &Ok(bytes.clone()));

    let mut longer = bytes.clone();
    longer.push(damage.mask);
    let bytes_max = T::ENCODED_BYTES_MAX;
    let refused = if longer.len() > bytes_max {
        DecodeError::TooLong { name, bytes: longer.len(), bytes_max }
    } else {
        DecodeError::Trailing { name, bytes: 1 }
    };
    prop_assert_eq!(from_bytes::<T>(&longer), Err(refused));

    let at = damage.at.index(bytes.len());
    prop_assert!(from_bytes::<T>(&bytes[..at]).is_err(), "{name} cut to {at} bytes decoded");

    let mut changed = bytes;
    changed[at] ^= damage.mask;
    check_decodable_is_canonical::<T>(&changed)?;
    if at == 0 {
        let version = DecodeError::Version { name, found: changed[0], expected: T::VERSION };
        prop_assert_eq!(from_bytes::<T>(&changed), Err(version));
    }
    Ok(())
}

fn check_decodable_is_canonical<T: Canonical>(bytes: &[u8]) -> Result<(), TestCaseError> {
    if let Ok(value) = from_bytes::<T>(bytes) {
        prop_assert_eq!(to_bytes(&value), bytes, "two encodings of one {}", T::NAME);
    }
    Ok(())
}

macro_rules! canonical {
    ($($name:ident: $type:ty,)*) => {
        proptest! {
            $(
                #[test]
                fn $name(
                    value in strategies::$name(),
                    at in any::<Index>(),
                    mask in 1..=u8::MAX,
                ) {
                    check::<$type>(&value, &Damage { at, mask })?;
                }
            )*

            #[test]
            fn random_bytes_decode_to_nothing_or_one_value(
                tail in vec(any::<u8>(), 0..400),
            ) {
                let bytes = [vec![1], tail].concat();
                $(check_decodable_is_canonical::<$type>(&bytes)?;)*
            }
        }
    };
}

canonical! {
    transaction_body: TransactionBody,
    witness: Witness,
    transaction: Transaction,
    signed_root: SignedRoot,
    block: Block,
    ledger_header: LedgerHeader,
    certificate: Certificate,
    committee: Committee,
    genesis: Genesis,
}

fn malformed<T: Canonical + Debug>(bytes: &[u8]) -> String {
    match from_bytes::<T>(bytes).unwrap_err() {
        DecodeError::Malformed { reason, .. } => reason,
        other => panic!("{other}"),
    }
}

#[test]
fn nothing_is_not_a_value() {
    assert_eq!(from_bytes::<Block>(&[]), Err(DecodeError::Empty { name: "block" }));
}

#[test]
fn what_is_too_long_is_not_looked_at() {
    let bytes_max = SignedRoot::ENCODED_BYTES_MAX;
    let bytes = bytes_max + 1;
    let error = DecodeError::TooLong { name: "signed root", bytes, bytes_max };
    assert_eq!(from_bytes::<SignedRoot>(&vec![9; bytes]), Err(error));
}

/// Offset of a body's payload when it registers no key: version, chain id, sender, sequence, fee,
/// expiry height, and the absent key's tag.
const PAYLOAD_AT: usize = 1 + 32 + 32 + 8 + 8 + 8 + 1;

fn body_with_payload(payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; PAYLOAD_AT];
    bytes[0] = TransactionBody::VERSION;
    bytes.extend_from_slice(payload);
    bytes
}

#[test]
fn reserved_payloads_say_so() {
    for tag in 2..=7 {
        let reason = malformed::<TransactionBody>(&body_with_payload(&[tag, 0, 0]));
        assert_eq!(reason, "reserved for a later version of the protocol", "tag {tag}");
    }
    let reason = malformed::<Witness>(&[1, 1, 0]);
    assert_eq!(reason, "reserved for a later version of the protocol");
}

#[test]
fn unknown_tags_are_named() {
    let reason = malformed::<TransactionBody>(&body_with_payload(&[8, 0, 0]));
    assert!(reason.contains('8'), "{reason}");
    assert_eq!(malformed::<Witness>(&[1, 0, 4]), "signature scheme 4 is unknown");
}

#[test]
fn a_list_over_its_bound_is_named() {
    let length = 65_u32.to_le_bytes();
    let bytes = body_with_payload(&[&[1], length.as_slice(), &[b'x'; 65]].concat());
    assert_eq!(malformed::<TransactionBody>(&bytes), "65 entries exceed the limit of 64");
}

/// So large that no machine can reserve room for `u32::MAX` of them.
#[derive(Clone)]
struct Wide(#[expect(dead_code, reason = "it only takes room")] [u8; 1 << 16]);

impl BorshDeserialize for Wide {
    fn deserialize_reader<R: Read>(reader: &mut R) -> io::Result<Self> {
        u8::deserialize_reader(reader).map(|byte| Self([byte; 1 << 16]))
    }
}

#[test]
fn a_stated_length_costs_no_memory() {
    let bytes = [u32::MAX.to_le_bytes().as_slice(), &[7; 3]].concat();
    type Wides = Bounded<Wide, { u32::MAX as usize }>;
    assert!(borsh::from_slice::<Wides>(&bytes).is_err());
    type Bytes = Bounded<u8, { u32::MAX as usize }>;
    assert!(borsh::from_slice::<Bytes>(&bytes).is_err());
}
