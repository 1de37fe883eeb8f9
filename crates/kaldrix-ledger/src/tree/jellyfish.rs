//! Diem's Jellyfish Merkle tree, of the `jmt` crate, over BLAKE3: a sparse Merkle tree stored in
//! nodes of up to 16 children. A node's key is the height that wrote it, then its path.
//!
//! The library is given nodes that it wrote itself and no others: it panics on some that fit no
//! tree. That is the promise of [`StateReader`], whose stores check what they read.

use std::fmt::Display;

use borsh::BorshDeserialize;
use jmt::storage::{LeafNode, Node, NodeKey, TreeReader};
use jmt::{JellyfishMerkleTree, KeyHash, OwnedValue, SimpleHasher, Version};
use kaldrix_types::{Digest, Height, StateProof};

use crate::error::StateError;
use crate::state::StateReader;
use crate::tree::{StateTree, TreeUpdate, path};

/// See the module.
#[derive(Debug, Clone, Copy)]
pub struct JellyfishTree;

impl StateTree for JellyfishTree {
    fn update<S: StateReader + ?Sized>(
        state: &S,
        height: Height,
        changes: Vec<(Digest, Vec<u8>)>,
    ) -> Result<TreeUpdate, StateError> {
        if changes.is_empty() {
            return carry_root(state, height);
        }
        let changes = changes.into_iter().map(|(key, value)| (KeyHash(key.0), value)).collect();
        let (roots, batch) = JellyfishMerkleTree::<_, TreeHash>::new(&Nodes(state))
            .batch_put_value_sets(vec![changes], None, height)
            .map_err(store_error)?;
        let root = roots.first().ok_or_else(|| damaged("the update gave no root"))?;
        let mut nodes = Vec::with_capacity(batch.node_batch.nodes().len());
        for (key, node) in batch.node_batch.nodes() {
            nodes.push((encode_key(key), borsh::to_vec(node).map_err(damaged)?));
        }
        nodes.sort_unstable();
        let stale = batch.stale_node_index_batch.iter();
        let mut nodes_stale: Vec<_> = stale.map(|index| encode_key(&index.node_key)).collect();
        nodes_stale.sort_unstable();
        Ok(TreeUpdate { root: Digest(root.0), nodes, nodes_stale })
    }

    fn prove<S: StateReader + ?Sized>(
        state: &S,
        height: Height,
        key: &Digest,
    ) -> Result<StateProof, StateError> {
        path::prove(state, height, key)
    }
}

/// A block that changes no account: the root node moves to the new height as it is.
fn carry_root<S: StateReader + ?Sized>(
    state: &S,
    height: Height,
) -> Result<TreeUpdate, StateError> {
    let parent = height.checked_sub(1).ok_or_else(|| damaged("an empty tree has no root"))?;
    let root = JellyfishMerkleTree::<_, TreeHash>::new(&Nodes(state))
        .get_root_hash(parent)
        .map_err(store_error)?;
    let parent_key = node_key(parent, []);
    let node = state.tree_node(&parent_key)?.ok_or_else(|| damaged("the root node is missing"))?;
    Ok(TreeUpdate {
        root: Digest(root.0),
        nodes: vec![(node_key(height, []), node)],
        nodes_stale: vec![parent_key],
    })
}

/// BLAKE3 as the tree's hash.
struct TreeHash(blake3::Hasher);

impl SimpleHasher for TreeHash {
    fn new() -> Self {
        Self(blake3::Hasher::new())
    }

    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }

    fn finalize(self) -> [u8; 32] {
        *self.0.finalize().as_bytes()
    }
}

/// The tree's view of the state.
struct Nodes<'a, S: ?Sized>(&'a S);

impl<S: StateReader + ?Sized> TreeReader for Nodes<'_, S> {
    fn get_node_option(&self, key: &NodeKey) -> anyhow::Result<Option<Node>> {
        Ok(read_node(self.0, &encode_key(key))?)
    }

    /// The tree binds digests of values; whoever asks for a value has it from the state.
    fn get_value_option(&self, _: Version, _: KeyHash) -> anyhow::Result<Option<OwnedValue>> {
        anyhow::bail!("the tree keeps no values")
    }

    fn get_rightmost_leaf(&self) -> anyhow::Result<Option<(NodeKey, LeafNode)>> {
        anyhow::bail!("trees are never restored leaf by leaf")
    }
}

/// Big-endian height, so that a block's nodes are neighbours in the store, then a byte a nibble.
pub(super) fn node_key(version: Version, path: impl IntoIterator<Item = u8>) -> Vec<u8> {
    version.to_be_bytes().into_iter().chain(path).collect()
}

fn encode_key(key: &NodeKey) -> Vec<u8> {
    node_key(key.version(), key.nibble_path().nibbles().map(u8::from))
}

pub(super) fn read_node<S: StateReader + ?Sized>(
    state: &S,
    key: &[u8],
) -> Result<Option<Node>, StateError> {
    state.tree_node(key)?.map(|bytes| Node::try_from_slice(&bytes).map_err(damaged)).transpose()
}

pub(super) fn damaged(reason: impl Display) -> StateError {
    StateError::Damaged { what: "state tree", reason: reason.to_string() }
}

/// Keeps the store's own error; all else that the library says is of nodes that do not fit.
fn store_error(error: anyhow::Error) -> StateError {
    error.downcast::<StateError>().unwrap_or_else(damaged)
}
