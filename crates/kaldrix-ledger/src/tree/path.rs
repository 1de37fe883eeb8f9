//! The way from the root of the stored tree to a key, as a proof.
//!
//! Walked here and not by the `jmt` crate, which panics when the store fails on the way.

use borsh::BorshDeserialize;
use jmt::Version;
use jmt::storage::{LeafNode, Node};
use kaldrix_types::encoding::Bounded;
use kaldrix_types::state_proof::{EMPTY, StateLeaf, key_bits, node_digest};
use kaldrix_types::{Digest, Height, StateProof};

use crate::error::StateError;
use crate::state::StateReader;
use crate::tree::jellyfish::{damaged, node_key, read_node};

/// One of a node's children.
#[derive(Clone, Copy)]
struct Child {
    nibble: u8,
    version: Version,
    digest: Digest,
    is_leaf: bool,
}

/// A range of a node's 16 places: a subtree of the binary tree.
type Places = [Option<Child>];

/// See [`StateTree::prove`](crate::tree::StateTree::prove).
pub(super) fn prove<S: StateReader + ?Sized>(
    state: &S,
    height: Height,
    key: &Digest,
) -> Result<StateProof, StateError> {
    let mut siblings = Vec::new();
    let mut bits = key_bits(key);
    let (mut version, mut path) = (height, Vec::new());
    let leaf = loop {
        let node = read_node(state, &node_key(version, path.iter().copied()))?;
        let places = match node.ok_or_else(|| damaged("a node is missing"))? {
            Node::Null => break None,
            Node::Leaf(leaf) => break Some(state_leaf(&leaf)?),
            Node::Internal(node) => {
                let mut places = [None; 16];
                for (nibble, child) in node.children_sorted() {
                    let (digest, is_leaf) = (Digest(child.hash), child.is_leaf());
                    let place = places.get_mut(nibble.as_usize());
                    let place = place.ok_or_else(|| damaged("a node has a 17th child"))?;
                    let (nibble, version) = (nibble.into(), child.version);
                    *place = Some(Child { nibble, version, digest, is_leaf });
                }
                places
            }
        };
        let Some(child) = descend(&places, &mut bits, &mut siblings)? else { break None };
        version = child.version;
        path.push(child.nibble);
    };
    siblings.reverse();
    let siblings = Bounded::new(siblings).map_err(damaged)?;
    Ok(StateProof { leaf, siblings })
}

/// The child of a node that is on the way, having noted the siblings passed.
fn descend(
    places: &Places,
    bits: &mut impl Iterator<Item = bool>,
    siblings: &mut Vec<Digest>,
) -> Result<Option<Child>, StateError> {
    let mut range = places;
    loop {
        match content(range) {
            Content::Nothing => return Ok(None),
            Content::One(child) => return Ok(Some(child)),
            Content::Halves(left, right) => {
                let goes_right = bits.next().ok_or_else(|| damaged("a path is over 256 long"))?;
                let (on, off) = if goes_right { (right, left) } else { (left, right) };
                siblings.push(subtree_digest(off));
                range = on;
            }
        }
    }
}

enum Content<'a> {
    Nothing,
    /// A leaf that is alone in its range, or any child at its own place.
    One(Child),
    Halves(&'a Places, &'a Places),
}

fn content(range: &Places) -> Content<'_> {
    let mut present = range.iter().flatten();
    match (present.next(), present.next()) {
        (None, _) => Content::Nothing,
        (Some(child), None) if child.is_leaf || range.len() == 1 => Content::One(*child),
        _ => {
            let (left, right) = range.split_at_checked(range.len() / 2).unwrap_or((range, &[]));
            Content::Halves(left, right)
        }
    }
}

fn subtree_digest(range: &Places) -> Digest {
    match content(range) {
        Content::Nothing => EMPTY,
        Content::One(child) => child.digest,
        Content::Halves(left, right) => node_digest(&subtree_digest(left), &subtree_digest(right)),
    }
}

/// The library keeps a leaf's value digest to itself, but gives the leaf in borsh.
fn state_leaf(leaf: &LeafNode) -> Result<StateLeaf, StateError> {
    let bytes = borsh::to_vec(leaf).map_err(damaged)?;
    StateLeaf::try_from_slice(&bytes).map_err(damaged)
}
