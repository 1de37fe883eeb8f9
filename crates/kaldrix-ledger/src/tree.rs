//! The state tree: one root over all accounts, updated a block at a time.
//!
//! [`StateTree`] is the seam: the rules of the ledger know nothing else about the tree.
//! [`JellyfishTree`] is its implementation, a sparse Merkle tree in nodes of 16 children (Diem's
//! Jellyfish Merkle tree) over BLAKE3. Only the newest version is kept: every update names the
//! nodes that it made unreachable.

use borsh::BorshDeserialize;
use jmt::storage::{LeafNode, Node, NodeKey, TreeReader};
use jmt::{JellyfishMerkleTree, KeyHash, OwnedValue, SimpleHasher, Version};
use kaldrix_types::{Digest, Height};

use crate::error::StateError;
use crate::state::StateReader;

/// Length of a node's key: 8 bytes of version and one of each of 64 nibbles.
pub const TREE_KEY_BYTES_MAX: usize = 8 + 64;

/// What an update changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeUpdate {
    pub root: Digest,
    /// In rising order of key.
    pub nodes: Vec<(Vec<u8>, Vec<u8>)>,
    /// In rising order of key.
    pub nodes_stale: Vec<Vec<u8>>,
}

/// A map from digests to values, bound by one root.
pub trait StateTree {
    /// Writes `changes` (later ones win) over the tree at the height before `height`, as the tree
    /// at `height`; at height 0, over an empty tree, which needs at least one change.
    fn update<S: StateReader + ?Sized>(
        state: &S,
        height: Height,
        changes: Vec<(Digest, Vec<u8>)>,
    ) -> Result<TreeUpdate, StateError>;
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
        let nodes = Nodes(state);
        let (roots, batch) = JellyfishMerkleTree::<_, TreeHash>::new(&nodes)
            .batch_put_value_sets(vec![changes], None, height)
            .map_err(damaged)?;
        let root = roots.first().ok_or_else(|| damaged("the update gave no root"))?;
        let mut puts = Vec::with_capacity(batch.node_batch.nodes().len());
        for (key, node) in batch.node_batch.nodes() {
            puts.push((encode_key(key), borsh::to_vec(node).map_err(damaged)?));
        }
        puts.sort_unstable();
        let mut stale: Vec<_> =
            batch.stale_node_index_batch.iter().map(|index| encode_key(&index.node_key)).collect();
        stale.sort_unstable();
        Ok(TreeUpdate { root: Digest(root.0), nodes: puts, nodes_stale: stale })
    }
}

/// A block that changes no account: the root node moves to the new height as it is.
fn carry_root<S: StateReader + ?Sized>(
    state: &S,
    height: Height,
) -> Result<TreeUpdate, StateError> {
    let parent = height.checked_sub(1).ok_or_else(|| damaged("an empty tree has no root"))?;
    let nodes = Nodes(state);
    let root =
        JellyfishMerkleTree::<_, TreeHash>::new(&nodes).get_root_hash(parent).map_err(damaged)?;
    let parent_key = parent.to_be_bytes().to_vec();
    let node = state.tree_node(&parent_key)?.ok_or_else(|| damaged("the root node is missing"))?;
    Ok(TreeUpdate {
        root: Digest(root.0),
        nodes: vec![(height.to_be_bytes().to_vec(), node)],
        nodes_stale: vec![parent_key],
    })
}

/// Big-endian version, so that a block's nodes are neighbours in the store, then the path.
fn encode_key(key: &NodeKey) -> Vec<u8> {
    let mut bytes = key.version().to_be_bytes().to_vec();
    bytes.extend(key.nibble_path().nibbles().map(u8::from));
    bytes
}

/// The tree's view of the state.
struct Nodes<'a, S: ?Sized>(&'a S);

impl<S: StateReader + ?Sized> TreeReader for Nodes<'_, S> {
    fn get_node_option(&self, key: &NodeKey) -> anyhow::Result<Option<Node>> {
        let Some(bytes) = self.0.tree_node(&encode_key(key))? else { return Ok(None) };
        Ok(Some(Node::try_from_slice(&bytes)?))
    }

    /// The tree binds digests of values; whoever asks for a value has it from the state.
    fn get_value_option(&self, _: Version, _: KeyHash) -> anyhow::Result<Option<OwnedValue>> {
        Ok(Some(OwnedValue::new()))
    }

    fn get_rightmost_leaf(&self) -> anyhow::Result<Option<(NodeKey, LeafNode)>> {
        anyhow::bail!("trees are never restored leaf by leaf")
    }
}

/// Keeps the store's own error, and calls all else what it is: nodes that do not fit together.
fn damaged(error: impl Into<TreeError>) -> StateError {
    match error.into() {
        TreeError::State(error) => error,
        TreeError::Other(reason) => StateError::Damaged { what: "state tree", reason },
    }
}

enum TreeError {
    State(StateError),
    Other(String),
}

impl From<anyhow::Error> for TreeError {
    fn from(error: anyhow::Error) -> Self {
        match error.downcast::<StateError>() {
            Ok(error) => Self::State(error),
            Err(error) => Self::Other(format!("{error:#}")),
        }
    }
}

impl From<std::io::Error> for TreeError {
    fn from(error: std::io::Error) -> Self {
        Self::Other(error.to_string())
    }
}

impl From<&str> for TreeError {
    fn from(reason: &str) -> Self {
        Self::Other(reason.to_owned())
    }
}
