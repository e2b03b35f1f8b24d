//! How containers use volumes: mounts and block devices. That a volume exists, and that paths differ, are rules of their own.
//!
//! Source: <https://kubernetes.io/docs/concepts/storage/volumes/>.

use std::cell::LazyCell;
use std::collections::HashSet;

use super::containers::is_privileged;
use super::read::{flag, items, string};
use super::volumes::Volumes;
use super::{Violations, formats};
use crate::tree::Node;

/// Checks the mounts and devices of a container.
pub fn check(container: &Node, volumes: &Volumes<'_>, out: &mut Violations<'_>) {
    let devices = Taken::of(container, "volumeDevices", "devicePath");
    let privileged = LazyCell::new(|| is_privileged(container));
    for mount in items(container, "volumeMounts") {
        if out.require_text(mount, "name") {
            volumes.check_use(mount, out);
        }
        out.require_text(mount, "mountPath");
        devices.overlap(mount, "mountPath", out);
        sub_paths(mount, out);
        propagation(mount, || *privileged, out);
        bind_options(mount, out);
    }
    let mounts = LazyCell::new(|| Taken::of(container, "volumeMounts", "mountPath"));
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
        mounts.overlap(device, "devicePath", out);
    }
    repeated_devices(container, out);
}

/// What the mounts, or the devices, of a container take.
struct Taken<'a> {
    list: &'static str,
    volumes: HashSet<&'a str>,
    paths: HashSet<&'a str>,
}

impl<'a> Taken<'a> {
    fn of(container: &'a Node, list: &'static str, path: &str) -> Self {
        let texts = |wire: &str| items(container, list).iter().filter_map(|node| given_text(node, wire)).collect();
        Self { list, volumes: texts("name"), paths: texts(path) }
    }

    /// One volume, or one path, cannot be a folder and a device in the same container.
    fn overlap(&self, node: &Node, path: &str, out: &mut Violations<'_>) {
        for (wire, taken, what) in [("name", &self.volumes, "volume"), (path, &self.paths, "path")] {
            if given_text(node, wire).is_some_and(|text| taken.contains(text)) {
                let message = format!("the {what} is used in `{}` too", out.field(self.list));
                out.at_field(node, wire, "forbidden-combination", message);
            }
        }
    }
}

/// A string that is known and not empty.
fn given_text<'a>(node: &'a Node, wire: &str) -> Option<&'a str> {
    string(node, wire).filter(|text| !text.is_empty())
}

/// A device can be given to a container once.
fn repeated_devices(container: &Node, out: &mut Violations<'_>) {
    let mut seen = HashSet::new();
    for device in items(container, "volumeDevices") {
        let Some(name) = given_text(device, "name") else { continue };
        if !seen.insert(name) {
            out.at_field(device, "name", "duplicate-name", format!("the device `{name}` is given twice"));
        }
    }
}

fn sub_paths(mount: &Node, out: &mut Violations<'_>) {
    let text = |wire| given_text(mount, wire);
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

fn bind_options(mount: &Node, out: &mut Violations<'_>) {
    let mut seen = HashSet::new();
    for node in items(mount, "bindMountOptions") {
        let Some(option) = node.as_str() else { continue };
        if !matches!(option, "noexec" | "nodev" | "nosuid") {
            out.at(node, "invalid-value", format!("an option must be `noexec`, `nodev` or `nosuid`, not `{option}`"));
        }
        if !seen.insert(option) {
            out.at(node, "duplicate-name", format!("the option `{option}` is given twice"));
        }
    }
}

fn propagation(mount: &Node, privileged: impl Fn() -> Option<bool>, out: &mut Violations<'_>) {
    if mount.get("mountPropagation").known().is_some() {
        out.one_of(mount, "mountPropagation", &["None", "HostToContainer", "Bidirectional"]);
        let both_ways = string(mount, "mountPropagation") == Some("Bidirectional");
        if both_ways && privileged() == Some(false) {
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
