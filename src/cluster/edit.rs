//! Changes of a pod's tree, as admission makes them.

use crate::flyte::{Effective, Origin};
use crate::tree::{Entry, Field, Form, Key, List, Location, Map, Node, Number, Path, Step, Value};

/// A map that nobody wrote.
#[must_use]
pub fn map(entries: Vec<(&str, Node)>, at: Location) -> Node {
    let entries = entries.into_iter().map(|(key, value)| entry(key, value)).collect();
    Node::new(Value::Map(Map { entries, form: Form::Synthetic, ..Map::default() }), at)
}

/// A list that nobody wrote.
#[must_use]
pub fn list(items: Vec<Node>, at: Location) -> Node {
    Node::new(Value::List(List { items, open: false, form: Form::Synthetic }), at)
}

/// A number.
#[must_use]
pub fn number(value: i64, at: Location) -> Node {
    Node::new(Value::Number(Number::new(value.to_string())), at)
}

fn entry(key: &str, value: Node) -> Entry {
    Entry { key: Key { wire: key.into(), written: None, location: value.location }, value }
}

/// The value of a field, where it is known and not null.
pub fn field_mut<'n>(node: &'n mut Node, field: &str) -> Option<&'n mut Node> {
    let Value::Map(map) = &mut node.value else { return None };
    let found = map.entries.iter_mut().find(|entry| &*entry.key.wire == field)?;
    (found.value.value != Value::Null).then_some(&mut found.value)
}

/// The node at a path.
pub fn at_mut<'n>(node: &'n mut Node, path: &[Step]) -> Option<&'n mut Node> {
    path.iter().try_fold(node, |node, step| match step {
        Step::Key(key) => field_mut(node, key),
        Step::Index(index) => match &mut node.value {
            Value::List(list) => list.items.get_mut(*index),
            _ => None,
        },
    })
}

/// Sets a field of the map at a path, and notes who did.
pub fn set(pod: &mut Effective, at: &[Step], field: &str, value: Node, by: &'static str) {
    let Some(node) = at_mut(&mut pod.root, at) else { return };
    let Value::Map(map) = &mut node.value else { return };
    map.entries.retain(|entry| &*entry.key.wire != field);
    map.entries.push(entry(field, value));
    pod.origins.push((below(at, field), Origin::Admission(by)));
}

/// Sets a field that is certainly absent.
pub fn set_missing(pod: &mut Effective, at: &[Step], field: &str, value: Node, by: &'static str) {
    let missing = pod.root.at(at).is_some_and(|node| node.get(field).is_missing());
    if missing {
        set(pod, at, field, value, by);
    }
}

/// Makes sure that there is a map in a field; whether it can be written to.
pub fn ensure_map(pod: &mut Effective, at: &[Step], field: &str) -> bool {
    let Some(node) = at_mut(&mut pod.root, at) else { return false };
    match node.get(field) {
        Field::Known(known) => known.as_map().is_some(),
        Field::Dynamic => false,
        Field::Missing => {
            let place = node.location;
            let Value::Map(parent) = &mut node.value else { return false };
            parent.entries.retain(|entry| &*entry.key.wire != field);
            parent.entries.push(entry(field, map(Vec::new(), place)));
            true
        }
    }
}

/// Adds an item to the list in a field, which is made where it is absent.
pub fn append(pod: &mut Effective, at: &[Step], field: &str, item: Node, by: &'static str) {
    set_missing(pod, at, field, list(Vec::new(), item.location), by);
    let Some(node) = at_mut(&mut pod.root, at) else { return };
    let Some(Value::List(list)) = field_mut(node, field).map(|node| &mut node.value) else { return };
    list.items.push(item);
    let path: Path = below(at, field).into_iter().chain([Step::Index(list.items.len() - 1)]).collect();
    pod.origins.push((path, Origin::Admission(by)));
}

/// A path with one more step.
#[must_use]
pub fn below(path: &[Step], step: impl Into<Step>) -> Path {
    path.iter().cloned().chain([step.into()]).collect()
}

/// The pod's specification.
#[must_use]
pub fn spec() -> Path {
    vec![Step::from("spec")]
}
