//! Places in a template that stay when neighbours come and go: items by their names, not their numbers.

use crate::diagnostic::Origin;
use crate::document::Document;
use crate::text::head;
use crate::tree::{Location, Node};

/// No name of Kubernetes is longer.
const MAX_NAME: usize = 253;

/// Where a finding with this path belongs, in the document of that number.
#[must_use]
pub fn origin(number: usize, document: &Document, path: &str) -> Origin {
    let (place, within) = follow(document, path);
    let template = document.name.as_deref().map(Box::from);
    Origin { document: Some(number), template, place: place.into(), within, ..Origin::default() }
}

/// A path with the names of items in place of their numbers, where they have one, and where the values on the way are:
/// `spec.containers[0].image` becomes `spec.containers[main].image`.
fn follow(document: &Document, path: &str) -> (String, Vec<Location>) {
    let mut result = String::with_capacity(path.len() + 8);
    let mut node = Some(&document.root);
    let mut rest = path;
    let mut within = Vec::new();
    while !rest.is_empty() {
        let here = node.into_iter().flat_map(|node| [Some(node.location), node.used_at.as_deref().copied()]);
        within.extend(here.flatten());
        let (step, length) = step(node, rest);
        let written = rest.get(..length).unwrap_or(rest);
        match (&step, node.and_then(|node| descend(node, &step))) {
            (Step::Index(_), Some(item)) if item.text("name").known().is_some() => {
                let name = item.text("name").known().unwrap_or_default();
                result.push_str(&format!("[{}]", head(name, MAX_NAME)));
                node = Some(item);
            }
            (_, next) => {
                result.push_str(written);
                node = next;
            }
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    within.dedup();
    (result, within)
}

enum Step<'p> {
    Index(usize),
    Key(&'p str),
    /// A dot.
    Nothing,
}

/// The next step of a path below `node`, and its length in the text.
fn step<'p>(node: Option<&Node>, rest: &'p str) -> (Step<'p>, usize) {
    if rest.starts_with('.') {
        return (Step::Nothing, 1);
    }
    if let Some(inner) = rest.strip_prefix('[') {
        let close = inner.find(']').unwrap_or(inner.len());
        let text = inner.get(..close).unwrap_or_default();
        let length = (close + 2).min(rest.len());
        return match text.parse() {
            Ok(index) if node.is_some_and(|node| node.as_list().is_some()) => (Step::Index(index), length),
            _ => (Step::Key(text), length),
        };
    }
    // Keys may hold dots themselves.
    let keys = node.and_then(Node::as_map).map(|map| map.entries.as_slice()).unwrap_or_default();
    let ends =
        |key: &str| rest.strip_prefix(key).is_some_and(|behind| behind.is_empty() || behind.starts_with(['.', '[']));
    let known =
        keys.iter().map(|entry| &*entry.key.wire).filter(|key| !key.is_empty() && ends(key)).map(str::len).max();
    let length = known.unwrap_or_else(|| rest.find(['.', '[']).unwrap_or(rest.len())).max(1);
    let length = rest.ceil_char_boundary(length);
    (Step::Key(rest.get(..length).unwrap_or(rest)), length)
}

fn descend<'n>(node: &'n Node, step: &Step<'_>) -> Option<&'n Node> {
    match step {
        Step::Nothing => Some(node),
        Step::Index(index) => node.as_list()?.items.get(*index),
        Step::Key(key) => node.as_map()?.entry(key).map(|entry| &entry.value),
    }
}

/// The name of the container that a place is in.
pub fn container(place: &str) -> Option<&str> {
    let lists = ["containers[", "initContainers[", "ephemeralContainers["];
    let starts = lists.iter().filter_map(|list| {
        let at = place.find(list)?;
        let fresh = at == 0 || place.as_bytes().get(at - 1) == Some(&b'.');
        fresh.then_some(at + list.len())
    });
    let inner = place.get(starts.min()?..)?;
    inner.split(']').next()
}
