//! Fields that a release admits and drops silently, since their feature gate is off: found, and taken out of what is validated.
//!
//! Source: `dropDisabledFields` in <https://github.com/kubernetes/kubernetes/blob/master/pkg/api/pod/util.go>.

use super::Violations;
use super::read::{items, string};
use crate::document::Document;
use crate::schema::Gate;
use crate::schema::gates::Release;
use crate::tree::{Entry, Field, Location, Map, Node, Path, Step, Value};

const RULE: &str = "ignored-field";

/// A field whose feature gate is off.
pub struct Gated<'a> {
    /// Its key and value.
    pub entry: &'a Entry,
    /// Its name.
    pub wire: &'static str,
    /// The gate.
    pub gate: Gate,
}

/// Reports the fields that the server drops, and returns the document without them; `None` where nothing is dropped.
pub fn settle<'a>(document: &'a Document, gated: Vec<Gated<'a>>, out: &mut Violations<'_>) -> Option<Document> {
    let removed = removals(document, gated, out);
    (!removed.is_empty()).then(|| without(document, removed, Form::InPlace))
}

/// The document as the server would store it; `None` where nothing is dropped.
#[must_use]
pub fn stored(document: &Document, release: Release) -> Option<Document> {
    let mut out = Violations::new(document, release);
    let gated = super::decode::check(document, &mut out);
    let removed = removals(document, gated, &mut out);
    (!removed.is_empty()).then(|| without(document, removed, Form::Gone))
}

/// Where the dropped values are; each is reported.
fn removals<'a>(document: &'a Document, gated: Vec<Gated<'a>>, out: &mut Violations<'_>) -> Vec<Path> {
    let mut removed: Vec<Path> = Vec::new();
    for one in gated {
        let path = out.path(&one.entry.value);
        let Some(gate) = gate_of(&one, &path, out.release()) else { continue };
        match one.wire {
            "image" => image_volume(document, &one, path, &mut removed, out),
            // What then is empty is refused: that says it.
            "fileKeyRef" | "sleep" => removed.push(path),
            _ => {
                report(&one.entry.value, one.entry.key.location, one.entry.key.as_written(), gate, out);
                removed.push(path);
            }
        }
    }
    failure_rules(document, &mut removed, out);
    removed
}

/// The gate that drops this very field; `None` where it stays.
fn gate_of(one: &Gated<'_>, path: &[Step], release: Release) -> Option<Gate> {
    let value = &one.entry.value;
    let nothing = match &value.value {
        Value::Null => true,
        Value::List(list) => list.items.is_empty() && !list.open,
        _ => false,
    };
    if nothing {
        return None;
    }
    match one.wire {
        "restartPolicy" => restart_policy(value, path, release),
        "procMount" => (value.as_str() != Some("Default") && !value.is_dynamic()).then_some(one.gate),
        // Claims of a whole pod's resources are refused.
        "claims" => {
            path.iter().any(|step| step.key().is_some_and(|key| key.ends_with("ontainers"))).then_some(one.gate)
        }
        _ => Some(one.gate),
    }
}

/// A single container's policy: which gate knows it depends on the kind of container, and for init containers on the value.
fn restart_policy(value: &Node, path: &[Step], release: Release) -> Option<Gate> {
    let rules = Gate::ContainerRestartRules;
    let is_init = path.iter().any(|step| step.key() == Some("initContainers"));
    match (is_init, value.as_str()) {
        (false, _) => release.knows(rules).then_some(rules),
        (true, None) => None,
        (true, Some(_)) if !release.has(Gate::SidecarContainers) => Some(Gate::SidecarContainers),
        (true, Some(policy)) => (release.knows(rules) && policy != "Always").then_some(rules),
    }
}

fn report(node: &Node, place: Location, written: &str, gate: Gate, out: &mut Violations<'_>) {
    let minor = out.release().minor;
    let message = format!("Kubernetes 1.{minor} admits `{written}` and drops it");
    out.at(node, RULE, message).warning().shown_at(place).help(since(gate, minor));
}

/// Since when a field counts.
fn since(gate: Gate, minor: u8) -> String {
    let name = gate.name();
    match gate.on_since() {
        Some(first) if first > minor => {
            format!("it counts from Kubernetes 1.{first} on, or with the feature gate `{name}`")
        }
        Some(_) => format!("the feature gate `{name}` is switched off"),
        None => format!("it counts only with the feature gate `{name}`, which is off by default in all known versions"),
    }
}

