//! Volumes of persistent volume claims: existing ones, and those that a pod brings along.
//!
//! Source: <https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/#generic-ephemeral-volumes>.

use crate::kubernetes::read::{is_empty, is_given, items, string};
use crate::kubernetes::resources::quantity_of;
use crate::kubernetes::{PodTemplate, Violations, formats, metadata, selectors};
use crate::schema::Gate;
use crate::tree::{Field, Node};

const RULE: &str = "invalid-volume-source";

/// Checks a volume of an existing claim.
pub fn claim(pod: &PodTemplate<'_>, node: &Node, out: &mut Violations<'_>) {
    if !out.require_text(node, "claimName") || !pod.is_pod() {
        return;
    }
    let name = string(node, "claimName").unwrap_or_default();
    let own = pod.document.name.as_deref().unwrap_or_default();
    let volume = name.strip_prefix(own).and_then(|rest| rest.strip_prefix('-'));
    if volume.is_some_and(|volume| pod.ephemeral_volumes().contains(volume)) {
        out.at_field(node, "claimName", RULE, format!("the claim `{name}` belongs to an ephemeral volume of this pod"));
    }
}

/// Checks a volume whose claim is made with the pod.
pub fn ephemeral(pod: &PodTemplate<'_>, volume: &Node, node: &Node, out: &mut Violations<'_>) {
    let template = match node.get("volumeClaimTemplate") {
        Field::Known(template) => template,
        Field::Missing => {
            out.required(node, "volumeClaimTemplate");
            return;
        }
        Field::Dynamic => return,
    };
    if let Some(metadata_node) = template.get("metadata").known() {
        claim_metadata(metadata_node, out);
    }
    match template.get("spec") {
        Field::Known(spec) => claim_spec(spec, out),
        Field::Missing => lacks_everything(template, out),
        Field::Dynamic => {}
    }
    if pod.is_pod()
        && let (Some(own), Some(name)) = (pod.document.name.as_deref(), string(volume, "name"))
    {
        let claim = format!("{own}-{name}");
        for fault in formats::dns_subdomain(&claim) {
            out.at_field(
                volume,
                "name",
                RULE,
                format!("the claim would be called `{claim}`, which is no valid name: it must have {fault}"),
            );
        }
    }
}

/// Checks a claim that a StatefulSet makes for each of its pods.
pub fn template(claim: &Node, out: &mut Violations<'_>) {
    if let Some(metadata) = claim.get("metadata").known() {
        // It becomes a volume of that name.
        crate::kubernetes::pod_spec::named(metadata, "name", formats::dns_label, out);
    }
    match claim.get("spec") {
        Field::Known(spec) => claim_spec(spec, out),
        Field::Missing => lacks_everything(claim, out),
        Field::Dynamic => {}
    }
}

fn lacks_everything(claim: &Node, out: &mut Violations<'_>) {
    for wire in [&["spec", "accessModes"][..], &["spec", "resources[storage]"][..]] {
        out.at_missing(claim, wire, "missing-field", format!("`{}` is required", wire.join(".")));
    }
}

/// The claim's metadata: only labels and annotations.
fn claim_metadata(node: &Node, out: &mut Violations<'_>) {
    metadata::labels(node, "labels", out);
    metadata::annotations(node, out);
    let entries = node.as_map().map(|map| map.entries.as_slice()).unwrap_or_default();
    for entry in entries.iter().filter(|entry| !matches!(&*entry.key.wire, "labels" | "annotations")) {
        let set = match &entry.value.value {
            crate::tree::Value::String(text) => !text.is_empty(),
            crate::tree::Value::Null => false,
            crate::tree::Value::List(list) => !list.items.is_empty(),
            crate::tree::Value::Number(number) => &*number.text != "0",
            _ => true,
        };
        if set {
            let message = format!("`{}` cannot be set for a claim that a pod brings along", entry.key.as_written());
            out.at(&entry.value, "forbidden-combination", message);
        }
    }
}

fn claim_spec(spec: &Node, out: &mut Violations<'_>) {
    const MODES: &[&str] = &["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];
    if is_empty(spec, "accessModes") {
        out.required(spec, "accessModes");
    }
    let modes = items(spec, "accessModes");
    if let Some(list) = spec.get("accessModes").known() {
        let is_wrong = |mode: &&Node| mode.as_str().is_some_and(|mode| !MODES.contains(&mode));
        for mode in modes.iter().filter(is_wrong) {
            let message = format!("an access mode must be one of {}", MODES.join(", "));
            out.at(list, RULE, message).shown_at(mode.location);
        }
    }
    if modes.len() > 1 && modes.iter().any(|mode| mode.as_str() == Some("ReadWriteOncePod")) {
        out.at_field(spec, "accessModes", "forbidden-combination", "`ReadWriteOncePod` goes with no other access mode");
    }
    storage(spec, out);
    let attributes = out.release().has(Gate::VolumeAttributesClass);
    let classes = ["storageClassName", "volumeAttributesClassName"];
    for wire in classes.iter().take(if attributes { 2 } else { 1 }) {
        crate::kubernetes::pod_spec::named(spec, wire, formats::dns_subdomain, out);
    }
    if is_given(spec, "volumeMode") {
        out.one_of(spec, "volumeMode", &["Block", "Filesystem"]);
    }
    if let Some(selector) = spec.get("selector").known() {
        selectors::check(selector, RULE, out);
    }
    data_sources(spec, out);
}

fn storage(spec: &Node, out: &mut Violations<'_>) {
    let requests = spec.get("resources").then(|node| node.get("requests"));
    match requests.then(|map| map.get("storage")) {
        Field::Missing => {
            out.at_missing(spec, &["resources[storage]"], "missing-field", "a claim must request `storage`");
        }
        Field::Known(node) => {
            let positive = quantity_of(node).is_none_or(|quantity| !quantity.is_negative() && !quantity.is_zero());
            if !positive {
                let message = "the requested storage must be more than zero";
                out.at_missing(spec, &["resources[storage]"], RULE, message).shown_at(node.location);
            }
        }
        Field::Dynamic => {}
    }
}

/// Where the claim's first data comes from.
fn data_sources(spec: &Node, out: &mut Violations<'_>) {
    for wire in ["dataSource", "dataSourceRef"] {
        let Some(source) = spec.get(wire).known() else { continue };
        super::require_all(source, &["name", "kind"], out);
        let group = string(source, "apiGroup");
        let kind = string(source, "kind");
        if group == Some("") && kind.is_some_and(|kind| kind != "PersistentVolumeClaim") {
            out.at(source, RULE, "without `apiGroup` the kind must be `PersistentVolumeClaim`");
        }
        if out.release().is_from(29) {
            crate::kubernetes::pod_spec::named(source, "apiGroup", formats::dns_subdomain, out);
        }
        crate::kubernetes::pod_spec::named(source, "namespace", formats::dns_label, out);
    }
    let (first, second) = (spec.get("dataSource").known(), spec.get("dataSourceRef").known());
    if let (Some(first), Some(second)) = (first, second) {
        let differs = ["apiGroup", "kind", "name", "namespace"].iter().any(|wire| {
            match (string(first, wire), string(second, wire)) {
                (Some(a), Some(b)) => a != b,
                _ => false,
            }
        });
        if differs {
            out.at_missing(spec, &[], RULE, "`dataSource` and `dataSourceRef` must be the same")
                .shown_at(second.head());
        }
    }
}
