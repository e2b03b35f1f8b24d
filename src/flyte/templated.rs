//! Placeholders such as `{{.input}}` in commands and arguments, which Flyte's backend fills in.

use super::build::{self, Maker, set};
use crate::tree::{Dynamic, Node, Piece, Value};

/// The names that are filled in, in small letters.
const NAMES: &[&str] = &[
    "checkpointoutputprefix",
    "input",
    "inputprefix",
    "namespace",
    "outputprefix",
    "perretryuniquekey",
    "prevcheckpointprefix",
    "rawoutputdataprefix",
    "tasktemplatepath",
];

/// Makes what a container's placeholders stand for unknown.
pub fn render(container: &mut Node, make: Maker) {
    for field in ["command", "args"] {
        let Some(node) = build::field(container, field) else { continue };
        let Some(list) = node.as_list() else { continue };
        if list.items.iter().all(|item| filled(item).is_none()) {
            continue;
        }
        let items = list.items.iter().map(|item| filled(item).unwrap_or_else(|| item.clone())).collect();
        let mut list = list.clone();
        list.items = items;
        let value = Node { value: Value::List(list), setter: node.setter, ..node.clone() };
        set(container, field, value);
    }
    let _ = make;
}

/// A text with its placeholders as holes; `None` where it has none that is filled in.
fn filled(item: &Node) -> Option<Node> {
    let text = item.as_str()?;
    let (mut rest, mut pieces, mut found) = (text, Vec::new(), false);
    while let Some((before, inner, after)) = placeholder(rest) {
        if is_filled(inner) {
            found = true;
            pieces.push(Piece::Text(before.into()));
            pieces.push(Piece::Hole);
        } else {
            let length = rest.len() - after.len();
            pieces.push(Piece::Text(rest.get(..length)?.into()));
        }
        rest = after;
    }
    pieces.push(Piece::Text(rest.into()));
    let dynamic = Dynamic { pattern: pieces, ..Dynamic::because(text) };
    found.then(|| Node { value: Value::Dynamic(Box::new(dynamic)), ..item.clone() })
}

/// What stands before the first `{{…}}`, in it, and behind it.
fn placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("{{")?;
    let (inner, after) = rest.split_once("}}")?;
    Some((before, inner, after))
}

fn is_filled(inner: &str) -> bool {
    let name = inner.trim();
    name.strip_prefix(['.', '$']).is_some_and(|name| NAMES.contains(&name.to_ascii_lowercase().as_str()))
}
