//! Volumes: their names, that each has one source, and what the sources need.
//!
//! Source: <https://kubernetes.io/docs/concepts/storage/volumes/>.

mod certificates;
mod claims;
mod projected;
mod sources;
mod storage;

use std::collections::HashMap;

use super::read::{given, string};
pub use claims::template as claim_template;

use super::{PodTemplate, Violations, containers, formats, read};
use crate::document::Dialect;
use crate::tree::{Field, Node};

/// The kinds of volumes, in the order in which the server looks at them.
const KINDS: &[&str] = &[
    "emptyDir",
    "hostPath",
    "gitRepo",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "secret",
    "nfs",
    "iscsi",
    "glusterfs",
    "flocker",
    "persistentVolumeClaim",
    "rbd",
    "cinder",
    "cephfs",
    "quobyte",
    "downwardAPI",
    "fc",
    "flexVolume",
    "configMap",
    "azureFile",
    "vsphereVolume",
    "photonPersistentDisk",
    "portworxVolume",
    "azureDisk",
    "storageos",
    "projected",
    "scaleIO",
    "csi",
    "ephemeral",
    "image",
];

/// The volumes of a pod spec after their check.
pub struct Volumes<'a> {
    known: HashMap<&'a str, Known<'a>>,
}

/// The first valid volume of a name, or the first one.
struct Known<'a> {
    node: &'a Node,
    valid: bool,
}

/// Checks the volumes.
pub fn check<'a>(pod: &PodTemplate<'_>, spec: &'a Node, out: &mut Violations<'_>) -> Volumes<'a> {
    let mut volumes = Volumes { known: HashMap::new() };
    for volume in read::items(spec, "volumes") {
        if string(volume, "name").is_some_and(|name| pod.claimed_volumes().contains(name)) {
            continue;
        }
        let before = out.count();
        let name = string(volume, "name");
        match name {
            Some("") => {
                out.required(volume, "name");
            }
            Some(_) => super::pod_spec::named(volume, "name", formats::dns_label, out),
            None => {}
        }
        source(pod, volume, out);
        if let Some(name) = name {
            let first = volumes.known.get(name).filter(|known| known.valid);
            if let Some(first) = first {
                repeated(volume, name, first.node, out);
            }
            let valid = out.count() == before;
            if valid || !volumes.known.contains_key(name) {
                volumes.known.insert(name, Known { node: volume, valid });
            }
        }
    }
    file_keys(pod, spec, out);
    volumes
}

/// Variables come out of files in empty folders only.
fn file_keys(pod: &PodTemplate<'_>, spec: &Node, out: &mut Violations<'_>) {
    let list = spec.get("volumes");
    let closed = list.is_missing() || list.known().and_then(Node::as_list).is_some_and(|list| !list.open);
    for (_, container) in containers::all(spec) {
        for variable in read::items(container, "env") {
            let key = variable.get("valueFrom").then(|source| source.get("fileKeyRef"));
            let Some(key) = key.known() else { continue };
            let Some(name) = string(key, "volumeName") else { continue };
            let named = |volume: &&Node| string(volume, "name") == Some(name);
            let message = match read::items(spec, "volumes").iter().rev().find(named) {
                Some(volume) if is_empty_dir(volume) => continue,
                Some(_) => format!("`{name}` must be a volume of the kind `emptyDir`"),
                None if !closed || pod.claimed_volumes().contains(name) => continue,
                None => format!("the pod has no volume `{name}`"),
            };
            out.at_field(key, "volumeName", "invalid-reference", message);
        }
    }
}

/// Whether a volume is an empty folder, which it is without any source, or may be.
fn is_empty_dir(volume: &Node) -> bool {
    let sources = given(volume, KINDS);
    sources.first().is_none_or(|(kind, _)| *kind == "emptyDir")
}

/// A second volume of one name.
fn repeated(volume: &Node, name: &str, first: &Node, out: &mut Violations<'_>) {
    let place = first.get("name").known().unwrap_or(first).location;
    out.at_field(volume, "name", "duplicate-volume", format!("a volume `{name}` is defined already"))
        .label(place, "first defined here")
        .help("rename one of them, or remove it");
}

