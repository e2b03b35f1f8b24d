//! Environment variables and where their values come from.
//!
//! Source: <https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/>.

use super::read::{given, is_closed, items, string};
use super::{Violations, formats, pod_spec};
use crate::pod::{Quantity, amount};
use crate::schema::Gate;
use crate::tree::{Field, Node, Value};

const SOURCES: &[&str] = &["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"];

/// Checks `env` and `envFrom` of a container.
pub fn check(container: &Node, out: &mut Violations<'_>) {
    for variable in items(container, "env") {
        match string(variable, "name") {
            Some("") => {
                out.required(variable, "name");
            }
            Some(name) => {
                let faults = name_faults(name, out);
                if let Some(node) = variable.get("name").known() {
                    out.format(node, "invalid-env-name", "name of a variable", &faults);
                }
            }
            None => {}
        }
        if let Some(source) = variable.get("valueFrom").known() {
            value_from(variable, source, out);
        }
    }
    if let Some(list) = container.get("envFrom").known() {
        items(container, "envFrom").iter().for_each(|source| env_from(list, source, out));
    }
}

/// What is wrong with the name of a variable: the rule was relaxed.
fn name_faults(name: &str, out: &Violations<'_>) -> formats::Faults {
    let relaxed = out.release().has(Gate::RelaxedEnvironmentVariableValidation);
    if relaxed { formats::env_name(name) } else { formats::strict_env_name(name) }
}

fn value_from(variable: &Node, source: &Node, out: &mut Violations<'_>) {
    // Where the feature gate of `fileKeyRef` is off, the server drops it before it looks.
    let sources = given(source, SOURCES);
    if sources.is_empty() && is_closed(source) {
        let message = "`valueFrom` must be one of `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`";
        out.at(source, "invalid-value", message);
    }
    let certain: Vec<_> = sources.iter().copied().filter(|(_, node)| !node.is_dynamic()).collect();
    if certain.len() > 1 {
        out.at(source, "forbidden-combination", "a variable can have only one source");
    }
    if !certain.is_empty() && string(variable, "value").is_some_and(|value| !value.is_empty()) {
        out.at(source, "forbidden-combination", "a variable cannot have both `value` and `valueFrom`");
    }
    for (wire, node) in sources {
        match wire {
            "fieldRef" => field_ref(node, Use::Variable, out),
            "resourceFieldRef" => resource_field_ref(node, Use::Variable, out),
            "fileKeyRef" => file_key_ref(node, out),
            _ => key_ref(node, out),
        }
    }
}

fn env_from(list: &Node, source: &Node, out: &mut Violations<'_>) {
    if let Some(node) = source.get("prefix").known()
        && let Some(prefix) = node.as_str().filter(|prefix| !prefix.is_empty())
    {
        let faults = name_faults(prefix, out);
        out.format(node, "invalid-env-name", "prefix of variables", &faults);
    }
    let sources = given(source, &["configMapRef", "secretRef"]);
    if sources.is_empty() && is_closed(source) {
        let message = "an entry of `envFrom` must be one of `configMapRef` or `secretRef`";
        out.at(list, "invalid-value", message).shown_at(source.head());
    }
    if sources.iter().filter(|(_, node)| !node.is_dynamic()).count() > 1 {
        out.at(list, "forbidden-combination", "an entry of `envFrom` can have only one source").shown_at(source.head());
    }
    for (_, node) in sources {
        match string(node, "name") {
            Some("") => {
                out.required(node, "name");
            }
            Some(name) => {
                let faults = formats::generated_subdomain(name);
                out.format(node.get("name").known().unwrap_or(node), "invalid-name", "name", &faults);
            }
            None => {}
        }
    }
}

/// A key of a ConfigMap or Secret.
fn key_ref(node: &Node, out: &mut Violations<'_>) {
    if let Some(name) = string(node, "name") {
        for fault in formats::dns_subdomain(name) {
            let message = format!("`{name}` is no valid name: it must have {fault}");
            out.at_field(node, "name", "invalid-name", message);
        }
    }
    match string(node, "key") {
        Some("") => {
            out.required(node, "key");
        }
        Some(key) => {
            let faults = formats::config_key(key);
            out.format(node.get("key").known().unwrap_or(node), "invalid-name", "key", &faults);
        }
        None => {}
    }
}

/// A key of a file in a volume; that the volume is an `emptyDir` is checked with the volumes.
fn file_key_ref(node: &Node, out: &mut Violations<'_>) {
    if out.require_text(node, "key")
        && let Some(key) = node.get("key").known()
    {
        out.format(
            key,
            "invalid-env-name",
            "name of a variable",
            &key.as_str().map(formats::env_name).unwrap_or_default(),
        );
    }
    if out.require_text(node, "volumeName") {
        pod_spec::named(node, "volumeName", formats::dns_label, out);
    }
    if out.require_text(node, "path") {
        for fault in string(node, "path").map(formats::no_parent_steps).unwrap_or_default() {
            out.at_field(node, "path", "invalid-value", format!("`path` must have {fault}"));
        }
    }
}

