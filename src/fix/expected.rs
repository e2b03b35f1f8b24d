//! The documents that changes should lead to, and whether what was read after the edits is that.

use crate::diagnostic::{Change, Literal, Target};
use crate::document::Document;
use crate::tree::{Entry, Field, Form, Key, List, Location, Map, Node, Number, Step, Value};

/// A change, and where it takes place.
pub type Aim<'c> = (&'c Change, Target);

/// A document with changes made to its tree. They hold wherever the tree is made of the text that is changed: a list that
/// several containers share changes in all of them.
#[must_use]
pub fn expected(document: &Document, aims: &[Aim<'_>]) -> Document {
    let mut document = document.clone();
    let copies: Vec<(&[Step], Node)> = aims.iter().filter_map(|aim| copy(&document.root, *aim)).collect();
    transform(&mut document.root, aims, true);
    for (list, item) in copies {
        put(&mut document.root, list, |place| push(place, item));
    }
    for (change, target) in aims {
        if let Change::SetPrimary { name } = change
            && target.at == document.root.location
        {
            document.primary.name = Field::Known(name.clone());
        }
    }
    document
}

/// The item that a change copies into another list, and that list.
fn copy<'c>(root: &Node, (change, target): Aim<'c>) -> Option<(&'c [Step], Node)> {
    let Change::AppendCopy { of, at, with } = change else { return None };
    let mut item = root.at(of).filter(|item| item.location == target.at)?.clone();
    item.location = Location::default();
    if let Value::Map(map) = &mut item.value {
        map.entries.push(entry(&with.0, node_of(&with.1)));
    }
    Some((at, item))
}

