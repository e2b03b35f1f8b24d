//! How containers use volumes: mounts and block devices. That a volume exists, and that paths differ, are rules of their own.
//!
//! Source: <https://kubernetes.io/docs/concepts/storage/volumes/>.

use super::containers::is_privileged;
use super::read::{flag, items, string};
use super::volumes::Volumes;
use super::{Violations, formats};
use crate::tree::Node;

/// Checks the mounts and devices of a container.
pub fn check(container: &Node, volumes: &Volumes<'_>, out: &mut Violations<'_>) {
    for mount in items(container, "volumeMounts") {
        if out.require_text(mount, "name") {
            volumes.check_use(mount, out);
        }
        out.require_text(mount, "mountPath");
        overlap(container, mount, "volumeDevices", ("mountPath", "devicePath"), out);
        sub_paths(mount, out);
        propagation(container, mount, out);
    }
    for device in items(container, "volumeDevices") {
        if out.require_text(device, "name") {
            volumes.check_use(device, out);
            volumes.check_device(device, out);
        }
        if out.require_text(device, "devicePath") {
            let path = string(device, "devicePath").unwrap_or_default();
            for fault in formats::no_parent_steps(path) {
                out.at_field(
                    device,
                    "devicePath",
                    "invalid-value",
                    format!("`{}` must have {fault}", out.field("devicePath")),
                );
            }
        }
        overlap(container, device, "volumeMounts", ("devicePath", "mountPath"), out);
    }
    repeated_devices(container, out);
}

/// One volume, or one path, cannot be a folder and a device in the same container.
fn overlap(container: &Node, node: &Node, others: &str, (own, other): (&str, &str), out: &mut Violations<'_>) {
    let text = |node, wire| string(node, wire).filter(|text| !text.is_empty());
    for rival in items(container, others) {
        if text(node, "name").is_some_and(|name| text(rival, "name") == Some(name)) {
            let message = format!("the volume is used in `{}` too", out.field(others));
            out.at_field(node, "name", "forbidden-combination", message);
        }
        if text(node, own).is_some_and(|path| text(rival, other) == Some(path)) {
            let message = format!("the path is used in `{}` too", out.field(others));
            out.at_field(node, own, "forbidden-combination", message);
        }
    }
}

/// A device can be given to a container once.
fn repeated_devices(container: &Node, out: &mut Violations<'_>) {
    let mut seen = Vec::new();
    for device in items(container, "volumeDevices") {
        let Some(name) = string(device, "name").filter(|name| !name.is_empty()) else { continue };
        if seen.contains(&name) {
            out.at_field(device, "name", "duplicate-name", format!("the device `{name}` is given twice"));
        }
        seen.push(name);
    }
}

fn sub_paths(mount: &Node, out: &mut Violations<'_>) {
    let text = |wire| string(mount, wire).filter(|text| !text.is_empty());
    for wire in ["subPath", "subPathExpr"] {
        for fault in text(wire).map(formats::descending_path).unwrap_or_default() {
            let message = format!("`{}` must be {fault}, not `{}`", out.field(wire), text(wire).unwrap_or_default());
            out.at_field(mount, wire, "invalid-value", message.replace("must be no", "must have no"));
        }
    }
    if text("subPath").is_some() && text("subPathExpr").is_some() {
        let message = format!("`{}` and `{}` exclude each other", out.field("subPathExpr"), out.field("subPath"));
        out.at_field(mount, "subPathExpr", "forbidden-combination", message);
    }
}

fn propagation(container: &Node, mount: &Node, out: &mut Violations<'_>) {
    if mount.get("mountPropagation").known().is_some() {
        out.one_of(mount, "mountPropagation", &["None", "HostToContainer", "Bidirectional"]);
        let both_ways = string(mount, "mountPropagation") == Some("Bidirectional");
        if both_ways && is_privileged(container) == Some(false) {
            let message = "only a privileged container can use the mount propagation `Bidirectional`";
            out.at_field(mount, "mountPropagation", "forbidden-combination", message);
        }
    }
    if mount.get("recursiveReadOnly").known().is_none() {
        return;
    }
    out.one_of(mount, "recursiveReadOnly", &["Disabled", "IfPossible", "Enabled"]);
    if !matches!(string(mount, "recursiveReadOnly"), Some("IfPossible" | "Enabled")) {
        return;
    }
    if flag(mount, "readOnly") == Some(false) {
        let message = format!("`{}` needs `{}` to be true", out.field("recursiveReadOnly"), out.field("readOnly"));
        out.at_field(mount, "recursiveReadOnly", "forbidden-combination", message);
    }
    if string(mount, "mountPropagation").is_some_and(|value| !matches!(value, "" | "None")) {
        let message = format!("`{}` needs the mount propagation `None`", out.field("recursiveReadOnly"));
        out.at_field(mount, "recursiveReadOnly", "forbidden-combination", message);
    }
}
