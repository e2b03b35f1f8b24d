//! What the server fills in before any plugin sees the pod, as far as it matters to admission and scheduling.

use crate::cluster::edit::{below, ensure_map, field_mut, set_missing, spec};
use crate::cluster::needs::{PodNeeds, amount, is_pod_level};
use crate::flyte::Effective;
use crate::tree::{Node, Path, Step, Value};

const BY: &str = "the API server's defaults";

/// Writes amounts in their canonical form, and makes requests of limits.
pub fn fill(pod: &mut Effective) {
    let paths: Vec<Path> = PodNeeds::of(&pod.root).containers.into_iter().map(|one| one.path).collect();
    for path in &paths {
        let resources = below(path, "resources");
        canonical(pod, &resources);
        requests_from_limits(pod, &resources, |_| true);
    }
    pod_level(pod);
    if let Some(node) = field_mut(&mut pod.root, "spec").and_then(|spec| field_mut(spec, "overhead")) {
        canonical_amounts(node);
    }
}

fn canonical(pod: &mut Effective, resources: &[Step]) {
    let Some(node) = crate::cluster::edit::at_mut(&mut pod.root, resources) else { return };
    for field in ["limits", "requests"] {
        if let Some(amounts) = field_mut(node, field) {
            canonical_amounts(amounts);
        }
    }
}

fn canonical_amounts(node: &mut Node) {
    let Value::Map(map) = &mut node.value else { return };
    for entry in &mut map.entries {
        if let Some(amount) = amount(&entry.value) {
            entry.value.value = Value::String(amount.to_string().into());
        }
    }
}

fn requests_from_limits(pod: &mut Effective, resources: &[Step], wanted: impl Fn(&str) -> bool) {
    let limits = pod.root.at(resources).and_then(|node| node.get("limits").known()).and_then(Node::as_map);
    let Some(limits) = limits.filter(|limits| !limits.entries.is_empty()).cloned() else { return };
    if !ensure_map(pod, resources, "requests") {
        return;
    }
    let requests = below(resources, "requests");
    for entry in limits.entries.into_iter().filter(|entry| entry.value.value != Value::Null) {
        if wanted(&entry.key.wire) {
            set_missing(pod, &requests, &entry.key.wire, entry.value, BY);
        }
    }
}

/// Requests of the pod as a whole are the sum of its containers' where that is known, else its limits.
fn pod_level(pod: &mut Effective) {
    let resources = below(&spec(), "resources");
    canonical(pod, &resources);
    let has_limits = pod.root.at(&resources).is_some_and(|node| node.get("limits").known().is_some());
    if !has_limits || !ensure_map(pod, &resources, "requests") {
        return;
    }
    let sum = PodNeeds::of(&pod.root).sum(|container| &container.requests);
    let requests = below(&resources, "requests");
    let at = pod.root.at(&resources).map(|node| node.location).unwrap_or_default();
    for (name, amount) in sum.known.iter().filter(|(name, _)| matches!(name.as_str(), "cpu" | "memory")) {
        set_missing(pod, &requests, name, Node::string(&amount.to_string(), at), BY);
    }
    requests_from_limits(pod, &resources, is_pod_level);
}
