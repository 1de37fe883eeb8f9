//! Merkle trees with the structure of RFC 9162 (section 2.1), generic over the hash.
//!
//! The ledger uses BLAKE3; tests run the published SHA-256 vectors through the same code.

use borsh::io::{self, Read};
use borsh::{BorshDeserialize, BorshSerialize};

use crate::encoding::{Bounded, invalid};
use crate::id::Digest;

/// The two hashes of a tree. RFC 9162 separates leaves from nodes by a first byte.
pub trait MerkleHash {
    fn empty() -> Digest;
    fn leaf(data: &[u8]) -> Digest;
    fn node(left: &Digest, right: &Digest) -> Digest;
}

/// BLAKE3 with the prefixes of RFC 9162: 0x00 before a leaf, 0x01 before a node.
#[derive(Debug, Clone, Copy)]
pub struct Blake3;

impl MerkleHash for Blake3 {
    fn empty() -> Digest {
        Digest(*blake3::hash(b"").as_bytes())
    }

    fn leaf(data: &[u8]) -> Digest {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&[0]).update(data);
        Digest(*hasher.finalize().as_bytes())
    }

    fn node(left: &Digest, right: &Digest) -> Digest {
        let mut input = [1; 65];
        input[1..33].copy_from_slice(&left.0);
        input[33..].copy_from_slice(&right.0);
        Digest(*blake3::hash(&input).as_bytes())
    }
}

/// Siblings of a path, from the leaf up. A tree of 2^64 leaves is 64 deep.
pub type Path = Bounded<Digest, 64>;

/// Names the perfect subtree over the `2^level` leaves from leaf `index * 2^level` on. Once all of
/// them are there its root never changes, however the tree grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subtree {
    pub level: u8,
    pub index: u64,
}

/// Says that a leaf stands at `index` in a tree of `leaf_count` leaves.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct InclusionProof {
    pub index: u64,
    pub leaf_count: u64,
    pub path: Path,
}

/// A sibling on the way from a leaf up, by the side on which it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Left(Digest),
    Right(Digest),
}

/// The root over `leaves`, each given as its data.
pub fn root<H: MerkleHash, L: AsRef<[u8]>>(leaves: impl IntoIterator<Item = L>) -> Digest {
    let mut frontier = Frontier::default();
    for leaf in leaves {
        frontier.push::<H>(leaf.as_ref());
    }
    frontier.root::<H>()
}

/// The proof for leaf `index` of `leaves`, or `None` if there is no such leaf.
pub fn prove<H: MerkleHash, L: AsRef<[u8]>>(leaves: &[L], index: usize) -> Option<InclusionProof> {
    if index >= leaves.len() {
        return None;
    }
    let mut level: Vec<Digest> = leaves.iter().map(|leaf| H::leaf(leaf.as_ref())).collect();
    let mut position = index;
    let mut path = Vec::new();
    // Pairing neighbours level by level and carrying an odd last node up unchanged builds the
    // RFC's left-balanced tree.
    while level.len() > 1 {
        if let Some(sibling) = level.get(position ^ 1) {
            path.push(*sibling);
        }
        level = level
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => H::node(left, right),
                rest => rest.first().copied().unwrap_or(Digest::ZERO),
            })
            .collect();
        position /= 2;
    }
    let path = Path::new(path).ok()?;
    Some(InclusionProof { index: index as u64, leaf_count: leaves.len() as u64, path })
}

/// The proof for leaf `index` of the first `leaf_count` leaves of a growing tree, from the roots of
/// its perfect subtrees, of which `read` is asked for at most 128; `None` if there is no such leaf.
pub fn prove_from<H: MerkleHash, E>(
    index: u64,
    leaf_count: u64,
    mut read: impl FnMut(Subtree) -> Result<Digest, E>,
) -> Result<Option<InclusionProof>, E> {
    if index >= leaf_count {
        return Ok(None);
    }
    let mut path = Vec::new();
    let mut level = 0;
    // The nodes of a level are numbered from the left; the last may lack leaves.
    while let Some(last @ 1..) = (leaf_count - 1).checked_shr(u32::from(level)) {
        let sibling = (index >> level) ^ 1;
        let spare = leaf_count & ((1 << level) - 1);
        if sibling < last || (sibling == last && spare == 0) {
            path.push(read(Subtree { level, index: sibling })?);
        } else if sibling == last {
            path.push(ragged_root::<H, E>(leaf_count, level, &mut read)?);
        }
        level += 1;
    }
    let proof = Path::new(path).ok().map(|path| InclusionProof { index, leaf_count, path });
    Ok(proof)
}

/// The root over the last `leaf_count mod 2^below` of `leaf_count` leaves, of which there is one.
fn ragged_root<H: MerkleHash, E>(
    leaf_count: u64,
    below: u8,
    read: &mut impl FnMut(Subtree) -> Result<Digest, E>,
) -> Result<Digest, E> {
    let mut digest: Option<Digest> = None;
    // Each set bit is a perfect subtree, the smallest at the right end.
    for level in (0..below).filter(|level| leaf_count >> level & 1 == 1) {
        let left = read(Subtree { level, index: (leaf_count >> level) - 1 })?;
        digest = Some(digest.map_or(left, |right| H::node(&left, &right)));
    }
    Ok(digest.unwrap_or_else(H::empty))
}

