//! # nested-mount-path
//!
//! ## What it does
//! Finds mounts that hide something: files of another mount around them, folders of the system, or paths that Flyte
//! needs.
//!
//! ## Why
//! A mount inside another one hides what the outer volume has at that path. A mount at a folder of the system
//! (`/usr`, `/etc`, …) hides the image's own files, and the container may not start. Flyte keeps inputs, outputs
//! and secrets below `/var/flyte` and `/etc/flyte`: a mount there makes the task fail.
//!
//! Further paths are reserved by `mounts.reserved-paths` in the configuration: where the platform puts its own agents or
//! certificates, say.
//!
//! A mount inside an `emptyDir` is fine: there is nothing to hide.
//!
//! ## Example
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: training
//! spec:
//!   containers:
//!     - name: primary
//!       image: ghcr.io/acme/train:1.0
//!       volumeMounts:
//!         - {name: data, mountPath: /data}
//!         - {name: models, mountPath: /data/models}
//!   volumes:
//!     - {name: data, persistentVolumeClaim: {claimName: data}}
//!     - {name: models, persistentVolumeClaim: {claimName: models}}
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec, V1Volume, V1VolumeMount
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(name="primary", volume_mounts=[V1VolumeMount(name="data", mount_path="/var/flyte/inputs")]),
//!         ],
//!         volumes=[V1Volume(name="data", empty_dir={})],
//!     ),
//! )
//! ```
//!
//! ## Use instead
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: training
//! spec:
//!   containers:
//!     - name: primary
//!       image: ghcr.io/acme/train:1.0
//!       volumeMounts:
//!         - {name: data, mountPath: /data}
//!         - {name: models, mountPath: /models}
//!   volumes:
//!     - {name: data, persistentVolumeClaim: {claimName: data}}
//!     - {name: models, persistentVolumeClaim: {claimName: models}}
//! ```
//!
//! ## Options
//! - `mounts.reserved-paths`: further paths at or below which nothing may be mounted
//!
//! ## References
//! - [Kubernetes: Volumes](https://kubernetes.io/docs/concepts/storage/volumes/)

use crate::diagnostic::{Authority, Severity};
use crate::pod::{Container, Mount, MountKind};
use crate::rule::{Context, Findings, Group, Rule};
use crate::text::enclosing;
use crate::tree::{Field, Node};

/// The rule.
pub static RULE: Rule = Rule {
    name: "nested-mount-path",
    severity: Severity::Warning,
    authority: Authority::Practice,
    group: Group::Volumes,
    enabled_by_default: true,
    source: include_str!("nested_mount_path.rs"),
    check,
};

/// Folders without which a container does not start.
const SYSTEM: &[&str] = &[
    "/",
    "/bin",
    "/dev",
    "/etc",
    "/lib",
    "/lib64",
    "/proc",
    "/sbin",
    "/sys",
    "/usr",
    "/usr/bin",
    "/usr/lib",
    "/usr/local",
];

/// Folders in which Flyte keeps inputs, outputs and secrets.
const FLYTE: &[&str] = &["/var/flyte", "/etc/flyte"];

