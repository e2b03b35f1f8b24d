//! The way from a document's root to a node, found from the node when a finding needs it.

use super::Node;

/// One step down.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Into the entry with this wire name.
    Key(Box<str>),
    /// Into the item at this index.
    Index(usize),
}

impl Step {
    /// The wire name, of a step into an entry.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::Key(key) => Some(key),
            Self::Index(_) => None,
        }
    }
}

impl From<&str> for Step {
    fn from(key: &str) -> Self {
        Self::Key(key.into())
    }
}

impl From<usize> for Step {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// Steps from the root of a document.
pub type Path = Vec<Step>;

/// Where each node of one tree hangs.
///
/// Nodes are told apart by address: a tree owns each of its nodes once and does not change while it is checked.
/// So rules pass plain references about, and nobody keeps paths for the many nodes that have no finding.
#[derive(Debug, Default)]
pub struct PathIndex<'t> {
    /// The address of a node, its parent, and which of that parent's children it is; by address.
    places: Vec<(usize, &'t Node, usize)>,
}

impl<'t> PathIndex<'t> {
    /// Notes the parent of every node under `root`.
    #[must_use]
    pub fn new(root: &'t Node) -> Self {
        let mut places = Vec::new();
        let mut pending = vec![root];
        while let Some(node) = pending.pop() {
            for (number, child) in node.children().enumerate() {
                places.push((address(child), node, number));
                pending.push(child);
            }
        }
        places.sort_unstable_by_key(|(address, ..)| *address);
        Self { places }
    }

    /// The steps to `node`; empty for the root, and for a node of another tree.
    #[must_use]
    pub fn path(&self, node: &Node) -> Path {
        let mut steps = Vec::new();
        let mut current = address(node);
        while let Ok(found) = self.places.binary_search_by_key(&current, |(address, ..)| *address)
            && let Some((_, parent, number)) = self.places.get(found)
        {
            steps.push(step(parent, *number));
            current = address(parent);
        }
        steps.reverse();
        steps
    }
}

fn address(node: &Node) -> usize {
    std::ptr::from_ref(node).addr()
}

/// The step to a child by its number.
fn step(parent: &Node, number: usize) -> Step {
    match parent.as_map().and_then(|map| map.entries.get(number)) {
        Some(entry) => Step::Key(entry.key.wire.clone()),
        None => Step::Index(number),
    }
}