/// A volume of this kind goes as a whole, and its mounts with it.
fn image_volume(
    document: &Document,
    one: &Gated<'_>,
    mut path: Path,
    removed: &mut Vec<Path>,
    out: &mut Violations<'_>,
) {
    path.pop();
    let Some(volume) = document.root.at(&path) else { return };
    let name = string(volume, "name").unwrap_or_default();
    let minor = out.release().minor;
    let message =
        format!("Kubernetes 1.{minor} admits volumes of the kind `image` and drops them: `{name}` is not there");
    out.at(volume, RULE, message).warning().shown_at(one.entry.key.location).help(since(one.gate, minor));
    let spec_path = path.get(..path.len().saturating_sub(2)).unwrap_or_default().to_vec();
    removed.push(path);
    let Some(spec) = document.root.at(&spec_path).filter(|_| !name.is_empty()) else { return };
    for (_, container) in super::containers::all(spec) {
        for mount in items(container, "volumeMounts").iter().filter(|mount| string(mount, "name") == Some(name)) {
            let place = mount.get("name").known().map_or_else(|| mount.head(), Node::head);
            let message = format!("Kubernetes 1.{minor} drops this mount with the volume `{name}`");
            out.at(mount, RULE, message).warning().shown_at(place).label(one.entry.key.location, "the volume");
            removed.push(out.path(mount));
        }
    }
}

/// Rules of a job for single indexes, before jobs had those.
fn failure_rules(document: &Document, removed: &mut Vec<Path>, out: &mut Violations<'_>) {
    let gate = Gate::JobBackoffLimitPerIndex;
    if out.release().has(gate) || !out.release().knows(gate) {
        return;
    }
    let Some(job) = super::workloads::job_spec(document) else { return };
    let Field::Known(policy) = job.get("podFailurePolicy") else { return };
    for rule in items(policy, "rules").iter().filter(|rule| string(rule, "action") == Some("FailIndex")) {
        let minor = out.release().minor;
        let message = format!("Kubernetes 1.{minor} admits rules with the action `FailIndex` and drops them");
        out.at(rule, RULE, message).warning().help(since(gate, minor));
        removed.push(out.path(rule));
    }
}

/// How items of lists are taken out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Something unknown keeps their place, so that paths stay those of the user's file.
    InPlace,
    /// They are gone, as in the object that is stored.
    Gone,
}

fn without(document: &Document, mut removed: Vec<Path>, form: Form) -> Document {
    let mut stored = document.clone();
    // What stands later is taken out first, so that paths hold.
    removed.sort_by(|a, b| b.cmp(a));
    for path in removed {
        take_out(&mut stored.root, &path, form);
        if let Some((Step::Key(last), way)) = path.split_last()
            && &**last == "stopSignal"
        {
            take_out_empty(&mut stored.root, way);
        }
    }
    stored
}

fn take_out(root: &mut Node, path: &[Step], form: Form) {
    let Some((last, way)) = path.split_last() else { return };
    let Some(parent) = at_mut(root, way) else { return };
    match (&mut parent.value, last) {
        (Value::Map(map), Step::Key(key)) => map.entries.retain(|entry| entry.key.wire != *key),
        (Value::List(list), Step::Index(index)) if form == Form::Gone => {
            if *index < list.items.len() {
                list.items.remove(*index);
            }
        }
        (Value::List(list), Step::Index(index)) => {
            if let Some(item) = list.items.get_mut(*index) {
                *item = Node::dynamic("dropped by the server", item.location);
            }
        }
        _ => {}
    }
}

/// A lifecycle with nothing else in it goes, too.
fn take_out_empty(root: &mut Node, path: &[Step]) {
    let Some(node) = at_mut(root, path) else { return };
    if matches!(&node.value, Value::Map(Map { entries, open: false, .. }) if entries.is_empty()) {
        take_out(root, path, Form::Gone);
    }
}

fn at_mut<'n>(node: &'n mut Node, path: &[Step]) -> Option<&'n mut Node> {
    path.iter().try_fold(node, |node, step| match (&mut node.value, step) {
        (Value::Map(map), Step::Key(key)) => {
            map.entries.iter_mut().find(|entry| entry.key.wire == *key).map(|entry| &mut entry.value)
        }
        (Value::List(list), Step::Index(index)) => list.items.get_mut(*index),
        _ => None,
    })
}
