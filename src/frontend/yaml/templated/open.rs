//! Opening what an action may add to: the map or list at whose indentation it writes, and nothing around it.

use crate::frontend::open_everything;
use crate::text::Span;
use crate::tree::{Entry, Form, Key, Location, Map, Node, Value};

/// Something that may stand at a place of a text, and is not in its tree.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The place.
    pub at: u32,
    /// The action that brings it.
    pub head: Span,
    /// The column at which it would stand.
    pub column: usize,
    /// The keys that it would have, as far as that is known.
    pub keys: Vec<String>,
    /// It may have others.
    pub is_open: bool,
}

impl Opening {
    /// What a branch would add: its keys, or items. Nothing where it is empty.
    pub fn of_text(text: &str, body: Span, head: Span) -> Option<Self> {
        let at = head.start;
        let lines = body.slice(text).lines().filter(|line| {
            let line = line.trim();
            !line.is_empty() && !line.starts_with('#') && !line.starts_with("{{") && !line.starts_with("{%")
        });
        let indented = lines.map(|line| (line.len() - line.trim_start().len(), line.trim_start()));
        let lines: Vec<(usize, &str)> = indented.collect();
        let Some(column) = lines.iter().map(|(column, _)| *column).min() else {
            // Actions alone: where they write is not known before it is seen what they write.
            let inner = body.slice(text).find("{{").or_else(|| body.slice(text).find("{%"))?;
            let start = body.start + u32::try_from(inner).ok()?;
            let action = Span::new(start, body.end);
            let end =
                body.slice(text).get(inner..)?.find("}}").or_else(|| body.slice(text).get(inner..)?.find("%}"))?;
            let action = Span::new(action.start, action.start + u32::try_from(end + 2).ok()?);
            let column = super::actions::column(text, action);
            return Some(Self { at, head, column, keys: Vec::new(), is_open: true });
        };
        let own = lines.iter().filter(|(indent, _)| *indent == column);
        let keys: Vec<String> = own.clone().filter_map(|(_, line)| key(line)).collect();
        let has_items = own.clone().any(|(_, line)| line.starts_with("- ") || *line == "-");
        Some(Self { at, head, column, is_open: has_items || keys.len() < own.count(), keys })
    }
}

/// The key of a line.
fn key(line: &str) -> Option<String> {
    let (key, rest) = line.split_once(':')?;
    let is_key = (rest.is_empty() || rest.starts_with(' ')) && !key.contains("{{") && !key.starts_with('-');
    is_key.then(|| key.trim_matches(['"', '\'']).to_owned())
}

/// Opens the part of a tree where something may stand.
pub fn open(node: &mut Node, opening: &Opening, text: &str, base: u32) {
    let here = column_of(node, text, base);
    if goes_on(node, opening, here, text, base) {
        if let Some(next) = last_before(node, opening.at + base) {
            open(next, opening, text, base);
        }
        return;
    }
    if here == Some(opening.column) {
        // Items may stand in the column of their own key.
        if let Some(value) =
            last_before(node, opening.at + base).filter(|value| opening.is_open && value.value == Value::Null)
        {
            *value = Node::dynamic("written by a template", value.location);
        }
        add(node, opening, base);
    } else if let Some(value) = last_before(node, opening.at + base) {
        match &value.value {
            // Indented in a way that is not understood: anything in it may be meant.
            Value::Map(_) | Value::List(_) => open_everything(value),
            _ => *value = Node::dynamic("written by a template", value.location),
        }
    }
}

/// Whether what stands last before the place is a collection that is not indented further than what may stand there.
fn goes_on(node: &mut Node, opening: &Opening, here: Option<usize>, text: &str, base: u32) -> bool {
    let is_items = opening.is_open && opening.keys.is_empty();
    let Some(next) = last_before(node, opening.at + base) else { return false };
    let Some(column) = column_of(next, text, base) else { return false };
    let is_list = matches!(next.value, Value::List(_));
    // A list may stand in the column of its own key; keys there are not its items.
    column <= opening.column && (here != Some(opening.column) || (is_list && is_items && column == opening.column))
}

/// The value that stands last before a place. Of a key that is given twice the later one stands in the place of the earlier.
fn last_before(node: &mut Node, at: u32) -> Option<&mut Node> {
    match &mut node.value {
        Value::Map(map) if map.form != Form::Flow => {
            let before = map.entries.iter_mut().filter(|entry| entry.key.location.span.start < at);
            before.max_by_key(|entry| entry.key.location.span.start).map(|entry| &mut entry.value)
        }
        Value::List(list) if list.form != Form::Flow => {
            list.items.iter_mut().rev().find(|item| item.location.span.start < at)
        }
        _ => None,
    }
}

/// The column of a block collection.
fn column_of(node: &Node, text: &str, base: u32) -> Option<usize> {
    let start = match &node.value {
        Value::Map(map) if map.form != Form::Flow => map.entries.first()?.key.location.span.start,
        Value::List(list) if list.form != Form::Flow => {
            node.location.span.start.min(list.items.first()?.location.span.start)
        }
        _ => return None,
    };
    let head = text.get(..start.checked_sub(base)? as usize)?;
    let line = head.rfind('\n').map_or(0, |at| at + 1);
    // The span of a list may begin at its first item.
    let column = head.len() - line;
    let before = head.get(line..).unwrap_or_default();
    match (&node.value, before.trim_start().starts_with('-')) {
        (Value::List(_), true) => Some(before.len() - before.trim_start().len()),
        _ => Some(column),
    }
}

/// Adds to a collection what may stand in it.
fn add(node: &mut Node, opening: &Opening, base: u32) {
    match &mut node.value {
        Value::Map(map) => {
            map.open |= opening.is_open;
            add_keys(map, opening, base);
        }
        Value::List(list) => list.open = true,
        _ => {}
    }
}

fn add_keys(map: &mut Map, opening: &Opening, base: u32) {
    // Located at the action, where nothing else is: what is said of such a key is no matter of this way.
    let location = Location::main(Span::new(opening.head.start + base, opening.head.end + base));
    for key in &opening.keys {
        if !map.entries.iter().any(|entry| *entry.key.wire == **key) {
            let value = Node::dynamic("only in the other way of a block", location);
            map.entries.push(Entry { key: Key { wire: key.as_str().into(), written: None, location }, value });
        }
    }
}
