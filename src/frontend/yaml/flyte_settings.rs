//! What Flyte's configuration puts into every pod, as pods of their own: so its mistakes are found like those of templates.

use super::documents::document;
use crate::document::{Document, Kind};
use crate::tree::{Entry, Key, List, Map, Node, Path, Value};

/// Settings of Flyte's backend that become parts of pods, where in a pod, and for which pods: 1 is interruptible ones.
const SETTINGS: &[(&str, Part, &str, usize)] = &[
    ("default-affinity", Part::Spec, "affinity", 0),
    ("default-annotations", Part::Metadata, "annotations", 0),
    ("default-labels", Part::Metadata, "labels", 0),
    ("default-node-selector", Part::Spec, "nodeSelector", 0),
    ("default-pod-dns-config", Part::Spec, "dnsConfig", 0),
    ("default-pod-security-context", Part::Spec, "securityContext", 0),
    ("default-security-context", Part::Container, "securityContext", 0),
    ("default-tolerations", Part::Spec, "tolerations", 0),
    ("interruptible-node-selector", Part::Spec, "nodeSelector", 1),
    ("interruptible-tolerations", Part::Spec, "tolerations", 1),
];

/// The amounts of `task_resources`, and what they are in a container.
const AMOUNTS: &[(&str, &str)] = &[("defaults", "requests"), ("limits", "limits")];

/// How deep Flyte's settings are looked for in its configuration and in values of its charts.
const SETTINGS_DEPTH: usize = 6;

/// A part of a pod that settings go to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Metadata,
    Spec,
    Container,
}

/// The names of the settings under `plugins.k8s`.
pub fn names() -> impl Iterator<Item = &'static str> {
    SETTINGS.iter().map(|(setting, ..)| *setting)
}

/// The pods in a configuration: one, and another for interruptible runs.
pub fn pods(root: &Node) -> Vec<Document> {
    of_settings(root, 0)
}

fn of_settings(node: &Node, depth: usize) -> Vec<Document> {
    let Value::Map(map) = &node.value else { return Vec::new() };
    let mut found = Vec::new();
    let k8s = map.entry("plugins").and_then(|entry| entry.value.get("k8s").known());
    if let Some(k8s) = k8s.and_then(Node::as_map) {
        let mut pods = [Vec::new(), Vec::new()];
        for (setting, part, field, pod) in SETTINGS {
            if let Some(entry) = k8s.entry(setting) {
                pods[*pod].push((*part, renamed(entry, setting, field)));
            }
        }
        found.extend(pods.into_iter().filter(|parts| !parts.is_empty()).map(|parts| of_parts(parts, node)));
    }
    if let Some(resources) = map.entry("task_resources").and_then(|entry| entry.value.as_map()) {
        let amounts =
            AMOUNTS.iter().filter_map(|(setting, field)| Some(renamed(resources.entry(setting)?, setting, field)));
        let amounts: Vec<Entry> = amounts.map(|entry| Entry { value: with_names(&entry.value), ..entry }).collect();
        if !amounts.is_empty() {
            let resources = synthetic("resources", open_map(amounts, node), node);
            found.push(of_parts(vec![(Part::Container, resources)], node));
        }
    }
    let below = map.entries.iter().filter(|_| depth < SETTINGS_DEPTH);
    found.extend(below.flat_map(|entry| of_settings(&entry.value, depth + 1)));
    found
}

fn renamed(entry: &Entry, setting: &str, field: &str) -> Entry {
    let key = Key { wire: field.into(), written: Some(setting.into()), location: entry.key.location };
    Entry { key, value: entry.value.clone() }
}

/// Amounts by the names that Kubernetes has for them.
fn with_names(amounts: &Node) -> Node {
    let mut amounts = amounts.clone();
    if let Value::Map(map) = &mut amounts.value {
        map.entries.retain(|entry| !is_none(&entry.value));
        for entry in &mut map.entries {
            entry.key.wire = match &*entry.key.wire {
                "gpu" => "nvidia.com/gpu".into(),
                "ephemeralStorage" | "ephemeral_storage" | "storage" => "ephemeral-storage".into(),
                other => other.into(),
            };
        }
    }
    amounts
}

/// Whether an amount sets nothing: to Flyte zero is no limit and no default.
fn is_none(amount: &Node) -> bool {
    match &amount.value {
        Value::Null => true,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => {
            let digits = text.trim_end_matches(char::is_alphabetic);
            !digits.is_empty() && digits.parse() == Ok(0.0)
        }
        _ => false,
    }
}

fn open_map(entries: Vec<Entry>, at: &Node) -> Node {
    Node::new(Value::Map(Map { entries, open: true, ..Map::default() }), at.location)
}

fn synthetic(wire: &str, value: Node, at: &Node) -> Entry {
    Entry { key: Key { wire: wire.into(), written: None, location: at.location }, value }
}

fn of_parts(parts: Vec<(Part, Entry)>, at: &Node) -> Document {
    let of = |wanted: Part| {
        parts.iter().filter(move |(part, _)| *part == wanted).map(|(_, entry)| entry.clone()).collect::<Vec<_>>()
    };
    let mut spec = of(Part::Spec);
    let container = of(Part::Container);
    if !container.is_empty() {
        let list = List { items: vec![open_map(container, at)], open: true, ..List::default() };
        spec.push(synthetic("containers", Node::new(Value::List(list), at.location), at));
    }
    let mut entries = vec![synthetic("spec", open_map(spec, at), at)];
    let metadata = of(Part::Metadata);
    if !metadata.is_empty() {
        entries.push(synthetic("metadata", open_map(metadata, at), at));
    }
    document(open_map(entries, at), Path::new(), Kind::Embedded)
}
