//! Patches by strategic merge, as `kubectl patch` and Kustomize take them: parts of manifests, with directives in them.
//!
//! <https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md>

use super::documents::primary_name;
use crate::document::Document;
use crate::frontend::open_everything;
use crate::tree::{Entry, Map, Node, Value};

/// How keys of directives begin.
const DIRECTIVES: &[&str] = &["$patch", "$retainKeys", "$setElementOrder/", "$deleteFromPrimitiveList/"];

/// Takes a document for a part of a manifest.
pub fn take_for_part(document: &mut Document) {
    open(&mut document.root);
    // It says what is patched; Kustomize takes any name beside a `target`.
    if let Some(name) = entry(&mut document.root, "metadata").and_then(|metadata| entry(metadata, "name")) {
        *name = Node::dynamic("the name of what is patched", name.location);
    }
    document.primary = primary_name(document);
}

/// Whether a text may hold directives at all.
pub fn may_hold_directives(text: &str) -> bool {
    let begins = |at: usize| DIRECTIVES.iter().any(|name| text.get(at..).is_some_and(|rest| rest.starts_with(name)));
    memchr::memchr_iter(b'$', text.as_bytes()).any(begins)
}

/// Takes the directives out of a tree. Where there are some it is a part of a manifest, whoever names it.
pub fn take_directives(root: &mut Node) {
    if strip(root) {
        open(root);
    }
}

/// What is absent may be said elsewhere, and what is `null` is taken away.
fn open(root: &mut Node) {
    drop_nulls(root);
    open_everything(root);
}

fn drop_nulls(node: &mut Node) {
    if let Value::Map(map) = &mut node.value {
        map.entries.retain(|entry| entry.value.value != Value::Null);
    }
    below(node).into_iter().for_each(drop_nulls);
}

/// Takes the directives out of a tree, with what they delete; `false` where there are none.
fn strip(node: &mut Node) -> bool {
    let mut found = false;
    match &mut node.value {
        Value::Map(map) => {
            let before = map.entries.len();
            map.entries.retain(|entry| !is_directive(entry) && !is_deleted(&entry.value));
            found = map.entries.len() < before;
        }
        Value::List(list) => {
            // It keeps its place, since paths count the items of lists.
            for item in list.items.iter_mut().filter(|item| is_deleted(item)) {
                *item = Node::dynamic("deleted", item.location);
                found = true;
            }
        }
        _ => {}
    }
    below(node).into_iter().fold(found, |found, node| strip(node) || found)
}

fn is_deleted(node: &Node) -> bool {
    node.get("$patch").known().and_then(Node::as_str) == Some("delete")
}

/// Whether an entry is a directive that is understood; any other is an unknown field.
fn is_directive(entry: &Entry) -> bool {
    let key = &*entry.key.wire;
    match &entry.value.value {
        Value::String(text) => key == "$patch" && matches!(&**text, "delete" | "merge" | "replace"),
        Value::List(_) => key != "$patch" && DIRECTIVES.iter().any(|name| key.starts_with(name)),
        Value::Dynamic(_) => DIRECTIVES.iter().any(|name| key.starts_with(name)),
        _ => false,
    }
}

fn below(node: &mut Node) -> Vec<&mut Node> {
    match &mut node.value {
        Value::Map(map) => map.entries.iter_mut().map(|entry| &mut entry.value).collect(),
        Value::List(list) => list.items.iter_mut().collect(),
        _ => Vec::new(),
    }
}

fn entry<'n>(node: &'n mut Node, key: &str) -> Option<&'n mut Node> {
    let Value::Map(Map { entries, .. }) = &mut node.value else { return None };
    entries.iter_mut().find(|entry| &*entry.key.wire == key).map(|entry| &mut entry.value)
}
