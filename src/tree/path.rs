//! The way from a document's root to a node, found from the node when a finding needs it.

use std::collections::HashMap;

use super::{Node, Value};

/// One step down.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Into the entry with this wire name.
    Key(Box<str>),
    /// Into the item at this index.
    Index(usize),
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
pub struct PathIndex {
    parents: HashMap<usize, (usize, Step)>,
}

impl PathIndex {
    /// Notes the parent of every node under `root`.
    #[must_use]
    pub fn new(root: &Node) -> Self {
        let mut index = Self::default();
        let mut pending = vec![root];
        while let Some(node) = pending.pop() {
            for (step, child) in children(node) {
                index.parents.insert(address(child), (address(node), step));
                pending.push(child);
            }
        }
        index
    }

    /// The steps to `node`; empty for the root, and for a node of another tree.
    #[must_use]
    pub fn path(&self, node: &Node) -> Path {
        let mut steps = Vec::new();
        let mut current = address(node);
        while let Some((parent, step)) = self.parents.get(&current) {
            steps.push(step.clone());
            current = *parent;
        }
        steps.reverse();
        steps
    }
}

fn address(node: &Node) -> usize {
    std::ptr::from_ref(node).addr()
}

fn children(node: &Node) -> Vec<(Step, &Node)> {
    match &node.value {
        Value::List(list) => list.items.iter().enumerate().map(|(i, item)| (Step::Index(i), item)).collect(),
        Value::Map(map) => map.entries.iter().map(|e| (Step::Key(e.key.wire.clone()), &e.value)).collect(),
        _ => Vec::new(),
    }
}