fn transform(node: &mut Node, aims: &[Aim<'_>], is_root: bool) {
    let location = node.location;
    match &mut node.value {
        Value::Map(map) => {
            map.entries.retain(|entry| !is_removed(&entry.value, aims));
            for entry in &mut map.entries {
                rename(entry, aims);
                transform(&mut entry.value, aims, false);
            }
        }
        Value::List(list) => {
            list.items.retain(|item| !is_removed(item, aims));
            list.items.iter_mut().for_each(|item| transform(item, aims, false));
        }
        _ => {}
    }
    let written = node.used_at.as_deref().copied().unwrap_or(location);
    let is_synthetic = node.as_map().is_some_and(|map| map.form == Form::Synthetic);
    for (change, target) in aims {
        let is_place = target.at == location && (target.depth == 0) == is_root && (is_root || !is_synthetic);
        match change {
            Change::Replace { with, .. } if target.at == written => node.value = node_of(with).value,
            // What the text stands for as a string is not reckoned out here.
            Change::Quote { .. } if target.at == written => node.value = Node::dynamic("quoted", location).value,
            Change::Insert { at, key, value } if is_place => {
                let rest = at.get(target.depth..).unwrap_or_default();
                put(node, rest, |place| insert(place, key, node_of(value)));
            }
            Change::Append { at, value } if is_place => {
                put(node, at.get(target.depth..).unwrap_or_default(), |place| push(place, node_of(value)));
            }
            _ => {}
        }
    }
}

fn is_removed(node: &Node, aims: &[Aim<'_>]) -> bool {
    let written = node.used_at.as_deref().copied().unwrap_or(node.location);
    aims.iter().any(|(change, target)| matches!(change, Change::Remove { .. }) && target.at == written)
}

fn rename(entry: &mut Entry, aims: &[Aim<'_>]) {
    for (change, target) in aims {
        if let Change::RenameKey { to, .. } = change
            && target.at == entry.key.location
        {
            (entry.key.wire, entry.key.written) = (to.as_str().into(), None);
        }
    }
}

/// Changes the value that steps lead to; objects on the way that do not exist are made.
fn put(node: &mut Node, path: &[Step], change: impl FnOnce(&mut Node)) {
    let Some((step, rest)) = path.split_first() else { return change(node) };
    match (step, &mut node.value) {
        (Step::Index(index), Value::List(list)) => {
            if let Some(item) = list.items.get_mut(*index) {
                put(item, rest, change);
            }
        }
        (Step::Key(key), Value::Null) => {
            let mut inner = Node::new(Value::Null, Location::default());
            put(&mut inner, rest, change);
            node.value = Value::Map(Map { entries: vec![entry(key, inner)], ..Map::default() });
        }
        (Step::Key(key), Value::Map(map)) => {
            if map.entry(key).is_none() {
                map.entries.push(entry(key, Node::new(Value::Null, Location::default())));
            }
            if let Some(found) = map.entries.iter_mut().find(|entry| entry.key.wire == *key) {
                put(&mut found.value, rest, change);
            }
        }
        _ => {}
    }
}

fn insert(place: &mut Node, key: &str, value: Node) {
    put(place, &[Step::from(key)], |entry| *entry = value);
}

fn push(place: &mut Node, item: Node) {
    match &mut place.value {
        Value::List(list) => list.items.push(item),
        Value::Null => place.value = Value::List(List { items: vec![item], ..List::default() }),
        _ => {}
    }
}

fn entry(key: &str, value: Node) -> Entry {
    Entry { key: Key { wire: key.into(), written: None, location: Location::default() }, value }
}

fn node_of(literal: &Literal) -> Node {
    let value = match literal {
        Literal::String(text) => Value::String(text.as_str().into()),
        Literal::Bool(value) => Value::Bool(*value),
        Literal::Integer(value) => Value::Number(Number::new(value.to_string())),
        Literal::List(items) => Value::List(List { items: items.iter().map(node_of).collect(), ..List::default() }),
        Literal::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| entry(key, node_of(value))).collect();
            Value::Map(Map { entries, ..Map::default() })
        }
    };
    Node::new(value, Location::default())
}

/// Whether the documents that were read are those that were expected, in their order. There may be more: what could not be
/// read before.
#[must_use]
pub fn all_there(expected: &[Document], read: &[Document]) -> bool {
    let mut read = read.iter();
    expected.iter().all(|wanted| read.any(|found| is_same(wanted, found)))
}

fn is_same(expected: &Document, read: &Document) -> bool {
    let primary = match (&expected.primary.name, &read.primary.name) {
        (Field::Known(wanted), Field::Known(found)) => wanted == found,
        (Field::Known(_), _) => false,
        _ => true,
    };
    primary && expected.kind == read.kind && holds(&expected.root, &read.root)
}

/// Whether a tree that was read is the expected one. Where nothing was known, anything may be; what is empty is as good as absent.
fn holds(expected: &Node, read: &Node) -> bool {
    match (&expected.value, &read.value) {
        (Value::Dynamic(_), _) => true,
        (Value::Map(wanted), Value::Map(found)) => map_holds(wanted, found),
        (Value::List(wanted), Value::List(found)) => {
            let pairs = wanted.items.iter().zip(&found.items).all(|(wanted, found)| holds(wanted, found));
            let (wanted_length, length) = (wanted.items.len(), found.items.len());
            pairs && if wanted.open { wanted_length <= length } else { wanted_length == length }
        }
        (wanted, found) => wanted == found || (is_empty(expected) && is_empty(read)),
    }
}

fn map_holds(wanted: &Map, found: &Map) -> bool {
    let is_named = |entry: &Entry, name: &str| &*entry.key.wire == name || entry.key.written.as_deref() == Some(name);
    let same = |a: &Entry, b: &Entry| {
        is_named(a, &b.key.wire) || b.key.written.as_deref().is_some_and(|name| is_named(a, name))
    };
    let kept = wanted.entries.iter().all(|wanted| match found.entries.iter().find(|found| same(wanted, found)) {
        Some(found) => holds(&wanted.value, &found.value),
        None => is_empty(&wanted.value),
    });
    let is_wanted = |found: &Entry| is_empty(&found.value) || wanted.entries.iter().any(|wanted| same(wanted, found));
    kept && (wanted.open || found.entries.iter().all(is_wanted))
}

/// Whether a value says nothing: null, or a collection without anything in it.
fn is_empty(node: &Node) -> bool {
    match &node.value {
        Value::Null => true,
        Value::List(list) => list.items.is_empty() && !list.open,
        Value::Map(map) => map.entries.iter().all(|entry| is_empty(&entry.value)) && !map.open,
        _ => false,
    }
}
