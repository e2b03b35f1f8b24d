//! # relative-mount-path
//!
//! ## What it does
//! Finds mounts at paths that do not begin with `/`.
//!
//! ## Why
//! The API server takes a relative path, and the kubelet mounts the volume below the root of the container: `data` becomes `/data`. Programs that
//! look for it in their working directory do not find it. On Windows a path begins with a drive.
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
//!         - {name: data, mountPath: data}
//!   volumes:
//!     - name: data
//!       emptyDir: {}
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1EmptyDirVolumeSource, V1PodSpec, V1Volume, V1VolumeMount
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[V1Container(name="primary", volume_mounts=[V1VolumeMount(name="data", mount_path="data")])],
//!         volumes=[V1Volume(name="data", empty_dir=V1EmptyDirVolumeSource())],
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
//!   volumes:
//!     - name: data
//!       emptyDir: {}
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1EmptyDirVolumeSource, V1PodSpec, V1Volume, V1VolumeMount
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[V1Container(name="primary", volume_mounts=[V1VolumeMount(name="data", mount_path="/data")])],
//!         volumes=[V1Volume(name="data", empty_dir=V1EmptyDirVolumeSource())],
//!     ),
//! )
//! ```
//!
//! ## References
//! - [Kubernetes: Volumes](https://kubernetes.io/docs/concepts/storage/volumes/)

use crate::diagnostic::{Authority, Fix, Severity};
use crate::pod::MountKind;
use crate::rule::{Context, Findings, Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "relative-mount-path",
    severity: Severity::Warning,
    authority: Authority::Kubelet,
    group: Group::Volumes,
    enabled_by_default: true,
    source: include_str!("relative_mount_path.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    if context.pod.may_be_windows() {
        return;
    }
    for container in &context.pod.containers.known {
        for mount in container.mounts().known.into_iter().filter(|mount| mount.kind == MountKind::Files) {
            let node = mount.path_node();
            let Some(path) = node.as_str().filter(|path| !path.is_empty() && !path.starts_with('/')) else { continue };
            // A colon makes it a path of Windows, or one that is refused.
            if path.contains(':') || path.contains("{{") {
                continue;
            }
            let absolute = format!("/{}", path.trim_start_matches("./"));
            let message = format!("`{path}` is not an absolute path: the volume is mounted at `{absolute}`");
            let fix = Fix::safe(format!("write `{absolute}`"), vec![context.replace(node, &*absolute)]);
            findings.push(context.at(node, message).help(format!("write `{absolute}`")).fix(fix));
        }
    }
}
