//! What several trees have in common: the templates that a task may have, or what two generations of the client make.

use crate::document::Document;
use crate::tree::{Entry, Field, List, Map, Node, Value};

/// What both trees say; where they differ is dynamic for `reason`.
#[must_use]
pub fn join_nodes(one: &Node, other: &Node, reason: &str) -> Node {
    if one.value == other.value {
        return one.clone();
    }
    let value = match (&one.value, &other.value) {
        (Value::Map(one), Value::Map(other)) => Value::Map(join_maps(one, other, reason)),
        (Value::List(one), Value::List(other)) => Value::List(join_lists(one, other, reason)),
        (Value::Dynamic(_), _) => one.value.clone(),
        (_, Value::Dynamic(_)) => other.value.clone(),
        _ => return Node { used_at: one.used_at.clone(), ..Node::dynamic(reason, one.location) },
    };
    Node { used_at: one.used_at.clone(), ..Node::new(value, one.location) }
}

fn join_maps(one: &Map, other: &Map, reason: &str) -> Map {
    let find = |map: &'_ Map, wire: &str| map.entries.iter().position(|entry| &*entry.key.wire == wire);
    let perhaps = |entry: &Entry| Entry {
        key: entry.key.clone(),
        value: Node { used_at: entry.value.used_at.clone(), ..Node::dynamic(reason, entry.value.location) },
    };
    let mut entries: Vec<Entry> = one
        .entries
        .iter()
        .map(|entry| match find(other, &entry.key.wire).and_then(|index| other.entries.get(index)) {
            Some(known) => Entry { key: entry.key.clone(), value: join_nodes(&entry.value, &known.value, reason) },
            None if entry.value.value == Value::Null => entry.clone(),
            None => perhaps(entry),
        })
        .collect();
    let further = other.entries.iter().filter(|entry| find(one, &entry.key.wire).is_none());
    entries.extend(further.filter(|entry| entry.value.value != Value::Null).map(perhaps));
    Map { entries, open: one.open || other.open, ..one.clone() }
}

fn join_lists(one: &List, other: &List, reason: &str) -> List {
    let items = one.items.iter().zip(&other.items).map(|(one, other)| join_nodes(one, other, reason)).collect();
    let open = one.open || other.open || one.items.len() != other.items.len();
    List { items, open, form: one.form }
}

/// What both generations of the Kubernetes client make of one module.
#[must_use]
pub fn join_documents(documents: Vec<Document>, others: &[Document], reason: &str) -> Vec<Document> {
    let mut left: Vec<&Document> = others.iter().collect();
    let mut joined: Vec<Document> = Vec::new();
    for mut document in documents {
        let same = |other: &&Document| {
            other.head == document.head && other.flavour == document.flavour && other.name == document.name
        };
        if let Some(index) = left.iter().position(same) {
            let other = left.remove(index);
            document.root = join_nodes(&document.root, &other.root, reason);
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
