//! Manifests that are text inside other files: where Flyte puts them, in ConfigMaps, and where selectors lead.

use crate::config::Settings;
use crate::text::Span;
use crate::tree::{Node, Value};

/// How deep such texts are looked for in the values of charts.
const DEPTH: usize = 8;
/// Where Flyte's Helm charts take manifests as text: keys, `*` for any key or item.
const IN_VALUES: &[(&str, &[&str])] =
    &[("cluster_resource_manager", &["templates", "*", "value"]), ("clusterResourceTemplates", &["inline", "*"])];

/// The texts in a tree that may hold manifests, as parts of the file: lines of a block scalar, with their indentation.
pub fn texts(root: &Node, settings: &Settings, text: &str, base: u32) -> Vec<Span> {
    let mut found = Vec::new();
    if root.text("kind").known() == Some("ConfigMap") {
        follow(root, &["data", "*"], &mut found);
    }
    in_values(root, 0, &mut found);
    for selector in &settings.selectors {
        follow(root, &selector.split('.').collect::<Vec<_>>(), &mut found);
    }
    let mut bodies: Vec<Span> = found.into_iter().filter_map(|node| body(node, text, base)).collect();
    bodies.sort_by_key(|span| span.start);
    bodies.dedup();
    bodies
}

fn in_values<'n>(node: &'n Node, depth: usize, found: &mut Vec<&'n Node>) {
    let entries = node.as_map().map(|map| map.entries.as_slice()).unwrap_or_default();
    for entry in entries.iter().filter(|_| depth < DEPTH) {
        match IN_VALUES.iter().find(|(key, _)| *key == &*entry.key.wire) {
            Some((_, keys)) => follow(&entry.value, keys, found),
            None => in_values(&entry.value, depth + 1, found),
        }
    }
}

/// Adds the texts at the end of some keys.
fn follow<'n>(node: &'n Node, keys: &[&str], found: &mut Vec<&'n Node>) {
    let Some((key, rest)) = keys.split_first() else {
        // Of a text with template actions the whole is not known, and its parts are.
        found.extend(matches!(node.value, Value::String(_) | Value::Dynamic(_)).then_some(node));
        return;
    };
    let entries = node.as_map().map(|map| map.entries.as_slice()).unwrap_or_default();
    let fitting = entries.iter().filter(|entry| *key == "*" || &*entry.key.wire == *key);
    fitting.for_each(|entry| follow(&entry.value, rest, found));
    let items = node.as_list().map(|list| list.items.as_slice()).unwrap_or_default();
    items.iter().filter(|_| *key == "*").for_each(|item| follow(item, rest, found));
}

/// The lines of a literal block scalar: its text is what stands there, but for the indentation, which YAML does not mind.
fn body(node: &Node, text: &str, base: u32) -> Option<Span> {
    let span = node.location.span;
    let start = span.start.checked_sub(base)? as usize;
    let written = text.get(start..span.end.checked_sub(base)? as usize)?;
    let line = written.starts_with('|').then(|| written.find('\n')).flatten()?;
    Some(Span::new(span.start + u32::try_from(line + 1).ok()?, span.end))
}

/// The documents of such a text: `---` is a marker here although it is indented.
pub fn parts(text: &str, body: Span) -> Vec<Span> {
    let mut cuts = vec![body.start];
    let mut position = body.start;
    for line in body.slice(text).split_inclusive('\n') {
        let end = position + u32::try_from(line.len()).unwrap_or_default();
        if line.trim() == "---" {
            cuts.push(end);
        }
        position = end;
    }
    let ends = cuts.iter().skip(1).copied().chain([body.end]);
    cuts.iter().zip(ends).map(|(start, end)| Span::new(*start, end)).collect()
}