/// What a reference to the pod itself is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// An environment variable.
    Variable,
    /// A file in a volume.
    File,
}

/// Fields of a pod that references can be written to, whether allowed or not.
const KNOWN_FIELDS: &[&str] = &[
    "metadata.annotations",
    "metadata.labels",
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.serviceAccountName",
    "spec.schedulerName",
    "spec.hostNetwork",
    "status.phase",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
    "status.nominatedNodeName",
    "spec.host",
];

/// A reference to a field of the pod.
pub fn field_ref(node: &Node, purpose: Use, out: &mut Violations<'_>) {
    let version = string(node, "apiVersion");
    match string(node, "fieldPath") {
        Some("") => {
            out.required(node, "fieldPath");
        }
        Some(path) => {
            if version.is_some_and(|version| !matches!(version, "" | "v1")) {
                let message = format!("`apiVersion` must be `v1`, not `{}`", version.unwrap_or_default());
                out.at_field(node, "fieldPath", "invalid-reference", message);
                return;
            }
            field_path(node, path, purpose, out);
        }
        None => {}
    }
}

fn field_path(node: &Node, path: &str, purpose: Use, out: &mut Violations<'_>) {
    if let Some((field, key)) = subscript(path) {
        let faults = match field {
            "metadata.labels" => formats::qualified_name(key),
            "metadata.annotations" => formats::annotation_key(key),
            _ => {
                let message = format!("the field `{field}` has no keys in brackets");
                out.at_field(node, "fieldPath", "invalid-reference", message);
                return;
            }
        };
        for fault in faults {
            let place = node.get("fieldPath").known().unwrap_or(node).head();
            let message = format!("`{key}` is no valid key: it must have {fault}");
            out.at(node, "invalid-reference", message).shown_at(place);
        }
        return;
    }
    let allowed: &[&str] = match purpose {
        Use::Variable => &[
            "metadata.name",
            "metadata.namespace",
            "metadata.uid",
            "spec.nodeName",
            "spec.serviceAccountName",
            "spec.host",
            "status.hostIP",
            "status.hostIPs",
            "status.podIP",
            "status.podIPs",
        ],
        Use::File => {
            &["metadata.name", "metadata.namespace", "metadata.labels", "metadata.annotations", "metadata.uid"]
        }
    };
    let host_ips = path != "status.hostIPs" || out.release().has(Gate::PodHostIPs);
    if !allowed.contains(&path) || !host_ips {
        let message = if KNOWN_FIELDS.contains(&path) {
            format!("the field `{path}` cannot be used here")
        } else {
            format!("a pod has no field `{path}` that can be referred to")
        };
        let near = crate::text::nearest(path, allowed.iter().copied()).and_then(|index| allowed.get(index));
        let help =
            near.map_or_else(|| format!("use one of {}", allowed.join(", ")), |near| format!("did you mean `{near}`?"));
        out.at_field(node, "fieldPath", "invalid-reference", message).help(help);
    }
}

/// `metadata.labels['key']` as field and key.
fn subscript(path: &str) -> Option<(&str, &str)> {
    let (field, rest) = path.split_once("['")?;
    Some((field, rest.strip_suffix("']")?))
}

/// A reference to a resource of a container.
pub fn resource_field_ref(node: &Node, purpose: Use, out: &mut Violations<'_>) {
    if purpose == Use::File && string(node, "containerName") == Some("") {
        out.required(node, "containerName");
        return;
    }
    let Some(resource) = string(node, "resource") else { return };
    if resource.is_empty() {
        out.required(node, "resource");
        return;
    }
    let kind = resource.strip_prefix("limits.").or_else(|| resource.strip_prefix("requests."));
    let known = kind
        .is_some_and(|kind| matches!(kind, "cpu" | "memory" | "ephemeral-storage") || kind.starts_with("hugepages-"));
    if !known {
        let message = format!("`{resource}` cannot be referred to; use `limits.cpu`, `requests.memory` and their like");
        out.at_field(node, "resource", "invalid-reference", message);
        return;
    }
    divisor(node, kind.unwrap_or_default(), out);
}

fn divisor(node: &Node, kind: &str, out: &mut Violations<'_>) {
    let Field::Known(value) = node.get("divisor") else { return };
    let text = match &value.value {
        Value::String(text) => text,
        Value::Number(number) => &number.text,
        _ => return,
    };
    let Ok(quantity) = Quantity::parse(text) else { return };
    let units: &[&str] = if kind == "cpu" {
        &["m", ""]
    } else {
        &["", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]
    };
    let canonical = |unit: &&str| text.trim_matches(' ').strip_prefix('1') == Some(*unit);
    // What looks canonical is compared as a text.
    let odd = amount::is_echoed(text) && !units.iter().any(canonical);
    if !quantity.is_zero() && (odd || !quantity.is_one_of(units)) {
        let list: Vec<String> = units.iter().map(|unit| format!("`1{unit}`")).collect();
        out.at(value, "invalid-reference", format!("the divisor must be one of {}, not `{text}`", list.join(", ")));
    }
}