impl InclusionProof {
    /// The path with its sides spelled out (RFC 9162, section 2.1.3.2), or `None` if no tree of
    /// that size has such a path.
    pub fn steps(&self) -> Option<Vec<Step>> {
        let mut position = self.index;
        let mut last = self.leaf_count.checked_sub(1)?;
        if position > last {
            return None;
        }
        let mut steps = Vec::with_capacity(self.path.len());
        for sibling in &self.path {
            if last == 0 {
                return None;
            }
            if position % 2 == 1 || position == last {
                steps.push(Step::Left(*sibling));
                while position.is_multiple_of(2) && position != 0 {
                    position >>= 1;
                    last >>= 1;
                }
            } else {
                steps.push(Step::Right(*sibling));
            }
            position >>= 1;
            last >>= 1;
        }
        (last == 0).then_some(steps)
    }

    /// The proof whose path is `steps`, or `None` for more than 63: the place that they lead to in
    /// a perfect tree. Of a ragged tree's proof they leave its index and size open, which no root
    /// binds.
    pub fn from_steps(steps: &[Step]) -> Option<Self> {
        let leaf_count = 1_u64.checked_shl(u32::try_from(steps.len()).ok()?)?;
        let siblings = steps.iter().map(|step| match step {
            Step::Left(sibling) | Step::Right(sibling) => *sibling,
        });
        let path = Path::new(siblings.collect()).ok()?;
        let index = steps
            .iter()
            .rev()
            .fold(0, |index, step| (index << 1) | u64::from(matches!(step, Step::Left(_))));
        Some(Self { index, leaf_count, path })
    }

    /// The root that this proof leads to from a leaf's data, or `None` if the proof has no such
    /// shape.
    pub fn root<H: MerkleHash>(&self, leaf: &[u8]) -> Option<Digest> {
        let climb = |digest, step: &Step| match step {
            Step::Left(sibling) => H::node(sibling, &digest),
            Step::Right(sibling) => H::node(&digest, sibling),
        };
        Some(self.steps()?.iter().fold(H::leaf(leaf), climb))
    }

    pub fn verify<H: MerkleHash>(&self, leaf: &[u8], root: &Digest) -> bool {
        self.root::<H>(leaf).as_ref() == Some(root)
    }
}

/// The right edge of a growing tree: enough to append leaves and give the root, in O(log n) space.
#[derive(Debug, Clone, Default, PartialEq, Eq, BorshSerialize)]
pub struct Frontier {
    leaf_count: u64,
    /// Roots of the perfect subtrees, largest first: one for each set bit of `leaf_count`.
    subtrees: Bounded<Digest, 64>,
}

impl BorshDeserialize for Frontier {
    fn deserialize_reader<R: Read>(reader: &mut R) -> io::Result<Self> {
        let leaf_count = u64::deserialize_reader(reader)?;
        let subtrees = Bounded::<Digest, 64>::deserialize_reader(reader)?;
        if subtrees.len() != leaf_count.count_ones() as usize {
            let found = subtrees.len();
            let reason = format_args!("{found} subtrees do not make a tree of {leaf_count} leaves");
            return Err(invalid(reason));
        }
        Ok(Self { leaf_count, subtrees })
    }
}

impl Frontier {
    pub fn leaf_count(&self) -> u64 {
        self.leaf_count
    }

    pub fn push<H: MerkleHash>(&mut self, leaf: &[u8]) {
        self.push_noting::<H>(leaf, |_, _| ());
    }

    /// Appends a leaf and tells of each perfect subtree that it completes, the smallest first: the
    /// leaf itself, and after it as many as the number of leaves can be halved.
    pub fn push_noting<H: MerkleHash>(
        &mut self,
        leaf: &[u8],
        mut complete: impl FnMut(Subtree, Digest),
    ) {
        let mut subtrees = std::mem::take(&mut self.subtrees).into_inner();
        let mut digest = H::leaf(leaf);
        let mut subtree = Subtree { level: 0, index: self.leaf_count };
        complete(subtree, digest);
        for _ in 0..self.leaf_count.trailing_ones() {
            if let Some(left) = subtrees.pop() {
                digest = H::node(&left, &digest);
                subtree = Subtree { level: subtree.level + 1, index: subtree.index / 2 };
                complete(subtree, digest);
            }
        }
        subtrees.push(digest);
        self.subtrees = Bounded::new(subtrees).unwrap_or_default();
        self.leaf_count = self.leaf_count.saturating_add(1);
    }

    pub fn root<H: MerkleHash>(&self) -> Digest {
        let mut subtrees = self.subtrees.iter().rev();
        let Some(&last) = subtrees.next() else { return H::empty() };
        subtrees.fold(last, |right, left| H::node(left, &right))
    }
}
