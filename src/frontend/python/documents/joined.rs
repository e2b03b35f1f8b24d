//! What several trees have in common: the templates that a task may have, or what two generations of the client make.

use std::sync::Arc;

use crate::document::Document;
use crate::tree::{Dynamic, Entry, Field, List, Location, Map, Node, Value};

/// Why the generations of the client make something else.
const BY_CLIENT: &str = "the version of the Kubernetes client decides";

/// Joins trees.
pub struct Join<'r> {
    reason: &'r str,
    by_client: bool,
    /// Lists that may be longer, and why.
    pub opened: Vec<(Location, String)>,
}

impl<'r> Join<'r> {
    /// What decides between the trees.
    pub const fn new(reason: &'r str) -> Self {
        Self { reason, by_client: false, opened: Vec::new() }
    }

    /// What both trees say; where they differ is dynamic.
    pub fn nodes(&mut self, one: &Node, other: &Node) -> Node {
        if one.value == other.value {
            return one.clone();
        }
        let value = match (&one.value, &other.value) {
            (Value::Map(one), Value::Map(other)) => Value::Map(self.maps(one, other)),
            (Value::List(items), Value::List(others)) => Value::List(self.lists(items, others, one.location)),
            (Value::Dynamic(_), _) => one.value.clone(),
            (_, Value::Dynamic(_)) => other.value.clone(),
            _ => return self.perhaps(one),
        };
        Node { value, location: one.location, used_at: one.used_at.clone(), setter: one.setter }
    }

    /// What is one of several, or there on one side only.
    fn perhaps(&self, node: &Node) -> Node {
        let dynamic = Dynamic { by_client: self.by_client, ..Dynamic::because(self.reason) };
        Node {
            value: Value::Dynamic(Box::new(dynamic)),
            location: node.location,
            used_at: node.used_at.clone(),
            setter: node.setter,
        }
    }

    fn maps(&mut self, one: &Map, other: &Map) -> Map {
        let mut entries = Vec::new();
        for entry in &one.entries {
            let value = match other.entry(&entry.key.wire) {
                Some(known) => self.nodes(&entry.value, &known.value),
                None if entry.value.value == Value::Null => entry.value.clone(),
                None => self.perhaps(&entry.value),
            };
            entries.push(Entry { key: entry.key.clone(), value });
        }
        let further = other.entries.iter().filter(|entry| one.entry(&entry.key.wire).is_none());
        for entry in further.filter(|entry| entry.value.value != Value::Null) {
            entries.push(Entry { key: entry.key.clone(), value: self.perhaps(&entry.value) });
        }
        Map { entries, open: one.open || other.open, ..one.clone() }
    }

    fn lists(&mut self, one: &List, other: &List, at: Location) -> List {
        let items = one.items.iter().zip(&other.items).map(|(one, other)| self.nodes(one, other)).collect();
        let is_longer = one.items.len() != other.items.len();
        if is_longer {
            self.opened.push((at, self.reason.to_owned()));
        }
        List { items, open: one.open || other.open || is_longer, form: one.form }
    }
}

/// What both generations of the Kubernetes client make of one module.
#[must_use]
pub fn join_documents(documents: Vec<Document>, others: &[Document]) -> Vec<Document> {
    let mut left: Vec<&Document> = others.iter().collect();
    let mut joined: Vec<Document> = Vec::new();
    for mut document in documents {
        let same = |other: &&Document| {
            (other.head, other.flavour, &other.name) == (document.head, document.flavour, &document.name)
        };
        if let Some(index) = left.iter().position(same) {
            let other = left.remove(index);
            let mut join = Join { by_client: true, ..Join::new(BY_CLIENT) };
            document.root = join.nodes(&document.root, &other.root);
            document.opened = with(&document, &other.opened, join.opened);
            if document.primary.name != other.primary.name {
                document.primary.name = Field::Dynamic;
            }
        }
        joined.push(document);
    }
    joined.extend(left.into_iter().cloned());
    joined.sort_by_key(|document| document.head);
    joined
}

/// All places that are open, with one reason each.
fn with(
    document: &Document,
    other: &[(Location, String)],
    further: Vec<(Location, String)>,
) -> Arc<[(Location, String)]> {
    let mut opened = document.opened.to_vec();
    opened.extend(other.iter().cloned());
    opened.extend(further);
    opened.sort();
    opened.dedup_by(|one, other| one.0 == other.0);
    opened.into()
}
