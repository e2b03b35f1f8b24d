//! How the checks read a tree: with the server's zero values, and silence about what is not known.

use crate::tree::{Entry, Field, Node, Value};

/// The string in a field; missing is empty, as for the server. `None` where it is not known.
pub fn string<'a>(node: &'a Node, wire: &str) -> Option<&'a str> {
    text(node.get(wire))
}

/// The same of a field that was looked up.
pub fn text(field: Field<&Node>) -> Option<&str> {
    field.then(|node| node.as_str().map_or(Field::Dynamic, Field::Known)).or_default("")
}

/// The whole number in a field; `Missing` where it is not given.
pub fn integer(node: &Node, wire: &str) -> Field<i64> {
    number(node.get(wire))
}

/// The same of a field that was looked up.
pub fn number(field: Field<&Node>) -> Field<i64> {
    field.then(|value| match &value.value {
        Value::Number(number) => number.as_i64().map_or(Field::Dynamic, Field::Known),
        _ => Field::Dynamic,
    })
}

/// The truth value in a field; missing is false. `None` where it is not known.
pub fn flag(node: &Node, wire: &str) -> Option<bool> {
    node.get(wire).then(|value| value.as_bool().map_or(Field::Dynamic, Field::Known)).or_default(false)
}

/// The known items of a list.
pub fn items<'a>(node: &'a Node, wire: &str) -> &'a [Node] {
    list(node.get(wire))
}

/// The known items of a list that may be missing.
pub fn list(field: Field<&Node>) -> &[Node] {
    field.known().and_then(Node::as_list).map(|list| list.items.as_slice()).unwrap_or_default()
}

/// The known entries of an object.
pub fn entries<'a>(node: &'a Node, wire: &str) -> &'a [Entry] {
    node.get(wire).known().and_then(Node::as_map).map(|map| map.entries.as_slice()).unwrap_or_default()
}

/// Whether a list is certainly missing or empty.
pub fn is_empty(node: &Node, wire: &str) -> bool {
    match node.get(wire) {
        Field::Missing => true,
        Field::Known(value) => value.as_list().is_some_and(|list| list.items.is_empty() && !list.open),
        Field::Dynamic => false,
    }
}

/// Whether a field is certainly given, known or not.
pub fn is_given(node: &Node, wire: &str) -> bool {
    let entry = node.as_map().and_then(|map| map.entry(wire));
    entry.is_some_and(|entry| entry.value.value != Value::Null)
}

/// The given ones of several fields, in the order asked.
pub fn given<'a, 'w>(node: &'a Node, wires: &[&'w str]) -> Vec<(&'w str, &'a Node)> {
    let entry = |wire: &&'w str| {
        let entry = node.as_map()?.entry(wire)?;
        (entry.value.value != Value::Null).then_some((*wire, &entry.value))
    };
    wires.iter().filter_map(entry).collect()
}

/// Whether all fields of an object are known to be known or absent.
pub fn is_closed(node: &Node) -> bool {
    match &node.value {
        Value::Map(map) => !map.open,
        Value::Null => true,
        _ => false,
    }
}
