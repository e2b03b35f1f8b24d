//! Fields that the API that Flyte's backend was built with does not have: they vanish when it reads a pod spec.

use super::generation::Generation;
use crate::schema::kubernetes::{Definition, Kind, definition, definition_at};
use crate::tree::{Entry, Node, Value};

/// Takes such fields out of a pod spec.
pub fn drop(spec: &mut Node, generation: Generation, notes: &mut Vec<String>) {
    if let Some(definition) = definition("PodSpec") {
        let mut dropped = Vec::new();
        object(spec, definition, generation.kubernetes(), "spec", &mut dropped);
        notes.extend(dropped.into_iter().map(|path| {
            let (version, minor) = (generation.version(), generation.kubernetes());
            format!("lost: `{path}`, as backend {version} knows the API of Kubernetes 1.{minor}")
        }));
    }
}

/// Such fields in a pod spec, with the Kubernetes version (1.x) that brings each.
#[must_use]
pub fn lost(spec: &Node, generation: Generation) -> Vec<(&Entry, u8)> {
    let mut found = Vec::new();
    if let Some(definition) = definition("PodSpec") {
        collect(spec, Kind::Any, Some(definition), generation.kubernetes(), &mut found);
    }
    found
}

fn collect<'n>(
    node: &'n Node,
    kind: Kind,
    definition: Option<&'static Definition>,
    version: u8,
    found: &mut Vec<(&'n Entry, u8)>,
) {
    let definition = match kind {
        Kind::Object(index) => definition_at(index),
        _ => definition,
    };
    match (&node.value, kind) {
        (Value::List(list), Kind::List(kind)) => {
            list.items.iter().for_each(|item| collect(item, *kind, None, version, found));
        }
        (Value::Map(map), Kind::Map(kind)) => {
            map.entries.iter().for_each(|entry| collect(&entry.value, *kind, None, version, found));
        }
        (Value::Map(map), _) => {
            for entry in &map.entries {
                let Some(field) = definition.and_then(|definition| definition.field(&entry.key.wire)) else { continue };
                if field.versions.0 > version && entry.value.value != Value::Null {
                    found.push((entry, field.versions.0));
                } else {
                    collect(&entry.value, field.kind, None, version, found);
                }
            }
        }
        _ => {}
    }
}

fn object(node: &mut Node, definition: &'static Definition, version: u8, path: &str, dropped: &mut Vec<String>) {
    let Value::Map(map) = &mut node.value else { return };
    map.entries.retain(|entry| {
        // A field that no version has is a mistake of another kind; it vanishes silently here, too.
        let known = definition.field(&entry.key.wire).filter(|field| version <= field.versions.1);
        let newer = known.filter(|field| field.versions.0 > version);
        if newer.is_some() && entry.value.value != Value::Null {
            dropped.push(format!("{path}.{}", entry.key.wire));
        }
        known.is_some_and(|field| field.versions.0 <= version)
    });
    for entry in &mut map.entries {
        if let Some(field) = definition.field(&entry.key.wire) {
            value(&mut entry.value, field.kind, version, &format!("{path}.{}", entry.key.wire), dropped);
        }
    }
}

fn value(node: &mut Node, kind: Kind, version: u8, path: &str, dropped: &mut Vec<String>) {
    match (kind, &mut node.value) {
        (Kind::Object(index), Value::Map(_)) => {
            if let Some(definition) = definition_at(index) {
                object(node, definition, version, path, dropped);
            }
        }
        (Kind::List(kind), Value::List(list)) => {
            for (index, item) in list.items.iter_mut().enumerate() {
                value(item, *kind, version, &format!("{path}[{index}]"), dropped);
            }
        }
        (Kind::Map(kind), Value::Map(map)) => {
            for entry in &mut map.entries {
                value(&mut entry.value, *kind, version, path, dropped);
            }
        }
        _ => {}
    }
}
