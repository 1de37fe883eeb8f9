//! The state tree by itself: one root for one content, and no node kept that it does not reach.

use std::collections::{BTreeMap, BTreeSet};

use kaldrix_ledger::tree::{JellyfishTree, StateTree, TREE_KEY_BYTES_MAX, TreeUpdate};
use kaldrix_ledger::{StateError, StateReader, Tip};
use kaldrix_types::{Account, Address, Digest, PublicKey};
use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, any, proptest};

/// A store of tree nodes alone.
#[derive(Debug, Default)]
struct Nodes(BTreeMap<Vec<u8>, Vec<u8>>);

impl Nodes {
    fn apply(&mut self, update: &TreeUpdate) {
        for key in &update.nodes_stale {
            assert!(self.0.remove(key).is_some(), "only what is stored goes stale");
        }
        for (key, node) in &update.nodes {
            assert!(key.len() <= TREE_KEY_BYTES_MAX);
            assert!(self.0.insert(key.clone(), node.clone()).is_none(), "keys are written once");
        }
    }

    /// Where nodes stand in the tree, whatever version they are of.
    fn paths(&self) -> BTreeSet<&[u8]> {
        let paths: BTreeSet<_> = self.0.keys().map(|key| &key[8..]).collect();
        assert_eq!(paths.len(), self.0.len(), "one version of each node is kept");
        paths
    }
}

impl StateReader for Nodes {
    fn account(&self, _: &Address) -> Result<Option<Account>, StateError> {
        Ok(None)
    }

    fn public_key(&self, _: &Address) -> Result<Option<PublicKey>, StateError> {
        Ok(None)
    }

    fn tree_node(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        Ok(self.0.get(key).cloned())
    }

    fn tip(&self) -> Result<Tip, StateError> {
        Err(StateError::Empty)
    }
}

type Content = BTreeMap<Digest, Vec<u8>>;

fn rebuilt(content: &Content) -> (Digest, Nodes) {
    let changes = content.iter().map(|(key, value)| (*key, value.clone())).collect();
    let update = JellyfishTree::update(&Nodes::default(), 0, changes).unwrap();
    let mut nodes = Nodes::default();
    nodes.apply(&update);
    (update.root, nodes)
}

/// The root as the specification defines it, for leaves under one path of `depth` bits.
fn root_by_the_book(leaves: &[(&Digest, &Vec<u8>)], depth: usize) -> Digest {
    let hash = |parts: &[&[u8]]| Digest(*blake3::hash(&parts.concat()).as_bytes());
    match leaves {
        [] => Digest(*b"SPARSE_MERKLE_PLACEHOLDER_HASH__"),
        [(key, value)] => {
            hash(&[b"JMT::LeafNode", key.as_bytes(), hash(&[value.as_slice()]).as_bytes()])
        }
        _ => {
            let right = |key: &Digest| key.0[depth / 8] >> (7 - depth % 8) & 1 == 1;
            let (on, off): (Vec<_>, Vec<_>) = leaves.iter().partition(|(key, _)| right(key));
            let digest = |half: &[_]| root_by_the_book(half, depth + 1);
            hash(&[b"JMT::IntrnalNode", digest(&off).as_bytes(), digest(&on).as_bytes()])
        }
    }
}

/// A key that shares its first bytes with many others.
fn crowded_key((head, tail): (u8, u8)) -> Digest {
    let mut key = [0; 32];
    (key[0], key[1], key[31]) = (head % 4, head / 16, tail);
    Digest(key)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn the_root_says_the_content_and_nothing_unreachable_stays(
        batches in vec(vec(((any::<u8>(), any::<u8>()), any::<u8>()), 0..12), 1..12),
        first in any::<u8>(),
    ) {
        let mut nodes = Nodes::default();
        let mut content = Content::from([(Digest([255; 32]), vec![first])]);
        let update = JellyfishTree::update(&nodes, 0, content.clone().into_iter().collect());
        nodes.apply(&update.unwrap());
        let mut height = 0;
        for batch in batches {
            height += 1;
            let changes: Vec<_> =
                batch.into_iter().map(|(key, value)| (crowded_key(key), vec![value])).collect();
            content.extend(changes.iter().cloned());
            let update = JellyfishTree::update(&nodes, height, changes).unwrap();
            nodes.apply(&update);

            let (root, whole) = rebuilt(&content);
            assert_eq!(update.root, root);
            assert_eq!(nodes.paths(), whole.paths());
        }
        let (root, _) = rebuilt(&content);
        assert_eq!(root, root_by_the_book(&content.iter().collect::<Vec<_>>(), 0));
        assert_proofs(&nodes, height, &root, &content);
    }
}

