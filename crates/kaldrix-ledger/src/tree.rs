//! The state tree: one root over all accounts, updated a block at a time.
//!
//! [`StateTree`] is the seam: the rules of the ledger know nothing else about the tree, so that
//! another can take its place. Only the newest version is kept: every update names the nodes that
//! it made unreachable.

mod jellyfish;
mod path;

use kaldrix_types::{Digest, Height, StateProof};

use crate::error::StateError;
use crate::state::StateReader;

pub use jellyfish::JellyfishTree;

/// Length of a node's key: a height and at most 64 nibbles.
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

/// A map from digests to values, bound by one root. Keys are never removed: no account ends.
pub trait StateTree {
    /// Writes `changes` (later ones win) over the tree at the height before `height`, as the tree
    /// at `height`; at height 0, over an empty tree, which needs at least one change.
    fn update<S: StateReader + ?Sized>(
        state: &S,
        height: Height,
        changes: Vec<(Digest, Vec<u8>)>,
    ) -> Result<TreeUpdate, StateError>;

    /// Proves what the tree at `height`, the tip's, says of `key`: its value, or that it has none.
    fn prove<S: StateReader + ?Sized>(
        state: &S,
        height: Height,
        key: &Digest,
    ) -> Result<StateProof, StateError>;
}
