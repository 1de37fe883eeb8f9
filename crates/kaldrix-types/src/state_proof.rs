//! Proofs of what the state says of one key: its value, or that it has none.
//!
//! The state tree is a binary sparse Merkle tree over 256-bit keys: bit i of the key, the highest
//! of the first byte first, chooses left (0) or right (1) at depth i. A subtree that holds one
//! leaf is that leaf, and one that holds none is [`EMPTY`].

use borsh::{BorshDeserialize, BorshSerialize};

use crate::encoding::{Bounded, Canonical};
use crate::id::Digest;

/// Stands for a subtree without leaves.
pub const EMPTY: Digest = Digest(*b"SPARSE_MERKLE_PLACEHOLDER_HASH__");

/// A leaf of the state tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct StateLeaf {
    pub key: Digest,
    /// BLAKE3 of the value.
    pub value_digest: Digest,
}

/// The way from the place of a key up to the root.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct StateProof {
    /// What stands where the key belongs: its own leaf, another that is alone there, or none.
    pub leaf: Option<StateLeaf>,
    /// From that place up.
    pub siblings: Bounded<Digest, 256>,
}

impl Canonical for StateProof {
    const NAME: &'static str = "state proof";
    const ENCODED_BYTES_MAX: usize = 1 + 65 + 4 + 256 * 32;
}

impl StateLeaf {
    pub fn new(key: Digest, value: &[u8]) -> Self {
        Self { key, value_digest: hash(&[value]) }
    }

    pub fn digest(&self) -> Digest {
        hash(&[b"JMT::LeafNode", &self.key.0, &self.value_digest.0])
    }
}

/// The digest of a node with two subtrees.
pub fn node_digest(left: &Digest, right: &Digest) -> Digest {
    // Not a slip of the pen: the tree's library shortens the word to 16 bytes.
    hash(&[b"JMT::IntrnalNode", &left.0, &right.0])
}

impl StateProof {
    /// Whether under `root` the value of `key` is `value`, or with `None`, that it has none.
    pub fn verify(&self, root: &Digest, key: &Digest, value: Option<&[u8]>) -> bool {
        let stands = match (value, &self.leaf) {
            (Some(value), leaf) => *leaf == Some(StateLeaf::new(*key, value)),
            (None, Some(leaf)) => {
                leaf.key != *key && common_bits(&leaf.key, key) >= self.siblings.len()
            }
            (None, None) => true,
        };
        stands && self.root(key) == *root
    }

    fn root(&self, key: &Digest) -> Digest {
        let place = self.leaf.map_or(EMPTY, |leaf| leaf.digest());
        let bits: Vec<bool> = key_bits(key).take(self.siblings.len()).collect();
        self.siblings.iter().zip(bits.iter().rev()).fold(place, |digest, (sibling, right)| {
            if *right { node_digest(sibling, &digest) } else { node_digest(&digest, sibling) }
        })
    }
}

/// The way down to a key: right where a bit is set.
pub fn key_bits(key: &Digest) -> impl Iterator<Item = bool> {
    key.0.into_iter().flat_map(|byte| (0..8).rev().map(move |bit| (byte >> bit) & 1 == 1))
}

fn common_bits(one: &Digest, other: &Digest) -> usize {
    key_bits(one).zip(key_bits(other)).take_while(|(a, b)| a == b).count()
}

fn hash(parts: &[&[u8]]) -> Digest {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(part);
    }
    Digest(*hasher.finalize().as_bytes())
}
