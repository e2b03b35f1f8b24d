//! # duplicate-mount-path
//!
//! ## What it does
//! Finds two mounts, or two block devices, at one path in a container.
//!
//! ## Why
//! The API server refuses the pod: "must be unique". Paths that differ only in a trailing slash pass there, but one
//! mount hides the other at run time: a warning.
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
//!         - {name: cache, mountPath: /data}
//!   volumes:
//!     - {name: data, emptyDir: {}}
//!     - {name: cache, emptyDir: {}}
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec, V1Volume, V1VolumeMount
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(
//!                 name="primary",
//!                 volume_mounts=[
//!                     V1VolumeMount(name="data", mount_path="/data"),
//!                     V1VolumeMount(name="data", mount_path="/data", sub_path="cache"),
//!                 ],
//!             ),
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
//!         - {name: cache, mountPath: /cache}
//!   volumes:
//!     - {name: data, emptyDir: {}}
//!     - {name: cache, emptyDir: {}}
//! ```
//!
//! ## References
//! - [Kubernetes: Volumes](https://kubernetes.io/docs/concepts/storage/volumes/)

use std::collections::HashMap;

use crate::diagnostic::{Authority, Severity};
use crate::pod::{Container, Mount, MountKind};
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::Field;

/// The rule.
pub static RULE: Rule = Rule {
    name: "duplicate-mount-path",
    severity: Severity::Error,
    authority: Authority::Kubernetes,
    group: Group::Volumes,
    enabled_by_default: true,
    source: include_str!("duplicate_mount_path.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for container in &context.pod.containers.known {
        for kind in [MountKind::Files, MountKind::Device] {
            check_container(context, container, kind, findings);
        }
    }
}

fn check_container(context: &Context<'_>, container: &Container<'_>, kind: MountKind, findings: &mut Findings) {
    let mut seen: HashMap<&str, Mount<'_>> = HashMap::new();
    for mount in container.mounts().known.into_iter().filter(|mount| mount.kind == kind) {
        let Field::Known(path) = mount.path() else { continue };
        let plain = if path.len() > 1 { path.trim_end_matches('/') } else { path };
        let Some(first) = seen.get(plain).filter(|_| !path.is_empty()) else {
            seen.insert(plain, mount);
            continue;
        };
        let (node, first_node) = (mount.path_node(), first.path_node());
        let finding = context.at(node, format!("{} has two mounts at `{plain}`", container.title()));
        let finding = finding.label(first_node.location, "the first one").help("give each mount a path of its own");
        let same = first.path() == mount.path();
        findings.push(if same { finding } else { finding.severity(Severity::Warning).authority(Authority::Practice) });
    }
}
