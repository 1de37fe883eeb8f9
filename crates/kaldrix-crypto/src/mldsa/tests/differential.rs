//! The two backends beside each other: whatever the input, they say the same.
//!
//! A verdict that differed would split the world into those who check a proof in a browser and
//! those who check it elsewhere.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;
use crate::mldsa::SigningKey;

/// Asks both; their common answer.
fn agreed(vector: &Vector) -> bool {
    let [library, portable] = [aws_lc::verify, portable::verify].map(|v| vector.verify_with(v));
    assert_eq!(library, portable, "aws-lc and fips204 differ: {}", vector.name);
    library
}

/// One thing that happens to an input.
#[derive(Debug, Clone)]
enum Mutation {
    FlipBit(Part, Index, u8),
    /// Flips a bit where the signature encodes its hint, which has a form that must be checked.
    FlipHintBit(Index, u8),
    SetByte(Part, Index, u8),
    Cut(Part, Index),
    Append(Part, u8),
    Scheme(Scheme),
}

#[derive(Debug, Clone, Copy)]
enum Part {
    PublicKey,
    Context,
    Message,
    Signature,
}

const PARTS: [Part; 4] = [Part::PublicKey, Part::Context, Part::Message, Part::Signature];
/// FIPS 204, table 1: ω + k bytes at a signature's end encode its hint; ML-DSA-44 has the most.
const HINT_BYTES_MAX: usize = 84;

impl Vector {
    fn part(&mut self, part: Part) -> &mut Vec<u8> {
        match part {
            Part::PublicKey => &mut self.public_key,
            Part::Context => &mut self.context,
            Part::Message => &mut self.message,
            Part::Signature => &mut self.signature,
        }
    }

    fn mutate(&mut self, mutation: &Mutation) {
        match mutation {
            Mutation::FlipBit(part, at, bit) => {
                let bytes = self.part(*part);
                if !bytes.is_empty() {
                    *at.get_mut(bytes) ^= 1 << bit;
                }
            }
            Mutation::FlipHintBit(at, bit) => {
                let hint_at = self.signature.len().saturating_sub(HINT_BYTES_MAX);
                if let hint @ [_, ..] = &mut self.signature[hint_at..] {
                    *at.get_mut(hint) ^= 1 << bit;
                }
            }
            Mutation::SetByte(part, at, byte) => {
                let bytes = self.part(*part);
                if !bytes.is_empty() {
                    *at.get_mut(bytes) = *byte;
                }
            }
            Mutation::Cut(part, at) => {
                let bytes = self.part(*part);
                bytes.truncate(at.index(bytes.len() + 1));
            }
            Mutation::Append(part, byte) => self.part(*part).push(*byte),
            Mutation::Scheme(scheme) => self.scheme = *scheme,
        }
    }
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let part = || select(PARTS.to_vec());
    prop_oneof![
        4 => (part(), any::<Index>(), 0..8_u8).prop_map(|(p, at, b)| Mutation::FlipBit(p, at, b)),
        4 => (any::<Index>(), 0..8_u8).prop_map(|(at, bit)| Mutation::FlipHintBit(at, bit)),
        2 => (part(), any::<Index>(), any::<u8>())
            .prop_map(|(part, at, byte)| Mutation::SetByte(part, at, byte)),
        1 => (part(), any::<Index>()).prop_map(|(part, at)| Mutation::Cut(part, at)),
        1 => (part(), any::<u8>()).prop_map(|(part, byte)| Mutation::Append(part, byte)),
        1 => scheme().prop_map(Mutation::Scheme),
    ]
}

fn scheme() -> impl Strategy<Value = Scheme> {
    select(Scheme::ALL.to_vec())
}

/// What a fresh key signs.
fn signed() -> impl Strategy<Value = Vector> {
    let parts = (scheme(), any::<[u8; 32]>(), vec(any::<u8>(), 0..=255), vec(any::<u8>(), 0..300));
    parts.prop_map(|(scheme, seed, context, message)| {
        let key = SigningKey::from_seed(scheme, &seed).unwrap();
        let public_key = key.public_key().unwrap().bytes().to_vec();
        let signature = key.sign(&context, &message).unwrap().bytes().to_vec();
        let name = format!("a fresh signature of {scheme}");
        Vector { name, scheme, public_key, context, message, signature, is_valid: true }
    })
}

impl std::fmt::Debug for Vector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, public_key, context, message, signature, .. } = self;
        let [key, context, message, signature] =
            [public_key, context, message, signature].map(hex::encode);
        write!(f, "{name}: key {key} context {context} message {message} signature {signature}")
    }
}

#[test]
fn the_backends_agree_on_every_vector_and_on_every_one_bit_away() {
    for scheme in Scheme::ALL {
        for (number, mut vector) in wycheproof(scheme).into_iter().enumerate() {
            assert_eq!(agreed(&vector), vector.is_valid, "{}", vector.name);
            // Somewhere in the key, the message and the signature, and everywhere over all vectors.
            for part in [Part::PublicKey, Part::Message, Part::Signature] {
                let bits = vector.part(part).len() * 8;
                if bits > 0 {
                    let bit = number * 104_729 % bits;
                    vector.part(part)[bit / 8] ^= 1 << (bit % 8);
                    agreed(&vector);
                    vector.part(part)[bit / 8] ^= 1 << (bit % 8);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn the_backends_agree_on_fresh_signatures_and_whatever_becomes_of_them(
        mut vector in signed(),
        mutations in vec(mutation(), 1..4),
    ) {
        prop_assert!(agreed(&vector));
        for mutation in &mutations {
            vector.mutate(mutation);
            vector.name = format!("after {mutation:?}");
            agreed(&vector);
        }
    }

    #[test]
    fn the_backends_agree_on_nonsense(
        scheme in scheme(),
        bytes in vec(any::<u8>(), 8192),
        context in vec(any::<u8>(), 0..300),
        message in vec(any::<u8>(), 0..300),
    ) {
        let (key, signature) = bytes.split_at(scheme.public_key_bytes());
        let public_key = key.to_vec();
        let signature = signature[..scheme.signature_bytes()].to_vec();
        let name = format!("nonsense for {scheme}");
        let vector =
            Vector { name, scheme, public_key, context, message, signature, is_valid: false };
        prop_assert!(!agreed(&vector));
    }
}
