//! The parts of a YAML text that a comment can be about: entries and items.

use super::compose::written_span;
use crate::text::Span;
use crate::tree::{Node, Value};

/// Adds the spans of all entries and items below `node`.
pub fn collect(node: &Node, units: &mut Vec<Span>) {
    let whole = node.location.span;
    let mut pending = vec![node];
    while let Some(node) = pending.pop() {
        let here = node.location.span;
        match &node.value {
            Value::List(list) => units.extend(list.items.iter().map(written_span)),
            // What merge keys and aliases bring in is written elsewhere.
            Value::Map(map) => units.extend(
                map.entries
                    .iter()
                    .filter(|entry| here.contains(entry.key.location.span))
                    .map(|entry| entry.key.location.span.cover(written_span(&entry.value))),
            ),
            _ => {}
        }
        pending.extend(node.children().filter(|child| whole.contains(child.location.span)));
    }
}