/// Every key's proof, and those of keys without a value, say the truth and nothing else.
fn assert_proofs(nodes: &Nodes, height: u64, root: &Digest, content: &Content) {
    let absent = (0..4).map(|i| crowded_key((i, i * 64 + 3)));
    let keys: BTreeSet<_> = content.keys().copied().chain(absent).collect();
    for key in keys {
        let value = content.get(&key).map(Vec::as_slice);
        let proof = JellyfishTree::prove(nodes, height, &key).unwrap();
        assert!(proof.verify(root, &key, value));
        let other = if value.is_some() { None } else { Some(&b"x"[..]) };
        assert!(!proof.verify(root, &key, other));
    }
}

#[test]
fn an_unchanged_tree_moves_on_with_its_root_node_alone() {
    let (root, mut nodes) = rebuilt(&(0..100).map(|i| (Digest([i; 32]), vec![i])).collect());
    let count = nodes.0.len();
    for height in 1..4 {
        let update = JellyfishTree::update(&nodes, height, Vec::new()).unwrap();
        assert_eq!((update.root, update.nodes.len(), update.nodes_stale.len()), (root, 1, 1));
        nodes.apply(&update);
    }
    assert_eq!(nodes.0.len(), count);
    let changes = vec![(Digest([5; 32]), vec![0])];
    let changed = JellyfishTree::update(&nodes, 4, changes).unwrap();
    assert_ne!(changed.root, root);
}

#[test]
fn an_empty_tree_has_no_root() {
    let refused = JellyfishTree::update(&Nodes::default(), 0, Vec::new());
    assert!(matches!(refused, Err(StateError::Damaged { .. })));
}

/// The store checks what it reads; what slips through still ends as an error, not a panic.
#[test]
fn missing_and_mangled_nodes_are_errors() {
    let content: Content = (0..50).map(|i| (Digest([i; 32]), vec![i])).collect();
    let (_, whole) = rebuilt(&content);
    let change = || vec![(Digest([7; 32]), vec![1])];
    for key in whole.0.keys() {
        let touched = JellyfishTree::update(&whole, 1, change()).unwrap().nodes_stale;
        for mangled in [None, Some(Vec::new()), Some(vec![9; 40])] {
            let mut nodes = Nodes(whole.0.clone());
            nodes.0.remove(key);
            nodes.0.extend(mangled.map(|node| (key.clone(), node)));
            let update = JellyfishTree::update(&nodes, 1, change());
            let damaged = matches!(update, Err(StateError::Damaged { what: "state tree", .. }));
            assert_eq!(damaged, touched.contains(key));
        }
    }
}

#[test]
fn the_stores_own_error_comes_through() {
    struct Broken;
    impl StateReader for Broken {
        fn account(&self, _: &Address) -> Result<Option<Account>, StateError> {
            Ok(None)
        }
        fn public_key(&self, _: &Address) -> Result<Option<PublicKey>, StateError> {
            Ok(None)
        }
        fn tree_node(&self, _: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
            Err(StateError::Unavailable { what: "tree node", reason: "disk".to_owned() })
        }
        fn tip(&self) -> Result<Tip, StateError> {
            Err(StateError::Empty)
        }
    }
    for changes in [Vec::new(), vec![(Digest::ZERO, vec![1])]] {
        let update = JellyfishTree::update(&Broken, 1, changes);
        assert!(matches!(update, Err(StateError::Unavailable { what: "tree node", .. })));
    }
}
