//! Names, labels and annotations of objects and of the pods that they make.
//!
//! Source: <https://kubernetes.io/docs/concepts/overview/working-with-objects/>.

use std::cell::LazyCell;
use std::collections::HashSet;

use super::containers::Names;
use super::read::{entries, integer, is_given, items, string};
use super::{PodTemplate, Violations, formats};
use crate::document::{Document, Kind};
use crate::tree::{Entry, Field, Key, Location, Map, Node, Number, Value};

/// Bytes that all annotations of an object may have together.
const ANNOTATIONS_SIZE: usize = 262_144;

const SECCOMP_OF_POD: &str = "seccomp.security.alpha.kubernetes.io/pod";
const SECCOMP: &str = "container.seccomp.security.alpha.kubernetes.io/";
const APP_ARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";

/// The metadata of a manifest.
pub fn object(document: &Document, out: &mut Violations<'_>) {
    if document.api.is_none() || document.kind == Kind::Embedded {
        return;
    }
    let root = &document.root;
    let metadata = match root.get("metadata") {
        Field::Known(metadata) if metadata.as_map().is_some() => metadata,
        Field::Missing => {
            out.at_missing(root, &["metadata", "name"], "missing-field", "the object needs a name in `metadata.name`");
            return;
        }
        _ => return,
    };
    names(document, metadata, out);
    labels(metadata, "labels", out);
    annotations(metadata, out);
    // The server sets it for all other objects, and for pods since 1.33. Of `managedFields` it takes none.
    if document.kind == Kind::Pod
        && !out.release().is_from(33)
        && let Field::Known(number) = integer(metadata, "generation")
        && number < 0
    {
        out.at_field(metadata, "generation", "invalid-value", "`generation` must not be negative");
    }
    finalizers(metadata, out);
    owners(metadata, out);
}

fn names(document: &Document, metadata: &Node, out: &mut Violations<'_>) {
    let generated = string(metadata, "generateName");
    if string(metadata, "name") == Some("") && generated == Some("") {
        out.required(metadata, "name").help("give the object a `name`, or a `generateName`");
    }
    // The pods of a StatefulSet are called by it, and by nothing that has dots.
    let is_stateful = document.api.as_ref().is_some_and(|(_, kind)| kind == "StatefulSet");
    let format = if is_stateful { formats::dns_label } else { formats::dns_subdomain };
    if let Some(node) = metadata.get("name").known() {
        let faults = node.as_str().filter(|name| !name.is_empty()).map(format);
        out.format(node, "invalid-name", "name", &faults.unwrap_or_default());
    }
    if let Some(node) = metadata.get("generateName").known() {
        prefix(metadata, node, format, out);
    }
    if let Some(node) = metadata.get("namespace").known() {
        let faults = node.as_str().filter(|name| !name.is_empty()).map(formats::dns_label);
        out.format(node, "invalid-name", "namespace", &faults.unwrap_or_default());
    }
}

/// How many characters of a prefix the server keeps: five more follow.
pub const KEPT_PREFIX: usize = 58;

/// The prefix of a name that the server makes: its own form, and that of a name that begins with it.
fn prefix(metadata: &Node, node: &Node, format: fn(&str) -> formats::Faults, out: &mut Violations<'_>) {
    let Some(prefix) = node.as_str().filter(|prefix| !prefix.is_empty()) else { return };
    let faults = format(&formats::masked(prefix));
    out.format(node, "invalid-name", "name prefix", &faults);
    if !faults.is_empty() || string(metadata, "name") != Some("") {
        return;
    }
    let kept: String = prefix.chars().take(KEPT_PREFIX).collect();
    for fault in format(&format!("{kept}aaaaa")) {
        let message = format!("a name that begins with `{kept}` is not valid: it must have {fault}");
        out.at_missing(metadata, &["name"], "invalid-name", message).shown_at(node.location);
    }
}

/// Keys and values of labels; the server's path ends at the map.
pub fn labels(parent: &Node, wire: &str, out: &mut Violations<'_>) {
    let Some(map) = parent.get(wire).known() else { return };
    for entry in entries(parent, wire) {
        for fault in formats::qualified_name(&entry.key.wire) {
            let message = format!("`{}` is no valid label key: it must have {fault}", entry.key.wire);
            out.at(map, "invalid-label", message).shown_at(entry.key.location);
        }
        for fault in entry.value.as_str().map(formats::label_value).unwrap_or_default() {
            let message =
                format!("`{}` is no valid label value: it must have {fault}", entry.value.as_str().unwrap_or_default());
            out.at(map, "invalid-label", message).shown_at(entry.value.location);
        }
    }
}

