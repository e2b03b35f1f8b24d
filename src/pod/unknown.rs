//! Whether a pod has keys that Kubernetes does not know: what was meant by them is not known either.

use super::Pod;
use crate::schema::kubernetes::{Definition, Kind, definition, definition_at};
use crate::tree::{Map, Node, Value};

impl Pod<'_> {
    /// Whether an object in the spec has a key that is not one of its fields, such as `volumeMount` or `nmae`.
    #[must_use]
    pub fn has_unknown_keys(&self) -> bool {
        let object = |name: &str, node: &Node| definition(name).is_some_and(|known| object_has(node, known));
        self.spec.known().is_some_and(|spec| object("PodSpec", spec))
            || self.template.known().and_then(Node::as_map).is_some_and(has_unknown_part)
    }
}

/// Whether the object around the spec has something else than a pod template or a manifest has.
fn has_unknown_part(template: &Map) -> bool {
    const PARTS: &[&str] = &["apiVersion", "kind", "metadata", "spec", "status", "template"];
    template.entries.iter().any(|entry| !PARTS.contains(&&*entry.key.wire))
}

fn object_has(node: &Node, definition: &Definition) -> bool {
    let Some(map) = node.as_map() else { return false };
    map.entries.iter().any(|entry| match definition.field(&entry.key.wire) {
        Some(field) => value_has(&entry.value, field.kind),
        None => true,
    })
}

fn value_has(node: &Node, kind: Kind) -> bool {
    match (kind, &node.value) {
        (Kind::Object(index), _) => definition_at(index).is_some_and(|definition| object_has(node, definition)),
        (Kind::List(item), Value::List(list)) => list.items.iter().any(|node| value_has(node, *item)),
        (Kind::Map(value), Value::Map(map)) => map.entries.iter().any(|entry| value_has(&entry.value, *value)),
        _ => false,
    }
}