fn check(context: &Context<'_>, findings: &mut Findings) {
    for container in &context.pod.containers.known {
        let mounts: Vec<(Mount<'_>, &str)> = container
            .mounts()
            .known
            .into_iter()
            .filter(|mount| mount.kind == MountKind::Files)
            .filter_map(|mount| Some((mount, normal(mount.path().known()?))))
            .collect();
        let paths: Vec<&str> = mounts.iter().map(|(_, path)| *path).collect();
        for ((mount, path), around) in mounts.iter().zip(enclosing(&paths)) {
            check_reserved(context, container, mount, path, findings);
            if let Some(outer) = around.and_then(|index| mounts.get(index)) {
                check_nested(context, outer, (mount, path), findings);
            }
        }
    }
}

/// A path without trailing slashes.
fn normal(path: &str) -> &str {
    match path.trim_end_matches('/') {
        "" if path.starts_with('/') => "/",
        plain => plain,
    }
}

fn is_inside(path: &str, outer: &str) -> bool {
    path.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'))
}

fn check_reserved(
    context: &Context<'_>,
    container: &Container<'_>,
    mount: &Mount<'_>,
    path: &str,
    findings: &mut Findings,
) {
    let node = mount.path_node();
    if SYSTEM.contains(&path) && !is_own_place(context, mount, path) {
        let message = format!("a mount at `{path}` hides the files that the image has there");
        findings.push(context.at(node, message).help("mount it at a path of its own"));
    }
    let own = &context.settings.mounts.reserved_paths;
    if let Some(reserved) = own.iter().map(|path| normal(path)).find(|own| path == *own || is_inside(path, own)) {
        let message = format!("the configuration reserves `{reserved}`: nothing may be mounted there");
        findings.push(context.at(node, message).help("mount it somewhere else"));
    }
    let is_main = !container.role.is_sidecar();
    let flyte = FLYTE.iter().find(|reserved| path == **reserved || is_inside(path, reserved));
    if let Some(reserved) = flyte.filter(|_| is_main && context.pod.belongs_to_flyte()) {
        let message = format!("Flyte itself uses `{reserved}` for inputs, outputs and secrets");
        let finding = context.at(node, message).authority(Authority::Flyte);
        findings.push(finding.help("mount it somewhere else"));
    }
}

fn check_nested(
    context: &Context<'_>,
    (outer, outer_path): &(Mount<'_>, &str),
    (mount, path): (&Mount<'_>, &str),
    findings: &mut Findings,
) {
    if is_fresh(context, outer) || is_one_file(context, mount) {
        return;
    }
    let message = format!("`{path}` lies inside the mount at `{outer_path}` and hides what is there");
    let finding = context.at(mount.path_node(), message).label(outer.path_node().location, "the mount around it");
    findings.push(finding.help("mount the two side by side"));
}

/// Whether a folder of the node is mounted where it is on the node.
fn is_own_place(context: &Context<'_>, mount: &Mount<'_>, path: &str) -> bool {
    let Field::Known(name) = mount.volume() else { return true };
    let Some(volume) = context.pod.volume(name) else { return true };
    let is_open =
        volume.source().is_none_or(|source| source.value.is_dynamic() || source.value.get("path").is_dynamic());
    is_open || volume.host_path().is_some_and(|(_, on_node)| normal(on_node) == path)
}

/// Whether a mount brings a single file, and hides no more than that; or may, where that is not known.
fn is_one_file(context: &Context<'_>, mount: &Mount<'_>) -> bool {
    let Field::Known(name) = mount.volume() else { return true };
    let volume = context.pod.volume(name);
    let source = volume.as_ref().and_then(|volume| volume.source());
    let is_open = source.is_none_or(|source| {
        source.value.is_dynamic()
            || (matches!(&*source.key.wire, "secret" | "configMap" | "projected" | "downwardAPI")
                && (mount.node.text("subPath").is_dynamic() || source.value.get("items").is_dynamic()))
    });
    if is_open {
        return true;
    }
    let has_path = mount.node.text("subPath").known().is_some_and(|path| !path.is_empty());
    let has_one = source.is_some_and(|source| {
        let items = source.value.get("items").known().and_then(Node::as_list);
        matches!(&*source.key.wire, "secret" | "configMap")
            && (has_path || items.is_some_and(|list| list.items.len() == 1))
    });
    has_one || (has_path && source.is_some_and(|source| matches!(&*source.key.wire, "projected" | "downwardAPI")))
}

/// Whether the volume of a mount starts empty, or is not known.
fn is_fresh(context: &Context<'_>, mount: &Mount<'_>) -> bool {
    let Field::Known(name) = mount.volume() else { return true };
    context.pod.volume(name).is_none_or(|volume| volume.source().is_none_or(|source| &*source.key.wire == "emptyDir"))
}