/// Keys and total size of annotations.
pub fn annotations(parent: &Node, out: &mut Violations<'_>) {
    let Some(map) = parent.get("annotations").known() else { return };
    let mut size = 0;
    for entry in entries(parent, "annotations") {
        size += entry.key.wire.len() + entry.value.as_str().map_or(0, str::len);
        for fault in formats::annotation_key(&entry.key.wire) {
            let message = format!("`{}` is no valid annotation key: it must have {fault}", entry.key.wire);
            out.at(map, "invalid-label", message).shown_at(entry.key.location);
        }
    }
    if size > ANNOTATIONS_SIZE {
        let message = format!("all annotations together must have at most {ANNOTATIONS_SIZE} bytes, not {size}");
        out.at(map, "invalid-label", message);
    }
}

fn finalizers(metadata: &Node, out: &mut Violations<'_>) {
    let Some(list) = metadata.get("finalizers").known() else { return };
    let mut names = HashSet::new();
    for node in items(metadata, "finalizers") {
        let Some(name) = node.as_str() else { continue };
        names.insert(name);
        for fault in formats::qualified_name(name) {
            let message = format!("`{name}` is no valid finalizer: it must have {fault}");
            out.at(list, "invalid-name", message).shown_at(node.location);
        }
        let standard = matches!(name, "kubernetes" | "orphan" | "foregroundDeletion");
        if !standard && !name.contains('/') {
            out.at(node, "invalid-name", format!("the finalizer `{name}` needs a domain: `example.com/{name}`"));
        }
    }
    if names.contains("orphan") && names.contains("foregroundDeletion") {
        let message = "the finalizers `orphan` and `foregroundDeletion` exclude each other";
        out.at_field(metadata, "finalizers", "forbidden-combination", message);
    }
}

fn owners(metadata: &Node, out: &mut Violations<'_>) {
    let Some(list) = metadata.get("ownerReferences").known() else { return };
    let mut controllers = 0;
    for owner in items(metadata, "ownerReferences") {
        for wire in ["apiVersion", "kind", "name", "uid"] {
            let empty = string(owner, wire) == Some("");
            let bare_group = wire == "apiVersion" && string(owner, wire).is_some_and(|text| text.ends_with('/'));
            if empty || bare_group {
                // Up to 1.36 the server did not say which one.
                let named = if out.release().is_from(37) { owner } else { list };
                let message = format!("an owner reference needs `{wire}`");
                out.at(named, "missing-field", message).below(&format!(".{wire}")).shown_at(owner.head());
            }
        }
        if string(owner, "apiVersion") == Some("v1") && string(owner, "kind") == Some("Event") {
            let place = owner.head();
            out.at(list, "invalid-reference", "an event cannot own an object").shown_at(place);
        }
        controllers += usize::from(super::read::flag(owner, "controller") == Some(true));
    }
    if controllers > 1 {
        out.at(list, "forbidden-combination", "only one owner can be the controller");
    }
}

/// The metadata of the pods that a template makes.
pub fn template(pod: &PodTemplate<'_>, out: &mut Violations<'_>) {
    let Some(metadata) = pod.template.get("metadata").known() else { return };
    // A pod's own metadata was checked as an object.
    if !pod.is_pod() {
        labels(metadata, "labels", out);
        annotations(metadata, out);
    }
    pod_annotations(pod, metadata, out);
}

/// Annotations to which Kubernetes itself gives a meaning.
fn pod_annotations(pod: &PodTemplate<'_>, metadata: &Node, out: &mut Violations<'_>) {
    let containers = LazyCell::new(|| containers_of(pod));
    for entry in entries(metadata, "annotations") {
        let (node, Some(value)) = (&entry.value, entry.value.as_str()) else { continue };
        match &*entry.key.wire {
            "controller.kubernetes.io/pod-deletion-cost" if !is_cost(value) => {
                out.at(
                    node,
                    "invalid-value",
                    format!("the deletion cost must be a whole number of 32 bits, not `{value}`"),
                );
            }
            "kubernetes.io/config.mirror" => {
                let spec = pod.spec.known();
                if spec.is_some_and(|spec| string(spec, "nodeName") == Some("")) {
                    out.at(node, "forbidden-combination", "the pod's `nodeName` must be set when it is a mirror pod");
                }
                if pod.is_pod() && spec.is_some_and(|spec| is_given(spec, "resourceClaims")) {
                    // The server has no better path for it.
                    out.at(node, "forbidden-combination", "a static pod cannot have `resourceClaims`").path =
                        "[]".to_owned();
                }
            }
            "scheduler.alpha.kubernetes.io/tolerations" => tolerations_annotation(pod.document, node, value, out),
            SECCOMP_OF_POD => seccomp_annotation(node, value, out),
            key if key.starts_with(SECCOMP) => seccomp_annotation(node, value, out),
            key => {
                if let Some(container) = key.strip_prefix(APP_ARMOR) {
                    app_armor_annotation(container, (node, value), containers.as_ref(), out);
                }
            }
        }
    }
}