/// A volume has one source; the first one that is given counts, and none means `emptyDir`.
fn source(pod: &PodTemplate<'_>, volume: &Node, out: &mut Violations<'_>) {
    let sources = given(volume, KINDS);
    // What is not known may be absent.
    let sources: Vec<_> = sources.into_iter().filter(|(_, node)| !node.is_dynamic()).collect();
    let Some(((kind, node), others)) = sources.split_first() else { return };
    for (_, other) in others {
        let message = format!("a volume has one source, and `{}` is given already", out.field(kind));
        out.at(other, "invalid-volume-source", message);
    }
    match *kind {
        "image" => image(pod, node, out),
        "projected" => projected::check(node, out),
        "persistentVolumeClaim" => claims::claim(pod, node, out),
        "ephemeral" => claims::ephemeral(pod, volume, node, out),
        "iscsi" => {
            storage::check(kind, node, out);
            storage::iscsi_name_length(volume, node, out);
        }
        kind if storage::check(kind, node, out) => {}
        kind => sources::check(kind, node, out),
    }
}

/// A volume with the files of an image.
fn image(pod: &PodTemplate<'_>, node: &Node, out: &mut Violations<'_>) {
    // Up to 1.36 only pods themselves needed the reference.
    if pod.is_pod() || out.release().is_from(37) {
        out.require_text(node, "reference");
    }
    if string(node, "pullPolicy") != Some("") {
        out.one_of(node, "pullPolicy", &["Always", "IfNotPresent", "Never"]);
    }
}

impl Volumes<'_> {
    /// A volume that is defined but not valid does not count as defined. (That one is not defined at all is the business
    /// of the rule undefined-volume.)
    pub fn check_use(&self, mount: &Node, out: &mut Violations<'_>) {
        let Some(name) = string(mount, "name") else { return };
        let Some(known) = self.known.get(name).filter(|known| !known.valid) else { return };
        let place = known.node.get("name").known().unwrap_or(known.node).location;
        let message = format!("the volume `{name}` is not valid, so it cannot be used");
        out.at_field(mount, "name", "invalid-reference", message).label(place, "this volume");
    }

    /// Only claims can be block devices.
    pub fn check_device(&self, device: &Node, out: &mut Violations<'_>) {
        let Some(name) = string(device, "name") else { return };
        let Some(volume) = self.known.get(name).filter(|known| known.valid) else { return };
        let claim = ["persistentVolumeClaim", "ephemeral"].iter().any(|kind| !volume.node.get(kind).is_missing());
        if !claim {
            let message = format!("only a volume of a claim can be a block device, and `{name}` is none");
            out.at_field(device, "name", "invalid-reference", message);
        }
    }
}

/// Requires several strings.
fn require_all(node: &Node, wires: &[&str], out: &mut Violations<'_>) {
    for wire in wires {
        out.require_text(node, wire);
    }
}

/// The user that files belong to.
fn user(node: &Node, wire: &str, out: &mut Violations<'_>) {
    out.in_range(node, wire, "invalid-volume-source", 0..=i64::from(i32::MAX));
}

/// A mode of files: what `chmod` takes, and YAML 1.1 reads `0644` as octal.
fn mode(node: &Node, wire: &str, out: &mut Violations<'_>) {
    if let Some(value) = node.get(wire).known()
        && let Field::Known(mode) = read::integer(node, wire)
        && !(0..=511).contains(&mode)
    {
        // Python writes octal numbers with an `o`.
        let octal = if out.dialect() == Dialect::Python { "0o" } else { "0" };
        let help = format!("did you mean the octal number `{octal}{mode}`?");
        let message = format!("`{}` must be between 0 and 0777 (octal), which is 511, not {mode}", out.field(wire));
        out.at(value, "invalid-volume-source", message).help(help);
    }
}

/// Which key goes to which file.
fn key_items(node: &Node, out: &mut Violations<'_>) {
    for item in read::items(node, "items") {
        out.require_text(item, "key");
        if out.require_text(item, "path") {
            file_path(item, out);
        }
        mode(item, "mode", out);
        user(item, "user", out);
    }
}

fn file_path(item: &Node, out: &mut Violations<'_>) {
    let path = string(item, "path").unwrap_or_default();
    for fault in formats::volume_file_path(path) {
        out.at_field(
            item,
            "path",
            "invalid-volume-source",
            format!("`{path}` is no valid path of a file: it must have {fault}"),
        );
    }
}
