//! Merkle trees against the published vectors and against the definition in RFC 9162.

use std::collections::BTreeMap;

use kaldrix_types::Digest;
use kaldrix_types::merkle::{
    Blake3, Frontier, InclusionProof, MerkleHash, Path, Step, Subtree, prove, prove_from, root,
};
use proptest::collection::vec;
use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};
use proptest::sample::Index;
use sha2::{Digest as _, Sha256};

/// The hash of RFC 9162, for which vectors are published.
struct RfcSha256;

impl MerkleHash for RfcSha256 {
    fn empty() -> Digest {
        Digest(Sha256::digest(b"").into())
    }

    fn leaf(data: &[u8]) -> Digest {
        Digest(Sha256::new_with_prefix([0]).chain_update(data).finalize().into())
    }

    fn node(left: &Digest, right: &Digest) -> Digest {
        let hasher = Sha256::new_with_prefix([1]).chain_update(left.0).chain_update(right.0);
        Digest(hasher.finalize().into())
    }
}

/// The leaves and roots of the Certificate Transparency reference tests (google/
/// certificate-transparency, cpp/merkletree/merkle_tree_test.cc, Apache-2.0).
const LEAVES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];
/// Index, tree size and path, of the same tests (which count from 1).
const PATHS: [(usize, usize, &[&str]); 5] = [
    (0, 1, &[]),
    (
        0,
        8,
        &[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        &[
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, &["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        &[
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
];

fn published_leaves(count: usize) -> Vec<Vec<u8>> {
    LEAVES[..count].iter().map(|leaf| hex::decode(leaf).unwrap()).collect()
}

#[test]
fn published_roots_agree() {
    for (count, expected) in ROOTS.iter().enumerate() {
        let found = root::<RfcSha256, _>(published_leaves(count));
        assert_eq!(found.to_string(), *expected, "{count} leaves");
    }
}

#[test]
fn published_paths_agree() {
    for (index, count, expected) in PATHS {
        let leaves = published_leaves(count);
        let proof = prove::<RfcSha256, _>(&leaves, index).unwrap();
        let path: Vec<_> = proof.path.iter().map(Digest::to_string).collect();
        assert_eq!(path, expected, "leaf {index} of {count}");
        assert!(proof.verify::<RfcSha256>(&leaves[index], &ROOTS[count].parse().unwrap()));
    }
}

/// The largest power of two smaller than `count`.
fn split(count: usize) -> usize {
    count.next_power_of_two() / 2
}

/// MTH of RFC 9162, section 2.1.1.
fn naive_root(leaves: &[Vec<u8>]) -> Digest {
    match leaves {
        [] => Blake3::empty(),
        [leaf] => Blake3::leaf(leaf),
        leaves => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            Blake3::node(&naive_root(left), &naive_root(right))
        }
    }
}

/// PATH of RFC 9162, section 2.1.3.1.
fn naive_path(index: usize, leaves: &[Vec<u8>]) -> Vec<Digest> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let at = split(leaves.len());
    let (left, right) = leaves.split_at(at);
    let (mut path, sibling) = if index < at {
        (naive_path(index, left), naive_root(right))
    } else {
        (naive_path(index - at, right), naive_root(left))
    };
    path.push(sibling);
    path
}

/// Distinct leaves, so that a proof can fit one place only.
fn distinct(leaves: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let number = |(index, leaf): (usize, Vec<u8>)| [&index.to_le_bytes(), leaf.as_slice()].concat();
    leaves.into_iter().enumerate().map(number).collect()
}

proptest! {
    #[test]
    fn trees_and_paths_are_those_of_the_rfc(
        leaves in vec(vec(any::<u8>(), 0..8), 0..70),
    ) {
        prop_assert_eq!(root::<Blake3, _>(&leaves), naive_root(&leaves));
        let mut frontier = Frontier::default();
        for count in 0..=leaves.len() {
            prop_assert_eq!(frontier.leaf_count(), count as u64);
            prop_assert_eq!(frontier.root::<Blake3>(), naive_root(&leaves[..count]));
            let bytes = borsh::to_vec(&frontier).unwrap();
            prop_assert_eq!(borsh::from_slice::<Frontier>(&bytes).unwrap(), frontier.clone());
            if let Some(leaf) = leaves.get(count) {
                frontier.push::<Blake3>(leaf);
                prop_assert_eq!(
                    prove::<Blake3, _>(&leaves, count).unwrap().path.to_vec(),
                    naive_path(count, &leaves)
                );
            }
        }
        prop_assert_eq!(prove::<Blake3, _>(&leaves, leaves.len()), None);
    }

    #[test]
    fn a_proof_fits_its_own_leaf_alone(
        leaves in vec(vec(any::<u8>(), 0..8), 1..70),
        index in any::<Index>(),
        other in any::<Index>(),
        extra in any::<[u8; 32]>(),
    ) {
        let leaves = distinct(leaves);
        let (index, other) = (index.index(leaves.len()), other.index(leaves.len()));
        let (leaf, root) = (&leaves[index], naive_root(&leaves));
        let proof = prove::<Blake3, _>(&leaves, index).unwrap();
        prop_assert!(proof.verify::<Blake3>(leaf, &root));
        prop_assert!(!proof.verify::<Blake3>(leaf, &Digest(extra)));
        prop_assert!(!proof.verify::<Blake3>(&extra, &root));

        if other != index {
            prop_assert!(!proof.verify::<Blake3>(&leaves[other], &root));
            let mut moved = proof.clone();
            moved.index = other as u64;
            prop_assert!(!moved.verify::<Blake3>(leaf, &root));
        }
        let mut outside = proof.clone();
        outside.index = outside.leaf_count;
        prop_assert_eq!(outside.root::<Blake3>(leaf), None);
        let mut empty = proof.clone();
        empty.leaf_count = 0;
        prop_assert_eq!(empty.root::<Blake3>(leaf), None);

        let mut siblings = proof.path.to_vec();
        siblings.push(Digest(extra));
        let mut longer = proof.clone();
        longer.path = Path::new(siblings.clone()).unwrap();
        prop_assert_eq!(longer.root::<Blake3>(leaf), None);
        siblings.pop();
        if siblings.pop().is_some() {
            let mut shorter = proof.clone();
            shorter.path = Path::new(siblings).unwrap();
            prop_assert_eq!(shorter.root::<Blake3>(leaf), None);
        }
    }

    #[test]
    fn a_proof_of_any_shape_is_answered(
        index in any::<u64>(),
        leaf_count in any::<u64>(),
        siblings in vec(any::<[u8; 32]>(), 0..=64),
    ) {
        let path = Path::new(siblings.into_iter().map(Digest).collect()).unwrap();
        let proof = InclusionProof { index, leaf_count, path };
        prop_assert!(!proof.verify::<Blake3>(b"leaf", &Digest::ZERO));
    }
}

/// A growing tree whose perfect subtrees are kept: each is completed once, and each path into each
/// of its earlier sizes is the one that all leaves together give.
#[test]
fn paths_are_found_from_perfect_subtrees() {
    let leaves = distinct(vec![b"leaf".to_vec(); 200]);
    let (mut frontier, mut subtrees) = (Frontier::default(), BTreeMap::new());
    for leaf in &leaves {
        frontier.push_noting::<Blake3>(leaf, |subtree, root| {
            assert_eq!(subtrees.insert(subtree, root), None, "{subtree:?}");
        });
    }
    for count in 0..=leaves.len() {
        for index in 0..=count {
            let read = |subtree: Subtree| {
                let end = (subtree.index + 1) << subtree.level;
                assert!(end <= count as u64, "{subtree:?} is not there with {count} leaves");
                subtrees.get(&subtree).copied().ok_or(subtree)
            };
            let found = prove_from::<Blake3, _>(index as u64, count as u64, read);
            assert_eq!(
                found,
                Ok(prove::<Blake3, _>(&leaves[..count], index)),
                "{index} of {count}"
            );
        }
    }
    let missing = prove_from::<Blake3, _>(0, 2, Err);
    assert_eq!(missing, Err(Subtree { level: 0, index: 1 }));
}

proptest! {
    #[test]
    fn a_path_into_a_tree_of_any_size_takes_few_reads(
        leaf_count in 1..=u64::MAX,
        index in any::<u64>(),
    ) {
        let index = index % leaf_count;
        let mut reads = 0;
        let read = |_| -> Result<Digest, ()> {
            reads += 1;
            Ok(Digest::ZERO)
        };
        let proof = prove_from::<Blake3, _>(index, leaf_count, read).unwrap().unwrap();
        prop_assert!(proof.root::<Blake3>(b"leaf").is_some());
        prop_assert!(reads <= 128);
    }
}

#[test]
fn steps_say_all_that_a_root_binds() {
    for count in 1..70 {
        let leaves = distinct(vec![Vec::new(); count]);
        let tree = naive_root(&leaves);
        for index in 0..count {
            let steps = prove::<Blake3, _>(&leaves, index).unwrap().steps().unwrap();
            let proof = InclusionProof::from_steps(&steps).unwrap();
            assert_eq!(proof.steps().as_ref(), Some(&steps), "{index} of {count}");
            assert!(proof.verify::<Blake3>(&leaves[index], &tree), "{index} of {count}");
            for place in 0..steps.len() {
                let mut turned = steps.clone();
                turned[place] = match turned[place] {
                    Step::Left(sibling) => Step::Right(sibling),
                    Step::Right(sibling) => Step::Left(sibling),
                };
                let turned = InclusionProof::from_steps(&turned).unwrap();
                assert!(!turned.verify::<Blake3>(&leaves[index], &tree), "{index} of {count}");
            }
        }
    }
    assert!(InclusionProof::from_steps(&[Step::Left(Digest::ZERO); 63]).is_some());
    assert_eq!(InclusionProof::from_steps(&[Step::Left(Digest::ZERO); 64]), None);
}

#[test]
fn an_inner_node_is_no_leaf() {
    let leaves = distinct(vec![Vec::new(); 4]);
    let left = [Blake3::leaf(&leaves[0]).0, Blake3::leaf(&leaves[1]).0].concat();
    let tree = naive_root(&leaves);
    let proof = prove::<Blake3, _>(&leaves, 0).unwrap();
    let shortcut = InclusionProof {
        index: 0,
        leaf_count: 2,
        path: Path::new(proof.path[1..].to_vec()).unwrap(),
    };
    assert!(!shortcut.verify::<Blake3>(&left, &tree));
}

#[test]
fn a_frontier_has_one_subtree_for_each_set_bit() {
    let encode = |leaf_count: u64, subtrees: u32| {
        let mut bytes = leaf_count.to_le_bytes().to_vec();
        bytes.extend_from_slice(&subtrees.to_le_bytes());
        bytes.extend(std::iter::repeat_n(7, subtrees as usize * 32));
        borsh::from_slice::<Frontier>(&bytes)
    };
    assert!(encode(0b101, 2).is_ok());
    for (leaf_count, subtrees) in [(0b101, 1), (0b101, 3), (0, 1), (1, 0)] {
        assert!(encode(leaf_count, subtrees).is_err(), "{leaf_count} leaves, {subtrees} subtrees");
    }
}