/// A decimal number of 32 bits without a plus sign or leading zeros.
fn is_cost(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    text.parse::<i32>().is_ok() && !text.starts_with('+') && (digits == "0" || !digits.starts_with('0'))
}

/// The names of all containers, where they are known.
fn containers_of<'a>(pod: &PodTemplate<'a>) -> Option<Names<'a>> {
    let spec = pod.spec.known().filter(|spec| super::containers::is_closed(spec))?;
    Some(Names::of(super::containers::all(spec).map(|(_, node)| node)))
}

/// A profile of seccomp as an annotation, from before it was a field.
fn seccomp_annotation(node: &Node, value: &str, out: &mut Violations<'_>) {
    let local = value.strip_prefix("localhost/").is_some_and(|path| formats::descending_path(path).is_empty());
    if !matches!(value, "runtime/default" | "docker/default" | "unconfined") && !local {
        let violation = out.at(node, "invalid-value", format!("`{value}` is no seccomp profile"));
        violation.path = dotted(&violation.path);
        violation
            .help("use `runtime/default`, `unconfined` or `localhost/<path>`, or better the field `seccompProfile`");
    }
}

/// A container's profile of AppArmor as an annotation, from before it was a field.
fn app_armor_annotation(
    container: &str,
    (node, value): (&Node, &str),
    containers: Option<&Names<'_>>,
    out: &mut Violations<'_>,
) {
    let known = matches!(value, "" | "runtime/default" | "unconfined") || value.starts_with("localhost/");
    if !known {
        out.at(node, "invalid-value", format!("`{value}` is no AppArmor profile"));
    }
    if containers.is_some_and(|names| !names.may_have(container)) {
        out.at(node, "invalid-reference", format!("the pod has no container `{container}`"));
    }
}

/// For some annotations the server writes the key behind a dot.
fn dotted(path: &str) -> String {
    path.replace("annotations[", "annotations.").trim_end_matches(']').to_owned()
}

/// Tolerations as an annotation, from before they were a field.
fn tolerations_annotation(document: &Document, node: &Node, value: &str, out: &mut Violations<'_>) {
    let Ok(tolerations) = serde_json::from_str::<Vec<serde_json::Value>>(value) else {
        if !value.is_empty() {
            out.at(node, "invalid-value", "the tolerations must be a JSON list");
        }
        return;
    };
    let mut alone = Document { root: Node::new(Value::Null, node.location), ..document.clone() };
    for (index, toleration) in tolerations.iter().enumerate() {
        alone.root = from_json(toleration, node.location);
        let mut inner = Violations::new(&alone, out.release());
        super::scheduling::toleration(&alone.root, &mut inner);
        for found in inner.into_vec() {
            let violation = out.at(node, "invalid-toleration", found.message);
            violation.path = format!("{}[{index}].{}", dotted(&violation.path), found.path);
        }
    }
}

/// A tree for JSON inside a string; all of it stands at the string.
fn from_json(value: &serde_json::Value, place: Location) -> Node {
    let value = match value {
        serde_json::Value::String(text) => Value::String(text.as_str().into()),
        serde_json::Value::Number(number) => Value::Number(Number::new(number.to_string())),
        serde_json::Value::Bool(flag) => Value::Bool(*flag),
        serde_json::Value::Object(entries) => {
            let entry = |(key, value): (&String, &serde_json::Value)| {
                let key = Key { wire: key.as_str().into(), written: None, location: place };
                Entry { key, value: from_json(value, place) }
            };
            Value::Map(Map { entries: entries.iter().map(entry).collect(), ..Map::default() })
        }
        _ => Value::Null,
    };
    Node::new(value, place)
}
