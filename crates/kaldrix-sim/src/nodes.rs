//! Nodes by number: the validators in the order of the committee, then the followers.

use std::fmt;

pub type Node = usize;

/// A set of nodes.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Nodes(u32);

impl Nodes {
    pub fn contains(self, node: Node) -> bool {
        self.0 >> node & 1 == 1
    }

    pub fn insert(&mut self, node: Node) {
        self.0 |= 1 << node;
    }

    pub fn iter(self) -> impl Iterator<Item = Node> {
        (0..32).filter(move |node| self.contains(*node))
    }

    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl FromIterator<Node> for Nodes {
    fn from_iter<I: IntoIterator<Item = Node>>(nodes: I) -> Self {
        let mut set = Self::default();
        nodes.into_iter().for_each(|node| set.insert(node));
        set
    }
}

impl fmt::Display for Nodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self.iter().map(|node| node.to_string()).collect();
        write!(f, "{{{}}}", names.join(" "))
    }
}

impl fmt::Debug for Nodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
